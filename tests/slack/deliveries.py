"""What was sent to the app: timed, repeated where Slack would repeat it, and kept for the test to look at."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from tests.slack.activity import Activity
from tests.slack.desk import Desk
from tests.slack.faults import Faults
from tests.slack.transports import Answer, Kind, Retry, Transport, UnansweredError
from tests.slack.workspace import Json

STOP_RETRYING = "x-slack-no-retry"


@dataclass
class Pace:
    """Slack waits three seconds, and repeats an event at once, after a minute and after five; here after less."""

    patience: float = 3.0
    pauses: tuple[float, ...] = (0.0, 0.2, 0.5)


@dataclass(frozen=True)
class Attempt:
    """One try: how long the app took, and what came of it."""

    seconds: float
    answer: Answer | None
    fault: str | None

    @property
    def stops(self) -> bool:
        headers = {key.lower(): value for key, value in self.answer.headers.items()} if self.answer else {}
        return self.fault is None or headers.get(STOP_RETRYING) == "1"


@dataclass
class Delivery:
    """One payload for the app, with every try to deliver it."""

    kind: Kind
    body: Json
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What it is: the type of the event, the command, or the type of the interaction."""
        return str((self.body.get("event") or {}).get("type") or self.body.get("command") or self.body.get("type"))

    @property
    def acknowledged(self) -> bool:
        return any(attempt.fault is None for attempt in self.attempts)

    @property
    def answer(self) -> Answer | None:
        return self.attempts[-1].answer if self.attempts and self.attempts[-1].fault is None else None


class Sender:
    """Delivers, by whichever transport the app has chosen."""

    def __init__(self, desk: Desk, faults: Faults, activity: Activity) -> None:
        self.transport: Transport | None = None
        self._opened: list[Transport] = []
        self.deliveries: list[Delivery] = []
        self.pace = Pace()
        self._desk, self._faults, self._activity = desk, faults, activity
        self._tasks: set[asyncio.Task[object]] = set()

    def use(self, transport: Transport) -> None:
        """From now on."""
        self.transport = transport
        self._opened.append(transport)

    async def send(self, kind: Kind, body: Json) -> Delivery:
        """Returns after the first try; an event that went unanswered is repeated in the background."""
        delivery = Delivery(kind, body)
        self.deliveries.append(delivery)
        with self._activity.working():
            attempt = await self._try(delivery, None)
            if kind == "events_api" and not attempt.stops:
                self._in_background(self._again(delivery))
            elif attempt.fault is None and self._faults.takes_repeat():
                self._in_background(self._try(delivery, Retry(1, "http_timeout")))
        return delivery

    def send_later(self, kind: Kind, body: Json) -> None:
        """Without waiting for it."""
        if self.transport is not None:
            self._in_background(self.send(kind, body))

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for transport in self._opened:
            await transport.close()

    def _in_background(self, work: object) -> None:
        async def watched() -> None:
            with self._activity.working():
                await work  # type: ignore[misc]

        task: asyncio.Task[object] = asyncio.ensure_future(watched())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _again(self, delivery: Delivery) -> None:
        for number, pause in enumerate(self.pace.pauses, start=1):
            await asyncio.sleep(pause)
            attempt = await self._try(delivery, Retry(number, delivery.attempts[-1].fault or ""))
            if attempt.stops:
                return

    async def _try(self, delivery: Delivery, retry: Retry | None) -> Attempt:
        if self.transport is None:
            raise AssertionError("the app is not connected: slack.posts_to(...), or slack.opens_sockets()")
        began = time.monotonic()
        answer, fault = await self._exchanged(self.transport, delivery, retry)
        attempt = Attempt(time.monotonic() - began, answer, fault)
        delivery.attempts.append(attempt)
        return attempt

    async def _exchanged(
        self, transport: Transport, delivery: Delivery, retry: Retry | None
    ) -> tuple[Answer | None, str | None]:
        patience = self.pace.patience
        try:
            answer = await transport.deliver(delivery.kind, delivery.body, retry, patience)
        except UnansweredError as error:
            if "timeout" in error.reason:
                self._desk.hold("ack", delivery.name, [f"no answer within {patience} s"])
            return None, error.reason
        if self._faults.takes_ack():
            return None, "http_timeout"
        if not 200 <= answer.status < 300:
            self._desk.hold("ack", delivery.name, [f"answered {answer.status}"])
            return answer, "http_error"
        return answer, None
