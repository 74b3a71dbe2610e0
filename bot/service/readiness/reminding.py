"""Who is reminded of what is to be done, when, and in which words. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.concerns import staff
from bot.concerns.words import day
from bot.knowledge import Person, School
from bot.readiness import PlanLine
from bot.service.letters import Letter

MOST = 10  # lines that are named one by one
_BEFORE = (dt.timedelta(days=7), dt.timedelta())
_AFTER = dt.timedelta(days=7)
_SUBJECT = "AskFirst: to be done for “Are we ready?”"
_WHY = "The school has reviewed whether it is ready to use social media. This is in its plan, with your name:"
_FOR_OTHERS = "For what is somebody else’s: they are not in school.yaml, so please tell them."
_THEN = "Once it is done, say so in the inbox under “Are we ready?”, or tell the DSL."


@dataclass(frozen=True)
class PlanLetter:
    """What one person is sent; `told` is the day on which it fell due, so that it is sent once."""

    person: Person
    told: dt.date
    letter: Letter


def plan_letters(school: School, plan: Sequence[PlanLine], told: Mapping[str, str], today: dt.date) -> list[PlanLetter]:
    """One letter for everybody with something to do, a week before its day, on the day, and weekly after. `told` is the
    day of the last letter, by person."""
    found: dict[str, list[tuple[PlanLine, dt.date]]] = {}
    for line in plan:
        falls = _falls_due(line.statement.judged.due, today) if line.done is None else None
        who = _whose(school, line)
        if falls and who:
            found.setdefault(who.id, []).append((line, falls))
    letters = []
    for person, its in found.items():
        last = max(falls for _, falls in its)
        if told.get(person, "") < last.isoformat():
            letters.append(_letter(school.people[person], [line for line, _ in its], last, today))
    return letters


def _falls_due(due: dt.date | None, today: dt.date) -> dt.date | None:
    """The latest day that has come on which somebody is reminded of this; None before the first."""
    if due is None or today < due - _BEFORE[0]:
        return None
    if today >= due:
        return due + (today - due) // _AFTER * _AFTER
    return due - _BEFORE[0]


def _whose(school: School, line: PlanLine) -> Person | None:
    """Whoever is named, where they stand in school.yaml; else whoever answered the statement."""
    owner = line.statement.judged.owner.casefold()
    named = next((each for each in school.people.values() if each.name.casefold() == owner), None)
    by = line.statement.judgement.by.person if line.statement.judgement else ""
    return named or next((each for each in staff(school) if each.id == by), None)


def _letter(person: Person, its: Sequence[PlanLine], told: dt.date, today: dt.date) -> PlanLetter:
    lines = "\n".join(_line(line, person, today) for line in its[:MOST])
    more = f"\n- and {len(its) - MOST} more" if len(its) > MOST else ""
    others = any(line.statement.judged.owner.casefold() != person.name.casefold() for line in its)
    texts = (_WHY, lines + more, *((_FOR_OTHERS,) if others else ()), _THEN)
    letter = Letter(f"readiness-{person.id}-{told}", "news", "", False, _SUBJECT, texts, "")
    return PlanLetter(person, told, letter)


def _line(line: PlanLine, person: Person, today: dt.date) -> str:
    judged = line.statement.judged
    whose = f" ({judged.owner})" if judged.owner and judged.owner.casefold() != person.name.casefold() else ""
    due = judged.due or today
    when = f"overdue since {day(due)}" if due < today else "due today" if due == today else f"due by {day(due)}"
    task = line.statement.task.rstrip(" .")
    return f"- {task}{whose}. {when[:1].upper()}{when[1:]}."
