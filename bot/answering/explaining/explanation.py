"""Why a message is answered as it is: all that the decision rests on, as data. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.answering.dialogue import ask_once
from bot.answering.explaining.grounds import Ground, ground_of
from bot.answering.explaining.margins import margin_of
from bot.answering.explaining.weighing import Weighed, weighed
from bot.answering.hearing import Heard, hear
from bot.answering.turns import Base
from bot.messages import Message, Reply
from bot.understanding.decision import Decision
from bot.understanding.reading import Reading
from bot.understanding.triage import Finding


@dataclass(frozen=True)
class Explanation:
    """How a message was read, with every correction (typed, read as); what of it was looked up; what triage found, and
    by how much it is past being handed over, or short of it (None: plainly, or by a rule), and what in it weighed most
    where it sounds like a concern and that was learned; the likeliest entries with
    what speaks for each, and from where on the first is answered or offered; the matcher's decision (None where there
    was nothing to look up), and what is said."""

    read_as: str
    corrections: tuple[tuple[str, str], ...]
    looked_up: str
    finding: Finding
    margin: float | None
    weighed: Weighed | None
    likeliest: tuple[Ground, ...]
    answer_at: float
    offer_at: float
    decision: Decision | None
    reply: Reply


def explain(base: Base, text: str, now: dt.datetime) -> Explanation:
    """Everything about one message, asked outside any conversation."""
    understanding = base.understanding
    heard = hear(understanding, Message(text, conversation=""))
    readings = understanding.reader.read_parts(text)
    form = readings[0].form
    limits = understanding.matcher.calibration
    return Explanation(
        read_as=form.text,
        corrections=tuple(dict.fromkeys((was, meant) for was, meant in form.changes if was != meant)),
        looked_up=heard.asked.form.text if heard.asked else "",
        finding=heard.finding,
        margin=margin_of(understanding.triage, readings, understanding.reader.read) if form.words else None,
        weighed=weighed(understanding, text) if _was_learned(heard.finding) and form.words else None,
        likeliest=_likeliest(base, heard.asked) if heard.asked else (),
        answer_at=limits.answer_at,
        offer_at=limits.offer_at,
        decision=_decision(base, heard),
        reply=ask_once(base, text, now).reply,
    )


def _was_learned(finding: Finding) -> bool:
    return bool(finding.urgency or finding.note) and "".join(finding.grounds[:1]).startswith("learned")


def _likeliest(base: Base, asked: Reading) -> tuple[Ground, ...]:
    understanding = base.understanding
    return tuple(
        ground_of(understanding.reader, asked, base.knowledge.entries[each.entry], each)
        for each in understanding.matcher.why(asked).candidates
    )


def _decision(base: Base, heard: Heard) -> Decision | None:
    return base.understanding.matcher.match(heard.asked) if heard.asked else None
