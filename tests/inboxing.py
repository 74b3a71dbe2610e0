"""What the tests of the inbox share: concerns with a marker in every field, a clock that is moved, people who visit."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.web.app import make_app
from adapters.web.security import Limits
from bot.answering.dialogue import Base
from bot.concerns import Answers, Asked
from bot.knowledge import School
from bot.service.core import Core
from bot.store import Store
from tests.conftest import NOW, SCHOOL

KEY = b"k" * 32
COOKIE = "askfirst-inbox"
UNKNOWN = "ZZZZZ"
# What is sent before anybody has signed in -> the page with its form.
DOORS = {"/inbox/sign-in": "/inbox/sign-in", "/inbox/enter": f"/inbox/enter?token={'x' * 43}"}
NONE: Mapping[str, str] = {}
# Everything that is written into a concern of the tests; none of it may show where it must not.
_WRITTEN = {
    "seen": "Seenmarker <b>&amp;</b>",
    "words": "Wordsmarker {{ 7*7 }}",
    "time": "Timemarker",
    "where": "Wheremarker",
    "present": "Presentmarker",
    "done": "Donemarker",
    "link": "https://link.example/Linkmarker",
}
_PUPIL = {"about": "pupil", "pupils": "Zelda Pupilmarker, 7Groupmarker"}
_STRANGER = {"about": "adult", "adult_name": "Adam Adultmarker", "adult_role": "Adultrolemarker"}
_MARKER = re.compile(r"\w*marker", re.I)


def answers(whom: Mapping[str, str] = _PUPIL, /, **changes: str | tuple[str, ...]) -> Answers:
    """A filled-in form about a pupil, logged by the online safety lead."""
    filled: dict[str, str | tuple[str, ...]] = {"danger": "no", "told": "no", "you": "online", "date": "2026-11-20"}
    filled |= {**_WRITTEN, **whom, "categories": ("Neglect", "Online safety"), **changes}
    return {name: (value,) if isinstance(value, str) else value for name, value in filled.items()}


ABOUT_AN_ADULT = answers(about=("pupil", "adult"), adult="deputy-1")
ABOUT_A_STRANGER = answers(_STRANGER)
ABOUT_THE_HEAD = answers(about=("pupil", "head"))
ABOUT_THE_DSL = answers({"about": "adult", "adult": "dsl"})


def markers(text: str) -> list[str]:
    """What of the concerns' content is in a text."""
    return _MARKER.findall(text)


@dataclass(frozen=True)
class Seen:
    """One response, as far as the tests look at it."""

    address: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")

    @property
    def title(self) -> str:
        found = re.search(r"<title>(.*?)</title>", self.text, re.S)
        return found.group(1) if found else ""

    @property
    def to(self) -> str:
        """Where it sends the browser."""
        return self.headers.get("Location", "")


class Visitor:
    """One browser: its cookies, and everything that it was shown."""

    def __init__(self, client: aiohttp.ClientSession) -> None:
        self.client = client
        self.seen: list[Seen] = []
        self.token = ""

    async def get(self, path: str, **headers: str) -> Seen:
        """A page; its forms' token is kept."""
        return await self._ask("GET", path, headers={name.replace("_", "-"): text for name, text in headers.items()})

    async def post(self, path: str, **fields: str) -> Seen:
        """A form with the token of the last page; before anybody has signed in, that of the page with the form."""
        if (door := DOORS.get(path.partition("?")[0])) and "form" not in fields:
            page = await self._ask("GET", door)
            fields["form"] = next(iter(re.findall(r'name="form" value="([0-9a-f]{64})"', page.text)), "")
        return await self._ask("POST", path, data={"token": self.token, **fields})

    async def post_all(
        self, path: str, fields: Mapping[str, str | tuple[str, ...]], headers: Mapping[str, str] = NONE
    ) -> Seen:
        """A form whose fields may have several values; with the token of the last page unless it has its own."""
        several = {name: (value,) if isinstance(value, str) else value for name, value in fields.items()}
        data = [(name, value) for name, values in {"token": (self.token,), **several}.items() for value in values]
        return await self._ask("POST", path, data=data, headers=headers)

    async def act(self, number: str, action: str, **fields: str) -> Seen:
        """A form of a concern; the page that follows."""
        posted = await self.post(f"/inbox/concerns/{number}", action=action, **fields)
        return await self.get(posted.to) if posted.status == 303 else posted

    def cookie(self) -> str:
        return next((each.value for each in self.client.cookie_jar if each.key == COOKIE), "")

    async def _ask(self, method: str, path: str, **more: object) -> Seen:
        async with self.client.request(method, path, allow_redirects=False, **more) as response:  # type: ignore[arg-type]
            seen = Seen(path, response.status, dict(response.headers), await response.read())
        self.seen.append(seen)
        if found := re.search(r'name="token" value="([0-9a-f]{64})"', seen.text):
            self.token = found.group(1)
        return seen


@dataclass
class World:
    """A served page with a clock and a school that a test can change."""

    base: Base
    store: Store
    now: dt.datetime = NOW
    submissions: int = 0
    clients: list[aiohttp.ClientSession] = field(default_factory=list)
    tampered: bool = False  # by the test itself, so that the log tells of it

    def __post_init__(self) -> None:
        self.core = Core(lambda: self.base, self.store)
        self.serve(make_app(self.core, lambda: self.now, key=KEY, limits=Limits(a_minute=6000, burst=1000)))

    def serve(self, app: web.Application) -> None:
        """This application instead."""
        self.app, self.server = app, TestServer(app)

    @property
    def school(self) -> School:
        return self.base.knowledge.school

    def later(self, **more: float) -> None:
        """Time goes by."""
        self.now += dt.timedelta(**more)

    def change_school(self, **changes: object) -> None:
        """Somebody edits school.yaml."""
        school = replace(self.school, **changes)  # type: ignore[arg-type]
        self.base = replace(self.base, knowledge=replace(self.base.knowledge, school=school))

    def log(self, given: Answers | None = None, signed_in: str = "") -> str:
        """A concern is logged; its number."""
        self.submissions += 1
        key, asked = f"submission {self.submissions}", Asked("typed", signed_in)
        return self.core.casework.log(key, given or answers(), self.now, asked=asked).number

    def kinds(self, number: str) -> list[str]:
        """What has happened to a concern."""
        return [line.kind for line in self.store.audit(SCHOOL).lines() if line.concern == number]

    async def visitor(self) -> Visitor:
        """Somebody with an empty browser."""
        jar = aiohttp.CookieJar(unsafe=True)
        client = aiohttp.ClientSession(self.server.make_url("/"), cookie_jar=jar)
        self.clients.append(client)
        return Visitor(client)

    async def signed_in(self, person: str) -> Visitor:
        """Somebody of school.yaml who has used their link and sees the list."""
        visitor = await self.visitor()
        link = self.store.sign_in(SCHOOL).make_link(person, self.now)
        entered = await visitor.post("/inbox/enter", token=link)
        assert (entered.status, entered.to) == (303, "/inbox")
        await visitor.get("/inbox")
        return visitor


@asynccontextmanager
async def opened(base: Base, store: Store) -> AsyncIterator[World]:
    """A World that is served while it is used."""
    world = World(base, store)
    async with world.server:
        yield world
        for client in world.clients:
            await client.close()
        faults = store.audit(SCHOOL).verify(world.now)
        assert bool(faults) == world.tampered, f"what the page does is what the log says: {faults}"
