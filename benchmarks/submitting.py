"""How long does it take to log a concern, from the button to the receipt, while alerts go out?

    python -m benchmarks.submitting [--quick]

A real `askfirst serve` on SQLite (with its log synchronised to the disk at each commit, as shipped) gets 20 concerns a
second for 60 s, at fixed moments whether or not the earlier ones have been answered, from as many addresses. Each is a
member of staff who opens the form, answers the first screen and sends the report over HTTP, a connection for each
request; what is timed is the last of the three, which stores it. Its own sender hands the alerts to a real mail server
in a process of its own meanwhile. All of it is on one machine, and the reporters' side takes its share of it.

"The store alone" is `Concerns.log` in the benchmark's own process, one after the other: the report, its line in the
audit log, its readers and its ladder in one transaction.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

from benchmarks import findings
from benchmarks.findings import Raw
from benchmarks.place import opened, place
from benchmarks.report import against, quantiles, say, table
from benchmarks.reporter import Browser, Reporter, Told
from benchmarks.school import SLOW, answers_for
from benchmarks.server import Installation, Process, running, wait_for
from bot.concerns import form_for, read_report, route
from bot.concerns.ladder.escalation import ladder
from bot.store import NewConcern

_A_SECOND = 20
_TARGET = 50.0  # milliseconds
_OPENED_BEFORE = 1.0  # seconds between opening the form and sending it
_AT_ONCE = 60


@dataclass(frozen=True)
class Result:
    """What came of the reports over HTTP."""

    seconds: list[float]
    reports: int
    logged: int
    lost: int
    alerted: int


def main() -> int:
    """Print the tables; 1 where a concern was lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="10 s instead of 60, and 100 by the store alone")
    parsed = parser.parse_args()
    result = _over_http(_A_SECOND * (10 if parsed.quick else 60))
    alone = [(name, _alone(name, 100 if parsed.quick else 1_000)) for name in ("SQLite", "PostgreSQL")]
    print(_shown(result))
    print(table("The store alone", ("database", "p50", "p99"), [_row(name, taken) for name, taken in alone]))
    return 1 if result.lost or result.logged < result.reports else 0


def _over_http(reports: int) -> Result:
    with place("SQLite", SLOW) as where:
        server = Process(where.installation, "serve")
        with running(server):
            begin = time.perf_counter() + 2 * _OPENED_BEFORE
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                port = where.installation.port
                pairs = list(pool.map(lambda number: _report(port, number, begin), range(reports)))
            told = [each for each, _ in pairs]
            wait_for(lambda: not findings.never_alerted(told, where.mailbox.letters()), "the alerts", 120, every=0.5)
        with opened(where.installation) as store:
            lost = findings.lost(where.installation, store, [each for each in told if each.receipt])
        raw = Raw(where.installation)
        lost += findings.doubled(raw, told)
        raw.close()
        say(f"  {reports} reports over HTTP")
        alerted = reports - findings.never_alerted(told, where.mailbox.letters())
        return Result([taken for _, taken in pairs], reports, sum(bool(each.receipt) for each in told), lost, alerted)


def _report(port: int, number: int, begin: float) -> tuple[Told, float]:
    """One member of staff, whose button is pressed at a fixed moment; the seconds until the receipt."""
    told = Told(number, answers_for(number))
    reporter = Reporter(Browser(port, number), told, lambda: time.sleep(0.1))
    at = begin + number / _A_SECOND
    _sleep_until(at - _OPENED_BEFORE)
    reporter.open()
    _sleep_until(at)
    page = reporter.press()
    return told, page.seconds if page else float("inf")


def _sleep_until(moment: float) -> None:
    time.sleep(max(moment - time.perf_counter(), 0))


def _alone(name: str, times: int) -> list[float]:
    with place(name, SLOW) as where, opened(where.installation) as store:
        concerns = store.concerns(where.installation.school.id)
        taken = []
        for new in _new(where.installation, times):
            begun = time.perf_counter()
            concerns.log(new, store.now())
            taken.append(time.perf_counter() - begun)
        say(f"  {times} by the store alone, {name}")
        return taken[times // 10 :]


def _new(installation: Installation, times: int) -> Iterator[NewConcern]:
    """What the core makes of so many forms, before it is stored."""
    school, now = installation.school, installation.now()
    for number in range(times):
        report = read_report(school, form_for(school), answers_for(number), now.date())
        routing = route(school, report)
        yield NewConcern(f"alone-{number}", report, routing, ladder(school, routing, report.danger, now))


def _shown(result: Result) -> str:
    median, most = quantiles(result.seconds)
    rows = [
        ("reports, a second", f"{result.reports:,}, {_A_SECOND}"),
        ("receipts seen at the first press", str(result.logged)),
        ("**lost or doubled**", str(result.lost)),
        ("alerts that arrived", f"of {result.alerted:,} concerns"),
        ("p50", f"{median:.1f} ms"),
        ("p99", against(most, _TARGET, "ms")),
        ("most", f"{max(result.seconds) * 1000:.0f} ms"),
    ]
    return table("From the button to the receipt, SQLite", ("", ""), rows)


def _row(name: str, taken: list[float]) -> tuple[str, ...]:
    median, most = quantiles(taken)
    return (name, f"{median:.2f} ms", f"{most:.2f} ms")


if __name__ == "__main__":
    sys.exit(main())
