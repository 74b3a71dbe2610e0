""".docx -> blocks. Read from its XML: python-docx leaves out what stands in content controls and tracked insertions,
and works out no numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from adapters.documents.reading.limits import UnreadableContentError
from adapters.documents.reading.packages import OfficePackage, first, local, value
from adapters.documents.reading.word_numbers import Numbering, numbering_of
from adapters.documents.reading.word_styles import Styles, is_on, styles_of
from bot.knowledge.policies.importing.blocks import ReadDocument, TextBlock
from bot.knowledge.policies.importing.numbers import bare

_AROUND = ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "hyperlink", "fldSimple", "dir", "bdo")
_NOT_READ = ("del", "moveFrom", "Fallback", "pPr", "rPr", "instrText", "delText", "sdtPr", "sdtEndPr")
_PAGE_BREAKS = ("lastRenderedPageBreak",)
_CONTENTS = re.compile(r"\s*TOC\b")
_BOLD_HEADING = 6  # of a paragraph in bold letters that has no style of a heading
_LONGEST_HEADING = 100


def read_docx(content: bytes) -> ReadDocument:
    """The bytes of a .docx -> what it holds. Raises UnreadableContentError."""
    package = OfficePackage(content)
    root = package.xml("word/document.xml")
    body = first(root, "body")
    if root is None or body is None:
        raise UnreadableContentError("it holds no text", "Open it in Word, save it once more, and give that")
    pages = any(local(each.tag) in _PAGE_BREAKS for each in root.iter())
    reading = _Reading(
        styles_of(package.xml("word/styles.xml")), numbering_of(package.xml("word/numbering.xml")), pages
    )
    reading.body(body)
    return ReadDocument(
        tuple(reading.blocks), _properties(package), tuple(reading.dropped), tuple(_remarks(package, reading)),
        reading.page if pages else None,
    )  # fmt: skip


def _properties(package: OfficePackage) -> dict[str, str]:
    core = package.xml("docProps/core.xml")
    found = {local(each.tag): (each.text or "").strip() for each in core} if core is not None else {}
    return {name: found[name] for name in ("title", "modified") if found.get(name)}


def _remarks(package: OfficePackage, reading: _Reading) -> Iterator[str]:
    pictures = sum(name.startswith("word/media/") for name in package.names)
    if pictures:
        yield f"{pictures} picture{'s' if pictures > 1 else ''}: what stands in a picture was not read"
    if reading.notes:
        yield f"{reading.notes} footnote{'s' if reading.notes > 1 else ''} not read"


@dataclass
class _Reading:
    styles: Styles
    numbering: Numbering
    has_pages: bool
    blocks: list[TextBlock] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    page: int = 1
    tables: int = 0
    notes: int = 0
    _fields: list[bool] = field(default_factory=list)  # which fields are open, and whether each is a list of contents
    _boxes: list[Element] = field(default_factory=list)

    def body(self, element: Element) -> None:
        for child in element:
            match local(child.tag):
                case "p":
                    self._paragraph(child)
                case "tbl":
                    self._table(child)
                case "sdt" if _is_contents(child):
                    self.dropped += [
                        text for each in child.iter() if local(each.tag) == "p" if (text := self._text(each)[0])
                    ]
                case name if name in _AROUND or name == "AlternateContent" or name == "Choice":
                    self.body(child)

    def _paragraph(self, element: Element) -> None:
        page, in_contents = self.page, any(self._fields)
        text, bold = self._text(element)
        style = value(first(element, "pPr", "pStyle"))
        number, listed, depth = self._number(element, style)
        boxes, self._boxes = self._boxes, []
        if in_contents or any(self._fields) or self.styles.is_contents(style):
            self.dropped += [text] if text else []
        elif text:
            self.blocks.append(self._block(element, style, text, bold, number, listed, depth, page))
        for box in boxes:
            self.body(box)

    def _block(
        self, element: Element, style: str, text: str, bold: bool, number: str, listed: bool, depth: int, page: int
    ) -> TextBlock:
        at = page if self.has_pages else None
        level = self.styles.heading_level(style, first(element, "pPr", "outlineLvl"))
        if self.styles.is_title(style):
            return TextBlock("title", text, 0, number, at)
        if level and len(text) <= 2 * _LONGEST_HEADING:
            return TextBlock("heading", text, level, number, at)
        if listed and (not number or bare(number).count(".") == 0) and not (bold and number):
            return TextBlock("item", text, depth + 1, number, at)
        if bold and len(text) <= _LONGEST_HEADING and not text.endswith((".", ";", ",")):
            return TextBlock("heading", text, _BOLD_HEADING + depth, number, at)
        return TextBlock("paragraph", text, 0, number, at)

    def _number(self, element: Element, style: str) -> tuple[str, bool, int]:
        """(the number as printed, whether it is an item of a list, how deep)."""
        own = first(element, "pPr", "numPr")
        inherited = self.styles.numbering(style)
        number = value(first(own, "numId")) or inherited[0]
        if not number or number == "0":
            return "", False, 0
        level = value(first(own, "ilvl")) or inherited[1]
        depth = int(level) if level.isdecimal() else self.numbering.level_of_style(number, inherited[2])
        written, listed = self.numbering.next(number, min(depth, 8))
        return written, listed, depth

    def _text(self, paragraph: Element) -> tuple[str, bool]:
        """(the text of a paragraph, whether all of it is bold)."""
        parts: list[tuple[str, bool]] = []
        style = self.styles.is_bold(value(first(paragraph, "pPr", "pStyle")))
        self._runs(paragraph, parts, style)
        said = [(text, bold) for text, bold in parts if text.strip()]
        return " ".join("".join(text for text, _ in parts).split()), bool(said) and all(bold for _, bold in said)

    def _runs(self, element: Element, parts: list[tuple[str, bool]], bold: bool) -> None:
        for child in element:
            name = local(child.tag)
            if name == "r":
                self._run(child, parts, bold)
            elif name in _AROUND or name in ("AlternateContent", "Choice"):
                self._runs(child, parts, bold)

    def _run(self, run: Element, parts: list[tuple[str, bool]], of_style: bool) -> None:
        look = first(run, "rPr")
        if is_on(first(look, "vanish")):
            return
        strong = first(look, "b")
        bold = of_style if strong is None else is_on(strong)
        for child in run:
            match local(child.tag):
                case "t":
                    parts.append((child.text or "", bold))
                case "tab" | "br" | "cr":
                    parts.append((" ", bold))
                case "noBreakHyphen":
                    parts.append(("-", bold))
                case "lastRenderedPageBreak":
                    self.page += 1
                case "fldChar":
                    self._field(value(child, "fldCharType"))
                case "instrText" if self._fields and _CONTENTS.match(child.text or ""):
                    self._fields[-1] = True
                case "footnoteReference" | "endnoteReference":
                    self.notes += 1
                case name if name not in _NOT_READ:
                    self._boxes += _text_boxes(child)

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append(False)
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _table(self, table: Element) -> None:
        self.tables += 1
        number = self.tables
        rows = [_cells(row) for row in _rows(table)]
        if max(map(len, rows), default=0) == 1:  # a frame around text, and no table
            for cells in rows:
                self.body(cells[0])
            return
        heads = [is_on(first(row, "trPr", "tblHeader")) for row in _rows(table)]
        for place, cells in enumerate(rows):
            page = self.page if self.has_pages else None
            texts, bold = self._cell_texts(cells)
            is_head = heads[place] or (place == 0 and bold and len(rows) > 1)
            self.blocks.append(TextBlock("head" if is_head else "row", "", page=page, cells=texts, table=number))

    def _cell_texts(self, cells: list[Element]) -> tuple[tuple[str, ...], bool]:
        texts, bold = [], True
        for cell in cells:
            said = []
            for paragraph in (each for each in cell.iter() if local(each.tag) == "p"):
                text, strong = self._text(paragraph)
                number, listed, _ = self._number(paragraph, value(first(paragraph, "pPr", "pStyle")))
                if text:
                    said.append(f"{number or '-'} {text}" if listed else text)
                    bold = bold and strong
            texts.append(" ".join(said))
        self._boxes.clear()
        return tuple(texts), bold


def _is_contents(control: Element) -> bool:
    gallery = first(control, "sdtPr", "docPartObj", "docPartGallery")
    return "contents" in value(gallery).lower()


def _rows(table: Element) -> Iterator[Element]:
    for child in table:
        if local(child.tag) == "tr":
            yield child
        elif local(child.tag) in _AROUND:
            yield from _rows(child)


def _cells(row: Element) -> list[Element]:
    """The cells of a row, without those that only go on from the row above."""
    found: list[Element] = []
    for child in row:
        if local(child.tag) == "tc":
            merged = first(child, "tcPr", "vMerge")
            if merged is None or value(merged) == "restart":
                found.append(child)
        elif local(child.tag) in _AROUND:
            found += _cells(child)
    return found


def _text_boxes(element: Element) -> Iterator[Element]:
    """The contents of the text boxes in it, each once: Word writes them in two ways."""
    for child in element:
        name = local(child.tag)
        if name == "txbxContent":
            yield child
        elif name != "Fallback":
            yield from _text_boxes(child)
