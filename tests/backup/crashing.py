"""Restores that are killed at their N-th step: `python -m tests.backup.crashing FILE KEY`. For each line "N URL" that
it reads there is one, in a process of its own; it answers with how many steps there were, and how that ended.

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
    """Kills this process when it has counted so many steps."""

    def __init__(self, last: int) -> None:
        self._last, self.counted = last, 0

    def step(self, *_: object) -> None:
        self.counted += 1
        if self.counted == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def audited(self, name: str, arguments: tuple[object, ...]) -> None:
        writes = name == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
        if name in _FILES or writes:
            self.step()


def crash(last: int, url: str, file: str, key: str) -> int:
    """Restore, unless it dies at this step; how many there were."""
    countdown = Countdown(last)
    sys.addaudithook(countdown.audited)
    for said in ("before_cursor_execute", "commit", "rollback"):
        event.listen(Engine, said, countdown.step)
    restore(url, Path(file), key=key, replace=True)
    return countdown.counted


def main(file: str, key: str) -> None:
    """What takes long to load is loaded once; each restore is a copy of this process."""
    for line in sys.stdin:
        last, url = line.split()
        if not (child := os.fork()):
            print(crash(int(last), url, file, key), end=" ", flush=True)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
