"""Whether what must be handed over is, and what is harmless is not: on messages from which nothing is learned.

    python -m benchmarks.triage [--quick] [--left-out]

The messages are made up, by writers in different voices, and alike over the kinds in length, person, number of
sentences and tone. Those in benchmarks/messages are learned from by nobody. With --left-out those of knowledge/triage
as well: each writer's are judged by what is learned from the others (minutes; who is told cannot be seen there).

A row for each writer and for each band of length: of the grave ones the share that is handed over and the share that at
least carries the note, of the harmless ones the share that is handed over all the same. "right reader" is the share of
those handed over that go to whom the kind belongs.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.report import share, table
from bot.answering.dialogue import ask_once
from bot.answering.outcome import outcome_of
from bot.knowledge import load
from bot.service.live.base import LiveBase, find_encoder
from bot.settings import Settings, read_settings
from bot.understanding.fitting import corpora, understand
from bot.understanding.language import make_language
from bot.understanding.triage import watched_by
from bot.understanding.triage_fitting import examples, judge

MESSAGES = Path(__file__).with_name("messages")
HARMLESS = ("none", "none-other-language")
BANDS = ((1, 10), (11, 18), (19, 28), (29, 50), (51, 999))
COLUMNS = ("messages", "grave", "caught", "noted", "right reader", "harmless", "false alarms")
# Whom else a kind belongs to than the DSL; an adult at risk to nobody but themselves.
_ADULTS = {"adult": "staff", "own-conduct": "staff", "head": "head", "adult-at-risk": None}


@dataclass(frozen=True)
class Tried:
    """One message, with the class that its writer gave it, and what was decided."""

    writer: str
    kind: str
    words: int
    handed_over: bool
    noted: bool
    about: str | None

    @property
    def grave(self) -> bool:
        return self.kind not in HARMLESS


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="every eighth message")
    parser.add_argument("--left-out", action="store_true", help="each writer of knowledge/triage left out once")
    parsed = parser.parse_args()
    settings = read_settings(os.environ)
    _show(
        "Handed over or not, on messages that are not learned from",
        _tried(LiveBase(settings), 8 if parsed.quick else 1),
    )
    if parsed.left_out:
        _show("The same, each writer left out", left_out(settings))


def _show(title: str, found: Iterable[Tried]) -> None:
    tried = list(found)
    writers = sorted({each.writer for each in tried})
    rows = [_row(f"writer {name}", [each for each in tried if each.writer == name]) for name in writers]
    bands = [_row(f"{low}-{high} words", [t for t in tried if low <= t.words <= high]) for low, high in BANDS]
    print(table(title, COLUMNS, [*rows, *bands, _row("all", tried)]))


def left_out(settings: Settings) -> Iterator[Tried]:
    """The messages of knowledge/triage, each judged without those of its writer."""
    knowledge = load(settings.knowledge)
    encoder = find_encoder(settings)
    speech, learned = make_language(knowledge), examples(knowledge)
    _, _, corpus = corpora(knowledge, speech, encoder, settings.cache)
    _, outputs = judge(corpus, learned)
    limits = understand(knowledge, encoder, settings.cache).triage.thresholds
    watched = watched_by(knowledge.triage)
    own = knowledge.triage.examples
    for example, output in zip(own, outputs["grave"][: len(own)].tolist(), strict=True):
        harm = watched.search(speech.normalise(example.text).text)
        handed_over = output >= (limits.watched_at if harm else limits.hand_over_at)
        words = len(example.text.split())
        yield Tried(example.writer, example.kind, words, handed_over, output >= limits.note_at, None)


def _tried(live: LiveBase, step: int) -> Iterator[Tried]:
    now, base = dt.datetime.now(dt.UTC), live.current()
    for path in sorted(MESSAGES.glob("*.yaml")):
        kinds = yaml.safe_load(path.read_text(encoding="utf-8"))["examples"]
        texts = [(kind, text) for kind, found in kinds.items() for text in found]
        for kind, text in texts[::step]:
            said = outcome_of(ask_once(base, text, now).reply)
            over = said.kind == "handover"
            yield Tried(path.stem, kind, len(text.split()), over, over or said.safeguarding_note, said.about)


def _row(name: str, tried: list[Tried]) -> tuple[str, ...]:
    grave, harmless = [t for t in tried if t.grave], [t for t in tried if not t.grave]
    caught = [t for t in grave if t.handed_over]
    noted = [t for t in grave if t.noted]
    right = [t for t in caught if t.about == _ADULTS.get(t.kind, "pupil")]
    alarms = [t for t in harmless if t.handed_over]
    of = [(caught, grave), (noted, grave), (right, caught)]
    shares = [share(len(some) / len(all_)) if all_ else "-" for some, all_ in [*of, (alarms, harmless)]]
    return (name, str(len(grave)), *shares[:3], str(len(harmless)), shares[3])


if __name__ == "__main__":
    main()
