"""The answers as a list, and one of them with everything that is known about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence

from bot.answering.dialogue import ask_once
from bot.answering.topics import topic_of
from bot.answering.turns import Base, answered
from bot.concerns.chronology import OF_ANSWERS, Event, EventKind
from bot.concerns.event_words import EVENT_WORDS
from bot.knowledge import Entry
from bot.knowledge.authoring import EntryText, difference
from bot.messages import Reply
from bot.service.authoring.model import (
    AnswerFigures,
    AnswerLine,
    AnswerState,
    AnswerView,
    HistoryLine,
    LostQuestion,
    Nearest,
)
from bot.service.authoring.shelf import Shelf
from bot.service.authoring.waiting import refused
from bot.service.authoring.withholding import TakenOut, taken_out
from bot.service.policy_writing.decisions import decisions
from bot.store import Draft, Gap
from bot.store.desks.drafts import by_kind

SINCE = dt.timedelta(days=90)
_LIKELIEST, _NEAREST = 10, 5
_LOST = 10
NOT_HELPFUL = "not-helpful"
_AFTER_ANOTHER: tuple[EventKind, ...] = ("answer-approved", "answer-withheld")  # an approval ends with them


def lines(
    shelf: Shelf, now: dt.datetime, words: str, asking: str, states: Collection[AnswerState], file: str
) -> tuple[AnswerLine, ...]:
    """The answers that fit; by topic and title, or the likeliest first where a question is asked."""
    open_ = shelf.drafts.all()
    chances = dict(shelf.likeliest(asking)[:_LIKELIEST]) if asking.strip() else None
    wanted = words.casefold().split()
    out = taken_out(shelf)
    found = [
        line_of(shelf, entry, open_, now, out, chances.get(entry.id) if chances is not None else None)
        for entry in shelf.knowledge.entries.values()
        if (chances is None or entry.id in chances) and (not file or entry.file == file) and _holds(entry, wanted)
    ]
    kept = [line for line in found if not states or line.state in states]
    if chances is not None:
        return tuple(sorted(kept, key=lambda line: -(line.chance or 0)))
    return tuple(sorted(kept, key=lambda line: (line.topic, line.title.casefold())))


def similar(shelf: Shelf, text: str) -> tuple[Nearest, ...]:
    """The entries that may answer a text already."""
    entries = shelf.knowledge.entries
    found = [(entries[name], chance) for name, chance in shelf.likeliest(text)[:_NEAREST]]
    return tuple(Nearest(entry.id, entry.title, entry.badge, chance) for entry, chance in found)


def line_of(
    shelf: Shelf, entry: Entry, open_: Sequence[Draft], now: dt.datetime, out: Mapping[str, TakenOut],
    chance: float | None = None,
) -> AnswerLine:  # fmt: skip
    """One line of the list."""
    drafts = tuple(each for each in open_ if each.entry == entry.id)
    return AnswerLine(
        entry=entry.id,
        title=entry.title,
        badge=entry.badge,
        topic=topic_of(entry).title,
        file=entry.file,
        state=_state(shelf, entry, drafts, now, out),
        served=entry.served_in(shelf.knowledge.school.nation),
        approved_by=entry.approved_by,
        approved_role=entry.approved_role,
        approved_on=entry.reviewed,
        review_by=entry.review_by,
        made_up=entry.made_up,
        open_drafts=drafts,
        chance=chance,
        taken_out=out[entry.id].sentence if entry.id in out else "",
    )


def view(shelf: Shelf, who: str, name: str, now: dt.datetime) -> AnswerView:
    """Everything about one entry."""
    written = shelf.written(name)
    entry = shelf.knowledge.entries[written.id]
    live = None if entry.withheld else entry
    before, out = EntryText.of_entry(entry) if live else None, taken_out(shelf)
    if live is None and entry.id in out and out[entry.id].has_words(EntryText.of_entry(written)):
        before = EntryText.of_entry(written)  # not a word of it is new
    return AnswerView(
        line=line_of(shelf, entry, shelf.drafts.all(), now, out),
        live=live,
        written=written,
        reply=shown(shelf.base, entry, now) if entry.served_in(shelf.knowledge.school.nation) else None,
        clauses=tuple(shelf.knowledge.clauses[each] for each in entry.cites if each in shelf.knowledge.clauses),
        unapproved=difference(before, EntryText.of_entry(written)) if written is not entry or live is None else (),
        history=tuple(_history(shelf, entry)),
        figures=_figures(shelf, entry, now),
        may_edit=shelf.edits(who),
        may_approve=not refused(shelf, who, written, None),
    )


def shown(base: Base, entry: Entry, now: dt.datetime) -> Reply:
    """What somebody is shown who asks for this very entry."""
    return answered(base, entry, {}, now, 1.0).reply


def _state(
    shelf: Shelf, entry: Entry, drafts: Sequence[Draft], now: dt.datetime, out: Mapping[str, TakenOut]
) -> AnswerState:
    """The first that holds."""
    if entry.hold:
        return "on-hold"
    if not entry.holds_in(shelf.knowledge.school.nation):
        return "other-nation"
    if entry.withheld:
        return "out-of-use" if entry.id in out else "not-adopted"
    if entry.id in shelf.knowledge.waiting or any(each.state == "sent" for each in drafts):
        return "waiting"
    return "due" if entry.is_due(shelf.day(now)) else "approved"


def _holds(entry: Entry, wanted: Sequence[str]) -> bool:
    text = " ".join((entry.id, entry.title, entry.badge, entry.answer, entry.why, entry.instead)).casefold()
    return all(word in text for word in wanted)


def _history(shelf: Shelf, entry: Entry) -> Iterator[HistoryLine]:
    """The newest first: what the log says, then an approval that the files alone know of, as from the terminal."""
    all_ = shelf.drafts.history()
    events = [each for each in all_ if each.kind in OF_ANSWERS and each.detail.reference == entry.id]
    lines = [_history_line(shelf, event) for event in events]
    lines += [HistoryLine(each.at, each.name, each.change) for each in decisions(shelf.knowledge, all_, entry.id)]
    lines.reverse()
    yield from sorted(lines, key=lambda line: line.at, reverse=True)
    zone = shelf.knowledge.school.opening.zone
    days = {event.at.astimezone(zone).date() for event in events if event.kind == "answer-approved"}
    if entry.approved_by and entry.reviewed and entry.reviewed not in days:
        at = dt.datetime.combine(entry.reviewed, dt.time(), zone)
        yield HistoryLine(at, entry.approved_by, "Answer approved, as the files say")


def _history_line(shelf: Shelf, event: Event) -> HistoryLine:
    draft = shelf.drafts.find(event.detail.notice) if event.kind == "draft-returned" else None
    # A draft that was sent back twice keeps what was said last.
    remark = draft.remark if draft else event.detail.reason
    earlier = event.detail.way if event.kind in _AFTER_ANOTHER else ""
    before = f". Before that it was approved by {earlier}" if earlier else ""
    return HistoryLine(event.at, event.by.name, EVENT_WORDS[event.kind] + before, remark)


def _figures(shelf: Shelf, entry: Entry, now: dt.datetime) -> AnswerFigures:
    since = shelf.day(now) - SINCE
    talk, current = shelf.store.talk(shelf.school), shelf.knowledge.current
    counted = [each for each in talk.tallies(since) if current(each.entry) == entry.id]
    lost = [gap for gap in talk.gaps() if gap.reason == NOT_HELPFUL and gap.entry and current(gap.entry) == entry.id]
    said = [each for each in shelf.drafts.remarked(since) if current(each.entry) == entry.id]
    return AnswerFigures(
        since=since,
        shown=sum(each.answered for each in counted),
        helped=sum(each.helped for each in counted),
        not_helped=sum(each.not_helped for each in counted),
        remarks=by_kind(said),
        remarked=said[-1].day if said else None,
        lost=tuple(_lost(shelf, gap, now) for gap in reversed(lost[-_LOST:])),
    )


def _lost(shelf: Shelf, gap: Gap, now: dt.datetime) -> LostQuestion:
    found = shelf.knowledge.find(ask_once(shelf.base, gap.question, now).reply.entry)
    return LostQuestion(gap.asked_on, gap.question, found.title if found else "")
