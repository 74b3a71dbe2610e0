"""Answers that staff call wrong or out of date: who hears of it, once, and in which words. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from bot.answering.remarks import REASONS
from bot.knowledge import Entry, Knowledge, Person
from bot.service.approving.reviewing import MOST, AnswerLetter, answers_for
from bot.service.letters import Letter
from bot.store import Remark

_SUBJECT = "AskFirst: staff find fault with an answer"
_SAID = "Staff say that something is wrong with an answer that you wrote or approved, or that is yours to approve now:"
_DO = (
    "Nobody sees who it was, and they may be mistaken. Read each answer. Change it if they are right, and leave it if "
    "they are not: it stays in use meanwhile.",
    "You are told of an answer once, until it is approved anew. What else is said of it stands on its page.",
)


def remark_letters(
    knowledge: Knowledge, found: Sequence[Remark], authors: Mapping[str, str], told: Mapping[str, str], today: dt.date
) -> tuple[AnswerLetter, ...]:
    """A letter for everybody who wrote an answer with which staff find fault (`authors`: by entry the id of a person),
    or who approved it. They hear of each answer once until it is approved anew, and get one letter a day at most.
    `told` is what was kept of earlier letters."""
    found_of: dict[Person, list[tuple[Entry, list[Remark]]]] = {}
    for entry, its in by_entry(knowledge, found):
        for person in whose(knowledge, entry, authors):
            if told.get(person.id) != today.isoformat() and _is_news(entry, its, told.get(_name(person, entry))):
                found_of.setdefault(person, []).append((entry, its))
    return tuple(_letter(person, its, today) for person, its in found_of.items())


def by_entry(knowledge: Knowledge, found: Sequence[Remark]) -> Iterator[tuple[Entry, list[Remark]]]:
    """Remarks by the entry that has them now, those since it was approved."""
    gathered: dict[str, list[Remark]] = {}
    for each in found:
        entry = knowledge.find(each.entry)
        if entry and (entry.reviewed is None or each.day >= entry.reviewed):
            gathered.setdefault(entry.id, []).append(each)
    yield from ((knowledge.entries[name], its) for name, its in gathered.items())


def whose(knowledge: Knowledge, entry: Entry, authors: Mapping[str, str]) -> tuple[Person, ...]:
    """Who answers for it, and its author, as long as they are at the school."""
    author = knowledge.school.people.get(authors.get(entry.id, ""))
    return tuple(dict.fromkeys(filter(None, (answers_for(knowledge.school, entry), author))))


def _is_news(entry: Entry, its: Sequence[Remark], before: str | None) -> bool:
    """Whether somebody has not heard of it. Whoever heard of it before it was approved anew hears no more of that day:
    what was said then may be what was mended."""
    since = _since(entry)
    return before is None or (before != since and any(each.day.isoformat() > since for each in its))


def _letter(person: Person, its: Sequence[tuple[Entry, list[Remark]]], today: dt.date) -> AnswerLetter:
    more = f"\n- and {len(its) - MOST} more" if len(its) > MOST else ""
    named = "\n".join(_line(entry, remarks) for entry, remarks in its[:MOST])
    lines = (_SAID, named + more, *_DO)
    letter = Letter(f"remark-{person.id}-{today}", "answer", "", False, _SUBJECT, lines, "")
    told = {_name(person, entry): _since(entry) for entry, _ in its}
    return AnswerLetter(person, {**told, person.id: today.isoformat()}, letter)


def _line(entry: Entry, its: Sequence[Remark]) -> str:
    said = dict.fromkeys(REASONS[each.kind] for each in its)
    return f"- “{entry.title}”: {'; '.join(f'“{each}”' for each in said)}"


def _since(entry: Entry) -> str:
    return entry.reviewed.isoformat() if entry.reviewed else ""


def _name(person: Person, entry: Entry) -> str:
    return f"{person.id} {entry.id}"
