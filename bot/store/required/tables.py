"""The tables of what staff must read. All that names or describes anyone is in the sealed content; ids are random."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.schema import SCHOOL, metadata

_ID = sa.String(32)

colleagues = sa.Table(
    "colleagues",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("id", _ID, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
required_texts = sa.Table(
    "required_texts",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("id", _ID, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
progress = sa.Table(
    "progress",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("text", _ID, primary_key=True),
    sa.Column("colleague", _ID, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
