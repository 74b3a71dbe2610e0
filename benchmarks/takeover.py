"""Two senders on one PostgreSQL, of which one is killed again and again: what becomes of the steps it had taken?

    python -m benchmarks.takeover [--quick]

Two `askfirst work` on one database (with fsync). Every second a few concerns are logged straight through the core, so
that alerts fall due at once and, a rung a minute, later; one in seven is marked immediate. Every few seconds one of
the two is killed with SIGKILL (seeded) and started again at once. A step that the killed one had claimed stays claimed
until its lease runs out: then the other one, or the new one, sends it and says that it is a repeat.

"late" is from the moment that stands in the store to the first arrival at the mail server, the lease included. Counted
are all alerts that fell due before the last kill was over; "claimed by a killed sender" are those whose first arrival
says that it is a repeat.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

from benchmarks import findings
from benchmarks.findings import Raw
from benchmarks.place import Place, opened, place
from benchmarks.receiver import Letter
from benchmarks.report import quantiles, say, table
from benchmarks.school import answers_for
from benchmarks.server import Process, running, wait_for
from bot.concerns.ladder.retrying import LEASE

_A_SECOND = 8  # concerns
_TARGET = 5.0  # seconds after the lease, or after falling due where nobody was killed with it


@dataclass(frozen=True)
class Result:
    """What came of it: `late` and `claimed` are seconds by alert, of those that no killed sender held and of others."""

    kills: int
    concerns: int
    late: list[float]
    claimed: list[float]
    lost: int
    said: int
    unsaid: int
    chain: int


def main() -> int:
    """Print the table; 1 where a step was lost, or came twice without saying so."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="4 kills instead of 40")
    parsed = parser.parse_args()
    result = _measured(kills=4 if parsed.quick else 40)
    print(_shown(result))
    wrong = result.lost or result.unsaid or result.chain
    return 1 if wrong else 0


def _measured(kills: int) -> Result:
    with place("PostgreSQL") as where:
        senders = [Process(where.installation, "work") for _ in range(2)]
        stop = threading.Event()
        with running(*senders), ThreadPoolExecutor(1) as pool:
            logging = pool.submit(_log, where, stop)
            try:
                _kill(senders, kills)
            finally:
                stop.set()
            due = _due(where, time.time())
            _wait_for_all(where, set(due))
        with opened(where.installation) as store:
            chain = len(store.audit(where.installation.school.id).verify())
        return _counted(where.mailbox.letters(), due, kills, logging.result(), chain)


def _log(where: Place, stop: threading.Event) -> int:
    """Log concerns straight through the core until told to stop; how many there were."""
    count = 0
    with opened(where.installation) as store:
        casework = where.installation.casework(store)
        while not stop.wait(1.0):
            for number in range(count, count + _A_SECOND):
                casework.log(f"takeover-{number}", answers_for(number), store.now())
            count += _A_SECOND
    return count


def _due(where: Place, until: float) -> dict[str, float]:
    """Every alert that fell due before this moment, and when."""
    raw = Raw(where.installation)
    rows = raw.rows("SELECT id, due_at FROM notices WHERE kind = 'alert'")
    raw.close()
    due = {str(row.id): int(str(row.due_at)) / 1000 for row in rows}
    return {notice: at for notice, at in due.items() if at < until}


def _kill(senders: list[Process], kills: int) -> None:
    chance = random.Random(kills)
    time.sleep(2)
    for done in range(kills):
        time.sleep(chance.uniform(1, 6))
        killed = chance.choice(senders)
        killed.kill()
        killed.start()
        if done % 10 == 9:
            say(f"  {done + 1} kills")


def _wait_for_all(where: Place, due: set[str]) -> None:
    """Until every one of these has arrived, or nothing more can be expected."""
    end = time.monotonic() + LEASE.total_seconds() * 2 + 10

    def arrived() -> bool:
        return due <= {letter.notice for letter in where.mailbox.letters()} or time.monotonic() > end

    wait_for(arrived, "the last alert", 300, every=0.5)


def _counted(letters: list[Letter], due: dict[str, float], kills: int, concerns: int, chain: int) -> Result:
    first: dict[str, Letter] = {}
    for letter in letters:
        first.setdefault(letter.notice, letter)
    said, unsaid = findings.repeats(letters)
    arrived = [(letter, letter.at - due[notice]) for notice, letter in first.items() if notice in due]
    return Result(
        kills,
        concerns,
        [seconds for letter, seconds in arrived if not letter.repeat],
        [seconds for letter, seconds in arrived if letter.repeat],
        len(set(due) - set(first)),
        said,
        unsaid,
        chain,
    )


def _shown(result: Result) -> str:
    lease = LEASE.total_seconds()
    over = sum(seconds > _TARGET for seconds in result.late)
    held = sum(seconds > _TARGET for seconds in result.claimed)
    beyond = sum(seconds > lease + _TARGET for seconds in result.claimed)
    rows = [
        ("kills", str(result.kills)),
        ("concerns, alerts due", f"{result.concerns:,}, {len(result.late) + len(result.claimed) + result.lost:,}"),
        ("**alerts lost**", str(result.lost)),
        ("**repeats, unsaid**", str(result.unsaid)),
        ("**faults of the audit log**", str(result.chain)),
        ("came again and said so", str(result.said)),
        ("late p50 / p99 / most, claimed by no killed sender", _lateness(result.late)),
        ("... later than 5 s", f"{over} (target 0: {'MISSED' if over else 'met'})"),
        ("claimed by a killed sender", str(len(result.claimed))),
        ("late p50 / p99 / most, of these", _lateness(result.claimed)),
        ("... later than 5 s", f"{held} (target 0: {'MISSED' if held else 'met'})"),
        (f"... later than the lease ({lease:.0f} s) and 5 s", f"{beyond} (target 0: {'MISSED' if beyond else 'met'})"),
    ]
    return table("A sender is killed, the other one takes over", ("", ""), rows, "Every row in bold should be 0.")


def _lateness(seconds: list[float]) -> str:
    if not seconds:
        return "-"
    median, most = quantiles(seconds)
    return f"{median / 1000:.2f} / {most / 1000:.2f} / {max(seconds):.2f} s"


if __name__ == "__main__":
    sys.exit(main())
