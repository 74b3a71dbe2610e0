""".odt -> blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from adapters.documents.reading.limits import UnreadableContentError
from adapters.documents.reading.packages import OfficePackage, first, local, named, value
from bot.knowledge.policies.importing.blocks import ReadDocument, TextBlock
from bot.knowledge.policies.importing.numbers import letters, roman

_CONTENTS = ("table-of-content", "alphabetical-index", "illustration-index", "table-index", "bibliography")
_SILENT = ("annotation", "note", "tracked-changes", "sequence-decls", "forms", "bookmark-ref")
_LONGEST_HEADING = 100
_BOLD_HEADING = 6
_MOST_SPACES = 100
_MOST_REPEATED = 50


def read_odt(content: bytes) -> ReadDocument:
    """The bytes of an .odt -> what it holds. Raises UnreadableContentError."""
    package = OfficePackage(content)
    if _is_encrypted(package):
        raise UnreadableContentError("it has a password", "Save a copy without a password, and give that")
    root = package.xml("content.xml")
    body = first(root, "body", "text")
    if root is None or body is None:
        raise UnreadableContentError("it holds no text", "Open it, save it once more, and give that")
    reading = _Reading(_lists(root, package.xml("styles.xml")), _styles(root, package.xml("styles.xml")))
    reading.body(body)
    pictures = sum(name.startswith("Pictures/") for name in package.names)
    remarks = [f"{pictures} picture(s): what stands in a picture was not read"] if pictures else []
    if reading.notes:
        remarks.append(f"{reading.notes} footnote(s) not read")
    return ReadDocument(tuple(reading.blocks), _properties(package), tuple(reading.dropped), tuple(remarks))


def _is_encrypted(package: OfficePackage) -> bool:
    manifest = package.xml("META-INF/manifest.xml")
    return manifest is not None and any(local(each.tag) == "encryption-data" for each in manifest.iter())


def _properties(package: OfficePackage) -> dict[str, str]:
    meta = first(package.xml("meta.xml"), "meta")
    found = {local(each.tag): (each.text or "").strip() for each in meta} if meta is not None else {}
    named_so = {"title": found.get("title", ""), "modified": found.get("date", "")}
    return {name: text for name, text in named_so.items() if text}


def _styles(*roots: Element | None) -> dict[str, Element]:
    every = (each for root in roots if root is not None for each in root.iter() if local(each.tag) == "style")
    return {value(each, "name"): each for each in every}


def _lists(*roots: Element | None) -> dict[str, dict[int, tuple[str, str, str, int, int]]]:
    """Of each list style, by level: how it counts, what stands before and behind a number, where it starts, how many
    levels are shown."""
    found: dict[str, dict[int, tuple[str, str, str, int, int]]] = {}
    for style in (
        each for root in roots if root is not None for each in root.iter() if local(each.tag) == "list-style"
    ):
        found[value(style, "name")] = {
            _whole(value(level, "level"), 1): (
                value(level, "num-format") if local(level.tag) == "list-level-style-number" else "",
                value(level, "num-prefix"),
                value(level, "num-suffix"),
                _whole(value(level, "start-value"), 1),
                _whole(value(level, "display-levels"), 1),
            )
            for level in style
        }
    return found


@dataclass
class _Reading:
    lists: dict[str, dict[int, tuple[str, str, str, int, int]]]
    styles: dict[str, Element]
    blocks: list[TextBlock] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    tables: int = 0
    notes: int = 0
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def body(self, element: Element) -> None:
        for child in element:
            name = local(child.tag)
            if name == "h":
                self._heading(child)
            elif name == "p":
                self._paragraph(child)
            elif name == "list":
                self._list(child, 1, value(child, "style-name"))
            elif name == "table":
                self._table(child)
            elif name in _CONTENTS:
                self.dropped += [
                    text for each in child.iter() if local(each.tag) in ("p", "h") if (text := self._text(each))
                ]
            elif name not in _SILENT:
                self.body(child)

    def _heading(self, element: Element) -> None:
        if text := self._text(element):
            self.blocks.append(TextBlock("heading", text, min(_whole(value(element, "outline-level"), 1), 9)))

    def _paragraph(self, element: Element) -> None:
        text, style = self._text(element), value(element, "style-name")
        if text and self._is_named(style, "Title"):
            self.blocks.append(TextBlock("title", text))
        elif text and self._is_bold(style) and len(text) <= _LONGEST_HEADING and not text.endswith("."):
            self.blocks.append(TextBlock("heading", text, _BOLD_HEADING))
        elif text:
            self.blocks.append(TextBlock("paragraph", text))
        self._boxes(element)

    def _boxes(self, element: Element) -> None:
        for box in (each for each in element.iter() if local(each.tag) == "text-box"):
            self.body(box)

    def _is_named(self, style: str, name: str) -> bool:
        return any(each == name for each in self._chain(style))

    def _is_bold(self, style: str) -> bool:
        looks = (first(self.styles.get(each), "text-properties") for each in self._chain(style))
        return next((value(look, "font-weight") for look in looks if value(look, "font-weight")), "") == "bold"

    def _chain(self, style: str) -> Iterator[str]:
        seen: set[str] = set()
        while style and style not in seen:
            seen.add(style)
            yield style
            style = value(self.styles.get(style), "parent-style-name")

    def _list(self, element: Element, depth: int, style: str) -> None:
        key = style or f"list at depth {depth}"
        if depth == 1 and value(element, "continue-numbering") != "true" and not value(element, "continue-list"):
            self._counts[key] = {}
        for item in named(element, "list-item", "list-header"):
            inside = False
            for child in item:
                match local(child.tag):
                    case "p" | "h":
                        self._item(child, depth, key, style, inside, local(item.tag) == "list-item")
                        inside = True
                    case "list":
                        self._list(child, depth + 1, value(child, "style-name") or style)
                    case _:
                        self.body(child)

    def _item(self, element: Element, depth: int, key: str, style: str, inside: bool, counted: bool) -> None:
        text = self._text(element)
        number = self._number(key, style, depth) if counted and not inside else ""
        if not text:
            return
        if local(element.tag) == "h":
            self.blocks.append(TextBlock("heading", text, min(_whole(value(element, "outline-level"), 1), 9), number))
        else:
            self.blocks.append(TextBlock("more" if inside else "item", text, depth, number))
        self._boxes(element)

    def _number(self, key: str, style: str, depth: int) -> str:
        levels = self.lists.get(style, {})
        counts = self._counts.setdefault(key, {})
        written, before, behind, start, shown = levels.get(depth, ("", "", "", 1, 1))
        counts[depth] = counts.get(depth, start - 1) + 1
        for deeper in [each for each in counts if each > depth]:
            del counts[deeper]
        if not written:
            return ""
        parts = [
            _counted(counts.get(each, 1), levels.get(each, ("1",))[0] or "1")
            for each in range(max(1, depth - shown + 1), depth + 1)
        ]
        return f"{before}{'.'.join(parts)}{behind}".strip()

    def _table(self, element: Element) -> None:
        self.tables += 1
        number = self.tables
        rows = list(_rows(element, False))
        if max((len(cells) for _, cells in rows), default=0) == 1:
            for _, cells in rows:
                self.body(cells[0])
            return
        for is_head, cells in rows:
            texts = tuple(
                " ".join(text for each in cell.iter() if local(each.tag) in ("p", "h") if (text := self._text(each)))
                for cell in cells
            )
            self.blocks.append(TextBlock("head" if is_head else "row", "", cells=texts, table=number))

    def _text(self, element: Element) -> str:
        return " ".join("".join(self._pieces(element)).split())

    def _pieces(self, element: Element) -> Iterator[str]:
        yield element.text or ""
        for child in element:
            name = local(child.tag)
            if name == "note":
                self.notes += 1
            elif name in ("s", "tab", "line-break"):
                yield " " * min(_whole(value(child, "c"), 1), _MOST_SPACES)
            elif name not in (*_SILENT, "text-box", "frame"):
                yield from self._pieces(child)
            yield child.tail or ""


def _rows(table: Element, head: bool) -> Iterator[tuple[bool, list[Element]]]:
    for child in table:
        name = local(child.tag)
        if name == "table-row":
            cells = [
                each
                for each in named(child, "table-cell")
                for _ in range(min(_whole(value(each, "number-columns-repeated"), 1), _MOST_REPEATED))
            ]
            if cells:
                yield head, cells
        elif name in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(child, head or name == "table-header-rows")


def _counted(count: int, written: str) -> str:
    return {"a": letters(count), "A": letters(count).upper(), "i": roman(count), "I": roman(count).upper()}.get(
        written, str(count)
    )


def _whole(text: str, missing: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else missing
