"""kill -9 of the server, again and again, while staff log concerns: is one lost, doubled or leaked?

    python -m benchmarks.crash [--quick]

A real `askfirst serve` on SQLite, then on PostgreSQL (with fsync), is killed with SIGKILL at random moments within a
second and a half (seeded), one time in ten while it is still starting, and started again. Meanwhile members of staff
fill in the form on the page over HTTP, each from an address of their own, and press "Try again" with the same form
until they see a receipt; one in eight double-clicks. Alerts go out to a real mail server in a process of its own, where
three in four are acknowledged by whoever got them, as soon as they come; the ladders of the other concerns climb, a
rung a minute. The school has a base of a handful of entries, so that the server is back in about a second.

At the end the server is left alone until nothing waits to be sent. Then: "lost" are forms whose reporter saw a receipt
and which the store does not hold under it, whole; "doubled" are concerns or receipts more than forms; "told neither"
are pages that showed no receipt and did not say either that nothing was logged; "never alerted" are concerns with a
receipt of which no alert reached the mail server; "sent, not arrived" are letters that the store holds for sent; "to
the wrong person" are alerts to somebody who may not hear of it; "repeats" are letters that came again and say so
("unsaid" are those that do not); "leaks" are letters, logs and raw database files in which a word that was typed into a
form, or a receipt, can be found; "chain" is what the audit log's own proof says. "Cut off" counts presses of the button
whose answer never came because the server was killed meanwhile; "stored unseen" are the forms that were in the store
before the last press of their button, which therefore had to find them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

from benchmarks import findings
from benchmarks.findings import Raw
from benchmarks.place import Place, opened, place
from benchmarks.report import quantiles, say, table
from benchmarks.reporter import Browser, Reporter, Told
from benchmarks.school import answers_for, person_at
from benchmarks.server import Process, ProcessError, running, wait_for
from bot.service.casework import Casework
from bot.store import StoreError

_REPORTERS = 6
_THINKING = 1.0  # seconds between two forms, at most
_ALIVE = 1.5  # seconds that the server has until the next kill, at most
_WAIT = 180.0  # seconds for the outbox to drain, at most


@dataclass
class Result:
    """What came of one campaign."""

    name: str
    kills: int
    told: list[Told]
    restarts: list[float]
    seconds: float
    wrong: dict[str, int] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)


def main() -> int:
    """Print the tables; 1 where anything was lost, doubled or leaked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="6 and 4 kills, both databases at the same time")
    parsed = parser.parse_args()
    kills = {"SQLite": 6, "PostgreSQL": 4} if parsed.quick else {"SQLite": 200, "PostgreSQL": 100}
    with ThreadPoolExecutor(len(kills) if parsed.quick else 1) as pool:
        results = list(pool.map(lambda name: _campaign(name, kills[name]), kills))
    print(_shown(results))
    wrong = [f"{result.name}: {name}" for result in results for name, count in result.wrong.items() if count]
    if wrong:
        say(f"WRONG: {'; '.join(wrong)}")
    return 1 if wrong else 0


def _campaign(name: str, kills: int) -> Result:
    begun = time.perf_counter()
    with place(name) as where:
        server = Process(where.installation, "serve")
        with running(server):  # once in peace: the small base is learned
            pass
        staff = Staff(where, random.Random(name))
        restarts = staff.through(server, kills)
        result = Result(name, kills, staff.told, restarts, time.perf_counter() - begun)
        _look(where, result)
    say(f"  {name}: {len(result.told)} concerns, {kills} kills, {result.seconds:.0f} s")
    return result


class Staff:
    """Everybody at the school: those who log concerns, and those who are told of them."""

    def __init__(self, where: Place, chance: random.Random) -> None:
        self._where, self._chance = where, chance
        self.told: list[Told] = []
        self._enough, self._settled, self._over = threading.Event(), threading.Event(), threading.Event()
        self._next = iter(range(1_000_000))
        self._lock = threading.Lock()

    def through(self, server: Process, kills: int) -> list[float]:
        """Log concerns while the server is killed so often; the seconds that its restarts took. Returns once every
        form has its receipt, every concern its alert, and nothing waits to be sent."""
        with ThreadPoolExecutor(_REPORTERS + 1) as pool, running(server):
            tasks = [pool.submit(self._log_concerns, random.Random(number)) for number in range(_REPORTERS)]
            reading = pool.submit(self._acknowledge_alerts)
            try:
                restarts = [self._kill(server) for _ in range(kills)]
                self._enough.set()
                for task in tasks:
                    task.result(timeout=_WAIT)
                wait_for(self._all_alerted, "an alert of every concern", _WAIT, every=0.5)
                self._settled.set()
                reading.result(timeout=_WAIT)
                self._drain()
            finally:
                self._over.set()
        return restarts

    def _kill(self, server: Process) -> float:
        """Kill it at some moment, and start it again; in one case of ten it is killed again while it starts."""
        time.sleep(self._chance.uniform(0, _ALIVE))
        server.kill()
        if self._chance.random() < 0.1:
            server.launch()
            time.sleep(self._chance.uniform(0.1, 1.2))
            server.kill()
        return server.start()

    def _log_concerns(self, chance: random.Random) -> None:
        def pause() -> None:
            if self._over.wait(chance.uniform(0.05, 0.3)):
                raise ProcessError("a form was given up")

        while not (self._enough.is_set() or self._over.is_set()):
            with self._lock:
                number = next(self._next)
                told = Told(number, answers_for(number))
                self.told.append(told)
            reporter = Reporter(Browser(self._where.installation.port, number), told, pause)
            reporter.open()
            reporter.send(twice=number % 8 == 5)
            time.sleep(chance.uniform(0, _THINKING))

    def _acknowledge_alerts(self) -> None:
        """Whoever is told of a concern takes it on: three in four at once, the others once everything has settled."""
        seen, left = 0, dict[str, str]()
        with opened(self._where.installation) as store:
            casework = self._where.installation.casework(store)
            while not self._over.wait(0.2):
                settled = self._settled.is_set()
                letters = self._where.mailbox.letters()
                alerts = {letter.number: person_at(letter.to) for letter in letters[seen:] if letter.alert}
                left, seen = {**alerts, **left}, len(letters)
                for number in [number for number in left if settled or ord(number[-1]) % 4]:
                    if _acknowledged(casework, left[number], number, store.now()):
                        del left[number]
                if settled and not left:
                    return

    def _all_alerted(self) -> bool:
        return findings.never_alerted(self.told, self._where.mailbox.letters()) == 0

    def _drain(self) -> None:
        raw = Raw(self._where.installation)
        waiting = "SELECT count(*) FROM notices WHERE state = 'waiting' AND next_at <= :now"

        def drained() -> bool:
            return raw.count(waiting, now=round(time.time() * 1000)) == 0

        wait_for(drained, "the outbox to drain", _WAIT, every=0.5)
        raw.close()


def _acknowledged(casework: Casework, person: str, number: str, now: dt.datetime) -> bool:
    """Whether they have now; not where the database is busy. Raises an error where whoever was told may not read it."""
    reader = casework.reader(person)
    if reader is None:
        raise ProcessError("an alert went to nobody of the school")
    try:
        casework.acknowledge(reader, number, now)
    except StoreError:
        return False
    return True


def _look(where: Place, result: Result) -> None:
    """Everything that must hold now."""
    letters, told, raw = where.mailbox.letters(), result.told, Raw(where.installation)
    with opened(where.installation) as store:
        said, unsaid = findings.repeats(letters)
        result.wrong = {
            "lost": findings.lost(where.installation, store, told),
            "doubled": findings.doubled(raw, told),
            "told neither": sum(each.vague for each in told),
            "never alerted": findings.never_alerted(told, letters),
            "sent, not arrived": findings.unsent(raw, letters),
            "to the wrong person": findings.misdirected(told, letters),
            "repeats, unsaid": unsaid,
            "leaks": findings.leaks(where.installation, letters, told, where.cluster),
            "chain": len(store.audit(where.installation.school.id).verify()),
        }
    result.seen = {"letters": len(letters), "repeats": said, "unseen": _unseen(where, told)}
    raw.close()


def _unseen(where: Place, told: list[Told]) -> int:
    """Forms that were stored before the last press of their button began."""
    with opened(where.installation) as store:
        inbox = store.inbox(where.installation.school.id)
        found = [(each, inbox.followed(each.receipt)) for each in told if each.presses > 1]
        return sum(each.last_press > kept[1][0].at.timestamp() + 0.001 for each, kept in found if kept)


def _shown(results: list[Result]) -> str:
    columns = ("", *(result.name for result in results))
    rows = [("kills", *(str(result.kills) for result in results))]
    rows += [
        ("concerns submitted", *(str(len(result.told)) for result in results)),
        ("receipts seen", *(str(sum(bool(each.receipt) for each in result.told)) for result in results)),
        ("presses of the button", *(str(sum(each.presses for each in result.told)) for result in results)),
        ("of these: nobody there", *(str(sum(each.away for each in result.told)) for result in results)),
        ("of these: cut off", *(str(sum(each.broken for each in result.told)) for result in results)),
        ("stored unseen", *(str(result.seen["unseen"]) for result in results)),
        ("letters that arrived", *(str(result.seen["letters"]) for result in results)),
    ]
    rows += [(f"**{name}**", *(str(result.wrong[name]) for result in results)) for name in results[0].wrong]
    rows += [
        ("repeats, said to be", *(str(result.seen["repeats"]) for result in results)),
        ("first press to receipt, p50 / p99, s", *(_seconds(_waited(result)) for result in results)),
        ("restart, p50 / p99, s", *(_seconds(result.restarts) for result in results)),
        ("wall time, s", *(f"{result.seconds:.0f}" for result in results)),
    ]
    return table("Killed while staff log concerns", columns, rows, "Every row in bold should be 0.")


def _waited(result: Result) -> list[float]:
    return [each.finished - each.first_press for each in result.told]


def _seconds(taken: list[float]) -> str:
    median, most = quantiles(taken)
    return f"{median / 1000:.1f} / {most / 1000:.1f}"


if __name__ == "__main__":
    sys.exit(main())
