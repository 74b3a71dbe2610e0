"""The tables. Every row carries its school; every column that names or describes anyone is sealed
(bot.store.sealing.vault).

Times are whole milliseconds since 1970 in UTC. The migrations make these tables; a test holds the two together.
What tells of questions is kept on SQLite without row numbers, which would say in which order it came.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()
SCHOOL = sa.String(40)
TOKEN = sa.String(64)
NUMBER = sa.String(8)

vault = sa.Table(
    "vault",
    metadata,
    sa.Column("name", sa.String(20), primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
)
conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("id", TOKEN, primary_key=True),
    sa.Column("state", sa.LargeBinary, nullable=False),
    sa.Column("until", sa.BigInteger, nullable=False, index=True),
    sqlite_with_rowid=False,
)
gaps = sa.Table(
    "gaps",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),  # random
    sa.Column("school", SCHOOL, nullable=False, index=True),
    sa.Column("asked_on", sa.Date, nullable=False),  # the day, not the time: a time could point to a person
    sa.Column("question", sa.LargeBinary, nullable=False),
    sa.Column("entry", sa.String(80)),
    sa.Column("reason", sa.String(20), nullable=False),
    sqlite_with_rowid=False,
)
asked = sa.Table(
    "asked",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("entry", sa.String(80), primary_key=True),
    sa.Column("answered", sa.Integer, nullable=False),
    sa.Column("helped", sa.Integer, nullable=False),
    sa.Column("not_helped", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
concerns = sa.Table(
    "concerns",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("number", NUMBER, primary_key=True),
    sa.Column("submission", TOKEN, nullable=False),
    sa.Column("receipt", TOKEN, nullable=False),
    sa.Column("reporter", TOKEN, nullable=False),
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("logged_at", sa.BigInteger, nullable=False),
    sa.Column("acknowledged_at", sa.BigInteger),
    sa.Column("review_on", sa.Date),
    sa.Column("about", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("school", "submission"),
    sa.UniqueConstraint("school", "receipt"),
    sa.Index("concerns_by_status", "school", "status"),
    sa.Index("concerns_by_reporter", "school", "reporter"),
)
readers = sa.Table(
    "readers",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("concern", NUMBER, primary_key=True),
    sa.Column("reader", TOKEN, primary_key=True),
)
excluded = sa.Table(
    "excluded",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("concern", NUMBER, primary_key=True),
    sa.Column("person", TOKEN, primary_key=True),
)
events = sa.Table(
    "events",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("concern", NUMBER, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("by", sa.LargeBinary, nullable=False),
    sa.Column("detail", sa.LargeBinary),  # empty only after a deletion
    sa.Column("digest", TOKEN, nullable=False),
    sa.Column("previous", TOKEN, nullable=False),
    sa.Column("hash", TOKEN, nullable=False),
    sa.Index("events_by_concern", "school", "concern"),
)
chains = sa.Table(
    "chains",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("length", sa.BigInteger, nullable=False),
    sa.Column("head", TOKEN, nullable=False),
    # By another name than before values were bound: a process of that edition, still running, stores nothing any more.
    sa.Column("mark", TOKEN, nullable=False, key="seal"),
)
notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("school", SCHOOL, nullable=False),
    sa.Column("concern", NUMBER),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("rung", sa.Integer, nullable=False),
    sa.Column("recipient", sa.LargeBinary, nullable=False),
    sa.Column("text", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("way", sa.Integer, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("next_at", sa.BigInteger, nullable=False),
    sa.Column("lease_owner", sa.String(32)),
    sa.Column("lease_until", sa.BigInteger),
    sa.Column("tried_at", sa.BigInteger),
    sa.Column("restored_at", sa.BigInteger),  # it waited in a backup that was put back then
    sa.Index("notices_by_time", "state", "next_at"),
    sa.Index("notices_by_concern", "school", "concern", "state"),
)
files = sa.Table(
    "files",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("id", sa.String(12), primary_key=True),
    sa.Column("name", sa.LargeBinary, nullable=False),
)
filed = sa.Table(
    "filed",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("file", sa.String(12), primary_key=True),
    sa.Column("concern", NUMBER, primary_key=True),
)
links = sa.Table(
    "links",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("token", TOKEN, primary_key=True),
    sa.Column("person", sa.LargeBinary, nullable=False),
    sa.Column("until", sa.BigInteger, nullable=False, index=True),
    sa.Column("used_at", sa.BigInteger),
)
sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("token", TOKEN, primary_key=True),
    sa.Column("person", sa.LargeBinary, nullable=False),
    sa.Column("started_at", sa.BigInteger, nullable=False),
    sa.Column("until", sa.BigInteger, nullable=False, index=True),
)
accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("account", TOKEN, primary_key=True),
    sa.Column("channel", sa.String(12), nullable=False),
    sa.Column("person", TOKEN),
    sa.Column("known", sa.LargeBinary, nullable=False),
    sa.Index("accounts_by_person", "school", "channel", "person"),
)
received = sa.Table(
    "received",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("id", TOKEN, primary_key=True),
    sa.Column("channel", sa.String(12), nullable=False),
    sa.Column("payload", sa.LargeBinary),  # empty once it is dealt with
    sa.Column("at", sa.BigInteger, nullable=False, index=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("lease_until", sa.BigInteger),
)
posts = sa.Table(
    "posts",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("channel", sa.String(200), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("tip", sa.String(80), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("lease_owner", sa.String(32)),
    sa.Column("lease_until", sa.BigInteger),
    sa.Index("posts_by_day", "school", "day"),
)
tip_choices = sa.Table(
    "tip_choices",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("school", SCHOOL, nullable=False, index=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("tip", sa.String(80), nullable=False),
    sa.Column("channel", sa.String(200), nullable=False),
    sa.Column("first", sa.Date, nullable=False),
    sa.Column("last", sa.Date),
    sa.Column("by", sa.LargeBinary, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
)
tip_opinions = sa.Table(
    "tip_opinions",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("tip", sa.String(80), primary_key=True),
    sa.Column("asked", sa.Integer, nullable=False),
    sa.Column("not_useful", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)

places = sa.Table(
    "places",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("id", TOKEN, primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("place", sa.LargeBinary, nullable=False),
    sa.Index("places_by_kind", "school", "kind"),
)

beats = sa.Table(
    "beats",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False),
)

# What was put back from a backup: nothing that waited in it is sent before `until`.
restores = sa.Table(
    "restores",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("restored_at", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("taken_at", sa.BigInteger, nullable=False),
    sa.Column("until", sa.BigInteger, nullable=False),
    sa.Column("looked_at", sa.BigInteger),
    sa.Column("held", sa.Boolean, nullable=False),
)

# Tables of libraries that keep their own in this database: what is binary there is sealed too, for its row by these.
OTHERS = {"slack_bots": ("client_id", "team_id"), "slack_installations": ("client_id", "team_id")}


def every_token() -> tuple[sa.Column[str], ...]:
    """Every column of keyed tokens, those of tables that stand beside their part too: tables of one are of the type
    `TOKEN`."""
    columns = (column for table in metadata.sorted_tables for column in table.columns)
    return tuple(column for column in columns if column.type is TOKEN)


def every_sealed() -> tuple[sa.Column[bytes], ...]:
    """Every sealed column, those of tables that stand beside their part (bot.store.desks.tables and others) too."""
    columns = (column for table in metadata.sorted_tables for column in table.columns)
    return tuple(column for column in columns if isinstance(column.type, sa.LargeBinary))
