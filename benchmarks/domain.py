"""The shipped knowledge base on labelled questions, beside other rankers over the very same phrasings.

    python -m benchmarks.domain [--quick] [FILE ...]

The first table is `askfirst score`: the whole way of a message, triage included. The second ranks the guidance
questions alone. "right first" is the share whose first entry meets the accepted clauses, whatever the confidence; "in
three" the same for the first three. "answered right", "answered wrong" and "outside answered" are at a threshold that
each method sets for itself by the bot's own promise (few wrong rules, next to nothing from outside), on the base's own
phrasings and its examples from outside by cross-validation in four folds. No labelled question takes part in that.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

import numpy as np

from benchmarks.figures import Answers
from benchmarks.ours import Remembering, installed_encoder
from benchmarks.report import CACHE, ROOT, say, share, table
from benchmarks.rivals import Method, rivals
from bot.answering.dialogue import Base, ask_once
from bot.answering.outcome import outcome_of
from bot.answering.scoring import Labelled, figures, read_questions
from bot.errors import AskFirstError
from bot.knowledge import Entry, Knowledge, load
from bot.settings import read_settings
from bot.understanding.calibration import answer_at
from bot.understanding.fitting import understand

QUESTIONS = ROOT.parent / "shared" / "questions" / "dev.yaml"
FOLDS = 4
COLUMNS = ("method", "right first", "in three", "answered right", "answered wrong", "outside answered")


def main() -> int:
    """Print the tables of every file; 1 where the base or a file cannot be read."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("files", nargs="*", type=Path, default=[QUESTIONS], help="labelled questions")
    parser.add_argument("--quick", action="store_true", help="without thresholds for the other rankers")
    parsed = parser.parse_args()
    try:
        knowledge = load(read_settings(os.environ).knowledge)
        asked = {path.name: read_questions(path) for path in parsed.files}
        encoder = installed_encoder()
        bases = [_base(knowledge, chosen) for chosen in ((None, encoder) if encoder else (None,))]
    except AskFirstError as fault:
        say(str(fault))
        return 1
    phrasings = sum(len(entry.phrasings) for entry in knowledge.entries.values())
    print(f"{len(knowledge.entries)} entries, {phrasings} phrasings, {len(knowledge.outside)} examples from outside.\n")
    methods = _fitted(knowledge, encoder, quick=parsed.quick)
    for name, questions in asked.items():
        print(_scored(name, questions, bases))
        print(_ranked(name, questions, bases, methods))
    return 0


def _base(knowledge: Knowledge, encoder: Remembering | None) -> Base:
    say(f"  fitting the base, {'semantic' if encoder else 'lexical'}")
    return Base(knowledge, understand(knowledge, encoder, CACHE / "cache"))


def _scored(name: str, questions: Sequence[Labelled], bases: Sequence[Base]) -> str:
    """The figures of `askfirst score`, side by side."""
    now = dt.datetime.now(dt.UTC)
    columns = [figures([(q, outcome_of(ask_once(base, q.text, now).reply)) for q in questions]) for base in bases]
    rows = [
        (figure.name, f"{figure.of}", *(share(same[row].value) for same in columns))
        for row, figure in enumerate(columns[0])
    ]
    kinds = ["semantic" if base.understanding.semantic else "lexical" for base in bases]
    return table(f"{name}: the figures of askfirst score", ("figure", "of", *kinds), rows)


def _ranked(
    name: str, questions: Sequence[Labelled], bases: Sequence[Base], methods: Sequence[tuple[Method, float | None]]
) -> str:
    guidance = [question for question in questions if question.kind == "guidance"]
    outside = [question for question in questions if question.kind == "out-of-scope"]
    entries = bases[0].knowledge.entries
    rows = []
    for method, threshold in methods:
        answers, foreign = (method.answer([q.text for q in chosen]) for chosen in (guidance, outside))
        rows.append((method.name, *_shares(entries, guidance, answers, foreign, threshold)))
    for base in bases:
        answers, foreign = (_matched(base, [q.text for q in chosen]) for chosen in (guidance, outside))
        threshold = base.understanding.matcher.calibration.answer_at
        title = f"AskFirst {'semantic' if base.understanding.semantic else 'lexical'}, without triage"
        rows.append((title, *_shares(entries, guidance, answers, foreign, threshold)))
    counted = f"{len(guidance)} guidance questions, {len(outside)} from outside."
    return table(f"{name}: rankers over the same phrasings", COLUMNS, rows, counted)


def _shares(
    entries: Mapping[str, Entry],
    questions: Sequence[Labelled],
    answers: Answers,
    foreign: Answers,
    threshold: float | None,
) -> tuple[str, ...]:
    met = [
        [_meets(question, entries[entry]) for entry in ranked]
        for question, ranked in zip(questions, answers.ranked, strict=True)
    ]
    first, any_of_three = np.array([row[0] for row in met]), np.array([any(row) for row in met])
    if threshold is None:
        return share(first.mean()), share(any_of_three.mean()), *["-"] * 3
    answered = answers.confidence >= threshold
    values = (first, any_of_three, first & answered, ~first & answered, foreign.confidence >= threshold)
    return tuple(share(float(value.mean()) if len(value) else None) for value in values)


def _meets(question: Labelled, entry: Entry) -> bool:
    return bool(question.clauses & entry.first_cites)


def _matched(base: Base, texts: Sequence[str]) -> Answers:
    """The bot's matcher alone, on texts read as in the bot."""
    reader, matcher = base.understanding.reader, base.understanding.matcher
    found = [matcher.why(reader.read(text)).candidates for text in texts]
    ranked = tuple(tuple(candidate.entry for candidate in candidates) for candidates in found)
    return Answers(ranked, np.array([candidates[0].confidence for candidates in found], dtype=np.float64))


def _fitted(knowledge: Knowledge, encoder: Remembering | None, *, quick: bool) -> list[tuple[Method, float | None]]:
    """Every rival, learned from all phrasings, with the threshold it has set for itself (None if left out)."""
    texts, labels = _phrasings(knowledge)
    fitted: list[tuple[Method, float | None]] = []
    for method in rivals(encoder):
        say(f"  {method.name}")
        threshold = None if quick else _threshold(method, knowledge)
        method.learn(texts, labels)
        fitted.append((method, threshold))
    return fitted


def _threshold(method: Method, knowledge: Knowledge) -> float:
    """The bot's own rule for when to answer, on phrasings that the method has not learned from."""
    texts, labels = _phrasings(knowledge)
    fold_of = np.random.default_rng(7).integers(0, FOLDS, size=len(texts))
    confidence, right = [], []
    for fold in range(FOLDS):
        left, rest = np.flatnonzero(fold_of == fold), np.flatnonzero(fold_of != fold)
        method.learn([texts[row] for row in rest], [labels[row] for row in rest])
        answers = method.answer([texts[row] for row in left])
        confidence.append(answers.confidence)
        right += [_agree(knowledge, ranked[0], labels[row]) for ranked, row in zip(answers.ranked, left, strict=True)]
    outside = method.answer([each.text for each in knowledge.outside]).confidence  # learned from by none of the folds
    foreign = np.repeat([False, True], [len(texts), len(outside)])
    together = np.concatenate([*confidence, outside]).astype(np.float32)
    return answer_at(together, np.array(right + [False] * len(outside)), foreign, foreign)


def _agree(knowledge: Knowledge, one: str, other: str) -> bool:
    return bool(knowledge.entries[one].first_cites & knowledge.entries[other].first_cites)


def _phrasings(knowledge: Knowledge) -> tuple[list[str], list[str]]:
    pairs = [(text, entry.id) for entry in knowledge.entries.values() for text in entry.texts]
    return [text for text, _ in pairs], [label for _, label in pairs]


if __name__ == "__main__":
    sys.exit(main())
