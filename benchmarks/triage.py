"""Whether what must be handed over is, and what is harmless is not: on messages from which nothing is learned.

    python -m benchmarks.triage [--quick]

The messages are made up, by seven writers in different voices (benchmarks/messages), and alike over the classes in
length, person, number of sentences and tone. A row for each writer and for each band of length: of the grave ones the
share that is handed over and the share that at least carries the note, of the harmless ones the share that is handed
over all the same. "right reader" is the share of those handed over that go to whom the class belongs.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.report import share, table
from bot.answering.dialogue import Base, ask_once
from bot.answering.outcome import Outcome, outcome_of
from bot.service.live import LiveBase
from bot.settings import read_settings

MESSAGES = Path(__file__).with_name("messages")
HARMLESS = ("none", "none-other-language")
BANDS = ((1, 10), (11, 18), (19, 28), (29, 50), (51, 999))
COLUMNS = ("messages", "grave", "caught", "noted", "right reader", "harmless", "false alarms")
_ADULTS = {"staff": "staff", "own-conduct": "staff", "head": "head"}  # every other class belongs to the DSL


@dataclass(frozen=True)
class Tried:
    """One message, with the class that its writer gave it, and what was decided."""

    writer: str
    kind: str
    words: int
    outcome: Outcome

    @property
    def grave(self) -> bool:
        return self.kind not in HARMLESS

    @property
    def handed_over(self) -> bool:
        return self.outcome.kind == "handover"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="every eighth message")
    step = 8 if parser.parse_args().quick else 1
    tried = list(_tried(LiveBase(read_settings(os.environ)).current(), step))
    writers = sorted({each.writer for each in tried})
    rows = [_row(f"writer {name}", [each for each in tried if each.writer == name]) for name in writers]
    bands = [_row(f"{low}-{high} words", [t for t in tried if low <= t.words <= high]) for low, high in BANDS]
    print(
        table("Handed over or not, on messages that are not learned from", COLUMNS, [*rows, *bands, _row("all", tried)])
    )


def _tried(base: Base, step: int) -> Iterable[Tried]:
    now = dt.datetime.now(dt.UTC)
    for path in sorted(MESSAGES.glob("*.yaml")):
        kinds = yaml.safe_load(path.read_text(encoding="utf-8"))["examples"]
        texts = [(kind, text) for kind, found in kinds.items() for text in found]
        for kind, text in texts[::step]:
            yield Tried(path.stem, kind, len(text.split()), outcome_of(ask_once(base, text, now).reply))


def _row(name: str, tried: list[Tried]) -> tuple[str, ...]:
    grave, harmless = [t for t in tried if t.grave], [t for t in tried if not t.grave]
    caught = [t for t in grave if t.handed_over]
    noted = [t for t in grave if t.handed_over or t.outcome.safeguarding_note]
    right = [t for t in caught if t.outcome.about == _ADULTS.get(t.kind, "pupil")]
    alarms = [t for t in harmless if t.handed_over]
    of = [(caught, grave), (noted, grave), (right, caught)]
    shares = [share(len(some) / len(all_)) if all_ else "-" for some, all_ in [*of, (alarms, harmless)]]
    return (name, str(len(grave)), *shares[:3], str(len(harmless)), shares[3])


if __name__ == "__main__":
    main()
