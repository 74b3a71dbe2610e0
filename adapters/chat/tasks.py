"""Working on a concern from a chat, by whoever may read it: what both chats say and show. What can be done is data of
the core. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from bot.concerns import ConcernState, Record
from bot.concerns.words import about, logged_by, moment, sentence
from bot.knowledge import School
from bot.service.casework import Ability, RefusedError
from bot.store import StoreError, UnknownConcernError

# What a chat can do beside asking and showing: it makes no files, and nobody signs in to it.
CHAT: frozenset[Ability] = frozenset()
NOT_SAVED = "This was NOT saved. Press Save again in a moment; nothing you wrote is lost."
PERHAPS_SAVED = "We cannot say that it was saved. Open the concern and look before you press Save again."
NOT_DONE = "That did not work: the concern log cannot be reached just now. Press it again in a minute."

NOT_SHOWN = "This could not be shown just now. Press it again in a minute, or use the inbox on the page."


def _as_sentence(fault: Exception) -> str:
    words = str(fault)
    return f"{words[:1].upper()}{words[1:]}."


NOT_YOURS = _as_sentence(UnknownConcernError())


def sentence_of(fault: Exception, chat: str) -> str:
    """What is shown of a fault. Whoever may not read a concern is not told whether it exists."""
    if isinstance(fault, UnknownConcernError | RefusedError):
        return _as_sentence(fault)
    if isinstance(fault, StoreError | TimeoutError):
        return NOT_DONE
    return f"{chat} does not say who you are just now. Press it again in a minute, or use the inbox on the page."


def unsaved(fault: Exception) -> str:
    """What whoever pressed Save is told. Too slow is not certain: pressed again it might be done twice."""
    return PERHAPS_SAVED if isinstance(fault, TimeoutError) else NOT_SAVED


def who_has(school: School, state: ConcernState) -> str:
    """Who has taken a concern on, in the place of the buttons of its alert."""
    if state.holder is None:
        return "It has been closed."
    at = state.acknowledged_at
    local = at.astimezone(school.opening.zone) if at else None
    when = f" at {local:%H:%M} on {local.day} {local:%B}" if local else ""
    closed = " It has been closed since." if state.status == "closed" else ""
    return f"{state.holder.name} acknowledged it{when}.{closed}"


def facts_of(record: Record) -> dict[str, str]:
    """The report, by the labels under which it is read; what was left empty is left out."""
    report = record.report
    day = f"{report.happened_on:%d %b %Y}" if report.happened_on else ""
    shown = {
        "About": about(report),
        "Seen or heard": report.seen,
        "The child’s own words": report.words,
        "When it happened": f"{day} {report.happened_at}".strip(),
        "Where": report.where,
        "Who was there": report.present,
        "Done already": report.done,
        "Category": ", ".join(report.categories),
        "Link": report.link,
        "Logged by": logged_by(report.reporter),
    }
    return {label: text for label, text in shown.items() if text}


def since(record: Record, zone: ZoneInfo) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The chronology: each line, and the texts that belong to it."""
    for event in record.events:
        texts = () if event.kind == "logged" else (event.detail.text, event.detail.reason)
        line = f"{event.number}. {moment(event.at, zone)}, {event.by.name}: {sentence(event)}"
        yield line, tuple(text for text in texts if text)
