"""What `benchmarks.teams` needs at the other end: a lean Teams that keeps every call, and the people who use it."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from adapters.teams.form import FIRST, REPORT
from adapters.teams.replies import LOG_CONCERN
from benchmarks.school import MARK, mail_of
from tests.teams import payloads
from tests.teams.api import ROUTES
from tests.teams.connector import CALLS, Asked
from tests.teams.desk import Desk, RefusedError
from tests.teams.faults import Faults
from tests.teams.payloads import Place
from tests.teams.sheets import all_actions
from tests.teams.world import Json, Member, World

_A_SECOND, _CONCERNS, _REPEATED, _FAILING = 50, 0.05, 0.10, 0.20
_PRESSES, _AFTER = 20, 3.0  # how often somebody presses the button, and how many seconds later again
_WELCOMED_WITHIN = 10.0
_PATIENCE = 10.0  # seconds that the app has for an answer
_QUESTIONS = ("can I friend an ex-pupil?", "hello", "can parents have my mobile number?", "who mends the boiler")
_RECEIPT = re.compile(r"Your receipt: (\w{5}-\w{5})")
LADDER = ("dsl", "deputy", "head", "chair")


@dataclass(frozen=True)
class Call:
    """One call of the app: when it came in, what it was, and how it was answered (0: it was not)."""

    at: float
    name: str
    conversation: str
    body: Json
    status: int


class Service:
    """A Bot Connector that does little, so that what is timed is the app: it keeps what it is sent, which can be
    checked afterwards, and says who people are."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.faults = Faults()
        self.world = World()
        self._desk = Desk(self.world)
        self._count = 0

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """While this is open, it is there."""
        pages = web.Application()
        for method, path, name in ROUTES:
            pages.router.add_route(method, self._desk.prefix + path, self._handler(name))
        runner = web.AppRunner(pages, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._desk.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield
        finally:
            await runner.cleanup()

    def person(self, name: str, email: str) -> Member:
        """Somebody of the school who has the app."""
        member = Member(name, email, f"aad-{email.partition('@')[0]}", installed=True)
        self.world.members[member.id] = member
        return member

    def place(self, member: Member) -> Place:
        """Their own chat with the app."""
        return Place(self._desk.service_url, self.world.personal(member))

    def _handler(self, name: str) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            at, body = time.perf_counter(), await request.json() if request.can_read_body else {}
            status, answer = self._answer(name, request)
            self.calls.append(Call(at, name, request.match_info.get("conversation", ""), body, status))
            if not status and request.transport is not None:
                request.transport.abort()
            return web.json_response(answer, status=status or 500)

        return handle

    def _answer(self, name: str, request: web.Request) -> tuple[int, Json]:
        struck = self.faults.on_call(name)
        if struck:
            return (0 if struck[0].kind == "drop" else struck[0].status), {}
        names = request.match_info
        if name == "member":
            try:
                return 200, CALLS[name](self._desk, Asked(name, names["conversation"], names["other"]))
            except RefusedError as refused:
                return refused.status, refused.body
        if names.get("conversation") not in self.world.conversations:
            return 404, {}
        self._count += 1
        return 201, {"id": f"{self._count}"}


@dataclass
class Sent:
    """What was sent, and what came back at once."""

    questions: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # a chat -> when
    logged: dict[str, float] = field(default_factory=dict)  # a concern's number -> when its form was sent
    acknowledged: list[float] = field(default_factory=list)  # seconds until the 200 to a message
    dialogs: list[float] = field(default_factory=list)  # seconds until the next screen of the form
    stored: list[float] = field(default_factory=list)  # seconds until "Logged"
    activities: int = 0
    repeated: int = 0
    refused: int = 0  # no 200, or no next screen
    not_logged: int = 0  # presses of the button after which its presser was told so
    receipts_twice: int = 0  # repeated forms that got another receipt


class Crowd:
    """The school's people, who send activities to the app at `url`."""

    def __init__(self, service: Service, session: aiohttp.ClientSession, url: str, staff: int) -> None:
        self.sent = Sent()
        self._service, self._session, self._url = service, session, url
        self._chance, self._tasks, self._number = random.Random(staff), list[asyncio.Task[None]](), 0
        self._ladder = [service.person(name, mail_of(name)) for name in LADDER]
        self._staff = [service.person(f"Staff {number}", f"staff{number}@school.example") for number in range(staff)]

    async def join(self) -> None:
        """Everybody adds the app, as one must before one can write to it, and reads its welcome."""
        people = [*self._ladder, *self._staff]
        for member in people:
            await self._posted(payloads.members_added(self._service.place(member), member, self._name()))
        end = time.perf_counter() + _WELCOMED_WITHIN
        while len(self._service.calls) < 2 * len(people) and time.perf_counter() < end:  # who is it, and hello
            await asyncio.sleep(0.1)
        self._service.calls.clear()

    async def work(self, seconds: int, outage: int) -> None:
        """So many activities a second, whether or not the earlier ones have been answered; a fault for some of the
        app's calls, and for `outage` seconds for all of them."""
        if outage:
            self._service.faults.fail_share(_FAILING)
        begun, total = time.perf_counter(), seconds * _A_SECOND
        for number in range(total):
            await asyncio.sleep(max(0.0, begun + number / _A_SECOND - time.perf_counter()))
            if outage and number == total // 4:
                self._begin(self._away(outage))
            member = self._staff[number % len(self._staff)]
            self._begin(self._logs(member, number) if self._chance.random() < _CONCERNS else self._asks(member, number))
        await asyncio.gather(*self._tasks)
        self._service.faults.clear()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    async def _away(self, seconds: int) -> None:
        with self._service.faults.outage():
            await asyncio.sleep(seconds)

    async def _asks(self, member: Member, number: int) -> None:
        place = self._service.place(member)
        self.sent.questions[place.id].append(time.perf_counter())
        text = _QUESTIONS[number % len(_QUESTIONS)]
        (status, _, took), _ = await self._delivered(payloads.message(place, member, self._name(), text))
        self.sent.acknowledged.append(took)
        self.sent.refused += status != 200

    async def _logs(self, member: Member, number: int) -> None:
        """The form is opened, its first screen sent, then its second."""
        given = await self._screen(member, "task/fetch", {"do": LOG_CONCERN})
        if given:
            given = await self._screen(member, "task/submit", {**given, "do": FIRST, "danger": "no", "told": "no"})
        if given:
            await self._report(member, {**given, "do": REPORT, **_written(number)})

    async def _screen(self, member: Member, name: str, data: Json) -> Json:
        """The next screen's ids; nothing where none came."""
        (status, body, took), _ = await self._delivered(self._invoke(name, member, data))
        self.sent.dialogs.append(took)
        found: Json = next((each["data"] for each in _buttons(body) if "submission" in each.get("data", {})), {})
        self.sent.refused += status != 200 or not found
        return dict(found)

    async def _report(self, member: Member, data: Json) -> None:
        """Send the second screen; whoever is told that it was not logged presses the button again after a while."""
        begun = time.perf_counter()
        for _ in range(_PRESSES):
            (_, body, took), again = await self._delivered(self._invoke("task/submit", member, data))
            receipt = _receipt(body) or _receipt(again)
            self.sent.receipts_twice += bool(_receipt(again)) and _receipt(again) != receipt
            if receipt:
                self.sent.stored.append(took)
                self.sent.logged[receipt.partition("-")[0]] = begun
                return
            if "NOT logged" not in str(body):
                break
            self.sent.not_logged += 1
            await asyncio.sleep(_AFTER)
        self.sent.refused += 1

    def _invoke(self, name: str, member: Member, data: Json) -> Json:
        return payloads.invoke(name, self._service.place(member), member, self._name(), payloads.task_value(data))

    async def _delivered(self, activity: Json) -> tuple[tuple[int, Any, float], Any]:
        """Send it, now and then twice within a second: the first answer, and what the second one said, if any."""
        self.sent.activities += 1
        if self._chance.random() >= _REPEATED:
            return await self._posted(activity), None
        self.sent.repeated += 1
        first, second = await asyncio.gather(self._posted(activity), self._posted(activity, self._chance.random()))
        return first, second[1]

    async def _posted(self, activity: Json, after: float = 0.0) -> tuple[int, Any, float]:
        await asyncio.sleep(after)
        begun = time.perf_counter()
        limit = aiohttp.ClientTimeout(total=_PATIENCE)
        try:
            async with self._session.post(self._url, json=activity, timeout=limit) as answer:
                body = await answer.json() if answer.content_type == "application/json" else None
                return answer.status, body, time.perf_counter() - begun
        except (aiohttp.ClientError, TimeoutError):
            return 0, None, time.perf_counter() - begun

    def _name(self) -> str:
        self._number += 1
        return str(1_790_000_000_000 + self._number)


def _written(number: int) -> Json:
    """What stands in the form: about a pupil, and the mark in every text."""
    return {
        "about": "0",
        "pupils": f"Zelda {MARK}, 7{MARK}",
        "seen": f"{MARK} {number}",
        "words": MARK,
        "where": MARK,
    }


def _card(answer: Any) -> Json:
    """The card of a dialog; an empty one where there is none."""
    task = (answer or {}).get("task") or {}
    value = task.get("value") if task.get("type") == "continue" else None
    return dict(value["card"]["content"]) if isinstance(value, dict) else {}


def _buttons(answer: Any) -> Iterator[Json]:
    return iter(all_actions(_card(answer)))


def _receipt(answer: Any) -> str:
    """The receipt that a dialog shows; empty where it shows none."""
    return found[1] if (found := _RECEIPT.search(str(_card(answer)).replace("\\", ""))) else ""
