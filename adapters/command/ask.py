"""`askfirst ask`: one question, or one JSON object a line; nothing is remembered and nothing is kept."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TextIO

from adapters.console.chat import render
from bot.answering.dialogue import Base, ask_once
from bot.answering.outcome import as_json, outcome_of
from bot.errors import FileError
from bot.service.live.base import LiveBase
from bot.settings import Settings

NOT_JSON = "this line is not a JSON object with the texts 'id' and 'text'"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A question, or a file of them."""
    parser.add_argument("text", nargs="*", help="the question")
    parser.add_argument("--json", metavar="FILE", help='lines of {"id", "text"} from a file, or - for standard input')
    parser.add_argument("--why", action="store_true", help="explain the decision instead of answering")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print what a person would see, or a line of JSON for each line; 1 where one of these was broken. Raises
    FileError."""
    now = dt.datetime.now(dt.UTC)
    if parsed.json:
        return _answer_file(settings, parsed.json, now)
    base, text = LiveBase(settings).current(), " ".join(parsed.text)
    print(why(base, text) if parsed.why else render(ask_once(base, text, now).reply))
    return 0


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


def why(base: Base, text: str) -> str:
    """How the decision came about: normal form, triage, best entries with their parts, thresholds."""
    understanding = base.understanding
    readings = understanding.reader.read_parts(text)
    finding = understanding.triage.sort(readings, understanding.reader.read)
    asked = understanding.matcher.surer(readings[0], finding.rest)
    grounds = understanding.matcher.why(asked)
    limits = understanding.triage.thresholds
    lines = [
        f"read as:      {readings[0].form.text}",
        *([] if asked is readings[0] else [f"  looked up:  {asked.form.text}"]),
        *(f"  corrected:  {was} -> {now}" for was, now in readings[0].form.changes if was != now),
        f"triage:       {finding.urgency or 'no concern'}{f' about {finding.about}' if finding.about else ''}"
        f"{' (note added)' if finding.note else ''}, chance {finding.chance:.2f}; hands over from "
        f"{limits.hand_over_at:.2f} (with a word of harm: {limits.watched_at:.2f}), "
        f"adds the note from {limits.note_at:.2f}",
        *(f"  rests on:   {ground}" for ground in finding.grounds),
        "best entries (confidence; the entry's own chance; the chance of its rule):",
        *(
            f"  {candidate.confidence:.2f}  {candidate.probability:.2f}  {candidate.family:.2f}  {candidate.entry}"
            for candidate in grounds.candidates
        ),
        "evidence for the first:",
        *(f"  {value:8.3f}  {name}" for name, value in grounds.evidence),
        f"answers from {grounds.answer_at:.2f}, offers choices from {grounds.offer_at:.2f}",
        f"decision:     {_decision(base, text)}",
    ]
    return "\n".join(lines)


def _decision(base: Base, text: str) -> str:
    outcome = outcome_of(ask_once(base, text, dt.datetime.now(dt.UTC)).reply)
    entries = outcome.entry or ", ".join(each.entry for each in outcome.choices)
    return " ".join(filter(None, (outcome.kind, entries, outcome.ruling)))
