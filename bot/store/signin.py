"""Signing in to the inbox without a password: one-time links, and sessions that end when nobody uses them.

Only digests of the tokens are stored: whoever reads the database cannot sign in with what is there.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

import sqlalchemy as sa

from bot.store.database import Database, milliseconds
from bot.store.schema import links, sessions
from bot.store.sealing.cells import opened, sealed_row, with_bound
from bot.store.sealing.vault import VaultError

LINK_LASTS = dt.timedelta(minutes=10)
IDLE_LASTS = dt.timedelta(minutes=30)
SESSION_LASTS = dt.timedelta(hours=12)  # however busy: a browser left open overnight is not a person


class SignIn:
    """Links and sessions of one school."""

    def __init__(self, database: Database, school: str) -> None:
        self._database, self._school = database, school
        self._vault = database.vault

    def make_link(self, person: str, now: dt.datetime) -> str:
        """A token that signs this person in once, within ten minutes. Links of the past are cleared away."""
        token = secrets.token_urlsafe(32)
        row = {
            "school": self._school,
            "token": self._digest("link", token),
            "person": person,
            "until": milliseconds(now + LINK_LASTS),
        }
        row = sealed_row(self._vault, links, row)
        with self._database.transaction() as connection:
            old = (links.c.school == self._school) & (links.c.until <= milliseconds(now))
            connection.execute(sa.delete(links).where(old))
            connection.execute(sa.insert(links), row)
        return token

    def use_link(self, token: str, now: dt.datetime) -> str | None:
        """A link's token -> a session's token, or None where it was used already, is too old or never was. Of two who
        use it at once, one gets in."""
        where = (
            (links.c.school == self._school)
            & (links.c.token == self._digest("link", token))
            & links.c.used_at.is_(None)
            & (links.c.until > milliseconds(now))
        )
        with self._database.transaction() as connection:
            link = connection.execute(sa.select(*with_bound(links.c.person)).where(where)).one_or_none()
            # The update decides, not the look before it: on PostgreSQL two may look at the same moment.
            used = connection.execute(sa.update(links).where(where).values(used_at=milliseconds(now)))
            if link is None or used.rowcount != 1:
                return None
            return self._start(connection, opened(self._vault, links.c.person, link), now)

    def _start(self, connection: sa.Connection, person: str, now: dt.datetime) -> str:
        token = secrets.token_urlsafe(32)
        old = (sessions.c.school == self._school) & (sessions.c.until <= milliseconds(now))
        connection.execute(sa.delete(sessions).where(old))
        row = {
            "school": self._school,
            "token": self._digest("session", token),
            "person": person,
            "started_at": milliseconds(now),
            "until": milliseconds(now + IDLE_LASTS),
        }
        connection.execute(sa.insert(sessions), sealed_row(self._vault, sessions, row))
        return token

    def who(self, token: str, now: dt.datetime) -> str | None:
        """A session's token -> the person who is signed in, for another half an hour; None for nobody."""
        where = (
            (sessions.c.school == self._school)
            & (sessions.c.token == self._digest("session", token))
            & (sessions.c.until > milliseconds(now))
            & (sessions.c.started_at > milliseconds(now - SESSION_LASTS))
        )
        with self._database.transaction() as connection:
            session = connection.execute(sa.select(*with_bound(sessions.c.person)).where(where)).one_or_none()
            if session is None:
                return None
            person = opened(self._vault, sessions.c.person, session)
            connection.execute(sa.update(sessions).where(where).values(until=milliseconds(now + IDLE_LASTS)))
        return person

    def end(self, token: str) -> None:
        """Sign out."""
        where = (sessions.c.school == self._school) & (sessions.c.token == self._digest("session", token))
        with self._database.transaction() as connection:
            connection.execute(sa.delete(sessions).where(where))

    def end_all(self, person: str) -> int:
        """Sign this person out everywhere and take back their links; how many there were of either."""
        ended = 0
        with self._database.transaction() as connection:
            for table in (links, sessions):
                ours = sa.select(*with_bound(table.c.person)).where(table.c.school == self._school)
                theirs = [row.token for row in connection.execute(ours) if self._is_of(row, table, person)]
                where = (table.c.school == self._school) & table.c.token.in_(theirs)
                ended += connection.execute(sa.delete(table).where(where)).rowcount
        return ended

    def _is_of(self, row: sa.Row[Any], table: sa.Table, person: str) -> bool:
        try:
            return opened(self._vault, table.c.person, row) == person
        except VaultError:  # somebody's hand was in it: it lets nobody in any more
            return True

    def _digest(self, kind: str, token: str) -> str:
        return self._vault.token(kind, self._school, token)
