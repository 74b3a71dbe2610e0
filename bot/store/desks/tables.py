"""The tables of the desks. All that names or describes anyone is in the sealed content."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.schema import NUMBER, SCHOOL, TOKEN, metadata

# Drafts of answers; what they say, who wrote them and how they stand is in the sealed content, the rest is for finding.
drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("entry", sa.String(80), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Index("drafts_by_state", "school", "state"),
)
remarks = sa.Table(
    "remarks",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),  # the day, not the time: a time could point to a person
    sa.Column("entry", sa.String(80), primary_key=True),
    sa.Column("kind", sa.String(12), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)

# The school's reviews of itself. An answer is never overwritten: the one with the highest version counts.
self_reviews = sa.Table(
    "self_reviews", metadata, sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)  # fmt: skip
judgements = sa.Table(
    "judgements", metadata, sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("review", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("statement", sa.String(40), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)  # fmt: skip
# The school's own accounts and tools, from being asked for on; all that was said of one is in the sealed content.
register = sa.Table(
    "register",
    metadata,
    sa.Column("school", SCHOOL, primary_key=True),
    sa.Column("number", NUMBER, primary_key=True),
    sa.Column("submission", TOKEN, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("school", "submission"),
    sa.Index("register_by_state", "school", "state"),
)
