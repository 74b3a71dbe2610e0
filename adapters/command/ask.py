"""`askfirst ask`: one question, or one JSON object a line; nothing is remembered and nothing is kept."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TextIO

from adapters.command.why_figures import why_in_figures
from adapters.command.why_lines import why_in_words
from adapters.console.chat import render
from bot.answering.dialogue import Base, ask_once
from bot.answering.outcome import as_json, outcome_of
from bot.errors import AskFirstError, FileError
from bot.service.live.base import LiveBase
from bot.settings import Settings

NOT_JSON = "this line is not a JSON object with the texts 'id' and 'text'"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A question, or a file of them."""
    parser.add_argument("text", nargs="*", help="the question")
    parser.add_argument("--json", metavar="FILE", help='lines of {"id", "text"} from a file, or - for standard input')
    parser.add_argument("--why", action="store_true", help="explain the decision instead of answering")
    parser.add_argument(
        "--figures", action="store_true", help="with --why: the figures behind it, for whoever works on it"
    )


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print what a person would see, or a line of JSON for each line; 1 where one of these was broken. Raises
    FileError, and AskFirstError where the options do not go together."""
    _check_together(parsed)
    now = dt.datetime.now(dt.UTC)
    if parsed.json:
        return _answer_file(settings, parsed.json, now)
    base, text = LiveBase(settings).current(), " ".join(parsed.text)
    print(_shown(base, text, now, why=parsed.why, figures=parsed.figures))
    return 0


def _check_together(parsed: argparse.Namespace) -> None:
    if parsed.figures and not parsed.why:
        raise AskFirstError("--figures says more of --why. Give both: askfirst ask --why --figures TEXT")
    if parsed.json and (parsed.why or parsed.text):
        raise AskFirstError("--json answers the lines of a file. Leave out --why and the text, or --json")


def _shown(base: Base, text: str, now: dt.datetime, *, why: bool, figures: bool) -> str:
    if not why:
        return render(ask_once(base, text, now).reply)
    return why_in_figures(base, text, now) if figures else why_in_words(base, text, now)


def _answer_file(settings: Settings, name: str, now: dt.datetime) -> int:
    broken = 0
    with _opened(name) as lines:  # first: a wrong name is said at once
        for answer in answer_lines(LiveBase(settings).current(), lines, now):
            broken += "error" in answer
            print(json.dumps(answer, ensure_ascii=False), flush=True)
    return 1 if broken else 0


def _opened(name: str) -> TextIO:
    """The file, or standard input for "-". Bytes that are no text become replacement marks: one bad line must not cost
    the rest."""
    source: int | str = sys.stdin.fileno() if name == "-" else name
    try:
        return open(source, encoding="utf-8", errors="replace", closefd=name != "-")
    except OSError as fault:
        raise FileError(fault, name) from fault


def answer_lines(base: Base, lines: Iterable[str], now: dt.datetime) -> Iterator[Mapping[str, object]]:
    """One JSON object out for each line in, in order. A broken line gives an error object and the rest is answered."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _answer_line(base, number, line, now)


def _answer_line(base: Base, number: int, line: str, now: dt.datetime) -> Mapping[str, object]:
    try:
        item: Any = json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None, "line": number, "error": NOT_JSON}
    if not isinstance(item, dict) or not isinstance(item.get("text"), str):
        return {"id": item.get("id") if isinstance(item, dict) else None, "line": number, "error": NOT_JSON}
    return as_json(item.get("id"), outcome_of(ask_once(base, item["text"], now).reply))
