"""What sounds like something else, told apart by its words: an entry that is not meant, an everyday matter that was
taken for a concern, and a fact that is only added to the last question. Pure.

What was learned errs where one word has two senses ("lift"), or where a message is short. The words are the knowledge
base's: `senses` and `added` in lexicon.yaml, `let_go` in triage.yaml. A rule of triage.yaml is above all of them.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.knowledge import Knowledge, Sense
from bot.understanding.decision import Candidate, Choices, Decision, Match, NoMatch, Pleasantry
from bot.understanding.triage import Finding

_ADDED_WORDS = range(3, 11)  # words: a fact is short, and "he did" is none
_EVERYDAY = 16  # words: in more than that there may be another matter beside the everyday one
_ONE_SENSE = 30
_NUMBER = re.compile(r"\d{1,2}|(?:19|20)\d\d")
# Whoever has left may have done so years ago, or be missing.
_LEFT_WHEN = re.compile(r"\bleft\b(?!.*\b(?:ago|years?|terms?|last|when|before|since|in)\b)|\bleft\b.*\bnow\b")


def only_adds(knowledge: Knowledge, text: str) -> bool:
    """Whether a message in its normal form says nothing but what may be added to a question: who somebody is, how old,
    in which class. Every word of it must be one of those, so that no deed is among them."""
    words, known = text.split(), knowledge.lexicon.added
    if _LEFT_WHEN.search(text):
        return False
    return len(words) in _ADDED_WORDS and all(word in known or _NUMBER.fullmatch(word) for word in words)


def as_added(finding: Finding, to_a_question: bool) -> Finding:
    """The finding of a message that only adds to the last question: no concern, unless a rule says so. Where nobody
    knows what it is added to, it gets a note."""
    if (finding.urgency is None and not to_a_question) or _by_rule(finding):
        return finding
    return replace(finding, urgency=None, note=not to_a_question)


def let_go(knowledge: Knowledge, finding: Finding, text: str) -> Finding:
    """The finding one step down where the message is of everyday by its words: a note instead of a handover, and no
    note where it is ordinary beyond doubt."""
    if not (finding.urgency or finding.note) or _by_rule(finding) or len(text.split()) > _EVERYDAY:
        return finding
    for each in knowledge.triage.let_go:
        if finding.kind in each.of and (finding.urgency or not each.note) and holds(each.pattern, each.unless, text):
            noted = bool(finding.urgency)
            return replace(finding, urgency=None, note=noted, grounds=(*finding.grounds, f"let go: {each.id}"))
    return finding


def meant(knowledge: Knowledge, decision: Decision, text: str) -> Decision:
    """The decision, or what the words of the message mean instead."""
    senses = knowledge.lexicon.senses if len(text.split()) <= _ONE_SENSE else ()
    for sense in senses:
        if _concerns(sense, decision) and holds(sense.pattern, sense.unless, text):
            return _instead(knowledge, sense, decision)
    return decision


def _by_rule(finding: Finding) -> bool:
    """Also what is not English, or stands in the name of a file, was not learned."""
    return bool(finding.grounds) and not finding.grounds[0].startswith("learned:")


def holds(pattern: str, unless: str | None, text: str) -> bool:
    return bool(re.search(pattern, text)) and not (unless and re.search(unless, text))


def _concerns(sense: Sense, decision: Decision) -> bool:
    """Where nothing was found, whom to ask may still be known."""
    return isinstance(decision, NoMatch) or any(each.entry in sense.of for each in _candidates(decision))


def _candidates(decision: Decision) -> tuple[Candidate, ...]:
    match decision:
        case Match(best):
            return (best,)
        case Choices(candidates):
            return candidates
        case NoMatch(nearest):
            return (nearest,)
        case Pleasantry():
            return ()


def _instead(knowledge: Knowledge, sense: Sense, decision: Decision) -> Decision:
    likeliest = _candidates(decision)[0]
    if sense.to is None:
        return NoMatch(likeliest, sense.ask)
    # A school that has no such entry keeps what was found.
    return Match(replace(likeliest, entry=sense.to)) if sense.to in knowledge.entries else decision
