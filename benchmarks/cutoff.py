"""The database, the disk or the mail server goes away while staff log concerns: is each of them told the truth in time?

    python -m benchmarks.cutoff [--quick]

Members of staff have filled in the form of a real `askfirst serve`; then something is cut off, each presses the button,
and it comes back. "Stopped" is PostgreSQL shut down as by a power cut, in every second round while the buttons are
being pressed; "frozen" is PostgreSQL whose processes all stand still (SIGSTOP), so that it takes connections and never
answers; "full" is SQLite on a disk of its own with not one byte left; "refused" is SQLite whose process may write no
further into any file (RLIMIT_FSIZE).

"Told" are those whose page said that it was NOT logged, with a telephone number and everything they had typed; each of
the others must have been shown a receipt. "Slowest answer" is from the button to that page. Then the same form, with
the same key, is sent again until a receipt is shown: "lost" and "doubled" are counted as in the benchmark of crashes,
"back after" is from the return to the last receipt, and the server must be the same process as before.

The mail server is cut off in three ways. "Silent": it takes connections and says nothing, while more alerts are due
than the server sends at once; a concern must be stored and its receipt shown all the same. "Slow": it thinks about each
letter for eight seconds; each must come once. "Answers lost": it takes every letter, and of three it breaks one
connection before it has said so; the letter comes again and must say that it is a repeat.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

from benchmarks import cuts, findings
from benchmarks.findings import Raw
from benchmarks.place import Place, opened, place
from benchmarks.report import against, say, table
from benchmarks.reporter import Browser, Page, Reporter, Told
from benchmarks.school import MARK, PHONES, SLOW, answers_for, write_base
from benchmarks.server import Installation, Process, ProcessError, running, wait_for
from tests.databases import Cluster

_FORMS = 6  # in each round
_PROMISED = 6.2  # seconds: the six that are promised, and the page's own time
_AT_ONCE = 20  # letters, more than a server sends at once
_WAIT = 90.0

Cut = Callable[[Process], AbstractContextManager[None]]


@dataclass
class Result:
    """What came of one way of cutting off."""

    name: str
    rounds: int
    told: list[Told] = field(default_factory=list)
    pages: list[Page | None] = field(default_factory=list)
    back: list[float] = field(default_factory=list)
    restarted: int = 0
    lost: int = 0
    doubled: int = 0
    leaks: int = 0
    chain: int = 0

    @property
    def truthful(self) -> int:
        """Pages that say that it was not logged, with a number to ring and what had been typed."""
        return sum(page is not None and _says_not_logged(page) for page in self.pages)

    @property
    def receipts(self) -> int:
        """Pages with a receipt."""
        return sum(page is not None and bool(page.receipt) for page in self.pages)

    @property
    def untold(self) -> int:
        """Whoever was shown neither."""
        return len(self.pages) - self.truthful - self.receipts

    @property
    def wrong(self) -> int:
        """Whatever must never be."""
        return self.lost + self.doubled + self.leaks + self.chain + self.untold + self.restarted


@dataclass(frozen=True)
class Part:
    """Rows of the table of the mail server, and how many concerns were lost or letters doubled."""

    rows: list[tuple[str, str]]
    wrong: int = 0


def main() -> int:
    """Print the tables; 1 where something was lost, doubled or leaked, or somebody was not told."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="one or two rounds each")
    parsed = parser.parse_args()
    rounds = 2 if parsed.quick else 10
    with ThreadPoolExecutor(3) as beside:  # they mostly wait
        mail = [beside.submit(measured, rounds * _FORMS) for measured in (_silent, _slow, _answers_lost)]
        results = [*_postgres(rounds), *_sqlite(rounds)]
        parts = [each.result() for each in mail]
    print(_shown(results))
    print(table("The mail server is cut off", ("", ""), [row for part in parts for row in part.rows]))
    return 1 if any(result.wrong for result in results) or any(part.wrong for part in parts) else 0


def _postgres(rounds: int) -> Iterator[Result]:
    with place("PostgreSQL", SLOW) as where:
        yield _through("PostgreSQL stopped", where, rounds, lambda _: cuts.stopped(_cluster(where)), amid=True)
    with place("PostgreSQL", SLOW) as where:
        yield _through("PostgreSQL frozen", where, max(rounds // 3, 1), lambda _: cuts.frozen(_cluster(where)))


def _cluster(where: Place) -> Cluster:
    if where.cluster is None:
        raise ProcessError("PostgreSQL was not started")
    return where.cluster


def _sqlite(rounds: int) -> Iterator[Result]:
    with place("SQLite", SLOW) as where:
        yield _through("SQLite, writing refused", where, rounds, cuts.refused)
    try:
        with _on_small_disk() as where:
            disk = Path(where.installation.database.removeprefix("sqlite:///")).parent
            yield _through("SQLite, disk full", where, rounds, lambda _: cuts.full(disk))
    except cuts.NoDiskError as fault:
        say(f"  left out: {fault}")


@contextmanager
def _on_small_disk() -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="askfirst-") as made, place("SQLite", SLOW) as where:
        folder = Path(made)
        with cuts.small_disk(folder / "disk") as disk:
            base = write_base(folder / "base", SLOW)
            installation = Installation(folder, base, where.mailbox.port, f"sqlite:///{disk / 'askfirst.db'}")
            yield Place(where.name, installation, where.mailbox, None)


def _through(name: str, where: Place, rounds: int, cut: Cut, *, amid: bool = False) -> Result:
    """So many rounds of forms, each cut off and sent again; with `amid`, every second one while they are sent."""
    result = Result(name, rounds)
    server = Process(where.installation, "serve")
    with running(server), ThreadPoolExecutor(_FORMS) as pool:
        process = server.pid
        for done in range(rounds):
            _round(where.installation, server, result, cut, pool, late=amid and done % 2 == 1)
            result.restarted += not (server.running and server.pid == process)
        letters = where.mailbox.letters()
    raw = Raw(where.installation)
    with opened(where.installation) as store:
        result.lost = findings.lost(where.installation, store, result.told)
        result.doubled = findings.doubled(raw, result.told)
        result.chain = len(store.audit(where.installation.school.id).verify())
    result.leaks = findings.leaks(where.installation, letters, result.told, where.cluster)
    raw.close()
    say(f"  {name}: {rounds} rounds")
    return result


def _round(
    installation: Installation, server: Process, result: Result, cut: Cut, pool: ThreadPoolExecutor, *, late: bool
) -> None:
    first = len(result.told)
    told = [Told(number, answers_for(number)) for number in range(first, first + _FORMS)]
    reporters = [Reporter(Browser(installation.port, each.number), each, lambda: time.sleep(0.2)) for each in told]
    list(pool.map(Reporter.open, reporters))
    pressed = [pool.submit(reporter.press) for reporter in reporters] if late else []
    time.sleep(0.02 * len(result.back) if late else 0)
    with cut(server):
        pressed = pressed or [pool.submit(reporter.press) for reporter in reporters]
        pages = [each.result(timeout=_WAIT) for each in pressed]
    back = time.perf_counter()
    list(pool.map(Reporter.send, reporters))
    result.back.append(time.perf_counter() - back)
    result.told += told
    result.pages += pages


def _says_not_logged(page: Page) -> bool:
    return "NOT logged" in page.body and PHONES in page.body and MARK in page.body and not page.receipt


def _silent(forms: int) -> Part:
    with place("SQLite", SLOW) as where, cuts.silent_mail_server() as port:
        installation = Installation(where.installation.folder, where.installation.base, port)
        server = Process(installation, "serve")
        with running(server):
            _report_each(installation, range(_AT_ONCE), 0.0)
            time.sleep(2)  # by now the alerts of these are on their way
            pages = _report_each(installation, range(100, 100 + forms), 0.4)
            server.kill()  # in peace it would wait for its letters
        return Part(_received("silent", pages))


def _slow(_: int) -> Part:
    with place("SQLite", SLOW, slow=8.0) as where:
        server = Process(where.installation, "serve")
        with running(server):
            pages = _report_each(where.installation, range(_AT_ONCE), 0.1)
            _drain(where)
        again = sum(findings.repeats(where.mailbox.letters()))
        return Part([*_received("slow", pages), ("slow", f"letters that came again: {_nought(again)}")])


def _answers_lost(forms: int) -> Part:
    with place("SQLite", SLOW, lose_every=3) as where:
        server = Process(where.installation, "serve")
        with running(server):
            _report_each(where.installation, range(forms), 0.1)
            _drain(where)
        letters = where.mailbox.letters()
        said, unsaid = findings.repeats(letters)
        missing = forms - len({letter.number for letter in letters if letter.alert})
        rows = [
            ("answers lost", f"concerns without an alert: {_nought(missing)}"),
            ("answers lost", f"letters that came again and say so: {said}"),
            ("answers lost", f"letters that came again and do not: {_nought(unsaid)}"),
        ]
        return Part(rows, missing + unsaid)


def _drain(where: Place) -> None:
    """Until everything that is due by now has been sent."""
    raw = Raw(where.installation)
    now = round(time.time() * 1000)
    waiting = "SELECT count(*) FROM notices WHERE state = 'waiting' AND due_at <= :now"
    wait_for(lambda: not raw.count(waiting, now=now), "the letters", 2 * _WAIT, every=0.2)
    raw.close()


def _report_each(installation: Installation, numbers: range, every: float) -> list[Page | None]:
    """One form after the other, begun so many seconds apart; what each was shown at the first press."""

    def report(number: int) -> Page | None:
        time.sleep((number - numbers.start) * every)
        reporter = Reporter(
            Browser(installation.port, number), Told(number, answers_for(number)), lambda: time.sleep(0.2)
        )
        reporter.open()
        return reporter.press()

    with ThreadPoolExecutor(len(numbers)) as pool:
        return list(pool.map(report, numbers))


def _shown(results: list[Result]) -> str:
    columns = ("", *(result.name for result in results))
    rows = [
        ("rounds, forms", *(f"{result.rounds}, {len(result.pages)}" for result in results)),
        ("told that it was NOT logged", *(str(result.truthful) for result in results)),
        ("receipt at the first press", *(str(result.receipts) for result in results)),
        ("**neither**", *(str(result.untold) for result in results)),
        ("slowest answer", *(_slowest(result) for result in results)),
        ("back after, most", *(f"{max(result.back):.1f} s" for result in results)),
        ("**server had to restart**", *(str(result.restarted) for result in results)),
        ("**lost**", *(str(result.lost) for result in results)),
        ("**doubled**", *(str(result.doubled) for result in results)),
        ("**leaks**", *(str(result.leaks) for result in results)),
        ("**faults of the audit log**", *(str(result.chain) for result in results)),
    ]
    return table("The store is cut off", columns, rows, "Every row in bold should be 0.")


def _slowest(result: Result) -> str:
    return against(max(page.seconds for page in result.pages if page), _PROMISED, "s")


def _received(name: str, pages: list[Page | None]) -> list[tuple[str, str]]:
    receipts = sum(page is not None and bool(page.receipt) for page in pages)
    slowest = max(page.seconds for page in pages if page)
    met = "met" if receipts == len(pages) else "MISSED"
    return [
        (name, f"receipt at the first press: {receipts} of {len(pages)} (target all: {met})"),
        (name, f"slowest answer: {against(slowest, _PROMISED, 's')}"),
    ]


def _nought(count: int) -> str:
    return f"{count} (target 0: {'MISSED' if count else 'met'})"


if __name__ == "__main__":
    sys.exit(main())
