"""The form and the register over HTTP: what is forbidden, who is believed, and who sees what of one account."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from bot.answering.dialogue import Base
from bot.store import Store
from tests.accounts.asking import HOLDER, LEADER, MANAGER, OTHER, asked, filled, in_use
from tests.conftest import SCHOOL
from tests.inboxing import Seen, Visitor, World, opened


@pytest.fixture
async def world(base: Base, store: Store) -> AsyncIterator[World]:
    async with opened(base, store) as served:
        yield served


async def send(visitor: Visitor, step: int, /, **changes: str | tuple[str, ...]) -> Seen:
    """A screen with everything that was answered so far."""
    page = await visitor.get("/account")
    key = re.findall(r'name="submission" value="([\w-]{32})"', page.text)[0]
    return await visitor.post_all("/account", {**filled(), "submission": key, "step": str(step), **changes})


async def test_what_is_forbidden_is_said_on_the_page_and_nothing_is_kept(world: World) -> None:
    visitor = await world.visitor()
    for step, changes in ((0, {"whose": "own"}), (1, {"follows": "pupils"}), (2, {"own_way": "no"})):
        seen = await send(visitor, step, **changes)
        assert (seen.status, "Not yet" in seen.text) == (400, True)
    # Whoever sends the last screen by hand is led back to the one with what is forbidden.
    seen = await send(visitor, 6, whose="own", you="it-support")
    assert (seen.status, "Step 1 of 7" in seen.text, "anybody’s own" in seen.text) == (400, True, True)
    assert world.store.register(SCHOOL).all() == ()


async def test_a_typed_name_is_a_claim_and_whoever_is_signed_in_is_known(world: World) -> None:
    stranger = await world.visitor()
    seen = await send(stranger, 6, you="it-support")
    assert (seen.status, "Sent" in seen.title) == (200, True)
    signed = await world.signed_in("it-support")
    last = await send(signed, 4)
    assert "You are signed in as Mr Joel Asante" in last.text
    assert "Sent" in (await send(signed, 5, name="Drama")).title
    known = {each.asking.name: each for each in world.store.register(SCHOOL).all()}
    assert (known["PE"].asked_by.known_by, known["PE"].asked_by.checked) == ("typed", None)
    assert (known["Drama"].asked_by.known_by, known["Drama"].asked_by.checked) == ("signed-in", "it-support")
    # The claim opens nothing to the one in whose name it was made; to the manager it says so.
    first, second = known["PE"].number, known["Drama"].number
    assert (await signed.get(f"/inbox/accounts/{first}")).status == 404
    assert (await signed.get(f"/inbox/accounts/{second}")).status == 200
    manager = await world.signed_in(MANAGER)
    assert "Nobody has checked who asked for this" in (await manager.get(f"/inbox/accounts/{first}")).text


async def test_the_same_form_twice_is_one_request_and_an_old_page_loses_nothing(world: World) -> None:
    visitor = await world.visitor()
    for _ in range(2):
        assert "Sent" in (await send(visitor, 6, you="it-support", submission="k" * 32)).title
    assert len(world.store.register(SCHOOL).all()) == 1
    seen = await send(visitor, 6, you="it-support", token="0" * 64)
    assert (seen.status, "Nothing you wrote is lost" in seen.text) == (403, True)
    assert 'name="tool" value="Twitter"' in seen.text


@pytest.mark.parametrize("person", ["it-support", MANAGER, LEADER, HOLDER, OTHER])
async def test_who_sees_what_of_a_request_and_of_what_is_approved(world: World, person: str) -> None:
    waiting, live = asked(world.core.accounts, world.now), in_use(world.core.accounts, world.now, name="Drama")
    visitor, has_a_part = await world.signed_in(person), person != OTHER
    page = await visitor.get(f"/inbox/accounts/{waiting.number}")
    assert (page.status, "Riskmarker" in page.text) == ((200, True) if has_a_part else (404, False))
    page = await visitor.get(f"/inbox/accounts/{live.number}")
    assert (page.status, "Riskmarker" in page.text, "Reasonmarker" in page.text) == (200, has_a_part, has_a_part)
    assert "Mrs Ruth Calder" in page.text
    pdf = await visitor.post(f"/inbox/accounts/{live.number}/pdf")
    assert (pdf.status, pdf.body[:4] == b"%PDF") == ((200, True) if has_a_part else (404, False))
    table = (await visitor.post("/inbox/accounts/csv")).text
    assert ('"PE"' in table, "Drama" in table, "Riskmarker" in table) == (has_a_part, True, False)
    assert ("Mr Joel Asante" in table, "@fernbankPE" in table) == (has_a_part, has_a_part)
    listed = (await visitor.get("/inbox/accounts")).text
    assert ("PE (Twitter)" in listed, "Drama (Twitter)" in listed) == (has_a_part, True)
    done = await visitor.post(f"/inbox/accounts/{waiting.number}", action="decide", decision="yes", reason="x")
    assert done.status == {MANAGER: 303, OTHER: 404}.get(person, 409)


async def test_the_chat_leads_to_the_form_and_the_register_answers(world: World) -> None:
    in_use(world.core.accounts, world.now)
    visitor = await world.visitor()
    await visitor.get("/")
    for question, shown in {
        "can I start an Instagram for PE?": 'href="/account"', "new account": 'href="/account"',
        "is the PE Twitter approved?": "is approved by Mrs Ruth Calder on 23 November 2026 and in use",
        "who runs the PE twitter account": "Priya Shah, Head of PE",
        "which tools may I use with Year 9?": "PE (Twitter)",
        "which apps can we use with Year 4": "nothing that is approved",
        "is the drama TikTok approved?": "no approved account of that name",
    }.items():  # fmt: skip
        seen = await visitor.post_all("/", {"action": "ask", "text": question}, {"X-Requested-With": "fetch"})
        assert shown in seen.text, question
