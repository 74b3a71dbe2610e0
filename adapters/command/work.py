"""`askfirst work`: send alerts and tips only, beside other processes on the same database."""

from __future__ import annotations

import argparse
import contextlib
from dataclasses import replace

from adapters.command.running import files_loop, run_until_told
from adapters.command.ways import begin_log, clock, reach_watch, say_faults, tip_channels, ways
from adapters.delivering.account_reviews import AccountReminder
from adapters.delivering.answers import AnswerReminder
from adapters.delivering.calendars import CalendarKeeper
from adapters.delivering.loops import Loops
from adapters.delivering.planned import PlanReminder
from adapters.delivering.poster import TipPoster
from adapters.delivering.required import RequiredReminder
from adapters.delivering.sender import Sender
from bot.service.accounts import AccountDesk
from bot.service.calendars import KeptCalendars
from bot.service.casework.covering import CoverDesk
from bot.service.delivery import Delivery
from bot.service.live.school import LiveSchool
from bot.service.readiness.desk import ReadinessDesk
from bot.service.readiness.known import AskFirstKnows, DesksKnow
from bot.service.required.desk import RequiredDesk
from bot.service.tip_desk import TipDesk
from bot.settings import Settings
from bot.store import Store, open_for


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: settings say everything."""


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Send until told to stop."""
    work(settings)
    return 0


def work(settings: Settings, loops: Loops | None = None) -> None:
    """Send alerts and tips and nothing else, beside the processes that serve the page, until SIGTERM or SIGINT. Raises
    AskFirstError where it cannot start, or must be started anew."""
    say_faults(settings)
    live, kept = LiveSchool(settings.knowledge), loops or Loops()
    with contextlib.closing(open_for(settings)) as store:
        begin_log(store, live.current().id)
        cover = CoverDesk(live.current, store)
        kept.add(files_loop(live, cover))
        run_until_told(kept, _work(settings, live, cover, kept, store))


async def _work(settings: Settings, live: LiveSchool, cover: CoverDesk, loops: Loops, store: Store) -> None:
    delivery = Delivery(lambda: {(school := cover.school()).id: school}, store)
    calendars = KeptCalendars(settings.data)
    desk = TipDesk(lambda: {live.current().id: live.knowledge()}, store, calendars)
    found = ways(settings, live.current, store)
    loops.add(*Sender(delivery, found, store.now, settings.address).loops())
    loops.add(*TipPoster(desk, tip_channels(settings, live.current, store), store.now).loops())
    loops.add(*CalendarKeeper(live.current, calendars).loops())
    loops.add(*AnswerReminder(live.knowledge, store, found, clock, settings.address).loops())
    accounts = AccountDesk(lambda: replace(live.knowledge(), school=cover.school()), store)
    loops.add(*AccountReminder(accounts, live.current, clock).loops())
    knows = (AskFirstKnows(store), DesksKnow(accounts, RequiredDesk(live.knowledge, store)))
    ready = ReadinessDesk(lambda: {live.current().id: live.knowledge()}, store, knows)
    loops.add(*PlanReminder(live.current, ready, store, found, clock).loops())
    loops.add(*RequiredReminder(live.knowledge, store, calendars, found, clock, settings.address).loops())
    print(f"Sending alerts for {live.current().name}", flush=True)
    loops.add(*reach_watch(settings, cover.school, store, False).loops())
    await loops.run()
