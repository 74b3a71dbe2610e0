"""What can be said of a database whose key is lost: how many concerns are in it, and which of them nobody has
acknowledged. Nothing is opened, and nothing is written."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, make_url

from bot.settings import Settings
from bot.store.database import StoreError, moment, told
from bot.store.opening import engine_for, place_of
from bot.store.schema import concerns, vault
from bot.store.sealing.vault import VaultError, chosen_keys, opens_index


@dataclass(frozen=True)
class Left:
    """A concern as it stands open for all to read: `status` is "open", "acknowledged" or "closed"."""

    number: str
    logged_at: dt.datetime
    status: str
    urgent: bool


def left_without_keys(settings: Settings, school: str) -> tuple[Left, ...]:
    """The concerns of a school that were not deleted, in the order in which they were logged. Raises StoreError."""
    columns = (concerns.c.number, concerns.c.logged_at, concerns.c.status, concerns.c.urgent)
    query = sa.select(*columns).where(concerns.c.school == school, concerns.c.status != "deleted")
    with _looking(settings) as connection:
        rows = connection.execute(query.order_by(concerns.c.logged_at)).all()
    return tuple(Left(row.number, moment(row.logged_at), row.status, row.urgent) for row in rows)


def keys_fit(settings: Settings) -> bool:
    """Whether the database can be read with the keys that are set, or could after an update. Raises StoreError where
    there is none."""
    with _looking(settings) as connection:
        kept = connection.execute(sa.select(vault.c.value).where(vault.c.name == "index")).scalar()
    try:
        return opens_index(chosen_keys(settings.keys, settings.demo_key), bytes(kept or b""))
    except VaultError:
        return False


@contextlib.contextmanager
def _looking(settings: Settings) -> Iterator[Connection]:
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise StoreError(f"there is no database at {url.database}. Check ASKFIRST_DATA and ASKFIRST_DATABASE_URL")
    with told(place_of(settings.database)):
        engine = engine_for(settings.database)
        try:
            with engine.execution_options(reading=True).begin() as connection:
                yield connection
        finally:
            engine.dispose()
