"""The inbox over real HTTP: who gets in, what they can do, and that it always is the right reader."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.dialogue import Base
from bot.store import Store
from tests.inboxing import World, opened


@pytest.fixture
async def world(base: Base, store: Store) -> AsyncIterator[World]:
    async with opened(base, store) as served:
        yield served


async def test_smoke(world: World) -> None:
    number = world.log()
    dsl = await world.signed_in("dsl")
    print(dsl.seen[-1].text)
    page = await dsl.get(f"/inbox/concerns/{number}")
    print(page.text)
    for p in ("/inbox/files", "/inbox/figures", "/inbox/sign-in"):
        r = await dsl.get(p)
        print(r.status, r.text[:1500])
    r = await dsl.act(number, "acknowledge")
    print(r.status, r.text[:100])
    for a, f in [("note", dict(text="hello")), ("action", dict(text="ring", due="2026-11-24")), ("decision", dict(text="d", reason="")), ("reassign", dict(person="", reason=""))]:
        r = await dsl.act(number, a, **f)
        print(r.status, a)
    for w in ("pdf", "csv"):
        r = await dsl.post(f"/inbox/concerns/{number}/export", way=w)
        print(r.status, r.headers, r.body[:50])
    assert 0
