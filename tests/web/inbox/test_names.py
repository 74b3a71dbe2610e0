"""How the name of whoever logged a concern was known: typed on the page, or shown by being signed in there."""

from __future__ import annotations

import csv
import io
import re

import pytest

from bot.service.letters import LOGGED_IN_YOUR_NAME, letter_for
from bot.store import StoreError
from tests.inboxing import Visitor, World, answers

TYPED = "name typed on the page, not checked"


async def logs(visitor: Visitor, you: str) -> None:
    """Somebody fills in the form on the page and says that they are `you`."""
    page = await visitor.get("/concern")
    key = re.search(r'name="submission" value="([^"]+)"', page.text)
    assert key
    filled = {**answers(you=you), "submission": (key[1],), "step": ("send",)}
    assert "Logged." in (await visitor.post_all("/concern", filled)).text


def told(world: World) -> dict[str, str]:
    """Who is alerted at once, and what they read."""
    school = world.core.school()
    due = [each for each in world.store.outbox((school.id,)).peek(world.now) if each.kind == "alert"]
    return {each.recipient.person: letter_for(school, each, "http://x", world.now).text for each in due}


async def test_whoever_types_the_dsl_s_name_takes_them_off_nothing_and_page_pdf_and_table_say_how_it_was_known(
    world: World,
) -> None:
    await logs(await world.visitor(), "dsl")
    assert list(told(world)) == ["dsl"] and LOGGED_IN_YOUR_NAME in told(world)["dsl"]
    dsl = await world.signed_in("dsl")
    (number,) = re.findall(r">Concern (\w{5})</a></h3>", dsl.seen[-1].text)
    page = await dsl.get(f"/inbox/concerns/{number}")
    assert f"Designated Safeguarding Lead ({TYPED})" in page.text
    assert "You logged it" not in page.text and "Acknowledge: I have this" in page.text
    exported = await dsl.post(f"/inbox/concerns/{number}/export", way="csv")
    (row,) = [each for each in csv.DictReader(io.StringIO(exported.text.lstrip("\ufeff"))) if each["Kind"] == "Logged"]
    assert row["How the reporter is known"] == TYPED


async def test_whoever_is_signed_in_is_who_they_say_and_is_not_alerted(world: World) -> None:
    await logs(await world.signed_in("dsl"), "dsl")
    assert set(told(world)) == {"deputy-1", "deputy-2"}


async def test_being_signed_in_proves_nobody_else_s_name(world: World) -> None:
    await logs(await world.signed_in("deputy-1"), "dsl")
    assert list(told(world)) == ["dsl"] and LOGGED_IN_YOUR_NAME in told(world)["dsl"]


async def test_where_nobody_can_say_who_is_signed_in_the_concern_is_logged_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = await world.signed_in("dsl")

    def broken(*_: object) -> None:
        raise StoreError("the table is locked")

    monkeypatch.setattr("bot.store.signin.SignIn.who", broken)
    await logs(visitor, "dsl")
    assert list(told(world)) == ["dsl"]
