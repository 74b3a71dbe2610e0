"""What a member of staff reported, and who reads it. A record keeps fact apart from opinion and the child's own
words apart from both (practice-09, practice-11)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.knowledge import Person
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


@dataclass(frozen=True)
class Reporter:
    """Who logged it (practice-09). `person` is their id in school.yaml where they are in it; `account` is how they
    hear each step, None where only the receipt shows it."""

    name: str
    role: str
    person: str | None = None
    account: Account | None = None


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
    told."""

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


@dataclass(frozen=True)
class Reader:
    """Somebody who asks to read: their id in school.yaml and the parts that they hold now."""

    person: str
    roles: frozenset[str]
