"""Blocks -> clauses: one for each rule or paragraph, with the headings over it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from bot.knowledge.policies.importing.blocks import ReadDocument, TextBlock
from bot.knowledge.policies.importing.numbers import typed_number
from bot.knowledge.policies.importing.signs import (
    BULLET,
    are_fragments,
    is_about_document,
    is_contents,
    is_contents_line,
    is_open,
    is_sentence,
    leads_in,
    looks_like_heading,
    orders,
)

BETWEEN_CELLS = " | "
_TYPED_LEVEL = 8  # of a heading that is only typed as one: below all that are headings in the file
_BETWEEN_CONTENTS = 2  # lines without a page in a list of contents
_TITLE_WORDS = 12  # more of them in one line, and it is no title page any more


@dataclass(frozen=True)
class ImportedClause:
    """One rule or paragraph: the headings over it, from the outermost; its number as printed, its page, the words that
    lead in to it ("Staff must:"), and its own."""

    text: str
    heading: tuple[str, ...] = ()
    number: str = ""
    page: int | None = None
    lead: str = ""


@dataclass(frozen=True)
class Imported:
    """The clauses of a document in order, and every line that became none: title page, version table, contents."""

    clauses: tuple[ImportedClause, ...]
    left_out: tuple[str, ...]


def clauses_of(document: ReadDocument) -> Imported:
    """A document as it was read -> its clauses."""
    work = _Clauses()
    blocks = [each for each in document.blocks if each.text.strip() or any(cell.strip() for cell in each.cells)]
    blocks = [_marked(each) for each in _without_contents(blocks, work.left_out)]
    groups = list(_groups(blocks))
    for group, after in zip(groups, [*groups[1:], ()], strict=True):
        work.take(group, bool(after) and after[0].kind == "item")
    work.finish()
    return Imported(tuple(work.found), (*document.dropped, *work.left_out))


def _marked(block: TextBlock) -> TextBlock:
    """A block without a mark typed before it: a paragraph that has one is an item of a list."""
    found = BULLET.fullmatch(block.text) if block.kind in ("paragraph", "item", "more") else None
    if not found or not found["text"].strip():
        return block
    kind = "item" if block.kind == "paragraph" else block.kind
    return replace(block, kind=kind, text=found["text"].strip(), level=max(block.level, 1))


def _groups(blocks: Sequence[TextBlock]) -> Iterator[tuple[TextBlock, ...]]:
    """The items of one list together, the rows of one table together, everything else by itself."""

    def key(block: TextBlock) -> tuple[str, int]:
        if block.kind in ("item", "more"):
            return "list", 0
        return ("table", block.table) if block.kind in ("row", "head") else ("", 0)

    for (kind, _), found in groupby(blocks, key):
        if kind:
            yield tuple(found)
        else:
            yield from ((each,) for each in found)


def _without_contents(blocks: Sequence[TextBlock], left_out: list[str]) -> Iterator[TextBlock]:
    """Without lists of contents that are only typed: lines with a page behind dots, and the heading over them."""
    last = 0
    for place, block in enumerate(blocks):
        if place < last:
            left_out.append(block.text)
            continue
        begins = place + is_contents(block.text)
        lines, until = _contents_from(blocks, begins)
        if lines >= (1 if begins > place else 3):
            last = until
            left_out.append(block.text)
        else:
            yield block


def _contents_from(blocks: Sequence[TextBlock], begins: int) -> tuple[int, int]:
    """(how many lines of a list of contents stand from here on, where it ends); a heading in it may take two lines."""
    lines, until = 0, begins
    for place in range(begins, len(blocks)):
        if is_contents_line(blocks[place].text):
            lines, until = lines + 1, place + 1
        elif place - until >= _BETWEEN_CONTENTS or not lines:
            break
    return lines, until


@dataclass
class _Clauses:
    found: list[ImportedClause] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    path: list[tuple[int, str]] = field(default_factory=list)
    lead: str = ""
    lead_at: TextBlock | None = None
    typed: TextBlock | None = None  # a line that may be a heading: what follows says

    def take(self, group: tuple[TextBlock, ...], before_list: bool) -> None:
        """The next blocks; `before_list` says that a list follows them."""
        first = group[0]
        if first.kind in ("item", "more"):
            self._head()
            self._list(group)
        elif first.kind in ("row", "head"):
            self._head()
            self._table(group)
        elif first.kind in ("heading", "title"):
            self._head()
            self._heading(first)
        else:
            self._paragraph(first, before_list)

    def finish(self) -> None:
        """What was kept back for what follows, at the end."""
        if self.typed:
            self._add(self.typed, self.typed.text)
            self.typed = None
        self._flush()

    def _head(self) -> None:
        """The line that may be a heading is one: something follows it."""
        if self.typed:
            typed, self.typed = self.typed, None
            self._heading(TextBlock("heading", typed.text, _TYPED_LEVEL, typed.number, typed.page))

    def _heading(self, block: TextBlock) -> None:
        self._flush()
        level = 0 if block.kind == "title" else block.level
        self.path = [each for each in self.path if each[0] < level]
        text = " ".join(f"{block.number} {block.text}".split())
        if block.kind == "title":
            self.left_out.append(text)
        else:
            self.path.append((level, text.rstrip(":")))

    def _paragraph(self, block: TextBlock, before_list: bool) -> None:
        if is_about_document(block.text) or self._on_title_page(block):
            self.left_out.append(block.text)
        elif looks_like_heading(block.text) and not block.number and not (before_list and is_open(block.text)):
            if self.typed:  # two short lines, one after the other: a heading with one below it, or no heading
                self._head()
            self.typed = block
        elif leads_in(block.text) or (before_list and is_open(block.text)):
            self._head()
            self._flush()
            self.lead, self.lead_at = block.text, block
        else:
            self._head()
            self._add(block, block.text)

    def _on_title_page(self, block: TextBlock) -> bool:
        """Before the first rule and the first heading, lines that are no sentences."""
        short = len(block.text.split()) <= _TITLE_WORDS and not is_sentence(block.text)
        return short and not self.found and not self.path and not block.number and not leads_in(block.text)

    def _list(self, group: Sequence[TextBlock]) -> None:
        items = _items(group)
        texts = [text for _, text in items]
        alone = items[0][0]
        if len(items) == 1 and alone.number and not self.lead and looks_like_heading(texts[0]):
            self._heading(TextBlock("heading", texts[0], _TYPED_LEVEL, alone.number, alone.page))
            return
        if (
            self.lead
            and are_fragments(texts, self.lead)
            and not orders(self.lead)
            and not any(item.number for item, _ in items)
        ):
            at = self.lead_at or items[0][0]
            text = f"{self.lead} {'; '.join(texts)}"
            self.lead, self.lead_at = "", None
            self._add(at, text)
        else:
            for item, text in items:
                self._add(item, text)
        self.lead, self.lead_at = "", None

    def _table(self, group: Sequence[TextBlock]) -> None:
        rows = [tuple(filter(None, (" ".join(cell.split()) for cell in block.cells))) for block in group]
        about = sum(bool(row) and is_about_document(row[0]) for row in rows)
        is_log = any("version" in words and "date" in words for row in rows[:3] for words in [" ".join(row).lower()])
        if (about >= max(1, 0.6 * len(rows)) or is_log) and not self.found:
            self.left_out += [BETWEEN_CELLS.join(row) for row in rows]
            return
        for block, row in zip(group, rows, strict=True):
            if block.kind == "head":
                self.left_out.append(BETWEEN_CELLS.join(row))
            elif len(row) == 1 and looks_like_heading(row[0]):
                self._heading(TextBlock("heading", row[0], _TYPED_LEVEL + 1, page=block.page))
            elif row:
                self._add(block, BETWEEN_CELLS.join(row))
        self.lead, self.lead_at = "", None

    def _add(self, block: TextBlock, text: str) -> None:
        number, rest = (block.number, text) if block.number else typed_number(text)
        heading = tuple(text for _, text in self.path)
        self.found.append(
            ImportedClause(" ".join(rest.split()), heading, number.strip(), block.page, " ".join(self.lead.split()))
        )
        self.lead_at = None  # the lead-in has something to lead in to, and goes on until the next heading

    def _flush(self) -> None:
        """A lead-in that nothing followed is a text of its own: nothing is lost."""
        if self.lead and self.lead_at is not None:
            lead, at = self.lead, self.lead_at
            self.lead, self.lead_at = "", None
            self._add(at, lead)
        self.lead, self.lead_at = "", None


def _items(group: Sequence[TextBlock]) -> list[tuple[TextBlock, str]]:
    """The outermost items of a list, each with what is nested in it."""
    outermost = min((each.level for each in group if each.kind == "item"), default=1)
    found: list[tuple[TextBlock, list[str]]] = []
    for block in group:
        if found and (block.kind == "more" or block.level > outermost):
            mark = "" if block.kind == "more" else f"{block.number or '-'} "
            found[-1][1].append(f"{mark}{block.text}")
        else:
            found.append((block, [block.text]))
    return [(item, " ".join(texts)) for item, texts in found]
