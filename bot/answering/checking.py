"""Faults that only show when the whole base is tried: `askfirst check` beyond what loading finds."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from bot.knowledge import Fault, Knowledge
from bot.knowledge.approvals import FILE as APPROVALS
from bot.knowledge.approvals.standing import approval_notices
from bot.knowledge.entries import notices_of
from bot.knowledge.policies import clause_notices
from bot.understanding import matcher
from bot.understanding.calibration import Trial, calibrate, folds, trials
from bot.understanding.decision import Classes
from bot.understanding.encoder import Encoder
from bot.understanding.fitting import class_labels, corpora, learned_key
from bot.understanding.language import make_language
from bot.understanding.learning import logistic
from bot.understanding.ranker import Corpus

_A_MOMENT = dt.timedelta(days=1)  # somebody's clock may be a little behind


def check(
    knowledge: Knowledge, encoder: Encoder | None, today: dt.date, cache: Path | None = None
) -> tuple[Fault, ...]:
    """Every fault of a base that loads: coverage, twins, impossible dates, entries that lose their own phrasings.

    Only the last of these takes time, a minute or two: what it found is kept in `cache` beside what was learned.
    """
    return tuple(sorted([*check_files(knowledge, today), *_overmatches(knowledge, encoder, cache)]))


def notices(knowledge: Knowledge, today: dt.date) -> tuple[Fault, ...]:
    """What stops nothing and is still to be done: what entries lack, what nobody has approved, and answers that are due
    for review."""
    lacking = [notice for entry in knowledge.entries.values() for notice in notices_of(entry)]
    clauses = clause_notices(knowledge.clauses, knowledge.entries)
    return tuple(sorted([*lacking, *clauses, *approval_notices(knowledge), *past_review(knowledge, today)]))


def check_files(knowledge: Knowledge, today: dt.date) -> tuple[Fault, ...]:
    """The faults that show without learning anything."""
    return tuple(sorted([*_uncovered(knowledge), *_twins(knowledge), *wrong_year(knowledge, today)]))


def _uncovered(knowledge: Knowledge) -> list[Fault]:
    cited = {clause for entry in knowledge.entries.values() for clause in entry.cites}
    return [
        Fault(f"policies/{clause.document.id}.yaml", clause.id, "", "no entry covers this clause",
              "Write an entry that cites it, or mark the clause 'asked: false' if staff would never ask")
        for clause in knowledge.clauses.values()
        if clause.asked and clause.id not in cited
    ]  # fmt: skip


def _twins(knowledge: Knowledge) -> list[Fault]:
    """Phrasings that stand twice: under two entries, or twice under one."""
    places: dict[str, list[str]] = defaultdict(list)
    for entry in knowledge.entries.values():
        for text in entry.texts:
            places[bare(text)].append(entry.id)
    for text in knowledge.outside:
        places[bare(text)].append("outside.yaml")
    return [
        Fault(_file_of(knowledge, owners[0]), owners[0], "phrasings", f"'{text}' stands also under {owners[1]}",
              "Keep it where its answer fits best")
        for text, owners in places.items()
        if len(owners) > 1
    ]  # fmt: skip


def _file_of(knowledge: Knowledge, entry: str) -> str:
    return knowledge.entries[entry].file if entry in knowledge.entries else "outside.yaml"


def bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def wrong_year(knowledge: Knowledge, today: dt.date) -> list[Fault]:
    """Approvals of a day that is still to come, as on this day."""
    return [
        Fault(APPROVALS, entry.id, "on", f"{entry.reviewed} is still to come",
              f"See whether the year is right, and approve it anew: askfirst approve {entry.id}")
        for entry in knowledge.entries.values()
        if entry.reviewed and entry.reviewed > today + _A_MOMENT
    ]  # fmt: skip


def past_review(knowledge: Knowledge, today: dt.date) -> list[Fault]:
    return [
        Fault(entry.file, entry.id, "review_by", f"was due for review on {entry.review_by}",
              f"Read it again and approve it: askfirst approve {entry.id}")
        for entry in knowledge.entries.values()
        if entry.is_due(today)
    ]  # fmt: skip


def _overmatches(knowledge: Knowledge, encoder: Encoder | None, cache: Path | None) -> list[Fault]:
    """Each phrasing is left out and asked against the whole base: if it is then answered, with confidence, by an entry
    that rests on another rule, its own entry has lost it."""
    return [
        Fault(knowledge.entries[owner].file, owner, "phrasings", f"left out, '{text}' is answered by '{thief}'",
              "Move it there, reword it so that it fits only here, or take it out")
        for text, owner, thief in _lost(knowledge, encoder, cache)
    ]  # fmt: skip


def _lost(knowledge: Knowledge, encoder: Encoder | None, cache: Path | None) -> list[list[str]]:
    """[phrasing, entry that owns it, entry that would answer] for each that is lost, from `cache` where it is known."""
    knowledge = knowledge.as_written()
    key = hashlib.sha256(learned_key(knowledge, encoder).encode() + Path(__file__).read_bytes()).hexdigest()[:24]
    kept = cache / f"lost-{key}.json" if cache else None
    with contextlib.suppress(OSError, ValueError):
        if kept and isinstance(found := json.loads(kept.read_text(encoding="utf-8")), list):
            return found
    speech = make_language(knowledge)
    _, corpus, _ = corpora(knowledge, speech, encoder, cache)
    classes = Classes(knowledge.entries, class_labels(knowledge))
    said = matcher.examples(knowledge)
    texts = [each.text for each in said]
    fold_of = folds([each._replace(writer=None) for each in said])
    tried = trials(corpus, classes, fold_of, hold_out_classes=False)
    found = [[texts[row], owner, thief] for row, owner, thief in lost_phrasings(tried, corpus, classes)]
    if kept:
        aside = kept.with_suffix(f".{os.getpid()}")
        aside.write_text(json.dumps(found), encoding="utf-8")
        aside.replace(kept)
    return found


# A left-out phrasing near a border may well be offered as a choice, or answered narrowly: that is how people talk. One
# that another entry answers with this confidence is in the wrong place.
SURE = 0.99


def lost_phrasings(tried: Sequence[Trial], corpus: Corpus, classes: Classes) -> list[tuple[int, str, str]]:
    """(row of the corpus, entry that owns it, entry that would answer) for each phrasing that is lost."""
    calibration = calibrate(tried)
    lost = []
    for trial in tried:
        number = int(corpus.labels[trial.row])
        confidence = float(logistic(trial.evidence, calibration.coefficients))
        if classes.is_entry[number] and not trial.right and confidence >= SURE:
            lost.append((trial.row, classes.labels[number], classes.labels[trial.spoke]))
    return lost
