"""The frozen shapes of school.yaml: who is who, when the school is open, and who hears of a concern by when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from bot.hours import LineHours, Opening
from bot.knowledge.calendars.dates import Dates
from bot.messages import Elsewhere

Route = Literal["pupil", "staff", "head", "dsl"]
# The parts that somebody at the school, or outside it, plays in safeguarding.
Role = Literal[
    "dsl", "deputy-dsl", "head", "adult-concerns", "chair", "lado", "social-care", "out-of-hours", "police",
    "whistleblowing", "staff-support", "online-safety-lead", "data-protection-lead", "it-support", "senco",
    "business-manager", "site", "first-aid", "emergency-contact", "exams", "office", "author", "approver",
    "slt",
]  # fmt: skip
# Who is no member of staff, whatever they are called: services outside, and desks.
SERVICES: frozenset[Role] = frozenset(
    {"lado", "social-care", "out-of-hours", "police", "whistleblowing", "staff-support"}
)
NATIONS = ("England", "Wales", "Scotland", "Northern Ireland")
KEEP_REQUIRED = 36  # months; a school's own rules on training records may say otherwise
KEEP_LETTERS = 30  # days
_NO_LADO = ("Scotland", "Northern Ireland")
ROLES: tuple[Role, ...] = get_args(Role)
ASKED_ELSEWHERE = ("line-manager", "union")  # whom nobody names in school.yaml: they differ from one to the next
ROUTES: tuple[Route, ...] = ("pupil", "staff", "head", "dsl")
# Who may be put on a ladder: a concern about an adult never goes to those who work beside or under them.
MAY_HEAR: Mapping[Route, tuple[Role, ...]] = {
    "pupil": ("dsl", "deputy-dsl", "head"),
    "staff": ("head", "adult-concerns", "chair"),
    "dsl": ("head", "chair"),
    "head": ("chair",),
}


def has_lado(nation: str) -> bool:
    """Whether this nation has an officer of the council for allegations against adults."""
    return nation not in _NO_LADO


@dataclass(frozen=True)
class Person:
    """Somebody at the school (or a body such as the LADO) with a role in safeguarding. `chats` holds their ids on chat
    channels where those cannot be found by e-mail; `webhook` is the address of a gateway that sends them a text message
    or calls them.

    A number outside the school has `line`, its hours, the `nations` in which it serves (none: all) and the day on
    which it was last `checked`. `leaving` is the last day of whoever is about to leave the school."""

    id: str
    name: str
    role: str
    phone: str
    email: str
    chats: Mapping[str, str] = field(default_factory=dict, hash=False)
    line: LineHours | None = field(default=None, hash=False)
    nations: tuple[str, ...] = ()
    checked: dt.date | None = None
    webhook: str = ""
    leaving: dt.date | None = None

    @property
    def hours(self) -> str:
        """When their line is open, in words; empty where nothing is said."""
        return self.line.words if self.line else ""


@dataclass(frozen=True)
class Rung:
    """One rung of a ladder: the holders of `role` hear `after` so many minutes, if nobody has answered by then."""

    role: Role
    after: int


@dataclass(frozen=True)
class Ladders:
    """Who hears by when: a ladder for each kind of concern, and what happens at its end, all in minutes.

    `last_wait` is how long the last rung has; `again` how often an immediate alert is repeated and `joined` when the
    rest of an immediate ladder joins in; `idle_days` how many school days an acknowledged concern may lie untouched.
    """

    rungs: Mapping[Route, tuple[Rung, ...]]
    last_wait: int
    again: int
    joined: int
    idle_days: int


@dataclass(frozen=True)
class Cover:
    """`person` is on leave from the first day to the last, both included, and `by` stands in for them."""

    person: str
    by: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Pilot:
    """Until this day, which is included, only these `people` get answers: e-mail addresses, names or ids of
    school.yaml, or ids of accounts on a chat, in small letters."""

    until: dt.date
    people: frozenset[str]

    def has(self, *names: str) -> bool:
        """Whether somebody of one of these names takes part."""
        return any(name.casefold() in self.people for name in names if name)


@dataclass(frozen=True)
class Pause:
    """Days without tips, both included."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class TipRules:
    """When and where a tip a day is posted, by the clocks of the school: at `time`, or late until `until`.

    A channel is a kind, or a kind and a place: "web", "slack:C0123456". `address` is where the school publishes its
    calendar, `dates` what its calendar file says, `trouble` why that file says nothing; they count for tips alone,
    never for alerts.
    """

    time: dt.time = dt.time(8, 10)
    until: dt.time = dt.time(12, 0)
    channels: tuple[str, ...] = ()
    address: str = ""
    dates: Dates | None = None
    trouble: str = ""
    residentials: frozenset[dt.date] = frozenset()
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True)
class School:
    """The school: who holds which role (`roles`: role -> person ids, in order), when it is open, who hears by when.

    `elsewhere` is where it keeps its concerns, if not here; `test_alerts` says whether a test alert goes out monthly,
    `summaries` whether the DSL gets a summary each school day;
    `keep_letters` is for how many days the text of a letter is kept once it is sent or called off; `approve_alone`
    says that somebody may approve answers that they wrote themselves; `keep_required` is for how many months it is kept
    who has read what staff must read, from the day by which it was to be read;
    `cover` is who stands in for whom; `pilot` is who tries it out, where not everybody is answered yet.
    `bot.concerns.standing_in.as_of` gives the school as it is at a moment: then
    `roles` names who stands in, and `regular` who holds such a role themselves.
    """

    id: str
    name: str
    nation: str
    people: Mapping[str, Person]
    roles: Mapping[str, tuple[str, ...]]
    opening: Opening
    ladders: Ladders
    categories: tuple[str, ...]
    channels: Mapping[str, tuple[str, ...]]
    tips: TipRules = field(default_factory=TipRules)
    elsewhere: Elsewhere | None = None
    cover: tuple[Cover, ...] = ()
    test_alerts: bool = True
    summaries: bool = True
    regular: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pilot: Pilot | None = None
    keep_letters: int = KEEP_LETTERS
    approve_alone: bool = False
    keep_required: int = KEEP_REQUIRED

    def holders(self, role: Role) -> tuple[Person, ...]:
        """Who holds this role, the first to be asked first. Where the nation has no LADO, social care has that part."""
        part = "social-care" if role == "lado" and not has_lado(self.nation) else role
        people = (self.people[person] for person in self.roles.get(part, ()))
        return tuple(person for person in people if not person.nations or self.nation in person.nations)

    def whoever(self, role: Role) -> frozenset[str]:
        """Everybody who holds this role, themselves or standing in."""
        return frozenset((*self.roles.get(role, ()), *self.regular.get(role, ())))

    def roles_of(self, person: str) -> frozenset[str]:
        """Every role that this person holds."""
        return frozenset(role for role, holders in self.roles.items() if person in holders)
