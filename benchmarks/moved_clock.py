"""AskFirst on a machine whose clock is wrong: everything asks the time here, and a file says how wrong it is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

COMMAND = "from benchmarks.moved_clock import main; main({path!r})"


def main(path: str) -> None:
    """`askfirst`, with a clock that is as many seconds off as `path` says at the time."""
    from adapters.command import main as command
    from adapters.command import serve, ways
    from bot.store.database import Database

    def now(*_: object) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=float(Path(path).read_text(encoding="ascii")))

    Database.now = now  # type: ignore[method-assign, assignment]
    for module in (serve, ways):
        setattr(module, "clock", now)  # noqa: B010
    command.main()


def command(path: Path) -> str:
    """What Python is told to run."""
    path.write_text("0", encoding="ascii")
    return COMMAND.format(path=str(path))
