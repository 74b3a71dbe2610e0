"""A button was pressed -> the next turn. Pure; what a button carries are ids, never what somebody wrote."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from bot.answering.answers import choices_among
from bot.answering.commands import carry_out, show_topic
from bot.answering.handover import note
from bot.answering.remarks import thanks, to_choose
from bot.answering.topics import served, whom_to_ask
from bot.answering.turns import Base, Conversation, NoteGap, NoteRemark, Turn, answered, no_answer, somebody
from bot.knowledge import Entry
from bot.messages import Reply
from bot.presses import (
    AskAlso,
    AskPolicy,
    DoAction,
    GiveFact,
    GiveFeedback,
    GiveRemark,
    PickEntry,
    PickTopic,
    Press,
    TellAuthor,
)
from bot.understanding.decision import MAX_CHOICES

_LIVE = 0.02  # from this chance on something else may have been meant
GONE = "That answer has changed since the button was shown. Please ask again."
THANKS = "Thank you. Good to know."
SORRY = "Sorry about that."
KEPT = "Your question has been kept, without your name, so that a better answer can be written."
PERHAPS = "You may have meant one of the questions below."
OR_ASK = "If it may be about a child or an adult at risk, log a concern. Or ask this person before you act:"


def to_press(base: Base, state: Conversation, action: Press, now: dt.datetime) -> Turn:
    """What pressing this button leads to."""
    match action:
        case GiveFeedback():
            return _feedback(base, state, action, now)
        case TellAuthor() | GiveRemark():
            return _remark(base, state, action, now)
        case AskPolicy(entries):
            return _policy(base, entries, now)
        case PickTopic(topic):
            shown = show_topic(base.knowledge, topic)
            return Turn(shown or Reply("no-answer", text=GONE, contact=somebody(base)), state)
        case DoAction(name):
            return Turn(carry_out(base.knowledge, name, now), state)
        case PickEntry() | AskAlso() | GiveFact():
            return _pressed(base, state, action, now)


def _remark(base: Base, state: Conversation, action: TellAuthor | GiveRemark, now: dt.datetime) -> Turn:
    """The conversation stays as it is, and learns nothing of it: a remark is nobody's."""
    entry = base.knowledge.find(action.entry)
    if entry is None:
        return Turn(Reply("no-answer", text=GONE, contact=somebody(base)), state)
    if isinstance(action, TellAuthor):
        return Turn(to_choose(entry.id, entry.title), state)
    asked = whom_to_ask(base.knowledge, entry, now)
    return Turn(thanks(action.kind, asked.contact, asked.role), state, remark=NoteRemark(entry.id, action.kind))


def _policy(base: Base, ids: tuple[str, ...], now: dt.datetime) -> Turn:
    """What stands behind "my question was about the policy". The way to a person stays beside it."""
    known = dict.fromkeys(base.knowledge.current(each) for each in ids)
    found = [base.knowledge.entries[each] for each in known if each in base.knowledge.entries]
    entries = served(base.knowledge, found) or found[:1]
    if len(entries) == 1:
        turn = answered(base, entries[0], {}, now, 1.0)
    elif entries:
        turn = Turn(replace(choices_among(entries, 1.0), feedback=False), Conversation())
    else:
        turn = Turn(no_answer(base, 1.0, None, now), Conversation())
    beside = note(base.knowledge.school, base.knowledge.handovers, None, None, now)
    return Turn(replace(turn.reply, note=beside), turn.state)


def _pressed(base: Base, state: Conversation, action: PickEntry | AskAlso | GiveFact, now: dt.datetime) -> Turn:
    entry = base.knowledge.find(action.entry)
    if entry is None:  # a button from before the base changed
        return Turn(Reply("no-answer", text=GONE, contact=somebody(base)), Conversation())
    facts = dict(state.facts) if base.knowledge.find(state.entry) is entry else {}
    if isinstance(action, GiveFact) and entry.facts and entry.facts.fact == action.fact:
        facts[entry.facts.fact] = action.value
    return answered(base, entry, facts, now, 1.0)


def _feedback(base: Base, state: Conversation, action: GiveFeedback, now: dt.datetime) -> Turn:
    if action.helped:
        return Turn(Reply("smalltalk", text=THANKS), state)
    judged = base.knowledge.find(action.entry)
    about = judged.id if judged else action.entry
    # Under an answer from further up: what was asked there is not remembered, and what was asked last is not meant.
    of_last = action.entry in (None, state.entry) or (judged and judged is base.knowledge.find(state.entry))
    question = state.question if of_last else None
    gap = (NoteGap(question, about, "not-helpful"),) if question else ()
    likely = _likely(base, question)
    asked = whom_to_ask(base.knowledge, judged or (likely[0] if likely else None), now)
    others = _live(base, judged, likely) if action.entry else []
    reply = Reply(
        "choices" if others else "no-answer",
        text=" ".join(filter(None, (SORRY, KEPT if gap else "", PERHAPS if others else "", OR_ASK))),
        choices=choices_among(others, 0.0).choices,
        contact=asked.contact,
        ask=asked.role,
        form=True,
    )
    return Turn(reply, replace(state, question=None) if question else state, gap)


def _likely(base: Base, question: str | None) -> list[Entry]:
    """What else the last question may have meant, likeliest first."""
    if not question:
        return []
    why = base.understanding.matcher.why(base.understanding.reader.read(question))
    found = [base.knowledge.entries[each.entry] for each in why.candidates if each.family >= _LIVE]
    return served(base.knowledge, found)


def _live(base: Base, judged: Entry | None, likely: list[Entry]) -> list[Entry]:
    """What to offer after an answer that did not help: what else was likely, then what is close to that answer."""
    related = [base.knowledge.entries[each] for each in judged.related] if judged else []
    close = served(base.knowledge, related)
    return list({entry.id: entry for entry in (*likely, *close) if entry is not judged}.values())[:MAX_CHOICES]
