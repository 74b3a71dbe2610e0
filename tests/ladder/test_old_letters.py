"""The texts of old letters go after the days that school.yaml says; that they were sent stays, with the proof."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bot.store import schema
from tests.ladder.world import SECOND, World, at
from tests.store.full import values_of

MONTH = dt.timedelta(days=30)


def texts(world: World, database: str, states: tuple[str, ...] = ("sent", "cancelled", "failed")) -> list[str]:
    """What the letters of this school still say, but for those that say nothing."""
    engine = sa.create_engine(database)
    with engine.connect() as connection:
        mine = (schema.notices.c.school == world.school.id) & schema.notices.c.state.in_(states)
        ids = set(connection.execute(sa.select(schema.notices.c.id).where(mine)).scalars())
    engine.dispose()
    found = [each for each in values_of(database) if str(each.column) == "notices.text" and each.row["id"] in ids]
    return sorted(filter(None, (each.read(world.store, each.stored) for each in found)))


def kept(world: World, database: str) -> list[tuple[object, ...]]:
    """Each row of this school without its text: how it stands, when, and (sealed) to whom."""
    table = schema.notices
    columns = [each for each in table.columns if each.name != "text"]
    engine = sa.create_engine(database)
    with engine.connect() as connection:
        rows = connection.execute(sa.select(*columns).where(table.c.school == world.school.id).order_by(table.c.id))
        found = [tuple(row) for row in rows]
    engine.dispose()
    return found


def written(world: World) -> str:
    """A concern with letters that were sent and that were called off; all is done by 11:00. Its number."""
    number = world.log(you="dsl", you_name="", you_email="s.teal@fernbank.example").number
    world.until("2026-11-23 10:20")
    world.acknowledge("dsl", number)
    world.casework.reassign(world.reader("dsl"), number, "deputy-1", "I am away", world.now)
    world.until("2026-11-23 10:40")
    world.casework.close(world.reader("deputy-1"), number, "Spoke to home", "All well", None, world.now)
    world.until("2026-11-23 11:00")
    return number


def test_the_text_goes_after_thirty_days_and_the_rest_stays(world: World, database: str) -> None:
    world.school = replace(world.school, test_alerts=False)
    written(world)
    before, rows = texts(world, database), kept(world, database)
    assert any("acknowledged it at" in text for text in before) and "in-your-name" in before
    world.delivery.watch(world.now + MONTH - dt.timedelta(hours=2))
    assert texts(world, database) == before
    world.now += MONTH + dt.timedelta(hours=1)  # what was called off at eleven was for later
    world.delivery.watch(world.now)
    assert texts(world, database) == []
    assert kept(world, database) == rows, "that it was sent, when and to whom"
    assert world.store.audit(world.school.id).verify(world.now) == ()


def test_a_letter_that_still_waits_keeps_its_text(world: World, database: str) -> None:
    world.school = replace(world.school, test_alerts=False)
    world.log(you="dsl", you_name="")
    waiting = texts(world, database, ("waiting",))
    assert waiting == ["in-your-name", "in-your-name"]
    world.delivery.watch(world.now + 2 * MONTH)
    assert texts(world, database, ("waiting",)) == waiting


@pytest.mark.parametrize(("days", "left"), [(1, 0), (1440, 1)])
def test_a_school_says_for_how_long(world: World, database: str, days: int, left: int) -> None:
    world.school = replace(world.school, keep_letters=days, test_alerts=False)
    written(world)
    world.delivery.watch(world.now + MONTH + SECOND)
    assert bool(texts(world, database)) is bool(left)


def test_what_was_sent_long_ago_can_still_be_found_by_its_id(world: World) -> None:
    world.school = replace(world.school, test_alerts=False)
    written(world)
    (letter, *_) = (each.letter for each in world.heard if each.letter.kind == "alert")
    world.delivery.watch(world.now + MONTH + dt.timedelta(hours=1))
    found = world.store.outbox((world.school.id,)).find(letter.notice)
    assert found and (found.kind, found.text) == ("alert", "")
    assert not world.casework.acknowledge_notice(letter.notice, "a gateway", at("2026-12-28 10:00"))
