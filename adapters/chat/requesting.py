"""Asking for a new account or tool in a chat, and deciding about one: what both chats keep, say and show.

What was answered on the screens before waits, sealed, in the store: a chat's own place is not for what somebody wrote.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace

from bot.accounts import Registered
from bot.accounts.words import for_whom, standing
from bot.concerns import Answers, Field
from bot.errors import AskFirstError
from bot.service.accounts import NotInRegisterError, SeenAccount
from bot.service.core import Core
from bot.store import Known, Received

ASK_ACCOUNT, OPEN_ACCOUNT = "account-ask", "account-open"  # what the buttons that lead there are called
NOT_STAFF = "Only staff of the school can ask for a new account or tool here."
NOT_SENT = "This was NOT kept. Nothing you wrote is lost: press the button again in a moment."
GONE = "What you answered before is no longer kept: a form waits for a day. Close this, and begin again."
_LASTS = dt.timedelta(days=1)


class GoneError(AskFirstError):
    """What was answered on the screens before is not kept any more."""

    def __init__(self) -> None:
        super().__init__(GONE)


class RequestAnswers:
    """The answers to the screens so far, by the key of the form, for one chat."""

    def __init__(self, core: Core, channel: str, clock: Callable[[], dt.datetime]) -> None:
        self._core, self._kind, self._clock = core, f"{channel}-form", clock

    async def keep(self, submission: str, answers: Answers) -> None:
        """Keep them in the place of those before. Raises StoreError."""
        await asyncio.to_thread(
            self._keep, submission, json.dumps({name: list(each) for name, each in answers.items()})
        )

    async def so_far(self, submission: str, screen: int) -> dict[str, tuple[str, ...]]:
        """The answers before this screen (0 is the first). Raises GoneError where they are gone, and StoreError."""
        kept = await asyncio.to_thread(self._kept.kept, submission)
        if kept is None and screen:
            raise GoneError
        return {name: tuple(each) for name, each in json.loads(kept or "{}").items()}

    async def forget(self, submission: str) -> None:
        """The request was sent. Raises StoreError."""
        await asyncio.to_thread(self._kept.forget, submission)

    async def tidy(self) -> None:
        """Throw away the answers of forms that were never sent. Raises StoreError."""
        await asyncio.to_thread(self._kept.forget_older, self._clock() - _LASTS)

    def _keep(self, submission: str, text: str) -> None:
        self._kept.forget(submission)
        self._kept.take(submission, text, self._clock())

    @property
    def _kept(self) -> Received:
        return self._core.store.received(self._core.school().id, self._kind)


def as_menu(field: Field) -> Field:
    """A person is picked from the list of the school's people, as they stand in school.yaml."""
    return replace(field, kind="choice") if field.kind == "person" else field


def sent_lines(found: Registered) -> tuple[str, ...]:
    """What is said once it was sent."""
    return (
        f"Sent. Its number in the register: {found.number}.",
        "Your line manager decides first, then a senior leader (SLT). You hear here what was decided.",
        "Do not set it up or use it before both have agreed.",
    )


def head_lines(seen: SeenAccount) -> tuple[str, ...]:
    """What stands above a request."""
    found = seen.found
    claim = ("Nobody has checked who asked for this. Ask them first if in doubt.",) if found.is_claim else ()
    leaving = tuple(f"To be handed over: the login of {each.words}" for each in seen.to_hand_over)
    return (f"{standing(found)}. For: {for_whom(found)}", *claim, *leaving)


def person_of(known: Known) -> str:
    """The id in school.yaml of whoever asks. Raises NotInRegisterError where that is nobody of the school."""
    if known.outside or not known.person:
        raise NotInRegisterError
    return known.person


def refusal_of(fault: Exception, chat: str) -> str:
    """What is shown of a fault."""
    if isinstance(fault, NotInRegisterError | GoneError):
        words = str(fault)
        return f"{words[:1].upper()}{words[1:].rstrip('.')}."
    return f"That did not work: {chat} or the register cannot be reached just now. Press it again in a minute."
