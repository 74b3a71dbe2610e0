"""Every format -> blocks, in this process. `bounded` does the same in one of its own, with limits."""

from __future__ import annotations

from collections.abc import Collection

from adapters.documents.reading.limits import (
    MEGABYTE,
    MOST_BLOCKS,
    MOST_BYTES,
    MOST_CHARACTERS,
    UnreadableContentError,
)
from bot.extras import needs
from bot.knowledge.policies.importing.blocks import ReadDocument

_PARTS = "Cut it into parts, and give them one by one"


def read_content(kind: str, content: bytes, leave_out: Collection[int] = ()) -> ReadDocument:
    """The bytes of a file of a kind that `kind_of` names -> what it holds. Raises UnreadableContentError, and
    NotInstalledError where what reads it is not installed."""
    if len(content) > MOST_BYTES:
        raise UnreadableContentError(f"it is larger than {MOST_BYTES // MEGABYTE} MB", _PARTS)
    try:
        found = _read(kind, content, leave_out)
    except RecursionError as fault:
        raise UnreadableContentError(
            "it is nested without end, as no document is", "Save it anew, and give that"
        ) from fault
    beside = (*found.dropped, *found.properties.values())
    characters = sum(len(each.text) + sum(map(len, each.cells)) for each in found.blocks) + sum(map(len, beside))
    if characters > MOST_CHARACTERS or len(found.blocks) > MOST_BLOCKS:
        raise UnreadableContentError("it holds far more text than a policy", _PARTS)
    if not any(char.isalpha() for each in found.blocks for char in (each.text or "".join(each.cells))):
        raise UnreadableContentError(
            "unreadable: no text was found in it", "See that it is the right file, and no scan"
        )
    return found


def _read(kind: str, content: bytes, leave_out: Collection[int]) -> ReadDocument:
    with needs("policies", "reading a policy"):
        match kind:
            case "docx":
                from adapters.documents.reading.word import read_docx

                return read_docx(content)
            case "odt":
                from adapters.documents.reading.odt import read_odt

                return read_odt(content)
            case "pdf":
                from adapters.documents.reading.pdf import read_pdf

                return read_pdf(content, leave_out)
            case "md":
                from adapters.documents.reading.markdown import read_markdown

                return read_markdown(content)
            case "html":
                from adapters.documents.reading.web import read_html

                return read_html(content)
            case _:
                from adapters.documents.reading.plain import read_text

                return read_text(content)
