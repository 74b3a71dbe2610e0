"""Lines as they lie on pages -> blocks: by gaps, indents, marks before items, and the size of letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.knowledge.policies.importing.blocks import BlockKind, TextBlock
from bot.knowledge.policies.importing.numbers import typed_number
from bot.knowledge.policies.importing.signs import BULLET, is_contents_line, is_sentence, leads_in, looks_like_heading

_NUMBERED_HEADING = 100  # characters
_LARGER = 1.12  # than the text: a heading
_GAP = 1.35  # of the usual distance from line to line
_CLOSE = 0.3  # of the distances from line to line: most of these lie within paragraphs
_SHORT = 0.75  # of the width: a line that ends before it, and ends a sentence, ends its paragraph
_FULL = 0.9  # the same, where the next line begins as far left as the item
_INDENT = 9.0
_SOME = 0.04  # of the lines: as many begin at the margin at least


@dataclass(frozen=True)
class Line:
    """A line of a page, in points from its lower left corner; `height` is that of the page. `cells` are those of a row
    of a table, `head` says that the row names its columns."""

    text: str
    page: int | None
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool
    height: float
    cells: tuple[str, ...] = ()
    table: int = 0


def blocks_of(lines: Sequence[Line], pitch: float = 0) -> Iterator[TextBlock]:
    """The lines of a document in order -> its blocks. `pitch` is how far lines of one paragraph lie apart; 0 where that
    has to be found out."""
    if not lines:
        return
    look = _Look(lines, pitch)
    item: Line | None = None
    for group in look.groups(lines):
        block = look.block(group)
        if item and block.kind == "paragraph" and look.goes_on(item, group[0]) and not looks_like_heading(block.text):
            block = replace(block, kind="more", text=_joined(group), number="")
        elif block.kind not in ("item", "more"):
            item = None
        if block.kind == "item" and (item is None or group[0].left <= item.left + _INDENT):
            item = group[0]
        yield block


class _Look:
    """How this document is set: what is body, what is larger, how far lines lie apart, where they end."""

    def __init__(self, lines: Sequence[Line], pitch: float) -> None:
        sizes: Counter[float] = Counter()
        for line in lines:
            sizes[round(line.size)] += len(line.text)
        self.body = sizes.most_common(1)[0][0]
        # A document may be set in bold altogether: then bold tells nothing.
        plain = sum(len(line.text) for line in lines if not line.bold)
        self.bold_tells = plain > 0.5 * sum(len(line.text) for line in lines)
        self.larger = sorted({round(line.size) for line in lines if line.size > _LARGER * self.body}, reverse=True)
        gaps = [
            one.top - two.top
            for one, two in pairwise(lines)
            if one.page == two.page and 0 < one.top - two.top < 4 * max(one.size, 6)
        ]
        usual = sorted(gaps)[int(_CLOSE * len(gaps))] if gaps else 1.2 * self.body
        self.pitch = pitch or min(usual, 1.9 * max(self.body, 6))
        ends = sorted(line.right for line in lines)
        self.right = ends[int(0.9 * (len(ends) - 1))]
        starts = Counter(round(line.left) for line in lines if not line.cells)
        self.left = min((left for left, number in starts.items() if number >= _SOME * len(lines)), default=0)

    def groups(self, lines: Sequence[Line]) -> Iterator[list[Line]]:
        group: list[Line] = []
        for line in lines:
            if group and self._begins(group, line):
                yield group
                group = []
            group.append(line)
        yield group

    def _begins(self, group: list[Line], line: Line) -> bool:
        before = group[-1]
        if line.cells or before.cells or is_contents_line(line.text) or is_contents_line(before.text):
            return True
        if self._is_marked(line) or (self._is_headed(line) != self._is_headed(before) and not line.text[:1].islower()):
            return True
        if self._is_headed(line) and round(line.size) != round(before.size):
            return True
        done = is_sentence(before.text) or leads_in(before.text)
        if line.page != before.page:
            return done or not (line.text[:1].islower() or before.right > 0.8 * self.right)
        if before.top - line.top > _GAP * self.pitch:
            return True
        in_item = self._is_marked(group[0])
        back = in_item and line.left < group[0].left + _INDENT / 2
        if in_item and (line.left < group[0].left - 2 or (done and back and before.right < _FULL * self.right)):
            return True
        return done and before.right < _SHORT * self.right

    def _is_marked(self, line: Line) -> bool:
        if BULLET.fullmatch(line.text) and len(line.text) > 1:
            return True
        number, _ = typed_number(line.text)
        return bool(number) and not (len(number) == 2 and number[0] in "IAa" and number[1] == ".")

    def _is_headed(self, line: Line) -> bool:
        return line.size > _LARGER * self.body or (line.bold and self.bold_tells)

    def goes_on(self, item: Line, line: Line) -> bool:
        """Whether a text without a mark belongs to the item before it: it stands in from its mark, and from the
        margin."""
        return not self._is_headed(line) and line.left > max(item.left + 1.5 * _INDENT, self.left + _INDENT)

    def block(self, group: list[Line]) -> TextBlock:
        first = group[0]
        if first.cells:
            return TextBlock("head" if first.bold else "row", "", page=first.page, cells=first.cells, table=first.table)
        text = _joined(group)
        bullet = BULLET.fullmatch(text)
        if bullet and bullet["text"]:
            return TextBlock("item", bullet["text"], self._depth(first), "", first.page)
        number, rest = typed_number(text)
        if (
            self._is_headed(first)
            and not text[0].islower()
            and len(text) <= 2 * _NUMBERED_HEADING
            and not text.endswith((".", ";", ","))
        ):
            level = self.larger.index(round(first.size)) + 1 if round(first.size) in self.larger else 6
            return TextBlock("heading", rest, level, number, first.page)
        kind: BlockKind = "item" if number and "." not in number.strip(".") else "paragraph"
        return TextBlock(
            kind, rest if number else text, self._depth(first) if kind == "item" else 0, number, first.page
        )

    def _depth(self, line: Line) -> int:
        return 1 + int(line.left // 18)


def _joined(group: Sequence[Line]) -> str:
    """Lines -> one text; a word that is parted at the end of a line with a hyphen keeps it."""
    text = group[0].text
    for line in group[1:]:
        if text.endswith("\x02"):
            text = text[:-1] + line.text
        elif text.endswith("-") and not text.endswith(" -") and line.text[:1].islower():
            text += line.text
        else:
            text += f" {line.text}"
    return text.replace("\x02", "-")
