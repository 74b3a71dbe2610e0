"""What outlives a process. SQLite by default, PostgreSQL by its URL; what names or describes anyone is sealed.

`open_store` gives a Store, which hands out the parts of one school: `talk`, `concerns`, `inbox`, `sign_in`, `audit`.
None of them ever sees a row of another school. `outbox` serves the schools that this process sends for.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.settings import Settings
from bot.store.alerts.beats import try_a_write
from bot.store.alerts.covers import Covers
from bot.store.alerts.drills import Drills
from bot.store.alerts.notices import Health, Notice
from bot.store.alerts.outbox import Outbox
from bot.store.alerts.summaries import Summaries
from bot.store.backup.restores import Restored, Restores
from bot.store.chats.accounts import Accounts, Known
from bot.store.chats.places import Place, Places, alert_name, alert_parts, alerts_of
from bot.store.chats.received import Delivered, Received
from bot.store.concern import Case
from bot.store.concerns import Concerns, Logged, NewConcern
from bot.store.database import Database, StoreError
from bot.store.desks.drafts import AnswerDrafts, Draft, DraftStep, Remark, RemarkKind
from bot.store.desks.readiness import KeptReview, ReviewStep, SelfReviews
from bot.store.desks.register import AccountRegister, RegisterStep
from bot.store.inbox import Counted, Inbox
from bot.store.keyless import Left, keys_fit, left_without_keys
from bot.store.missing import GoneFileError, UnknownConcernError
from bot.store.opening import open_database
from bot.store.proving.audit import Audit, Proof
from bot.store.required.required import ProgressStep, Required, new_colleague_id
from bot.store.sealing.chain import AuditLine
from bot.store.sealing.renewing import Renewed, Unreadable, UnreadableSealsError, renew_keys, renew_seals
from bot.store.sealing.vault import NOT_FOR_REAL_USE, Vault, VaultError, new_key
from bot.store.signin import SignIn
from bot.store.talk import Finished, Gap, Talk, Tally
from bot.store.tips import Opinion, Post, TipPosts, TipQueue

__all__ = [
    "NOT_FOR_REAL_USE",
    "AccountRegister",
    "Accounts",
    "AnswerDrafts",
    "Audit",
    "AuditLine",
    "Case",
    "Concerns",
    "Counted",
    "Covers",
    "Delivered",
    "Draft",
    "DraftStep",
    "Drills",
    "Finished",
    "Gap",
    "GoneFileError",
    "Health",
    "Inbox",
    "KeptReview",
    "Known",
    "Left",
    "Logged",
    "NewConcern",
    "Notice",
    "Opinion",
    "Outbox",
    "Place",
    "Places",
    "Post",
    "ProgressStep",
    "Proof",
    "Received",
    "RegisterStep",
    "Remark",
    "RemarkKind",
    "Renewed",
    "Required",
    "Restored",
    "Restores",
    "ReviewStep",
    "SelfReviews",
    "Store",
    "StoreError",
    "Summaries",
    "Tally",
    "TipPosts",
    "TipQueue",
    "UnknownConcernError",
    "Unreadable",
    "UnreadableSealsError",
    "VaultError",
    "alert_name",
    "alert_parts",
    "alerts_of",
    "keys_fit",
    "left_without_keys",
    "new_colleague_id",
    "new_key",
    "open_for",
    "open_store",
]


class Store:
    """An open database. Its parts may be used from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def talk(self, school: str) -> Talk:
        """Conversations, gaps and counts of this school."""
        return Talk(self._database, school)

    def concerns(self, school: str) -> Concerns:
        """The concerns of this school, to be logged and worked on."""
        return Concerns(self._database, school)

    def inbox(self, school: str) -> Inbox:
        """What may be read of them, by whom."""
        return Inbox(self._database, school)

    def sign_in(self, school: str) -> SignIn:
        """Links and sessions of this school."""
        return SignIn(self._database, school)

    def accounts(self, school: str) -> Accounts:
        """Who is who on the chat channels of this school."""
        return Accounts(self._database, school)

    def received(self, school: str, channel: str) -> Received:
        """What a chat channel of this school has sent."""
        return Received(self._database, school, channel)

    def places(self, school: str, kind: str) -> Places:
        """Where a chat channel reaches the people of this school."""
        return Places(self._database, school, kind)

    def tips(self, school: str) -> TipPosts:
        """The tips of this school: posted, decided about, asked about."""
        return TipPosts(self._database, school)

    def tip_queue(self, schools: Sequence[str]) -> TipQueue:
        """The tips of these schools, looked at together by a process that posts them."""
        return TipQueue(self._database, schools)

    def audit(self, school: str) -> Audit:
        """The log of this school, and the proof of it."""
        return Audit(self._database, school)

    def outbox(self, schools: Sequence[str]) -> Outbox:
        """What is to be sent for these schools, under a name of this caller's own."""
        return Outbox(self._database, schools, secrets.token_hex(16))

    def drills(self, school: str) -> Drills:
        """The test alerts of this school."""
        return Drills(self._database, school)

    def summaries(self, school: str) -> Summaries:
        """The daily summaries of this school."""
        return Summaries(self._database, school)

    def covers(self, school: str) -> Covers:
        """Who stands in for whom at this school, as far as it was named on the page."""
        return Covers(self._database, school)

    def drafts(self, school: str) -> AnswerDrafts:
        """The drafts of answers of this school, and what staff remarked about answers."""
        return AnswerDrafts(self._database, school)

    def readiness(self, school: str) -> SelfReviews:
        """The reviews of itself of this school."""
        return SelfReviews(self._database, school)

    def register(self, school: str) -> AccountRegister:
        """The school's own accounts and tools: asked for, approved, in use."""
        return AccountRegister(self._database, school)

    def required(self, school: str) -> Required:
        """The list of staff of this school, what they must read, and how far each is with it."""
        return Required(self._database, school)

    def restores(self, school: str) -> Restores:
        """Each time that the rows of this school were put back from a backup."""
        return Restores(self._database, school)

    def now(self) -> dt.datetime:
        """The clock that all processes on this database share."""
        return self._database.now()

    def try_a_write(self) -> None:
        """Write next to nothing. Raises StoreError where the database takes no writes: the disk is full, or somebody
        holds it."""
        try_a_write(self._database)

    def for_others(self, metadata: sa.MetaData) -> tuple[Engine, Vault]:
        """The engine and the vault for a library that keeps its own tables in this database; they are made where they
        are missing. What it seals there stands in `schema.OTHERS`."""
        self._database.make(metadata)
        return self._database.engine, self._database.vault

    def renew_seals(self, leave_at: dt.datetime | None = None) -> Renewed:
        """Seal everything again with the first key. All or nothing: what cannot be opened stops it. With `leave_at`
        that is left as it is, and the log says so at that moment. Raises UnreadableSealsError."""
        return renew_seals(self._database, leave_at)

    def renew_keys(self, leave_at: dt.datetime | None = None) -> Renewed:
        """The same, with a new key behind the tokens and the log, after which this store must be opened again: what
        was leaked is of no use against what is stored from now on. Everybody is signed out. Raises
        UnreadableSealsError."""
        return renew_keys(self._database, leave_at)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


def open_store(url: str, keys: Sequence[str], demo_key: Path) -> Store:
    """url (SQLAlchemy) and keys (none: the demo's file `demo_key`, made where the database is new) -> Store.

    Raises StoreError or VaultError, saying what to do.
    """
    return Store(open_database(url, keys, demo_key))


def open_for(settings: Settings) -> Store:
    """The store that the settings name. Raises StoreError or VaultError."""
    return open_store(settings.database, settings.keys, settings.demo_key)
