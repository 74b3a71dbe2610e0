"""Where a chat channel reaches people of its own accord: as the channel itself wrote it down, sealed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.store.database import Database
from bot.store.schema import concerns, places
from bot.store.sealing.cells import opened, sealed_row, with_bound
from bot.store.sealing.codec import dumps, loads


@dataclass(frozen=True)
class Place:
    """`name` is the channel's own name for it, `address` what the channel needs to write there."""

    name: str
    address: str


def alerts_of(channel: str) -> str:
    """The kind of the places at which a channel's alerts stand; their names are made by `alert_name`."""
    return f"{channel}-alert"


def alert_name(number: str, account: str, message: str) -> str:
    """Under which an alert is kept: its concern, its reader's account, and the message that it is."""
    return f"{number} {account} {message}"


def alert_parts(name: str) -> tuple[str, str, str]:
    """The name of such a place -> its concern, its reader's account, and the message."""
    number, account, message = name.split(" ", 2)
    return number, account, message


class Places:
    """The places of one school; `kind` says of which channel and sort ("teams", "teams-alert")."""

    def __init__(self, database: Database, school: str, kind: str) -> None:
        self._database, self._school, self._kind = database, school, kind
        self._vault = database.vault

    def keep(self, place: Place) -> None:
        """Write a place down, instead of what was known under its name."""
        with self._database.transaction() as connection:
            self._keep(connection, place)

    def keep_alert(self, place: Place) -> bool:
        """The same of an alert that was on its way; False where its concern is not there, or was deleted meanwhile:
        then nothing of it is written any more."""
        theirs = (concerns.c.school == self._school) & (concerns.c.number == alert_parts(place.name)[0])
        query = self._database.locked(sa.select(concerns.c.status).where(theirs), concerns)
        with self._database.transaction() as connection:
            if connection.execute(query).scalar() in (None, "deleted"):
                return False
            self._keep(connection, place)
            return True

    def _keep(self, connection: Connection, place: Place) -> None:
        row = {
            "school": self._school,
            "id": self._id(place.name),
            "kind": self._kind,
            "place": dumps(place),
        }
        row = sealed_row(self._vault, places, row)
        if not self._database.insert_new(connection, places, row):
            connection.execute(sa.update(places).where(self._where(place.name)).values(row))

    def find(self, name: str) -> str | None:
        """The address under this name."""
        with self._database.reading() as connection:
            found = connection.execute(sa.select(*with_bound(places.c.place)).where(self._where(name))).one_or_none()
        return self._opened(found).address if found is not None else None

    def forget(self, name: str) -> None:
        """It can no longer be reached."""
        with self._database.forgetting() as connection:
            connection.execute(sa.delete(places).where(self._where(name)))

    def all(self) -> tuple[Place, ...]:
        """Every place of this kind."""
        ours = (places.c.school == self._school) & (places.c.kind == self._kind)
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(*with_bound(places.c.place)).where(ours)).all()
        return tuple(map(self._opened, rows))

    def _opened(self, row: sa.Row[Any]) -> Place:
        return loads(opened(self._vault, places.c.place, row), Place)

    def _where(self, name: str) -> sa.ColumnElement[bool]:
        return (places.c.school == self._school) & (places.c.id == self._id(name))

    def _id(self, name: str) -> str:
        return self._vault.token("place", self._school, self._kind, name)
