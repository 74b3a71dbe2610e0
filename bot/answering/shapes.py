"""What the texts of each class look like, side by side. Pure.

What differs in shape is learned by shape: where concerns are long stories and ordinary questions short, every long
question is taken for a concern. So the classes should be alike in all of this, and unlike only in what decides.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from bot.knowledge import Knowledge
from bot.messages import PERILS

HARMLESS = "harmless look-alikes"
LONG = 30  # words
FEWEST = 20  # texts: fewer have no shape
# How far a class may be from the harmless look-alikes: times as many words, and apart in any share.
TIMES_AS_LONG = 2.0
APART = 0.35
_SENTENCES = re.compile(r"[.!?…]\s+\S|\n\s*\S")
_FIRST_PERSON = re.compile(r"(?i)\b(i|i['’]?(m|ve|d|ll)|me|my|mine|we|we['’]?(re|ve|d|ll)|us|our|ours)\b")


@dataclass(frozen=True)
class Shape:
    """One class: how many texts, their median length in words, and four shares of them."""

    name: str
    texts: int
    words: float
    long: float
    sentences: float
    first_person: float
    question_mark: float


_SHARES = {
    "long": f"over {LONG} words",
    "sentences": "of more than one sentence",
    "first_person": "in the first person",
    "question_mark": "with a question mark",
}


def shape_of(name: str, texts: Sequence[str]) -> Shape:
    """A class's name and texts (at least one) -> Shape."""
    words = [len(text.split()) for text in texts]
    return Shape(
        name,
        len(texts),
        statistics.median(words),
        _share(number > LONG for number in words),
        _share(_SENTENCES.search(text) is not None for text in texts),
        _share(_FIRST_PERSON.search(text) is not None for text in texts),
        _share("?" in text for text in texts),
    )


def shapes(knowledge: Knowledge) -> tuple[Shape, ...]:
    """The classes that are told apart: the harmless look-alikes first, the kinds of concern, and what is asked of the
    entries and beside them. A class of fewer than FEWEST texts is left out."""
    found: dict[str, list[str]] = {HARMLESS: []}
    for example in knowledge.triage.examples:
        found.setdefault(_class_of(example.kind), []).append(example.text)
    found["phrasings"] = [text for entry in knowledge.entries.values() for text in entry.texts]
    found["outside"] = [each.text for each in knowledge.outside]
    return tuple(shape_of(name, texts) for name, texts in found.items() if len(texts) >= FEWEST)


def unlike(found: Sequence[Shape]) -> tuple[str, ...]:
    """A sentence for each class that differs grossly from the harmless look-alikes, saying in what and what to do."""
    return tuple(
        f"{each.name} and {plain.name} differ in shape ({'; '.join(ways)}), and shape would be learned. Write texts of "
        "the shape that is rare in each"
        for plain in found
        if plain.name == HARMLESS
        for each in found
        if (ways := list(_ways(each, plain)))
    )


def in_lines(found: Sequence[Shape]) -> tuple[str, ...]:
    """The classes as a table, a line each, for people."""
    head = ("class", "texts", "median words", f"over {LONG}", "sentences > 1", "first person", "question mark")
    rows = [
        (each.name, str(each.texts), f"{each.words:g}", *(f"{getattr(each, name):.0%}" for name in _SHARES))
        for each in found
    ]
    wide = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return tuple(
        "  ".join([row[0].ljust(wide[0]), *(cell.rjust(width) for cell, width in zip(row[1:], wide[1:], strict=True))])
        for row in (head, *rows)
    )


def _class_of(kind: str) -> str:
    if kind == "none":
        return HARMLESS
    return "emergencies" if kind in PERILS else kind


def _ways(one: Shape, other: Shape) -> Iterable[str]:
    if max(one.words, other.words) > TIMES_AS_LONG * max(1, min(one.words, other.words)):
        yield f"{one.words:g} words against {other.words:g}"
    for field in fields(Shape):
        if field.name in _SHARES and abs(getattr(one, field.name) - getattr(other, field.name)) > APART:
            yield f"{getattr(one, field.name):.0%} against {getattr(other, field.name):.0%} {_SHARES[field.name]}"


def _share(each: Iterable[bool]) -> float:
    found = list(each)
    return sum(found) / len(found)
