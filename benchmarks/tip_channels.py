"""The chats that the tips are posted to in the benchmark: a process that keeps what it is sent and limits how often."""

from __future__ import annotations

import asyncio
import collections
import math
import time
from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp import web

from adapters.delivering.poster import NotPostedError
from bot.tips import TipCard

_LATENCY = 0.05  # seconds for one call
_A_SECOND = 1.0  # seconds between two posts in one channel
_KIND_A_SECOND = 30  # posts a second in all channels of one kind


class Chats:
    """What all chats have been sent: (channel, key) -> when, as often as it came."""

    def __init__(self) -> None:
        self.posts: dict[str, list[float]] = collections.defaultdict(list)
        self.refused = 0
        self._last: dict[str, float] = {}
        self._recent: dict[str, collections.deque[float]] = collections.defaultdict(collections.deque)

    async def post(self, request: web.Request) -> web.Response:
        """Keep a post, or refuse it with 429."""
        said = await request.json()
        now = time.monotonic()
        wait = self._wait(said["kind"], said["channel"], now)
        if wait > 0:
            self.refused += 1
            return web.json_response({}, status=429, headers={"Retry-After": str(math.ceil(wait))})
        self._last[said["channel"]] = now
        self._recent[said["kind"]].append(now)
        await asyncio.sleep(_LATENCY / 2)
        self.posts[said["key"]].append(time.time())
        await asyncio.sleep(_LATENCY / 2)
        return web.json_response({})

    async def has(self, request: web.Request) -> web.Response:
        """Whether a key is there."""
        await asyncio.sleep(_LATENCY)
        return web.json_response({"has": bool(self.posts.get(request.query["key"]))})

    async def all(self, request: web.Request) -> web.Response:
        """Everything, for the benchmark."""
        return web.json_response({"posts": self.posts, "refused": self.refused})

    def _wait(self, kind: str, channel: str, now: float) -> float:
        recent = self._recent[kind]
        while recent and recent[0] <= now - 1:
            recent.popleft()
        full = recent[0] + 1 - now if len(recent) >= _KIND_A_SECOND else 0.0
        return max(full, self._last.get(channel, 0.0) + _A_SECOND - now if channel in self._last else 0.0)


def serve(port: int) -> None:
    """Run the chats until killed."""
    chats = Chats()
    app = web.Application()
    app.add_routes([web.post("/post", chats.post), web.get("/has", chats.has), web.get("/all", chats.all)])
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


class ChatChannel:
    """A kind of channel that posts to them; one whose `tells` is False cannot be asked what is there."""

    def __init__(self, name: str, port: int, session: aiohttp.ClientSession, tells: bool = True) -> None:
        self.name, self._tells = name, tells
        self._session, self._address = session, f"http://127.0.0.1:{port}"

    async def post(self, channel: str, tip: TipCard, key: str) -> None:
        said = {"kind": self.name, "channel": f"{self.name}:{channel}", "key": key, "text": tip.text}
        async with self._session.post(f"{self._address}/post", json=said) as answer:
            if answer.status == 429:
                raise NotPostedError("too many at once", wait=float(answer.headers["Retry-After"]))
            answer.raise_for_status()

    async def has(self, channel: str, key: str) -> bool | None:
        if not self._tells:
            return None
        async with self._session.get(f"{self._address}/has", params={"key": key}) as answer:
            found: Mapping[str, Any] = await answer.json()
            return bool(found["has"])
