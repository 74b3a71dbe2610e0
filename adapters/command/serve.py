"""The thin start of everything: open what is needed, say what is on, listen and send until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import errno
import logging
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from adapters.delivering.calendars import keep_calendar
from adapters.delivering.mail import MailWay
from adapters.delivering.poster import TipChannel, TipPoster
from adapters.delivering.screen import NOTICE, ScreenWay
from adapters.delivering.sender import Sender, Way, unreachable
from adapters.web import Limits, WebTips, make_app, read_key
from bot.answering.dialogue import Base
from bot.errors import AskFirstError
from bot.knowledge import School
from bot.service.calendars import KeptCalendars
from bot.service.core import Core
from bot.service.delivery import Delivery
from bot.service.live import LiveBase, LiveSchool
from bot.service.tip_desk import TipDesk
from bot.settings import TEAMS_UNCHECKED, Settings, on_loopback
from bot.store import NOT_FOR_REAL_USE, Store, open_for

if TYPE_CHECKING:
    from adapters.slack import SlackService
    from adapters.teams import TeamsService

_THREADS = 32  # that wait for the database; a few slow ones must not keep a concern from being stored
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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: settings say everything."""


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Serve until told to stop."""
    serve(settings)
    return 0


def serve(settings: Settings) -> None:
    """Serve the page until SIGTERM or SIGINT. Raises AskFirstError where it cannot start."""
    live = LiveBase(settings)
    with contextlib.closing(open_for(settings)) as store:
        asyncio.run(_run(settings, Core(live.current, store, settings.data), live))


def work(settings: Settings) -> None:
    """Send alerts and tips and nothing else, beside the processes that serve the page, until SIGTERM or SIGINT."""
    live = LiveSchool(settings.knowledge)
    with contextlib.closing(open_for(settings)) as store:
        delivery = Delivery(lambda: {live.current().id: live.current()}, store)
        asyncio.run(_work(settings, delivery, store, live))


def ways(settings: Settings, school: Callable[[], School], store: Store, trying_out: bool = False) -> tuple[Way, ...]:
    """How people are reached, the first way first. The terminal stands in where nothing else is set up, and only on a
    computer that serves itself alone: elsewhere nobody would look at it. Teams without an app id is a way only for the
    server on which it is being tried out."""
    found: list[Way] = []
    teams = settings.teams is not None and settings.teams.checked
    if settings.slack:
        from adapters.slack import SlackWay, Workspaces  # it takes a while to load

        found.append(SlackWay(Workspaces(settings.slack, school, store)))
    if settings.teams and (teams or trying_out):
        from adapters.teams import TeamsOut

        found.append(TeamsOut(settings.teams, school, store).way)
    if settings.mail:
        found.append(MailWay(settings.mail))
    if not (settings.slack or settings.mail or teams) and on_loopback(settings.host):
        found.append(ScreenWay(lambda text: print(text, flush=True)))
    return tuple(found)


def tip_channels(settings: Settings, school: Callable[[], School], store: Store) -> tuple[TipChannel, ...]:
    """The kinds of channels that tips are posted to: the page, and each chat that is set up."""
    found: list[TipChannel] = [WebTips()]
    if settings.slack:
        from adapters.slack import SlackTips, Workspaces

        found.append(SlackTips(Workspaces(settings.slack, school, store), _clock))
    if settings.teams:
        from adapters.teams import TeamsOut

        found.append(TeamsOut(settings.teams, school, store).tips)
    return tuple(found)


def slack_of(settings: Settings, core: Core) -> SlackService | None:
    """Slack, where it is set up."""
    if settings.slack is None:
        return None
    from adapters.slack import SlackService

    return SlackService(core, settings.slack, _clock)


def teams_of(settings: Settings, core: Core) -> TeamsService | None:
    """Teams, where it is set up."""
    if settings.teams is None:
        return None
    from adapters.teams import TeamsService

    return TeamsService(core, settings.teams, _clock)


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
    if settings.teams and not settings.teams.checked:
        yield TEAMS_UNCHECKED
    if settings.mail:
        yield f"Alerts: by e-mail, through {settings.mail.host}"
    else:
        yield NOTICE if on_loopback(settings.host) else "NO WAY TO SEND ALERTS IS SET UP: set ASKFIRST_SMTP"
    if not settings.keys:
        yield NOT_FOR_REAL_USE
    if not on_loopback(settings.host):
        yield "Other computers must reach the page over https: without it, browsers keep no conversation."


def _clock() -> dt.datetime:
    """This machine's clock, for whatever people wait for. That of the store, which all processes share, asks the
    database: only what may wait for it does."""
    return dt.datetime.now(dt.UTC)


async def _run(settings: Settings, core: Core, live: LiveBase) -> None:
    app = make_app(
        core,
        _clock,
        key=read_key(settings.data),
        secure_cookies=settings.address.startswith("https:") or not on_loopback(settings.host),
        limits=Limits(proxies=settings.proxies),
    )
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
    stop, look = asyncio.Event(), asyncio.Event()
    _listen_to_signals(stop, look)
    print(*announcement(settings, core.base()), sep="\n", flush=True)
    chats = [chat for chat in (slack_of(settings, core), teams_of(settings, core)) if chat]
    for chat in chats:
        app.add_routes(chat.routes())
    found = ways(settings, core.school, core.store, trying_out=True)
    sender = Sender(core.delivery(), found, core.store.now, settings.address)
    runner = web.AppRunner(app, access_log_class=QuietLog, access_log=log, shutdown_timeout=10)
    await runner.setup()
    try:
        await _start(web.TCPSite(runner, settings.host, settings.port), settings)
        poster = TipPoster(core.tips, tip_channels(settings, core.school, core.store), core.store.now)
        loops = [sender.run(stop), poster.run(stop), keep_calendar(core.school, core.calendars, stop)]
        running = [asyncio.create_task(loop) for loop in (*loops, *(chat.run(stop) for chat in chats))]
        asking = asyncio.create_task(_say_who_is_unreachable(core.school(), found))
        watching = asyncio.create_task(_watch(live, look))
        await stop.wait()
        watching.cancel()
        asking.cancel()
        await asyncio.gather(*running)
    finally:
        await runner.cleanup()


async def _work(settings: Settings, delivery: Delivery, store: Store, live: LiveSchool) -> None:
    stop, look = asyncio.Event(), asyncio.Event()
    _listen_to_signals(stop, look)
    watching = asyncio.create_task(_watch(live, look))
    found = ways(settings, live.current, store)
    await _say_who_is_unreachable(live.current(), found)
    print(f"Sending alerts for {live.current().name}", flush=True)
    calendars = KeptCalendars(settings.data)
    desk = TipDesk(lambda: {live.current().id: live.knowledge()}, store, calendars)
    await asyncio.gather(
        Sender(delivery, found, store.now, settings.address).run(stop),
        TipPoster(desk, tip_channels(settings, live.current, store), store.now).run(stop),
        keep_calendar(live.current, calendars, stop),
    )
    watching.cancel()


async def _say_who_is_unreachable(school: School, ways: Sequence[Way]) -> None:
    """A look at the start, so that a dead line is known before it is needed."""
    for person, reason in (await unreachable(school, ways)).items():
        log.error("%s cannot be reached: %s", person, reason)


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


async def _watch(live: LiveBase | LiveSchool, look: asyncio.Event) -> None:
    """Look for changed files every few seconds, and at once when told to."""
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(look.wait(), LOOK_EVERY)
        look.clear()
        try:
            await asyncio.to_thread(live.refresh)
        except Exception as fault:  # a failed look must not end the looking: the next one may find the files whole
            log.error("the changed knowledge base could not be read: %s", type(fault).__name__)
