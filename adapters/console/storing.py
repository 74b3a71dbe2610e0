"""Waiting for the store, for no longer than somebody at a terminal should."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")
SECONDS = 6.0  # that somebody waits to hear whether it was stored


def stored(work: Callable[[], T], seconds: float = SECONDS) -> T:
    """Do it in a thread of its own: the store may take longer than anybody should wait. Raises what it raises, or
    TimeoutError where nobody can say whether it was done: it took too long, or whoever waits pressed Ctrl-C."""
    storing: Future[T] = Future()

    def store() -> None:
        try:
            storing.set_result(work())
        except BaseException as fault:  # handed over to whoever waits
            storing.set_exception(fault)

    threading.Thread(target=store, daemon=True).start()
    try:
        return storing.result(seconds)
    except KeyboardInterrupt:
        raise TimeoutError from None
