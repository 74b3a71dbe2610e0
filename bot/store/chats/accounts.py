"""Which account on a chat channel belongs to whom, as the channel said when it was last asked."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from bot.concerns import Account
from bot.store.database import Database
from bot.store.schema import accounts
from bot.store.sealing.cells import opened, sealed_row, with_bound
from bot.store.sealing.codec import dumps, loads


@dataclass(frozen=True)
class Known:
    """Somebody on a channel: `person` is their id in school.yaml, empty for other staff; `outside` marks guests and
    people of other organisations. `emails` are the addresses that the channel gave, in small letters."""

    account: Account
    person: str
    name: str
    role: str
    outside: bool
    emails: tuple[str, ...] = ()


class Accounts:
    """The accounts of one school's people."""

    def __init__(self, database: Database, school: str) -> None:
        self._database, self._school = database, school
        self._vault = database.vault

    def keep(self, known: Known) -> None:
        """Write down who this is, in place of what was known before."""
        row = self._row(known)
        where = (accounts.c.school == self._school) & (accounts.c.account == row["account"])
        with self._database.transaction() as connection:
            if not self._database.insert_new(connection, accounts, row):
                connection.execute(sa.update(accounts).where(where).values(row))

    def keep_new(self, known: Known) -> bool:
        """Write down who this is where nothing was known before; whether that was so."""
        row = self._row(known)
        with self._database.transaction() as connection:
            return self._database.insert_new(connection, accounts, row)

    def who(self, account: Account) -> Known | None:
        """Who this account was when last asked."""
        where = (accounts.c.school == self._school) & (accounts.c.account == self._account(account))
        return next(iter(self._every(where)), None)

    def of(self, channel: str, person: str) -> tuple[Known, ...]:
        """Every account that was ever that of somebody of school.yaml on this channel, always in the same order."""
        ours = (accounts.c.school == self._school) & (accounts.c.channel == channel)
        found = self._every(ours & (accounts.c.person == self._person(person)))
        # The token only finds them; what is sealed says whose they are.
        return tuple(known for known in found if known.person == person)

    def all(self) -> tuple[Known, ...]:
        """Every account of this school's people."""
        return self._every(accounts.c.school == self._school)

    def forget(self, account: Account) -> bool:
        """Delete what is known of this account; whether there was anything."""
        where = (accounts.c.school == self._school) & (accounts.c.account == self._account(account))
        with self._database.forgetting() as connection:
            return connection.execute(sa.delete(accounts).where(where)).rowcount == 1

    def _row(self, known: Known) -> dict[str, object]:
        row = {
            "school": self._school,
            "account": self._account(known.account),
            "channel": known.account.channel,
            "person": self._person(known.person) if known.person else None,
            "known": dumps(known),
        }
        return sealed_row(self._vault, accounts, row)

    def _every(self, where: sa.ColumnElement[bool]) -> tuple[Known, ...]:
        with self._database.reading() as connection:
            query = sa.select(*with_bound(accounts.c.known)).where(where).order_by(accounts.c.account)
            return tuple(loads(opened(self._vault, accounts.c.known, row), Known) for row in connection.execute(query))

    def _account(self, account: Account) -> str:
        return self._vault.token("account", self._school, account.channel, account.id)

    def _person(self, person: str) -> str:
        return self._vault.token("account-of", self._school, person)
