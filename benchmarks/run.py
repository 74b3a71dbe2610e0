"""Every benchmark, one after the other, into benchmarks/RESULTS.md.

    python -m benchmarks.run [--quick] [--only NAME ...]

Ends with 1 where a benchmark failed to run; a missed target is printed as missed and is no failure. With --quick the
tables are printed and RESULTS.md stays as it is. With --only the other benchmarks' sections of RESULTS.md are kept.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

from benchmarks.report import ROOT, child_environment, machine, say

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
BENCHMARKS = {
    "public": "Accuracy on public data",
    "domain": "Accuracy on school questions",
    "speed": "Speed and memory",
    "runtime": "Runtime of the sentence model",
    "submitting": "Logging a concern: how long it takes",
    "longest": "What one message costs, whatever it holds",
    "crowd": "Logging a concern while 200 people ask",
    "many": "10,000 questions, one after the other",
    "crash": "Logging a concern: the server is killed",
    "cutoff": "Logging a concern: the store or the mail server is cut off",
    "faults": "Alerts: faults of every kind, one after the other",
    "ladders": "Alerts: thousands of open ladders",
    "takeover": "Alerts: a sender is killed",
    "slack": "Slack: many events, and a Slack that fails",
    "teams": "Teams: many activities, and a Teams that fails",
    "tips": "Tips: hundreds of schools in the same minute",
    "policies": "Policies: putting in 100 pages and their next edition, and building our own",
    "workbench": "The answers workbench: from approved to live",
}
INTRODUCTION = """# Results of the benchmarks

Written by `python -m benchmarks.run`. What the figures mean stands above each benchmark's tables.
"""


def main() -> int:
    """Run them, write or print the results; 1 where one of them failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="smaller runs, printed instead of written")
    parser.add_argument("--only", nargs="+", choices=tuple(BENCHMARKS), default=list(BENCHMARKS), metavar="NAME")
    parsed = parser.parse_args()
    failed = [name for name in parsed.only if not _run(name, quick=parsed.quick)]
    if failed:
        say(f"failed to run: {', '.join(failed)}")
    return 1 if failed else 0


def _run(name: str, *, quick: bool) -> bool:
    """One benchmark: its section printed, or written at once, so that nothing is lost if a later one is stopped."""
    section = _section(name, quick=quick)
    if section is None:
        return False
    if quick:
        print(section)
    else:
        RESULTS.write_text(_merged({name: section}), encoding="utf-8")
        say(f"written: {RESULTS.relative_to(ROOT)}")
    return True


def _section(name: str, *, quick: bool) -> str | None:
    """One benchmark's heading, circumstances and tables; None where it failed."""
    say(f"{name} ...")
    others = os.getloadavg()[0]  # other work makes every time longer
    command = [sys.executable, "-m", f"benchmarks.{name}", *(["--quick"] if quick else [])]
    done = subprocess.run(command, cwd=ROOT, env=child_environment(), stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return None
    module = importlib.import_module(f"benchmarks.{name}")
    when = f"{dt.datetime.now(dt.UTC).date()}{', quick' if quick else ''}; {machine()}; load before it {others:.1f}."
    return f"## {BENCHMARKS[name]}\n\n{when}\n\n{_explained(module.__doc__ or '')}\n\n{done.stdout.strip()}\n"


def _explained(docstring: str) -> str:
    """A module's docstring without its usage, as Markdown."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"^    python .*\n", "", docstring, flags=re.MULTILINE)).strip()


def _merged(done: Mapping[str, str]) -> str:
    """The whole file: the new sections, the old ones of what was not run, and what was written by hand."""
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.is_file() else ""
    kept = {part.split("\n", 1)[0]: f"## {part.rstrip()}\n" for part in old.split("\n## ")[1:]}
    sections = [done.get(name) or kept.pop(title, None) for name, title in BENCHMARKS.items()]
    by_hand = [section for title, section in kept.items() if title not in BENCHMARKS.values()]
    return "\n".join([INTRODUCTION, *(section for section in sections if section), *by_hand])


if __name__ == "__main__":
    sys.exit(main())
