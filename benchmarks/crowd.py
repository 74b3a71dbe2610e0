"""200 people ask at once: does whoever logs a concern wait behind them?

    python -m benchmarks.crowd [--quick]

A real `askfirst serve` on SQLite with the shipped base and the sentence model gets 200 questions at the same moment,
each from an address of its own; whoever was answered asks the next one at once, and whoever was told that it is too
much waits as long as they were told to. Meanwhile a concern a second is logged, each by somebody who has the form open
already; what is timed is the press that stores it. /healthz is asked too. All of it is on one machine, and the 200,
who are a process of their own, take their share of it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

from benchmarks.receiver import receiving
from benchmarks.report import ROOT, against, quantiles, table
from benchmarks.reporter import Broken, Browser, Reporter, Told
from benchmarks.school import SLOW, answers_for, write_base
from benchmarks.server import Installation, Process, ProcessError, running

_ASKING = 200
_TARGET = 300.0  # milliseconds
_QUESTIONS = (
    "can I friend an ex-pupil on facebook?",
    "is it ok to post photos of the school trip on my own page",
    "a parent complains about me in a whatsapp group, what do I do?",
    "may I give a pupil a lift home when the bus has not come and nobody answers the phone at home",
    "can parents have my mobile number",
    "who do I tell when I lost the memory stick with the reports of my class on it",
)
_READY, _GO = "ready\n", "go\n"
_FIRST = 1_000  # the number of the first reporter: their addresses are their own


@dataclass
class Seen:
    """What came of it: seconds for each press that stored a concern and for each look at the health, how the presses
    were answered, and the seconds and statuses of the questions."""

    stored: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    receipts: int = 0
    asked: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)


class Learned(Installation):
    """The shipped base with the sentence model, at the school of the benchmarks."""

    @property
    def environment(self) -> dict[str, str]:
        return {name: value for name, value in super().environment.items() if name != "ASKFIRST_MODEL"}


def main() -> int:
    """Print the table; 1 where somebody got no receipt, or the target was missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="20 s instead of 100")
    parser.add_argument("--ask", type=int, metavar="PORT", help="be the 200 (this benchmark starts itself so)")
    parsed = parser.parse_args()
    if parsed.ask:
        return _be_asking(parsed.ask)
    seconds = 20 if parsed.quick else 100
    with _served() as installation:
        idle = _measured(installation.port, 0, seconds // 2, _FIRST)
        crowded = _measured(installation.port, _ASKING, seconds, 2 * _FIRST)
    print(_shown(idle, crowded))
    missed = quantiles(crowded.stored)[1] >= _TARGET
    return 1 if missed or crowded.receipts < len(crowded.stored) else 0


def under_a_crowd(port: int, seconds: int) -> Seen:
    """What was seen at a server on this port while 200 ask."""
    return _measured(port, _ASKING, seconds, _FIRST)


@contextmanager
def _served() -> Iterator[Installation]:
    with tempfile.TemporaryDirectory(prefix="askfirst-") as made:
        folder = Path(made)
        base, school = folder / "base", write_base(folder / "school", SLOW) / "school.yaml"
        shutil.copytree(ROOT / "knowledge", base)
        shutil.copy(school, base / "school.yaml")
        with receiving(folder) as mailbox:
            installation = Learned(folder, base, mailbox.port)
            if (kept := ROOT / "data" / "cache").is_dir():
                (installation.data / "cache").symlink_to(kept.resolve())
            with running(Process(installation, "serve")):
                yield installation


def _measured(port: int, asking: int, seconds: int, first: int) -> Seen:
    seen = Seen()
    reporters = [_open(port, first + number) for number in range(seconds)]
    with _asking(port, seen) if asking else nullcontext():
        for reporter in reporters:
            begun = time.perf_counter()
            page = reporter.press()
            seen.stored.append(page.seconds if page else float("inf"))
            seen.receipts += bool(page and page.receipt)
            seen.health.append(_health(port))
            time.sleep(max(begun + 1 - time.perf_counter(), 0))
    return seen


@contextmanager
def _asking(port: int, seen: Seen) -> Iterator[None]:
    """The 200 ask, in a process of their own, for as long as this lasts."""
    command = [sys.executable, "-m", "benchmarks.crowd", "--ask", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None or process.stdout.readline() != _READY:
            raise ProcessError("those who ask did not come")
        if process.stdin:
            process.stdin.write(_GO)
            process.stdin.flush()
        yield
        said, _ = process.communicate(timeout=120)
        found = json.loads(said)
        seen.asked += found["asked"]
        seen.statuses.update({int(status): count for status, count in found["statuses"].items()})


def _be_asking(port: int) -> int:
    seen, over, begin = Seen(), threading.Event(), threading.Barrier(_ASKING + 1)
    with ThreadPoolExecutor(_ASKING) as pool:
        askers = [pool.submit(_ask, port, number, begin, over, seen) for number in range(_ASKING)]
        begin.wait()  # everybody has opened the page
        print(_READY, end="", flush=True)
        sys.stdin.readline()
        begin.wait()
        sys.stdin.read()
        over.set()
        for each in askers:
            each.result()
    print(json.dumps({"asked": seen.asked, "statuses": seen.statuses}))
    return 0


def _open(port: int, number: int) -> Reporter:
    reporter = Reporter(Browser(port, number), Told(number, answers_for(number)), lambda: None)
    reporter.open()
    return reporter


def _ask(port: int, number: int, begin: threading.Barrier, over: threading.Event, seen: Seen) -> None:
    browser = Browser(port, number)
    token = browser.get("/").hidden["token"]
    begin.wait()
    begin.wait()
    turn = number
    while not over.is_set():
        fields = {"token": token, "action": "ask", "text": _QUESTIONS[turn % len(_QUESTIONS)]}
        try:
            page = browser.post(fields, "/")
        except Broken:
            seen.statuses[0] += 1
            continue
        seen.statuses[page.status] += 1
        if page.status == 200:
            seen.asked.append(page.seconds)
        else:
            over.wait(5)
        turn += 1


def _health(port: int) -> float:
    connection, begun = http.client.HTTPConnection("127.0.0.1", port, timeout=60), time.perf_counter()
    try:
        connection.request("GET", "/healthz")
        connection.getresponse().read()
    finally:
        connection.close()
    return time.perf_counter() - begun


def _shown(idle: Seen, crowded: Seen) -> str:
    def row(name: str, taken: list[float], target: bool = False) -> tuple[str, ...]:
        median, most = quantiles(taken) if taken else (0.0, 0.0)
        return name, f"{median:.0f} ms", against(most, _TARGET, "ms") if target else f"{most:.0f} ms"

    rows = [
        row("logging a concern, nobody asks", idle.stored),
        row(f"logging a concern, {_ASKING} ask", crowded.stored, target=True),
        row(f"/healthz, {_ASKING} ask", crowded.health),
        row("questions that were answered", crowded.asked),
    ]
    said = ", ".join(f"{status or 'broken'}: {count}" for status, count in sorted(crowded.statuses.items()))
    notes = f"{crowded.receipts} of {len(crowded.stored)} concerns had a receipt. Answers to questions: {said}."
    return table("A crowd asks", ("", "p50", "p99"), rows, notes)


if __name__ == "__main__":
    sys.exit(main())
