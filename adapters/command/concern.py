"""`askfirst concern`: log a safeguarding concern in the terminal."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt

from adapters.console.concern import NotLoggedError, log_concern
from bot.concerns.guidance import not_logged
from bot.knowledge import School
from bot.service.casework import Casework
from bot.service.casework.covering import with_stand_ins
from bot.service.live.last_good import files_or_last_good
from bot.settings import Settings
from bot.store import Store, StoreError, VaultError, open_for


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: everything is asked for, so that nothing about a child stands in the shell's history."""


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Ask, store, show the receipt."""
    school = files_or_last_good(settings).school
    with contextlib.closing(_opened(settings, school)) as store:
        school = with_stand_ins(school, store)
        log_concern(Casework(lambda: school, store, settings.alerting), school, input, print, _now)
    return 0


def _opened(settings: Settings, school: School) -> Store:
    """The store; whoever has a concern is told whom to ring where there is none."""
    try:
        return open_for(settings)
    except (StoreError, VaultError) as fault:
        advice = not_logged(school, {}, None, _now(), certain=True, kept=False)
        raise NotLoggedError(advice, str(fault)) from None


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
