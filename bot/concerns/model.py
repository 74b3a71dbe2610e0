"""What a member of staff reported, and who reads it. A record keeps fact apart from opinion and the child's own
words apart from both (practice-09, practice-11)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from bot.knowledge import Person, Route
from bot.settings import Alerting


@dataclass(frozen=True)
class Pupil:
    """A pupil as the reporter named them; `group` is a year or class, perhaps empty."""

    name: str
    group: str


@dataclass(frozen=True)
class Adult:
    """An adult at the school; `person` is their id in school.yaml where they are in it."""

    name: str
    role: str
    person: str | None


@dataclass(frozen=True)
class Account:
    """Where somebody can be sent a line: a channel ("email", "slack", "teams") and their id there."""

    channel: str
    id: str


# How a name was known. "typed" (on the page) and "terminal" are what somebody wrote, and so is a trial of Teams, where
# nobody's sign-in is checked; empty is a record from before this was written down.
KnownBy = Literal["", "typed", "terminal", "signed-in", "slack", "teams", "teams-trial"]
_CHECKED = ("signed-in", "slack", "teams")


@dataclass(frozen=True)
class Reporter:
    """Who logged it (practice-09). `person` is the id in school.yaml of whoever has this name, and `known_by` says how
    surely it is they; `account` is how they hear each step, None where only the receipt shows it."""

    name: str
    role: str
    person: str | None = None
    account: Account | None = None
    known_by: KnownBy = ""

    @property
    def checked(self) -> str | None:
        """Their id in school.yaml where a channel vouches for it; None where a name is all that there is."""
        before = not self.known_by and self.account is not None and self.account.channel in _CHECKED
        return self.person if before or self.known_by in _CHECKED else None

    @property
    def claimed(self) -> str | None:
        """The id of somebody of school.yaml in whose name it was logged, and nobody checked that."""
        return None if self.checked else self.person


@dataclass(frozen=True)
class Asked:
    """Where the form asks who somebody is: how that is known, and who is signed in there (an id, empty for nobody)."""

    known_by: KnownBy = "typed"
    signed_in: str = ""


ON_THE_PAGE = Asked()


@dataclass(frozen=True)
class Report:
    """One filled-in form. Every text is as typed; `happened_on` and `happened_at` are when it happened, not when it
    was logged; `head` says that it is about the headteacher."""

    danger: bool
    told: bool
    pupils: tuple[Pupil, ...]
    adult: Adult | None
    head: bool
    seen: str
    words: str
    happened_on: dt.date | None
    happened_at: str
    where: str
    present: str
    done: str
    categories: tuple[str, ...]
    link: str
    reporter: Reporter


@dataclass(frozen=True)
class Receipt:
    """A concern was logged. `told` are the people who hear first, `ring` those to ring now (because of danger, or
    because nobody is left to be told), `closed_until` when the school opens again (None while it is open, or where no
    term is known to come), `out_of_hours` who can be reached until then; `about_adult` is whether it is about an adult
    at the school. `alerting` says what becomes of the alerts: where they are not sent, nobody in `told` has been
    told. `claimed` is whose name was given without a check: they hear of it as anybody else would."""

    number: str
    receipt: str
    danger: bool
    told: tuple[Person, ...]
    nobody_left: bool
    ring: tuple[Person, ...]
    out_of_hours: tuple[Person, ...]
    closed_until: dt.datetime | None
    about_adult: bool = False
    alerting: Alerting = "sent"
    claimed: Person | None = None

    @property
    def passed_on(self) -> bool:
        """Whether anybody at all hears of it."""
        return self.alerting == "sent"


@dataclass(frozen=True)
class Planned:
    """An alert that was arranged, or the end of a ladder ("ran-out"): the id of its row, and what stood in it."""

    id: str
    kind: str
    round: int
    rung: int
    person: str
    due: dt.datetime


@dataclass(frozen=True)
class Terms:
    """Who a concern is for, as far as one line of the log arranged it: what the tables are held against. `parts` were
    let in, `figures` says that it is counted for everybody who sees the figures, `stopped` are the ids of alerts that
    were called off while others wait; the first line of a concern says too of what `kind` it is, whom it is `about`
    (ids, who are shut out), and which `receipt` (a token) was given."""

    parts: tuple[str, ...] = ()
    planned: tuple[Planned, ...] = ()
    kind: Route | None = None
    about: tuple[str, ...] = ()
    receipt: str = ""
    figures: bool = False
    stopped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reader:
    """Somebody who asks to read: their id in school.yaml and the parts that they hold now."""

    person: str
    roles: frozenset[str]
