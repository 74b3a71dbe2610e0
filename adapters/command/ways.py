"""The ways on which people are reached, and the channels that get tips: each is loaded where it is set up."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from adapters.delivering.mail import MailWay
from adapters.delivering.poster import TipChannel
from adapters.delivering.reaching import NO_WAY, ReachWatch, to_people
from adapters.delivering.screen import NOTICE, ScreenWay
from adapters.delivering.sender import Way
from bot.concerns.standing_in import as_of
from bot.knowledge import School
from bot.settings import Settings, on_loopback
from bot.store import Store, StoreError

log = logging.getLogger("askfirst.sender")


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
        from adapters.delivering.webhook import WebhookWay

        found.append(WebhookWay(settings.webhook_secret, school, settings.address, clock))
    if not (settings.slack or settings.mail or teams or settings.webhook_secret) and on_loopback(settings.host):
        found.append(ScreenWay(lambda text: print(text, flush=True)))
    return tuple(found)


def tip_channels(settings: Settings, school: Callable[[], School], store: Store) -> tuple[TipChannel, ...]:
    """The kinds of channels that tips are posted to: the page, and each chat that is set up."""
    from adapters.web.tip import WebTips  # each takes a while to load

    found: list[TipChannel] = [WebTips()]
    if settings.slack:
        from adapters.slack import SlackTips, Workspaces

        found.append(SlackTips(Workspaces(settings.slack, school, store), clock))
    if settings.teams:
        from adapters.teams import TeamsOut

        found.append(TeamsOut(settings.teams, school, store).tips)
    return tuple(found)


def reach_watch(settings: Settings, school: Callable[[], School], store: Store, demo: bool) -> ReachWatch:
    """What looks whether anybody can be alerted; where there is no way at all that is said at once."""
    found = ways(settings, school, store)
    if not to_people(found):
        (log.warning if demo else log.error)("%s", NOTICE if demo else f"FAULT: {NO_WAY}")
    return ReachWatch(lambda: as_of(school(), clock()), found, demo)


def begin_log(store: Store, school: str) -> None:
    """The first line of a new school's log, so that an empty log is never in order afterwards."""
    try:
        store.audit(school).begin(clock())
    except StoreError as fault:  # whoever has a concern is answered all the same
        log.error("the audit log could not be begun: %s", fault)


def say_faults(settings: Settings) -> None:
    for fault in settings.faults:
        log.error("FAULT: %s", fault)


def clock() -> dt.datetime:
    """This machine's clock, for whatever people wait for. That of the store, which all processes share, asks the
    database: only what may wait for it does."""
    return dt.datetime.now(dt.UTC)
