"""The words in which staff read a concern, said once for the page, the PDF and the table. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from bot.concerns.chronology import (
    OF_ACCOUNTS,
    OF_ANSWERS,
    OF_DOCUMENTS,
    OF_READINESS,
    OF_REQUIRED,
    ON_SCREEN,
    ConcernState,
    Detail,
    Event,
    EventKind,
    Status,
)
from bot.concerns.event_words import EVENT_WORDS
from bot.concerns.model import KnownBy, Pupil, Report, Reporter

NOT_STATED = "Not stated"

KNOWN_BY_WORDS: Mapping[KnownBy, str] = {
    "": "how the name was known was not written down",
    "typed": "name typed on the page, not checked",
    "terminal": "name typed in the terminal, not checked",
    "signed-in": "signed in to the inbox",
    "slack": "Slack account",
    "teams": "Teams account",
    "teams-trial": "Teams without sign-in checks, not checked",
}
STATUS_LABELS: Mapping[Status, str] = {
    "open": "Not acknowledged",
    "acknowledged": "Acknowledged",
    "closed": "Closed",
    "deleted": "Deleted",
}
STATUS_WORDS: Mapping[Status, str] = {
    "open": "Nobody has acknowledged it yet",
    "acknowledged": "Somebody has acknowledged it and is following it up",
    "closed": "It was followed up and closed",
    "deleted": "Its content was deleted for good",
}
WHY_DELETED: frozenset[EventKind] = frozenset({"deletion-asked", "deleted"})
GATEWAY = "the telephone gateway"  # the way of an alert by text message or call, as it stands in the chronology
_WAYS: Mapping[str, str] = {
    "email": "e-mail",
    "slack": "Slack",
    "teams": "Teams",
    "pdf": "PDF",
    "csv": "a table (CSV)",
    "subject-access": "part of an answer to a subject access request",
}


def sentence(event: Event) -> str:
    """An event -> what happened, in one plain sentence without a full stop at its end and without what somebody wrote
    freely: that is in the event's `text` and `reason`."""
    special = _SENTENCES.get(event.kind)
    return special(event.detail) if special else EVENT_WORDS[event.kind]


def remark(event: Event) -> str:
    """What the audit says of a line beside who, when and what: never what a concern holds."""
    detail = event.detail
    match event.kind:
        case "logged" if detail.report:
            return KNOWN_BY_WORDS[detail.report.reporter.known_by]
        case "link-made":
            return ", ".join(part for part in (f"for {detail.reference or 'somebody'}", detail.way) if part)
        case "forgotten":
            return f"of {detail.who or 'somebody'}"
        case "subject-access":
            return f"{detail.text}, with {detail.reference}, {detail.way}"
        case "cover-set" | "cover-ended":
            last = detail.due.isoformat() if detail.due else ""
            return f"{detail.reference} for {detail.who}, {detail.text} to {last}"
        case kind if kind in OF_ANSWERS:
            return detail.reference
        case kind if kind in OF_READINESS:
            return f"review {detail.reference}"
        case kind if kind in (*OF_ACCOUNTS, *OF_REQUIRED):
            return ", ".join(part for part in (detail.reference, detail.text, detail.way) if part)
        case "policy-let-in":
            return f"document {detail.reference}, as {detail.who}, {detail.text}"
        case "policy-taken-in":
            return f"{detail.reference}, document {detail.text}"
        case kind if kind in OF_DOCUMENTS:
            return detail.reference
        case "in-terminal":
            return f"{detail.reference}, {detail.way}"
        case "left-sealed":
            return f"these cannot be opened: {detail.text}"
        case "opened" | "acknowledged" | "exported":
            return detail.way
        case _:
            return ""


def why_deleted(event: Event) -> str:
    """What the audit says of one of the lines in WHY_DELETED once the concern is deleted: whoever gave the reason was
    told that it stays."""
    return f"reason: {event.detail.reason}" if event.detail.reason else ""


def standing(state: ConcernState, zone: ZoneInfo) -> str:
    """How a concern stands now, with who and when as far as that is known."""
    by = f" by {state.holder.name}" if state.holder else ""
    match state.status:
        case "acknowledged" if state.acknowledged_at:
            return f"Acknowledged{by} on {moment(state.acknowledged_at, zone)}"
        case "closed":
            return f"Closed{by}{_looked_at_again(state.review_on)}"
        case "open" if state.passed_to:
            return "Passed on, and not acknowledged since"
        case "open" if state.holder:
            return f"Acknowledged{by}; more was added since, and nobody has acknowledged that yet"
        case _:
            return STATUS_WORDS[state.status]


def urgency(report: Report) -> str:
    """Whether the reporter said that somebody was in danger."""
    return "Immediate: somebody was in danger when it was logged" if report.danger else "Not marked as immediate"


def logged_by(reporter: Reporter) -> str:
    """Who logged it, and how their name was known."""
    return f"{_joined(reporter.name, reporter.role) or NOT_STATED} ({KNOWN_BY_WORDS[reporter.known_by]})"


def about(report: Report) -> str:
    """Whom a report is about, a line for each of them; the headteacher is named as such."""
    pupils = [f"Pupil: {named(pupil)}" for pupil in report.pupils]
    adult = [f"Adult at the school: {_joined(report.adult.name, report.adult.role)}"] if report.adult else []
    return "\n".join([*pupils, *adult, *(["The headteacher"] if report.head else [])]) or NOT_STATED


def named(pupil: Pupil) -> str:
    """A pupil with their year or class, if it was given."""
    return _joined(pupil.name, pupil.group)


def happened(report: Report) -> str:
    """When it happened, as far as the reporter said."""
    return _joined(day(report.happened_on) if report.happened_on else "", report.happened_at) or NOT_STATED


def day(date: dt.date) -> str:
    """A date in full, such as 1 September 2033."""
    return f"{date.day} {date:%B %Y}"


def day_and_time(at: dt.datetime, zone: ZoneInfo, year: bool = False) -> str:
    """A moment by the school's clocks, as it is said: Monday 30 November at 08:00."""
    local = at.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B}{f' {local.year}' if year else ''} at {local:%H:%M}"


def moment(at: dt.datetime, zone: ZoneInfo) -> str:
    """A moment by the school's clocks, such as 23 Nov 2026, 10:04."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M}"


def _logged(detail: Detail) -> str:
    return "Logged as immediate: somebody was in danger" if detail.report and detail.report.danger else "Logged"


def _alert_sent(detail: Detail) -> str:
    if detail.way == ON_SCREEN:
        return f"Alert for {detail.who} printed on the server's screen{_try(detail)}. Nobody was told by it"
    return f"Alert sent to {detail.who}{_by_way(detail)}{_try(detail)}"


def _alert_failed(detail: Detail) -> str:
    return f"Alert to {detail.who}{_by_way(detail)} failed{_try(detail)}"


def _acknowledged(detail: Detail) -> str:
    return f"Acknowledged through {detail.way}" if detail.way else "Acknowledged"


def _action(detail: Detail) -> str:
    return f"Action to take by {day(detail.due)}" if detail.due else "Action to take"


def _referred(detail: Detail) -> str:
    return f"Referred to {detail.who}" + (f", reference {detail.reference}" if detail.reference else "")


def _closed(detail: Detail) -> str:
    return f"Closed{_looked_at_again(detail.due)}"


def _looked_at_again(due: dt.date | None) -> str:
    return f". To be looked at again on {day(due)}" if due else ""


def _together(detail: Detail) -> str:
    return f", with {detail.who}" if detail.who else ""


def _by_way(detail: Detail) -> str:
    way = _WAYS.get(detail.way, detail.way)
    if way == GATEWAY:
        return f" through {way}"
    return f" {'on' if way.startswith('the ') else 'by'} {way}" if way else ""


def _try(detail: Detail) -> str:
    return f" (try {detail.tries})" if detail.tries > 1 else ""


def _joined(first: str, second: str) -> str:
    return ", ".join(part for part in (first, second) if part)


_SENTENCES: Mapping[EventKind, Callable[[Detail], str]] = {
    "logged": _logged,
    "nobody-to-tell": lambda _: "Nobody at the school was left to be told; the reporter was shown whom to ring",
    "alert-sent": _alert_sent,
    "alert-failed": _alert_failed,
    "acknowledged": _acknowledged,
    "opened": lambda detail: f"Read on {_WAYS.get(detail.way, detail.way)}" if detail.way else "Read",
    "not-reached": lambda _: "Nobody could be reached on any way; the alerts are tried again and again",
    "ran-out": lambda _: "Nobody had answered by then, so the alerts began again",
    "action": _action,
    "action-done": lambda detail: f"Action no. {detail.about} was done",
    "action-cancelled": lambda detail: f"Action no. {detail.about} was cancelled",
    "action-kept": lambda detail: f"Action no. {detail.about} stays open after the closing, with its reminder",
    "correction": lambda detail: f"Correction: this supersedes no. {detail.about}",
    "added": lambda _: "More added by the reporter",
    "reassigned": lambda detail: f"Passed on to {detail.who}",
    "referred": _referred,
    "closed": _closed,
    "exported": lambda detail: f"Exported as {_WAYS.get(detail.way, detail.way)}{_together(detail)}",
    "deletion-asked": lambda _: "Asked for it to be deleted",
    "deletion-refused": lambda _: "Refused to delete it; it is kept",
    "deleted": lambda _: "Agreed to delete it; its content is gone for good",
    "link-made": lambda detail: f"Link to the inbox made for {detail.who}",
    "restored": lambda detail: f"Restored from a backup: {detail.text}",
    "left-sealed": lambda detail: f"Could not be opened when the keys were changed, and left as it was: {detail.text}",
    "forgotten": lambda detail: f"Removed the accounts of {detail.who or 'somebody who is not in school.yaml'}",
}
