"""Sealed values bound to their place, and questions without time and order.

Until now values were sealed with Fernet: they opened in any row, and carried the second of their sealing for all to
read. All of them are sealed anew here, in the one transaction in which every migration runs: who stops it in between
finds everything as it was. A database that is partly in the new form was put together by somebody, and is refused.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import context, op
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.store.sealing.vault import DO_NOT_FIT, Cell, Vault, VaultError, chosen_keys

revision = "0006"
down_revision = "0005"

# As the tables are at this step: sealed columns, key (but the school), and what a value is bound to beside the school.
_SEALED = (
    ("accounts", ("known",), ("account",), ("account",)),
    ("concerns", ("about", "state"), ("number",), ("number",)),
    ("conversations", ("state",), ("id",), ("id",)),
    ("events", ("by", "detail"), ("number",), ("number", "concern")),
    ("files", ("name",), ("id",), ("id",)),
    ("gaps", ("question",), ("id",), ("id",)),
    ("links", ("person",), ("token",), ("token",)),
    ("notices", ("recipient", "text"), ("id",), ("id", "concern")),
    ("places", ("place",), ("id",), ("id",)),
    ("received", ("payload",), ("id",), ("id",)),
    ("sessions", ("person",), ("token",), ("token",)),
    ("tip_choices", ("by",), ("id",), ("id",)),
)
_WORKSPACE = ("client_id", "team_id")
_OF_SLACK = (
    ("slack_bots", ("bot_token", "bot_refresh_token")),
    (
        "slack_installations",
        ("bot_token", "bot_refresh_token", "user_token", "user_refresh_token", "incoming_webhook_url"),
    ),
)
_COARSE = 15 * 60 * 1000  # milliseconds
_MIXED = (
    "the database holds values of two editions at once, which no AskFirst writes: somebody put it together by hand. "
    "Nothing was changed. Go back to a backup"
)


class _Moving(NamedTuple):
    """What opens the old values, and what seals them anew."""

    old: MultiFernet
    new: Vault
    connection: sa.Connection

    def moved(self, sealed: bytes, cell: Cell) -> bytes:
        return self.new.seal(self.opened(sealed, f"{cell.table}.{cell.column}"), cell)

    def opened(self, sealed: bytes, where: str) -> str:
        if bytes(sealed).startswith(b"\x01"):
            raise VaultError(_MIXED)
        try:
            return self.old.decrypt(bytes(sealed)).decode()
        except InvalidToken:
            raise VaultError(
                f"a value in {where} cannot be opened with these keys. Nothing was changed. Put every key with which "
                "something was sealed into ASKFIRST_KEYS, the newest first, and start again"
            ) from None


def upgrade() -> None:
    """Seal everything anew where there is anything, and make the tables that tell of questions anew."""
    connection = op.get_bind()
    kept = connection.execute(sa.text("SELECT value FROM vault WHERE name = 'index'")).scalar()
    moving = _moving(connection, bytes(kept)) if kept is not None else None
    noted = _rows("gaps") if moving else []
    asked = {name: _rows(name) for name in ("asked", "tip_opinions", "conversations")}
    _make_tables_anew()
    # A process of the edition before that still runs would go on to seal in the old form: without this column it can
    # store no line of the log, and so no concern, and says so.
    op.execute("ALTER TABLE chains RENAME COLUMN seal TO mark")
    if moving:
        _put_back_gaps(moving, noted)
        asked["conversations"] = [_conversation(moving, row) for row in asked["conversations"]]
        for name, columns, key, bound in _SEALED:
            if name not in ("gaps", "conversations"):
                _reseal(moving, name, columns, ("school", *key), bound)
        _keep_newest_of_slack(moving)
    for name, rows in asked.items():
        if rows:
            connection.execute(sa.insert(_table(name)), rows)


def _moving(connection: sa.Connection, kept: bytes) -> _Moving:
    given = context.config.attributes
    keys: Sequence[str] = chosen_keys(given["keys"], given["demo_key"])
    if kept.startswith(b"\x01"):
        raise VaultError(_MIXED)
    try:
        old = MultiFernet([Fernet(key) for key in keys])
        index_key = old.decrypt(kept)
    except ValueError:
        raise VaultError("ASKFIRST_KEYS holds something that is not a key. Make one with: askfirst keys new") from None
    except InvalidToken:
        raise VaultError(DO_NOT_FIT) from None
    new = Vault(keys, (index_key,))
    connection.execute(sa.text("UPDATE vault SET value = :value WHERE name = 'index'"), {"value": new.own_index()})
    return _Moving(old, new, connection)


def _reseal(
    moving: _Moving,
    name: str,
    columns: Sequence[str],
    read: Sequence[str],
    bound: Sequence[str],
    school: str = "school",
) -> None:
    table = sa.table(name, *(sa.column(each) for each in dict.fromkeys((*read, *bound, *columns))))
    for row in moving.connection.execute(sa.select(table)).mappings().all():
        place = (row.get(school) or "", tuple("" if row[each] is None else str(row[each]) for each in bound))
        values = {each: moving.moved(row[each], Cell(name, each, *place)) for each in columns if row[each] is not None}
        if values:
            where = sa.and_(*(table.c[each] == row[each] for each in read))
            moving.connection.execute(sa.update(table).where(where).values(values))


def _put_back_gaps(moving: _Moving, noted: Sequence[Mapping[str, Any]]) -> None:
    rows = []
    for row in noted:
        id_ = secrets.token_hex(16)
        cell = Cell("gaps", "question", row["school"], (id_,))
        rows.append({**row, "id": id_, "question": moving.moved(row["question"], cell)})
    rows.sort(key=lambda row: str(row["id"]))
    if rows:
        moving.connection.execute(sa.insert(_table("gaps")), rows)


def _conversation(moving: _Moving, row: Mapping[str, Any]) -> dict[str, Any]:
    id_ = moving.new.token("conversation", row["school"], row["id"])
    state = moving.moved(row["state"], Cell("conversations", "state", row["school"], (id_,)))
    return {**row, "id": id_, "state": state, "until": -(-row["until"] // _COARSE) * _COARSE}


def _keep_newest_of_slack(moving: _Moving) -> None:
    """Slack's own tables kept every installation of a workspace; the newest is the one that is used."""
    there = set(sa.inspect(moving.connection).get_table_names())
    for name, columns in _OF_SLACK:
        if name not in there:
            continue
        table = sa.table(name, *(sa.column(each) for each in ("id", *_WORKSPACE, "installed_at")))
        known = set()
        for row in moving.connection.execute(sa.select(table).order_by(table.c.installed_at.desc(), table.c.id.desc())):
            if (row.client_id, row.team_id) in known:
                moving.connection.execute(sa.delete(table).where(table.c.id == row.id))
            known.add((row.client_id, row.team_id))
        _reseal(moving, name, columns, ("id",), _WORKSPACE)


def _rows(name: str) -> list[dict[str, Any]]:
    table = _table(name)
    key = list(table.primary_key.columns)
    return [dict(row) for row in op.get_bind().execute(sa.select(table).order_by(*key)).mappings()]


def _table(name: str) -> sa.Table:
    # With its types, or SQLite would hand the days out as text.
    return sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())


def _make_tables_anew() -> None:
    """SQLite numbers rows as they come, and so keeps the order in which people asked: these go without."""
    remaking: Mapping[str, Callable[[], None]] = {
        "gaps": _make_gaps, "asked": _make_asked, "tip_opinions": _make_opinions, "conversations": _make_conversations,
    }  # fmt: skip
    for name, make in remaking.items():
        op.drop_table(name)
        make()


def _make_gaps() -> None:
    op.create_table(
        "gaps",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("question", sa.LargeBinary(), nullable=False),
        sa.Column("entry", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_gaps_school"), "gaps", ["school"], unique=False)


def _make_asked() -> None:
    op.create_table(
        "asked",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entry", sa.String(length=80), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("helped", sa.Integer(), nullable=False),
        sa.Column("not_helped", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("school", "day", "entry"),
        sqlite_with_rowid=False,
    )


def _make_opinions() -> None:
    op.create_table(
        "tip_opinions",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tip", sa.String(length=80), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("not_useful", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("school", "day", "tip"),
        sqlite_with_rowid=False,
    )


def _make_conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("school", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_conversations_until"), "conversations", ["until"], unique=False)


def downgrade() -> None:
    """There is no way back to values that open anywhere."""
    raise NotImplementedError("this migration cannot be undone: go back to a backup")
