"""The register of the school's own accounts and tools."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "register",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("submission", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("school", "number"),
        sa.UniqueConstraint("school", "submission"),
    )
    op.create_index("register_by_state", "register", ["school", "state"])


def downgrade() -> None:
    """Drop it: an older version has no register."""
    op.drop_table("register")
