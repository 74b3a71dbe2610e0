"""The tips in the inbox over real HTTP: seen by those who decide about them, and by nobody else."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.web.inbox.tip_actions import TIP_ACTIONS, end_of_week
from adapters.web.inbox.tip_view import shortened
from adapters.web.inbox.wording import TIPS_DONE
from bot.answering.dialogue import Base
from bot.knowledge import Pause
from bot.store import Store
from bot.tips import TipChoice
from tests.conftest import SCHOOL
from tests.inboxing import Seen, Visitor, World, opened

TODAY = dt.date(2026, 11, 23)
TOMORROW = TODAY + dt.timedelta(days=1)
TIP = "tip-danger-999"


@pytest.fixture
async def world(lexical: Base, store: Store) -> AsyncIterator[World]:
    async with opened(lexical, store) as served:
        yield served


def post(world: World, tip: str = "", day: dt.date = TODAY, state: str = "posted", channel: str = "web") -> str:
    """What a poster did on this day; which tip it was."""
    posts = world.store.tips(SCHOOL)
    tip = tip or world.base.knowledge.tips[0].id
    claimed = posts.claim(channel, day, tip, world.now)
    assert claimed
    if state == "left-out":
        posts.leave_out(claimed, world.now)
    elif state == "waiting":
        posts.put_off(claimed, world.now)
    elif state == "posted":
        posts.posted(claimed, world.now)
    return tip


def choices(world: World) -> list[TipChoice]:
    return list(world.store.tips(SCHOOL).choices())


def taken(world: World) -> list[str]:
    """The channels whose tip a poster would post now."""
    slots = world.core.tips.due(("web",), world.now)
    return [slot.channel for slot in slots if world.core.tips.claim(slot, world.now)]


def words(seen: Seen) -> str:
    """What the page says, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", seen.text)).split())


async def decide(visitor: Visitor, action: str, **fields: str) -> Seen:
    """Press a button of the page; the page that follows."""
    posted = await visitor.post("/inbox/tips", action=action, **fields)
    return await visitor.get(posted.to) if posted.status == 303 else posted


# --- who


@pytest.mark.parametrize("person", ["dsl", "deputy-1", "deputy-2", "head"])
async def test_the_dsl_the_deputies_and_the_head_see_and_decide(world: World, person: str) -> None:
    visitor = await world.signed_in(person)
    assert 'href="/inbox/tips"' in visitor.seen[-1].text
    page = await visitor.get("/inbox/tips")
    assert (page.status, page.headers["Cache-Control"]) == (200, "no-store")
    assert "Paused by" in words(await decide(visitor, "pause-week"))
    assert [choice.by for choice in choices(world)] == [world.school.people[person].name]


@pytest.mark.parametrize("person", ["chair", "online"])
async def test_for_everybody_else_there_is_no_such_page(world: World, person: str) -> None:
    visitor = await world.signed_in(person)
    assert "/inbox/tips" not in visitor.seen[-1].text
    unknown = await visitor.get("/inbox/concerns/ZZZZZ")
    answers = [await visitor.get("/inbox/tips"), await visitor.get("/inbox/tips?done=paused")]
    answers += [await visitor.post("/inbox/tips", action=action) for action in (*TIP_ACTIONS, "other")]
    assert {(answer.status, answer.body) for answer in answers} == {(404, unknown.body)}
    assert choices(world) == []


async def test_a_form_from_elsewhere_decides_nothing(world: World) -> None:
    visitor = await world.signed_in("dsl")
    assert (await visitor.post("/inbox/tips", action="pause", token="0" * 64)).status == 403
    assert (await visitor.post("/inbox/tips", action="pause", extra="x")).status == 400
    assert (await visitor.post("/inbox/tips", action="burn")).status == 400
    assert (await visitor.post("/inbox/tips")).status == 400
    assert choices(world) == []


# --- seen


async def test_what_was_posted_is_shown_with_what_staff_made_of_it(world: World) -> None:
    old = world.base.knowledge.tips[5]
    post(world, old.id, TODAY - dt.timedelta(days=3))
    new = post(world)
    for said in ("asked", "asked", "not_useful"):
        world.store.tips(SCHOOL).count(new, TODAY, said)
    visitor = await world.signed_in("dsl")
    page = words(await visitor.get("/inbox/tips"))
    made = page[page.index("What staff made of them") :]
    first, second = made.index(world.base.knowledge.tips[0].text), made.index(old.text)
    assert first < second, "the newest first"
    assert "Asked about: 2 Not useful: 1 Posted on 23 November 2026." in made
    assert "Asked about: 0 Not useful: 0 Posted on 20 November 2026." in made


async def test_what_was_left_out_or_waits_says_so(world: World) -> None:
    post(world, state="left-out")
    post(world, state="waiting", day=TODAY - dt.timedelta(days=3))
    post(world, state="claimed", day=TODAY - dt.timedelta(days=4))
    post(world, "tip-gone", day=TODAY - dt.timedelta(days=5))
    page = words(await (await world.signed_in("dsl")).get("/inbox/tips"))
    assert "Left out on 23 November 2026 : it could not be posted in time" in page
    assert "Not posted yet on 20 November 2026: it is tried again." in page
    assert "Being posted on 19 November 2026." in page
    assert "This tip is no longer in tips.yaml: tip-gone" in page


async def test_the_coming_days_are_those_that_will_be_posted(world: World) -> None:
    post(world)
    visitor = await world.signed_in("dsl")
    page = (await visitor.get("/inbox/tips")).text
    shown = re.findall(r'<time datetime="([\d-]+)">', page)
    planned = world.core.tips.coming(SCHOOL, "web", 10, world.now)
    assert shown == [each.day.isoformat() for each in planned]
    assert shown[0] == TOMORROW.isoformat()
    assert all(each.tip and each.tip.text in html.unescape(page) for each in planned)


async def test_every_channel_has_its_own_days(world: World) -> None:
    world.change_school(tips=replace(world.school.tips, channels=("web", "slack:C01")))
    post(world, channel="slack:C01")
    page = words(await (await world.signed_in("dsl")).get("/inbox/tips"))
    assert "The web page Monday 23 November" in page
    assert "Slack, channel C01 Tuesday 24 November" in page
    assert "Posted on 23 November 2026 (Slack, channel C01)." in page


async def test_a_school_without_channels_or_terms_is_told_what_is_missing(world: World) -> None:
    visitor = await world.signed_in("dsl")
    opening = world.school.opening
    world.change_school(opening=replace(opening, terms=opening.terms[:2], inset_days=frozenset()))
    assert "No more school days are known." not in words(await visitor.get("/inbox/tips"))
    world.now = dt.datetime(2026, 12, 10, 10, tzinfo=dt.UTC)
    later = await world.signed_in("dsl")
    assert "No more school days are known." in words(await later.get("/inbox/tips"))
    world.change_school(tips=replace(world.school.tips, channels=()))
    assert "No channel gets tips." in words(await later.get("/inbox/tips"))


async def test_a_tip_whose_answer_is_past_review_is_left_out_with_the_reason(world: World) -> None:
    tip = world.base.knowledge.tips[0]
    entries = dict(world.base.knowledge.entries)
    entries[tip.entry] = replace(entries[tip.entry], review_by=dt.date(2026, 11, 1))
    world.base = replace(world.base, knowledge=replace(world.base.knowledge, entries=entries))
    page = words(await (await world.signed_in("dsl")).get("/inbox/tips"))
    resting = sum(each.entry == tip.entry for each in world.base.knowledge.tips)
    assert f"On hold or left out ({resting})" in page
    assert f"Left out: its answer '{tip.entry}' was due for review on 2026-11-01." in page


# --- decided


@pytest.mark.parametrize(
    ("action", "fields", "last", "said"),
    [
        ("pause-week", {}, dt.date(2026, 11, 29), "until 29 November 2026, which is included"),
        ("pause-until", {"last": "2026-12-01"}, dt.date(2026, 12, 1), "until 1 December 2026, which is included"),
        ("pause", {}, None, "until somebody lets them start again"),
    ],
)
async def test_the_tips_are_paused_and_start_again(
    world: World, action: str, fields: dict[str, str], last: dt.date | None, said: str
) -> None:
    visitor = await world.signed_in("deputy-1")
    page = words(await decide(visitor, action, **fields))
    assert TIPS_DONE["paused"] in page
    assert f"No tips {said}. Paused by Mr Owen Pryce on 23 November 2026." in page
    assert choices(world) == [TipChoice("pause", TODAY, last, by="Mr Owen Pryce")]
    assert taken(world) == []
    head = await world.signed_in("head")
    assert "Paused by Mr Owen Pryce" in words(await head.get("/inbox/tips"))
    again = words(await decide(head, "resume"))
    assert TIPS_DONE["resumed"] in again
    assert "Tips are posted on school days at 08:10." in again
    assert TIPS_DONE["running"] in words(await decide(head, "resume"))
    assert taken(world) == ["web"]


async def test_a_pause_of_school_yaml_is_shown_and_cannot_be_ended_here(world: World) -> None:
    pause = Pause(TOMORROW, TOMORROW + dt.timedelta(days=2))
    world.change_school(tips=replace(world.school.tips, pauses=(pause,)))
    page = words(await (await world.signed_in("dsl")).get("/inbox/tips"))
    assert "No tips from 24 November 2026 until 26 November 2026, which is included. It stands in school.yaml" in page
    assert "Let the tips start again" not in page


async def test_a_tip_is_put_on_hold_from_the_days_and_taken_off(world: World) -> None:
    visitor = await world.signed_in("dsl")
    [first, *_] = world.core.tips.coming(SCHOOL, "web", 1, world.now)
    assert first.tip
    page = words(await decide(visitor, "hold", tip=first.tip.id, last=""))
    assert TIPS_DONE["held"] in page
    assert "On hold until somebody takes it off hold. Decided by Ms Amara Bello." in page
    assert world.core.tips.coming(SCHOOL, "web", 1, world.now)[0].tip != first.tip
    assert f'value="{first.tip.id}">{html.escape(shortened(first.tip.text))}' not in visitor.seen[-1].text
    assert TIPS_DONE["let-go"] in words(await decide(visitor, "let-go", tip=first.tip.id))
    assert world.core.tips.coming(SCHOOL, "web", 1, world.now)[0].tip == first.tip


async def test_a_tip_is_on_hold_until_a_day(world: World) -> None:
    visitor = await world.signed_in("dsl")
    page = words(await decide(visitor, "hold", tip=TIP, last="2026-11-30"))
    assert "On hold until 30 November 2026, which is included. Decided by Ms Amara Bello." in page
    world.later(days=8)
    assert "Every tip may be posted." in words(await (await world.signed_in("dsl")).get("/inbox/tips"))


async def test_a_tip_is_pinned_to_a_day_and_the_pin_taken_away(world: World) -> None:
    visitor = await world.signed_in("dsl")
    page = words(await decide(visitor, "pin", tip=TIP, day="2026-11-25", channel=""))
    assert TIPS_DONE["pinned"] in page
    assert "Wednesday 25 November Pinned to this day" in page
    planned = {each.day: each for each in world.core.tips.coming(SCHOOL, "web", 5, world.now)}
    pinned = planned[dt.date(2026, 11, 25)]
    assert pinned.tip
    assert (pinned.tip.id, pinned.pinned) == (TIP, True)
    assert "Pinned to this day" not in words(await decide(visitor, "unpin", day="2026-11-25"))
    assert choices(world) == []


@pytest.mark.parametrize(
    ("action", "fields", "said"),
    [
        ("pause-until", {"last": ""}, "Pick a day."),
        ("pause-until", {"last": "soon"}, "This is not a day. Write it as 2026-11-23."),
        ("hold", {"tip": "", "last": ""}, "Pick from the list."),
        ("pin", {"tip": "", "day": "2026-11-25", "channel": ""}, "Pick from the list."),
        ("pin", {"tip": TIP, "day": "", "channel": ""}, "Pick a day."),
        ("let-go", {"tip": ""}, "Tips"),
    ],
)
async def test_what_is_missing_is_said_beside_its_field(
    world: World, action: str, fields: dict[str, str], said: str
) -> None:
    visitor = await world.signed_in("dsl")
    page = await decide(visitor, action, **fields)
    assert (page.status, said in words(page)) == (400, True)
    assert choices(world) == []
    if fields.get("tip"):
        assert f'<option value="{TIP}" selected>' in page.text, "what was picked is kept"


@pytest.mark.parametrize(
    ("action", "fields", "said"),
    [
        ("pause-until", {"last": "2026-11-22"}, "2026-11-22 is over"),
        ("hold", {"tip": "no-such-tip", "last": ""}, "there is no tip 'no-such-tip'"),
        ("pin", {"tip": TIP, "day": "2026-11-28", "channel": ""}, "no school day"),
        ("pin", {"tip": TIP, "day": "2026-11-25", "channel": "slack:C99"}, "gets no tips"),
    ],
)
async def test_what_cannot_be_is_refused_with_the_reason(
    world: World, action: str, fields: dict[str, str], said: str
) -> None:
    page = await decide(await world.signed_in("dsl"), action, **fields)
    assert page.status == 409
    assert "That was not done:" in words(page)
    assert said in words(page)
    assert choices(world) == []


async def test_a_day_that_has_its_tip_takes_no_pin(world: World) -> None:
    visitor = await world.signed_in("dsl")
    post(world)
    page = await decide(visitor, "pin", tip=TIP, day=TODAY.isoformat(), channel="")
    assert (page.status, "has its tip" in words(page)) == (409, True)


async def test_nothing_that_is_sent_becomes_part_of_the_page(world: World) -> None:
    visitor = await world.signed_in("dsl")
    evil = "<script>alert(1)</script>"
    for fields in ({"action": "hold", "tip": evil, "last": evil}, {"action": "pause-until", "last": evil}):
        page = await visitor.post("/inbox/tips", **fields)
        assert (page.status, evil in page.text) == (400, False)
    assert evil not in (await visitor.get(f"/inbox/tips?done={evil}")).text


@pytest.mark.parametrize(
    ("today", "last"),
    [
        ("2026-11-23", "2026-11-29"),
        ("2026-11-27", "2026-11-29"),
        ("2026-11-28", "2026-12-06"),
        ("2026-11-29", "2026-12-06"),
    ],
)
def test_on_a_weekend_the_week_is_the_one_to_come(today: str, last: str) -> None:
    assert end_of_week(dt.date.fromisoformat(today)) == dt.date.fromisoformat(last)


def test_a_long_tip_is_cut_between_two_words() -> None:
    assert shortened("short") == "short"
    cut = shortened("word, " * 30)
    assert cut.endswith("word…")
    assert len(cut) <= 91
