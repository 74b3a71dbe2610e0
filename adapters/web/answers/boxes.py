"""An answer as the chats show it, drawn in simple boxes: the words that both share, in their order. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.chat.replies import (
    ASK,
    SOURCES_HEADING,
    approval_of,
    badge_of,
    documents_of,
    due_of,
    feedback_of,
    line_of,
)
from bot.messages import Answer, Reply

WHY, INSTEAD = "Why", "What to do instead"


@dataclass(frozen=True)
class ChatPart:
    """A part of the message: a `heading`, a `text`, or what stands `small` below it."""

    kind: str
    text: str


@dataclass(frozen=True)
class ChatBox:
    """One message of a chat: its parts from above, and the buttons that stand below them."""

    parts: tuple[ChatPart, ...]
    buttons: tuple[str, ...]


def chat_box(reply: Reply) -> ChatBox:
    """The reply with an answer -> what Slack and Teams show of it."""
    if reply.answer is None:
        return ChatBox((ChatPart("text", reply.text),), ())
    asked = reply.question
    parts = [*_answer(reply.answer), *([ChatPart("heading", asked.prompt)] if asked else [])]
    options = [option.label for option in asked.options] if asked else []
    last = [SOURCES_HEADING, *(label for label, _ in feedback_of(reply)), *(offer.label for offer in reply.offers)]
    return ChatBox(tuple(part for part in parts if part.text), (*options, *last))


def _answer(answer: Answer) -> list[ChatPart]:
    under = (("heading", WHY, answer.why), ("heading", INSTEAD, answer.instead))
    parts = [ChatPart("heading", badge_of(answer)), ChatPart("small", answer.title), ChatPart("text", answer.answer)]
    for kind, heading, text in under:
        parts += [ChatPart(kind, heading), ChatPart("text", text)] if text else []
    parts.append(ChatPart("text", f"Note: {answer.note}" if answer.note else ""))
    parts.append(ChatPart("text", answer.read_again))
    parts.append(ChatPart("text", f"{ASK}: {line_of(answer.contact)}" if answer.contact else ""))
    return [*parts, *(ChatPart("small", said(answer)) for said in (documents_of, approval_of, due_of))]
