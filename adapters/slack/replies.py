"""Reply -> Slack message, badge first. Pure."""

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
from adapters.slack.blocks import (
    BLOCKS,
    Block,
    Drawn,
    button,
    buttons,
    cut,
    escaped,
    heading,
    lines,
    linked,
    modal,
    paragraphs,
    small,
)
from bot.accounts.words import ASK_FOR_ACCOUNT
from bot.messages import Answer, Contact, Focus, Handover, Note, Reply
from bot.presses import PickEntry

LOG_CONCERN, SOURCES, ANSWER = "log-concern", "sources", "do"
LONGER = "The rest is longer than Slack can show. Ask on the page to read all of it."
_NOTIFIED = 2000  # characters of what notifications and screen readers read


def render(reply: Reply) -> Drawn:
    """A reply -> its message. However long the answer is, its buttons are there."""
    body, last = list(_body(reply)), list(_buttons(reply))
    room = BLOCKS - len(last)
    if len(body) > room:
        body = [*body[: room - 1], small(LONGER)]
    return Drawn((*body, *last), escaped(cut(read_aloud(reply), _NOTIFIED)))


def sources_view(answer: Answer) -> Block:
    """Where an answer comes from, as a view."""
    blocks: list[Block] = []
    for source in answer.sources:
        blocks += [*paragraphs(source.text), small(place_of(source))]
    return modal(SOURCES_HEADING, [*blocks, small(approval_of(answer))], "sources")


def _body(reply: Reply) -> Iterator[Block]:
    if reply.answer:
        yield from paragraphs(reply.text) if reply.text else ()
        yield from _answer(reply.answer, reply.focus)
    elif reply.handover:
        yield from _handover(reply.handover)
    else:
        yield from paragraphs(reply.text)
    if reply.people:
        yield from paragraphs("\n".join(line_of(person) for person in reply.people))
    if reply.contact:
        yield from paragraphs(line_of(reply.contact))
    if reply.note:
        yield from _note(reply.note)


def _buttons(reply: Reply) -> Iterator[Block]:
    if reply.question:
        yield from paragraphs(reply.question.prompt)
        options = enumerate(reply.question.options)
        yield from buttons([button(each.label, f"{ANSWER}-fact-{i}", to_value(each.action)) for i, each in options])
    choices = enumerate(reply.choices)
    yield from buttons(
        [button(each.title, f"{ANSWER}-pick-{i}", to_value(PickEntry(each.entry))) for i, each in choices]
    )
    yield from buttons(_last_row(reply))
    yield from _offers(reply)


def _answer(answer: Answer, focus: Focus) -> Iterator[Block]:
    yield heading(badge_of(answer))
    yield small(answer.title)
    why = [heading("Why"), *paragraphs(answer.why)] if answer.why else []
    instead = [heading("What to do instead"), *paragraphs(answer.instead)] if answer.instead else []
    wording = paragraphs(answer.answer)
    yield from (*why, *wording) if focus == "why" else (*wording, *why)
    yield from instead
    if answer.note:
        yield from paragraphs(f"Note: {answer.note}")
    if answer.read_again:
        yield from paragraphs(answer.read_again)
    if answer.contact:
        yield from lines([f"{ASK}: {_pressable(answer.contact)}"])
    yield small(documents_of(answer))
    if focus == "sources":
        yield from map(small, dict.fromkeys(map(place_of, answer.sources)))
    yield small(approval_of(answer))
    if due := due_of(answer):
        yield small(due)


def _handover(handover: Handover) -> Iterator[Block]:
    for other in handover.above:
        yield from paragraphs(other)
    yield heading(handover.heading)
    yield from paragraphs(handover.first)
    yield from in_order(handover, _ringing(handover), _listed, _logging(handover))


def _ringing(handover: Handover) -> Iterator[Block]:
    for each in handover.ring:
        yield heading(each.heading)
        yield from lines([*map(_pressable, each.people)])


def _listed(words: str, items: Iterable[str]) -> Iterator[Block]:
    yield heading(words)
    yield from paragraphs("\n".join(f"• {item}" for item in items))


def _logging(handover: Handover) -> Iterator[Block]:
    yield from paragraphs(handover.log)
    if handover.form:
        yield from buttons([button(LOG_IT, LOG_CONCERN, style="primary")])
    if place := elsewhere_of(handover):
        said, address, numbers = place
        yield from lines([linked(said, address) if address else escaped(said), *map(_pressable, numbers)])


def _note(note: Note) -> Iterator[Block]:
    yield from paragraphs(f"! {note.text}")
    yield from lines([*map(_pressable, note.people)])


def _pressable(person: Contact) -> str:
    """Somebody to ring, with a number that a telephone dials."""
    number = f": {linked(person.phone, tel(person.phone))}" if person.phone else ""
    return escaped(named(person)) + number


def _offers(reply: Reply) -> list[Block]:
    """What else may be pressed; what they are pressed under stays."""
    offers = enumerate(reply.offers)
    return buttons([button(each.label, f"{ANSWER}-offer-{i}", to_value(each.action)) for i, each in offers])


def _last_row(reply: Reply) -> list[Block]:
    row = []
    if (reply.form or (reply.note and reply.note.form)) and not reply.handover:
        row.append(button(LOG_IT, LOG_CONCERN))
    if reply.account_form:
        row.append(button(ASK_FOR_ACCOUNT, ASK_ACCOUNT))
    if reply.answer:
        row.append(button(SOURCES_HEADING, SOURCES, reply.answer.entry))
    for label, action in feedback_of(reply):
        row.append(button(label, f"{ANSWER}-{'helped' if action.helped else 'not-helped'}", to_value(action)))
    return row
