"""Drafts of answers, and what staff remarked about answers: rows of one school.

A draft is written whole with each step, in one transaction with its line in the log and the letters about it. All that
it says is sealed for its row, its state too: who can write the database and has no key cannot make a draft an approved
one.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import sqlalchemy as sa

from bot.concerns import ASKFIRST, Actor, Detail, Event, EventKind
from bot.concerns.chronology import OF_ANSWERS
from bot.concerns.ladder.escalation import Step
from bot.knowledge.authoring import EntryText
from bot.presses import RemarkKind as RemarkKind
from bot.store.alerts.notices import insert_steps
from bot.store.database import Database
from bot.store.schema import drafts, remarks
from bot.store.sealing.cells import opened, sealed_row
from bot.store.sealing.chain import Chain
from bot.store.sealing.codec import dumps, loads

DraftState = Literal["draft", "sent", "returned", "publishing", "published", "dropped"]
MOST_A_DAY = 3  # remarks of one kind that count for an answer: more would say how often one person has pressed
OPEN: tuple[DraftState, ...] = ("draft", "sent", "returned", "publishing")
SENT: tuple[DraftState, ...] = ("sent",)
PUBLISHED: tuple[DraftState, ...] = ("published",)
PUBLISHING: tuple[DraftState, ...] = ("publishing",)


@dataclass(frozen=True)
class Draft:
    """A draft of an entry: the entry's id and file (`new` where there is none yet), what it says (`text`) and what the
    file said when it was begun (`base`, None for a new one).

    `author` and `decided_by` are ids of school.yaml. `version` grows with every save: who saves says which one they
    had open. `remark` is what whoever sent it back wrote. `state`: draft -> sent -> publishing -> published; sent ->
    returned, which is edited and sent again; dropped at any time before publishing. From "publishing" on `role`,
    `confirmed` and `review_by` are those of the approval."""

    id: str
    entry: str
    file: str
    new: bool
    base: EntryText | None
    text: EntryText
    state: DraftState
    version: int
    author: str
    remark: str = ""
    decided_by: str = ""
    role: str = ""
    confirmed: tuple[str, ...] = ()
    review_by: dt.date | None = None
    begun_at: dt.datetime | None = None
    saved_at: dt.datetime | None = None
    sent_at: dt.datetime | None = None
    decided_at: dt.datetime | None = None


@dataclass(frozen=True)
class Remark:
    """That staff found fault with an answer on a day: in which way, and how often (no more than MOST_A_DAY)."""

    entry: str
    kind: RemarkKind
    day: dt.date
    number: int


@dataclass(frozen=True)
class DraftStep:
    """What becomes of a draft: the draft as it is then, the line that the log gets (none for a save), and whom to
    tell."""

    draft: Draft
    kind: EventKind | None = None
    by: Actor = ASKFIRST
    detail: Detail = field(default_factory=Detail)
    letters: Sequence[Step] = ()


class AnswerDrafts:
    """The drafts and remarks of one school. Every method is one transaction; it may be called from any thread."""

    def __init__(self, database: Database, school: str) -> None:
        self._database, self._school, self._vault = database, school, database.vault
        self._chain = Chain(database, school)

    def add(self, draft: Draft) -> Draft:
        """Keep a new one, under an id of its own; the draft with that. Raises StoreError."""
        made = replace(draft, id=secrets.token_hex(16))
        with self._database.transaction() as connection:
            connection.execute(sa.insert(drafts), self._row(made))
        return made

    def find(self, id_: str) -> Draft | None:
        """One draft; None where there is none."""
        with self._database.reading() as connection:
            row = connection.execute(sa.select(drafts).where(self._is(id_))).one_or_none()
            return self._draft(row) if row else None

    def all(self, states: Collection[DraftState] = OPEN) -> tuple[Draft, ...]:
        """Those in one of these states, the last saved first."""
        query = sa.select(drafts).where(drafts.c.school == self._school, drafts.c.state.in_(states))
        with self._database.reading() as connection:
            found = [self._draft(row) for row in connection.execute(query)]
        return tuple(sorted(found, key=_saved, reverse=True))

    def change(self, id_: str, decide: Callable[[Draft | None], DraftStep], now: dt.datetime) -> Draft:
        """Take one step. `decide` sees the draft as it stands while nobody else can change it (None: there is none),
        and raises what it will: then nothing is changed. Raises StoreError."""
        with self._database.transaction() as connection:
            query = self._database.locked(sa.select(drafts).where(self._is(id_)), drafts)
            row = connection.execute(query).one_or_none()
            step = decide(self._draft(row) if row else None)
            connection.execute(sa.update(drafts).where(self._is(id_)).values(self._row(step.draft)))
            if step.kind:
                self._chain.append(connection, "", step.kind, step.by, step.detail, now)
            insert_steps(connection, self._vault, self._school, None, step.letters)
        return step.draft

    def note(self, kind: EventKind, by: Actor, detail: Detail, now: dt.datetime, letters: Sequence[Step] = ()) -> None:
        """Write a line about an answer that hangs on no draft, and tell of it."""
        with self._database.transaction() as connection:
            self._chain.append(connection, "", kind, by, detail, now)
            insert_steps(connection, self._vault, self._school, None, letters)

    def history(self) -> tuple[Event, ...]:
        """Every line of the log about answers, oldest first."""
        with self._database.reading() as connection:
            return self._chain.of_kinds(connection, OF_ANSWERS)

    # --- what staff remarked

    def remark(self, entry: str, kind: RemarkKind, day: dt.date) -> None:
        """One more of this kind on this day, up to MOST_A_DAY, without a trace of who or when."""
        ours = (remarks.c.school == self._school) & (remarks.c.day == day)
        this = (remarks.c.entry == entry) & (remarks.c.kind == kind) & (remarks.c.number < MOST_A_DAY)
        more = sa.update(remarks).where(ours, this)
        row = {"school": self._school, "day": day, "entry": entry, "kind": kind, "number": 0}
        with self._database.transaction() as connection:
            self._database.insert_new(connection, remarks, row)
            connection.execute(more.values(number=remarks.c.number + 1))

    def remarks(self, since: dt.date) -> Mapping[str, Mapping[RemarkKind, int]]:
        """By entry and kind, how many there were from this day on."""
        found: dict[str, list[Remark]] = {}
        for each in self.remarked(since):
            found.setdefault(each.entry, []).append(each)
        return {entry: by_kind(its) for entry, its in found.items()}

    def remarked(self, since: dt.date) -> tuple[Remark, ...]:
        """Day by day, the first first, what was said from this day on."""
        ours = (remarks.c.school == self._school) & (remarks.c.day >= since)
        query = sa.select(remarks).where(ours).order_by(remarks.c.day, remarks.c.entry, remarks.c.kind)
        with self._database.reading() as connection:
            return tuple(Remark(row.entry, row.kind, row.day, row.number) for row in connection.execute(query))

    def _is(self, id_: str) -> sa.ColumnElement[bool]:
        return (drafts.c.school == self._school) & (drafts.c.id == id_)

    def _row(self, draft: Draft) -> dict[str, object]:
        row = {
            "school": self._school,
            "id": draft.id,
            "entry": draft.entry,
            "state": draft.state,
            "content": dumps(draft),
        }
        return sealed_row(self._vault, drafts, row)

    def _draft(self, row: sa.Row[tuple[object, ...]]) -> Draft:
        return loads(opened(self._vault, drafts.c.content, row), Draft)


def by_kind(found: Iterable[Remark]) -> Mapping[RemarkKind, int]:
    """How many there are of each kind."""
    counted: dict[RemarkKind, int] = {}
    for each in found:
        counted[each.kind] = counted.get(each.kind, 0) + each.number
    return counted


def _saved(draft: Draft) -> tuple[float, str]:
    return (draft.saved_at.timestamp() if draft.saved_at else 0.0), draft.id
