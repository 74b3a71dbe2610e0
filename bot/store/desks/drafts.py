"""Drafts of answers, and what staff remarked about answers: rows of one school.

A draft is written whole with each step, in one transaction with its line in the log and the letters about it. All that
it says is sealed for its row, its state too: who can write the database and has no key cannot make a draft an approved
one.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

import sqlalchemy as sa

from bot.concerns import ASKFIRST, Actor, Detail, Event, EventKind
from bot.concerns.chronology import OF_ANSWERS
from bot.concerns.ladder.escalation import Step
from bot.knowledge.authoring import EntryText
from bot.presses import RemarkKind as RemarkKind
from bot.store.alerts.notices import insert_steps
from bot.store.database import Database
from bot.store.desks.tables import drafts, remarks
from bot.store.sealing.cells import opened, sealed_row
from bot.store.sealing.chain import Chain
from bot.store.sealing.codec import dumps, loads
from bot.store.sealing.vault import VaultError

log = logging.getLogger("askfirst.answers")
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
    `confirmed` and `review_by` are those of the approval. `no_names` are words that look like somebody's name, of which
    the author says that they are none."""

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
    no_names: tuple[str, ...] = ()


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
        """Those in one of these states, the last saved first. One that cannot be read keeps nobody from the others: it
        is left out, and the log names it."""
        query = sa.select(drafts).where(drafts.c.school == self._school, drafts.c.state.in_(states))
        with self._database.reading() as connection:
            rows = list(connection.execute(query))
        found = [draft for row in rows if (draft := self._readable(row))]
        return tuple(sorted(found, key=_saved, reverse=True))

    def change(self, id_: str, decide: Callable[[Draft | None], DraftStep], now: dt.datetime) -> Draft:
        """Take one step. `decide` sees the draft as it stands while nobody else can change it (None: there is none),
        and raises what it will: then nothing is changed. Raises StoreError."""
        with self._database.transaction() as connection:
            query = self._database.locked(sa.select(drafts).where(self._is(id_)), drafts)
            row = connection.execute(query).one_or_none()
            return self._take(connection, decide(self._draft(row) if row else None), now)

    def change_among(
        self, id_: str, decide: Callable[[Draft | None, Collection[str]], DraftStep], now: dt.datetime
    ) -> Draft:
        """The same, where `decide` is also told of which entries the school's other drafts are; nobody else changes any
        of these meanwhile. Raises StoreError."""
        ours = sa.select(drafts).where(drafts.c.school == self._school).order_by(drafts.c.id)
        with self._database.transaction() as connection:
            rows = {row.id: row for row in connection.execute(self._database.locked(ours, drafts))}
            row = rows.pop(id_, None)
            others = frozenset(each.entry for each in rows.values() if each.entry)
            return self._take(connection, decide(self._draft(row) if row else None, others), now)

    def _take(self, connection: sa.Connection, step: DraftStep, now: dt.datetime) -> Draft:
        """Write down what was decided."""
        where = self._is(step.draft.id)
        connection.execute(sa.update(drafts).where(where).values(self._row(step.draft)))
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
        """Every line of the log about answers, and about what they follow of the school's policy, oldest first."""
        with self._database.reading() as connection:
            return self._chain.of_kinds(connection, (*OF_ANSWERS, "policy-answered"))

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

    def _readable(self, row: sa.Row[tuple[object, ...]]) -> Draft | None:
        try:
            return self._draft(row)
        except (VaultError, ValueError):
            _say_damaged(row.id)
            return None

    def _draft(self, row: sa.Row[tuple[object, ...]]) -> Draft:
        return loads(opened(self._vault, drafts.c.content, row), Draft)


@lru_cache(maxsize=256)
def _say_damaged(id_: str) -> None:
    """Once in the life of a process: rows are looked at every second."""
    log.error("the draft %s cannot be read, and is left out. Put back a backup, or have its author write it anew", id_)


def by_kind(found: Iterable[Remark]) -> Mapping[RemarkKind, int]:
    """How many there are of each kind."""
    counted: dict[RemarkKind, int] = {}
    for each in found:
        counted[each.kind] = counted.get(each.kind, 0) + each.number
    return counted


def _saved(draft: Draft) -> tuple[float, str]:
    return (draft.saved_at.timestamp() if draft.saved_at else 0.0), draft.id
