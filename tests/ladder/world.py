"""The world in which the ladder of a concern is played through: a school with its staff, their telephones and a clock.

It is AskFirst's own casework and delivery on a real database; only the far end of each wire is made up.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot.concerns import Answers, Asked, ConcernState, Event, Reader, Receipt
from bot.knowledge import Opening, School, Term
from bot.service.casework import Casework
from bot.service.delivery import Delivery
from bot.service.letters import Letter, letter_for
from bot.store import Notice, Store

LONDON = ZoneInfo("Europe/London")
SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
SCHOOLS = itertools.count(1)
ADDRESS = "https://askfirst.fernbank.example"
PUPIL: dict[str, str] = {
    "danger": "no",
    "told": "no",
    "about": "pupil",
    "pupils": "Zoe Lark, 7B",
    "seen": "She flinched.",
    "you_name": "Sam Teal",
    "you_email": "s.teal@fernbank.example",
}
TEACHER = {**PUPIL, "about": "adult", "pupils": "", "adult_name": "Joe Marsh"}


@dataclass(frozen=True)
class Broken:
    """How a way fails: for good or for now, and how many seconds it asks to be left alone."""

    permanent: bool = False
    wait: float | None = None


@dataclass(frozen=True)
class Heard:
    """One letter that arrived, or a try that failed."""

    at: dt.datetime
    who: str
    way: str
    letter: Letter
    arrived: bool


ASKED_WITH = {"pupil": ("pupils",), "adult": ("adult", "adult_name", "adult_role")}


@dataclass
class World:
    """A school with its staff, their telephones and a clock. `ways` is how everybody is reached, in order; `broken`
    which of them fail, by (person, way)."""

    store: Store
    school: School
    now: dt.datetime
    ways: tuple[str, ...] = ("email",)
    broken: dict[tuple[str, str], Broken] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    tampered: bool = False  # by the test itself, past the log

    def __post_init__(self) -> None:
        self.casework = Casework(lambda: self.school, self.store)
        self.delivery = self.worker()

    def worker(self) -> Delivery:
        """What a process that is started now has."""
        return Delivery(lambda: {self.school.id: self.school}, self.store)

    # --- what people do

    def log(self, filled: dict[str, str] = PUPIL, *, signed_in: str = "", **changes: str | tuple[str, ...]) -> Receipt:
        merged: dict[str, str | tuple[str, ...]] = {**filled, **changes}
        about = merged.get("about", ())
        unasked = {name for value, names in ASKED_WITH.items() if value not in about for name in names}
        answers: Answers = {
            name: (each,) if isinstance(each, str) else each
            for name, each in merged.items()
            if each and name not in unasked
        }
        return self.casework.log(f"{merged} {self.now}", answers, self.now, asked=Asked("typed", signed_in))

    def reader(self, person: str) -> Reader:
        return Reader(person, self.school.roles_of(person))

    def acknowledge(self, person: str, number: str) -> ConcernState:
        return self.casework.acknowledge(self.reader(person), number, self.now)

    def chronology(self, number: str) -> list[Event]:
        """Every line so far but those that somebody read it."""
        with self.store.concerns(self.school.id).work_on_ladder(number) as case:
            return [event for event in case.events if event.kind != "opened"]

    def kinds(self, number: str) -> list[str]:
        return [event.kind for event in self.chronology(number)]

    # --- the far end

    def until(self, moment: str) -> None:
        """Let the clock run, and hand over whatever falls due."""
        end, idle = at(moment), 0
        for _ in range(1000):
            due = self.delivery.next_due()
            if due is None or max(due, self.now) > end:
                self.now = end
                return
            self.now = max(due, self.now)
            idle = 0 if self.hand_over() else idle + 1
            if idle > 1:  # what is due is in somebody else's hands
                self.now, idle = self.now + SECOND, 0
        pytest.fail(f"it never comes to rest: at {self.now} after {len(self.heard)} tries")

    def hand_over(self) -> bool:
        notices = self.delivery.claim(self.now)
        for notice in notices:
            self.post(notice)
        return bool(notices)

    def post(self, notice: Notice) -> None:
        """Try to hand one letter over, as the sender does."""
        who = notice.recipient.person or "reporter"
        ways = self.ways if notice.recipient.account or self.delivery.person(notice) else ()
        if not ways:
            self.delivery.failed(notice, "no way", (), "no way is set up", self.now, permanent=True)
            return
        number = self.delivery.way(notice, ways, self.now)
        if number is None:
            self.delivery.leave_alone(notice, ways, self.now)
            return
        way = ways[number]
        fault = self.broken.get((who, way))
        letter = letter_for(self.school, notice, ADDRESS, self.now)
        self.heard.append(Heard(self.now, who, way, letter, fault is None))
        if fault is None:
            self.delivery.sent(notice, way, self.now)
        else:
            self.delivery.failed(notice, way, ways, "no answer", self.now, permanent=fault.permanent, wait=fault.wait)

    def story(self, since: str = "2000-01-01 00:00") -> list[str]:
        """What arrived, a line for each moment and kind."""
        lines: dict[str, list[str]] = {}
        for each in sorted(self.heard, key=lambda each: (each.at, each.letter.kind, each.who)):
            if each.arrived and each.at >= at(since):
                line = f"{each.at.astimezone(LONDON):%a %H:%M} {each.letter.kind}"
                lines.setdefault(line, []).append(each.who)
        return [f"{line}: {', '.join(people)}" for line, people in lines.items()]

    def tries(self) -> list[str]:
        """Every try of an alert, to the second."""
        return [
            f"{each.at.astimezone(LONDON):%H:%M:%S} {each.who} {each.way}"
            for each in self.heard
            if each.letter.kind == "alert"
        ]


def at(text: str) -> dt.datetime:
    """A moment by the clocks of London, unless it says how far it is from UTC."""
    moment = dt.datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=LONDON)).astimezone(dt.UTC)


def with_roles(school: School, **roles: tuple[str, ...]) -> School:
    return replace(school, roles={**school.roles, **{role.replace("_", "-"): who for role, who in roles.items()}})


def with_terms(school: School, *terms: Term) -> School:
    opening: Opening = replace(school.opening, terms=terms)
    return replace(school, opening=opening)


def ask_database(database: str, statement: str) -> object:
    engine = sa.create_engine(database)
    with engine.begin() as connection:
        result = connection.execute(sa.text(statement))
        found = result.scalar() if result.returns_rows else None
    engine.dispose()
    return found


DOINGS: dict[str, Callable[[World, str], None]] = {
    "note": lambda w, n: w.casework.note(w.reader("dsl"), n, "Spoke to home.", w.now),
    "action": lambda w, n: w.casework.action(w.reader("dsl"), n, "Ring home", None, w.now),
    "decision": lambda w, n: w.casework.decide(w.reader("dsl"), n, "No referral", "Not needed", w.now),
    "referral": lambda w, n: w.casework.refer(w.reader("dsl"), n, "Children's social care", "R1", "", w.now),
    "correction": lambda w, n: w.casework.correct(w.reader("dsl"), n, 1, "It was Tuesday.", w.now),
    "closing": lambda w, n: w.casework.close(w.reader("dsl"), n, "Spoke to home", "All well", None, w.now),
}
