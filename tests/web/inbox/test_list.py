"""The list of the inbox, and its search."""

from __future__ import annotations

import re

from bot.concerns import Reader
from tests.conftest import NOW
from tests.inboxing import ABOUT_AN_ADULT, World, answers, markers


async def test_the_list_is_in_the_order_in_which_concerns_need_somebody(world: World) -> None:
    dsl = Reader("dsl", frozenset({"dsl"}))
    work, order = world.core.casework, []
    for day, danger in ((1, "no"), (2, "yes"), (3, "no"), (4, "yes"), (5, "no"), (6, "no")):
        world.now = NOW.replace(day=day)
        order.append(world.log(answers(danger=danger, date="")))
    old, urgent, newer, later_urgent, held, closed = order
    world.now = NOW
    work.acknowledge(dsl, held, NOW)
    work.acknowledge(dsl, urgent, NOW)
    work.close(dsl, closed, "Done", "Because", NOW.date(), NOW)
    visitor = await world.signed_in("dsl")
    shown = re.findall(r">Concern (\w{5})</a></h3>", visitor.seen[-1].text)
    assert shown == [later_urgent, old, newer, urgent, held]
    assert "Show closed concerns too (1)" in visitor.seen[-1].text
    with_closed = await visitor.get("/inbox?show=closed")
    assert re.findall(r">Concern (\w{5})</a></h3>", with_closed.text)[-1] == closed
    assert "Due for review" in visitor.seen[-1].text


async def test_a_line_says_what_is_needed_and_names_no_child(world: World) -> None:
    world.log(answers(danger="yes"))
    visitor = await world.signed_in("dsl")
    page = visitor.seen[-1].text
    assert markers(page) == []
    for words in ("Immediate", "About a pupil", "Nobody has acknowledged it yet", "Neglect, Online safety", "10:00"):
        assert words in page
    world.later(seconds=-60)
    assert "Next alert at 10:00." in (await visitor.get("/inbox")).text


async def test_whoever_logged_it_is_told_so_and_cannot_acknowledge_it(world: World) -> None:
    number = world.log(answers(you="dsl"), signed_in="dsl")
    visitor = await world.signed_in("dsl")
    assert "You logged it" in visitor.seen[-1].text
    page = await visitor.get(f"/inbox/concerns/{number}")
    assert "somebody else has to acknowledge it" in page.text
    assert "Acknowledge: I have this" not in page.text
    refused = await visitor.post(f"/inbox/concerns/{number}", action="acknowledge")
    assert (refused.status, "you logged this one" in refused.text) == (409, True)


async def test_the_search_finds_words_anywhere_and_only_in_what_the_reader_may_see(world: World) -> None:
    pupil, adult = world.log(), world.log(ABOUT_AN_ADULT)
    dsl, head = await world.signed_in("dsl"), await world.signed_in("head")
    for wanted in ("zelda", "WORDSMARKER", "donemarker", pupil.lower()):
        page = await dsl.post("/inbox", wanted=wanted)
        assert re.findall(r">Concern (\w{5})</a></h3>", page.text) == [pupil], wanted
    assert set(re.findall(r">Concern (\w{5})</a></h3>", (await head.post("/inbox", wanted="seenmarker")).text)) == {
        pupil,
        adult,
    }
    assert adult not in (await dsl.post("/inbox", wanted=adult)).text.replace(f'value="{adult}"', "")
    page = await dsl.post("/inbox", wanted='"><script>')
    assert "No concern that you may read holds these words." in page.text
    assert 'value="&#34;&gt;&lt;script&gt;"' in page.text
    assert (await dsl.post("/inbox", wanted="  ")).to == "/inbox"


async def test_a_search_is_never_in_an_address_or_a_title(world: World) -> None:
    world.log()
    visitor = await world.signed_in("dsl")
    page = await visitor.post("/inbox", wanted="Zelda")
    assert page.title == "Concerns found, Fernbank Academy"
    assert '<form class="card search" method="post" action="/inbox"' in page.text
    assert (await visitor.get("/inbox?wanted=Zelda")).text.count("Zelda") == 0
