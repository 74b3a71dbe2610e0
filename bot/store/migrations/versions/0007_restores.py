"""That a database was put back from a backup, when it was taken, and what a person has said about it since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table, and the mark on what was waiting in a backup."""
    op.create_table(
        "restores",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("restored_at", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", sa.BigInteger()),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("school", "restored_at"),
    )
    op.add_column("notices", sa.Column("restored_at", sa.BigInteger()))


def downgrade() -> None:
    """Drop both: an older version knows of no restore."""
    with op.batch_alter_table("notices") as batch:
        batch.drop_column("restored_at")
    op.drop_table("restores")
