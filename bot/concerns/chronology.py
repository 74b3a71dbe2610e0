"""What happened to a concern, line by line. Nothing is edited: a correction is a line of its own (practice-11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from bot.concerns.model import Report, Reporter, Terms

EventKind = Literal[
    "logged",
    "nobody-to-tell",
    "alert-sent",
    "alert-failed",
    "ran-out",
    "acknowledged",
    "opened",
    "note",
    "action",
    "action-done",
    "decision",
    "correction",
    "added",
    "reassigned",
    "referred",
    "linked",
    "closed",
    "reopened",
    "exported",
    "deletion-asked",
    "deletion-refused",
    "deleted",
    "link-made",
    "signed-in",
    "forgotten",
    "not-reached",
    "action-cancelled",
    "action-kept",
    "arranged",
    "in-terminal",
    "begun",
    "restored",
    "left-sealed",
    "subject-access",
    "cover-set",
    "cover-ended",
    "draft-sent",
    "draft-withdrawn",
    "draft-returned",
    "draft-dropped",
    "answer-approved",
    "answer-published",
    "answer-withheld",
    "answer-doubted",
    "policy-let-in",
    "policy-taken-in",
    "policy-answered",
    "clauses-approved",
    "edition-issued",
    "readiness-begun",
    "readiness-judged",
    "readiness-closed",
    "readiness-done",
    "readiness-printed",
    "account-asked",
    "account-read",
    "account-decided",
    "account-changed",
    "account-exported",
    "staff-listed",
    "required-set",
    "required-ended",
    "required-done",
    "required-seen",
    "required-reminded",
    "required-forgotten",
]
KINDS: tuple[EventKind, ...] = get_args(EventKind)
# Lines of the log that the proof rests on and nobody reads in a chronology.
BEHIND: frozenset[EventKind] = frozenset({"arranged"})
# What is done with answers: it belongs to no concern.
OF_ANSWERS: tuple[EventKind, ...] = (
    "draft-sent", "draft-withdrawn", "draft-returned", "draft-dropped", "answer-approved", "answer-published",
    "answer-withheld", "answer-doubted",
)  # fmt: skip
# What is done with the school's own policy: neither does that.
OF_DOCUMENTS: tuple[EventKind, ...] = ("policy-answered", "clauses-approved", "edition-issued")
# What is done with the school's review of itself: it belongs to no concern either.
OF_READINESS: tuple[EventKind, ...] = (
    "readiness-begun", "readiness-judged", "readiness-closed", "readiness-done", "readiness-printed",
)  # fmt: skip
# What is done with accounts of the school in the register: it belongs to no concern either.
OF_ACCOUNTS: tuple[EventKind, ...] = (
    "account-asked", "account-read", "account-decided", "account-changed", "account-exported",
)  # fmt: skip
# What is done about what staff must read: it belongs to no concern.
OF_REQUIRED: tuple[EventKind, ...] = (
    "staff-listed", "required-set", "required-ended", "required-done", "required-seen", "required-reminded",
    "required-forgotten",
)  # fmt: skip
# What shows that somebody who acknowledged is doing something about it.
_DOING: frozenset[EventKind] = frozenset(
    {"note", "action", "action-done", "action-cancelled", "decision", "correction", "reassigned", "referred", "closed"}
)

ON_SCREEN = "the terminal"  # the way of an alert that was printed and not sent: nobody was told by it

Status = Literal["open", "acknowledged", "closed", "deleted"]


@dataclass(frozen=True)
class Actor:
    """Who did it, as they were then: `person` is their id in school.yaml, empty for the reporter and for AskFirst."""

    person: str
    name: str


ASKFIRST = Actor("", "AskFirst")


def reported_by(reporter: Reporter) -> Actor:
    """Whoever logged it, as it stands in a line: with the id of somebody of school.yaml only where that was checked."""
    return Actor(reporter.checked or "", reporter.name)


@dataclass(frozen=True)
class Detail:
    """What an event says. Which fields are set follows from its kind:

    logged: `report`; alert-sent and -failed: `who` (name), `way`, `tries`, `reason`; note, action, decision, added:
    `text`, with `reason` (decision), `due` (action); correction: `text` and `about`, the number of the event that it
    supersedes; action-done, -cancelled and -kept: `about`; reassigned: `who`, `reference` (their id), `reason`;
    referred: `who` (to whom), `reference`, `text`; linked: `reference` (the child's file); closed: `text` (outcome),
    `reason`, `due` (when it is looked at again); nobody-to-tell: `text`; reopened, deletion-asked, deletion-refused
    and deleted: `reason`; exported: `way` (pdf, csv); opened: `way` where it was not the page; acknowledged:
    `way` where it was a gateway; link-made: `who`, `reference` (their id), `way`; forgotten: `who` (their id), `way`
    (channels); in-terminal: `way`, `reference` (the action and the number); begun: nothing; restored: `text`,
    `reference` (until when what waited in the backup stands still) and `taken` (of when the backup was; None where a
    person says what becomes of it); left-sealed: `text` (the places); subject-access: `text` (how many concerns), `who`
    and `reference` (the second person), `way`; cover-set: `who` (the id of who is on leave), `reference` (of who stands
    in), `text` (the first day) and `due` (the last); cover-ended: the same with `about`, the number of the line that it
    ends; of answers (OF_ANSWERS): `reference` (the entry), `notice` (the draft, or empty), `who` (its author's id) and
    `text` (the digest of the words); with `reason` in answer-withheld and -doubted (why; in the latter `who` is whoever
    decided it), and `way` in answer-withheld and -approved (who had approved it before); policy-let-in: `reason`, `who`
    (the role), `reference` (the document's digest) and `text` (how much was found); policy-taken-in: `reference` (the
    document's id) and `text` (its digest);
    policy-answered: `reference` (the question) and `text` (what it was and is); clauses-approved: `reference` (the
    document), `who` (the role), `text` (the paragraphs) and `due` (until when); edition-issued: `reference` (the
    document) and `text` (its number); of the review of readiness (OF_READINESS): `reference` (its number) and `text`
    (the ids of statements) or `way`; of accounts (OF_ACCOUNTS): `reference` (its number in the register) and `text`
    (what was done); of what staff must read (OF_REQUIRED): `reference` (the text's id), `who` (the random id of a
    colleague, who is named nowhere in the log), `text` (what it is, or counts), `due` and `way`. These, the nine before
    them and signed-in belong to no concern. An exported for a subject access request has `who` and `reference` too.
    `terms` stand in logged, and in arranged alone, which is kept for the proof; `notice` is the id of the row that an
    alert-sent or -failed speaks of; `over` says of an alert-failed whether it is tried no more, and is None in lines
    that are older than it; `erased` stands in deleted: a mark of each line from which a name was taken.
    """

    text: str = ""
    reason: str = ""
    who: str = ""
    way: str = ""
    reference: str = ""
    due: dt.date | None = None
    about: int | None = None
    tries: int = 0
    report: Report | None = None
    terms: Terms | None = None
    notice: str = ""
    over: bool | None = None
    taken: dt.datetime | None = None
    erased: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event:
    """One line of a chronology. `number` counts through the school's whole log; `at` is when it was written down."""

    number: int
    at: dt.datetime
    kind: EventKind
    by: Actor
    detail: Detail


@dataclass(frozen=True)
class ConcernState:
    """How a concern stands: `holder` is who acknowledged it last (None while nobody has), `passed_to` the id of whom it
    waits for, `deletion_by` who asked for it to be deleted."""

    status: Status
    urgent: bool
    holder: Actor | None = None
    acknowledged_at: dt.datetime | None = None
    review_on: dt.date | None = None
    passed_to: str = ""
    deletion_by: Actor | None = None


def state_of(events: Sequence[Event]) -> ConcernState:
    """A chronology, oldest first -> how the concern stands now."""
    state = ConcernState("open", urgent=False)
    for event in events:
        state = _after(state, event)
    return state


def _after(state: ConcernState, event: Event) -> ConcernState:
    match event.kind:
        case "logged":
            return ConcernState("open", urgent=bool(event.detail.report and event.detail.report.danger))
        case "acknowledged":
            return ConcernState("acknowledged", state.urgent, event.by, event.at, state.review_on)
        case "reassigned":
            return ConcernState("open", state.urgent, passed_to=event.detail.reference)
        case "added":
            # Its holder is kept: the inbox shows who had it, though the ladder calls everybody again.
            return replace(state, status="open")
        case "closed":
            return ConcernState("closed", state.urgent, event.by, state.acknowledged_at, event.detail.due)
        case "reopened":
            return ConcernState("acknowledged", state.urgent, event.by, event.at)
        case "deletion-asked":
            return replace(state, deletion_by=event.by)
        case "deletion-refused":
            return replace(state, deletion_by=None)
        case "deleted":
            return ConcernState("deleted", state.urgent)
        case _:
            return state


def open_actions(events: Sequence[Event]) -> tuple[Event, ...]:
    """The actions that nobody has marked as done or cancelled; one that was kept when the concern closed is open."""
    over = {event.detail.about for event in events if event.kind in ("action-done", "action-cancelled")}
    return tuple(event for event in events if event.kind == "action" and event.number not in over)


def acted_on(events: Sequence[Event]) -> bool:
    """Whether anything was done since it was last acknowledged or reopened."""
    since = max((i for i, event in enumerate(events) if event.kind in ("acknowledged", "reopened")), default=-1)
    return any(event.kind in _DOING for event in events[since + 1 :])
