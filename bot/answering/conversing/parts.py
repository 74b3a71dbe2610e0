"""A message -> its parts, and which of them ask. By words alone. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FEWEST = 3  # words of a question: "is it?" asks for nothing by itself
MOST = 8  # parts of one message: more are no list of questions
_FILLER = (
    r"(?:and|also|but|so|or|then|plus|oh|um|ok|okay|hi|hello|hey|please|well|again|secondly|second(?:ly)?|first(?:ly)?|"
    r"third(?:ly)?|finally|lastly|next|separately|another (?:thing|question)|one more (?:thing|question)|"
    r"other (?:thing|question)|(?:second|first|next|last|quick) (?:question|one|thing)|quick q|while i am here|"
    r"just wondering|wondering|question|surely)"
)
_FILLERS = re.compile(rf"(?i)^(?:{_FILLER}\b[\s,:–-]*)+")
_WHO = (
    r"(?:i|we|you|they|he|she|it|there|this|that|these|someone|somebody|anyone|anybody|everyone|staff|teachers?|tas?|"
    r"pupils?|students?|kids|children|parents?|governors?|volunteers?|the|a|an|my|our|your|any|all|ex-pupils?)"
)
_CAN = (
    r"(?:can|could|may|might|should|shall|must|do|does|did|is|are|am|was|were|will|would|have|has|need|can['’]?t|"
    r"don['’]?t|isn['’]?t|aren['’]?t|shouldn['’]?t|won['’]?t)"
)
_WHICH = r"(?:what|who|whom|whose|how|when|where|which|why)"
_OPENING = re.compile(
    rf"(?i)^(?:{_CAN} {_WHO}\b|{_WHICH} (?:\w+ ){{0,2}}?{_CAN}\b|{_WHICH} to\b|(?:what|how) about\b|am i\b|"
    r"(?:is|are) \w+ (?:ok|okay|allowed|fine)\b)"
)
_OPENING_WORD = re.compile(rf"(?i)^(?:{_CAN} (?:not )?{_WHO}|{_WHICH})\b")
# Where one sentence asks twice. "or" mostly turns one question two ways, and "and do the ..." goes on with the same.
_MAY = r"(?:can|could|may|should|am|is|are|would)"
_STARTS_ANEW = (
    rf"(?:surely\s)?(?:{_MAY} {_WHO}\b|{_CAN} (?:i|we|you|they|staff|pupils|parents)\b|"
    rf"{_WHICH} (?:\w+ )?{_CAN} {_WHO}\b|{_WHICH} to\b|(?:what|how) about\b)"
)
_JOINT = re.compile(
    rf"(?i)(?:,|;|\s)\s*(?=(?:and|also|plus)\b,?\s(?:(?:also|then|secondly)\s)?{_STARTS_ANEW}|or\s{_MAY} (?:i|we)\b)"
)
_SENTENCE = re.compile(r"(?<=[.!?;…])[\"'”’)]*\s+|\n+|\s+[-–—]+\s+")
_ITEM = re.compile(r"^\s*(?:\(?\d{1,2}[.):]|\(?[a-d][.)]|[-*•–])\s*")


@dataclass(frozen=True)
class SaidPart:
    """A sentence of a message, or one of the clauses in which it asks twice; and whether it asks."""

    text: str
    asks: bool


def parts_of(text: str) -> tuple[SaidPart, ...]:
    """The parts in order, without the numbers of a list and the words that only lead over."""
    pieces = (_ITEM.sub("", clause).strip() for each in _SENTENCE.split(text) for clause in _JOINT.split(each))
    return tuple(SaidPart(piece, asks(piece)) for piece in pieces if any(char.isalpha() for char in piece))


def asks(part: str) -> bool:
    """Whether a sentence is a question, with its mark or without."""
    plain = " ".join(bare(part).split())
    return len(plain.split()) >= _FEWEST and (plain.rstrip("\"'”’) ").endswith("?") or bool(_OPENING.match(plain)))


def opens_question(text: str) -> bool:
    """Whether a text of any length begins as a question does, or has the mark of one."""
    return "?" in text or bool(_OPENING_WORD.match(bare(text)))


def bare(part: str) -> str:
    """A part without what only leads over to it ("and secondly, ...")."""
    return _FILLERS.sub("", part.strip())
