"""Why a message is answered as it is, in words; figures stand in brackets at the end of a line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from adapters.console.text import wrapped
from bot.answering.conversing.asking_back import ABOUT_WHAT, WHAT_OF
from bot.answering.conversing.following import NOTHING_BEFORE
from bot.answering.dialogue import Base
from bot.answering.explaining import NEAR, Explanation, Ground, Weighed, explain
from bot.answering.wordings import called
from bot.knowledge import Entry, Knowledge
from bot.messages import HandoverKind
from bot.presses import AskAlso
from bot.understanding.decision import Choices, Match, NoMatch

_ABOUT: Mapping[HandoverKind, str] = {
    "danger": "danger now", "missing": "a child who is missing", "medical": "a medical emergency",
    "overdose": "an overdose", "fire": "a fire", "weapon": "a weapon", "intruder": "an intruder",
    "child": "a child at risk", "adult": "what an adult at the school does", "dsl": "the safeguarding lead",
    "head": "the headteacher", "own-conduct": "what the asker did", "adult-at-risk": "an adult at risk",
}  # fmt: skip
_SAME, _CLOSE, _A_LITTLE = 0.8, 0.35, 0.2
_HEADINGS = {
    "answer": "Why it was answered", "choices": "Why it was only offered", "handover": "Why it was handed over",
    "no-answer": "Why it was not answered", "smalltalk": "What was made of it", "action": "What was made of it",
}  # fmt: skip


def why_in_words(base: Base, text: str, now: dt.datetime) -> str:
    """The whole explanation of one message."""
    return explained(base.knowledge, explain(base, text, now))


def explained(knowledge: Knowledge, found: Explanation) -> str:
    """An explanation in lines, under four headings."""
    parts = {
        "How it was read": _reading(found),
        "Is somebody at risk?": [_concern(found), *_weighed(found.weighed)],
        "Which answers are likeliest": _likeliest(found),
        _HEADINGS[found.reply.kind]: _decision(knowledge, found),
    }
    lines = (line for heading, said in parts.items() for line in ("", heading, *(f"  {each}" for each in said)))
    return "\n".join(wrapped(line) for line in lines).strip()


def _reading(found: Explanation) -> Iterator[str]:
    yield found.read_as or "There is no word in it."
    if found.corrections:
        yield "Corrected: " + ", ".join(f'"{was}" is read as "{meant}"' for was, meant in found.corrections)
    if found.looked_up and found.looked_up != found.read_as:
        yield f"Looked up without what is beside the point: {found.looked_up}"


def _concern(found: Explanation) -> str:
    finding = found.finding
    about = _ABOUT.get(finding.kind, "") if finding.kind else ""
    if finding.kind == "not-english":
        return "It is not in English, so it is taken for the gravest that it may be, and handed over."
    if finding.urgency and finding.grounds[0].startswith("rule"):
        rule = f"A fixed rule says so, which no score overrides. ({finding.grounds[0]})"
        return f"It sounds like a concern about {about}. {rule}"
    if finding.urgency:
        return f"It sounds like a concern about {about}, {_past(found)}."
    if found.reply.kind == "handover":
        return "Somebody asks to speak to a person about a child."
    if finding.note:
        note = "whatever else is said, it is said whom to tell"
        return f"It may be a concern{f' about {about}' if about else ''}: {note}. It is {_short(found)}."
    return f"It does not sound like a concern: it is {_short(found)}."


def _weighed(weighed: Weighed | None) -> Iterator[str]:
    if weighed is None:
        return
    words = ", ".join(f'"{word}"' for word in weighed.words)
    named = f"the word{'s' if len(weighed.words) > 1 else ''} {words}" if words else "no one word: it is all together"
    if weighed.sentence:
        yield f'What weighed most is "{weighed.sentence}", and in it {named}.'
    else:
        yield f"What weighed most: {named}."


def _past(found: Explanation) -> str:
    chance = f"chance {found.finding.chance:.2f}"
    if found.margin is None:
        return f"plainly enough to be handed over ({chance})"
    only = "only just" if found.margin <= NEAR else "by some way"
    return f"and is {only} past the point from which it is handed over ({chance}; {found.margin:.2f} past it)"


def _short(found: Explanation) -> str:
    chance = f"chance {found.finding.chance:.2f}"
    if found.margin is None:
        return f"not near being handed over ({chance})"
    under = "just" if -found.margin <= NEAR else "some way"
    return f"{under} under being handed over ({chance}; {-found.margin:.2f} short of it)"


def _likeliest(found: Explanation) -> Iterator[str]:
    for number, ground in enumerate(found.likeliest, 1):
        yield f"{number}. {ground.entry.title} ({ground.entry.id}, sure to {ground.candidate.confidence:.2f})"
        if ground.shared:
            words = ", ".join(f'"{word}"' for word in ground.shared)
            yield f"   shares the word{'s' if len(ground.shared) > 1 else ''} {words}"
        yield f"   {_phrasing(ground)} ({ground.likeness:.2f})"
    if not found.likeliest:
        yield "None: there is nothing to look up."


def _phrasing(ground: Ground) -> str:
    if ground.likeness >= _SAME:
        return f'nearly the same as the phrasing "{ground.phrasing}"'
    if ground.likeness >= _CLOSE:
        return f'close to the phrasing "{ground.phrasing}"'
    if ground.likeness >= _A_LITTLE:
        return f'a little like the phrasing "{ground.phrasing}"'
    return f'close to none of its phrasings; the nearest is "{ground.phrasing}"'


def _decision(knowledge: Knowledge, found: Explanation) -> Iterator[str]:
    reply = found.reply
    if reply.kind == "handover":
        yield "What may be about somebody at risk is handed over before any answer is looked up."
        yield f"As a question about the policy it {_as_question(found)}"
    elif reply.kind == "action":
        yield f"The whole message asks for something to do: {(reply.action or '').replace('-', ' ')}."
    elif reply.kind == "smalltalk":
        yield f"It is small talk, which has a reply of its own. (sure to {reply.confidence:.2f})"
    elif reply.text in (ABOUT_WHAT, WHAT_OF):
        yield "Its words name neither who nor what, so it is asked what it is about, however sure the first is."
    elif reply.kind == "no-answer":
        yield from _unanswered(knowledge, found)
    else:
        yield f"It {_as_question(found)}"
    if any(isinstance(each.action, AskAlso) for each in reply.offers):
        yield "It asks several things: the first is answered, and the others are offered under it."
    if reply.question:
        yield f'The answer turns on something that was not said, so it is asked: "{reply.question.prompt}"'


def _as_question(found: Explanation) -> str:
    answers, offers = f"answers from {found.answer_at:.2f} on", f"offers from {found.offer_at:.2f} on"
    match found.decision:
        case Match(best):
            return f"is answered: the first is sure enough to be right. ({best.confidence:.2f}; it {answers})"
        case Choices(candidates):
            sure = f"{candidates[0].confidence:.2f}; it {offers}, {answers}"
            return f"is offered as a choice: the first may be meant, but is not sure enough to be the answer. ({sure})"
        case NoMatch(nearest):
            return (
                f"is not answered: no answer is sure enough even to be offered. ({nearest.confidence:.2f}; it {offers})"
            )
    return "is not looked up."


def _unanswered(knowledge: Knowledge, found: Explanation) -> Iterator[str]:
    if found.reply.retype:
        yield "It is too long for one question."
    elif found.decision is None:
        yield "There is no word in it that could be looked up."
    elif found.reply.text == NOTHING_BEFORE:
        yield "It only makes sense after an answer, and there was none before it."
    elif isinstance(found.decision, NoMatch):
        yield f"It {_as_question(found)}"
        yield _whose(knowledge, found.decision)
    else:
        entry = found.likeliest[0].entry
        yield f'The answer to it, "{entry.title}", is not given here: {_not_given(knowledge, entry)}.'


def _not_given(knowledge: Knowledge, entry: Entry) -> str:
    if not entry.holds_in(knowledge.school.nation):
        return f"it holds in {' and '.join(entry.nations)} only"
    return "it is on hold until somebody has checked it" if entry.hold else "nobody here has approved it"


def _whose(knowledge: Knowledge, decision: NoMatch) -> str:
    if decision.ask is None:
        return "It is like nothing that is known, so the office is named."
    return f"It is most like what {called(knowledge, decision.ask)} is asked."
