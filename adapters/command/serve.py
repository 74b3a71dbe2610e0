"""The thin start of everything: open what is needed, say what is on, listen and send until told to stop."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from adapters.command.running import files_loop, listening, run_until_told
from adapters.command.warming import warm
from adapters.delivering.calendars import CalendarKeeper
from adapters.delivering.loops import Loops
from adapters.delivering.mail import MailWay
from adapters.delivering.poster import TipChannel, TipPoster
from adapters.delivering.reaching import NO_WAY, ReachWatch, to_people
from adapters.delivering.reminders import SignInReminder
from adapters.delivering.reviews import ReviewReminder
from adapters.delivering.screen import NOTICE, ScreenWay
from adapters.delivering.sender import Sender, Way
from adapters.delivering.webhook import WebhookWay
from adapters.web import Limits, WebTips, make_app, read_key
from bot.answering.dialogue import Base
from bot.concerns.standing_in import as_of
from bot.knowledge import School
from bot.service.calendars import KeptCalendars
from bot.service.casework.covering import CoverDesk
from bot.service.core import Core
from bot.service.delivery import Delivery
from bot.service.live import LiveBase, LiveSchool
from bot.service.tip_desk import TipDesk
from bot.settings import ANY_NAME, TEAMS_UNCHECKED, Settings, on_loopback
from bot.store import NOT_FOR_REAL_USE, Store, StoreError, open_for

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
    _say_faults(settings)
    live, kept = LiveBase(settings), loops or Loops()
    with contextlib.closing(open_for(settings)) as store:
        core = Core(live.current, store, settings.data, settings.alerting)
        _begin_log(store, core.school().id)
        kept.add(files_loop(live, core.cover))
        run_until_told(kept, _serve(settings, core, kept, demo))


def work(settings: Settings, loops: Loops | None = None) -> None:
    """Send alerts and tips and nothing else, beside the processes that serve the page, until SIGTERM or SIGINT. Raises
    AskFirstError where it cannot start, or must be started anew."""
    _say_faults(settings)
    live, kept = LiveSchool(settings.knowledge), loops or Loops()
    with contextlib.closing(open_for(settings)) as store:
        _begin_log(store, live.current().id)
        cover = CoverDesk(live.current, store)
        kept.add(files_loop(live, cover))
        run_until_told(kept, _work(settings, live, cover, kept, store))


def _begin_log(store: Store, school: str) -> None:
    """The first line of a new school's log, so that an empty log is never in order afterwards."""
    try:
        store.audit(school).begin(_clock())
    except StoreError as fault:  # whoever has a concern is answered all the same
        log.error("the audit log could not be begun: %s", fault)


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
    if settings.webhook_secret:
        found.append(WebhookWay(settings.webhook_secret, school, settings.address, _clock))
    if not (settings.slack or settings.mail or teams or settings.webhook_secret) and on_loopback(settings.host):
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


def _say_faults(settings: Settings) -> None:
    for fault in settings.faults:
        log.error("FAULT: %s", fault)


def _alerts_go(settings: Settings, found: Sequence[Way]) -> str:
    if not found:
        return NO_WAY
    if all(isinstance(way, ScreenWay) for way in found):
        return NOTICE
    through = f", e-mail through {settings.mail.host}" if settings.mail else ""
    return f"Alerts: by {', then '.join(way.name for way in found)}{through}"


def _clock() -> dt.datetime:
    """This machine's clock, for whatever people wait for. That of the store, which all processes share, asks the
    database: only what may wait for it does."""
    return dt.datetime.now(dt.UTC)


async def _serve(settings: Settings, core: Core, loops: Loops, demo: bool) -> None:
    watch = _reach_watch(settings, core.school, core.store, demo)
    app = make_app(
        core,
        _clock,
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

        loops.add(*SignInReminder(core.school, core.store, found, said, _clock).loops())
    loops.add(*TipPoster(core.tips, tip_channels(settings, core.school, core.store), core.store.now).loops())
    loops.add(*CalendarKeeper(core.school, core.calendars).loops())
    loops.add(*ReviewReminder(lambda: core.base().knowledge, core.store, found, _clock).loops())
    loops.add(*watch.loops())
    warm(app, core, _clock())
    async with listening(app, settings, loops):
        await loops.run()


async def _work(settings: Settings, live: LiveSchool, cover: CoverDesk, loops: Loops, store: Store) -> None:
    delivery = Delivery(lambda: {(school := cover.school()).id: school}, store)
    calendars = KeptCalendars(settings.data)
    desk = TipDesk(lambda: {live.current().id: live.knowledge()}, store, calendars)
    found = ways(settings, live.current, store)
    loops.add(*Sender(delivery, found, store.now, settings.address).loops())
    loops.add(*TipPoster(desk, tip_channels(settings, live.current, store), store.now).loops())
    loops.add(*CalendarKeeper(live.current, calendars).loops())
    loops.add(*ReviewReminder(live.knowledge, store, found, _clock).loops())
    print(f"Sending alerts for {live.current().name}", flush=True)
    loops.add(*_reach_watch(settings, cover.school, store, False).loops())
    await loops.run()


def _reach_watch(settings: Settings, school: Callable[[], School], store: Store, demo: bool) -> ReachWatch:
    """What looks whether anybody can be alerted; where there is no way at all that is said at once."""
    found = ways(settings, school, store)
    if not to_people(found):
        (log.warning if demo else log.error)("%s", NOTICE if demo else f"FAULT: {NO_WAY}")
    return ReachWatch(lambda: as_of(school(), _clock()), found, demo)
