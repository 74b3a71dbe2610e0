"""What needs care in a base as a whole, found without asking it anything: by its own words."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bot.answering.remarks import REASONS
from bot.answering.turns import Base
from bot.knowledge import Entry, Knowledge
from bot.knowledge.entries.rules import FEWEST_PHRASINGS
from bot.messages import Ruling
from bot.service.approving.remarked import by_entry, whose
from bot.service.authoring.listing import SINCE, line_of
from bot.service.authoring.model import AnswerLine, BaseHealth, Pair, Remarked
from bot.service.authoring.questions import unanswered
from bot.service.authoring.shelf import Shelf
from bot.service.authoring.withholding import taken_out
from bot.store.desks.drafts import PUBLISHED

if TYPE_CHECKING:  # it takes a while to load, and no answer needs it
    from scipy.sparse import csr_array

_MONTH = dt.timedelta(days=30)
_MOST = 15  # pairs of a kind
_ALIKE = 0.82  # cosine of the words of two entries, from which on they may be one
_FEWEST_TAKEN = 3
_EXAMPLES = 3
_FREE: frozenset[Ruling] = frozenset({"may", "no-need"})
_BOUND: frozenset[Ruling] = frozenset({"dont", "do", "ask-first"})
_MINE = 0.05  # by how much another entry must be nearer


@dataclass(frozen=True)
class _Words:
    """The entries, and their ways of asking as rows of words: `rows` (texts, words) of unit length, `owner` the number
    of each text's entry, `middles` (entries, words) of unit length."""

    entries: tuple[Entry, ...]
    texts: tuple[str, ...]
    owner: npt.NDArray[np.int64]
    rows: csr_array
    middles: csr_array


def health_of(shelf: Shelf, now: dt.datetime) -> BaseHealth:
    """Everything that needs care."""
    knowledge, today = shelf.knowledge, shelf.day(now)
    words, open_ = _words(knowledge), shelf.drafts.all()
    out = taken_out(shelf)
    shown = [line_of(shelf, entry, open_, now, out) for entry in knowledge.entries.values()]
    numbers = {entry.id: len(entry.phrasings) for entry in knowledge.entries.values()}
    thin = [(line, numbers[line.entry]) for line in shown if numbers[line.entry] < FEWEST_PHRASINGS]
    due = [line for line in shown if line.state == "due"]
    return BaseHealth(
        stealing=tuple(_stealing(words, shelf.base)),
        duplicates=tuple(_duplicates(words)),
        contradicting=tuple(_contradicting(knowledge)),
        thin=tuple(sorted(thin, key=lambda pair: (pair[1], pair[0].title))),
        due=tuple(sorted(due, key=lambda line: line.review_by or today)),
        lost=unanswered(shelf, today - _MONTH, nearest=False),
        remarked=tuple(_remarked(shelf, shown, today)),
    )


def _remarked(shelf: Shelf, shown: Sequence[AnswerLine], today: dt.date) -> list[tuple[AnswerLine, int]]:
    """Those with which staff found fault since they were approved, the most first."""
    lines, found = {line.entry: line for line in shown}, Counter[str]()
    for each in shelf.drafts.remarked(today - SINCE):
        line = lines.get(shelf.knowledge.current(each.entry))
        if line and (line.approved_on is None or each.day >= line.approved_on):
            found[line.entry] += each.number
    return [(lines[entry], number) for entry, number in found.most_common()]


def remarked_of(shelf: Shelf, who: str, now: dt.datetime) -> tuple[Remarked, ...]:
    """Those with which staff find fault since they were approved, as far as this person wrote or approved them."""
    said = shelf.drafts.remarked(shelf.day(now) - SINCE)
    if not said:
        return ()
    authors = {each.entry: each.author for each in reversed(shelf.drafts.all(PUBLISHED))}  # the last one stays
    return tuple(
        Remarked(entry.id, entry.title, tuple(dict.fromkeys(REASONS[each.kind] for each in its)), its[-1].day)
        for entry, its in by_entry(shelf.knowledge, said)
        if who in {person.id for person in whose(shelf.knowledge, entry, authors)}
    )


def _words(knowledge: Knowledge) -> _Words:
    """Counted and weighed: a word that is everywhere says little."""
    from scipy.sparse import csr_array

    entries = tuple(entry for entry in knowledge.entries.values() if entry.texts)
    texts = tuple((number, text) for number, entry in enumerate(entries) for text in entry.texts)
    place: dict[str, int] = {}
    counts = [Counter(re.findall(r"[a-z']{2,}", text.lower())) for _, text in texts]
    for count in counts:
        for word in count:
            place.setdefault(word, len(place))
    columns = np.array([place[word] for count in counts for word in count], dtype=np.int64)
    at = np.repeat(np.arange(len(texts)), [len(count) for count in counts])
    rarity = np.log(len(texts) / (1 + np.bincount(columns, minlength=len(place)))) + 1
    rows = _unit(csr_array((rarity[columns], (at, columns)), shape=(len(texts), max(len(place), 1))))
    owner = np.array([number for number, _ in texts], dtype=np.int64)
    belongs = csr_array((np.ones(len(texts)), (owner, np.arange(len(texts)))), shape=(len(entries), len(texts)))
    return _Words(entries, tuple(text for _, text in texts), owner, rows, _unit(csr_array(belongs @ rows)))


def _unit(rows: csr_array) -> csr_array:
    from scipy.sparse import csr_array

    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return csr_array(rows.multiply((1 / np.maximum(lengths, 1e-9))[:, None]))


def _stealing(words: _Words, base: Base) -> Iterator[Pair]:
    """Pairs in which ways of asking for the first sound more like the second."""
    near = np.asarray((words.rows @ words.middles.T).todense())
    own = near[np.arange(len(words.texts)), words.owner]
    best = near.argmax(axis=1)
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for text in np.flatnonzero(near[np.arange(len(words.texts)), best] > own + _MINE):
        found[int(words.owner[text]), int(best[text])].append(int(text))
    pairs = sorted(found.items(), key=lambda each: -len(each[1]))
    kept = [pair for pair in pairs if len(pair[1]) >= _FEWEST_TAKEN and not _one_rule(words.entries, pair[0])]
    for (one, other), texts in kept[:_MOST]:
        first, second = words.entries[one], words.entries[other]
        said = f"{len(texts)} ways of asking for “{first.title}” sound more like “{second.title}”"
        yield Pair(first.id, second.id, said, tuple(words.texts[text] for text in texts[:_EXAMPLES]))


def _duplicates(words: _Words) -> Iterator[Pair]:
    """Pairs that are asked for in nearly the same words."""
    near = np.triu(np.asarray((words.middles @ words.middles.T).todense()), 1)
    order = np.argsort(-near, axis=None)[:_MOST]
    for one, other in zip(*np.unravel_index(order, near.shape), strict=True):
        if near[one, other] >= _ALIKE:
            first, second = words.entries[int(one)], words.entries[int(other)]
            yield Pair(
                first.id, second.id, f"“{first.title}” and “{second.title}” are asked for in nearly the same words"
            )


def _contradicting(knowledge: Knowledge) -> Iterator[Pair]:
    """Pairs that rest first on one clause, of which one leaves free what the other does not."""
    by_clause: Mapping[str, list[Entry]] = defaultdict(list)
    for entry in knowledge.entries.values():
        if entry.cites:
            by_clause[entry.cites[0]].append(entry)
    for clause, entries in by_clause.items():
        for one, other in combinations(entries, 2):
            if {one.ruling, other.ruling} & _FREE and {one.ruling, other.ruling} & _BOUND:
                said = f"Both rest on {clause} first: “{one.badge}” and “{other.badge}”"
                yield Pair(one.id, other.id, said)


def _one_rule(entries: Sequence[Entry], pair: tuple[int, int]) -> bool:
    """Whether two entries speak with one voice, so that either may answer."""
    one, other = pair
    return not entries[one].first_cites.isdisjoint(entries[other].first_cites)
