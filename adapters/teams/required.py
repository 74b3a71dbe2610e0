"""What staff must read, in Teams: each step takes the place of the card before. Drawing is pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from adapters.chat.required import RequiredTalk
from adapters.teams.activities import Arrival
from adapters.teams.cards import BUTTON, Card, Part, card, heading, link, paragraphs, press, rows, small
from adapters.teams.people import TeamsCaller, TeamsDirectory
from bot.required.views import RequiredView, ViewPart
from bot.service.core import Core

REQUIRED = "required"
OPEN_PAGE = "Open it on the page"
_LETTERS = "ABCDEFGH"


class TeamsRequired:
    """What is done when somebody presses."""

    def __init__(self, core: Core, directory: TeamsDirectory, clock: Callable[[], dt.datetime]) -> None:
        self._directory, self._talk = directory, RequiredTalk(core, clock)

    async def pressed(self, arrival: Arrival, value: str) -> Card | str:
        """The card that takes the place of the one with the button, or a word to its presser. Raises TeamsError, one of
        UNANSWERED or StoreError."""
        known = await self._directory.who(TeamsCaller(arrival.place, arrival.user))
        trial = self._directory.reporter(known).known_by == "teams-trial"
        found = await self._talk.pressed(known, value, "teams-trial" if trial else "teams")
        return found if isinstance(found, str) else render(found)


def render(view: RequiredView) -> Card:
    """A view -> card. Options that are longer than a button stand above it, each with a letter."""
    parts: list[Part] = [heading(view.heading, large=True)]
    for part in view.parts:
        parts += _drawn(part)
    named = view.kind == "question" and any(len(choice.label) > BUTTON for choice in view.choices)
    buttons: list[Part] = [link(OPEN_PAGE, view.link)] if view.link else []
    for number, choice in enumerate(view.choices):
        if named:
            parts += paragraphs(f"{_LETTERS[number]}. {choice.label}")
        style = "positive" if view.kind != "question" and number == 0 else ""
        buttons.append(press(_LETTERS[number] if named else choice.label, choice.value, style))
    per_row = 1 if view.kind == "question" and not named else len(buttons)
    for start in range(0, len(buttons), per_row or 1):
        parts += rows(buttons[start : start + per_row])
    return card(parts, view.words)


def _drawn(part: ViewPart) -> list[Part]:
    if part.look == "heading":
        return [heading(part.text)]
    return [small(part.text)] if part.look == "small" else paragraphs(part.text)
