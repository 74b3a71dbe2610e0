"""Who stands in for whom at a moment: a school -> the school as its parts are held then. Pure.

Somebody on leave is skipped, and their stand-in is called, rung and let in instead, from the first day to the last by
the school's clocks. It ends by itself, because everything asks for the moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.knowledge import Cover, School


def as_of(school: School, now: dt.datetime) -> School:
    """The school with its roles as they are held at `now`. Asked of its own answer for another moment, it starts again
    from who holds them themselves."""
    own = {**school.roles, **school.regular}
    away = {cover.person: cover.by for cover in covers_at(school, now)}
    roles = {role: _unique(_in_place(person, away) for person in holders) for role, holders in own.items()}
    regular = {role: holders for role, holders in own.items() if roles[role] != holders}
    return replace(school, roles=roles, regular=regular)


def covers_at(school: School, now: dt.datetime) -> tuple[Cover, ...]:
    """Who is on leave at this moment, and who stands in."""
    day = now.astimezone(school.opening.zone).date()
    return tuple(cover for cover in school.cover if cover.first <= day <= cover.last)


def in_place_of(school: School, person: str, now: dt.datetime) -> str:
    """Whom to turn to at this moment instead of `person`, who may be on leave."""
    return _in_place(person, {cover.person: cover.by for cover in covers_at(school, now)})


def _in_place(person: str, away: Mapping[str, str]) -> str:
    """Along those who stand in for each other; where that leads in a ring, nobody is away for it."""
    found, seen = person, {person}
    while found in away:
        found = away[found]
        if found in seen:
            return person
        seen.add(found)
    return found


def _unique(people: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(people))
