"""The tips of one school as rows: one for each channel and day, claimed before it is sent.

The key (school, channel, day) makes a second post impossible. Whoever dies between the claim and the mark leaves a
lease that runs out: the next one looks for the post in the channel's own history, and where the channel cannot tell,
the tip is left out, because none is better than two.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from bot.store.database import Database, milliseconds, moment
from bot.store.schema import posts, tip_choices, tip_opinions
from bot.store.sealing.cells import cell_of, opened
from bot.tips import TipChoice

LEASE = dt.timedelta(seconds=20)
PostState = Literal["claimed", "waiting", "posted", "left-out"]  # waiting: surely not posted, to be tried again


@dataclass(frozen=True)
class Post:
    """The tip of one channel and day. `owner` is the claim's own name; `at` when the state began."""

    school: str
    channel: str
    day: dt.date
    tip: str
    state: PostState
    at: dt.datetime
    owner: str = ""


@dataclass(frozen=True)
class Opinion:
    """What people made of a tip: how often its answer was asked for, and how often it was called not useful."""

    tip: str
    asked: int
    not_useful: int


class TipPosts:
    """The tips of one school. Every method is one transaction; it may be called from any thread."""

    def __init__(self, database: Database, school: str) -> None:
        self._database, self._school = database, school
        self._vault = database.vault

    # --- posting

    def claim(self, channel: str, day: dt.date, tip: str, now: dt.datetime) -> Post | None:
        """Take the slot of this channel and day; None where somebody has taken it, or it has been dealt with."""
        owner = secrets.token_hex(16)
        row = {
            "school": self._school,
            "channel": channel,
            "day": day,
            "tip": tip,
            "state": "claimed",
            "at": milliseconds(now),
            "lease_owner": owner,
            "lease_until": milliseconds(now + LEASE),
        }
        free = (posts.c.state == "waiting") & (posts.c.lease_until <= milliseconds(now))
        with self._database.transaction() as connection:
            # The key is school, channel and day: of all processes one gets the slot, whatever their clocks say.
            if not self._database.insert_new(connection, posts, row):
                again = sa.update(posts).where(self._slot(channel, day), free).values(row)
                if not connection.execute(again).rowcount:
                    return None
        return Post(self._school, channel, day, tip, "claimed", now, owner)

    def posted(self, post: Post, now: dt.datetime) -> bool:
        """It is in the channel; False where the claim was lost meanwhile."""
        return self._mark(post, "posted", now)

    def leave_out(self, post: Post, now: dt.datetime) -> bool:
        """There is no tip on this day: nobody can say whether it was posted, or it could not be."""
        return self._mark(post, "left-out", now)

    def put_off(self, post: Post, until: dt.datetime) -> bool:
        """It was surely not posted, and may be tried again from `until` on."""
        return self._mark(post, "waiting", until)

    def expire(self, before: dt.date, now: dt.datetime) -> int:
        """Leave out what still waits from days before this one; how many there were."""
        late = (posts.c.school == self._school) & (posts.c.state == "waiting") & (posts.c.day < before)
        with self._database.transaction() as connection:
            gone = sa.update(posts).where(late).values(state="left-out", at=milliseconds(now))
            return connection.execute(gone).rowcount

    def since(self, day: dt.date, channel: str = "") -> tuple[Post, ...]:
        """What there was from this day on, in one channel or in all, oldest first."""
        query = sa.select(posts).where(posts.c.school == self._school, posts.c.day >= day)
        if channel:
            query = query.where(posts.c.channel == channel)
        with self._database.reading() as connection:
            return tuple(_post(row) for row in connection.execute(query.order_by(posts.c.day, posts.c.channel)))

    # --- decided

    def choose(self, choice: TipChoice, now: dt.datetime) -> None:
        """Write down a decision; a pin takes the place of an older one for the same day and channel."""
        with self._database.transaction() as connection:
            if choice.kind == "pin":
                connection.execute(sa.delete(tip_choices).where(self._pins(choice.first, choice.channel)))
            row = {
                "school": self._school,
                "kind": choice.kind,
                "tip": choice.tip,
                "channel": choice.channel,
                "first": choice.first,
                "last": choice.last,
                "by": b"",
                "at": milliseconds(now),
            }
            # Who decided is sealed for its row, whose number the database gives.
            given = connection.execute(sa.insert(tip_choices).returning(tip_choices.c.id), row).scalar_one()
            by = self._vault.seal(choice.by, cell_of(tip_choices.c.by, {**row, "id": given}))
            connection.execute(sa.update(tip_choices).where(tip_choices.c.id == given).values(by=by))

    def unpin(self, day: dt.date) -> int:
        """Take back every pin of this day; how many there were."""
        with self._database.transaction() as connection:
            return connection.execute(sa.delete(tip_choices).where(self._pins(day))).rowcount

    def resume(self, day: dt.date, tip: str = "") -> int:
        """From this day on the tip may be posted again, or (without one) tips may be: how many decisions that ended.
        What held before stays written down, because the order of the tips follows from it."""
        kind = "skip" if tip else "pause"
        ours = (tip_choices.c.school == self._school) & (tip_choices.c.kind == kind) & (tip_choices.c.tip == tip)
        open_ = ours & (tip_choices.c.last.is_(None) | (tip_choices.c.last >= day))
        with self._database.transaction() as connection:
            # A pause that has not begun leaves no trace in the order of the tips, and may go.
            future = connection.execute(sa.delete(tip_choices).where(open_, tip_choices.c.first >= day)).rowcount
            ended = sa.update(tip_choices).where(open_).values(last=day - dt.timedelta(days=1))
            return future + connection.execute(ended).rowcount

    def choices(self) -> tuple[TipChoice, ...]:
        """Every decision, oldest first."""
        query = sa.select(tip_choices).where(tip_choices.c.school == self._school).order_by(tip_choices.c.id)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(
            TipChoice(row.kind, row.first, row.last, row.tip, row.channel, opened(self._vault, tip_choices.c.by, row))
            for row in rows
        )

    # --- seen

    def count(self, tip: str, day: dt.date, said: Literal["asked", "not_useful"]) -> None:
        """Somebody asked about a tip on this day, or called it not useful. Nobody's name is kept."""
        column = tip_opinions.c[said]
        where = (tip_opinions.c.school == self._school) & (tip_opinions.c.day == day) & (tip_opinions.c.tip == tip)
        row = {"school": self._school, "day": day, "tip": tip, "asked": 0, "not_useful": 0}
        with self._database.transaction() as connection:
            self._database.insert_new(connection, tip_opinions, row)
            connection.execute(sa.update(tip_opinions).where(where).values({column: column + 1}))

    def opinions(self, since: dt.date) -> tuple[Opinion, ...]:
        """What people made of each tip from this day on."""
        totals = [sa.func.sum(column) for column in (tip_opinions.c.asked, tip_opinions.c.not_useful)]
        query = (
            sa.select(tip_opinions.c.tip, *totals)
            .where(tip_opinions.c.school == self._school, tip_opinions.c.day >= since)
            .group_by(tip_opinions.c.tip)
            .order_by(tip_opinions.c.tip)
        )
        with self._database.reading() as connection:
            return tuple(
                Opinion(tip, int(asked), int(not_useful)) for tip, asked, not_useful in connection.execute(query)
            )

    def _mark(self, post: Post, state: PostState, at: dt.datetime) -> bool:
        # Whoever lost the claim marks nothing: another process may have looked, and found the tip posted.
        values = {"state": state, "at": milliseconds(at), "lease_owner": None, "lease_until": milliseconds(at)}
        mine = self._slot(post.channel, post.day) & (posts.c.lease_owner == post.owner)
        with self._database.transaction() as connection:
            return connection.execute(sa.update(posts).where(mine).values(values)).rowcount == 1

    def _slot(self, channel: str, day: dt.date) -> sa.ColumnElement[bool]:
        return (posts.c.school == self._school) & (posts.c.channel == channel) & (posts.c.day == day)

    def _pins(self, day: dt.date, channel: str | None = None) -> sa.ColumnElement[bool]:
        found = (tip_choices.c.school == self._school) & (tip_choices.c.kind == "pin") & (tip_choices.c.first == day)
        return found if channel is None else found & (tip_choices.c.channel == channel)


class TipQueue:
    """The posts of the schools that one process posts for, looked at together."""

    def __init__(self, database: Database, schools: Sequence[str]) -> None:
        self._database, self._ours = database, posts.c.school.in_(tuple(schools))

    def on(self, days: Collection[dt.date]) -> tuple[Post, ...]:
        """Every post of these days."""
        query = sa.select(posts).where(self._ours, posts.c.day.in_(tuple(days)))
        with self._database.reading() as connection:
            return tuple(_post(row) for row in connection.execute(query))

    def unfinished(self, kinds: Collection[str], now: dt.datetime, limit: int = 100) -> tuple[Post, ...]:
        """Take over what somebody claimed and never marked, in channels of these kinds: it may have been posted."""
        known = sa.or_(*((posts.c.channel == kind) | posts.c.channel.startswith(f"{kind}:") for kind in kinds))
        stale = (posts.c.state == "claimed") & (posts.c.lease_until <= milliseconds(now)) & known
        query = sa.select(posts).where(self._ours, stale).order_by(posts.c.day).limit(limit)
        if self._database.postgres:
            query = query.with_for_update(skip_locked=True)
        taken = []
        with self._database.transaction() as connection:
            for row in connection.execute(query).all():
                owner = secrets.token_hex(16)
                mine = (posts.c.school == row.school) & (posts.c.channel == row.channel) & (posts.c.day == row.day)
                lease = {"lease_owner": owner, "lease_until": milliseconds(now + LEASE)}
                connection.execute(sa.update(posts).where(mine).values(lease))
                taken.append(_post(row, owner))
        return tuple(taken)


def _post(row: sa.Row[Any], owner: str = "") -> Post:
    return Post(row.school, row.channel, row.day, row.tip, row.state, moment(row.at), owner)
