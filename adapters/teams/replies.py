"""Reply -> Adaptive Card, badge first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adapters.chat.buttons import to_value
from adapters.chat.handing_over import in_order
from adapters.chat.replies import (
    ASK,
    LOG_IT,
    SOURCES_HEADING,
    approval_of,
    badge_of,
    documents_of,
    due_of,
    elsewhere_of,
    feedback_of,
    line_of,
    named,
    place_of,
    read_aloud,
    tel,
)
from adapters.chat.requesting import ASK_ACCOUNT
from adapters.teams.cards import (
    Card,
    Part,
    card,
    fitting,
    heading,
    hidden,
    linked,
    opener,
    paragraphs,
    press,
    rows,
    small,
    text,
    unfold,
)
from bot.accounts.words import ASK_FOR_ACCOUNT
from bot.messages import Answer, Contact, Focus, Handover, Reply
from bot.presses import PickEntry

LOG_CONCERN = "log"
_SOURCES = "sources"


def render(reply: Reply) -> Card:
    """A reply -> its card. However long the answer is, its buttons are there."""
    parts = fitting(list(_body(reply)), list(_buttons(reply)))
    if not any(part.get("id") == _SOURCES for part in parts):
        parts = [_without_sources(part) for part in parts]
    return card(parts, read_aloud(reply), whole=True)


def in_words(words: str) -> Card:
    """A text of ours as a card."""
    return card(paragraphs(words), words)


def _body(reply: Reply) -> Iterator[Part]:
    if reply.answer:
        yield from paragraphs(reply.text) if reply.text else ()
        yield from _answer(reply.answer, reply.focus)
    elif reply.handover:
        yield from _handover(reply.handover)
    else:
        yield from paragraphs(reply.text)
    for person in reply.people:
        yield text(line_of(person))
    if reply.contact:
        yield text(line_of(reply.contact))
    if reply.note:
        yield text(f"! {reply.note.text}", weight="Bolder")
        yield from map(_pressable, reply.note.people)


def _answer(answer: Answer, focus: Focus) -> Iterator[Part]:
    yield heading(badge_of(answer), large=True)
    yield text(answer.title)
    why = [heading("Why"), *paragraphs(answer.why)] if answer.why else []
    instead = [heading("What to do instead"), *paragraphs(answer.instead)] if answer.instead else []
    wording = paragraphs(answer.answer)
    yield from (*why, *wording) if focus == "why" else (*wording, *why)
    yield from instead
    if answer.note:
        yield text(f"Note: {answer.note}")
    if answer.read_again:
        yield text(answer.read_again)
    if answer.contact:
        yield _pressable(answer.contact, f"{ASK}: ")
    yield small(documents_of(answer))
    yield small(approval_of(answer))
    if due := due_of(answer):
        yield small(due)
    yield {**hidden(_SOURCES, list(_sources(answer))), "isVisible": focus == "sources"}


def _sources(answer: Answer) -> Iterator[Part]:
    yield heading(SOURCES_HEADING)
    for source in answer.sources:
        yield from paragraphs(source.text)
        yield small(place_of(source))


def _handover(handover: Handover) -> Iterator[Part]:
    for other in handover.above:
        yield text(other)
    yield heading(handover.heading, large=True)
    yield from paragraphs(handover.first)
    yield from in_order(handover, _ringing(handover), _listed, _logging(handover))


def _ringing(handover: Handover) -> Iterator[Part]:
    for each in handover.ring:
        yield heading(each.heading)
        yield from map(_pressable, each.people)


def _listed(words: str, items: Iterable[str]) -> Iterator[Part]:
    yield heading(words)
    for item in items:
        yield text(f"• {item}")


def _logging(handover: Handover) -> Iterator[Part]:
    yield from paragraphs(handover.log)
    if handover.form:
        yield from rows([opener(LOG_IT, LOG_CONCERN, "positive")])
    if place := elsewhere_of(handover):
        said, address, numbers = place
        yield linked("", said, address) if address else text(said)
        yield from map(_pressable, numbers)


def _pressable(person: Contact, before: str = "") -> Part:
    """Somebody to ring, with a number that a telephone dials."""
    if not person.phone:
        return text(f"{before}{named(person)}")
    return linked(f"{before}{named(person)}: ", person.phone, tel(person.phone))


def _buttons(reply: Reply) -> Iterator[Part]:
    if reply.question:
        yield text(reply.question.prompt, weight="Bolder")
        yield from rows([press(option.label, to_value(option.action)) for option in reply.question.options])
    yield from rows([press(choice.title, to_value(PickEntry(choice.entry))) for choice in reply.choices])
    yield from rows(_last_row(reply))
    yield from rows([press(each.label, to_value(each.action)) for each in reply.offers])


def _last_row(reply: Reply) -> list[Part]:
    row = []
    if (reply.form or (reply.note and reply.note.form)) and not reply.handover:
        row.append(opener(LOG_IT, LOG_CONCERN))
    if reply.account_form:
        row.append(opener(ASK_FOR_ACCOUNT, ASK_ACCOUNT))
    if reply.answer:
        row.append(unfold(SOURCES_HEADING, _SOURCES))
    return [*row, *(press(label, to_value(action)) for label, action in feedback_of(reply))]


def _without_sources(part: Part) -> Part:
    """A row without the button that unfolds what did not fit."""
    actions = [each for each in part.get("actions", ()) if each["type"] != "Action.ToggleVisibility"]
    return {**part, "actions": actions} if "actions" in part else part
