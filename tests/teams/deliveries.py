"""What was sent to the bot: timed, repeated where a test wants it, and kept to look at."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.slack.activity import Activity
from tests.teams import checks
from tests.teams.desk import Desk
from tests.teams.faults import Faults
from tests.teams.tokens import Tokens
from tests.teams.world import Json

ACCEPTED = (200, 201, 202)


@dataclass
class Pace:
    """How many seconds Teams waits for an answer."""

    invoke: float = 5.0
    message: float = 10.0


@dataclass(frozen=True)
class Answer:
    """What the bot answered; `status` 0 is no answer at all. `body` is parsed where it is JSON."""

    status: int
    body: Any
    seconds: float
    fault: str = ""


@dataclass
class Delivery:
    """One activity for the bot, with every answer to it: more than one if it was repeated."""

    activity: Json
    answers: list[Answer] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The invoke's name, or the activity's type."""
        return str(self.activity.get("name") or self.activity.get("type"))

    @property
    def answer(self) -> Answer:
        return self.answers[0]

    @property
    def taken(self) -> bool:
        wanted = (200,) if self.activity.get("type") == "invoke" else ACCEPTED
        return bool(self.answers) and self.answer.status in wanted


class Sender:
    """Posts activities to the bot's address."""

    def __init__(self, desk: Desk, faults: Faults, activity: Activity) -> None:
        self.url = ""
        self.bearer: str | None = None  # a test's own token; None: a good one
        self.deliveries: list[Delivery] = []
        self.pace = Pace()
        self._desk, self._faults, self._activity = desk, faults, activity
        self._good = ""
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def send(self, activity: Json) -> Delivery:
        """Deliver, and hold against the bot what is wrong with its answer."""
        delivery = Delivery(activity)
        self.deliveries.append(delivery)
        with self._activity.working():
            self._good = self._good or Tokens(self._desk.service_url).good()
            token = self.bearer or self._good
            answer = await self._exchanged(delivery, f"Bearer {token}")
            self._desk.hold(delivery.name, self._wrong(delivery, answer))
            if answer.status and self._faults.takes_repeat():
                self._in_background(delivery, f"Bearer {token}")
        return delivery

    async def post(self, body: str | bytes, authorization: str | None, content: str = "application/json") -> Answer:
        """A request as a test wants it; nothing is held against the bot."""
        headers = {"Content-Type": content} | ({"Authorization": authorization} if authorization is not None else {})
        began = time.monotonic()
        limit = aiohttp.ClientTimeout(total=self.pace.message)
        async with self._open().post(self.url, data=body, headers=headers, timeout=limit) as response:
            return Answer(response.status, _parsed(await response.text()), time.monotonic() - began)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        assert self.url, "the bot is not connected: teams.posts_to(url)"
        self._session = self._session or aiohttp.ClientSession()
        return self._session

    def _in_background(self, delivery: Delivery, authorization: str) -> None:
        async def again() -> None:
            with self._activity.working():
                await self._exchanged(delivery, authorization)

        task = asyncio.ensure_future(again())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _exchanged(self, delivery: Delivery, authorization: str) -> Answer:
        patience = self.pace.invoke if delivery.activity["type"] == "invoke" else self.pace.message
        began = time.monotonic()
        try:
            answer = await asyncio.wait_for(self.post(json.dumps(delivery.activity), authorization), patience)
        except TimeoutError:
            answer = Answer(0, None, time.monotonic() - began, f"no answer within {patience:g} s")
        except aiohttp.ClientError:
            answer = Answer(0, None, time.monotonic() - began, "the connection failed")
        delivery.answers.append(answer)
        return answer

    def _wrong(self, delivery: Delivery, answer: Answer) -> Iterator[str]:
        if answer.fault:
            yield answer.fault
        elif not delivery.taken:
            yield f"answered {answer.status}"
        elif delivery.activity["type"] == "invoke":
            yield from checks.of_answer(answer.body, delivery.name)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
