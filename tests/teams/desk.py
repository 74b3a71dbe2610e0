"""Where the calls of a bot are judged: what is held against it, and how it is refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.teams.world import Json, World

# Why a chat takes nothing: how Teams says so.
REFUSALS = {
    "blocked": (403, "ConversationBlockedByUser", "User blocked the conversation with the bot."),
    "not installed": (403, "BotNotInConversationRoster", "The bot is not part of the conversation roster."),
    "disabled": (403, "BotDisabledByAdmin", "The tenant admin disabled this bot."),
    "gone": (404, "ConversationNotFound", "Conversation not found."),
}


class RefusedError(Exception):
    """The call is answered with this status and error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.body: Json = {"error": {"code": code, "message": message}}


@dataclass
class Desk:
    """What the connector's calls work with."""

    world: World
    address: str = ""
    prefix: str = "/uk/"
    token: str | None = None  # what the bot must show; None: anything goes
    troubles: list[str] = field(default_factory=list)

    @property
    def service_url(self) -> str:
        return f"{self.address}{self.prefix}"

    def hold(self, where: str, faults: Iterable[str]) -> bool:
        """Hold these faults against the bot; whether there were any."""
        found = [f"{where}: {fault}" for fault in faults]
        self.troubles.extend(found)
        return bool(found)

    def refuse(self, where: str, status: int, code: str, message: str) -> RefusedError:
        """The error with which a call is refused that no well-made bot would have made."""
        self.hold(where, [f"{message} ({status} {code})"])
        return RefusedError(status, code, message)
