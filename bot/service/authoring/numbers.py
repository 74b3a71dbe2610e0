"""Numbers that a draft changes, and the other answers that name them: an age or a day often stands in several."""

from __future__ import annotations

import re
from dataclasses import fields

from bot.knowledge.authoring import EntryText
from bot.service.authoring.model import SameNumber
from bot.service.authoring.shelf import Shelf
from bot.store import Draft

_NUMBER = re.compile(r"(?<![\w.:/-])\d+(?:[.:]\d+)*(?![\w:/-])")
_READ = ("title", "badge", "answer", "why", "instead", "note", "fact_ask", "confirm")  # ways of asking say nothing


def named_elsewhere(shelf: Shelf, draft: Draft) -> tuple[SameNumber, ...]:
    """Each number that stood in the answer and does not any more, with the other answers that name it."""
    if draft.base is None:
        return ()
    gone = [each for each in _numbers(draft.base) if each not in _numbers(draft.text)]
    if not gone:
        return ()
    entries = [each for each in shelf.knowledge.as_written().entries.values() if each.id != draft.entry]
    named = [(each.id, each.title, _numbers(EntryText.of_entry(each))) for each in entries]
    found = [SameNumber(number, tuple((id_, title) for id_, title, its in named if number in its)) for number in gone]
    return tuple(each for each in found if each.entries)


def _numbers(text: EntryText) -> dict[str, None]:
    """In the order in which they stand."""
    read = [getattr(text, each.name) for each in fields(EntryText) if each.name in _READ]
    read += [getattr(case, name) for case in text.cases for name in ("badge", "answer", "why", "instead")]
    words = " ".join(part if isinstance(part, str) else " ".join(part) for part in read)
    return dict.fromkeys(_NUMBER.findall(words))
