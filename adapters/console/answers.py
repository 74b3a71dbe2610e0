"""The answers workbench in lines: what stands in it, how a draft differs, what is to be said of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from adapters.console.chat import render
from adapters.console.text import moment, wrapped
from bot.answering.remarks import REASONS
from bot.knowledge.authoring import FieldDifference
from bot.service.authoring.model import (
    AnswerFigures,
    AnswerLine,
    AnswerView,
    BaseHealth,
    DraftProblem,
    OpenQuestion,
    Pair,
    Taken,
    TriedDraft,
    Waiting,
)
from bot.store import Draft

_MARKS = {"same": "", "gone": "[-{}-]", "new": "{{+{}+}}"}
_NOTHING_WAITS = "Nothing waits for approval."
_NOTHING_FOUND = "No answer fits that."


def list_lines(found: Sequence[AnswerLine]) -> Iterator[str]:
    """The answers by topic, each with its state."""
    topic = ""
    for line in found:
        if line.topic != topic and line.chance is None:
            topic = line.topic
            yield f"{topic}:"
        chance = f" [{line.chance:.2f}]" if line.chance is not None else ""
        drafts = "; a draft is open" if line.open_drafts else ""
        yield wrapped(f"  {line.entry}: {line.title}{chance} ({line.words.lower()}{_since(line)}{drafts})")
    if not found:
        yield _NOTHING_FOUND


def view_lines(view: AnswerView, zone: ZoneInfo) -> Iterator[str]:
    """One answer with everything about it."""
    yield f"{view.line.entry} in {view.line.file}: {view.line.words.lower()}{_since(view.line)}"
    yield ""
    yield render(view.reply) if view.reply else "Staff are not given this answer: whoever asks is sent to a person."
    if view.unapproved:
        yield "\nThe file has other words, which nobody has approved:"
        yield from difference_lines(view.unapproved)
    yield from ("", *map(wrapped, _figures(view.figures)))
    for each in view.history:
        remark = f": {each.remark}" if each.remark else ""
        yield wrapped(f"{moment(each.at, zone)}: {each.sentence}, {each.by}{remark}")
    for draft in view.line.open_drafts:
        yield wrapped(f"Draft {draft.id} by {draft.author}: {draft.state}")


def difference_lines(found: Iterable[FieldDifference]) -> Iterator[str]:
    """Field by field, what goes in [- -] and what comes in {+ +}."""
    for each in found:
        yield f"{each.label}:"
        said = "".join(_marked(piece.kind, piece.text) for piece in each.pieces)
        yield from (wrapped(f"  {line}") for line in said.splitlines())


def draft_lines(draft: Draft, problems: Sequence[DraftProblem], changed: Sequence[FieldDifference]) -> Iterator[str]:
    """How a draft stands, and what is to be done."""
    yield f"Draft {draft.id} of {draft.entry or 'a new answer'} ({draft.state}, version {draft.version})"
    if draft.remark:
        yield wrapped(f"Sent back: {draft.remark}")
    yield from difference_lines(changed)
    for each in problems:
        yield wrapped(f"{'TO MEND' if each.stops else 'advice'}: {each.sentence}")


def waiting_lines(found: Sequence[Waiting]) -> Iterator[str]:
    """What waits, each with the command that approves it."""
    for each in found:
        by = f"by {each.draft.author}" if each.draft else "words in a file"
        yield wrapped(f"{each.key}: “{each.title}” ({by})")
        yield from difference_lines(each.difference)
        yield from (wrapped(f"  True of your school? {tick}") for tick in each.confirm)
        yield wrapped(f"  {each.refused}." if each.refused else f"  To approve: approve {each.key} {each.digest[:12]}")
    if not found:
        yield _NOTHING_WAITS


def tried_lines(tried: TriedDraft) -> Iterator[str]:
    """What is said now, and what would be."""
    yield from ("Now:", render(tried.now), "", "With the draft:" if tried.after else "How the draft would look:")
    if tried.after is None:
        yield "Whether a question finds it is known once it is learned. That begins when it is sent for approval."
    yield render(tried.after or tried.would_show)


def taken_lines(found: Sequence[Taken]) -> Iterator[str]:
    """What the draft would answer in the place of other answers."""
    yield from (wrapped(f"{each.entry} would lose: {each.phrasing}") for each in found)
    if not found:
        yield "It takes nothing away from other answers."


def health_lines(health: BaseHealth) -> Iterator[str]:
    """What needs care, kind by kind."""
    pairs = (
        ("Sound like another answer", health.stealing),
        ("May be one answer", health.duplicates),
        ("Look contradictory", health.contradicting),
    )
    for title, found in pairs:
        yield from _pair_lines(title, found)
    thin = [f"{line.entry} ({number} ways of asking)" for line, number in health.thin]
    due = [f"{line.entry} (by {line.review_by})" for line in health.due]
    remarked = [f"{line.entry} ({number})" for line, number in health.remarked]
    lost = [f"{each.question} ({each.times})" for each in health.lost]
    lists = (
        ("Thin", thin),
        ("Due for review", due),
        ("Called wrong or out of date", remarked),
        ("Not answered in the last 30 days", lost),
    )
    for title, items in lists:
        yield f"{title}: {len(items)}"
        yield from (wrapped(f"  {item}") for item in items)


def unanswered_lines(found: Sequence[OpenQuestion]) -> Iterator[str]:
    """Questions, what in them must go, and what may answer them already."""
    for each in found:
        yield wrapped(f"{each.question} ({each.times}, last on {each.last})")
        out = ", ".join(f"{each.question[one.start : one.end]} ({one.what})" for one in each.pointed)
        yield from [wrapped(f"  Take out: {out}")] if out else []
        near = [f"{one.entry} [{one.chance:.2f}]" for one in each.nearest[:3]]
        yield from [wrapped(f"  Nearest: {', '.join(near)}")] if near else []
    if not found:
        yield "Every question so far was answered."


def _pair_lines(title: str, found: Sequence[Pair]) -> Iterator[str]:
    yield f"{title}: {len(found)}"
    for each in found:
        yield wrapped(f"  {each.sentence}")
        yield from (wrapped(f"    {text}") for text in each.more)


def _figures(figures: AnswerFigures) -> Iterator[str]:
    judged = f"helped {figures.helped}, not what was asked {figures.not_helped}"
    yield f"Since {figures.since}: shown {figures.shown}, {judged}"
    yield from (f"{REASONS[kind]}: {number}" for kind, number in figures.remarks.items())
    yield from (f"Lost: {each.question} (now: {each.now or 'nothing'})" for each in figures.lost)


def _since(line: AnswerLine) -> str:
    made_up = ", made up" if line.made_up else ""
    return f" by {line.approved_by}, {line.approved_on}{made_up}" if line.approved_by else ""


def _marked(kind: str, text: str) -> str:
    bare = text.strip()
    after = text[len(text.rstrip()) :]
    return _MARKS[kind].format(bare) + after if _MARKS[kind] else text
