"""The words of an entry for a school: {dsl} and its like become name and number. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from bot.knowledge import Knowledge, Person, Role

_PLACE = re.compile(r"(?P<before>^|[.!?:]\s+)?\{(?P<role>[a-z-]+)\}")
_MOST = 2  # people who are named of one role
# What a role is called where nobody holds it. The first four have a name of each nation's own (handovers.yaml).
_CALLED: Mapping[str, str] = {
    "adult-concerns": "the named deputy for concerns about adults", "deputy-dsl": "a deputy of the safeguarding lead",
    "lado": "the council’s LADO", "out-of-hours": "the council’s emergency duty team", "police": "the police (101)",
    "whistleblowing": "the NSPCC Whistleblowing Advice Line", "staff-support": "the staff support line",
    "online-safety-lead": "the online safety lead", "data-protection-lead": "the data protection lead",
    "it-support": "IT support", "senco": "the SENCO", "business-manager": "the business manager",
    "site": "the site manager", "first-aid": "a first aider", "emergency-contact": "the emergency contact",
    "exams": "the exams officer", "office": "the school office", "line-manager": "the line manager",
    "union": "the union",
}  # fmt: skip


def in_words(knowledge: Knowledge, text: str) -> str:
    """A wording with the people of the school in the place of {dsl} and its like."""
    return _PLACE.sub(lambda found: _named(knowledge, found), text)


def called(knowledge: Knowledge, role: str) -> str:
    """What a role is called in this nation, with its article."""
    term = knowledge.handovers.terms.get(role, {}).get(knowledge.school.nation)
    if term is None:
        return _CALLED.get(role, f"the {role}")
    return term if role == "social-care" else f"the {term}"


def in_the_role(knowledge: Knowledge, name: str, role: str) -> str:
    """What somebody of this name is called who acted in a role: as school.yaml says, or as the role is called, where
    they do not hold it any more."""
    if not role:
        return ""
    holders = knowledge.school.holders(cast(Role, role))
    return next((each.role for each in holders if each.name == name), called(knowledge, role).removeprefix("the "))


def _named(knowledge: Knowledge, found: re.Match[str]) -> str:
    role, before = found["role"], found["before"]
    people = knowledge.school.holders(cast(Role, role))[:_MOST]
    named = " or ".join(map(_with_number, people)) if people else called(knowledge, role)
    if before is None:
        return re.sub(r"^The\b", "the", named)
    return before + named[:1].upper() + named[1:]


def _with_number(person: Person) -> str:
    number = ", ".join(filter(None, (person.phone, person.hours)))
    return f"{person.name} ({number})" if number else person.name
