"""HTML -> blocks: what a page says, without menus, header, footer and scripts. Nothing that it points to is fetched."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from adapters.documents.reading.texts import decoded
from bot.knowledge.policies.importing.blocks import BlockKind, ReadDocument, TextBlock
from bot.knowledge.policies.importing.numbers import letters, roman

_SILENT = frozenset("head script style nav header footer aside form button select template noscript svg iframe".split())
_EMPTY = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_BREAKS = frozenset(
    "address article blockquote body caption center dd details div dl dt fieldset figcaption figure h1 h2 h3 h4 h5 h6 "
    "hr html legend li main ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_CONTENTS = ("toc", "table-of-contents", "contents", "breadcrumb", "breadcrumbs", "cookie", "menu", "navigation")
_ENDS_BY_NEXT = {"li": ("li",), "dt": ("dt", "dd"), "dd": ("dt", "dd"), "tr": ("tr",), "td": ("td", "th"), "p": ("p",)}
_ENDS_BY_NEXT["th"] = _ENDS_BY_NEXT["td"]
_HOLDS = {"li": ("ul", "ol"), "dt": ("dl",), "dd": ("dl",), "tr": ("table",), "td": ("table",), "th": ("table",)}


def read_html(content: bytes) -> ReadDocument:
    """The bytes of a page -> what it holds. Raises UnreadableContentError where it is no text."""
    page = _Page()
    page.feed(decoded(content))
    page.close()
    page.end()
    properties = {"title": " ".join(page.title.split())} if page.title.strip() else {}
    return ReadDocument(tuple(page.blocks), properties, tuple(page.dropped), tuple(page.remarks()))


@dataclass
class _List:
    kind: str  # how it counts; empty for bullets
    next: int


@dataclass
class _Table:
    number: int
    cells: list[str] = field(default_factory=list)
    heads: list[bool] = field(default_factory=list)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[TextBlock] = []
        self.dropped: list[str] = []
        self.title = ""
        self._open: list[tuple[str, bool]] = []  # (tag, whether it is one that is not read)
        self._text: list[str] = []
        self._lists: list[_List] = []
        self._tables: list[_Table] = []
        self._fresh_item = False  # an item has begun, and nothing of it was written
        self._number = ""
        self._rows = 0
        self._pictures = 0
        self._term = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_before(tag)
        if tag in _BREAKS:
            self._flush()
        if tag == "br":
            self._text.append(" ")
        self._pictures += tag == "img"
        if tag in _EMPTY:
            return
        given = {name: value or "" for name, value in attrs}
        self._open.append((tag, self._is_silent(tag, given)))
        if self._silent:
            return
        if tag in ("ul", "ol"):
            start = given.get("start", "")
            self._lists.append(
                _List(
                    (given.get("type") or "1") if tag == "ol" else "",
                    int(start) if start.isdecimal() and len(start) < 6 else 1,
                )
            )
        elif tag == "li":
            self._item()
        elif tag == "table":
            self._rows += 1
            self._tables.append(_Table(self._rows))
        elif tag in ("td", "th") and self._tables:
            self._tables[-1].heads.append(tag == "th")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in (name for name, _ in self._open):
            return
        while self._open:
            name, _ = self._open[-1]
            self._close(name)
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] == "title":
            self.title += data
        elif self._silent:
            if data.strip() and any(
                name in ("nav", "header", "footer", "div", "ul", "section") for name, silent in self._open if silent
            ):
                self.dropped.append(" ".join(data.split()))
        else:
            self._text.append(data)

    def end(self) -> None:
        """What is still open at the end of the page."""
        while self._open:
            self._close(self._open[-1][0])
        self._flush()

    def remarks(self) -> list[str]:
        """What could not be read."""
        return [f"{self._pictures} picture(s): what stands in a picture was not read"] if self._pictures else []

    @property
    def _silent(self) -> bool:
        return any(silent for _, silent in self._open)

    def _is_silent(self, tag: str, given: dict[str, str]) -> bool:
        if tag in _SILENT or "hidden" in given or given.get("role") in ("navigation", "banner", "contentinfo"):
            return True
        names = {*given.get("class", "").lower().split(), given.get("id", "").lower()}
        return tag in ("div", "ul", "ol", "nav", "section", "table") and not names.isdisjoint(_CONTENTS)

    def _end_before(self, tag: str) -> None:
        """Close what this one ends without saying so."""
        holders = _HOLDS.get(tag, ())
        for name, _ in reversed(self._open):
            if name in holders:
                return
            if name in _ENDS_BY_NEXT.get(tag, ()) or (name == "p" and tag in _BREAKS):
                self.handle_endtag(name)
                return

    def _close(self, tag: str) -> None:
        silent = self._silent
        if tag in _BREAKS and not silent:
            self._flush(tag)
        self._open.pop()
        if silent:
            return
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
            self._fresh_item = False
        elif tag == "tr" and self._tables:
            self._row(self._tables[-1])
        elif tag == "table" and self._tables:
            self._row(self._tables[-1])
            self._tables.pop()

    def _item(self) -> None:
        its = self._lists[-1] if self._lists else _List("", 1)
        self._fresh_item = True
        self._number = f"{_counted(its.next, its.kind)}." if its.kind else ""
        its.next += 1

    def _flush(self, closing: str = "") -> None:
        text = " ".join("".join(self._text).split())
        self._text.clear()
        tags = [name for name, _ in self._open]
        # A cell may stand open around a table that has none yet: what is said there is no part of it.
        if self._tables and self._tables[-1].heads and ("td" in tags or "th" in tags):
            self._into_cell(
                text, closing, "li" in tags[len(tags) - tags[::-1].index("table") :] if "table" in tags else False
            )
            return
        if not text:
            return
        heading = next((name for name in reversed(tags) if len(name) == 2 and name[0] == "h" and name[1].isdigit()), "")
        if heading:
            self.blocks.append(TextBlock("heading", text, int(heading[1])))
        elif self._lists:
            kind: BlockKind = "item" if self._fresh_item or not self._in_list() else "more"
            self.blocks.append(TextBlock(kind, text, len(self._lists), self._number if self._fresh_item else ""))
            self._fresh_item = False
        elif tags and tags[-1] == "dt":
            self._term = text
        else:
            term, self._term = self._term, ""
            joined = f"{term}: {text}" if term else text
            self.blocks.append(TextBlock("paragraph", joined))

    def _in_list(self) -> bool:
        return bool(self.blocks) and self.blocks[-1].kind in ("item", "more")

    def _into_cell(self, text: str, closing: str, listed: bool) -> None:
        table = self._tables[-1]
        while len(table.cells) < len(table.heads):
            table.cells.append("")
        if text and table.cells:
            table.cells[-1] = f"{table.cells[-1]} {'- ' if listed else ''}{text}".strip()

    def _row(self, table: _Table) -> None:
        if any(table.cells):
            kind: BlockKind = "head" if len(table.heads) > 1 and all(table.heads) else "row"
            self.blocks.append(TextBlock(kind, "", cells=tuple(table.cells), table=table.number))
        table.cells, table.heads = [], []


def _counted(count: int, kind: str) -> str:
    return {"a": letters(count), "A": letters(count).upper(), "i": roman(count), "I": roman(count).upper()}.get(
        kind, str(count)
    )
