"""The first tables. Those of versions before any release are dropped: they held half an hour of conversations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    for table in set(sa.inspect(op.get_bind()).get_table_names()) & {"conversations", "gaps"}:
        op.drop_table(table)
    _make_talk()
    _make_concerns()
    _make_readers()
    _make_signed_in()
    _make_notices()


def _make_talk() -> None:
    """What is asked, and what nobody could answer."""
    op.create_table(
        "asked",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entry", sa.String(length=80), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("helped", sa.Integer(), nullable=False),
        sa.Column("not_helped", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("school", "day", "entry"),
    )
    op.create_table(
        "conversations",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("school", "id"),
    )
    op.create_index(op.f("ix_conversations_until"), "conversations", ["until"], unique=False)
    op.create_table(
        "gaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("question", sa.LargeBinary(), nullable=False),
        sa.Column("entry", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_gaps_school"), "gaps", ["school"], unique=False)


def _make_concerns() -> None:
    """The concerns and their chronology."""
    op.create_table(
        "chains",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("school"),
    )
    op.create_table(
        "concerns",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("submission", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.String(length=64), nullable=False),
        sa.Column("reporter", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("logged_at", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("about", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("school", "number"),
        sa.UniqueConstraint("school", "receipt"),
        sa.UniqueConstraint("school", "submission"),
    )
    op.create_index("concerns_by_reporter", "concerns", ["school", "reporter"], unique=False)
    op.create_index("concerns_by_status", "concerns", ["school", "status"], unique=False)
    op.create_table(
        "events",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("concern", sa.String(length=8), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("by", sa.LargeBinary(), nullable=False),
        sa.Column("detail", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("school", "number"),
    )
    op.create_index("events_by_concern", "events", ["school", "concern"], unique=False)


def _make_readers() -> None:
    """Who may read them, and whose files they are in."""
    op.create_table(
        "excluded",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("concern", sa.String(length=8), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("school", "concern", "person"),
    )
    op.create_table(
        "readers",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("concern", sa.String(length=8), nullable=False),
        sa.Column("reader", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("school", "concern", "reader"),
    )
    op.create_table(
        "filed",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("file", sa.String(length=12), nullable=False),
        sa.Column("concern", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("school", "file", "concern"),
    )
    op.create_table(
        "files",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("school", "id"),
    )


def _make_signed_in() -> None:
    """Links and sessions, and what proves that the key is right."""
    op.create_table(
        "links",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("school", "token"),
    )
    op.create_index(op.f("ix_links_until"), "links", ["until"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("school", "token"),
    )
    op.create_index(op.f("ix_sessions_until"), "sessions", ["until"], unique=False)
    op.create_table(
        "vault",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _make_notices() -> None:
    """What is to be sent."""
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("concern", sa.String(length=8), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("way", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("lease_owner", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("tried_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("notices_by_concern", "notices", ["school", "concern", "state"], unique=False)
    op.create_index("notices_by_time", "notices", ["state", "next_at"], unique=False)


def downgrade() -> None:
    """There is nothing before the first tables: a record of concerns is never dropped by a command."""
    raise NotImplementedError("the first migration cannot be undone")
