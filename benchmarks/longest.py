"""One message costs at most a second of one processor, whatever it holds.

    python -m benchmarks.longest

Messages that were made to cost much are asked of the shipped base with the sentence model, on one thread: of 4,000 and
of 100,000 characters, of words that nobody knows, of one word over and over, of what makes patterns search for long, in
other scripts, and of marks alone. What counts is the processor's time, which other work on the machine hardly touches;
of three times the quietest. Ends with 1 where one takes longer.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Mapping
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read by numpy when it is loaded
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

from benchmarks.report import against, table
from benchmarks.server import Installation
from bot.answering.dialogue import Base, ask_once
from bot.service.live.base import LiveBase
from bot.settings import read_settings

_TARGET = 1.0  # second
_TIMES = 3
_LONG = 100_000  # characters
_WORDS = "pupil teacher photo phone school parent email trip class online staff bruise message safe".split()
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def messages() -> Mapping[str, str]:
    """What was made to cost much, by what it is."""
    chance = random.Random(1)

    def strange(words: int) -> str:
        return " ".join("".join(chance.choices(_LETTERS, k=9)) for _ in range(words))

    ordinary = " ".join(chance.choices(_WORDS, k=20_000))
    scattered = "".join(chance.choices(_LETTERS + "   ", k=_LONG))
    over_and_over = (
        "a ", "n't ", "a/", "-", "@", "'", "? ", "no. ", "; ", "\n", "not a child ", "child did he touch ",
        "he hit me and she cut herself . ", "http://a.b/c?d=e ", "&amp;", "<b>", "\u200b", "😢", "学", "مدرسة ",
        "a" + "\u0301" * 50, "1234567890 ", "ｈｉ　",
    )  # fmt: skip
    return {
        "a question": "can I friend an ex-pupil on facebook?",
        "ordinary words, 4,000": ordinary[:4_000],
        "ordinary words, 100,000": ordinary[:_LONG],
        "words that nobody knows, 4,000": strange(400),
        "words that nobody knows, 100,000": strange(10_000),
        "letters by chance": scattered,
        "one word": "a" * _LONG,
        "brackets": "(" * (_LONG // 2) + ")" * (_LONG // 2),
        **{f"{text[:20]!r} over and over": (text * _LONG)[:_LONG] for text in over_and_over},
    }


def _cost(base: Base, text: str) -> float:
    begun = time.process_time()
    ask_once(base, text, Installation.now())
    return time.process_time() - begun


def main() -> int:
    """Print the table, the slowest first; 1 where one took too long."""
    base = LiveBase(read_settings(os.environ)).current()
    ask_once(base, "where do I park?", Installation.now())
    taken = {name: min(_cost(base, text) for _ in range(_TIMES)) for name, text in messages().items()}
    slowest = sorted(taken.items(), key=lambda each: -each[1])
    rows = [(name, against(seconds, _TARGET, "s")) for name, seconds in slowest]
    print(table("What one message costs", ("message", "processor"), rows))
    return 1 if slowest[0][1] >= _TARGET else 0


if __name__ == "__main__":
    sys.exit(main())
