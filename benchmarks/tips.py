"""Tips that fall due in the same minute: is each posted once, within a minute, while a worker is killed?

    python -m benchmarks.tips [--quick]

500 schools with four channels each on one PostgreSQL (with fsync), all due at the same moment, posted by three worker
processes, each the same loop that `askfirst work` runs; one of them is killed with SIGKILL in the middle. The channels
are stand-ins in a process of their own: they take 50 ms for a post, refuse a second one in a channel within a second
and more than 30 a second of one kind (with Retry-After, as Slack does), and three kinds can be asked what is there.
The fourth cannot, as Teams cannot: what the killed worker had on its way there is left out and reported, not posted
again. "late" is from the moment at which the tips fall due to the one at which the stand-in has the post.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import multiprocessing
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

import aiohttp

from adapters.delivering.loops import Loops
from adapters.delivering.poster import TipPoster
from benchmarks.report import ROOT, against, quantiles, say, table
from benchmarks.server import free_port, wait_for
from benchmarks.tip_channels import ChatChannel, serve
from bot.hours import is_holiday
from bot.knowledge import Knowledge, Term, TipRules, load
from bot.service.calendars import KeptCalendars
from bot.service.tip_desk import TipDesk
from bot.store import new_key, open_store
from bot.tips import key_of
from tests.databases import running_postgres

_KINDS = ("page", "slack", "hall", "teams")
_CANNOT_TELL = "teams"
_WORKERS = 3
_TARGET = 60.0  # seconds
_AFTER = 45.0  # more seconds in which what is missing may still come, so that "late" and "lost" are told apart


@dataclass(frozen=True)
class Run:
    """Everything that a worker needs to know. `due` is by the clock of the machine; the workers' clocks are `ahead` of
    it, so that the benchmark can be run on a day without tips too."""

    database: str
    key: str
    port: int
    schools: int
    due: dt.datetime
    ahead: dt.timedelta

    @property
    def moment(self) -> dt.datetime:
        """When the tips fall due, by the clocks of the workers."""
        return self.due + self.ahead


@dataclass(frozen=True)
class Result:
    """What came of it: `late` in seconds by post."""

    slots: int
    late: list[float]
    doubled: int
    lost: int
    left_out: int
    wrongly_left_out: int
    refused: int

    @property
    def well(self) -> bool:
        return not (self.doubled or self.lost or self.wrongly_left_out) and max(self.late, default=99.0) < _TARGET


def main() -> int:
    """Print the table; 1 where a tip was lost, doubled or late."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="40 schools")
    result = _measured(40 if parser.parse_args().quick else 500)
    print(_shown(result))
    return 0 if result.well else 1


def bases(run: Run) -> Mapping[str, Knowledge]:
    """The schools: each has its tips at the moment of the run, every day of the year."""
    base = load(ROOT / "knowledge")
    local = run.moment.astimezone(base.school.opening.zone)
    days = next(iter(base.school.opening.hours.values()))
    opening = replace(
        base.school.opening,
        terms=(Term("All", local.date() - dt.timedelta(days=60), local.date() + dt.timedelta(days=30)),),
        hours=dict.fromkeys(range(7), days),
    )
    rules = TipRules(time=local.time(), until=dt.time(23, 59), channels=tuple(f"{kind}:C1" for kind in _KINDS))
    entries = {name: replace(entry, review_by=dt.date(2099, 1, 1)) for name, entry in base.entries.items()}
    found = {}
    for number in range(run.schools):
        channels = tuple(f"{kind}:school-{number}" for kind in _KINDS)
        school = replace(base.school, id=f"school-{number}", opening=opening, tips=replace(rules, channels=channels))
        found[school.id] = replace(base, entries=entries, school=school)
    return found


def work(run: Run) -> None:
    """One worker, until killed."""
    asyncio.run(_work(run))


async def _work(run: Run) -> None:
    store = open_store(run.database, (run.key,), Path("no.key"))
    schools = bases(run)
    async with aiohttp.ClientSession() as session:
        channels = [ChatChannel(kind, run.port, session, kind != _CANNOT_TELL) for kind in _KINDS]
        poster = TipPoster(
            TipDesk(lambda: schools, store, KeptCalendars(None)), channels, lambda: store.now() + run.ahead
        )
        loops = Loops()
        loops.add(*poster.loops())
        await loops.run()


def _measured(schools: int) -> Result:
    with running_postgres(fsync="on") as cluster, tempfile.TemporaryDirectory() as folder:
        due = dt.datetime.now(dt.UTC).replace(second=0, microsecond=0) + dt.timedelta(minutes=2 if schools > 99 else 1)
        run = Run(cluster.new_database(), new_key(), free_port(), schools, due, _to_a_school_day(due))
        open_store(run.database, (run.key,), Path(folder) / "no.key").close()
        context = multiprocessing.get_context("spawn")
        chats = context.Process(target=serve, args=(run.port,))
        workers = [context.Process(target=work, args=(run,)) for _ in range(_WORKERS)]
        try:
            for process in (chats, *workers):
                process.start()
            return _watched(run, workers)
        finally:
            for process in (*workers, chats):
                process.kill()
                process.join()


def _watched(run: Run, workers: Sequence[BaseProcess]) -> Result:
    slots = run.schools * len(_KINDS)
    _until(run.due)
    wait_for(lambda: len(_kept(run)["posts"]) >= slots // 3, "a third of the posts", 300)
    workers[0].kill()
    say(f"  one worker killed after {time.time() - run.due.timestamp():.1f} s")
    end = run.due + dt.timedelta(seconds=_TARGET + _AFTER)

    def finished() -> bool:
        time.sleep(0.5)
        return len(_states(run)) >= slots or dt.datetime.now(dt.UTC) > end

    wait_for(finished, "the last tip", 600)
    return _counted(run)


def _counted(run: Run) -> Result:
    kept, states = _kept(run), _states(run)
    posts: Mapping[str, list[float]] = kept["posts"]
    day = run.moment.astimezone(load(ROOT / "knowledge").school.opening.zone).date()
    slots = [(f"school-{number}", f"{kind}:school-{number}") for number in range(run.schools) for kind in _KINDS]
    here = {slot for slot in slots if key_of(*slot, day) in posts}
    left_out = {slot for slot, state in states.items() if state == "left-out"}
    return Result(
        slots=len(slots),
        late=[min(times) - run.due.timestamp() for times in posts.values()],
        doubled=sum(len(times) - 1 for times in posts.values()),
        lost=len(set(slots) - here - left_out),
        left_out=len(left_out),
        wrongly_left_out=sum(not slot[1].startswith(_CANNOT_TELL) for slot in left_out),
        refused=kept["refused"],
    )


def _kept(run: Run) -> Any:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{run.port}/all", timeout=10) as answer:
            return json.load(answer)
    except OSError:
        return {"posts": {}, "refused": 0}


def _states(run: Run) -> dict[tuple[str, str], str]:
    """The slots that are dealt with."""
    import psycopg

    query = "SELECT school, channel, state FROM posts WHERE state IN ('posted', 'left-out')"
    with psycopg.connect(run.database.replace("+psycopg", "")) as connection:
        return {(school, channel): state for school, channel, state in connection.execute(query)}


def _to_a_school_day(moment: dt.datetime) -> dt.timedelta:
    """How long until the same time of day on the next Wednesday that is no bank holiday."""
    school, days = load(ROOT / "knowledge").school, 0
    while (day := moment.date() + dt.timedelta(days=days)).weekday() != 2 or is_holiday(school, day):
        days += 1
    return dt.timedelta(days=days)


def _until(moment: dt.datetime) -> None:
    time.sleep(max((moment - dt.datetime.now(dt.UTC)).total_seconds(), 0))


def _shown(result: Result) -> str:
    median, most = quantiles(result.late) if result.late else (0.0, 0.0)
    rows = [
        ("tips due in the same minute", f"{result.slots:,}"),
        ("posted", f"{len(result.late):,}"),
        ("**posted twice**", str(result.doubled)),
        ("**neither posted nor reported**", str(result.lost)),
        ("**left out where the channel can tell**", str(result.wrongly_left_out)),
        ("left out and reported (the channel cannot tell)", str(result.left_out)),
        ("refused for now by a rate limit", f"{result.refused:,}"),
        ("late p50 / p99", f"{median / 1000:.1f} / {most / 1000:.1f} s"),
        ("the last one", against(max(result.late, default=0.0), _TARGET, "s")),
    ]
    return table("Tips in the same minute, a worker killed", ("", ""), rows, "Every row in bold should be 0.")


if __name__ == "__main__":
    sys.exit(main())
