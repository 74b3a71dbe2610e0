"""`askfirst restore FILE`: a backup in the place of the database. Servers must be stopped."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.knowledge import KnowledgeError
from bot.service.live.last_good import files_or_last_good
from bot.settings import Settings
from bot.store.backup.putting import KeyedDatabase, PutBack, put_back


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """From where, and whether a database that is there may be taken away."""
    parser.add_argument("file", metavar="FILE", type=Path, help="what askfirst backup has written")
    parser.add_argument(
        "--replace", action="store_true", help="take the place of the database that is there; it is kept aside"
    )


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Put it back, and say what comes next. Raises AskFirstError where it was not, and nothing was changed."""
    schools, zone = tuple[str, ...](), ZoneInfo("UTC")
    with contextlib.suppress(KnowledgeError):  # a slip in a file must not keep the database away
        school = files_or_last_good(settings).school
        schools, zone = (school.id,), school.opening.zone
    now = dt.datetime.now(dt.UTC)
    place = KeyedDatabase(settings.database, settings.keys, settings.demo_key)
    done = put_back(place, parsed.file, now, replace=parsed.replace, schools=schools)
    print(*said(done, zone), sep="\n")
    return 0


def said(done: PutBack, zone: ZoneInfo) -> list[str]:
    """What is said afterwards, what to do first first; times by the clocks of this zone."""
    taken = f"{done.manifest.taken.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"
    lines = [
        f"Restored as it was at {taken}. Whatever was logged or done since then is not in it.",
        "Start the server now. Whoever is called first on a ladder is told at once. Alerts about open concerns stand "
        "still for half an hour, then go on by themselves. Sooner, or not yet: askfirst restored --run-now, or "
        "askfirst restored --hold. Until somebody has said so, /healthz and askfirst doctor show a fault.",
    ]
    if done.aside:
        lines.append(f"The database that was there is kept: {done.aside}. Remove it once you are sure.")
    return lines
