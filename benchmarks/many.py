"""10,000 questions, one after the other: how long do they take, and what is left of them in memory and on the disk?

    python -m benchmarks.many [--quick]

The shipped base with the sentence model and a store on SQLite, in one process. The questions are the phrasings of the
base, messages from outside of it and made-up messages about somebody at risk, in a fixed order, each of a new visitor.
"first" is the memory of the process after the first tenth, when everything has been read that is read but once.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read by numpy when it is loaded
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

from benchmarks.report import ROOT, against, quantiles, table
from benchmarks.server import Installation
from bot.answering.dialogue import Base
from bot.messages import Message
from bot.service.assistant import Assistant
from bot.service.live.base import LiveBase
from bot.settings import read_settings
from bot.store import open_for

_MANY, _FEW = 10_000, 500
_MORE_AT_MOST = 50.0  # MB between the first tenth and the end


def main() -> int:
    """Print the table; 1 where the memory grows with the questions."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="500 instead of 10,000")
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="askfirst-") as made:
        data = Path(made)
        (data / "cache").symlink_to((ROOT / "data" / "cache").resolve())
        settings = read_settings({"ASKFIRST_DATA": str(data)})
        base = LiveBase(settings).current()
        store = open_for(settings)
        rows, more = _asked(Assistant(lambda: base, store), _questions(base, _FEW if parsed.quick else _MANY))
        store.close()
        disk = sum(path.stat().st_size for path in data.glob("askfirst.db*")) / 1e6
    print(table("Many questions", ("", ""), [*rows, ("on the disk", f"{disk:.1f} MB")]))
    return 1 if more >= _MORE_AT_MOST else 0


def _questions(base: Base, most: int) -> list[str]:
    known = base.knowledge
    found = [phrasing.text for entry in known.entries.values() for phrasing in entry.phrasings]
    found += [each.text for each in known.outside]
    found += [each.text for each in known.triage.examples]
    random.Random(1).shuffle(found)
    return (found * (most // len(found) + 1))[:most]


def _asked(assistant: Assistant, questions: list[str]) -> tuple[list[tuple[str, str]], float]:
    taken, kinds, first = list[float](), Counter[str](), 0.0
    begun, processor = time.perf_counter(), time.process_time()
    for number, text in enumerate(questions):
        before = time.perf_counter()
        kinds[assistant.handle(Message(text, f"visitor {number}"), Installation.now()).kind] += 1
        taken.append(time.perf_counter() - before)
        if number == len(questions) // 10:
            first = _memory()
    more, median = _memory() - first, quantiles(taken)
    rows = [
        ("questions", f"{len(questions):,}"),
        ("altogether", f"{time.perf_counter() - begun:.0f} s"),
        ("processor, each", f"{(time.process_time() - processor) / len(questions) * 1000:.0f} ms"),
        ("p50 / p99", f"{median[0]:.0f} / {median[1]:.0f} ms"),
        ("memory, first", f"{first:.0f} MB"),
        ("memory, more at the end", against(more, _MORE_AT_MOST, "MB")),
        ("replies", ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())),
    ]
    return rows, more


def _memory() -> float:
    """The most that the process has taken so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    sys.exit(main())
