"""Plain text -> blocks, also what was laid out in columns of spaces."""

from __future__ import annotations

from adapters.documents.reading.furniture import without_furniture
from adapters.documents.reading.lines import Line, blocks_of
from adapters.documents.reading.texts import decoded
from bot.knowledge.policies.importing.blocks import ReadDocument

_PITCH = 12.0  # of a line, in the units of pages
_LETTER = 6.0


def read_text(content: bytes) -> ReadDocument:
    """The bytes of a file -> what it holds. Raises UnreadableContentError where it is no text."""
    text = decoded(content).expandtabs(8)
    pages = text.split("\f")
    lines = [line for number, page in enumerate(pages, 1) for line in _lines(page, number if len(pages) > 1 else None)]
    kept, dropped = without_furniture(lines) if len(pages) > 1 else (lines, [])
    return ReadDocument(tuple(blocks_of(kept, _PITCH)), {}, tuple(dropped), (), len(pages) if len(pages) > 1 else None)


def _lines(page: str, number: int | None) -> list[Line]:
    rows = page.split("\n")
    height = max(len(rows), 1) * _PITCH
    return [
        Line(
            text=row.strip(),
            page=number,
            left=(len(row) - len(row.lstrip())) * _LETTER,
            right=len(row.rstrip()) * _LETTER,
            top=height - place * _PITCH,
            bottom=height - (place + 1) * _PITCH + 2,
            size=10.0,
            bold=False,
            height=height,
        )
        for place, row in enumerate(rows)
        if row.strip()
    ]
