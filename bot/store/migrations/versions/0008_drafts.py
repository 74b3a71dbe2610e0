"""Drafts of answers, and how often staff said of an answer that it is wrong or out of date."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "drafts",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("entry", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("school", "id"),
    )
    op.create_index("drafts_by_state", "drafts", ["school", "state"])
    op.create_table(
        "remarks",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entry", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("school", "day", "entry", "kind"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop both: an older version edits no answers."""
    op.drop_table("remarks")
    op.drop_index("drafts_by_state", "drafts")
    op.drop_table("drafts")
