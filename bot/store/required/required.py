"""What staff must read, as rows: the list of staff, the texts, how far each colleague is with each; and the keys of the
personal links, which are signed and stored nowhere."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.concerns import ASKFIRST, Actor, Detail, EventKind
from bot.required.listing import StaffChange
from bot.required.model import Colleague, Progress, RequiredText
from bot.store.database import Database
from bot.store.required.tables import colleagues, progress, required_texts
from bot.store.sealing.cells import opened, sealed_row
from bot.store.sealing.chain import Chain
from bot.store.sealing.codec import dumps, loads

T = TypeVar("T")
_TEXT_ID = 6  # bytes
_SIGNED = 32  # digits of a signature


@dataclass(frozen=True)
class ProgressStep:
    """What becomes of somebody's progress, and the line that the log gets: none but when it is done."""

    progress: Progress
    kind: EventKind | None = None
    detail: Detail = field(default_factory=Detail)


class Required:
    """Of one school. Every method is one transaction; it may be called from any thread."""

    def __init__(self, database: Database, school: str) -> None:
        self._database, self._school, self._vault = database, school, database.vault
        self._chain = Chain(database, school)

    # --- staff

    def colleagues(self) -> tuple[Colleague, ...]:
        """Everybody on the list, whoever has left too, by name."""
        with self._database.reading() as connection:
            return self._colleagues(connection)

    def change_staff(
        self, decide: Callable[[tuple[Colleague, ...]], StaffChange], by: Actor, way: str, now: dt.datetime
    ) -> StaffChange:
        """Keep a new list in the place of the one that there is. `decide` sees that one while nobody else changes it,
        and raises what it will: then nothing is changed. Raises StoreError."""
        with self._database.transaction() as connection:
            self._chain.lock(connection)
            change = decide(self._colleagues(connection))
            for each in change.colleagues:
                self._write(connection, colleagues, {"id": each.id}, each)
            self._chain.append(connection, "", "staff-listed", by, Detail(text=change.words, way=way), now)
        return change

    # --- texts

    def texts(self) -> tuple[RequiredText, ...]:
        """Everything that was set, the newest first."""
        with self._database.reading() as connection:
            found = self._all(connection, required_texts, RequiredText)
        return tuple(sorted(found, key=lambda each: (each.set_on, each.due, each.id), reverse=True))

    def set(self, text: RequiredText, by: Actor, now: dt.datetime) -> RequiredText:
        """Keep a new one, under an id of its own; the text with that. Raises StoreError."""
        made = replace(text, id=secrets.token_hex(_TEXT_ID))
        with self._database.transaction() as connection:
            self._write(connection, required_texts, {"id": made.id}, made)
            detail = Detail(reference=made.id, text=made.subject, due=made.due)
            self._chain.append(connection, "", "required-set", by, detail, now)
        return made

    def end(self, id_: str, on: dt.date, by: Actor, now: dt.datetime) -> bool:
        """Nobody needs to read it any more, and who has stays written down; whether that was not so before."""
        with self._database.transaction() as connection:
            text = self._one(connection, required_texts, {"id": id_}, RequiredText, lock=True)
            if text is None or text.ended_on:
                return False
            self._write(connection, required_texts, {"id": id_}, replace(text, ended_on=on))
            self._chain.append(connection, "", "required-ended", by, Detail(reference=id_), now)
        return True

    # --- progress

    def progress(self) -> Mapping[str, Mapping[str, Progress]]:
        """By text and colleague, how far they are; nothing of whoever has not begun."""
        with self._database.reading() as connection:
            found = self._all(connection, progress, Progress)
        by_text: dict[str, dict[str, Progress]] = {}
        for each in found:
            by_text.setdefault(each.text, {})[each.colleague] = each
        return by_text

    def take(self, text: str, colleague: str, decide: Callable[[Progress], ProgressStep], now: dt.datetime) -> Progress:
        """Take a step. `decide` sees how far they are while nobody else changes it. Raises StoreError."""
        key = {"text": text, "colleague": colleague}
        with self._database.transaction() as connection:
            empty = Progress(text, colleague)
            self._database.insert_new(connection, progress, self._row(progress, key, empty))
            before = self._one(connection, progress, key, Progress, lock=True) or empty
            step = decide(before)
            if step.progress != before:
                self._write(connection, progress, key, step.progress)
            if step.kind:
                self._chain.append(connection, "", step.kind, ASKFIRST, step.detail, now)
        return step.progress

    def note(self, kind: EventKind, by: Actor, detail: Detail, now: dt.datetime) -> None:
        """A line in the log of somebody who looked, or was written to."""
        with self._database.transaction() as connection:
            self._chain.append(connection, "", kind, by, detail, now)

    def forget_before(self, day: dt.date, now: dt.datetime) -> int:
        """Delete what was due before this day, with who has read it, and whoever left before it; how many rows went.
        The log keeps ids, which then lead to nobody."""
        with self._database.forgetting() as connection:
            over = [each.id for each in self._all(connection, required_texts, RequiredText) if each.due < day]
            left = [each.id for each in self._colleagues(connection) if each.left_on and each.left_on < day]
            gone = 0
            for table, column, ids in (
                (progress, progress.c.text, over), (progress, progress.c.colleague, left),
                (required_texts, required_texts.c.id, over), (colleagues, colleagues.c.id, left),
            ):  # fmt: skip
                where = (table.c.school == self._school) & column.in_(ids)
                gone += connection.execute(sa.delete(table).where(where)).rowcount if ids else 0
            if gone:
                detail = Detail(text=f"{len(over)} texts, {len(left)} people", due=day)
                self._chain.append(connection, "", "required-forgotten", ASKFIRST, detail, now)
        return gone

    # --- personal links

    def key_for(self, colleague: str, until: dt.datetime) -> str:
        """What a personal link holds: for whom it is and until when, signed."""
        seconds = int(until.timestamp())
        return f"{colleague}-{seconds}-{self._signature(colleague, seconds)}"

    def colleague_of(self, key: str, now: dt.datetime) -> Colleague | None:
        """Whose key this is; None where it was not made here, is over, or they have left. Raises StoreError."""
        id_, _, rest = key.partition("-")
        seconds, _, signature = rest.partition("-")
        if not (seconds.isascii() and seconds.isdecimal() and len(seconds) < 12):
            return None
        ours = self._signature(id_, int(seconds))
        if not hmac.compare_digest(ours.encode(), signature.encode()) or int(seconds) <= now.timestamp():
            return None
        with self._database.reading() as connection:
            found = self._one(connection, colleagues, {"id": id_}, Colleague)
        return found if found and found.is_here else None

    def _signature(self, colleague: str, until: int) -> str:
        return self._vault.token("required-link", self._school, colleague, until)[:_SIGNED]

    # --- rows

    def _colleagues(self, connection: Connection) -> tuple[Colleague, ...]:
        found = self._all(connection, colleagues, Colleague)
        return tuple(sorted(found, key=lambda each: (each.name.casefold(), each.id)))

    def _all(self, connection: Connection, table: sa.Table, kind: type[T]) -> list[T]:
        rows = connection.execute(sa.select(table).where(table.c.school == self._school))
        return [loads(opened(self._vault, table.c.content, row), kind) for row in rows]

    def _one(
        self, connection: Connection, table: sa.Table, key: Mapping[str, str], kind: type[T], lock: bool = False
    ) -> T | None:
        query = sa.select(table).where(self._is(table, key))
        row = connection.execute(self._database.locked(query, table) if lock else query).one_or_none()
        return loads(opened(self._vault, table.c.content, row), kind) if row else None

    def _write(self, connection: Connection, table: sa.Table, key: Mapping[str, str], content: object) -> None:
        row = self._row(table, key, content)
        if not self._database.insert_new(connection, table, row):
            connection.execute(sa.update(table).where(self._is(table, key)).values(row))

    def _row(self, table: sa.Table, key: Mapping[str, str], content: object) -> dict[str, Any]:
        return sealed_row(self._vault, table, {"school": self._school, **key, "content": dumps(content)})

    def _is(self, table: sa.Table, key: Mapping[str, str]) -> sa.ColumnElement[bool]:
        return sa.and_(table.c.school == self._school, *(table.c[name] == value for name, value in key.items()))


def new_colleague_id() -> str:
    """A random id."""
    return secrets.token_hex(16)
