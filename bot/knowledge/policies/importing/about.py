"""What a document most likely says of itself: title, edition, date. Guessed, and shown to a person. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from bot.knowledge.policies.importing.blocks import ReadDocument
from bot.knowledge.policies.importing.signs import is_about_document

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(rf"(?:(\d{{1,2}})(?:st|nd|rd|th)?\s+)?({'|'.join(_MONTHS)})[a-z]*\.?,?\s+((?:19|20)\d\d)\b", re.I)
_FIGURES = re.compile(r"\b(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[/.](\d{1,2})[/.]((?:19|20)\d\d))\b")
_EDITION = re.compile(r"\b(?:version|edition|issue)\s*(?:no\.?|number)?\s*[:|]?\s*([\w.]*\d[\w.]*)", re.I)
_NEXT = re.compile(r"\b(?:next|due|review date|review by|reviewed? (?:in|on|annually))\b", re.I)
_LONGEST_TITLE = 90
_SLUG = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 30
_LITTLE = frozenset(
    "the a an of and for policy procedure procedures document final draft copy school statement".split()
)


@dataclass(frozen=True)
class About:
    """A title, an edition as it is written, and a date as 2026-09-01 or 2026-09; empty where nothing was found."""

    title: str
    edition: str
    date: str


def about(document: ReadDocument, left_out: Sequence[str], file: str) -> About:
    """What the document says of itself, in its blocks, its properties or the name of its file."""
    lines = [*_beginning(document), *left_out]
    edition = next((found[1] for line in lines if (found := _EDITION.search(line))), "")
    return About(_title(document, file), edition.strip("."), _date(document, lines))


def slug_of(title: str) -> str:
    """A title -> an id for a document: small letters and dashes."""
    words = _SLUG.sub(" ", title.lower()).split()
    kept = [word for word in words if word not in _LITTLE] or words
    slug = kept[0][:_LONGEST_SLUG] if kept else "policy"
    for word in kept[1:]:
        if len(slug) + 1 + len(word) > _LONGEST_SLUG:
            break
        slug = f"{slug}-{word}"
    return slug


def _title(document: ReadDocument, file: str) -> str:
    named = next((each.text for each in document.blocks if each.kind == "title"), "")
    first = next((each for each in document.blocks if each.kind == "heading"), None)
    top = first.text if first is not None and first.level == 1 and _is_early(document, first.text) else ""
    given = document.properties.get("title", "")
    plain = next(
        (each.text for each in document.blocks[:3] if each.kind == "paragraph" and "policy" in each.text.lower()), ""
    )
    found = next(
        (each for each in (named, given, top, plain) if 0 < len(each.strip()) <= _LONGEST_TITLE), PurePath(file).stem
    )
    return " ".join(found.split())


def _is_early(document: ReadDocument, text: str) -> bool:
    return any(each.text == text for each in document.blocks[:5])


def _beginning(document: ReadDocument) -> Iterator[str]:
    """Lines that speak of the document: at its beginning and its end, and what its file says."""
    blocks = document.blocks
    for block in (*blocks[:25], *blocks[25:][-10:]):
        text = " | ".join(block.cells) if block.cells else block.text
        if is_about_document(text) or is_about_document(text.split(" | ")[0]):
            yield text


def _date(document: ReadDocument, lines: Sequence[str]) -> str:
    of_this = [line for line in lines if not _NEXT.search(line)]
    given = [document.properties.get(name, "") for name in ("date", "adopted", "modified")]
    return next((date for line in (*of_this, *given) if (date := written_date(line))), "")


def written_date(text: str) -> str:
    """The first date of a text as 2026-09-01, or 2026-09 where it names no day; empty where there is none."""
    found = [match for pattern in (_NAMED, _FIGURES) if (match := pattern.search(text))]
    if not found:
        return ""
    first = min(found, key=lambda each: each.start())
    if first.re is _NAMED:
        day = f"-{int(first[1]):02}" if first[1] and 0 < int(first[1]) <= 31 else ""
        return f"{first[3]}-{_MONTHS.index(first[2].lower()) + 1:02}{day}"
    year, month, day = (first[1], first[2], first[3]) if first[1] else (first[6], first[5], first[4])
    return f"{year}-{int(month):02}-{int(day):02}" if 0 < int(month) <= 12 and 0 < int(day) <= 31 else ""
