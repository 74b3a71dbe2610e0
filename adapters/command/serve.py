"""The thin start of everything: open what is needed, say what is on, listen and send until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from adapters.command.running import FILES, Waker, files_loop, listening, run_until_told
from adapters.command.warming import warm, warm_beside
from adapters.command.ways import begin_log, clock, reach_watch, say_faults, tip_channels, ways
from adapters.command.workshop import learner_of, workshop_of
from adapters.delivering.account_reviews import AccountReminder
from adapters.delivering.answers import AnswerReminder
from adapters.delivering.calendars import CalendarKeeper
from adapters.delivering.loops import Loops
from adapters.delivering.planned import PlanReminder
from adapters.delivering.poster import TipPoster
from adapters.delivering.reaching import NO_WAY
from adapters.delivering.reminders import SignInReminder
from adapters.delivering.required import RequiredReminder
from adapters.delivering.screen import NOTICE, ScreenWay
from adapters.delivering.sender import Sender, Way
from adapters.web.app import make_app
from adapters.web.security import Limits, read_key
from bot.answering.dialogue import Base
from bot.service.core import Core
from bot.service.live.base import LiveBase
from bot.settings import ANY_NAME, TEAMS_UNCHECKED, Settings, on_loopback
from bot.store import NOT_FOR_REAL_USE, StoreError, open_for

if TYPE_CHECKING:
    from adapters.slack import SlackService
    from adapters.teams import TeamsService

log = logging.getLogger("askfirst.sender")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether it is only tried out; settings say everything else."""
    parser.add_argument("--demo", action="store_true", help="try it out: it is no fault that nobody can be alerted")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Serve until told to stop."""
    serve(settings, demo=parsed.demo)
    return 0


def serve(settings: Settings, loops: Loops | None = None, demo: bool = False) -> None:
    """Serve the page until SIGTERM or SIGINT. Raises AskFirstError where it cannot start, or must be started anew.
    `loops` is handed in by who wants to know or to add what runs; in a `demo` nobody needs to be alerted."""
    say_faults(settings)
    print(
        "Reading the knowledge base. Where some of it is new, that takes a minute; where much is, minutes.", flush=True
    )
    live, kept = LiveBase(settings, learner_of(settings)), loops or Loops()
    with contextlib.closing(open_for(settings)) as store:
        waker = Waker(kept, FILES)
        core = Core(
            live.current, store, settings.data, settings.alerting, workshop_of(settings, live, waker), settings.address
        )
        begin_log(store, core.school().id)
        kept.add(files_loop(live, core.cover, lambda: _finish_answers(core)))
        run_until_told(kept, _serve(settings, core, kept, demo, waker))


def _finish_answers(core: Core) -> None:
    """Publish what was approved while a process ended. Where the store cannot be used, /healthz says so, and the files
    are looked at all the same."""
    with contextlib.suppress(StoreError):
        core.workbench.finish(core.school().id, clock())


def slack_of(settings: Settings, core: Core) -> SlackService | None:
    """Slack, where it is set up."""
    if settings.slack is None:
        return None
    from adapters.slack import SlackService

    return SlackService(core, settings.slack, clock)


def teams_of(settings: Settings, core: Core) -> TeamsService | None:
    """Teams, where it is set up."""
    if settings.teams is None:
        return None
    from adapters.teams import TeamsService

    return TeamsService(core, settings.teams, clock)


def announcement(settings: Settings, base: Base, found: Sequence[Way]) -> Iterator[str]:
    """What is printed before the page listens. `found` are the ways to reach people that there are."""
    yield f"AskFirst for {base.knowledge.school.name}"
    yield f"Address: {settings.address}"
    yield f"Entries: {len(base.knowledge.entries)}"
    semantic = base.understanding.semantic
    yield f"Sentence model: {'in use' if semantic else 'not in use, questions are matched by words and letters alone'}"
    yield "Web page: on"
    for channel, missing in settings.channels.items():
        half = "NOT IN USE" if settings.faulty(f"{channel.upper()}_") else "off"
        yield f"{channel}: on" if missing is None else f"{channel}: {half} ({missing})"
    if settings.teams and not settings.teams.checked:
        yield TEAMS_UNCHECKED
    yield _alerts_go(settings, found)
    if not settings.keys:
        yield NOT_FOR_REAL_USE
    if not settings.hosts:
        yield ANY_NAME
    if not on_loopback(settings.host):
        yield "Other computers must reach the page over https: without it, browsers keep no conversation."


def _alerts_go(settings: Settings, found: Sequence[Way]) -> str:
    if not found:
        return NO_WAY
    if all(isinstance(way, ScreenWay) for way in found):
        return NOTICE
    through = f", e-mail through {settings.mail.host}" if settings.mail else ""
    return f"Alerts: by {', then '.join(way.name for way in found)}{through}"


async def _serve(settings: Settings, core: Core, loops: Loops, demo: bool, waker: Waker) -> None:
    waker.begin()
    watch = reach_watch(settings, core.school, core.store, demo)
    app = make_app(
        core,
        clock,
        key=read_key(settings.data),
        secure_cookies=settings.address.startswith("https:") or not on_loopback(settings.host),
        limits=Limits(proxies=settings.proxies),
        loops=loops,
        alarm=lambda: watch.alarm,
        webhook_secret=settings.webhook_secret,
        hosts=settings.hosts,
        health_token=settings.health_token,
    )
    found = ways(settings, core.school, core.store, trying_out=True)
    slack, teams = slack_of(settings, core), teams_of(settings, core)
    print(*announcement(settings, core.base(), found), sep="\n", flush=True)
    if teams and settings.teams and not settings.teams.checked:
        print(f"Teams, for this start alone: {settings.address}{teams.path}", flush=True)
    for chat in (slack, teams):
        if chat:
            app.add_routes(chat.routes())
            loops.add(*chat.loops())
    loops.add(*Sender(core.delivery(), found, core.store.now, settings.address).loops())
    if (signed := settings.teams) and signed.checked:
        from adapters.teams import how_long  # it takes a while to load

        def said(now: dt.datetime) -> str:
            return how_long(signed, now)[1]

        loops.add(*SignInReminder(core.school, core.store, found, said, clock).loops())
    loops.add(*TipPoster(core.tips, tip_channels(settings, core.school, core.store), core.store.now).loops())
    loops.add(*CalendarKeeper(core.school, core.calendars).loops())
    loops.add(*AnswerReminder(lambda: core.base().knowledge, core.store, found, clock, settings.address).loops())
    loops.add(*PlanReminder(core.school, core.readiness, core.store, found, clock).loops())
    loops.add(*AccountReminder(core.accounts, core.school, clock).loops())
    reminder = RequiredReminder(
        lambda: core.base().knowledge, core.store, core.calendars, found, clock, settings.address
    )
    loops.add(*reminder.loops(), *watch.loops())
    warm(app, core, clock())
    async with listening(app, settings, loops):
        await asyncio.gather(warm_beside(app), loops.run())
