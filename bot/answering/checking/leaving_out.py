"""Every text of a base, asked of the base without it: what finds its own entry, and what another entry takes.

A text is left out with a fifth of the others, or with everything that its writer wrote: so a stranger is understood,
who wrote none of it. That takes a learning of the whole base five times over for the first, and four times for the
second, minutes; what was found is kept in the cache beside what was learned.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.answering.checking.files import check_files
from bot.knowledge import Entry, Fault, Knowledge
from bot.understanding import matcher
from bot.understanding.calibration import Trial, calibrate, folds, trials
from bot.understanding.decision import OUTSIDE, Calibration, Classes
from bot.understanding.encoder import Encoder
from bot.understanding.fitting import class_labels, corpora, learned_key, understand
from bot.understanding.language import make_language
from bot.understanding.learning import logistic
from bot.understanding.matcher import Said

OWN_FOLDS = 5
# A left-out phrasing near a border may well be offered as a choice, or answered narrowly: that is how people talk. One
# that another entry answers with this confidence is in the wrong place.
SURE = 0.99


@dataclass(frozen=True)
class LeftOut:
    """Of the phrasings and opposites: the share that its own entry comes first for, and that an entry with its rule
    does. Of the messages from outside: the share that is answered. `lost` are (phrasing, opposite or title; its entry;
    the entry that answers it with confidence). Whether a message from outside is answered is judged by the calibration
    that is served: one that is fitted to these very trials would keep its promise by construction."""

    entry: float
    rule: float
    outside_answered: float
    lost: tuple[tuple[str, str, str], ...]


def check(
    knowledge: Knowledge,
    encoder: Encoder | None,
    today: dt.date,
    cache: Path | None = None,
    shipped: Path | None = None,
) -> tuple[Fault, ...]:
    """Every fault of a base that loads: coverage, twins, impossible dates, entries that lose their own phrasings.

    Only the last of these takes time, minutes: what it found is kept in `cache` beside what was learned.
    """
    return tuple(
        sorted([*check_files(knowledge, today), *_overmatches(knowledge, left_out(knowledge, encoder, cache, shipped))])
    )


def left_out(knowledge: Knowledge, encoder: Encoder | None, cache: Path | None, shipped: Path | None = None) -> LeftOut:
    """A fifth of the texts left out at a time."""
    return _kept("own", knowledge, encoder, cache, shipped)


def strangers(
    knowledge: Knowledge, encoder: Encoder | None, cache: Path | None, shipped: Path | None = None
) -> LeftOut:
    """Everything that some of the writers wrote left out at a time. An approximation: a class of which one writer wrote
    most is spread text by text (`calibration.folds`), so that others of the same hand have been learned from."""
    return _kept("stranger", knowledge, encoder, cache, shipped)


def _overmatches(knowledge: Knowledge, found: LeftOut) -> list[Fault]:
    """Each text of an entry was left out and asked against the whole base: if it was then answered, with confidence, by
    an entry that rests on another rule, its own entry has lost it."""
    return [_lost(knowledge.entries[owner], text, thief) for text, owner, thief in found.lost]


def _lost(entry: Entry, text: str, thief: str) -> Fault:
    problem = f"left out, '{text}' is answered by '{thief}'"
    if text == entry.title:
        return Fault(entry.file, entry.id, "title", problem, "Reword it so that it fits only here")
    remedy = "Move it there, reword it so that it fits only here, or take it out"
    return Fault(entry.file, entry.id, "phrasings", problem, remedy)


def _kept(
    name: str, knowledge: Knowledge, encoder: Encoder | None, cache: Path | None, shipped: Path | None
) -> LeftOut:
    """What was found, from `cache` where it is known."""
    knowledge = knowledge.as_written()
    key = hashlib.sha256(learned_key(knowledge, encoder).encode() + Path(__file__).read_bytes()).hexdigest()[:24]
    kept = cache / f"{name}-{key}.json" if cache else None
    with contextlib.suppress(OSError, ValueError, TypeError):
        if kept:
            known = json.loads(kept.read_text(encoding="utf-8"))
            return LeftOut(**{**known, "lost": tuple(tuple(each) for each in known["lost"])})
    found = _try_all(name, knowledge, encoder, cache, shipped)
    if kept:
        _keep(kept, found)
    return found


def _keep(kept: Path, found: LeftOut) -> None:
    """What took minutes is told whether or not it can be kept."""
    with contextlib.suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        aside = kept.with_suffix(f".{os.getpid()}")
        aside.write_text(json.dumps(asdict(found)), encoding="utf-8")
        aside.replace(kept)


def _try_all(
    name: str, knowledge: Knowledge, encoder: Encoder | None, cache: Path | None, shipped: Path | None
) -> LeftOut:
    _, corpus, _ = corpora(knowledge, make_language(knowledge), encoder, cache, shipped)
    classes = Classes(knowledge.entries, class_labels(knowledge))
    said = matcher.examples(knowledge)
    alone = [each._replace(writer=None) for each in said]
    fold_of = folds(said) if name == "stranger" else folds(alone, OWN_FOLDS)
    tried = trials(corpus, classes, fold_of, hold_out_classes=False).trials
    served = understand(knowledge, encoder, cache, shipped).matcher.calibration
    return _counted(knowledge, said, tried, classes, served)


def _counted(
    knowledge: Knowledge, said: Sequence[Said], tried: Sequence[Trial], classes: Classes, served: Calibration
) -> LeftOut:
    own = {(text, entry.id) for entry in knowledge.entries.values() for text in entry.texts}
    titles = {(entry.title, entry.id) for entry in knowledge.entries.values()}
    theirs = own | titles
    coefficients = calibrate(tried).coefficients
    named = [(said[each.row].text, said[each.row].label, classes.labels[each.spoke], each) for each in tried]
    asked = [(label == spoke, each.right) for text, label, spoke, each in named if (text, label) in own]
    outside = [each for _, label, _, each in named if label.startswith(OUTSIDE)]
    answered = [each for each in outside if logistic(each.evidence, served.coefficients) >= served.answer_at]
    return LeftOut(
        sum(own_entry for own_entry, _ in asked) / max(len(asked), 1),
        sum(own_rule for _, own_rule in asked) / max(len(asked), 1),
        len(answered) / max(len(outside), 1),
        tuple(
            (text, label, spoke)
            for text, label, spoke, each in named
            if (text, label) in theirs and not each.right and logistic(each.evidence, coefficients) >= SURE
        ),
    )
