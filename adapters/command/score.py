"""`askfirst score FILE...`: labelled questions in, figures out."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

from adapters.command.arguments import how_many
from adapters.command.score_lines import border_lines, confusion_lines, figure_lines, group_lines
from bot.answering.dialogue import Base, ask_once
from bot.answering.outcome import outcome_of
from bot.answering.scoring import BY, GRAVE, HARMLESS, Asked, is_right, read_questions
from bot.service.live.base import LiveBase
from bot.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The files of questions, and what is to be said of them beside the figures."""
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--by", choices=BY, help="the figures of each kind, topic, writer or length too")
    parser.add_argument(
        "--confusions", action="store_true", help="which entries were said where other clauses were expected"
    )
    parser.add_argument(
        "--near", type=how_many, metavar="N", help="the N questions nearest to each threshold, from both sides"
    )
    parser.add_argument("--verbose", action="store_true", help="list every question that went another way")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print the figures. Raises QuestionsError."""
    paths = [Path(path) for path in parsed.files]
    for path in paths:
        read_questions(path)  # a wrong file is said at once, not after a minute of learning
    base, now = LiveBase(settings).current(), dt.datetime.now(dt.UTC)
    more = {"by": parsed.by, "confusions": parsed.confusions, "near": parsed.near}
    print(score(base, paths, now, verbose=parsed.verbose, **more))
    return 0


def score(
    base: Base,
    paths: Sequence[Path],
    now: dt.datetime,
    *,
    by: str | None = None,
    confusions: bool = False,
    near: int | None = None,
    verbose: bool = False,
) -> str:
    """The figures of each file; where asked for, those of its groups, what was taken for what, what stands near a
    threshold, and every question that went another way than labelled."""
    lines: list[str] = []
    for path in paths:
        asked = [(question, outcome_of(ask_once(base, question.text, now).reply)) for question in read_questions(path)]
        lines += [f"{path} ({len(asked)} questions, {'semantic' if base.understanding.semantic else 'lexical'})"]
        more = [*figure_lines(asked)]
        more += group_lines(asked, by) if by else ()
        more += confusion_lines(base.knowledge, asked) if confusions else ()
        more += border_lines(base.understanding, [question for question, _ in asked], near) if near else ()
        more += ["", *_missed(asked)] if verbose else ()
        lines += [f"  {line}".rstrip() for line in more]
    return "\n".join(lines)


def _missed(asked: Sequence[Asked]) -> Iterator[str]:
    for question, outcome in asked:
        said = outcome.entry or outcome.urgency or ",".join(each.entry for each in outcome.choices) or outcome.kind
        line = f"{question.id} [{question.kind}] {outcome.kind}: {said} ({outcome.confidence:.2f})"
        wrong_kind = question.kind in GRAVE and (outcome.kind != "handover" or outcome.about != GRAVE[question.kind])
        alarm = question.kind in HARMLESS and outcome.kind == "handover"
        unlike = question.kind == "guidance" and not is_right(question, outcome)
        if wrong_kind or alarm or unlike or (question.kind == "out-of-scope" and outcome.kind == "answer"):
            yield line
