"""When somebody last looked for what is to be sent, so that a clock that was put back is noticed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "beats",
        sa.Column("school", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("school"),
    )


def downgrade() -> None:
    """Drop it: it says nothing that is worth keeping."""
    op.drop_table("beats")
