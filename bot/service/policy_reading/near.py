"""Which entries stand near which clauses of the school's own, by the live matcher and the sentence model; what nothing
answers, and what rests on nothing. Whether they agree is for a person to tick."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.answering.dialogue import Base
from bot.errors import AskFirstError
from bot.knowledge import Entry, Knowledge, Role
from bot.knowledge.approvals.words import digest_of, words_of
from bot.knowledge.policies.own import OwnClause, OwnDocument, Tick, short_digest
from bot.knowledge.schools.model import School
from bot.understanding.encoder import Encoder, Matrix

MOST = 3  # entries beside one clause
_LIKELY = 0.25  # by the matcher: an entry that a question in these words would lead to
_ALIKE = 0.55  # cosine of a clause and what an entry says
_MOST_READ = 600  # characters of a clause


@dataclass(frozen=True)
class NearEntry:
    """An entry beside a clause: how near it is, from 0 to 1, and what somebody ticked (None: nobody, or one of the two
    has other words now: then `before` is what was ticked of the old ones)."""

    entry: Entry
    nearness: float
    tick: Tick | None
    before: Tick | None = None


@dataclass(frozen=True)
class ClauseAndNear:
    """A clause with the entries near it, the nearest first."""

    clause: OwnClause
    near: tuple[NearEntry, ...]


class NearScores:
    """How near entries are to clauses, worked out once for as long as the entries say the same: it takes seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._said: tuple[object, ...] = ()
        self._read_by: object = None
        self._rows: Matrix | None = None
        self._by_text: dict[str, Matrix] = {}
        self._kept: dict[str, dict[str, float]] = {}

    def of(self, base: Base, clauses: Sequence[OwnClause]) -> tuple[dict[str, float], ...]:
        """For each clause the entries near it, with how near they are from 0 to 1."""
        with self._lock:
            entries = tuple(base.knowledge.as_written().entries.values())
            self._forget_what_changed(base, entries)
            new = {each.words: each for each in clauses if each.words not in self._kept}
            alike = _alike(base.understanding.reader.encoder, list(new.values()), self._rows)
            for clause, row in zip(new.values(), alike, strict=True):
                found = {entry.id: near for entry, near in zip(entries, row, strict=False) if near >= _ALIKE}
                for name, likely in _likely(base, clause):
                    found[name] = max(found.get(name, 0), likely)
                self._kept[clause.words] = found
            return tuple(self._kept[each.words] for each in clauses)

    def _forget_what_changed(self, base: Base, entries: tuple[Entry, ...]) -> None:
        said = tuple((each.id, each.title, each.answer) for each in entries)
        if said == self._said and base.understanding is self._read_by:
            return
        encoder = base.understanding.reader.encoder
        texts = [f"{each.title}. {each.answer}" for each in entries]
        self._rows = self._embedded(encoder, texts) if encoder and texts else None
        self._said, self._read_by, self._kept = said, base.understanding, {}

    def _embedded(self, encoder: Encoder, texts: Sequence[str]) -> Matrix:
        """A row for each of these texts; of an edited base only the new ones are read."""
        new = [each for each in dict.fromkeys(texts) if each not in self._by_text]
        rows = _unit(encoder.embed(new)) if new else ()
        self._by_text = {each: row for each, row in self._by_text.items() if each in texts}
        self._by_text |= dict(zip(new, rows, strict=True))
        stacked: Matrix = np.stack([self._by_text[each] for each in texts])
        return stacked


def near(base: Base, document: OwnDocument, scores: NearScores | None = None) -> tuple[ClauseAndNear, ...]:
    """Each clause that counts or that nobody has marked yet, with the entries near it."""
    there = [each for each in document.clauses if not each.left_out and not each.gone]
    return near_each(base, there, scores or NearScores())


def near_each(base: Base, clauses: Sequence[OwnClause], scores: NearScores) -> tuple[ClauseAndNear, ...]:
    """These clauses, each with the entries near it."""
    found = scores.of(base, clauses)
    return tuple(ClauseAndNear(clause, _near(base, clause, near)) for clause, near in zip(clauses, found, strict=True))


def _near(base: Base, clause: OwnClause, near: Mapping[str, float]) -> tuple[NearEntry, ...]:
    found = {name: nearness for name, nearness in near.items() if name in base.knowledge.entries}
    by_id: Mapping[str, Entry] = base.knowledge.entries
    ticked = {each.entry: each for each in clause.ticks}
    for entry in base.knowledge.entries.values():  # what a person said stays beside it, also of older words
        if clause.id in entry.cites or (entry.id in ticked and not ticked[entry.id].unrelated):
            found[entry.id] = 1.0
    apart = {name for name in ticked if name in by_id and _is_apart(clause, by_id[name])}
    nearest = sorted(found.keys() - apart, key=lambda name: (-found[name], name))[:MOST]
    return tuple(_beside(clause, by_id[name], found.get(name, 0)) for name in (*nearest, *sorted(apart)))


def _is_apart(clause: OwnClause, entry: Entry) -> bool:
    said = standing_tick(clause, entry)
    return said is not None and said.unrelated


def _beside(clause: OwnClause, entry: Entry, nearness: float) -> NearEntry:
    standing = standing_tick(clause, entry)
    before = None if standing else next((each for each in clause.ticks if each.entry == entry.id), None)
    return NearEntry(entry, round(nearness, 2), standing, before)


def _likely(base: Base, clause: OwnClause) -> Iterator[tuple[str, float]]:
    understanding = base.understanding
    reading = understanding.reader.read(clause.text[:_MOST_READ])
    if not reading.form.words:
        return
    for each in understanding.matcher.why(reading).candidates:
        if each.entry in base.knowledge.entries and each.confidence >= _LIKELY:
            yield each.entry, each.confidence


def _alike(encoder: Encoder | None, clauses: Sequence[OwnClause], entries: Matrix | None) -> Sequence[Sequence[float]]:
    """The cosine of each clause with what each entry says; nothing without a sentence model."""
    if encoder is None or entries is None or not clauses:
        return [[] for _ in clauses]
    cosines: list[list[float]] = (
        _unit(encoder.embed([each.text[:_MOST_READ] for each in clauses])) @ entries.T
    ).tolist()
    return cosines


def _unit(rows: Matrix) -> Matrix:
    unit: Matrix = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-9))
    return unit


def standing_tick(clause: OwnClause, entry: Entry) -> Tick | None:
    """What somebody ticked of these two, as long as both have the words that they had then."""
    words = entry_words(entry)
    return next(
        (
            each
            for each in clause.ticks
            if each.entry == entry.id and (each.clause_words, each.entry_words) == (clause.words, words)
        ),
        None,
    )


def entry_words(entry: Entry) -> str:
    """A short digest of what staff see of an entry."""
    return short_digest(digest_of(words_of(entry)))


def tick_of(
    school: School, clause: OwnClause, entry: Entry, agrees: bool, by: str, role: Role, today: dt.date,
    unrelated: bool = False,
) -> Tick:  # fmt: skip
    """What this person says of a clause and an entry. Raises AskFirstError where they hold no such role."""
    holders = [each.name for each in school.holders(role)]
    if by not in holders:
        there = f"It is held by {' and '.join(holders)}" if holders else "Nobody holds it: name somebody under roles"
        raise AskFirstError(f"nothing was ticked. {by} does not hold the role '{role}' in school.yaml. {there}")
    return Tick(entry.id, agrees, by, role, today, clause.words, entry_words(entry), unrelated)


def unanswered(knowledge: Knowledge, found: Sequence[ClauseAndNear]) -> tuple[OwnClause, ...]:
    """The clauses on which no entry rests and with which none was ticked to agree, that have none near them either but
    such as have nothing to do with them."""
    cited = {name for entry in knowledge.entries.values() for name in entry.cites}
    return tuple(
        each.clause
        for each in found
        if each.clause.id not in cited
        and all(one.tick and one.tick.unrelated for one in each.near)
        and not any(tick.agrees for tick in each.clause.ticks)
    )


def on_nothing_of_ours(knowledge: Knowledge) -> tuple[Entry, ...]:
    """The entries for this nation that rest on no clause of the school's own, and agree with none that somebody
    ticked."""
    ours = {clause.id for document in knowledge.own.values() for clause in document.clauses if not clause.gone}
    ticked = {
        tick.entry
        for document in knowledge.own.values() for clause in document.clauses for tick in clause.ticks if tick.agrees
    }  # fmt: skip
    return tuple(
        entry
        for entry in knowledge.entries.values()
        if entry.holds_in(knowledge.school.nation) and entry.id not in ticked and ours.isdisjoint(entry.cites)
    )
