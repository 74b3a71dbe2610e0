"""What is beside the point, and how a question is written, change nothing.

    python -m benchmarks.robust FILE...

Every harmless question of the files (as `askfirst score` takes them) is asked as it stands; those that are answered are
asked again with a harmless sentence in front, behind or in the middle (the kinds of tests/beside.yaml, of which nothing
is learned), and written in other ways. Printed for each: how many keep their answer, get another, are handed over. Ends
with 1 where fewer keep their answer, or more get another, than is wanted.
"""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")  # read by numpy when it is loaded
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

import yaml

from benchmarks.report import ROOT, share, table
from benchmarks.server import Installation
from bot.answering.dialogue import Base, ask_once
from bot.answering.outcome import Outcome, outcome_of
from bot.answering.scoring import HARMLESS, read_questions
from bot.service.live.base import LiveBase
from bot.settings import read_settings

BESIDE_KEPT, WRITTEN_KEPT, ANOTHER, TURNED = 0.92, 0.96, 0.01, 0.03
_TYPO_LETTERS = 5  # shorter words are left alone
_CHANCE = 7


def placed(text: str, sentence: str, number: int) -> str:
    """The sentence behind the text, in front of it, or in the middle, in turns."""
    if number % 3 == 2:
        words = text.split()
        half = len(words) // 2
        return f"{' '.join(words[:half])} - {sentence} - {' '.join(words[half:])}"
    return f"{sentence} {text}" if number % 3 else f"{text} {sentence}"


def one_typo(text: str) -> str:
    """Two letters of one longer word change places."""
    words = text.split()
    long = [n for n, word in enumerate(words) if len(word) >= _TYPO_LETTERS and word.isalpha() and word[2] != word[3]]
    if not long:
        return text
    chosen = random.Random(f"{_CHANCE}{text}").choice(long)
    word = words[chosen]
    words[chosen] = word[:2] + word[3] + word[2] + word[4:]
    return " ".join(words)


WAYS: Mapping[str, Callable[[str], str]] = {
    "one typo": one_typo,
    "a greeting and thanks": lambda text: f"Hi, quick one: {text} Thanks x",
    "two emoji": lambda text: f"{text} 😊🙏",
    "a colleague's question in quotes": lambda text: f'My colleague asks: "{text}"',
    "capitals": str.upper,
    "as dictated": lambda text: "".join(char for char in text.lower() if char.isalnum() or char in " '"),
}


def main(files: Sequence[str]) -> int:
    """Print the tables of these files; 1 where one misses what is wanted."""
    written = yaml.safe_load((ROOT / "tests" / "beside.yaml").read_text(encoding="utf-8"))
    sentences = [text for found in written["beside"].values() for text in found]
    base = LiveBase(read_settings(os.environ)).current()
    missed = [_one(base, Path(name), sentences) for name in files]
    return int(any(missed))


def _one(base: Base, path: Path, sentences: Sequence[str]) -> bool:
    texts = [each.text for each in read_questions(path) if each.kind in HARMLESS]
    before = {text: _asked(base, text) for text in texts}
    answered = [text for text in texts if before[text].kind == "answer"]
    quiet = [text for text in texts if before[text].kind != "handover"]
    beside = _shares(_counted(base, before, _beside(answered, sentences)), answered)
    turned = sum(_asked(base, each).kind == "handover" for _, each in _beside(quiet, sentences)) / max(len(quiet), 1)
    ways = {
        name: _shares(_counted(base, before, [(text, way(text)) for text in answered]), answered)
        for name, way in WAYS.items()
    }
    rows = [(name, *map(share, found)) for name, found in {"with a harmless sentence": beside, **ways}.items()]
    columns = ("", "same answer", "another answer", "handed over")
    note = f"{len(answered)} of {len(texts)} harmless questions are answered. Of {len(quiet)} that are not handed over"
    print(table(f"Written otherwise: {path.name}", columns, rows, f"{note}, {share(turned)} are with such a sentence."))
    shares = [(BESIDE_KEPT, beside), *((WRITTEN_KEPT, found) for found in ways.values())]
    low = any(same < wanted or another > ANOTHER for wanted, (same, another, _) in shares)
    return low or turned > TURNED


def _beside(texts: Sequence[str], sentences: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each text with one sentence; all have their turn."""
    for number, text in enumerate(texts):
        yield text, placed(text, sentences[number % len(sentences)], number // len(sentences) + number)


def _asked(base: Base, text: str) -> Outcome:
    return outcome_of(ask_once(base, text, Installation.now()).reply)


def _counted(base: Base, before: Mapping[str, Outcome], pairs: Iterable[tuple[str, str]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for text, changed in pairs:
        after = _asked(base, changed)
        found["same" if after.entry == before[text].entry else "another"] += after.kind == "answer"
        found["handed over"] += after.kind == "handover"
    return found


def _shares(found: Counter[str], answered: Sequence[str]) -> tuple[float, float, float]:
    of = max(len(answered), 1)
    return found["same"] / of, found["another"] / of, found["handed over"] / of


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
