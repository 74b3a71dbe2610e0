"""Reply -> Adaptive Card, verdict first. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.chat.buttons import to_value
from adapters.teams.cards import (
    Card,
    Part,
    card,
    fitting,
    heading,
    hidden,
    opener,
    paragraphs,
    press,
    rows,
    small,
    text,
    unfold,
)
from bot.messages import VERDICT_WORDS, Answer, Contact, Focus, GiveFeedback, Handover, PickEntry, Reply, Source

LOG_CONCERN = "log"
_SOURCES = "sources"


def render(reply: Reply) -> Card:
    """A reply -> its card. However long the answer is, its buttons are there."""
    parts = fitting(list(_body(reply)), list(_buttons(reply)))
    if not any(part.get("id") == _SOURCES for part in parts):
        parts = [_without_sources(part) for part in parts]
    return card(parts, _summary(reply), whole=True)


def in_words(words: str) -> Card:
    """A text of ours as a card."""
    return card(paragraphs(words), words)


def _body(reply: Reply) -> Iterator[Part]:
    if reply.note:
        yield text(f"! {reply.note}", weight="Bolder")
    if reply.answer:
        yield from _answer(reply.answer, reply.focus)
    elif reply.handover:
        yield from _handover(reply.handover)
    else:
        yield from paragraphs(reply.text)
    if reply.contact:
        yield text(_line(reply.contact))


def _answer(answer: Answer, focus: Focus) -> Iterator[Part]:
    sign, word = VERDICT_WORDS[answer.verdict]
    yield heading(f"{sign} {word}: {answer.title}", large=True)
    why = [heading("Why"), *paragraphs(answer.why)] if answer.why else []
    instead = [heading("What to do instead"), *paragraphs(answer.instead)] if answer.instead else []
    wording = paragraphs(answer.answer)
    yield from (*why, *wording) if focus == "why" else (*wording, *why)
    yield from instead
    yield small(f"Rests on: {'; '.join(source.clause for source in answer.sources)}")
    if answer.note:
        yield text(f"Note: {answer.note}")
    if answer.due_for_review:
        yield small(f"This answer is due for review (since {answer.review_by}).")
    yield {**hidden(_SOURCES, list(_sources(answer))), "isVisible": focus == "sources"}


def _sources(answer: Answer) -> Iterator[Part]:
    yield heading("Where this comes from")
    for source in answer.sources:
        yield from paragraphs(source.text)
        yield small(f"{source.clause}: {_where(source)}")
    yield small(f"Approved by {answer.approved_by}, reviewed {answer.reviewed}, to be reviewed by {answer.review_by}.")


def _where(source: Source) -> str:
    return ", ".join(filter(None, (source.document, source.publisher, source.date or "no date", source.where)))


def _handover(handover: Handover) -> Iterator[Part]:
    yield heading(
        "Get help first" if handover.urgency == "immediate" else "This needs a person, not a policy", large=True
    )
    yield from paragraphs(handover.first)
    yield heading("Whom to tell, in this order")
    for person in handover.people:
        yield text(_line(person))
    yield heading("What to do")
    for step in handover.steps:
        yield text(f"• {step}")
    yield heading("What not to do")
    for step in handover.avoid:
        yield text(f"• {step}")
    yield from paragraphs(handover.log)


def _buttons(reply: Reply) -> Iterator[Part]:
    if reply.question:
        yield text(reply.question.prompt, weight="Bolder")
        yield from rows([press(option.label, to_value(option.action)) for option in reply.question.options])
    yield from rows([press(choice.title, to_value(PickEntry(choice.entry))) for choice in reply.choices])
    yield from rows(_last_row(reply))


def _last_row(reply: Reply) -> list[Part]:
    row = []
    if reply.handover or reply.note:
        row.append(opener("Log this concern", LOG_CONCERN, "positive" if reply.handover else ""))
    if reply.answer:
        row.append(unfold("Where this comes from", _SOURCES))
    if reply.feedback and not reply.choices:
        row.append(press("This helped", to_value(GiveFeedback(reply.entry, helped=True))))
    if reply.feedback:
        label = "None of these" if reply.choices else "This didn't help"
        row.append(press(label, to_value(GiveFeedback(reply.entry, helped=False))))
    return row


def _without_sources(part: Part) -> Part:
    """A row without the button that unfolds what did not fit."""
    actions = [each for each in part.get("actions", ()) if each["type"] != "Action.ToggleVisibility"]
    return {**part, "actions": actions} if "actions" in part else part


def _summary(reply: Reply) -> str:
    if reply.answer:
        sign, word = VERDICT_WORDS[reply.answer.verdict]
        said = f"{sign} {word}: {reply.answer.title}. {reply.answer.answer}"
    elif reply.handover:
        said = " ".join((reply.handover.first, *map(_line, reply.handover.people)))
    else:
        said = " ".join((reply.text, *(f"“{choice.title}”" for choice in reply.choices)))
    return f"{reply.note} {said}" if reply.note else said


def _line(person: Contact) -> str:
    return f"{person.name}, {person.role}: {person.phone}".rstrip(": ")
