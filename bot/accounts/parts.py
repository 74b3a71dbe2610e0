"""Who has which part in a request: whoever asked, their line manager, the senior leaders (SLT), those with a login."""

from __future__ import annotations

from typing import Literal

from bot.accounts.model import AGREED, Registered
from bot.knowledge import Person, Role, School

Part = Literal["asker", "manager", "leader", "holder", "overseer", "staff"]
# Who keeps an eye on every account without deciding about it.
OVERSEERS: tuple[Role, ...] = ("online-safety-lead", "data-protection-lead", "dsl")
# Who reads a request whole; of what has been agreed, the others see the line in the register.
READS_WHOLE: frozenset[Part] = frozenset({"asker", "manager", "leader", "holder", "overseer"})


def leaders(school: School) -> tuple[Person, ...]:
    """The senior leaders: the head, and whoever holds the role `slt` in school.yaml."""
    return tuple({each.id: each for each in (*school.holders("slt"), *school.holders("head"))}.values())


def who_decides(school: School, found: Registered) -> tuple[Person, ...]:
    """The senior leaders who may decide about it: not whoever asked, and not whoever decided as line manager while
    there is another. Where none is left, the chair of governors."""
    asked, manager = found.asked_by.person, found.decision("manager")
    others = tuple(each for each in leaders(school) if each.id != asked)
    second = tuple(each for each in others if manager is None or each.id != manager.person)
    return second or others or school.holders("chair")


def parts_of(school: School, found: Registered, person: str) -> frozenset[Part]:
    """The parts that somebody of school.yaml has in it. Who asked counts only as far as their name was checked."""
    held: set[Part] = {"staff"}
    if person == found.asked_by.checked:
        held.add("asker")
    leads = person in {each.id for each in (*leaders(school), *who_decides(school, found))}
    if leads:
        held.add("leader")
    # Where the manager has left the school, a senior leader decides in their place.
    manages = person == found.asking.manager or (leads and found.asking.manager not in school.people)
    if manages and person != found.asked_by.person:
        held.add("manager")
    if person in {each.person for each in found.holders}:
        held.add("holder")
    if any(person in school.whoever(role) for role in OVERSEERS):
        held.add("overseer")
    return frozenset(held)


def sees_line(school: School, found: Registered, person: str) -> bool:
    """Whether somebody sees that it is there at all: everybody what both have agreed to, the rest only those with a
    part in it."""
    return is_public(found) or reads_whole(school, found, person)


def is_public(found: Registered) -> bool:
    """Whether all staff may know of it: both have agreed to it, if it is in use or was."""
    return found.state in AGREED or (found.state == "closed" and found.live_on is not None)


def reads_whole(school: School, found: Registered, person: str) -> bool:
    """Whether somebody may read what was asked, with reasons and risks."""
    return bool(parts_of(school, found, person) & READS_WHOLE)
