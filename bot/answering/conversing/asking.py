"""What of a message is looked up: all of it, or what is left without a sentence that leads away from what it asks.

A message that asks several things at once is split elsewhere. This one asks one thing, and weather, a colleague or
one's own weekend stand beside it: where all together is not sure enough, it is read again without one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.understanding.courtesy import without_courtesy
from bot.understanding.decision import Candidate, Choices, Decision, Match, NoMatch
from bot.understanding.fitting import Understanding
from bot.understanding.reading import Reading, sentences_of

_MOST_SENTENCES = 6  # of more no single one leads away, and each costs a reading
_SURER = 0.1  # than what is answered as it stands: the surest of several looks surer than it is
_LEAST = 15  # characters of a question that somebody else asks
_ELSE = (
    r"(?:(?:an?|my|our|the|one of (?:my|our|the)) )?(?:[\w'-]{1,30} ){0,2}?"
    r"(?:colleague|friend|ta|teacher|mate|partner|wife|husband|nqt|ect|trainee)s?"
    r"(?: next door| in my (?:team|department))?"
)
_ASKS = r"(?:asks?|asked|is asking|are asking|wants? to know|wondered|(?:was|were) wondering|wonders?)(?: me)?"
_REPORTED = re.compile(rf"^\W*{_ELSE} {_ASKS}\s*[:,]?\s*(?:if |whether )?[\"“”'‘]*", re.IGNORECASE)
_QUOTES = " \"“”'’‘"


def clearest(understanding: Understanding, text: str, asked: Reading) -> Reading:
    """The reading of a message to look up: `asked`, unless it comes to no answer and the message without one sentence,
    or without who asks, is surely answered by the rule that was likeliest, or by any where nothing was likely."""
    matcher = understanding.matcher
    likeliest = _unsure(matcher.match(asked))
    if likeliest is None:
        return asked
    best, confidence = asked, matcher.calibration.answer_at + _SURER
    unknown = likeliest.confidence < matcher.calibration.offer_at
    for reading in understanding.reader.read_all(tuple(_without(text))):
        decision = matcher.match(reading)
        if not isinstance(decision, Match) or decision.best.confidence <= confidence:
            continue
        if unknown or matcher.classes.same_rule(likeliest.entry, decision.best.entry):
            best, confidence = reading, decision.best.confidence
    return best


def _unsure(decision: Decision) -> Candidate | None:
    if isinstance(decision, Choices):
        return decision.candidates[0]
    return decision.nearest if isinstance(decision, NoMatch) else None


def _without(text: str) -> Iterator[str]:
    """The message without whoever asks, and without each sentence that asks nothing."""
    plain = without_courtesy(text)
    reported = _REPORTED.match(plain)
    if reported and len(plain) - reported.end() >= _LEAST:
        yield plain[reported.end() :].strip(_QUOTES)
    sentences = sentences_of(plain)
    if len(sentences) <= _MOST_SENTENCES:
        for number, sentence in enumerate(sentences):
            if "?" not in sentence:
                yield " ".join((*sentences[:number], *sentences[number + 1 :]))
