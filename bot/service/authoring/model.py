"""What the workbench hands to a channel, and what it refuses with. Every sentence in here is meant to be shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.errors import AskFirstError
from bot.knowledge import Clause, Entry
from bot.knowledge.authoring import EntryText, FieldDifference
from bot.knowledge.schools.model import Role
from bot.messages import Reply
from bot.store.desks.drafts import Draft, RemarkKind

AnswerState = Literal["approved", "waiting", "due", "out-of-use", "not-adopted", "other-nation", "on-hold"]
STATES: Mapping[AnswerState, str] = {
    "approved": "Approved",
    "waiting": "Changed, waits for approval",
    "due": "Due for review",
    "out-of-use": "Out of use",
    "not-adopted": "Nobody here has approved it yet",
    "other-nation": "Not for schools of our nation",
    "on-hold": "On hold",
}


@dataclass(frozen=True)
class AnswerLine:
    """One line of the list. `state` is the first that holds of: on-hold, other-nation, out-of-use (somebody took it out
    of use: `taken_out` says in a sentence who, when and why), not-adopted, waiting (the file has other words than were
    approved, or a draft was sent), due, approved; `served` says whether staff get it now. `topic` is the title of its
    group; `open_drafts` are drafts that are not published or dropped, whoever's they are. `chance` is how sure the
    matcher is of it, where the list was asked for a question."""

    entry: str
    title: str
    badge: str
    topic: str
    file: str
    state: AnswerState
    served: bool
    approved_by: str = ""
    approved_role: str = ""
    approved_on: dt.date | None = None
    review_by: dt.date | None = None
    made_up: bool = False
    open_drafts: tuple[Draft, ...] = ()
    chance: float | None = None
    taken_out: str = ""

    @property
    def words(self) -> str:
        """Its state in words."""
        return STATES[self.state]


@dataclass(frozen=True)
class HistoryLine:
    """Something that was done with an entry: when, by whom (name), and a sentence without a full stop; `remark` is what
    whoever sent it back wrote, or why it was taken out of use."""

    at: dt.datetime
    by: str
    sentence: str
    remark: str = ""


@dataclass(frozen=True)
class LostQuestion:
    """A question that was answered with this entry and "not what I asked" was said; `now` is the title of what answers
    it today, empty where nothing does."""

    asked_on: dt.date
    question: str
    now: str


@dataclass(frozen=True)
class AnswerFigures:
    """Since `since`: how often it was shown, how often it helped and how often it was not what was asked; remarks by
    kind ("Wrong or out of date?") and the day of the last one; the questions that it lost."""

    since: dt.date
    shown: int = 0
    helped: int = 0
    not_helped: int = 0
    remarks: Mapping[RemarkKind, int] = field(default_factory=dict)
    remarked: dt.date | None = None
    lost: tuple[LostQuestion, ...] = ()


@dataclass(frozen=True)
class AnswerView:
    """Everything about one entry. `reply` is what staff are answered now, to be drawn as everywhere (None: it is not
    served); `live` are the approved words, None where nobody approved any; `written` are those of the file;
    `unapproved` is how the file differs from what is served."""

    line: AnswerLine
    live: Entry | None
    written: Entry
    reply: Reply | None
    clauses: tuple[Clause, ...]
    unapproved: tuple[FieldDifference, ...]
    history: tuple[HistoryLine, ...]
    figures: AnswerFigures
    may_edit: bool
    may_approve: bool


@dataclass(frozen=True)
class DraftProblem:
    """What is to be said of a draft: the field of EntryText that it belongs to ("" for the whole, "cases > VALUE >
    badge" for a case), a sentence, and whether it keeps the draft from being sent. `word` looks like a name, and may be
    said to be none (`no_names`); `of_policy` says that the school decided it in its own policy."""

    field: str
    sentence: str
    stops: bool
    word: str = ""
    of_policy: bool = False


@dataclass(frozen=True)
class SameNumber:
    """A number that a draft takes out of an answer, and the other answers that name it: id and title of each."""

    number: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Nearest:
    """An entry that may answer a text already: how sure the matcher is of it, from 0 to 1."""

    entry: str
    title: str
    badge: str
    chance: float


@dataclass(frozen=True)
class TriedDraft:
    """A sentence asked of the live base, and of the base with the draft in it. `after` is None while the draft's
    phrasings are new and were not learned yet: then `would_show` says what the draft would say if it were asked for.
    `where_now` and `where_then` are the ids of the entries that answer, None for none; `finds` says that the draft
    does, and is False as long as nobody can know it."""

    now: Reply
    after: Reply | None
    would_show: Reply
    where_now: str | None
    where_then: str | None
    finds: bool = False


@dataclass(frozen=True)
class Taken:
    """A phrasing of another entry that the draft would answer from then on."""

    entry: str
    title: str
    phrasing: str


@dataclass(frozen=True)
class Waiting:
    """Something that waits for an approver. `key` is what `approve` and `send_back` take: the id of a draft, or
    "file:ENTRY" for words that stand in a file and nobody approved (`draft` is None then: only approving is possible).

    `digest` goes back with the approval: were the words changed since they were shown, it is refused. `confirm` is what
    must be ticked as true of the school. `review_by` is the latest day that may be named. `refused` says in a sentence
    why whoever asks may not approve it; empty where they may. `problems` keep it from being published. `withheld` says
    in a sentence who took the answer out of use, where that is why it waits, `policy` when the policy that it rests on
    changed; else they are empty. `roles` may approve it. `decided` says in sentences who changed what the school
    decided, where its words follow that, `decided_by` is the name of whoever did so last, and `doubts` what was said
    against it since."""

    key: str
    entry: str
    title: str
    draft: Draft | None
    before: EntryText | None
    after: EntryText
    difference: tuple[FieldDifference, ...]
    digest: str
    confirm: tuple[str, ...]
    review_by: dt.date
    refused: str
    problems: tuple[DraftProblem, ...]
    withheld: str = ""
    policy: str = ""
    roles: tuple[Role, ...] = ()
    decided: tuple[str, ...] = ()
    decided_by: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pointed:
    """A stretch of a text that may not stay in it: from where to where, and what it looks like ("a name", "a number",
    "an address"). `word` is what may be said to be no name after all, empty where nobody can say so."""

    start: int
    end: int
    what: str
    word: str = ""


@dataclass(frozen=True)
class OpenQuestion:
    """A question that was not answered ("no-answer") or not helped with ("not-helpful"), fit to be taken over once what
    is `pointed` at was edited away; how often it was asked, the last time on which day; `nearest` may answer it."""

    question: str
    reason: str
    times: int
    last: dt.date
    entry: str | None
    pointed: tuple[Pointed, ...]
    nearest: tuple[Nearest, ...]


@dataclass(frozen=True)
class Pair:
    """Two entries with a reason to look at both: a sentence without a full stop; `more` are examples."""

    first: str
    second: str
    sentence: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class BaseHealth:
    """What needs care in a base: entries that steal from each other, near-duplicates, pairs whose rulings look
    contradictory, thin entries (with their number of phrasings), answers due for review, questions that were lost in
    the last 30 days; those with which staff found fault since they were approved, and how often."""

    stealing: tuple[Pair, ...]
    duplicates: tuple[Pair, ...]
    contradicting: tuple[Pair, ...]
    thin: tuple[tuple[AnswerLine, int], ...]
    due: tuple[AnswerLine, ...]
    lost: tuple[OpenQuestion, ...]
    remarked: tuple[tuple[AnswerLine, int], ...] = ()


@dataclass(frozen=True)
class Remarked:
    """An answer with which staff find fault: what they say of it (the kinds, in words), and the last day."""

    entry: str
    title: str
    said: tuple[str, ...]
    last: dt.date


class AuthoringError(AskFirstError):
    """Something was wanted of the workbench that cannot be; the text says why, and what to do. Nothing was changed."""


class NotAllowedError(AuthoringError):
    """Whoever asked may not; the text says who may."""


class NotThereError(AuthoringError):
    """There is no such entry or draft, or it is not in a state in which this can be done; the text says in which."""


class NotOutYetError(AuthoringError):
    """It was approved, and is published by itself as soon as something is mended; the text says what."""


class RefusedDraftError(AuthoringError):
    """The draft breaks a rule of the base: `problems` are those that stop it."""

    def __init__(self, problems: tuple[DraftProblem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(each.sentence for each in problems))


class SavedMeanwhileError(AuthoringError):
    """The draft itself was saved elsewhere since it was opened (another tab): `draft` is how it stands, `mine` what was
    not saved, `difference` from the one to the other."""

    def __init__(self, draft: Draft, mine: EntryText, changed: tuple[FieldDifference, ...]) -> None:
        self.draft, self.mine, self.difference = draft, mine, changed
        super().__init__("This draft was saved elsewhere since you opened it. Nothing was lost: compare the two")


class ChangedMeanwhileError(AuthoringError):
    """The entry was changed since the draft was begun, by another author or in its file. `difference` is what changed;
    `Workbench.carry_over` puts it into the draft."""

    def __init__(self, draft: Draft, changed: tuple[FieldDifference, ...]) -> None:
        self.draft, self.difference = draft, changed
        super().__init__("This answer was changed since you began. Nothing is lost: look at what changed, and carry on")
