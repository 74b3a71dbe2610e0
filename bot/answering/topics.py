"""What the entries are about, in groups, and who is asked where no entry helps. Pure.

A group is a file of entries. A file that is not in this table is a topic under its own name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import cast

from bot.answering.handover import contact
from bot.concerns.ladder.reaching import offered
from bot.knowledge import Entry, Knowledge, Role
from bot.messages import Contact


@dataclass(frozen=True)
class Topic:
    """A group of entries: its title on buttons, and which roles answer for it, the first to be asked first."""

    id: str
    title: str
    asks: tuple[Role, ...]


_ONLINE: tuple[Role, ...] = ("online-safety-lead", "office")
_CARE: tuple[Role, ...] = ("dsl", "deputy-dsl", "office")
_LEADS: tuple[Role, ...] = ("head", "office")
_ANYTHING: tuple[Role, ...] = ("office", "online-safety-lead")  # what no entry is near: the office knows who does what
_DATA: tuple[Role, ...] = ("data-protection-lead", "office")
_TABLE = (
    Topic("safeguarding", "Children: worries, records, sharing", _CARE),
    Topic("danger", "Danger, illness, searching, force", _CARE),
    Topic("adults", "Worries about an adult at school, or about yourself", ("head", "chair")),
    Topic("contact-pupils", "Contact with pupils", _CARE),
    Topic("contact-families", "Contact with families and ex-pupils", _LEADS),
    Topic("conduct", "Gifts, lifts, touch, relationships, trips", _LEADS),
    Topic("personal", "Your own accounts and private life", _LEADS),
    Topic("devices", "Phones, laptops and passwords", ("it-support", *_ONLINE)),
    Topic("images", "Pictures and films", _DATA),
    Topic("data", "Personal data, and mistakes with it", _DATA),
    Topic("ai", "Artificial intelligence", _ONLINE),
    Topic("teaching", "Teaching: online, films, speakers, politics", _LEADS),
    Topic("parents-engage", "Telling and involving parents", _ONLINE),
    Topic("parents-conduct", "When parents go too far online", _LEADS),
    Topic("starting", "Starting a school account", _ONLINE),
    Topic("managing", "Running a school account", _ONLINE),
    Topic("departments", "Accounts of departments, clubs and trips", _ONLINE),
    Topic("culture", "How we go about it together", _LEADS),
)
_BY_ID = {topic.id: topic for topic in _TABLE}


def topics_of(knowledge: Knowledge) -> tuple[Topic, ...]:
    """Every topic that has entries for this nation, in the order of the table; those of other files come last."""
    found = {topic_of(entry).id: topic_of(entry) for entry in served(knowledge, knowledge.entries.values())}
    order = {topic.id: number for number, topic in enumerate(_TABLE)}
    return tuple(sorted(found.values(), key=lambda topic: (order.get(topic.id, len(order)), topic.title)))


def topic_of(entry: Entry) -> Topic:
    """The topic of an entry."""
    name = PurePath(entry.file).stem
    return _BY_ID.get(name) or Topic(name, name.replace("-", " ").capitalize(), _ONLINE)


def entries_of(knowledge: Knowledge, topic: str) -> Sequence[Entry]:
    """The entries of a topic by title; none where there is no such topic."""
    found = served(knowledge, knowledge.entries.values())
    return sorted((entry for entry in found if topic_of(entry).id == topic), key=lambda entry: entry.title)


def served(knowledge: Knowledge, entries: Iterable[Entry]) -> list[Entry]:
    """Those that the school may be answered with: of its nation, and not on hold."""
    return [entry for entry in entries if entry.served_in(knowledge.school.nation)]


@dataclass(frozen=True)
class PersonToAsk:
    """Somebody who can be asked, and the role in which they are (or `line-manager`, `union`)."""

    role: str
    contact: Contact


# Whom nobody names in school.yaml, for they differ from one member of staff to the next.
_THEIR_OWN = {
    "line-manager": Contact("Your line manager", "or whoever you report to here", ""),
    "union": Contact("Your union", "or professional association", ""),
}


# Who answers in the place of a line that is shut.
_MEANWHILE: dict[str, tuple[Role, ...]] = {"social-care": ("out-of-hours",), "lado": ("social-care", "out-of-hours")}


def whom_to_ask(knowledge: Knowledge, entry: Entry | None, now: dt.datetime | None = None) -> PersonToAsk:
    """Who is asked about this entry: whom it names, or who answers for its topic; of everything else, the office. A
    line that is shut at `now` is not offered; the role is the entry's, whoever answers for it."""
    if entry and entry.ask in _THEIR_OWN:
        return PersonToAsk(entry.ask, _THEIR_OWN[entry.ask])
    named = entry.ask if entry else None
    found = _first_of(knowledge, (*_with_stand_ins(named), *(topic_of(entry).asks if entry else _ANYTHING)), now)
    return PersonToAsk(named or found.role, found.contact)


def holder_of(knowledge: Knowledge, role: str | None, now: dt.datetime) -> PersonToAsk:
    """Who has this role, or who answers for its line while that is shut; where nobody does, or it is None, the
    office."""
    if role in _THEIR_OWN:
        return PersonToAsk(role, _THEIR_OWN[role])
    return _first_of(knowledge, (*_with_stand_ins(role), *_ANYTHING), now)


def _with_stand_ins(role: str | None) -> tuple[Role, ...]:
    return (cast(Role, role), *_MEANWHILE.get(role, ())) if role else ()


def _first_of(knowledge: Knowledge, roles: Sequence[Role], now: dt.datetime | None) -> PersonToAsk:
    """The first of these who can be asked at `now`; the DSL always can."""
    school = knowledge.school
    found = ((role, each) for role in (*roles, *_CARE) for each in school.holders(role))
    role, person = next(pair for pair in found if now is None or offered(school, pair[1], now))
    return PersonToAsk(role, contact(person))
