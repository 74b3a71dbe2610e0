"""Does benchmarks.faults see a fault? Each mending of the alerts is taken back in a copy, and its rows must then hold.

    python -m benchmarks.reverted [--only NAME ...]

A row of benchmarks.faults that passes with its mending taken back shows nothing. Ends with 1 where one does, or could
not be staged. A quarter of an hour on a quiet machine; the copies lie in a folder for the time being, and nothing here
is changed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.report import ROOT, say, table

_COPIED = ("adapters", "benchmarks", "bot", "knowledge", "tests", "pyproject.toml")
_AT_ONCE = 2  # copies, each with its rows at once
_PATIENCE = 1200.0  # seconds for the rows of one
_HOLDS, _NOT_STAGED = "**HOLDS**", "could not be staged"


@dataclass(frozen=True)
class Reverted:
    """What is taken back: in `edits`, by file, the text as it stands and what it was like before; `rows` of
    benchmarks.faults must then hold."""

    name: str
    edits: Mapping[str, tuple[tuple[str, str], ...]]
    rows: tuple[str, ...]


REVERTED: Sequence[Reverted] = (
    Reverted(
        "a letter is given up after three tries, and the next on the ladder is called",
        {"bot/service/delivery.py": (("return self.person(notice) is None\n", "return notice.tries >= 3\n"),)},
        ("mail away, shortly", "mail away, for long", "mail away, in danger"),
    ),
    Reverted(
        "what could not be delivered leaves /healthz well",
        {"adapters/web/health.py": (("([UNDELIVERED] if health.undelivered else [])", "()"),)},
        ("mail away, shortly", "mail away, in danger", "mail silent"),
    ),
    Reverted(
        "a mail server that says nothing is waited for without end",
        {
            "adapters/delivering/mail.py": (("_PATIENCE = 10.0", "_PATIENCE = 900.0"),),
            "adapters/delivering/sender.py": (("_PATIENCE = 20.0", "_PATIENCE = 900.0"),),
        },
        ("mail silent",),
    ),
    Reverted(
        "nothing is sent while it cannot be marked as sent",
        {"bot/service/delivery.py": (("self._unmarked.to_try(self._outbox.peek(now), now)", "()"),)},
        ("database held", "disk full"),
    ),
    Reverted(
        "/healthz tries no write",
        {
            "adapters/web/health.py": (
                ("                self._worked = False\n", "                self._worked = True\n"),
            )
        },
        ("database held", "disk full"),
    ),
    Reverted(
        "a clock that was put back is believed",
        {"bot/store/alerts/beats.py": (("_JUMP = dt.timedelta(seconds=60)", "_JUMP = dt.timedelta(days=9999)"),)},
        ("clock put back",),
    ),
    Reverted(
        "nobody is told that their name was given",
        {
            "bot/concerns/ladder/escalation.py": (
                ("    return replace(step, text=IN_YOUR_NAME)\n", "    return step\n"),
            )
        },
        ("a false name",),
    ),
)


def main() -> int:
    """Print a row for each; 1 where a fault was not seen."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--only", nargs="+", metavar="NAME", help="rows of benchmarks.faults")
    parsed = parser.parse_args()
    chosen = [left for each in REVERTED if (left := _only(each, parsed.only)).rows]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = [row for rows in pool.map(_tried, chosen) for row in rows]
    print(table("Faults with their mending taken back", ("taken back", "fault", "seen", "so"), found))
    return 1 if any(row[-1] != "seen" for row in found) else 0


def _only(each: Reverted, names: Sequence[str] | None) -> Reverted:
    return replace(each, rows=tuple(row for row in each.rows if row in names)) if names else each


def _tried(each: Reverted) -> list[tuple[str, ...]]:
    with tempfile.TemporaryDirectory(prefix="askfirst-reverted-") as place:
        folder = Path(place)
        take_back(each, folder)
        command = (sys.executable, "-m", "benchmarks.faults", "--quick", "--only", *each.rows)
        environment = {**os.environ, "PYTHONPATH": place}
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    lines = {name: line for line in done.stdout.splitlines() for name in each.rows if line.startswith(f"| {name} |")}
    rows = [_row(each, name, lines.get(name, "")) for name in each.rows]
    say(f"  {each.name}: {', '.join(row[-1] for row in rows)}")
    return rows


def _row(each: Reverted, name: str, line: str) -> tuple[str, ...]:
    cells = [cell.strip() for cell in line.split("|")]
    seen = cells[4] if len(cells) > 4 else "no such row"
    if not line or _NOT_STAGED in line:  # on a busy machine: it shows neither one thing nor the other
        return each.name, name, seen, "**NOT STAGED**"
    return each.name, name, seen, "seen" if _HOLDS in line else "**NOT SEEN**"


def take_back(each: Reverted, folder: Path) -> None:
    """A copy of this repository in `folder`, without the mending. Raises ValueError where it does not stand there as it
    is written here."""
    for name in _COPIED:
        source = ROOT / name
        ignored = shutil.ignore_patterns("__pycache__", "rendered", "kept")
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder)
    for name, old, new in _edits(each):
        path = folder / name
        text = path.read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise ValueError(f"{name}: {old!r} stands there {text.count(old)} times")
        path.write_text(text.replace(old, new), encoding="utf-8")


def _edits(each: Reverted) -> Iterator[tuple[str, str, str]]:
    for name, changes in each.edits.items():
        yield from ((name, old, new) for old, new in changes)


if __name__ == "__main__":
    sys.exit(main())
