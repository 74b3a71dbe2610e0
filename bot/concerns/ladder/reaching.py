"""Who can be expected to answer at this hour, and whose number is shown at all. Pure."""

from __future__ import annotations

import datetime as dt

from bot.hours import is_open, line_open
from bot.knowledge import SERVICES, Person, School


def reachable(school: School, person: Person, now: dt.datetime) -> bool:
    """Whether they can be expected to answer at this moment: a line by its hours, staff while the school is open."""
    if person.line is not None:
        return line_open(school, person.line, now)
    roles = school.roles_of(person.id)
    if roles and roles <= {"out-of-hours"}:
        return not is_open(school, now)
    return is_open(school, now) or (bool(roles) and roles <= SERVICES)


def offered(school: School, person: Person, now: dt.datetime) -> bool:
    """Whether their number is shown at all: never that of a line outside that is shut at this moment."""
    roles = school.roles_of(person.id)
    outside = bool(roles) and roles <= SERVICES
    return reachable(school, person, now) if outside else True
