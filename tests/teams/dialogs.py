"""A dialog before somebody, and what the bot's answers make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.teams.deliveries import Delivery
from tests.teams.payloads import Place
from tests.teams.sheets import Sheet
from tests.teams.world import Json

UNREACHED = "Unable to reach app. Please try again."


@dataclass(frozen=True)
class Extension:
    """The command of a message extension from which a dialog came."""

    command: str
    context: str
    payload: Json | None


@dataclass
class Dialog:
    """With a card to fill in, or with nothing but a message."""

    title: str
    place: Place
    sheet: Sheet | None = None
    message: str = ""
    extension: Extension | None = None

    @property
    def card(self) -> Json:
        assert self.sheet, f"the dialog has no card, it says: {self.message}"
        return self.sheet.card

    @property
    def text(self) -> str:
        return "\n".join(part for part in (self.title, self.sheet.text if self.sheet else "", self.message) if part)


def after(delivery: Delivery, place: Place, extension: Extension | None, before: Dialog | None) -> Dialog | None:
    """The dialog that is open once the bot has answered; None closes it. What was typed stays where it failed."""
    if not delivery.taken:
        if before:
            before.message = UNREACHED
        return before or Dialog("", place, message=UNREACHED)
    task: Any = delivery.answer.body.get("task") if isinstance(delivery.answer.body, dict) else None
    if not isinstance(task, dict):
        return None
    if task.get("type") == "message":
        return Dialog(before.title if before else "", place, message=str(task.get("value")))
    info = task.get("value") or {}
    card = (info.get("card") or {}).get("content")
    if not card:  # held against the bot already
        return Dialog("", place, message=UNREACHED)
    return Dialog(info.get("title", ""), place, Sheet(card), extension=extension)
