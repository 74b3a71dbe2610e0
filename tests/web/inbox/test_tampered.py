"""On the page, what somebody copied into another row of the database is a fault that is noted, and is never shown."""

from __future__ import annotations

import logging

import pytest

from tests.conftest import SCHOOL
from tests.inboxing import ABOUT_THE_HEAD, World, answers, markers
from tests.store.made import change


def _change(world: World, statement: str) -> None:
    change(str(world.store._database.engine.url), statement)


async def test_a_deputy_does_not_become_the_chair_by_a_copied_session(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    number = world.log(ABOUT_THE_HEAD)
    chair, deputy = await world.signed_in("chair"), await world.signed_in("deputy-1")
    assert (await chair.get(f"/inbox/concerns/{number}")).status == 200
    _change(world, "UPDATE sessions SET person = (SELECT person FROM sessions ORDER BY started_at LIMIT 1)")
    shown = [await deputy.get(f"/inbox/concerns/{number}"), await deputy.get("/inbox")]
    shown += [await chair.get(f"/inbox/concerns/{number}"), await chair.get("/inbox")]
    assert sum(seen.status == 503 for seen in shown) >= 2
    assert markers(shown[0].text) == markers(shown[1].text) == []
    assert "a value in sessions.person cannot be opened" in caplog.text


async def test_a_report_about_the_head_is_not_shown_to_the_head_as_another_one(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    hidden, theirs = world.log(ABOUT_THE_HEAD), world.log(answers(about=("pupil", "adult"), adult="deputy-1"))
    head = await world.signed_in("head")
    assert (await head.get(f"/inbox/concerns/{theirs}")).status == 200
    stolen = f"(SELECT detail FROM events WHERE concern = '{hidden}' AND kind = 'logged')"
    _change(world, f"UPDATE events SET detail = {stolen} WHERE concern = '{theirs}' AND kind = 'logged'")
    world.tampered = True
    for path in (f"/inbox/concerns/{theirs}", f"/inbox/concerns/{theirs}/record.pdf"):
        seen = await head.get(path)
        assert seen.status >= 400, path
        assert markers(seen.text) == [], path
    assert "events.detail cannot be opened" in caplog.text
    assert world.store.audit(SCHOOL).verify() != ()
