"""Thousands of open ladders at once: how late is a rung, and what does a sender cost while nothing is due?

    python -m benchmarks.ladders [--quick]

10,000 concerns on PostgreSQL (with fsync) and 1,000 on SQLite, logged through the store, with the ladders of a school
that sets none. The first rung of each falls due at a random moment of a window, the next one a quarter of an hour
later; "at once" is the worst moment, the one at which a school opens and everything that waited for it falls due.
A real `askfirst work` sends the alerts to a real mail server in a process of its own on the same machine, each over a
connection of its own. "late" is from the moment that stands in the store to the moment at which the mail server has
the letter. "idle" is the share of one core that the sender (and its connections in PostgreSQL) takes during 20 s in
which every ladder sleeps; "memory" is the most that the sender has taken.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

from benchmarks.findings import Raw
from benchmarks.place import Place, opened, place
from benchmarks.report import against, quantiles, resident, say, table
from benchmarks.school import SLOW, answers_for
from benchmarks.server import Process, ProcessError, running, wait_for

_EACH = 0.015  # seconds in which a concern can surely be logged, so that all are there before the first rung falls due
_START = 12.0  # seconds until the sender has surely started
_WAIT = 60.0
_TARGET = 2.0  # seconds
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Size:
    """How many ladders, in how many seconds their first rungs fall due (0: at once), how long the idle sender is
    watched (0: not at all)."""

    database: str
    ladders: int
    window: float
    idle: float


@dataclass(frozen=True)
class Result:
    """What was measured on one database."""

    size: Size
    logging: tuple[float, float]
    late: list[float]
    missing: int
    idle: float | None
    database: float | None
    memory: float


SIZES = (
    Size("PostgreSQL", 10_000, 120.0, 20.0),
    Size("SQLite", 1_000, 60.0, 20.0),
    Size("PostgreSQL", 1_000, 0.0, 0.0),
    Size("SQLite", 1_000, 0.0, 0.0),
)
QUICK = (Size("PostgreSQL", 400, 10.0, 3.0), Size("SQLite", 100, 5.0, 3.0))


def main() -> int:
    """Print the table; 1 where a rung never arrived."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="400 and 100 ladders")
    parsed = parser.parse_args()
    results = [_measured(size) for size in (QUICK if parsed.quick else SIZES)]
    print(_shown(results))
    return 1 if any(result.missing for result in results) else 0


def _measured(size: Size) -> Result:
    with place(size.database, SLOW) as where:
        first = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=size.ladders * _EACH + size.idle + _START)
        logging = _log(where, size, first)
        say(f"  {size.database}: {size.ladders} concerns logged, {logging[1] * 1000:.1f} ms each at the end")
        worker = Process(where.installation, "work")
        with running(worker):
            if _until(first) < size.idle:
                raise ProcessError("logging took so long that the first rungs fell due before the sender was watched")
            idle, database = _idle(where, worker, first, size.idle) if size.idle else (None, None)
            time.sleep(max(_until(first) + size.window, 0))
            all_there = _WAIT + size.ladders / 20
            wait_for(lambda: len(where.mailbox.letters()) >= size.ladders, "the last letter", all_there, every=0.2)
            memory = resident("VmHWM", worker.pid)
        late = _lateness(where)
        return Result(size, logging, late, size.ladders - len(late), idle, database, memory)


def _until(first: dt.datetime) -> float:
    return (first - dt.datetime.now(dt.UTC)).total_seconds()


def _log(where: Place, size: Size, first: dt.datetime) -> tuple[float, float]:
    """Log them all, each as if at the moment at which its first rung is to fall due; the median of the seconds that one
    took, in the first tenth and in the last."""
    chance = random.Random(size.ladders)
    answers = {**answers_for(0), "danger": ("no",)}
    taken = []
    with opened(where.installation) as store:
        casework = where.installation.casework(store)
        for number in range(size.ladders):
            due = first + dt.timedelta(seconds=chance.uniform(0, size.window))
            begun = time.perf_counter()
            casework.log(f"ladder-{number}", answers, due)
            taken.append(time.perf_counter() - begun)
    tenth = max(size.ladders // 10, 1)
    return statistics.median(taken[:tenth]), statistics.median(taken[-tenth:])


def _idle(where: Place, worker: Process, first: dt.datetime, idle: float) -> tuple[float, float | None]:
    """Shares of a core that the sender and its database connections take in the last seconds before the first rung."""
    time.sleep(max(_until(first) - idle - 1, 0))
    raw = Raw(where.installation)
    mine = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    connections = [int(str(row.pid)) for row in raw.rows(mine)] if where.cluster else []
    before = _cpu(worker.pid), sum(map(_cpu, connections))
    time.sleep(idle)
    after = _cpu(worker.pid), sum(map(_cpu, connections))
    raw.close()
    return (after[0] - before[0]) / idle, (after[1] - before[1]) / idle if connections else None


def _cpu(process: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _lateness(where: Place) -> list[float]:
    """Seconds from due to arrived, of every rung that arrived."""
    raw = Raw(where.installation)
    due = {str(row.id): int(str(row.due_at)) / 1000 for row in raw.rows("SELECT id, due_at FROM notices")}
    raw.close()
    arrived: dict[str, float] = {}
    for letter in where.mailbox.letters():
        arrived.setdefault(letter.notice, letter.at)
    return [at - due[notice] for notice, at in arrived.items() if notice in due]


def _shown(results: list[Result]) -> str:
    columns = (
        "database",
        "ladders",
        "due in",
        "late p50",
        "late p99",
        "late, most",
        "idle",
        "idle, database",
        "memory",
    )
    return table("Open ladders", columns, [_row(result) for result in results], *_notes(results))


def _row(result: Result) -> tuple[str, ...]:
    median, most = quantiles(result.late)
    return (
        result.size.database,
        f"{result.size.ladders:,}",
        f"{result.size.window:.0f} s" if result.size.window else "at once",
        f"{median / 1000:.2f} s",
        against(most / 1000, _TARGET, "s") if result.size.window else f"{most / 1000:.2f} s",
        f"{max(result.late):.2f} s",
        _share(result.idle),
        _share(result.database),
        f"{result.memory:.0f} MB",
    )


def _share(core: float | None) -> str:
    """A share of one core as text."""
    return "-" if core is None else f"{core:.1%}"


def _notes(results: list[Result]) -> list[str]:
    cost = "; ".join(
        f"{result.size.database}, {result.size.ladders:,}: {result.logging[0] * 1000:.1f} and "
        f"{result.logging[1] * 1000:.1f} ms"
        for result in results
    )
    missing = sum(result.missing for result in results)
    return [
        f"One sender. Rungs that never arrived: {missing}.",
        f"Logging one concern through the core, the median of the first tenth and of the last tenth: {cost}.",
    ]


if __name__ == "__main__":
    sys.exit(main())
