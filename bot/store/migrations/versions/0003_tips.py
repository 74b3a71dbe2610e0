"""Which tips were posted, what was decided about them, and what people made of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "posts",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tip", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("lease_owner", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("school", "channel", "day"),
    )
    op.create_index("posts_by_day", "posts", ["school", "day"], unique=False)
    op.create_table(
        "tip_choices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("tip", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("by", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_tip_choices_school"), "tip_choices", ["school"], unique=False)
    op.create_table(
        "tip_opinions",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tip", sa.String(length=80), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("not_useful", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("school", "day", "tip"),
    )


def downgrade() -> None:
    """Drop them: tips may then come again sooner than they should."""
    op.drop_table("tip_opinions")
    op.drop_table("tip_choices")
    op.drop_table("posts")
