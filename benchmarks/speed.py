"""What a question costs, how long a start takes, and how much memory is held.

    python -m benchmarks.speed [--quick] [--data FOLDER] [--questions FILE]

One question is the whole way of a message: reading it, spelling correction included, triage, matching, wording. It
runs on one core with one thread, in a base of 3,000 phrasings (entries of the shipped base) and in one of 30,000
(benchmarks.bases). The questions are labelled ones that no base has learned from, as they were typed and once more
with one slip of a finger in each, and questions about something else altogether (CLINC150). Half of them are asked for
the first time, so that no spelling is remembered; the other half a second time. Of some rounds the quietest counts;
"processor" is the processor's own time in that round, which other work on the machine hardly touches.

Starts and memory are those of `askfirst` as a whole process on the shipped base, once the base has been fitted.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

from benchmarks import processes
from benchmarks.bases import fitted, fresh, large, small
from benchmarks.data import DataError, clinc, data_folder
from benchmarks.domain import QUESTIONS
from benchmarks.report import against, child_environment, quantiles, say, table
from benchmarks.server import ProcessError
from bot.answering.dialogue import Base, ask_once
from bot.answering.scoring import HARMLESS, read_questions
from bot.errors import AskFirstError
from bot.knowledge import load
from bot.settings import read_settings
from bot.understanding.encoder import find_model, load_encoder
from bot.understanding.language import stem

SIZES = (3_000, 30_000)
KINDS = ("as typed", "with a slip", "about something else")
ROUNDS = 3
P99_TARGET = 2.0  # ms, without the sentence model, at the first of SIZES
START_TARGETS = {False: 1.0, True: 2.0}  # seconds, by whether the sentence model is in use
SERVE_TARGETS = {False: 150.0, True: 400.0}  # MB
COLUMNS = (
    "phrasings",
    "entries",
    "questions",
    "p50, ms",
    "p99, ms",
    "first time p99, ms",
    "processor p50, ms",
    "processor p99, ms",
)


def main() -> int:
    """Print the tables; 1 where something could not be measured. A missed target is printed as missed."""
    parsed = _arguments()
    if parsed.worker:
        return _worker(parsed)
    try:
        for semantic in (False, True) if find_model(None) else (False,):
            print(_questions(parsed, semantic))
        print(_processes(parsed))
    except subprocess.CalledProcessError as fault:
        say(f"a process that was to be measured ended with {fault.returncode}")
        return 1
    except (ProcessError, AskFirstError, DataError) as fault:
        say(str(fault))
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds and starts")
    parser.add_argument("--data", metavar="FOLDER", help="where clinc150/ and banking77/ lie")
    parser.add_argument("--questions", metavar="FILE", type=Path, default=QUESTIONS, help="labelled questions")
    parser.add_argument("--worker", nargs=2, metavar=("SIZE", "MODEL"), help=argparse.SUPPRESS)
    return parser.parse_args()


def _questions(parsed: argparse.Namespace, semantic: bool) -> str:
    """The table of one question's cost, with how it grows from the smaller base to the larger."""
    measured = [_measured(parsed, size, semantic) for size in SIZES]
    rows = [
        (str(base["phrasings"]), str(base["entries"]), kind, *(f"{value:.2f}" for value in base["times"][kind]))
        for base in measured
        for kind in (*KINDS, "school, both")
    ]
    small_base, large_base = (base["times"]["school, both"] for base in measured)
    larger = measured[1]["phrasings"] / measured[0]["phrasings"]
    growth = f"Growth for {larger:.1f} times the phrasings: p50 {large_base[0] / small_base[0]:.1f} times, p99 "
    growth += against(large_base[1] / small_base[1], larger, "times") + "."
    clock, processor = (against(small_base[column], P99_TARGET, "ms") for column in (1, 4))
    target = f"p99 at {SIZES[0]}: {clock}; of the processor's time {processor}."
    notes = [growth] if semantic else [target, growth]
    return table(f"One question on one core, {_mode(semantic)}", COLUMNS, rows, *notes)


def _measured(parsed: argparse.Namespace, size: int, semantic: bool) -> Any:
    say(f"  {_mode(semantic)}, {size} phrasings")
    command = [sys.executable, "-m", "benchmarks.speed", "--worker", str(size), _mode(semantic)]
    command += ["--questions", str(parsed.questions), *(["--data", parsed.data] if parsed.data else [])]
    core = {min(os.sched_getaffinity(0))}
    done = subprocess.run(
        [*command, *(["--quick"] if parsed.quick else [])],
        env=child_environment(1),
        preexec_fn=lambda: os.sched_setaffinity(0, core),
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)


def _processes(parsed: argparse.Namespace) -> str:
    """The table of starts and memory."""
    questions = _school(parsed.questions)[:50]
    rows = []
    for semantic in (False, True) if find_model(None) else (False,):
        say(f"  starts and memory, {_mode(semantic)}")
        taken = processes.starts(semantic, 3 if parsed.quick else 9)
        serving = processes.memory_of_serve(semantic, questions)
        rows.append((
            _mode(semantic),
            against(statistics.median(taken), START_TARGETS[semantic], "s"),
            f"{min(taken):.2f} s",
            f"{processes.peak_of_ask(semantic):.0f} MB",
            against(serving, SERVE_TARGETS[semantic], "MB"),
        ))  # fmt: skip
    columns = (
        "",
        "askfirst ask, median",
        "askfirst ask, quickest",
        "askfirst ask, most memory",
        f"askfirst serve after {len(questions)} questions",
    )
    return table("Starts and memory", columns, rows)


def _worker(parsed: argparse.Namespace) -> int:
    """Build one base, ask it, print what was measured."""
    size, semantic = int(parsed.worker[0]), parsed.worker[1] == _mode(True)
    model = find_model(None) if semantic else None
    knowledge = load(read_settings(os.environ).knowledge)
    folder = data_folder(parsed.data)
    chosen = small(knowledge, size) if size == SIZES[0] else large(knowledge, folder, size)
    base, featuriser = fitted(chosen, load_encoder(model) if model else None)
    questions = _of_kinds(parsed.questions, folder)
    rounds = [_round(fresh(base, featuriser), questions) for _ in range(1 if parsed.quick else ROUNDS)]
    quietest = min(rounds, key=lambda times: sum(time[0] for time in times))
    phrasings = sum(len(entry.phrasings) for entry in chosen.entries.values())
    print(
        json.dumps({"phrasings": phrasings, "entries": len(chosen.entries), "times": _summed_up(questions, quietest)})
    )
    return 0


def _of_kinds(path: Path, folder: Path) -> list[tuple[str, str]]:
    """(kind, question) in mixed order."""
    rng = random.Random(9)
    school = _school(path)
    strange = rng.sample(clinc(folder).asked, len(school))
    questions = [(KINDS[0], text) for text in school] + [(KINDS[1], _slipped(text, rng)) for text in school]
    questions += [(KINDS[2], text) for text in strange]
    return rng.sample(questions, len(questions))


def _school(path: Path) -> list[str]:
    return [question.text for question in read_questions(path) if question.kind in HARMLESS]


def _slipped(text: str, rng: random.Random) -> str:
    """One word of four letters or more with two letters swapped, one left out, or one twice."""
    words = text.split(" ")
    long = [place for place, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    if not long:
        return text
    place = rng.choice(long)
    word, at = words[place], rng.randrange(1, len(words[place]) - 1)
    slips = (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
    )
    return " ".join([*words[:place], rng.choice(slips), *words[place + 1 :]])


def _round(base: Base, questions: Sequence[tuple[str, str]]) -> list[tuple[float, float]]:
    """Seconds for each question, by the clock and of the processor; every second question was asked before."""
    now = dt.datetime.now(dt.UTC)
    stem.cache_clear()
    for _, text in questions[::2]:
        ask_once(base, text, now)
    times = []
    for _, text in questions:
        start, used = time.perf_counter(), time.process_time()
        ask_once(base, text, now)
        times.append((time.perf_counter() - start, time.process_time() - used))
    return times


def _summed_up(questions: Sequence[tuple[str, str]], times: Sequence[tuple[float, float]]) -> Mapping[str, list[float]]:
    """For each kind: median and 99th percentile by the clock, the latter of those asked for the first time, and both
    of the processor's time; in milliseconds."""
    groups = {kind: (kind,) for kind in KINDS} | {"school, both": KINDS[:2]}
    summary = {}
    for name, kinds in groups.items():
        rows = [row for row, (kind, _) in enumerate(questions) if kind in kinds]
        clock = quantiles([times[row][0] for row in rows])
        first = quantiles([times[row][0] for row in rows if row % 2])
        summary[name] = [*clock, first[1], *quantiles([times[row][1] for row in rows])]
    return summary


def _mode(semantic: bool) -> str:
    return "semantic" if semantic else "lexical"


if __name__ == "__main__":
    sys.exit(main())
