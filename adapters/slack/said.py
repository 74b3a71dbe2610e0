"""A message event of Slack's -> all that it says: typed words, what is quoted or passed on, what is attached. Pure.

https://docs.slack.dev/reference/events/message
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.slack.blocks import without_mention
from bot.messages import Message

Event = Mapping[str, Any]
_FROM_PEOPLE = ("is_msg_unfurl", "is_share", "message_blocks")  # what a preview of a web page has not


def message_in(event: Event, conversation: str) -> Message:
    """What somebody sent."""
    holders = (event, *_parts(event, "attachments"))
    files = [each for holder in holders for each in _parts(holder, "files")]
    quoted = (*_passed_on(event), *(without_mention(text) for each in files for text in _texts_of(each)))
    return Message(
        without_mention(str(event.get("text") or "")),
        conversation,
        quoted=tuple(text for text in quoted if text),
        files=tuple(dict.fromkeys(name for each in files for name in _names_of(each))),
        attached=bool(files),
    )


def changed_in(event: Event) -> Event | None:
    """What a message_changed event is about: the message as it now stands, with how it stood under "before". None where
    nobody changed its words: Slack tells of previews and threads in the same way."""
    message, before = event.get("message") or {}, event.get("previous_message") or {}
    if not message.get("edited") or message.get("text") == before.get("text"):
        return None
    place = {name: event.get(name) for name in ("channel", "channel_type")}
    return {"type": "message", **message, **place, "before": before}


def _passed_on(event: Event) -> Iterator[str]:
    """Messages that were shared or forwarded, with their own words."""
    for part in _parts(event, "attachments"):
        if part.get("from_url") and not any(part.get(name) for name in _FROM_PEOPLE):
            continue
        words = [part.get(name) for name in ("pretext", "title", "text")]
        said = " ".join(without_mention(word) for word in words if isinstance(word, str) and word)
        yield said or without_mention(str(part.get("fallback") or ""))


def _texts_of(file: Event) -> Iterator[str]:
    """What a file shows of itself, and what was said when it was shared."""
    comment = file.get("initial_comment")
    said = comment.get("comment") if isinstance(comment, Mapping) else comment
    texts = (file.get("preview"), said, file.get("alt_txt"))
    yield from (text for text in texts if isinstance(text, str) and text)


def _names_of(file: Event) -> Iterator[str]:
    yield from (name for name in (file.get("name"), file.get("title")) if isinstance(name, str) and name)


def _parts(event: Event, name: str) -> tuple[Event, ...]:
    found = event.get(name)
    return tuple(each for each in found if isinstance(each, Mapping)) if isinstance(found, list) else ()
