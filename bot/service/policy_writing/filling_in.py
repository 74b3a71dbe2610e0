"""The paragraphs of the school's policy in the words of this school: its answers, then its people. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from bot.answering.wordings import called
from bot.knowledge import Knowledge, Person, Role
from bot.knowledge.approvals import digest_of
from bot.knowledge.school_policy.documents import SCHOOL
from bot.knowledge.school_policy.model import Outline, PolicyParagraph
from bot.knowledge.schools.model import ROLES, SERVICES

_PLACE = re.compile(r"(?P<before>^|[.!?:]\s+)?\{(?P<name>[^{}]+)\}")
_WRITTEN_FOR = "England"  # the nation that the clauses were written for first
_MOST = 2  # people who are named of one role


def is_in(knowledge: Knowledge, paragraph: PolicyParagraph) -> bool:
    """Whether this school's documents have it: by its nation and by what was answered."""
    if paragraph.nations and knowledge.school.nation not in paragraph.nations:
        return False
    return _is_wanted(knowledge, paragraph)


def _is_wanted(knowledge: Knowledge, paragraph: PolicyParagraph) -> bool:
    given = knowledge.policy.given
    return all(given(question).value in values for question, values in paragraph.when.items())


def with_answers(knowledge: Knowledge, text: str) -> str:
    """A text with what the school answered; people stay in braces. These are the words that somebody approves."""
    policy = knowledge.policy
    for name in dict.fromkeys(re.findall(r"\{([^{}]+)\}", text)):
        if name in policy.questions:
            text = text.replace(f"{{{name}}}", policy.words(name))
    return text.replace(f"{{{SCHOOL}}}", knowledge.school.name)


def points_of(knowledge: Knowledge, paragraph: PolicyParagraph) -> tuple[str, ...]:
    """What stands under it as a list, in the order of the questionnaire."""
    if not paragraph.points:
        return ()
    question = knowledge.policy.questions[paragraph.points]
    chosen = knowledge.policy.given(question.id).several
    return tuple(option.words for name, option in question.options.items() if name in chosen)


def cites_in(knowledge: Knowledge, paragraph: PolicyParagraph) -> tuple[str, ...]:
    """The clauses that it rests on in this school's nation; where there is none of these, those that it was written
    for, see `is_borrowed`."""
    nation = knowledge.school.nation
    own = (each for each in paragraph.cites if knowledge.clauses[each].of(nation))
    return tuple(dict.fromkeys((*paragraph.elsewhere.get(nation, ()), *own))) or paragraph.cites


def is_borrowed(knowledge: Knowledge, paragraph: PolicyParagraph) -> bool:
    """Whether it rests on guidance of another nation alone."""
    cites, nation = cites_in(knowledge, paragraph), knowledge.school.nation
    return bool(cites) and not any(knowledge.clauses[each].of(nation) for each in cites)


def left_out(knowledge: Knowledge, outline: Outline) -> Iterator[PolicyParagraph]:
    """What a document has in England and not here, because the rule is England's alone and nobody has written what
    holds here in its place."""
    there = [knowledge.policy.paragraphs[name] for section in outline.sections for name in section.paragraphs]
    filled = {each.instead_of for each in there if is_in(knowledge, each)}
    for each in there:
        elsewhere = _WRITTEN_FOR in each.nations and knowledge.school.nation not in each.nations
        if elsewhere and each.id not in filled and _is_wanted(knowledge, each):
            yield each


def digest_of_paragraph(knowledge: Knowledge, paragraph: PolicyParagraph) -> str:
    """What changes with any word that is printed, save the names of people, and with what it rests on."""
    text = " ".join(with_answers(knowledge, paragraph.text).split())
    cites = list(cites_in(knowledge, paragraph))
    return digest_of({"text": text, "points": list(points_of(knowledge, paragraph)), "cites": cites})


def with_people(knowledge: Knowledge, text: str) -> str:
    """A text with whoever holds each role in the place of its name in braces."""
    return _PLACE.sub(lambda found: _named(knowledge, found), text)


def questions_in(knowledge: Knowledge, paragraph: PolicyParagraph) -> Iterator[str]:
    """The questions that decide it."""
    yield from paragraph.when
    yield from (name for name in re.findall(r"\{([^{}]+)\}", paragraph.text) if name in knowledge.policy.questions)
    if paragraph.points:
        yield paragraph.points


def roles_in(knowledge: Knowledge, text: str) -> Iterator[Role]:
    """The roles that a text names, whoever holds them."""
    for name in re.findall(r"\{([^{}]+)\}", with_answers(knowledge, text)):
        if name in ROLES:
            yield cast(Role, name)


def paragraphs_of(knowledge: Knowledge, outline: Outline) -> Iterator[PolicyParagraph]:
    """The paragraphs of a document that this school's has."""
    for section in outline.sections:
        for name in section.paragraphs:
            if is_in(knowledge, knowledge.policy.paragraphs[name]):
                yield knowledge.policy.paragraphs[name]


def _named(knowledge: Knowledge, found: re.Match[str]) -> str:
    role, before = found["name"], found["before"]
    people = knowledge.school.holders(cast(Role, role))[:_MOST] if role in ROLES else ()
    named = " or ".join(_with_part(each, role) for each in people) or called(knowledge, role)
    return named if before is None else before + named[:1].upper() + named[1:]


def mid_sentence(name: str, role: str) -> str:
    """The name of a desk or a service as it stands inside a sentence: the office, children's social care."""
    return name[:1].lower() + name[1:] if name.startswith("The ") or role == "social-care" else name


def _with_part(person: Person, role: str) -> str:
    """Somebody with what they are here; a desk or a service by its name alone."""
    alone = role in SERVICES or person.name.startswith("The ")
    return mid_sentence(person.name, role) if alone else f"{person.name} ({person.role})"
