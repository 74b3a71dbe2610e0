"""Reply -> Slack message, verdict first. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.chat.buttons import to_value
from adapters.slack.blocks import BLOCKS, Block, Drawn, button, buttons, cut, escaped, heading, modal, paragraphs, small
from bot.messages import VERDICT_WORDS, Answer, Contact, Focus, GiveFeedback, Handover, PickEntry, Reply, Source

LOG_CONCERN, SOURCES, ANSWER = "log-concern", "sources", "do"
LONGER = "The rest is longer than Slack can show. Ask on the page to read all of it."
_NOTIFIED = 2000  # characters of what notifications and screen readers read


def render(reply: Reply) -> Drawn:
    """A reply -> its message. However long the answer is, its buttons are there."""
    body, last = list(_body(reply)), list(_buttons(reply))
    room = BLOCKS - len(last)
    if len(body) > room:
        body = [*body[: room - 1], small(LONGER)]
    return Drawn((*body, *last), escaped(cut(_text(reply), _NOTIFIED)))


def sources_view(answer: Answer) -> Block:
    """Where an answer comes from, as a view."""
    blocks: list[Block] = []
    for source in answer.sources:
        where = ", ".join(filter(None, (source.document, source.publisher, source.date or "no date", source.where)))
        blocks += [*paragraphs(source.text), small(f"{source.clause}: {where}")]
    approval = f"Approved by {answer.approved_by}, reviewed {answer.reviewed}, to be reviewed by {answer.review_by}."
    return modal("Where this comes from", [*blocks, small(approval)], "sources")


def _body(reply: Reply) -> Iterator[Block]:
    if reply.note:
        yield from paragraphs(f"! {reply.note}")
    if reply.answer:
        yield from _answer(reply.answer, reply.focus)
    elif reply.handover:
        yield from _handover(reply.handover)
    else:
        yield from paragraphs(reply.text)
    if reply.contact:
        yield from paragraphs(_line(reply.contact))


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


def _answer(answer: Answer, focus: Focus) -> Iterator[Block]:
    sign, word = VERDICT_WORDS[answer.verdict]
    yield heading(f"{sign} {word}: {answer.title}")
    why = [heading("Why"), *paragraphs(answer.why)] if answer.why else []
    instead = [heading("What to do instead"), *paragraphs(answer.instead)] if answer.instead else []
    wording = paragraphs(answer.answer)
    yield from (*why, *wording) if focus == "why" else (*wording, *why)
    yield from instead
    yield small(f"Rests on: {'; '.join(_source(source, focus) for source in answer.sources)}")
    if answer.note:
        yield from paragraphs(f"Note: {answer.note}")
    if answer.due_for_review:
        yield small(f"This answer is due for review (since {answer.review_by}).")


def _source(source: Source, focus: Focus) -> str:
    """A clause by its name; by what it is from too, where that was asked."""
    return f"{source.clause} ({source.document}, {source.publisher})" if focus == "sources" else source.clause


def _handover(handover: Handover) -> Iterator[Block]:
    urgent = handover.urgency == "immediate"
    yield heading("Get help first" if urgent else "This needs a person, not a policy")
    yield from paragraphs(handover.first)
    yield heading("Whom to tell, in this order")
    yield from paragraphs("\n".join(_line(person) for person in handover.people))
    yield heading("What to do")
    yield from paragraphs("\n".join(f"• {step}" for step in handover.steps))
    yield heading("What not to do")
    yield from paragraphs("\n".join(f"• {step}" for step in handover.avoid))
    yield from paragraphs(handover.log)


def _last_row(reply: Reply) -> list[Block]:
    row = []
    if reply.handover or reply.note:
        row.append(button("Log this concern", LOG_CONCERN, style="primary" if reply.handover else ""))
    if reply.answer:
        row.append(button("Where this comes from", SOURCES, reply.answer.entry))
    if reply.feedback and not reply.choices:
        row.append(button("This helped", f"{ANSWER}-helped", to_value(GiveFeedback(reply.entry, helped=True))))
    if reply.feedback:
        label = "None of these" if reply.choices else "This didn't help"
        row.append(button(label, f"{ANSWER}-not-helped", to_value(GiveFeedback(reply.entry, helped=False))))
    return row


def _text(reply: Reply) -> str:
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
