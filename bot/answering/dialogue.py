"""(state, message, now) -> Turn: what is said next, what is remembered, what is to be noted. Pure.

The state is small data that the store keeps for half an hour: the last entry and the facts given, never a name.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from bot.accounts.questions import question_in
from bot.answering.commands import carry_out, command_of, wants_a_person
from bot.answering.conversing.asking_back import ask_back
from bot.answering.conversing.deciding import looked_up, turn_for
from bot.answering.conversing.following import follow_up
from bot.answering.conversing.from_register import from_register
from bot.answering.conversing.second import answer_first, several_in
from bot.answering.handover import contact, hand_over, note
from bot.answering.hearing import Heard, hear, is_graver, shows_nudity
from bot.answering.piloting import as_tried, turned_away
from bot.answering.pressing import to_press
from bot.answering.telling_apart import as_added, let_go, only_adds
from bot.answering.topics import served
from bot.answering.turns import REMEMBERED_FOR, Base, Conversation, NoteGap, Turn, somebody
from bot.messages import LONGEST, Button, Message, Reply
from bot.presses import AskAlso, AskPolicy
from bot.understanding.decision import Choices, Match, NoMatch
from bot.understanding.reading import Reading
from bot.understanding.triage import Finding

__all__ = ["REMEMBERED_FOR", "Base", "Conversation", "NoteGap", "Turn", "ask_once", "respond", "respond_to_edit"]


def respond(base: Base, state: Conversation, message: Message, now: dt.datetime) -> Turn:
    """The next turn. `now` is aware; nothing else is read from outside."""
    if state.until is not None and state.until <= now:
        state = Conversation()
    base = replace(base, knowledge=as_tried(base.knowledge, now))
    if message.action is not None:
        if away := turned_away(base, message, now):
            return away
        return to_press(base, state, message.action, now)
    heard = _told_apart(base, state, hear(base.understanding, message), message)
    if heard.finding.urgency:
        return _handed_over(base, heard, message, now)
    if wants_a_person(message.text):
        asked = replace(heard.finding, urgency="concern", about="pupil", kind="child")
        return _handed_over(base, replace(heard, finding=asked), message, now)
    if heard.reading is None:
        return Turn(_unseen(base) if message.attached or message.files else _nothing_said(base), state)
    if away := turned_away(base, message, now):
        return away if away.reply.kind == "action" else _noted(base, away, heard.finding, now)
    if heard.too_long:
        told = Reply("no-answer", text=TOO_LONG, contact=somebody(base), retype=True)
        return _noted(base, Turn(told, state), heard.finding, now)
    if name := command_of(message.text):
        return Turn(carry_out(base.knowledge, name, now), state)
    if said := _of_register(base, heard, message.text, now):
        return _noted(base, Turn(said, state), heard.finding, now)
    return _to_text(base, state, heard, heard.reading, now)


def _of_register(base: Base, heard: Heard, text: str, now: dt.datetime) -> Reply | None:
    """What the register says. Where it has nothing, what the base would have answered is offered beside that."""
    question = question_in(text) if base.register is not None else None
    said = from_register(base.knowledge, base.register or (), question, now) if question else None
    if said is None or said.kind != "no-answer":
        return said
    behind = [base.knowledge.entries[each] for each in _entries_behind(base, heard)]
    found = served(base.knowledge, behind)[:_OFFERED]
    return replace(said, offers=tuple(Button(BESIDE.format(title=each.title), AskAlso(each.id)) for each in found))


def respond_to_edit(base: Base, message: Message, before: Message | None, now: dt.datetime) -> Turn | None:
    """The turn for a message that was changed, where that makes a concern of it, or another one; None for every other
    edit. `before` is None where the channel does not say what stood there."""
    heard = _told_apart(base, Conversation(), hear(base.understanding, message), message)
    found = heard.finding
    if not found.urgency:
        return None
    if before is not None and not is_graver(found, hear(base.understanding, before).finding):
        return None
    return _handed_over(base, heard, message, now)


def ask_once(base: Base, text: str, now: dt.datetime) -> Turn:
    """A question outside any conversation, at the terminal of whoever looks after it: nothing is remembered and nothing
    is kept."""
    return respond(base, Conversation(), Message(text, conversation="", trying=True), now)


def _told_apart(base: Base, state: Conversation, heard: Heard, message: Message) -> Heard:
    """What sounds like a concern and is none by its words. Only of what was typed: what others wrote is not weighed."""
    if heard.reading is None or message.quoted or message.files or message.attached or heard.too_long:
        return heard
    knowledge, text = base.knowledge, heard.reading.form.text
    if only_adds(knowledge, text):
        return replace(heard, finding=as_added(heard.finding, knowledge.find(state.entry) is not None))
    return replace(heard, finding=let_go(knowledge, heard.finding, text))


def _handed_over(base: Base, heard: Heard, message: Message, now: dt.datetime) -> Turn:
    school, wording, finding = base.knowledge.school, base.knowledge.handovers, heard.finding
    kind = finding.kind or "child"
    picture = shows_nudity(message) and kind not in ("adult-at-risk", "not-english")
    handover = hand_over(school, wording, kind, finding.urgency or "concern", finding.about, now, picture=picture)
    offers = (Button(ABOUT_POLICY, AskPolicy(_entries_behind(base, heard))),)
    reply = Reply("handover", handover=handover, offers=offers, confidence=finding.chance)
    return Turn(reply, Conversation())


def _entries_behind(base: Base, heard: Heard) -> tuple[str, ...]:
    """Which entries would have answered, had it been a question about the policy. Nobody can say where it is not in
    English."""
    if heard.finding.kind == "not-english":
        return ()
    decision = looked_up(base, heard.asked) if heard.asked else None
    match decision:
        case Match(best):
            return (best.entry,)
        case Choices(candidates):
            return tuple(candidate.entry for candidate in candidates)
    return ()


def _to_text(base: Base, state: Conversation, heard: Heard, reading: Reading, now: dt.datetime) -> Turn:
    turn = (
        follow_up(base, state, heard.question, reading, now)
        or ask_back(base, heard.question, reading, now)
        or _decided(base, heard, reading, now)
    )
    return _noted(base, turn, heard.finding, now)


def _noted(base: Base, turn: Turn, finding: Finding, now: dt.datetime) -> Turn:
    """The turn with the way to whoever should hear under it, where the finding asks for that. What may be about a real
    child is not kept as a gap, whoever is right about it."""
    if not finding.note:
        return turn
    said = note(base.knowledge.school, base.knowledge.handovers, finding.kind, finding.about, now)
    return Turn(replace(turn.reply, note=said), replace(turn.state, question=None))


def _decided(base: Base, heard: Heard, reading: Reading, now: dt.datetime) -> Turn:
    """What is beside the point may be left out to find the entry; facts come from all that was said."""
    decision = looked_up(base, heard.asked or reading)
    several = several_in(base, heard.question, decision)
    turn = answer_first(base, several, decision, reading, now) or turn_for(base, decision, reading, now)
    gaps = (NoteGap(heard.question, None, "no-answer"),) if isinstance(decision, NoMatch) else ()
    return Turn(turn.reply, replace(turn.state, question=heard.question), gaps)


def _unseen(base: Base) -> Reply:
    """The answer to a picture, a recording or a file without a word."""
    leads = base.knowledge.school.holders("dsl")
    return Reply("no-answer", text=UNSEEN, people=tuple(map(contact, leads)), form=True)


def _nothing_said(base: Base) -> Reply:
    return Reply("no-answer", text=EMPTY, contact=somebody(base))


EMPTY = "Type a question in your own words, such as: can I friend an ex-pupil?"
_OFFERED = 2
BESIDE = "See an answer about: {title}"
ABOUT_POLICY = "My question was about the policy"
TOO_LONG = (
    f"That is too long for one question: I take up to {LONGEST:,} characters. Ask it in a sentence or two, or ask this "
    "person:"
)
UNSEEN = (
    "I cannot look at pictures, listen to recordings or open files, and nobody else has looked at this one. Type your "
    "question in your own words. Never send or keep a nude or sexual image, or a picture of an injury, here or "
    "anywhere else. If it is about a child, ring the Designated Safeguarding Lead (DSL) now and use the concern form. "
    "If anyone is in danger, call 999."
)
