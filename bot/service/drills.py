"""The monthly test alert: writing it, answering it, and who has not answered, for the doctor and the inbox."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.concerns.ladder.drills import Drill, drill_due, on_a_ladder, unanswered
from bot.concerns.ladder.escalation import Recipient, Step
from bot.concerns.words import day
from bot.knowledge import Person, School
from bot.store import Store


@dataclass(frozen=True)
class UnansweredDrill:
    """Somebody on a ladder who has not answered, and since which test alert."""

    person: Person
    drill: Drill
    said: str


def send_drills(store: Store, school: School, now: dt.datetime) -> None:
    """The test alert of this month, once its time has come: to everybody on a ladder, once. Raises StoreError."""
    if month := drill_due(school, now):
        steps = [Step("test", now, Recipient(person)) for person in on_a_ladder(school, now)]
        store.drills(school.id).add(month, steps)


def not_answered(store: Store, school: School) -> tuple[UnansweredDrill, ...]:
    """Everybody who is still at the school and has not answered, the longest first."""
    drills = unanswered(store.drills(school.id).all()).values()
    known = [each for each in sorted(drills, key=lambda each: each.at) if each.person in school.people]
    return tuple(UnansweredDrill(school.people[each.person], each, _said(school, each)) for each in known)


def answer(store: Store, school: School, notice: str, now: dt.datetime) -> bool:
    """Somebody answers a test alert; False where there is none of this id, or it was answered already."""
    return store.drills(school.id).answer(notice, now)


def _said(school: School, drill: Drill) -> str:
    since = day(drill.at.astimezone(school.opening.zone).date())
    return f"{school.people[drill.person].name} has not answered the test alert since {since}"
