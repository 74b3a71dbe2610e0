"""Who may see which concern: decided here, in the query, and nowhere else.

Parts and people stand in the tables as tokens, so that the tables tell nobody who reads or is spoken of.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.concerns import Account, Reader, Reporter
from bot.store.numbers import as_receipt
from bot.store.schema import concerns, excluded, readers
from bot.store.sealing.vault import Vault


class Access:
    """The tokens and conditions of one school."""

    def __init__(self, vault: Vault, school: str) -> None:
        self._vault, self._school = vault, school

    # --- tokens

    def person(self, person: str) -> str:
        """Stands for one person, by their id in school.yaml."""
        return self._vault.token("person", self._school, person)

    def role(self, role: str) -> str:
        """Stands for whoever holds this role at the time."""
        return self._vault.token("role", self._school, role)

    def figures(self) -> str:
        """Stands for whoever may see the figures."""
        return self._vault.token("figures", self._school)

    def reporter(self, reporter: Reporter) -> str:
        """Stands for whoever logged it; a name that was only claimed stands for nobody who could be signed in."""
        if reporter.person and reporter.known_by and not reporter.checked:
            return self._vault.token("reporter", self._school, "claimed", reporter.person)
        if reporter.person:
            return self._vault.token("reporter", self._school, "person", reporter.person)
        if reporter.account:
            return self.account(reporter.account)
        return self._vault.token("reporter", self._school, "name", reporter.name)

    def account(self, account: Account) -> str:
        """Stands for a reporter known by an account only."""
        return self._vault.token("reporter", self._school, account.channel, account.id)

    def receipt(self, receipt: str) -> str:
        """Stands for a receipt, however it was typed."""
        return self.as_stored(self.lasting_receipt(receipt))

    def lasting_receipt(self, receipt: str) -> str:
        """The same for the log, which nobody writes anew when the keys behind the tokens change."""
        return self._vault.lasting("receipt-of", self._school, as_receipt(receipt))

    def as_stored(self, lasting: str) -> str:
        """What the log holds of a receipt -> what its row holds now."""
        return self._vault.of_lasting(lasting)

    # --- conditions on a query of concerns

    def visible(self, reader: Reader) -> sa.ColumnElement[bool]:
        """What this reader may read: theirs by a role or in person, and not about them."""
        # The shutting out is by person and comes last, so that no role outweighs it: a headteacher reads as the head,
        # and not what is about them.
        tokens = [self.person(reader.person), *(self.role(role) for role in sorted(reader.roles))]
        ours = concerns.c.school == self._school
        return ours & (concerns.c.status != "deleted") & _has_reader(tokens) & ~self.about(reader.person)

    def counted(self, reader: Reader) -> sa.ColumnElement[bool]:
        """What the figures count for this reader: what they may read and all about pupils, never what is about them."""
        shared = _has_reader([self.figures()]) & ~self.about(reader.person)
        ours = (concerns.c.school == self._school) & (concerns.c.status != "deleted")
        return ours & (self.visible(reader) | shared)

    def by_receipt(self, receipt: str) -> sa.ColumnElement[bool]:
        """The one with this receipt."""
        ours = concerns.c.school == self._school
        return ours & (concerns.c.receipt == self.receipt(receipt)) & (concerns.c.status != "deleted")

    def about(self, person: str) -> sa.ColumnElement[bool]:
        """What is about this person."""
        return sa.exists().where(
            excluded.c.school == concerns.c.school,
            excluded.c.concern == concerns.c.number,
            excluded.c.person == self.person(person),
        )

    # --- rows

    def let_in(self, connection: Connection, number: str, tokens: Sequence[str]) -> frozenset[str]:
        """Let the bearers of these tokens read a concern; which of them could not so far."""
        known = sa.select(readers.c.reader).where(readers.c.school == self._school, readers.c.concern == number)
        there = set(connection.execute(known).scalars())
        rows = [{"school": self._school, "concern": number, "reader": token} for token in tokens if token not in there]
        if rows:
            connection.execute(sa.insert(readers), rows)
        return frozenset(tokens) - there

    def shut_out(self, connection: Connection, number: str, people: Sequence[str]) -> None:
        """A concern is about these people: they never see it, whatever part they hold."""
        rows = [{"school": self._school, "concern": number, "person": self.person(person)} for person in people]
        if rows:
            connection.execute(sa.insert(excluded), rows)

    def is_shut_out(self, connection: Connection, number: str, person: str) -> bool:
        """Whether a concern is about this person."""
        query = sa.select(excluded.c.person).where(
            excluded.c.school == self._school, excluded.c.concern == number, excluded.c.person == self.person(person)
        )
        return connection.execute(query).scalar() is not None


def _has_reader(tokens: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        readers.c.school == concerns.c.school, readers.c.concern == concerns.c.number, readers.c.reader.in_(tokens)
    )
