"""The figures behind a decision, for whoever works on how AskFirst understands."""

from __future__ import annotations

import datetime as dt

from bot.answering.conversing.asking import clearest
from bot.answering.dialogue import Base, ask_once
from bot.answering.outcome import outcome_of


def why_in_figures(base: Base, text: str, now: dt.datetime) -> str:
    """How the decision came about: normal form, triage, best entries with their parts, thresholds."""
    understanding = base.understanding
    readings = understanding.reader.read_parts(text)
    finding = understanding.triage.sort(readings, understanding.reader.read)
    asked = clearest(understanding, text, understanding.matcher.surer(readings[0], finding.rest))
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
        f"decision:     {_decision(base, text, now)}",
    ]
    return "\n".join(lines)


def _decision(base: Base, text: str, now: dt.datetime) -> str:
    outcome = outcome_of(ask_once(base, text, now).reply)
    entries = outcome.entry or ", ".join(each.entry for each in outcome.choices)
    return " ".join(filter(None, (outcome.kind, entries, outcome.ruling)))
