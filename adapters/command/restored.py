"""`askfirst restored`: how it stands after a backup was put back, and what is to become of the alerts."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt

from bot.concerns import Actor
from bot.concerns.words import day_and_time
from bot.errors import AskFirstError
from bot.knowledge import School
from bot.service.live.last_good import files_or_last_good
from bot.service.restoring import LOOK, hold, let_run, standing
from bot.settings import Settings
from bot.store import Store, open_for

NEVER = "this database was never restored from a backup"
BY = Actor("", "the terminal")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What a person who has looked says, if anything."""
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--run-now", action="store_true", help="alerts about what was in the backup go on now")
    either.add_argument("--hold", action="store_true", help="they wait for 24 hours from now; say it again to hold on")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print how it stands, after what was asked for was done: 1 while somebody is to look. Raises AskFirstError where
    there was no restore to decide about."""
    school, now = files_or_last_good(settings).school, dt.datetime.now(dt.UTC)
    with contextlib.closing(open_for(settings)) as store:
        if (parsed.run_now or parsed.hold) and store.restores(school.id).last() is None:
            raise AskFirstError(f"{NEVER}: there is nothing to decide")
        if parsed.run_now:
            let_run(store, school, BY, now)
            print("Alerts go on now.")
            return 0
        if parsed.hold:
            until = day_and_time(hold(store, school, BY, now), school.opening.zone)
            print(f"Alerts are held until {until}. Until then /healthz stays red. To let them go: --run-now")
            return 0
        well, line = _standing(store, school, now)
        print(line)
        return 0 if well else 1


def how_it_stands(settings: Settings, school: School, now: dt.datetime) -> str:
    """For the doctor. Raises AskFirstError while somebody is to look."""
    with contextlib.closing(open_for(settings)) as store:
        well, line = _standing(store, school, now)
    if not well:
        raise AskFirstError(line)
    return line


def _standing(store: Store, school: School, now: dt.datetime) -> tuple[bool, str]:
    last = store.restores(school.id).last()
    if last is None:
        return True, NEVER
    said = standing(school, last, now)
    return (False, f"{said} {LOOK}") if last.wants_somebody(now) else (True, said)
