"""One tip in a channel on a day: whatever dies, restarts, comes late, or is decided meanwhile. The clock is moved."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.command.tips import tips as command
from adapters.delivering import poster as poster_module
from adapters.delivering.calendars import fetch
from adapters.delivering.poster import TipPoster
from adapters.web.app import make_app
from adapters.web.tip import WebTips
from bot.answering.dialogue import Base
from bot.knowledge import CalendarError, Knowledge, School
from bot.service.calendars import KeptCalendars
from bot.service.core import Core
from bot.service.live.school import LiveSchool
from bot.service.tip_desk import TipDesk, TipError
from bot.store import Store
from tests.conftest import KNOWLEDGE
from tests.test_tips import calendar, event
from tests.tip_schools import NATIONS, Board, fresh, refusal, three_years

DAY = dt.date(2026, 11, 23)
EIGHT_TEN = dt.datetime(2026, 11, 23, 8, 10, tzinfo=dt.UTC)
NOON = EIGHT_TEN.replace(hour=12, minute=0)
LONG = dt.timedelta(seconds=21)  # longer than a claim holds


class Clock:
    """A clock that only moves when it is told to."""

    def __init__(self, now: dt.datetime = EIGHT_TEN) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now


class Killed(BaseException):
    """What a process does not survive."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fresh_base(knowledge: Knowledge, school: School) -> Knowledge:
    return fresh(knowledge, replace(school, tips=replace(school.tips, channels=("slack:C01", "slack:C02"))))


@pytest.fixture(name="desk")
def _desk(fresh_base: Knowledge, either: Store) -> TipDesk:
    return desk_of(fresh_base, either)


def desk_of(base: Knowledge, store: Store, folder: Path | None = None) -> TipDesk:
    bases: Mapping[str, Knowledge] = {base.school.id: base}
    return TipDesk(lambda: bases, store, KeptCalendars(folder))


async def everything_else() -> None:
    """Until nothing of a poster that died is still under way: its other channel was being claimed meanwhile."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*others, return_exceptions=True)


def states(store: Store, school: School) -> list[tuple[str, str]]:
    return [(post.channel, post.state) for post in store.tips(school.id).since(dt.date(2020, 1, 1))]


# --- once


async def test_each_channel_gets_its_tip_at_its_time_and_no_second_one(desk: TipDesk, clock: Clock) -> None:
    board = Board()
    poster = TipPoster(desk, [board], clock)
    clock.now = EIGHT_TEN - dt.timedelta(seconds=1)
    assert await poster.post_due() == 0
    clock.now = EIGHT_TEN
    assert await poster.post_due() == 2
    for minutes in (0, 1, 60, 220, 240, 600):
        clock.now = EIGHT_TEN + dt.timedelta(minutes=minutes)
        assert await poster.post_due() == 0
    assert sorted(channel for channel, _, _ in board.posts) == ["C01", "C02"]
    assert len({key for _, key, _ in board.posts}) == 2
    assert all(tip.day == DAY for _, _, tip in board.posts)


async def test_several_posters_at_once_give_one(fresh_base: Knowledge, either: Store, clock: Clock) -> None:
    board = Board()
    posters = [TipPoster(desk_of(fresh_base, either), [board], clock) for _ in range(4)]
    posted = await asyncio.gather(*(poster.post_due() for poster in posters))
    assert sum(posted) == 2
    assert sorted(channel for channel, _, _ in board.posts) == ["C01", "C02"]


async def test_a_channel_that_is_not_set_up_gets_nothing_and_takes_nothing(
    desk: TipDesk, either: Store, school: School, clock: Clock
) -> None:
    assert await TipPoster(desk, [Board("teams")], clock).post_due() == 0
    assert states(either, school) == []


@pytest.mark.parametrize("tells", [True, False])
async def test_a_machine_that_was_too_slow_to_send_it_costs_no_channel_its_tip(
    fresh_base: Knowledge, store: Store, clock: Clock, tells: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A poster that has claimed a tip and knows that it has not sent it says so, instead of leaving a claim of which a
    channel that cannot tell would have to think that it may be there."""
    board, desk = Board(tells=tells), desk_of(fresh_base, store)
    with monkeypatch.context() as slow:
        slow.setattr(poster_module, "_FRESH", -1.0)
        assert await TipPoster(desk, [board], clock).post_due() == 0
    assert {state for _, state in states(store, fresh_base.school)} == {"waiting"}
    clock.now += LONG
    assert await TipPoster(desk, [board], clock).post_due() == 2
    assert sorted(channel for channel, _, _ in board.posts) == ["C01", "C02"]


# --- a process that dies


@pytest.mark.parametrize("sent", [False, True])
async def test_a_crash_between_claim_and_mark_gives_one_post(
    fresh_base: Knowledge, either: Store, school: School, clock: Clock, sent: bool
) -> None:
    board = Board()
    board.fails, board.after = [Killed(), Killed()], sent
    with pytest.raises(Killed):
        await TipPoster(desk_of(fresh_base, either), [board], clock).post_due()
    await everything_else()
    board.fails.clear()
    other = TipPoster(desk_of(fresh_base, either), [board], clock)
    await other.post_due()
    clock.now += LONG
    await other.post_due()
    await other.post_due()
    assert Counter(channel for channel, _, _ in board.posts) == {"C01": 1, "C02": 1}
    assert states(either, school) == [("slack:C01", "posted"), ("slack:C02", "posted")]


@pytest.mark.parametrize("sent", [False, True])
async def test_where_the_channel_cannot_tell_the_tip_is_left_out_and_reported(
    fresh_base: Knowledge, either: Store, school: School, clock: Clock, sent: bool, caplog: pytest.LogCaptureFixture
) -> None:
    board = Board(tells=False)
    board.fails, board.after = [ConnectionError("lost"), ConnectionError("lost")], sent
    poster = TipPoster(desk_of(fresh_base, either), [board], clock)
    await poster.post_due()
    clock.now += LONG
    with caplog.at_level(logging.ERROR):
        await poster.post_due()
    clock.now += LONG
    await poster.post_due()
    assert Counter(channel for channel, _, _ in board.posts) == ({"C01": 1, "C02": 1} if sent else {})
    assert {state for _, state in states(either, school)} == {"left-out"}
    assert "nobody can say whether the tip of 2026-11-23 was posted in slack:C01" in caplog.text


async def test_a_refused_post_is_tried_again_when_the_channel_said(
    desk: TipDesk, either: Store, school: School, clock: Clock
) -> None:
    board = Board()
    board.fails = [refusal(30), refusal(30)]
    poster = TipPoster(desk, [board], clock)
    assert await poster.post_due() == 0
    clock.now += dt.timedelta(seconds=29)
    assert await poster.post_due() == 0
    clock.now += dt.timedelta(seconds=1)
    assert await poster.post_due() == 2
    assert len(board.posts) == 2
    assert {state for _, state in states(either, school)} == {"posted"}


async def test_what_was_claimed_yesterday_is_looked_for_and_never_posted_today(
    fresh_base: Knowledge, either: Store, school: School, clock: Clock
) -> None:
    board = Board()
    board.fails = [ConnectionError(), ConnectionError()]
    await TipPoster(desk_of(fresh_base, either), [board], clock).post_due()
    clock.now += dt.timedelta(days=1)
    later = TipPoster(desk_of(fresh_base, either), [board], clock)
    assert await later.post_due() == 2
    assert {tip.day for _, _, tip in board.posts} == {DAY + dt.timedelta(days=1)}
    yesterday = [post.state for post in either.tips(school.id).since(DAY) if post.day == DAY]
    assert yesterday == ["left-out", "left-out"]


# --- late


async def test_a_slot_is_caught_up_until_the_hour_and_never_on_the_next_day(
    fresh_base: Knowledge, either: Store, clock: Clock
) -> None:
    board = Board()
    poster = TipPoster(desk_of(fresh_base, either), [board], clock)
    clock.now = NOON
    assert await poster.post_due() == 0
    clock.now = NOON - dt.timedelta(seconds=1)
    assert await TipPoster(desk_of(fresh_base, either), [board], clock).post_due() == 2
    clock.now += dt.timedelta(days=1, hours=1)
    assert await poster.post_due() == 0
    clock.now = EIGHT_TEN + dt.timedelta(days=2)
    assert await poster.post_due() == 2
    assert {tip.day for _, _, tip in board.posts} == {DAY, DAY + dt.timedelta(days=2)}


async def test_a_refusal_until_noon_leaves_the_day_without_a_tip(
    desk: TipDesk, either: Store, school: School, clock: Clock
) -> None:
    board = Board()
    poster = TipPoster(desk, [board], clock)
    clock.now = NOON - dt.timedelta(seconds=1)
    board.fails = [refusal(), refusal()]
    await poster.post_due()
    clock.now = NOON + dt.timedelta(hours=1)
    assert await poster.post_due() == 0
    assert {state for _, state in states(either, school)} == {"left-out"}
    assert board.posts == []


# --- three years


@pytest.mark.slow
@pytest.mark.parametrize(
    ("nation", "years"),
    # Wales has the terms of England. What is planned is tried for three years of every nation in test_tips.py.
    [("England", 1), *(pytest.param(each, 3, marks=pytest.mark.wide) for each in NATIONS if each != "Wales")],
)
def test_years_of_posting_hold_no_double_and_no_wrong_day(
    knowledge: Knowledge, school: School, store: Store, nation: str, years: int
) -> None:
    """Every hour of these school years, by processes that begin anew twice a month."""
    there = three_years(school, nation, ("web",))
    base, zone = fresh(knowledge, there), there.opening.zone
    planned = {each.day: each.tip.id for each in desk_of(base, store).coming(
        school.id, "web", 900, dt.datetime(2026, 8, 1, tzinfo=zone)) if each.tip}  # fmt: skip
    had: dict[dt.date, str] = {}
    day, desk = dt.date(2026, 8, 1), desk_of(base, store)
    while day < (end := dt.date(2026 + years, 8, 1)):
        if day.day in (1, 15):
            desk = desk_of(base, store)
        for hour in (0, 7, 8, 9, 12, 23):
            now = dt.datetime.combine(day, dt.time(hour, 10), zone).astimezone(dt.UTC)
            for slot in desk.due(("web",), now):
                post = desk.claim(slot, now)
                assert post
                assert post.day not in had
                assert hour == 8
                had[post.day] = post.tip
                desk.posted(post, now)
        day += dt.timedelta(days=1)
    assert had == {day: tip for day, tip in planned.items() if day < end}


# --- decided


async def test_a_pause_stops_the_tips_and_resuming_brings_them_back(
    desk: TipDesk, school: School, clock: Clock
) -> None:
    board = Board()
    poster = TipPoster(desk, [board], clock)
    desk.pause(school.id, "Ms Amara Bello", DAY + dt.timedelta(days=4), clock.now)
    assert await poster.post_due() == 0
    clock.now += dt.timedelta(days=1)
    assert desk.resume(school.id, "", clock.now) == 1
    assert desk.resume(school.id, "", clock.now) == 0
    assert await poster.post_due() == 2


async def test_a_pinned_tip_is_posted_and_one_on_hold_is_not(
    desk: TipDesk, either: Store, school: School, clock: Clock
) -> None:
    board = Board()
    first = desk.coming(school.id, "slack:C01", 1, clock.now)[0].tip
    assert first
    desk.skip(school.id, first.id, "dsl", None, clock.now)
    desk.pin(school.id, "tip-danger-999", DAY, "slack:C02", "dsl", clock.now)
    await TipPoster(desk, [board], clock).post_due()
    posted = {channel: tip.tip for channel, _, tip in board.posts}
    assert posted["C01"] != first.id
    assert posted["C02"] == "tip-danger-999"
    seen = desk.seen(school.id, DAY, clock.now)
    assert [(post.channel, post.state) for post in seen.posts] == [("slack:C01", "posted"), ("slack:C02", "posted")]
    assert [(choice.kind, choice.by) for choice in seen.choices] == [("skip", "dsl"), ("pin", "dsl")]
    assert (first, "it was put on hold") in seen.left_out
    assert desk.unpin(school.id, DAY) == 1
    assert desk.resume(school.id, first.id, clock.now) == 1


@pytest.mark.parametrize(
    ("tip", "day", "channel", "said"),
    [
        ("no-such-tip", DAY, "", "there is no tip 'no-such-tip'"),
        ("tip-danger-999", dt.date(2026, 11, 28), "", "no school day"),
        ("tip-danger-999", dt.date(2026, 11, 20), "", "it is over"),
        ("tip-danger-999", DAY, "slack:C99", "gets no tips"),
    ],
)
def test_a_pin_that_cannot_be_says_why(
    desk: TipDesk, school: School, clock: Clock, tip: str, day: dt.date, channel: str, said: str
) -> None:
    with pytest.raises(TipError, match=said):
        desk.pin(school.id, tip, day, channel, "dsl", clock.now)


def test_a_pause_that_is_over_before_it_begins_is_refused(desk: TipDesk, school: School, clock: Clock) -> None:
    with pytest.raises(TipError, match="is over"):
        desk.pause(school.id, "dsl", dt.date(2026, 11, 1), clock.now)
    with pytest.raises(TipError, match="is over"):
        desk.skip(school.id, "tip-danger-999", "dsl", dt.date(2026, 11, 1), clock.now)


@pytest.mark.parametrize(
    ("person", "text", "said", "last"),
    [
        ("dsl", "No tips this week, please!", "until 2026-11-29", dt.date(2026, 11, 29)),
        ("deputy-1", "no tips next week", "until 2026-12-06", dt.date(2026, 12, 6)),
        ("head", "pause tips", "until somebody says", None),
        ("dsl", "no more tips today", "until 2026-11-23", DAY),
        ("dsl", "stop the tips until 2026-12-01", "until 2026-12-01", dt.date(2026, 12, 1)),
    ],
)
def test_a_dsl_pauses_the_tips_by_chat(
    desk: TipDesk, either: Store, school: School, clock: Clock, person: str, text: str, said: str, last: dt.date | None
) -> None:
    assert said in (desk.obey(school.id, person, text, clock.now) or "")
    assert [(choice.kind, choice.last) for choice in either.tips(school.id).choices()] == [("pause", last)]
    assert desk.obey(school.id, "dsl", "Resume tips", clock.now) == "Tips are posted again."
    assert desk.obey(school.id, "dsl", "tips again please", clock.now) == "Tips were not paused."


@pytest.mark.parametrize(
    ("person", "text"),
    [
        ("", "no tips this week"),
        ("office", "no tips this week"),
        ("dsl", "are there no tips this week?"),
        ("dsl", "no tips until 2026-13-45"),
        ("dsl", "can i tip a waiter"),
        ("dsl", "nobody stops the child, no tips from staff"),
    ],
)
def test_nobody_else_and_nothing_else_pauses_them(
    desk: TipDesk, either: Store, school: School, clock: Clock, person: str, text: str
) -> None:
    assert desk.obey(school.id, person, text, clock.now) is None
    assert either.tips(school.id).choices() == ()


# --- the calendar at an address


async def test_a_calendar_is_fetched_kept_and_replaced_only_by_a_good_one(
    fresh_base: Knowledge, either: Store, tmp_path: Path, clock: Clock
) -> None:
    text = calendar(event("School closed", "20261123"))

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=text) if request.path == "/c.ics" else web.Response(text="no", status=404)

    app = web.Application()
    app.router.add_get("/{any}", answer)
    server = TestServer(app)
    await server.start_server()
    school = replace(fresh_base.school, tips=replace(fresh_base.school.tips, address="https://school.example/c.ics"))
    base = replace(fresh_base, school=school)
    kept, desk = KeptCalendars(tmp_path), desk_of(base, either, tmp_path)
    assert kept.dates(school) is None
    assert len(desk.due(("slack",), clock.now)) == 2
    kept.keep(school, await fetch(str(server.make_url("/c.ics"))))
    with pytest.raises(CalendarError):
        kept.keep(school, b"<html>")
    with pytest.raises(CalendarError, match="404"):
        await fetch(str(server.make_url("/other")))
    await server.close()
    dates = KeptCalendars(tmp_path).dates(school)
    assert dates
    assert dates.closed == {DAY}
    assert desk_of(base, either, tmp_path).due(("slack",), clock.now) == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("school.yaml", "2026-12-18", "2026-10-18"),
        ("school.yaml", "Europe/London", "Europe/Atlantis"),
        ("tips.yaml", "entry: what-aim", "entry: no-such-entry"),
    ],
)
def test_after_a_bad_edit_the_tips_go_on_with_the_last_good_files(
    tmp_path: Path, either: Store, clock: Clock, file: str, old: str, new: str
) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    live = LiveSchool(folder)
    desk = TipDesk(lambda: {live.current().id: live.knowledge()}, either, KeptCalendars(None))
    before = desk.coming("fernbank", "web", 20, clock.now)
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert not live.refresh()
    assert desk.coming("fernbank", "web", 20, clock.now) == before


# --- the page


async def test_the_page_shows_todays_tip_answers_it_and_counts(
    lexical: Base, store: Store, school: School, clock: Clock
) -> None:
    core = Core(lambda: lexical, store)
    app = make_app(core, clock, key=b"k" * 32)
    async with TestClient(TestServer(app)) as client:
        assert "Today’s tip" not in await (await client.get("/")).text()
        await TipPoster(core.tips, [WebTips()], clock).post_due()
        page = await (await client.get("/")).text()
        shown = core.tips.today(school.id, "web", clock.now)
        assert shown
        assert "Today’s tip" in page
        assert "Ask about this" in page
        token = page.split('name="token" value="')[1].split('"')[0]
        pick = {"action": "pick", "entry": shown.entry, "tip": shown.tip, "token": token}
        assert shown.title.split("'")[0][:20] in await (await client.post("/", data=pick)).text()
        judged = {"action": "tip-not-useful", "tip": shown.tip, "token": token}
        assert "never who said so" in await (await client.post("/", data=judged)).text()
        for wrong in ({**pick, "tip": "tip-other"}, {**judged, "tip": "tip-other"}):
            assert (await client.post("/", data=wrong)).status == 200
        (opinion,) = core.tips.seen(school.id, DAY, clock.now).opinions
        assert (opinion.tip, opinion.asked, opinion.not_useful) == (shown.tip, 1, 1)
        clock.now += dt.timedelta(days=1)
        assert "Today’s tip" not in await (await client.get("/")).text()


def test_the_command_shows_the_next_twenty_days(tmp_path: Path) -> None:
    import argparse

    from bot.settings import read_settings

    settings = read_settings({"ASKFIRST_DATA": str(tmp_path)})
    shown = command(argparse.Namespace(action=None), settings, EIGHT_TEN)
    assert len([line for line in shown.splitlines() if line.startswith("  ")]) == 20
    assert "Mon 2026-11-23" in shown
    pause = argparse.Namespace(action="pause", until=dt.date(2026, 11, 27))
    assert command(pause, settings, EIGHT_TEN) == "No tips until 2026-11-27, which is included."
    assert "Mon 2026-11-30" in command(argparse.Namespace(action="show"), settings, EIGHT_TEN).splitlines()[1]
    assert "pause all tips" in command(argparse.Namespace(action="posted"), settings, EIGHT_TEN)
