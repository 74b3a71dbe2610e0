"""One line of the register: what was asked for, by whom, who decided what, and how it stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, get_args

from bot.concerns import Reporter

# asked: nobody has opened it yet. manager, leaders: it waits for their decision. handed-over: in use, with others than
# those who asked for it.
RegisterState = Literal[
    "asked", "manager", "leaders", "approved", "refused", "live", "due", "handed-over", "closed",
]  # fmt: skip
REGISTER_STATES: tuple[RegisterState, ...] = get_args(RegisterState)
RUNNING: tuple[RegisterState, ...] = ("live", "due", "handed-over")
WAITING: tuple[RegisterState, ...] = ("asked", "manager", "leaders")
AGREED: tuple[RegisterState, ...] = ("approved", *RUNNING)  # both have said yes
DecidedAs = Literal["manager", "leaders"]


@dataclass(frozen=True)
class Holder:
    """Somebody with a login of their own. `person` is their id in school.yaml, empty for other staff; `leads` says that
    they are of the senior leaders."""

    name: str
    role: str
    person: str = ""
    leads: bool = False

    @property
    def words(self) -> str:
        """Name and role."""
        return f"{self.name}, {self.role}" if self.role else self.name


@dataclass(frozen=True)
class Decision:
    """What somebody said to it, and why. `person` is their id in school.yaml."""

    decided_as: DecidedAs
    agreed: bool
    reason: str
    person: str
    name: str
    at: dt.datetime


@dataclass(frozen=True)
class AccountReview:
    """That somebody looked through it: on which day, what they found and what is to change."""

    name: str
    on: dt.date
    said: str


@dataclass(frozen=True)
class Asking:
    """A form that was filled in as it must be: the answers by field id, and what of them is needed by name. `years` are
    those of the pupils who use it, `manager` the id of the asker's line manager."""

    answers: dict[str, tuple[str, ...]]
    name: str
    tool: str
    audience: tuple[str, ...]
    years: tuple[str, ...]
    age_limit: int
    holders: tuple[Holder, ...]
    manager: str
    review_on: dt.date

    def one(self, field: str) -> str:
        """The only value of a field, empty where there is none."""
        return (self.answers.get(field, ()) or ("",))[0].strip()


@dataclass(frozen=True)
class Registered:
    """An account or tool in the register. `asked_by` says how its asker was known. `holders` are those of today, and
    `leaving` the names of those who are on their way out. `reminded_on` is when somebody was last reminded."""

    number: str
    state: RegisterState
    asking: Asking
    asked_by: Reporter
    asked_at: dt.datetime
    holders: tuple[Holder, ...]
    review_on: dt.date
    decisions: tuple[Decision, ...] = ()
    leaving: tuple[str, ...] = ()
    address: str = ""
    live_on: dt.date | None = None
    closed_on: dt.date | None = None
    closing: str = ""
    reminded_on: dt.date | None = None
    reviews: tuple[AccountReview, ...] = ()

    @property
    def title(self) -> str:
        """What people call it."""
        name, tool = self.asking.name, self.asking.tool
        return name if name.casefold() == tool.casefold() else f"{name} ({tool})"

    @property
    def is_claim(self) -> bool:
        """Whether it waits for a decision in a name that nobody has checked."""
        return self.state in WAITING and not self.asked_by.checked

    def decision(self, decided_as: DecidedAs) -> Decision | None:
        """What was last decided so; None where nobody has yet."""
        return next((each for each in reversed(self.decisions) if each.decided_as == decided_as), None)
