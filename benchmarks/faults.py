"""Every kind of fault, put before a real server: does it hold, or is it mended?

    python -m benchmarks.faults [--quick] [--on PostgreSQL] [--only NAME ...]

Each row is a real `askfirst serve` on SQLite (or PostgreSQL, but for what lies in SQLite's files) with a school whose
ladder climbs a rung a minute (the "short" rows: in a quarter of an hour). A concern about a pupil is logged; then
something is taken away and given back. A row says what was staged, what is expected, what was seen, and "mended" or
"HOLDS". Ends with 1 where a fault holds.

To add a kind, write a function that takes a length in seconds and gives what was Seen, and add a line to FAULTS.
With --quick each kind is staged once and briefly, within eight minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import contextvars
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

from adapters.web.health import NO_WRITES, UNDELIVERED
from benchmarks import cuts
from benchmarks.doors import DOORS
from benchmarks.installed import INSTALLED
from benchmarks.leaving import LEAVING
from benchmarks.report import say, table
from benchmarks.school import SLOW
from benchmarks.server import ProcessError
from benchmarks.staging import IMMEDIATE, ORDINARY, Seen, Stage, on_postgresql, staged
from benchmarks.tampering import TAMPERING
from benchmarks.wire import WIRE

_A_TRY = 75.0  # seconds within which a mail server that is back must be noticed, with some for a busy machine
# Rows that look into SQLite's files, or take its lock, and the one that needs no database.
_IN_ITS_FILES = ("database held", "disk full", "questions lie apart", "older copy", "deleted by two", "packages")
_ALONE = ("everybody asks", "a flood")  # they time others while they take every core
_AT_ONCE = 6  # stages; most of their time is waiting


@dataclass(frozen=True)
class Fault:
    """One row: `stage` is given how many seconds the fault lasts, `quick` of them with --quick."""

    name: str
    staged: str
    expected: str
    stage: Callable[[float], Seen]
    quick: float
    whole: float


def mail_away_shortly(seconds: float) -> Seen:
    """The ladder of a school with default times must be where it was."""
    with staged(SLOW) as stage:
        stage.log(ORDINARY)
        stage.is_red(15, UNDELIVERED)
        stage.pause(seconds)
        with stage.mail():
            stage.hears(["dsl"], _A_TRY, "once mail is back")
            stage.is_green(within=_A_TRY)
            stage.pause(20)
            stage.hears(["dsl"], 0, "and nobody else")
        return stage.seen


def mail_away_for_long(seconds: float) -> Seen:
    """Longer than the whole ladder."""
    with staged() as stage:
        stage.log(ORDINARY)
        stage.is_red(15, UNDELIVERED)
        stage.pause(seconds)
        with stage.mail():
            stage.hears(["dsl", "deputy", "head"], _A_TRY, "once mail is back")
            stage.is_green(within=_A_TRY)
        return stage.seen


def mail_away_in_danger(seconds: float) -> Seen:
    """The same for a concern that is marked as immediate."""
    with staged() as stage:
        stage.log(IMMEDIATE)
        stage.is_red(15, UNDELIVERED)
        stage.pause(seconds)
        with stage.mail():
            stage.wait(lambda: len(stage.told()) >= 3, _A_TRY)
            first = stage.told()[:3]
            right = sorted(first[:2]) == ["deputy", "dsl"] and first[2:] == ["head"]
            stage.seen.check(right, f"once mail is back: {stage.story()}", f"told {stage.story()}")
        return stage.seen


def mail_silent(seconds: float) -> Seen:
    """A mail server that connects and never answers."""
    with staged(SLOW) as stage:
        with stage.silent_mail():
            stage.log(ORDINARY)
            stage.is_red(40, UNDELIVERED)
            stage.pause(seconds)
        with stage.mail():
            stage.hears(["dsl"], _A_TRY + 25, "once it answers")
            stage.is_green(within=_A_TRY)
        return stage.seen


def database_held(seconds: float) -> Seen:
    """Another program writes into the database and does not end."""
    return _unwritable(seconds, lambda stage: _held(stage.installation.data / "askfirst.db"))


def disk_full(seconds: float) -> Seen:
    """The system refuses every write of the server."""
    return _unwritable(seconds, lambda stage: cuts.refused(stage.server))


def clock_put_back(seconds: float) -> Seen:
    """So many seconds back, in the middle of a ladder."""
    with staged() as stage, stage.mail():
        stage.log(ORDINARY)
        stage.hears(["dsl"], 15, "at once")
        stage.pause(12)  # the time is kept every ten seconds
        stage.clock.write_text(str(-seconds), encoding="ascii")
        stage.hears(["dsl", "deputy"], 75, "a minute later")
        stage.hears(["dsl", "deputy", "head"], 75, "two minutes later")
        return stage.seen


FAULTS: Sequence[Fault] = (
    Fault(
        "mail away, shortly", "no mail server for a little over a minute, at a school with the usual times",
        "/healthz red; then the DSL once, nobody else, and /healthz ok", mail_away_shortly, 75, 150,
    ),
    Fault(
        "mail away, for long", "no mail server until the whole ladder is over",
        "/healthz red; then DSL, deputy, head, in order, once", mail_away_for_long, 190, 600,
    ),
    Fault(
        "mail away, in danger", "the same, and the concern is marked as immediate",
        "/healthz red; then DSL and deputy, then head", mail_away_in_danger, 150, 600,
    ),
    Fault(
        "mail silent", "the mail server takes connections and never says a word",
        "/healthz red; then the DSL once, and /healthz ok", mail_silent, 20, 120,
    ),
    Fault(
        "database held", "another program holds SQLite's lock while a rung falls due",
        "/healthz red; the deputy is told all the same, once; then /healthz ok", database_held, 80, 110,
    ),
    Fault(
        "disk full", "every write of the server is refused (RLIMIT_FSIZE) while a rung falls due",
        "/healthz red; the deputy is told all the same, once; then /healthz ok", disk_full, 80, 110,
    ),
    Fault(
        "clock put back", "the clock jumps back in the middle of a ladder, by an hour (a day without --quick)",
        "deputy and head are told a minute and two minutes after the DSL", clock_put_back, 3600, 86400,
    ),
    *(Fault(*door, 15, 60) for door in DOORS),
    *(Fault(*pretended, 0, 0) for pretended in WIRE),
    *(Fault(*edit, 0, 0) for edit in TAMPERING),
    *(Fault(*left, 0, 0) for left in LEAVING),
    *(Fault(*built, 0, 0) for built in INSTALLED),
)  # fmt: skip


def main() -> int:
    """Print a row for each; 1 where a fault holds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="each kind once and briefly, within eight minutes")
    parser.add_argument("--on", choices=["SQLite", "PostgreSQL"], default="SQLite", help="which database")
    parser.add_argument("--only", nargs="+", choices=[fault.name for fault in FAULTS], metavar="NAME")
    parsed = parser.parse_args()
    chosen = [fault for fault in FAULTS if not parsed.only or fault.name in parsed.only]
    if parsed.on == "PostgreSQL":
        chosen = [fault for fault in chosen if fault.name not in _IN_ITS_FILES]
    chosen.sort(key=lambda fault: -fault.quick)  # the longest first, so that nothing is left to wait for at the end
    postgresql = parsed.on == "PostgreSQL"
    with on_postgresql() if postgresql else contextlib.nullcontext(), ThreadPoolExecutor(_AT_ONCE) as pool:
        together = [fault for fault in chosen if fault.name not in _ALONE]
        contexts = [contextvars.copy_context() for _ in together]  # a thread of the pool begins with none
        found = list(pool.map(lambda fault, own: own.run(_seen, fault, quick=parsed.quick), together, contexts))
        alone = [fault for fault in chosen if fault.name in _ALONE]
        found += [_seen(fault, quick=parsed.quick) for fault in alone]
        chosen = together + alone
    rows = [_row(fault, seen) for fault, seen in zip(chosen, found, strict=True)]
    print(table("Faults", ("fault", "staged", "expected", "seen", "so"), rows))
    return 1 if any(seen.wrong for seen in found) else 0


def _seen(fault: Fault, *, quick: bool) -> Seen:
    try:
        seen = fault.stage(fault.quick if quick else fault.whole)
    except ProcessError as failed:  # the stage fell down: then nothing was shown to be mended
        seen = Seen(wrong=[f"could not be staged: {failed}"])
    say(f"  {fault.name}: {'HOLDS' if seen.wrong else 'mended'}")
    return seen


def _row(fault: Fault, seen: Seen) -> tuple[str, ...]:
    said = "; ".join([*(f"**{wrong}**" for wrong in seen.wrong), *seen.notes])
    return fault.name, fault.staged, fault.expected, said, "**HOLDS**" if seen.wrong else "mended"


def _unwritable(seconds: float, cut: Callable[[Stage], AbstractContextManager[None]]) -> Seen:
    with staged() as stage, stage.mail():
        stage.log(ORDINARY)
        stage.hears(["dsl"], 15, "at once")
        stage.pause(3)
        with cut(stage):
            stage.is_red(20, NO_WRITES)
            stage.hears(["dsl", "deputy"], seconds, "meanwhile")
        stage.is_green(within=30)
        stage.hears(["dsl", "deputy", "head"], 120, "and afterwards")
        return stage.seen


@contextlib.contextmanager
def _held(path: Path) -> Iterator[None]:
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
