"""The school's reviews of itself, and how each statement was judged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "self_reviews",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("school", "number"),
    )
    op.create_table(
        "judgements",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("review", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("statement", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("school", "review", "statement", "version"),
    )


def downgrade() -> None:
    """Drop both: an older version reviews nothing."""
    op.drop_table("judgements")
    op.drop_table("self_reviews")
