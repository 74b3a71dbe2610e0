"""The thin start of the page: open what it needs, say what is on, listen until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import errno
import ipaddress
import logging
import signal
from collections.abc import Iterator

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from adapters.web.app import make_app
from adapters.web.security import read_key
from bot.core import Core
from bot.dialogue import Base
from bot.errors import AskFirstError
from bot.live import LiveBase
from bot.settings import Settings
from bot.store import Store, open_for

LOOK_EVERY = 2.0  # seconds between two looks at the files of the base
log = logging.getLogger("askfirst.web")


class ServeError(AskFirstError):
    """The page cannot be served."""


class QuietLog(AbstractAccessLogger):
    """One line a request: method, route, status, milliseconds. Never an address, a query or what people wrote."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        resource = request.match_info.route.resource if isinstance(request, web.Request) else None
        route = resource.canonical if resource else "-"
        self.logger.info("%s %s %d %.0f ms", request.method, route, response.status, time * 1000)


def serve(settings: Settings) -> None:
    """Serve the page until SIGTERM or SIGINT. Raises AskFirstError where it cannot start."""
    live = LiveBase(settings)
    with contextlib.closing(open_for(settings)) as store:
        asyncio.run(_run(settings, live, store))


def announcement(settings: Settings, base: Base) -> Iterator[str]:
    """What is printed before the page listens."""
    yield f"AskFirst for {base.knowledge.school.name}"
    yield f"Address: {settings.address}"
    yield f"Entries: {len(base.knowledge.entries)}"
    semantic = base.understanding.semantic
    yield f"Sentence model: {'in use' if semantic else 'not in use, questions are matched by words and letters alone'}"
    yield "Web page: on"
    for channel, missing in settings.channels.items():
        yield f"{channel}: on" if missing is None else f"{channel}: off ({missing})"
    if not on_loopback(settings.host):
        yield "Other computers must reach the page over https: without it, browsers keep no conversation."


def on_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _run(settings: Settings, live: LiveBase, store: Store) -> None:
    app = make_app(
        Core(live.current, store),
        lambda: dt.datetime.now(dt.UTC),
        key=read_key(settings.data),
        secure_cookies=not on_loopback(settings.host),
    )
    stop, look = asyncio.Event(), asyncio.Event()
    _listen_to_signals(stop, look)
    print(*announcement(settings, live.current()), sep="\n", flush=True)
    runner = web.AppRunner(app, access_log_class=QuietLog, access_log=log, shutdown_timeout=10)
    await runner.setup()
    try:
        await _start(web.TCPSite(runner, settings.host, settings.port), settings)
        watching = asyncio.create_task(_watch(live, look))
        await stop.wait()
        watching.cancel()
    finally:
        await runner.cleanup()


async def _start(listener: web.TCPSite, settings: Settings) -> None:
    try:
        await listener.start()
    except OSError as fault:
        cause = "is in use already" if fault.errno == errno.EADDRINUSE else "cannot be listened on"
        raise ServeError(
            f"{settings.host} port {settings.port} {cause}. Stop what uses it, or set ASKFIRST_HOST and ASKFIRST_PORT"
        ) from fault


def _listen_to_signals(stop: asyncio.Event, look: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name, event in (("SIGTERM", stop), ("SIGINT", stop), ("SIGHUP", look)):
        with contextlib.suppress(NotImplementedError, AttributeError):  # Windows has fewer signals
            loop.add_signal_handler(getattr(signal, name), event.set)


async def _watch(live: LiveBase, look: asyncio.Event) -> None:
    """Look for changed files every few seconds, and at once when told to."""
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(look.wait(), LOOK_EVERY)
        look.clear()
        try:
            await asyncio.to_thread(live.refresh)
        except Exception as fault:  # a failed look must not end the looking: the next one may find the files whole
            log.error("the changed knowledge base could not be read: %s", type(fault).__name__)
