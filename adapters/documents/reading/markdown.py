"""Markdown -> blocks, with the front matter of site builders."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from adapters.documents.reading.texts import decoded
from bot.knowledge.policies.importing.blocks import BlockKind, ReadDocument, TextBlock

_FRONT = re.compile(r"\A---[ \t]*\n(?P<lines>.*?)\n(?:---|\.\.\.)[ \t]*\n", re.S)
_FIELD = re.compile(r"(?P<name>[\w -]+):\s*(?P<value>.*)")
_ATTRIBUTES = re.compile(r"\{:[^{}\n]{0,200}\}")  # Kramdown's, which are no text
_TAGS = re.compile(r"<[^<>]{0,500}>")
_PARTED_LINK = re.compile(r"\](\s*\n\s*)\((?=[^\s()]{1,300}\))")  # a link that an editor wrapped in its middle
_MARK = re.compile(r"-{2,} ?\w+ ?-{2,}")  # "--- save ---": a mark for a site builder


def read_markdown(content: bytes) -> ReadDocument:
    """The bytes of a file -> what it holds. Raises UnreadableContentError where it is no text."""
    text, properties = _without_front(decoded(content))
    tokens = MarkdownIt("commonmark").enable("table").parse(_PARTED_LINK.sub("](", text))
    reading = _Reading()
    for token in tokens:
        reading.take(token)
    remarks = [f"{reading.pictures} picture(s): what stands in a picture was not read"] if reading.pictures else []
    return ReadDocument(tuple(reading.blocks), properties, tuple(reading.dropped), tuple(remarks))


def _without_front(text: str) -> tuple[str, dict[str, str]]:
    found = _FRONT.match(text)
    if not found:
        return text, {}
    fields = [match for line in found["lines"].splitlines() if (match := _FIELD.fullmatch(line.strip()))]
    given = {field["name"].lower(): field["value"].strip("\"' ") for field in fields}
    dates = [value for name, value in given.items() if "date" in name and "review" not in name and value]
    properties = {"title": given.get("title", ""), "date": dates[0] if dates else ""}
    return text[found.end() :], {name: value for name, value in properties.items() if value}


class _Reading:
    def __init__(self) -> None:
        self.blocks: list[TextBlock] = []
        self.dropped: list[str] = []
        self.pictures = 0
        self._lists: list[tuple[bool, int]] = []  # whether it is numbered, and the number of the next item
        self._fresh = False
        self._number = ""
        self._heading = 0
        self._row: list[str] | None = None
        self._head = False
        self._tables = 0

    def take(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                start = str(token.attrGet("start") or 1)
                self._lists.append((token.type.startswith("ordered"), int(start) if len(start) < 9 else 1))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
                self._fresh = False
            case "list_item_open":
                self._item(token.markup)
            case "heading_open":
                self._heading = int(token.tag[1])
            case "heading_close":
                self._heading = 0
            case "table_open":
                self._tables += 1
            case "thead_open" | "thead_close":
                self._head = token.type == "thead_open"
            case "tr_open":
                self._row = []
            case "tr_close":
                self.blocks.append(
                    TextBlock("head" if self._head else "row", "", cells=tuple(self._row or ()), table=self._tables)
                )
                self._row = None
            case "inline":
                self._text(_plain(token.children or (), self), token.level)
            case "code_block" | "fence":
                self._text(token.content, token.level)
            case "html_block":
                self._text(_TAGS.sub(" ", token.content), token.level)

    def _item(self, markup: str) -> None:
        numbered, number = self._lists[-1]
        self._fresh, self._number = True, f"{number}{markup or '.'}" if numbered else ""
        self._lists[-1] = (numbered, number + 1)

    def _text(self, said: str, level: int) -> None:
        text = " ".join(_ATTRIBUTES.sub("", said).split())
        if self._row is not None:
            self._row.append(text)
        elif not text:
            return
        elif _MARK.fullmatch(text):
            self.dropped.append(text)
        elif self._heading:
            self.blocks.append(TextBlock("heading", text, self._heading))
        elif self._lists:
            kind: BlockKind = "item" if self._fresh else "more"
            self.blocks.append(TextBlock(kind, text, len(self._lists), self._number if self._fresh else ""))
            self._fresh = False
        else:
            self.blocks.append(TextBlock("paragraph", text))


def _plain(children: Sequence[Token], reading: _Reading) -> str:
    """The text of a line without marks; of a link its words, of a picture nothing."""
    parts = []
    for each in children:
        if each.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif each.type == "image":
            reading.pictures += 1
        elif each.type in ("text", "code_inline"):
            parts.append(each.content)
    return "".join(parts)
