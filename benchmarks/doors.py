"""Attacks on the doors of a real `askfirst serve`, each as a stage of benchmarks.faults."""

from __future__ import annotations

import contextlib
import json
import random
import selectors
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

from adapters.web.security import Limits
from benchmarks.report import child_environment
from benchmarks.reporter import Broken, Browser, Reporter, Told
from benchmarks.school import answers_for
from benchmarks.staging import Seen, Stage, staged

_CROWD = 200
_HALF_OPEN = 2_200
_FIRST = 5_000  # the number of the first reporter: their addresses are their own
_SOON = 5.0  # seconds within which somebody with a concern must have a receipt, on a machine that is busy with it all
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_OTHERS_WAIT = 0.5  # seconds until others have their page, in the middle of a flood
_CLOSED_WITHIN = 40.0  # seconds
_LOG = 200_000  # bytes
_TEAMS = "/api/messages"


def everybody_asks(seconds: float) -> Seen:
    """200 people ask what costs most, and somebody logs a concern meanwhile."""
    with staged() as stage, stage.mail(), _crowd(stage):
        begun, number, taken = time.monotonic(), _FIRST, list[float]()
        while time.monotonic() < begun + seconds:
            taken.append(_pressed(stage, number))
            number += 1
            stage.pause(0.5)
        most = max(taken)
        said = f"{len(taken)} concerns, the slowest receipt after {most:.1f} s"
        stage.seen.check(most < _SOON, said, f"NOT: {said}")
        stage.is_green(within=10)
        return stage.seen


def a_flood(seconds: float) -> Seen:
    """One address asks for the page over 200 connections; others open it meanwhile, and log concerns."""
    with staged() as stage, stage.mail():
        with _flooding(stage, "/") as flood:
            pages, receipts, end = list[float](), list[float](), time.monotonic() + seconds
            while time.monotonic() < end:
                pages.append(_opened(stage, f"127.0.2.{len(pages) % 250 + 1}"))
                receipts.append(_pressed(stage, _FIRST + 500 + len(receipts)))
            passed = seconds + time.monotonic() - end
        _waited(stage, "the page", pages, statistics.median(pages) < _OTHERS_WAIT)
        _waited(stage, "receipts", receipts, statistics.median(receipts) < _OTHERS_WAIT)
        served, refused = flood.get("200", 0), flood.get("429", 0)
        most = Limits.pages_burst + Limits.pages_a_minute / 60 * (passed + 2)
        said = f"the flood got {served} pages and {refused} refusals in {passed:.0f} s"
        stage.seen.check(served <= most and refused > 0, said, f"NOT: {said}")
        return stage.seen


def connections_left_open(seconds: float) -> Seen:
    """One address opens more connections than it may, and says half a header on each."""
    with staged() as stage:
        before = stage.installation.log.stat().st_size
        with _half_open(stage.installation.port) as held:
            page = _get(stage, "/", source="127.0.0.9")
            stage.seen.check(page[0] == 200, "others get the page meanwhile", f"others got {page[0]} meanwhile")
            closed = stage.wait(lambda: _closed(held) == len(held), max(seconds, _CLOSED_WITHIN))
            stage.seen.check(closed, "all were closed", f"{_closed(held)} of {len(held)} were closed")
        grown = stage.installation.log.stat().st_size - before
        stage.seen.check(grown < _LOG, f"the log grew by {grown // 1000} kB", f"the log grew by {grown // 1000} kB")
        return stage.seen


def teams_not_asked_for(_: float) -> Seen:
    """A program on the same computer, or a proxy that hides itself, says that it is the DSL."""
    activity = {
        "type": "message", "id": "1", "channelId": "msteams", "text": "hello", "serviceUrl": "http://127.0.0.1:1",
        "from": {"id": "29:1", "aadObjectId": "1"}, "recipient": {"id": "28:1"}, "conversation": {"id": "a:1"},
    }  # fmt: skip
    with staged() as stage:
        status, _body = _get(stage, _TEAMS, body=json.dumps(activity), headers={"Content-Type": "application/json"})
        stage.seen.check(status in (404, 405), f"answered {status}", f"let in: {status}")
        return stage.seen


def another_name(_: float) -> Seen:
    """A page elsewhere that leads its name to this computer (DNS rebinding)."""
    with staged() as stage:
        for path in ("/", "/concern"):
            status, _body = _get(stage, path, headers={"Host": "evil.example"})
            stage.seen.check(status == 421, f"{path} answered {status}", f"{path} answered {status}")
        return stage.seen


def health_is_watched(_: float) -> Seen:
    """Somebody on the school's network looks at /healthz before and after a concern is logged."""
    with staged() as stage, stage.mail():
        before = _get(stage, "/healthz")
        stage.log(1)
        stage.hears(["dsl"], 30, "at once")
        after = _get(stage, "/healthz")
        stage.seen.check(before == after, f"both times {after[1]}", f"first {before[1]}, then {after[1]}")
        return stage.seen


@contextlib.contextmanager
def _flooding(stage: Stage, path: str) -> Iterator[dict[str, int]]:
    """One address floods this path, in a process of its own; afterwards: how often it was answered how."""
    command = [sys.executable, "-m", "benchmarks.flood", str(stage.installation.port), "127.0.0.66", str(_CROWD), path]
    pipes, found = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}, dict[str, int]()
    with subprocess.Popen(command, env=child_environment(), text=True, **pipes) as process:  # type: ignore[call-overload]
        process.stdout.readline()
        try:
            yield found
        finally:
            found.update(json.loads(process.communicate(timeout=60)[0]))


def _opened(stage: Stage, source: str) -> float:
    """The seconds until the page is there; infinite without one."""
    begun = time.monotonic()
    return time.monotonic() - begun if _get(stage, "/", source=source)[0] == 200 else float("inf")


def _waited(stage: Stage, what: str, taken: list[float], right: bool) -> None:
    said = f"{what}, {len(taken)} of others: {statistics.median(taken):.2f} s, at most {max(taken):.2f} s"
    stage.seen.check(right, said, f"NOT: {said}")


def _pressed(stage: Stage, number: int) -> float:
    """The seconds from opening the form to a receipt; infinite without one."""
    begun = time.monotonic()
    reporter = Reporter(Browser(stage.installation.port, number), Told(number, answers_for(number)), lambda: None)
    try:
        reporter.open()
        page = reporter.press()
    except Broken:
        return float("inf")
    return time.monotonic() - begun if page and page.receipt else float("inf")


@contextlib.contextmanager
def _crowd(stage: Stage) -> Iterator[None]:
    over = threading.Event()
    with ThreadPoolExecutor(_CROWD) as pool:
        for number in range(_CROWD):
            pool.submit(_ask, stage.installation.port, number, over)
        stage.pause(3)
        try:
            yield
        finally:
            over.set()


def _ask(port: int, number: int, over: threading.Event) -> None:
    browser, chance = Browser(port, number), random.Random(number)
    with contextlib.suppress(*Broken):
        token = browser.get("/").hidden["token"]
        while not over.is_set():
            strange = " ".join("".join(chance.choices(_LETTERS, k=9)) for _ in range(400))
            if browser.post({"token": token, "action": "ask", "text": strange}, "/").status != 200:
                over.wait(5)


@contextlib.contextmanager
def _half_open(port: int) -> Iterator[list[socket.socket]]:
    held = list[socket.socket]()
    try:
        for _ in range(_HALF_OPEN):
            each = socket.create_connection(("127.0.0.1", port), timeout=10)
            held.append(each)
            with contextlib.suppress(OSError):  # it may have been dropped already
                each.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Half: ")
        yield held
    finally:
        for each in held:
            each.close()


def _closed(held: list[socket.socket]) -> int:
    """How many of them the other side has closed."""
    with selectors.DefaultSelector() as selector:
        for each in held:
            selector.register(each, selectors.EVENT_READ)
        return len(selector.select(0))


def _get(
    stage: Stage,
    path: str,
    *,
    source: str = "127.0.0.1",
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", stage.installation.port, timeout=20, source_address=(source, 0))
    try:
        connection.request("POST" if body else "GET", path, body, dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")[:200]
    except Broken as fault:
        return 0, type(fault).__name__
    finally:
        connection.close()


Door = tuple[str, str, str, Callable[[float], Seen]]
DOORS: tuple[Door, ...] = (
    (
        "everybody asks", "200 people ask what costs most, again and again, while concerns are logged",
        "every concern has its receipt within five seconds; /healthz ok", everybody_asks,
    ),
    (
        "a flood", "one address asks for the page over 200 connections, as fast as it gets it",
        "others have it within half a second, and their receipts; the flood is refused", a_flood,
    ),
    (
        "connections left open", "one address opens 2,200 connections and says half a header on each",
        "others get the page; all are closed within 40 s; the log hardly grows", connections_left_open,
    ),
    (
        "Teams, not asked for", "without TEAMS_APP_ID a program on the same computer posts as the DSL",
        "there is no such address", teams_not_asked_for,
    ),
    (
        "another name", "a name that is not the server's leads to it (DNS rebinding)",
        "neither the chat nor the form answers", another_name,
    ),
    (
        "health is watched", "a stranger looks at /healthz before and after a concern is logged",
        "both times the same", health_is_watched,
    ),
)  # fmt: skip
