"""A restore that is killed at its N-th step: `python -m tests.backup.crashing N URL FILE KEY`, a process of its own.

A step is anything that changes a file's name or opens one to write, and anything that is said to a database.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.backup.places import restore

_FILES = ("os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "sqlite3.connect")


class Countdown:
    """Kills this process when it has counted to the end."""

    def __init__(self, left: int) -> None:
        self._left = left

    def step(self, *_: object) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def audited(self, name: str, arguments: tuple[object, ...]) -> None:
        writes = name == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
        if name in _FILES or writes:
            self.step()


def main(number: str, url: str, file: str, key: str) -> None:
    countdown = Countdown(int(number))
    sys.addaudithook(countdown.audited)
    for said in ("before_cursor_execute", "commit", "rollback"):
        event.listen(Engine, said, countdown.step)
    restore(url, Path(file), key=key, replace=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
