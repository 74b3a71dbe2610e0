"""What a document is read into, whatever its format: blocks of text in order, and what it says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

# heading: `level` from 1; title: of the whole document; item: of a list, `level` from 1 is how deep; more: goes on
# with the item before it; row: of a table, in `cells`; head: the row that names its columns.
BlockKind = Literal["title", "heading", "paragraph", "item", "more", "row", "head"]


@dataclass(frozen=True)
class TextBlock:
    """A piece of text as it stands in the document. `number` is as printed, empty for a bullet; `page` is None where
    the format has none; `table` tells the rows of one table from those of the next."""

    kind: BlockKind
    text: str
    level: int = 0
    number: str = ""
    page: int | None = None
    cells: tuple[str, ...] = ()
    table: int = 0


@dataclass(frozen=True)
class ReadDocument:
    """A document as it was read: its blocks, what it says of itself (title, date, ...), what was dropped as contents or
    as the header and footer of pages, and `remarks`: what of it could not be read, in words."""

    blocks: tuple[TextBlock, ...]
    properties: Mapping[str, str] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    pages: int | None = None
