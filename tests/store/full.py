"""A store with something in every column that is sealed, of more than one concern and more than one school, and with a
marker in everything that people write."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from bot.accounts import Asking, Registered
from bot.answering.dialogue import Conversation, NoteGap
from bot.concerns import Account, Actor, Detail, Reporter
from bot.concerns.ladder.escalation import Recipient, Step
from bot.knowledge import School
from bot.knowledge.authoring import EntryText
from bot.readiness import Judged, Judgement, SelfReview
from bot.store import Draft, Finished, KeptReview, Known, Logged, Place, RegisterStep, ReviewStep, Store
from bot.store.sealing.renewing import SealedTable, sealed_tables
from bot.tips import TipChoice
from tests.conftest import NOW
from tests.store.made import DSL, DSL_ACTOR, MARKERS, TIP_DAY, log, read_here

SOON = NOW + dt.timedelta(minutes=20)
WRITTEN = (
    *MARKERS, "Notemarker", "Reasonmarker", "Whomarker", "Filemarker", "Questionmarker", "Statemarker", "Lettermarker",
    "Tipmarker", "Knownmarker", "known.marker@mail.example", "Placemarker", "Payloadmarker", "Conversationmarker",
    "Marker of a person", "Deliverymarker", "Draftmarker", "Judgedmarker", "Beginnermarker", "Riskmarker",
    "Listmarker", "list.marker@mail.example", "Titlemarker",
    "Editionmarker",
)  # fmt: skip


def fill(store: Store, school: School, key: str = "one") -> Logged:
    """One of everything for this school; the concern."""
    logged = log(store, school, key)
    with store.concerns(school.id).work(logged.number, DSL) as case:
        case.append("note", DSL_ACTOR, Detail(text=f"Notemarker {key}", reason="Reasonmarker", who="Whomarker"), NOW)
        file = f"file-{key}"[:12]
        case.file_under(file, f"Filemarker {key}")
        case.append("linked", DSL_ACTOR, Detail(reference=file), NOW)
    talk_about(store, school, key)
    store.sign_in(school.id).make_link(f"Marker of a person {key}", NOW)
    link = store.sign_in(school.id).make_link(f"Marker of a person {key}", NOW)
    assert store.sign_in(school.id).use_link(link, NOW)
    known = Known(
        Account("slack", f"U{key}"), "dsl", f"Knownmarker {key}", "DSL", False, ("known.marker@mail.example",)
    )
    store.accounts(school.id).keep(known)
    store.places(school.id, "teams").keep(Place(f"place {key}", f"Placemarker {key}"))
    store.received(school.id, "slack").take(f"Deliverymarker {key}", f"Payloadmarker {key}", NOW)
    store.tips(school.id).choose(TipChoice("skip", TIP_DAY, None, "tip-0", "", f"Tipmarker {key}"), NOW)
    text = EntryText(title=f"Draftmarker {key}")
    store.drafts(school.id).add(
        Draft("", f"entry-{key}", "entries/ai.yaml", True, None, text, "draft", 1, "dsl", saved_at=NOW)
    )
    store.drafts(school.id).remark("friend-ex-pupil", "wrong", NOW.date())
    review_itself(store, school, key)
    store.register(school.id).add(f"request {key}", lambda number: asked_for(number, key), NOW)
    read_here(store, school, key)
    store.outbox((school.id,)).add(school.id, None, (Step("news", NOW, Recipient("dsl"), text=f"Lettermarker {key}"),))
    return logged


def review_itself(store: Store, school: School, key: str) -> None:
    """The next version of a statement of the school's first review."""
    by = Actor("dsl", "Beginnermarker")

    def judged(kept: tuple[KeptReview, ...]) -> ReviewStep:
        version = len(kept[0].versions["leaders-decide"]) + 1 if kept else 1
        judgement = Judgement("leaders-decide", Judged("partly", f"Judgedmarker {key}"), by, NOW, version)
        review = None if kept else SelfReview(1, by, NOW)
        return ReviewStep("readiness-judged", by, Detail(reference="1"), review, (judgement,))

    store.readiness(school.id).change(judged, NOW)


def asked_for(number: str, key: str) -> RegisterStep:
    """A request for an account, with a line in the log."""
    asking = Asking(
        {"risk_data": ("Riskmarker",)}, f"Riskmarker {key}", "Padlet", ("staff",), (), 0, (), "dsl", TIP_DAY
    )
    found = Registered(number, "asked", asking, Reporter("Riskmarker", "Teacher"), NOW, (), TIP_DAY)
    return RegisterStep(found, "account-asked", DSL_ACTOR)


def talk_about(store: Store, school: School, key: str) -> None:
    """A conversation that goes on, and a question that is kept."""
    state = Conversation("friend-ex-pupil", None, {}, f"Statemarker {key}", SOON)
    gap = NoteGap(f"Questionmarker {key}", None, "no-answer")
    store.talk(school.id).finish_turn(f"Conversationmarker {key}", Finished(state, (gap,), "friend-ex-pupil"), NOW)


def fill_everything(store: Store, school: School) -> Logged:
    """Two of everything for this school, and one for another; the first concern."""
    first = fill(store, school)
    fill(store, school, "two")
    fill(store, replace(school, id="elsewhere"))
    return first


@dataclass(frozen=True)
class Value:
    """A sealed value where it stands."""

    sealed: SealedTable
    column: sa.Column[Any]
    row: sa.RowMapping

    def __str__(self) -> str:
        key = ", ".join(str(self.row[each.name]) for each in self.sealed.table.primary_key.columns)
        return f"{self.column.table.name}.{self.column.name} of {key}"

    @property
    def stored(self) -> bytes:
        """As it is stored."""
        return bytes(self.row[self.column.name])

    def read(self, store: Store, found: bytes) -> str:
        """What this place shows where `found` stands in it. Raises VaultError."""
        return store._database.vault.open(found, self.sealed.cell(self.column, self.row))

    def put(self, connection: sa.Connection, other: bytes) -> None:
        """Write another value here, as somebody does who can write the database."""
        keys = self.sealed.table.primary_key.columns
        where = sa.and_(*(each == self.row[each.name] for each in keys))
        connection.execute(sa.update(self.sealed.table).where(where).values({self.column.name: other}))


def values_of(url: str) -> list[Value]:
    """Every sealed value of a database, but the keys themselves."""
    engine = sa.create_engine(url)
    found = []
    with engine.connect() as connection:
        for sealed in sealed_tables(connection):
            rows = connection.execute(sa.select(sealed.table)).mappings().all()
            found += [
                Value(sealed, column, row) for column in sealed.columns for row in rows if row[column.name] is not None
            ]
    engine.dispose()
    return found
