"""One process from its first loop to its end: what it listens on, what it watches, and how it stops in order."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from adapters.delivering.loops import Loop, Loops
from adapters.delivering.pulse import Pulse, every
from adapters.web.door import UNREADABLE, Door, room_for
from bot.errors import AskFirstError, without_content
from bot.service.casework.covering import CoverDesk
from bot.service.live.base import LiveBase
from bot.service.live.school import LiveSchool
from bot.settings import Settings

FILES = "files"  # the loop that looks at them
LOOK_EVERY = 1.0  # seconds between two looks at the files of the base: an edit by another process is live in two
END_IN_ALL = 9.0  # seconds from SIGTERM to the end; Docker and others kill after ten
_THREADS = 32  # that wait for the database; a few slow ones must not keep a concern from being stored
_SWITCH = 0.0005  # seconds for which a thread that answers questions may keep one that stores a concern waiting
_BACKLOG = 256  # connections that the system keeps until they are taken
_REQUESTS_END_WITHIN = 3.0
_LEARNING = 1800.0  # seconds; a base that has changed much is learned anew within one turn
log = logging.getLogger("askfirst.web")


class ServeError(AskFirstError):
    """The page cannot be served."""


class QuietLog(AbstractAccessLogger):
    """One line a request: method, route, status, milliseconds. Never an address, a query or what people wrote."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        resource = request.match_info.route.resource if isinstance(request, web.Request) else None
        route = resource.canonical if resource else "-"
        self.logger.info("%s %s %d %.0f ms", request.method, route, response.status, time * 1000)


def run_until_told(loops: Loops, process: Coroutine[object, object, None]) -> None:
    """Run what a process is there for; SIGTERM and SIGINT stop its loops, SIGHUP makes it look at its files at once.
    From being told to stop it has ten seconds, then it is ended whatever it waits for: this is for whoever owns the
    process. Raises what `process` raises."""

    async def run() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
        sys.setswitchinterval(_SWITCH)
        _listen_to_signals(loops)
        ending = asyncio.create_task(_end_in_time(loops))
        try:
            await process
        finally:
            ending.cancel()

    asyncio.run(run())


@contextlib.asynccontextmanager
async def listening(app: web.Application, settings: Settings, loops: Loops) -> AsyncIterator[None]:
    """The page while the loops run. Nobody new is let in once they are told to stop; who is in has a few seconds to be
    served. Raises ServeError where it cannot listen."""
    runner = web.AppRunner(app, shutdown_timeout=_REQUESTS_END_WITHIN)
    await runner.setup()
    try:
        door = Door(runner, app[UNREADABLE], room_for(settings.proxies), (QuietLog, log))
        listener = await _listener(door, settings)
        closing = asyncio.create_task(_stop_listening(listener, loops))
        try:
            yield
        finally:
            closing.cancel()
            listener.close()
    finally:
        await runner.cleanup()


class Waker:
    """Lets a loop of this process take its next turn now, from any thread. Before the loops run, nothing waits."""

    def __init__(self, loops: Loops, name: str) -> None:
        self._loops, self._name = loops, name
        self._running: asyncio.AbstractEventLoop | None = None

    def begin(self) -> None:
        """The loops run from now on, in this event loop."""
        self._running = asyncio.get_running_loop()

    def __call__(self) -> None:
        """Wake it."""
        if self._running is not None:
            with contextlib.suppress(RuntimeError):  # the process ends just now
                self._running.call_soon_threadsafe(self._loops.wake, self._name)


def files_loop(
    live: LiveBase | LiveSchool, cover: CoverDesk | None = None, before: Callable[[], object] = lambda: None
) -> Loop:
    """Looks for changed files and stand-ins every few seconds, and at once when woken. `before` it does what else may
    change them."""

    def look() -> None:
        if cover:
            cover.refresh()
        try:
            before()
        finally:  # whatever is wrong with that, an approval that was taken back is served no longer
            live.refresh()

    async def run(pulse: Pulse) -> None:
        await every(LOOK_EVERY, pulse, lambda: asyncio.to_thread(look), _tell)

    return Loop(FILES, run, _LEARNING)


def _tell(fault: Exception) -> None:
    log.error("the changed knowledge base could not be read: %s", without_content(fault))


async def _listener(door: Door, settings: Settings) -> asyncio.Server:
    try:
        return await asyncio.get_running_loop().create_server(
            door, settings.host, settings.port, backlog=_BACKLOG, reuse_address=os.name == "posix"
        )
    except OSError as fault:
        cause = "is in use already" if fault.errno == errno.EADDRINUSE else "cannot be listened on"
        raise ServeError(
            f"{settings.host} port {settings.port} {cause}. Stop what uses it, or set ASKFIRST_HOST and ASKFIRST_PORT"
        ) from fault


async def _stop_listening(listener: asyncio.Server, loops: Loops) -> None:
    await loops.ending.wait()
    listener.close()


def _listen_to_signals(loops: Loops) -> None:
    loop = asyncio.get_running_loop()
    for name, act in (("SIGTERM", loops.stop), ("SIGINT", loops.stop), ("SIGHUP", lambda: loops.wake(FILES))):
        with contextlib.suppress(NotImplementedError, AttributeError):  # Windows has fewer signals
            loop.add_signal_handler(getattr(signal, name), act)


async def _end_in_time(loops: Loops) -> None:
    """A thread that hangs in a call keeps Python from ending, and no task can be asked to see to that."""
    await loops.ending.wait()
    last = threading.Timer(END_IN_ALL, _end_now)
    last.daemon = True
    last.start()


def _end_now() -> None:
    log.critical("something did not end within %g seconds: the process is cut off", END_IN_ALL)
    os._exit(1)
