"""What a request may pretend, or never end: more stages of benchmarks.faults at the doors of a real server."""

from __future__ import annotations

import contextlib
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from urllib.parse import urlencode

from benchmarks.place import opened
from benchmarks.reporter import Broken
from benchmarks.staging import Seen, Stage, staged

_MANY = 60  # requests, four times what one visitor has at once
_BODIES = 40
_ENDED_WITHIN = 40.0  # seconds
_FORM = "application/x-www-form-urlencoded"
_HALF = (
    b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 5000\r\n\r\ntoken="
)
_DOORS = (b"/", b"/concern", b"/inbox/sign-in", b"/inbox/enter")


def addresses_made_up(_: float) -> Seen:
    """Where no proxy stands in front, one visitor writes another X-Forwarded-For on each request."""
    with staged() as stage:
        statuses = Counter(_post(stage, "/", {"X-Forwarded-For": f"198.51.100.{each}"}) for each in range(_MANY))
        said = f"{_MANY} questions under as many addresses: {dict(statuses)}"
        stage.seen.check(statuses[429] > _MANY // 2, said, f"NOT held back, {said}")
        return stage.seen


def sign_in_forged(_: float) -> Seen:
    """A page elsewhere makes somebody's browser use a link that is somebody else's."""
    with staged() as stage, opened(stage.installation) as store:
        link = store.sign_in(stage.installation.school.id).make_link("dsl", stage.installation.now())
        for path, fields in (("/inbox/enter", {"token": link}), ("/inbox/sign-in", {"email": "dsl@school.example"})):
            status = _post(stage, path, {"Origin": "null"}, fields)
            stage.seen.check(status in (400, 403, 404, 405), f"{path} answered {status}", f"{path} let it in: {status}")
        return stage.seen


def bodies_that_do_not_end(_: float) -> Seen:
    """Forms of which the first bytes come and never the rest."""
    with staged() as stage, _half_sent(stage) as held:
        begun = time.monotonic()
        answered = _post(stage, "/", {}, source="127.0.0.9")
        stage.seen.check(answered in (400, 403), f"others are answered meanwhile: {answered}", f"others: {answered}")
        ended = stage.wait(lambda: all(_is_answered(each) for each in held), _ENDED_WITHIN)
        took = time.monotonic() - begun
        stage.seen.check(ended, f"each of {len(held)} was ended after {took:.0f} s", "some are still waited for")
        return stage.seen


@contextlib.contextmanager
def _half_sent(stage: Stage) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        held = [
            stack.enter_context(socket.create_connection(("127.0.0.1", stage.installation.port), timeout=10))
            for _ in range(_BODIES)
        ]
        for number, each in enumerate(held):
            each.sendall(_HALF % _DOORS[number % len(_DOORS)])
            each.setblocking(False)
        yield held


def _is_answered(held: socket.socket) -> bool:
    try:
        held.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _post(
    stage: Stage, path: str, headers: dict[str, str], fields: dict[str, str] | None = None, source: str = "127.0.0.1"
) -> int:
    """The status of a form without cookies; 0 where the connection broke."""
    connection = HTTPConnection("127.0.0.1", stage.installation.port, timeout=30, source_address=(source, 0))
    try:
        connection.request("POST", path, urlencode(fields or {}), {"Content-Type": _FORM, **headers})
        return connection.getresponse().status
    except Broken:
        return 0
    finally:
        connection.close()


WIRE: tuple[tuple[str, str, str, Callable[[float], Seen]], ...] = (
    (
        "addresses made up", "one visitor writes another X-Forwarded-For on each request, and no proxy stands in front",
        "held back as one visitor", addresses_made_up,
    ),
    (
        "sign-in forged", "a form that the page did not draw uses a link for signing in, with Origin: null",
        "nobody is signed in by it", sign_in_forged,
    ),
    (
        "bodies that do not end", "of 40 forms the first bytes come, and never the rest",
        "others are answered meanwhile; each is ended within 40 s", bodies_that_do_not_end,
    ),
)  # fmt: skip
