"""A new edition of a document against the one before, clause by clause, and what becomes of the clauses. Pure."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from rapidfuzz.distance import Indel

from bot.knowledge.policies.difference import WordRun, carried, difference
from bot.knowledge.policies.importing.clauses import ImportedClause
from bot.knowledge.policies.own import OwnClause, OwnDocument, clause_id

Kind = Literal["same", "moved", "renumbered", "changed", "gone", "new"]
_ALIKE = 0.5  # of the words of both: a text that was changed, and not another one
_IN_PLACE = 0.34  # the same, where it stands between the same neighbours or has the same number under the same heading
_LIKELIER = 0.1  # for each of these signs
_NUMBER = re.compile(r"^[(\[]?(?:\d+(?:\.\d+)*|[a-z]|[ivx]+)[.)\]]*\s+", re.I)
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Compared:
    """What became of a clause: as it was and as it is now, None where it was not or is not any more."""

    kind: Kind
    old: OwnClause | None
    new: OwnClause | None

    @property
    def words(self) -> tuple[WordRun, ...]:
        """The difference word by word."""
        return difference(self.old.text if self.old else "", self.new.text if self.new else "")


@dataclass(frozen=True)
class _Unit:
    """A paragraph as it was imported: the clauses that a person made of it (several where they split it), or a piece of
    one that they joined."""

    text: str
    lead: str
    number: str
    heading: tuple[str, ...]
    owners: tuple[OwnClause, ...]


def compare(
    old: OwnDocument, found: Sequence[ImportedClause], today: dt.date
) -> tuple[tuple[Compared, ...], tuple[OwnClause, ...]]:
    """The document as it is kept, the clauses of its new edition -> (what became of each, the clauses to be kept now).
    Ids, force, splits and joins stay; what is gone stays at the end, marked so."""
    units = list(_units(old))
    pairs = _paired(units, found)
    in_order = _in_order([pairs.get(place) for place in range(len(units))])
    numbers = iter(range(old.next_number(), old.next_number() + len(found)))
    kept: dict[int, OwnClause] = {}  # by place in the new edition
    compared: list[tuple[float, Compared]] = []
    for owners, places in _owned(units):
        news = [pairs.get(place) for place in places]
        for clause, clauses in zip(owners, _carried_over(units, owners, places, news, found, today), strict=True):
            at = min((each for each in news if each is not None), default=len(found))
            kind = _kind(clause, clauses, all(place in in_order for place in places))
            compared.append((at + 0.5 * (kind == "gone"), Compared(kind, clause, None if kind == "gone" else clauses)))
            kept[len(kept)] = clauses
    order = {each.id: at for at, one in compared for each in (one.old,) if each is not None}
    taken = set(pairs.values())
    for place, each in enumerate(found):
        if place not in taken:
            new = _as_new(clause_id(old.id, next(numbers)), each)
            compared.append((place, Compared("new", None, new)))
            order[new.id] = place
            kept[len(kept)] = new
    by_place = sorted(kept.values(), key=lambda each: (each.gone, order[each.id]))
    return tuple(one for _, one in sorted(compared, key=lambda each: each[0])), tuple(by_place)


def _as_new(name: str, found: ImportedClause) -> OwnClause:
    return OwnClause(name, (found.text,), found.heading, found.number, found.page, found.lead)


def first_edition(document: str, found: Sequence[ImportedClause]) -> tuple[OwnClause, ...]:
    """The clauses of a document that is put in for the first time."""
    return tuple(_as_new(clause_id(document, number), each) for number, each in enumerate(found, 1))


def _units(document: OwnDocument) -> Iterator[_Unit]:
    there = [each for each in document.clauses if not each.gone]
    for clause in there:
        if clause.part_of and any(each.id == clause.part_of for each in there):
            continue
        parts = (clause, *(each for each in there if each.part_of == clause.id))
        if len(clause.pieces) > 1:
            for number, piece in enumerate(clause.pieces):
                yield _Unit(piece, clause.lead if not number else "", clause.number, clause.heading, (clause,))
        else:
            text = " ".join(each.own_text for each in parts)
            yield _Unit(text, clause.lead, clause.number, clause.heading, parts)


def _owned(units: Sequence[_Unit]) -> Iterator[tuple[tuple[OwnClause, ...], list[int]]]:
    """Clauses, with the places of their paragraphs: one for all parts of it, several where they were joined."""
    places: dict[str, list[int]] = {}
    for place, unit in enumerate(units):
        places.setdefault(unit.owners[0].id, []).append(place)
    return ((units[found[0]].owners, found) for found in places.values())


def _paired(units: Sequence[_Unit], found: Sequence[ImportedClause]) -> dict[int, int]:
    """Which paragraph is which now: first those with the same words, then the likest."""
    pairs: dict[int, int] = {}
    free = {place: _plain(f"{each.lead} {each.text}") for place, each in enumerate(found)}
    texts = [_plain(f"{each.lead} {each.text}") for each in units]
    for place, text in enumerate(texts):
        same = [at for at, other in free.items() if other == text]
        if same:
            best = min(same, key=lambda at: (not _same_place(units[place], found[at]), abs(at - place)))
            pairs[place] = best
            del free[best]
    scored = sorted(_scores(units, texts, found, free, pairs), reverse=True)
    for _, place, at in scored:
        if place not in pairs and at in free:
            pairs[place] = at
            del free[at]
    return pairs


def _scores(
    units: Sequence[_Unit], texts: Sequence[str], found: Sequence[ImportedClause], free: dict[int, str],
    pairs: dict[int, int],
) -> Iterator[tuple[float, int, int]]:  # fmt: skip
    left, ats = [place for place in range(len(units)) if place not in pairs], list(free)
    if not left or not ats:
        return
    words = [free[each].split() for each in ats]
    for place in left:
        its = texts[place].split()
        before, behind = _neighbour(pairs, place, -1), _neighbour(pairs, place, 1)
        for column, at in enumerate(ats):
            alike = Indel.normalized_similarity(its, words[column])
            here = _same_place(units[place], found[at])
            between = (before is not None and before == at - 1) or (behind is not None and behind == at + 1)
            if alike >= (_IN_PLACE if here or between else _ALIKE):
                yield alike + _LIKELIER * here + _LIKELIER * between, place, at


def _neighbour(pairs: dict[int, int], place: int, step: int) -> int | None:
    return pairs.get(place + step)


def _same_place(unit: _Unit, found: ImportedClause) -> bool:
    """Whether both have the same number, under the same heading."""
    return bool(unit.number) and unit.number == found.number and _headed(unit.heading) == _headed(found.heading)


def _in_order(news: Sequence[int | None]) -> frozenset[int]:
    """The places whose new places go up: the longest row of them. The others were moved."""
    tails: list[int] = []
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for place, new in enumerate(news):
        if new is None:
            continue
        at = bisect_left(tails, new)
        before[place] = ends[at - 1] if at else None
        tails[at:], ends[at:] = [new, *tails[at + 1 :]], [place, *ends[at + 1 :]]
    found: set[int] = set()
    place_or_none: int | None = ends[-1] if ends else None
    while place_or_none is not None:
        found.add(place_or_none)
        place_or_none = before[place_or_none]
    return frozenset(found)


def _carried_over(
    units: Sequence[_Unit], owners: tuple[OwnClause, ...], places: Sequence[int], news: Sequence[int | None],
    found: Sequence[ImportedClause], today: dt.date,
) -> Iterator[OwnClause]:  # fmt: skip
    """The clauses of one paragraph, or one of several, as they stand in the new edition."""
    there = [found[at] for at in news if at is not None]
    if not there:
        yield from (replace(each, gone=True, changed=today) for each in owners)
        return
    first = there[0]
    texts = [(each.text,) for each in there]
    pieces = [tuple(text for each in texts for text in each)] if len(owners) == 1 else _parts(units[places[0]], first)
    for clause, its in zip(owners, pieces, strict=True):
        if not any(its):
            yield replace(clause, gone=True, changed=today)
            continue
        new = replace(clause, pieces=its, heading=first.heading, number=first.number, page=first.page, lead=first.lead)
        yield new if _plain(new.text) == _plain(clause.text) else replace(new, changed=today)


def _parts(unit: _Unit, found: ImportedClause) -> list[tuple[str, ...]]:
    """The new text, parted where a person parted the old one."""
    lengths = [len(each.own_text.split()) for each in unit.owners]
    cuts = [sum(lengths[:number]) for number in range(1, len(lengths))]
    words = found.text.split()
    edges = [0, *carried(cuts, unit.text, found.text), len(words)]
    return [(" ".join(words[start:end]),) if end > start else () for start, end in pairwise(edges)]


def _kind(old: OwnClause, new: OwnClause, in_order: bool) -> Kind:
    if new.gone:
        return "gone"
    if _plain(old.text) != _plain(new.text):
        return "changed"
    if not in_order or _headed(old.heading) != _headed(new.heading):
        return "moved"
    return "same" if old.number == new.number else "renumbered"


def _headed(heading: Sequence[str]) -> tuple[str, ...]:
    """Headings without their numbers."""
    return tuple(_plain(_NUMBER.sub("", each)) for each in heading)


def _plain(text: str) -> str:
    """The words of a text: other quotes, dashes and spaces change no rule."""
    return " ".join(_WORDS.findall(text.replace("’", "").replace("'", "").lower()))
