"""Who is who on the chat channels, and what the channels sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "accounts",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=True),
        sa.Column("known", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("school", "account"),
    )
    op.create_index("accounts_by_person", "accounts", ["school", "channel", "person"], unique=False)
    op.create_table(
        "received",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("school", "id"),
    )
    op.create_index(op.f("ix_received_at"), "received", ["at"], unique=False)


def downgrade() -> None:
    """Drop them: what is in them is asked for or sent again."""
    op.drop_table("received")
    op.drop_table("accounts")
