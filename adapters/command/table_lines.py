"""What `askfirst check --table` prints: topics, the entries of each, and the clauses that each rests on."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.chat.replies import place_of
from bot.answering.answers import source_of
from bot.answering.topics import entries_of, topics_of
from bot.knowledge import Entry, Knowledge

_HEADINGS = ("Topic", "Entry", "Title", "Clause", "Document and paragraph")


def table_lines(knowledge: Knowledge) -> Iterator[str]:
    """One Markdown table, a row for each clause of each entry, in the order of the topics page. A topic and an entry
    stand in their first row alone. What is not served here has no topic, and is named below."""
    yield _row(*_HEADINGS)
    yield _row(*("---" for _ in _HEADINGS))
    listed = set[str]()
    for topic in topics_of(knowledge):
        title = topic.title
        for entry in entries_of(knowledge, topic.id):
            listed.add(entry.id)
            yield from _rows(knowledge, title, entry)
            title = ""
    if left := [entry for entry in knowledge.entries if entry not in listed]:
        yield from ("", f"Not served here, so under no topic: {', '.join(left)}.")


def _rows(knowledge: Knowledge, topic: str, entry: Entry) -> Iterator[str]:
    first = topic, f"`{entry.id}`", entry.title
    for clause in entry.cites:
        source = source_of(knowledge.clauses[clause], knowledge.school.nation)
        yield _row(*first, f"`{clause}`", place_of(source))
        first = "", "", ""


def _row(*cells: str) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    """A cell stands in one line, and a bar would end it."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")
