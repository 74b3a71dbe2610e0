"""A signed request without content to each person's own address: for a gateway that sends text messages or calls."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping

import aiohttp

from adapters.delivering.gateway import ACKNOWLEDGE, signed, token_for
from adapters.delivering.sender import UndeliveredError
from bot.concerns.ladder.escalation import StepKind
from bot.concerns.words import GATEWAY
from bot.knowledge import Person, School, is_webhook
from bot.service.letters import Letter

_PATIENCE = aiohttp.ClientTimeout(total=10.0, connect=5.0)
_TRY_AGAIN = frozenset({408, 425, 429})
# What may be read out or shown on a locked telephone: never more than these sentences.
_TEXTS: Mapping[StepKind, str] = {
    "alert": "A safeguarding concern is waiting for you in AskFirst. Please acknowledge it.",
    "follow-up": "A safeguarding concern that you acknowledged in AskFirst is waiting for you.",
    "action-due": "An action that you wrote down in AskFirst is due today.",
    "closed": "A safeguarding concern that was passed on to you in AskFirst has been closed.",
    "restored": "AskFirst was restored from a backup. Please look into your safeguarding inbox.",
    "cover": "Who stands in for safeguarding has changed. Please look into your safeguarding inbox.",
    "test": "The monthly test of safeguarding alerts in AskFirst. There is no concern. Please acknowledge it.",
}
_URGENT = "Immediate: somebody may be in danger now."


class WebhookWay:
    """Requests to the `webhook` of each person in school.yaml. `address` is where the page is reached."""

    name = GATEWAY
    channel = "webhook"

    def __init__(
        self, secret: str, school: Callable[[], School], address: str, clock: Callable[[], dt.datetime]
    ) -> None:
        self._secret, self._school, self._address, self._clock = secret, school, address, clock

    def address_of(self, person: Person) -> str | None:
        """Their webhook in school.yaml."""
        return person.webhook or None

    async def send(self, letter: Letter, to: str) -> None:
        """Post it. Raises UndeliveredError."""
        if letter.kind not in _TEXTS:  # a link to sign in has no place on a telephone that others see
            raise UndeliveredError("this is not sent to a gateway", permanent=True)
        now = self._clock()
        body = json.dumps(self._payload(letter, now)).encode()
        headers = {"Content-Type": "application/json", **signed(self._secret, body, now)}
        status, wait = await self._ask("POST", to, body, headers)
        if not 200 <= status < 300:
            again = status in _TRY_AGAIN or status >= 500
            raise UndeliveredError(f"the gateway refused ({status})", permanent=not again, wait=wait)

    async def look(self, to: str) -> None:
        """Whether the gateway answers at all: whatever it says, it is there. Raises UndeliveredError."""
        await self._ask("OPTIONS", to, b"", {})

    def _payload(self, letter: Letter, now: dt.datetime) -> Mapping[str, object]:
        text = _TEXTS[letter.kind]
        payload: dict[str, object] = {
            "id": letter.notice,
            "school": self._school().id,
            "kind": letter.kind,
            "urgent": letter.urgent,
            "text": f"{_URGENT} {text}" if letter.urgent else text,
        }
        if letter.kind in ("alert", "test"):
            token = token_for(self._secret, self._school().id, letter.notice, now)
            payload["acknowledge"] = f"{self._address}{ACKNOWLEDGE}?token={token}"
        return payload

    async def _ask(self, method: str, to: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, float | None]:
        """The status, and how many seconds the gateway wants to be left alone."""
        if not is_webhook(to):
            raise UndeliveredError("the webhook is not an https address", permanent=True)
        try:
            async with (
                aiohttp.ClientSession(timeout=_PATIENCE) as session,
                session.request(method, to, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                after = answer.headers.get("Retry-After", "")
                return answer.status, float(after) if after.isdecimal() else None
        except TimeoutError:
            raise UndeliveredError("the gateway did not answer in time", uncertain=method == "POST") from None
        except (aiohttp.ClientError, OSError) as fault:
            raise UndeliveredError(f"the gateway cannot be reached ({type(fault).__name__})") from None
