"""Does benchmarks.faults see a fault? Each mending of the alerts is taken back in a copy, and its rows must then hold.

    python -m benchmarks.reverted [--only NAME ...]

A row of benchmarks.faults that passes with its mending taken back shows nothing. Ends with 1 where one does, or could
not be staged. Half an hour on a quiet machine; the copies lie in a folder for the time being, and nothing here
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

_COPIED = (
    "adapters", "benchmarks", "bot", "docs", "knowledge", "tests", "pyproject.toml", "Makefile", "README.md",
    "model.lock", "requirements.lock", "requirements-bench.lock", "requirements-run.lock",
)  # fmt: skip
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
                ("                await asyncio.to_thread(self._store.try_a_write)\n", "                pass\n"),
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
    Reverted(
        "questions wait in the threads that log concerns",
        {"bot/service/questions.py": (("run_in_executor(self._pool, work)", "run_in_executor(None, work)"),)},
        ("everybody asks",),
    ),
    Reverted(
        "what is sealed opens in every place",
        {
            "bot/store/sealing/vault.py": (
                ("encrypt(nonce, text.encode(), bytes(cell))", "encrypt(nonce, text.encode(), b'')"),
                ("kept[1 + _NONCE :], bytes(cell))", "kept[1 + _NONCE :], b'')"),
            )
        },
        ("opened elsewhere",),
    ),
    Reverted(
        "the page answers under every name",
        {"adapters/web/site.py": (("return not self.hosts or request.path in ALIVE or", "return True or"),)},
        ("another name",),
    ),
    Reverted(
        "/healthz tells everybody all that it knows",
        {"adapters/web/health.py": (("if not await self._may_know(request):", "if False:"),)},
        ("health is watched",),
    ),
    Reverted(
        "what a visitor writes into X-Forwarded-For is believed",
        {
            "adapters/web/security.py": (
                ("if 0 < proxies <= len(addresses) else", "if addresses else"),
                ("addresses[-proxies]", "addresses[-1]"),
            )
        },
        ("addresses made up",),
    ),
    Reverted(
        "a form for signing in need not be drawn for this browser",
        {"adapters/web/inbox/entrance.py": (("        if new or not is_own(", "        if False and not is_own("),)},
        ("sign-in forged",),
    ),
    Reverted(
        "a body is waited for without end",
        {"adapters/web/security.py": (("    seconds: float = 15.0", "    seconds: float = 9_000.0"),)},
        ("bodies that do not end",),
    ),
    Reverted(
        "the proof looks at neither reporter nor receipt",
        {
            "bot/store/proving/rows.py": (
                ("lambda: row.reporter != reporter", "lambda: False"),
                ("lambda: row.receipt != self._tables.access.as_stored(terms.receipt)", "lambda: False"),
            )
        },
        ("another reporter",),
    ),
    Reverted(
        "the proof does not look when a concern was logged",
        {"bot/store/proving/rows.py": (("row.logged_at != milliseconds(derived.events[0].at)", "False"),)},
        ("logged later",),
    ),
    Reverted(
        "an address gets as many pages as it asks for",
        {
            "adapters/web/turnstile.py": (
                ("        if not wait:\n", "        if True:\n"),
                ("_AT_ONCE = 8", "_AT_ONCE = 8_000"),
            )
        },
        ("a flood",),
    ),
    Reverted(
        "a connection may say half a header for as long as it likes",
        {"adapters/web/door.py": (("HEADER_WITHIN = 20.0", "HEADER_WITHIN = 9_000.0"),)},
        ("connections left open",),
    ),
    Reverted(
        "the proof looks at no row of readers",
        {"bot/store/proving/rows.py": (("yield from self._reader_faults(row.number, derived)", "yield from ()"),)},
        ("reader added",),
    ),
    Reverted(
        "the proof looks at no row of those who are shut out",
        {"bot/store/proving/rows.py": (("yield from self._people_faults(row.number, derived)", "yield from ()"),)},
        ("shut out no more",),
    ),
    Reverted(
        "the proof believes when an alert is to be sent",
        {"bot/store/proving/alerts.py": (('arranged", self._put_off())', 'arranged", iter(()))'),)},
        ("alerts put off",),
    ),
    Reverted(
        "a conversation is kept under the visitor's own cookie",
        {
            "bot/store/talk.py": (
                ('return self._vault.token("conversation", self._school, conversation)', "return conversation"),
            )
        },
        ("questions lie apart",),
    ),
    Reverted(
        "questions are numbered as they come",
        {"bot/store/talk.py": (('"id": secrets.token_hex(16),', '"id": f"{__import__(\'time\').time_ns():032}",'),)},
        ("questions lie apart",),
    ),
    Reverted(
        "SQLite's log is emptied by nobody",
        {"bot/store/database.py": (('self.postgres or self._outside("PRAGMA wal_checkpoint(TRUNCATE)")', "True"),)},
        ("questions lie apart", "deleted by two"),
    ),
    Reverted(
        "what waited in a backup goes on at once",
        {
            "bot/store/backup/restores.py": (
                ("STANDS_STILL = dt.timedelta(minutes=30)", "STANDS_STILL = dt.timedelta()"),
            )
        },
        ("older copy",),
    ),
    Reverted(
        "letters, readers and files of what two people deleted stay",
        {"bot/store/erasing.py": (("_OF_THE_CONCERN = (notices, readers, excluded, filed)", "_OF_THE_CONCERN = ()"),)},
        ("deleted by two",),
    ),
    Reverted(
        "what was asked and said of it elsewhere stays",
        {"bot/store/concern.py": (("        remains.mentions(traces, closed)\n", ""),)},
        ("deleted by two",),
    ),
    Reverted(
        "every message is read as English",
        {"bot/understanding/tongue.py": (("return len(words) - len(unknown) + slips <= most", "return False"),)},
        ("another language",),
    ),
    Reverted(
        "packages are installed by version alone",
        {"Makefile": (("--require-hashes -r requirements-run.lock", "-r requirements-run.lock"),)},
        ("packages",),
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
        ignored = shutil.ignore_patterns("__pycache__", *(("rendered", "kept") if name == "tests" else ()))
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
