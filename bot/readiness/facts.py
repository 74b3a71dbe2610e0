"""What AskFirst knows by itself of some statements, and who may know more. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Protocol

from bot.concerns.ladder.drills import Drill, on_a_ladder, unanswered
from bot.concerns.standing_in import as_of
from bot.concerns.words import day
from bot.knowledge import Knowledge, Person, School
from bot.knowledge.school_policy.model import listed
from bot.readiness.model import KnownFact, Rating
from bot.tips import TipChoice

_STALE = dt.timedelta(days=70)  # the longest between two monthly test alerts, over the summer
ANSWERS, TIPS, DOCTOR = "/inbox/answers", "/inbox/tips", "askfirst doctor, on the server"


class Knows(Protocol):
    """Whoever knows how statements stand. A part of AskFirst that keeps such things (a register, who has read what)
    gives its facts by this and nothing else."""

    def facts(self, knowledge: Knowledge, now: dt.datetime) -> Iterable[KnownFact]:
        """What is known of this school now: one fact of a kind at most; of what is not known, nothing. Raises
        StoreError."""
        ...


def today_at(school: School, now: dt.datetime) -> dt.date:
    """The day on the school's calendar."""
    return now.astimezone(school.opening.zone).date()


def dsl_named(school: School, now: dt.datetime) -> KnownFact:
    """Whether somebody holds both parts, each with a number to ring and an address to which an alert goes."""
    present = as_of(school, now)
    leads, deputies = present.holders("dsl"), present.holders("deputy-dsl")
    without = [each.name for each in (*leads, *deputies) if not _can_be_reached(each)]
    rating: Rating = "yes" if leads and deputies and not without else "partly" if leads or deputies else "not-yet"
    named = listed([each.name for each in (*leads, *deputies)]) or "Nobody"
    said = f"{named} {'is' if len((*leads, *deputies)) < 2 else 'are'} named"
    if not (leads and deputies):
        said += f"; nobody holds the role {'deputy-dsl' if leads else 'dsl'}"
    said += f"; a number or an address is missing of {listed(without)}" if without else ""
    if rating == "yes":
        said += ", each with a number and an address for alerts"
    return KnownFact("dsl-named", rating, said, today_at(school, now), DOCTOR)


def test_alert(school: School, drills: Sequence[Drill], now: dt.datetime) -> KnownFact:
    """Whether everybody who may be called was sent the last monthly test alert, lately, and has answered it."""
    today, called = today_at(school, now), on_a_ladder(school, now)
    if not school.test_alerts:
        return KnownFact("test-alert", "not-yet", "Test alerts are switched off in school.yaml", today, "school.yaml")
    if not drills:
        return KnownFact("test-alert", "not-yet", "No test alert was sent yet", today, DOCTOR)
    last = max(each.at for each in drills)
    sent = today_at(school, last)
    asked = [each for each in drills if each.person in called and today_at(school, each.at) == sent]
    silent = [each for each in unanswered(drills) if each in called]
    left_out = [each for each in called if each not in {drill.person for drill in asked} and each not in silent]
    names, others = (listed([school.people[each].name for each in ids]) for ids in (silent, left_out))
    answered = sum(each.answered for each in asked)
    said = f"{answered} of {len(asked)} people answered the test alert of {day(sent)}"
    said += f"; nothing was heard from {names}" if names else ""
    said += f"; {others} got none yet" if others else ""
    said += "; none was sent since" if (late := today - sent > _STALE) else ""
    whole = asked and not silent and not left_out and not late
    rating: Rating = "yes" if whole else "partly" if answered else "not-yet"
    return KnownFact("test-alert", rating, said, today, DOCTOR)


def answers_approved(knowledge: Knowledge, today: dt.date) -> KnownFact | None:
    """Whether the answers for this nation are approved and were read again in time; None where approvals do not
    count."""
    if knowledge.approvals is None:
        return None
    nation = knowledge.school.nation
    asked = [each for each in knowledge.entries.values() if each.holds_in(nation) and not each.hold]
    served = [each for each in asked if not each.withheld]
    late = sum(each.is_due(today) for each in served)
    rating: Rating = "yes" if len(served) == len(asked) and not late else "partly" if served else "not-yet"
    overdue = f"{late} of them {'is' if late == 1 else 'are'}" if late else "none is"
    said = f"{len(served)} of {len(asked)} answers are approved, and {overdue} overdue to be read again"
    said += " (approvals made up for the demo school)" if knowledge.approvals.made_up else ""
    return KnownFact("answers-approved", rating, said, today, "the inbox, under Answers", ANSWERS)


def tips_on(school: School, posted: Sequence[dt.date], choices: Sequence[TipChoice], today: dt.date) -> KnownFact:
    """Whether staff get a tip on school days; `posted` are the days on which there was one lately."""

    def fact(rating: Rating, said: str) -> KnownFact:
        return KnownFact("tips-on", rating, said, today, "the inbox, under Tips", TIPS)

    if not school.tips.channels:
        return fact("not-yet", "No channel gets a tip")
    paused = any(each.kind == "pause" and each.holds(today) for each in choices)
    if paused or any(each.first <= today <= each.last for each in school.tips.pauses):
        return fact("partly", "The tip of the day is paused")
    if not posted:
        return fact("partly", "A channel is named for the tip of the day, and none was posted yet")
    return fact("yes", f"A tip is posted on school days, the last one on {day(max(posted))}")


def _can_be_reached(person: Person) -> bool:
    return bool(person.phone and (person.email or person.chats or person.webhook))
