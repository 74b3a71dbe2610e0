"""`askfirst score FILE...`: labelled questions in, figures out."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.answering.dialogue import Base, ask_once
from bot.answering.outcome import Outcome, outcome_of
from bot.answering.scoring import GRAVE, HARMLESS, Labelled, figures, is_right, read_questions
from bot.service.live.base import LiveBase
from bot.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The files of questions."""
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--verbose", action="store_true", help="list every question that went another way")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print the figures. Raises QuestionsError."""
    paths = [Path(path) for path in parsed.files]
    for path in paths:
        read_questions(path)  # a wrong file is said at once, not after a minute of learning
    print(score(LiveBase(settings).current(), paths, dt.datetime.now(dt.UTC), verbose=parsed.verbose))
    return 0


def score(base: Base, paths: Sequence[Path], now: dt.datetime, *, verbose: bool = False) -> str:
    """The figures of each file, and where asked for every question that went another way than labelled."""
    lines: list[str] = []
    for path in paths:
        asked = [(question, outcome_of(ask_once(base, question.text, now).reply)) for question in read_questions(path)]
        lines += [f"{path} ({len(asked)} questions, {'semantic' if base.understanding.semantic else 'lexical'})"]
        lines += [f"  {figure}" for figure in figures(asked)]
        if verbose:
            lines += [f"  {line}" for line in _missed(asked)]
    return "\n".join(lines)


def _missed(asked: Sequence[tuple[Labelled, Outcome]]) -> Iterator[str]:
    for question, outcome in asked:
        said = outcome.entry or outcome.urgency or ",".join(each.entry for each in outcome.choices) or outcome.kind
        line = f"{question.id} [{question.kind}] {outcome.kind}: {said} ({outcome.confidence:.2f})"
        wrong_kind = question.kind in GRAVE and (outcome.kind != "handover" or outcome.about != GRAVE[question.kind])
        alarm = question.kind in HARMLESS and outcome.kind == "handover"
        unlike = question.kind == "guidance" and not is_right(question, outcome)
        if wrong_kind or alarm or unlike or (question.kind == "out-of-scope" and outcome.kind == "answer"):
            yield line
