"""The terminal chat: `askfirst chat`, and how `askfirst ask` prints a reply."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.chat.replies import ASK, LOG_IT, approval_of, badge_of, due_of, line_of, place_of
from adapters.console.text import wrapped
from bot.accounts.words import ASK_FOR_ACCOUNT
from bot.messages import Answer, Contact, Handover, HandoverPart, Message, Reply
from bot.presses import GiveFact, GiveFeedback, PickEntry, Press

if TYPE_CHECKING:  # `askfirst ask` draws replies too, and needs no database
    from bot.service.assistant import Assistant

_WAYS = "type /concern in `askfirst chat`, or give the command `askfirst concern`."
FORM = f"To log a concern, {_WAYS}"
LOG_HERE = f"{LOG_IT}: {_WAYS}"
GREETING = (
    "Ask before you act. Type a question and press Enter. Type /concern to log a safeguarding concern.\n"
    "An empty line ends the chat."
)


def to_message(typed: str, conversation: str, offered: tuple[Press, ...]) -> Message:
    """A typed line -> Message: the number of something that was offered presses it, anything else is a question."""
    chosen = typed.strip()
    if chosen.isascii() and chosen.isdigit() and 1 <= int(chosen) <= len(offered):
        return Message("", conversation, offered[int(chosen) - 1])
    return Message(typed, conversation)


def offered_by(reply: Reply) -> tuple[Press, ...]:
    """What a person can press under a reply, in the order in which it is numbered."""
    choices: tuple[Press, ...] = tuple(PickEntry(choice.entry) for choice in reply.choices)
    facts: tuple[Press, ...] = tuple(option.action for option in reply.question.options) if reply.question else ()
    feedback: tuple[Press, ...] = (GiveFeedback(reply.entry, helped=False),) if reply.feedback else ()
    return choices + facts + feedback + tuple(offer.action for offer in reply.offers)


def render(reply: Reply) -> str:
    """Reply -> plain text, badge first, wrapped to the width of a terminal."""
    lines = list(_body(reply))
    if reply.note:
        lines += ["", f"! {reply.note.text}", *map(_to_ring, reply.note.people)]
    lines += _numbered(reply)
    return "\n".join(wrapped(line) for line in lines).strip()


def chat(
    assistant: Assistant,
    read: Callable[[str], str],
    write: Callable[[str], None],
    clock: Callable[[], dt.datetime],
    commands: Mapping[str, Callable[[], None]],
) -> None:
    """A conversation on the terminal until an empty line or the end of the input. `commands` are words that do
    something else when they are typed alone, such as /concern."""
    conversation = secrets.token_hex(16)
    offered: tuple[Press, ...] = ()
    write(GREETING)
    while True:
        try:
            typed = read("\nYou: ")
        except (EOFError, KeyboardInterrupt):
            return
        if not typed.strip():
            return
        if command := commands.get(typed.strip().lower()):
            command()
            continue
        # Whoever sits at the server's own terminal takes part in every pilot.
        reply = assistant.handle(replace(to_message(typed, conversation, offered), trying=True), clock())
        offered = offered_by(reply)
        write("\n" + render(reply))


def _body(reply: Reply) -> Iterable[str]:
    if reply.answer:
        yield from filter(None, (reply.text,))
        yield from _answer(reply.answer, reply.focus)
    elif reply.handover:
        yield from _handover(reply.handover)
    else:
        yield reply.text
    yield from map(_to_ring, (*reply.people, *filter(None, (reply.contact,))))
    if reply.form:
        yield FORM
    if reply.account_form:
        yield f"{ASK_FOR_ACCOUNT}: askfirst accounts ask"


def _answer(answer: Answer, focus: str) -> Iterable[str]:
    yield badge_of(answer)
    yield answer.title
    yield ""
    parts = {
        "wording": (answer.answer, answer.why, answer.instead),
        "why": (answer.why, answer.answer),
        "sources": (answer.answer,),
    }
    yield from (part for part in parts[focus] if part)
    if answer.note:
        yield f"Note: {answer.note}"
    if said := answer.read_again or due_of(answer):
        yield said
    if answer.contact:
        yield f"{ASK}: {line_of(answer.contact)}"
    yield ""
    yield "Rests on:"
    for source in answer.sources:
        yield f"  {source.text} ({place_of(source)})"
    yield approval_of(answer)


def _handover(handover: Handover) -> Iterable[str]:
    yield from handover.above
    yield handover.first
    drawn: dict[HandoverPart, Iterable[str]] = {
        "ring": _ringing(handover),
        "steps": ("", "What to do:", *(f"  - {step}" for step in handover.steps)),
        "avoid": ("What not to do:", *(f"  - {step}" for step in handover.avoid)),
        "log": _logging(handover),
    }
    for part in handover.parts:
        yield from drawn[part]


def _ringing(handover: Handover) -> Iterable[str]:
    for each in handover.ring:
        yield ""
        yield f"{each.heading}:" if each.people else f"{each.heading}."
        yield from map(_to_ring, each.people)


def _logging(handover: Handover) -> Iterable[str]:
    yield ""
    yield handover.log
    if handover.form:
        yield LOG_HERE
    if handover.elsewhere:
        yield f"Log it in {handover.elsewhere.name}: {handover.elsewhere.link}".rstrip(": ")
        yield from map(_to_ring, handover.elsewhere.numbers)


def _to_ring(person: Contact) -> str:
    return f"  {line_of(person)}"


def _numbered(reply: Reply) -> list[str]:
    lines = ["", reply.question.prompt] if reply.question else []
    for number, action in enumerate(offered_by(reply), 1):
        lines.append(f"  {number}. {_label(reply, action)}")
    return lines


def _label(reply: Reply, action: Press) -> str:
    match action:
        case PickEntry(entry):
            return next(choice.title for choice in reply.choices if choice.entry == entry)
        case GiveFact() if reply.question:
            return next(option.label for option in reply.question.options if option.action == action)
    if offer := next((offer for offer in reply.offers if offer.action == action), None):
        return offer.label
    return "None of these" if reply.kind == "choices" else "This didn't help"
