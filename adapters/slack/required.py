"""What staff must read, in Slack: each step takes the place of the one before, in the direct message of whoever reads.
Drawing is pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from adapters.chat.required import LIST, RequiredTalk
from adapters.slack.alerts import OFFER
from adapters.slack.blocks import (
    BUTTON,
    Block,
    Drawn,
    button,
    buttons,
    escaped,
    heading,
    lines,
    linked,
    paragraphs,
    small,
)
from adapters.slack.people import SlackCaller, SlackDirectory
from adapters.slack.posting import in_words, respond
from bot.required.views import RequiredView, ViewPart
from bot.service.core import Core

_LETTERS = "ABCDEFGH"
OPEN_PAGE = "Open it on the page"


class SlackRequired:
    """What is done when somebody presses."""

    def __init__(self, core: Core, directory: SlackDirectory, clock: Callable[[], dt.datetime]) -> None:
        self._directory, self._talk = directory, RequiredTalk(core, clock)

    async def pressed(self, caller: SlackCaller, body: Mapping[str, Any]) -> None:
        """Take the step, and show what comes. Raises one of UNANSWERED, SlackError or StoreError."""
        known = await self._directory.who(caller)
        found = await self._talk.pressed(known, str(body["actions"][0].get("value", "")), "slack")
        drawn = in_words(found) if isinstance(found, str) else render(found)
        await respond(str(body["response_url"]), drawn, replace=not isinstance(found, str))

    async def listed(self, caller: SlackCaller) -> Drawn:
        """What somebody has to read, who asked for it. Raises one of UNANSWERED or StoreError."""
        found = await self._talk.pressed(await self._directory.who(caller), LIST, "slack")
        return in_words(found) if isinstance(found, str) else render(found)


def render(view: RequiredView) -> Drawn:
    """A view -> message. Options that are longer than a button stand above it, each with a letter."""
    blocks: list[Block] = [heading(view.heading)]
    for part in _joined(view.parts):
        blocks += _drawn(part)
    if view.link:
        blocks += lines([linked(OPEN_PAGE, view.link)])
    named = view.kind == "question" and any(len(choice.label) > BUTTON for choice in view.choices)
    row = []
    for number, choice in enumerate(view.choices):
        if named:
            blocks += paragraphs(f"{_LETTERS[number]}. {choice.label}")
        label = _LETTERS[number] if named else choice.label
        style = "primary" if view.kind != "question" and number == 0 else ""
        row.append(button(label, f"{OFFER}-{number}", choice.value, style))
    # One below the other: an option is read as a whole.
    per_row = 1 if view.kind == "question" and not named else 5
    for start in range(0, len(row), per_row):
        blocks += buttons(row[start : start + per_row])
    return Drawn(tuple(blocks), escaped(view.words))


def _drawn(part: ViewPart) -> list[Block]:
    if part.look == "heading":
        return [heading(part.text)]
    return [small(part.text)] if part.look == "small" else paragraphs(part.text)


def _joined(parts: tuple[ViewPart, ...]) -> list[ViewPart]:
    """Paragraphs that follow each other as one: a message has no more than fifty pieces."""
    found: list[ViewPart] = []
    for part in parts:
        if found and part.look == "text" == found[-1].look:
            found[-1] = ViewPart(f"{found[-1].text}\n\n{part.text}")
        else:
            found.append(part)
    return found
