"""The list of staff, what they must read, and how far each is with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the three tables."""
    for name in ("colleagues", "required_texts"):
        op.create_table(
            name,
            sa.Column("school", sa.String(length=40), nullable=False),
            sa.Column("id", sa.String(length=32), nullable=False),
            sa.Column("content", sa.LargeBinary(), nullable=False),
            sa.PrimaryKeyConstraint("school", "id"),
        )
    op.create_table(
        "progress",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=32), nullable=False),
        sa.Column("colleague", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("school", "text", "colleague"),
    )


def downgrade() -> None:
    """Drop them: an older version sets nothing to be read."""
    for name in ("progress", "required_texts", "colleagues"):
        op.drop_table(name)
