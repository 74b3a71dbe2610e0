"""What speaks for an entry, in the words of the message and of the entry's own phrasings. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from bot.answering.explaining.likeness import alike
from bot.knowledge import Entry
from bot.understanding.decision import Candidate
from bot.understanding.language import stem
from bot.understanding.reading import Reading, TextReader

_MOST_WORDS = 5
_OFTEN = 0.04  # of an entry's phrasings: fewer have a word by chance
_OFTENER = 2.0  # than all texts have it
_NEVER = 30.0  # the rarity of what no text has
# They tell entries apart, but to nobody who reads them alone.
SMALL = frozenset(
    "a about an and are as at be by can could do does for from had has have he her his how i if in is it its me my no "
    "not of on or our shall she should so some that the their them there they this to was we were what when where "
    "which who whom why will with would you your".split()
)


@dataclass(frozen=True)
class Ground:
    """An entry that is likely, the telling words that the message shares with its phrasings, and the phrasing that
    comes nearest, with how near (1: the same)."""

    entry: Entry
    candidate: Candidate
    shared: tuple[str, ...]
    phrasing: str
    likeness: float


def ground_of(reader: TextReader, asked: Reading, entry: Entry, candidate: Candidate) -> Ground:
    """The grounds for one candidate."""
    texts = entry.texts or (entry.title,)
    readings = [reader.read(text) for text in texts]
    likeness, phrasing = max(zip((alike(asked, each) for each in readings), texts, strict=True))
    return Ground(entry, candidate, shared_words(reader, asked, readings), phrasing, likeness)


def shared_words(reader: TextReader, asked: Reading, readings: Sequence[Reading]) -> tuple[str, ...]:
    """The words of a message that these texts have much oftener than others do, as they stand in it."""
    rarity = dict(zip(reader.featuriser.names, map(float, reader.featuriser.idf), strict=True))
    of_texts = [{name for word in each.form.words for name in _names(reader, word)} for each in readings]
    telling = [word for word in asked.form.words if word not in SMALL]
    worth = {word: max(_worth(name, of_texts, rarity) for name in _names(reader, word)) for word in telling}
    told = sorted((word for word in worth if worth[word] > 0), key=lambda word: -worth[word])[:_MOST_WORDS]
    return tuple(word for word in worth if word in told)


def _names(reader: TextReader, word: str) -> Iterator[str]:
    """The features that stand for a word: itself, and the group of words that it counts as one with."""
    yield f"w:{stem(word)}"
    if group := reader.language.group(word):
        yield f"w:@{group}"


def _worth(name: str, of_texts: Sequence[set[str]], rarity: Mapping[str, float]) -> float:
    share = sum(name in names for names in of_texts) / len(of_texts)
    everywhere = exp(1 - rarity.get(name, _NEVER))  # what its rarity was worked out from
    return share * log(share / everywhere) if share >= _OFTEN and share >= _OFTENER * everywhere else 0.0
