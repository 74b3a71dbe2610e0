"""Where a chat channel reaches people and channels of its own accord."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "places",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("school", "id"),
    )
    op.create_index("places_by_kind", "places", ["school", "kind"], unique=False)


def downgrade() -> None:
    """Drop it: the channel learns them again when people write to it."""
    op.drop_table("places")
