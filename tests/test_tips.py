"""Which tip on which day, at what moment: three school years of every nation, both changes of the clock, edits."""

from __future__ import annotations

import datetime as dt
import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge import CalendarError, Knowledge, KnowledgeError, Pause, School, Theme, Tip, load, read_calendar
from bot.tips import Plan, Timetable, TipChoice, card, key_of, window
from tests.conftest import ROOT
from tests.make_base import small_base
from tests.tip_schools import CHANNELS, NATIONS, YEARS, fresh, three_years

START = dt.date(2026, 8, 1)
FOREVER = 800  # days of the plan: more than three years have
SAFER_INTERNET_DAYS = (dt.date(2027, 2, 9), dt.date(2028, 2, 8), dt.date(2029, 2, 6))
ANTI_BULLYING_WEEKS = (dt.date(2026, 11, 16), dt.date(2027, 11, 15), dt.date(2028, 11, 13))
_CODES = {"England": "ENG", "Wales": "WLS", "Scotland": "SCT", "Northern Ireland": "NIR"}


def base_of(knowledge: Knowledge, school: School, nation: str = "England") -> Knowledge:
    return fresh(knowledge, three_years(school, nation))


def plan_of(base: Knowledge, *choices: TipChoice) -> Plan:
    return Plan(base, Timetable(base.school, base.themes), choices)


def sequence(plan: Plan, channel: str = "web", first: dt.date = START, count: int = FOREVER) -> dict[dt.date, str]:
    return {each.day: each.tip.id for each in plan.coming(channel, first, count, {}) if each.tip}


# --- three whole school years


@pytest.mark.parametrize("nation", NATIONS)
@pytest.mark.parametrize("channel", CHANNELS)
def test_three_years_hold_no_weekend_no_holiday_and_no_repeat_within_a_cycle(
    knowledge: Knowledge, school: School, nation: str, channel: str
) -> None:
    base = base_of(knowledge, school, nation)
    tips = {tip.id: tip for tip in base.tips if base.entries[tip.entry].holds_in(nation)}
    closed = holidays.country_holidays("GB", subdiv=_CODES[nation], years=[*YEARS, 2029])
    opening = base.school.opening
    posted = plan_of(base).coming(channel, START, FOREVER, {})
    assert len(posted) > 3 * 180
    assert len({each.day for each in posted}) == len(posted)
    used: set[str] = set()
    for each in posted:
        assert each.day.weekday() < 5
        assert each.day not in closed
        assert each.day not in opening.closed
        assert any(term.first <= each.day <= term.last for term in opening.terms)
        assert each.tip
        assert each.tip.id in tips
        assert each.tip.theme is None or each.tip.theme in each.themes
        if each.tip.id in used:
            fitting = {tip.id for tip in tips.values() if tip.theme is None or tip.theme in each.themes}
            assert fitting <= used
            used = set()
        used.add(each.tip.id)


@pytest.mark.parametrize("nation", ["England", "Scotland"])
def test_themes_come_on_their_days(knowledge: Knowledge, school: School, nation: str) -> None:
    base = base_of(knowledge, school, nation)
    planned = {each.day: each for each in plan_of(base).coming("web", START, FOREVER, {})}
    themed = [tip.theme for tip in base.tips if base.entries[tip.entry].holds_in(nation)]
    for day in SAFER_INTERNET_DAYS:
        tip = planned[day].tip
        assert tip
        assert (tip.theme == "safer-internet-day") == ("safer-internet-day" in themed)
    for monday in ANTI_BULLYING_WEEKS:
        week = [planned[monday + dt.timedelta(days=number)] for number in range(5)]
        assert all("anti-bullying-week" in each.themes for each in week)
        fit = sum(each.tip is not None and each.tip.theme == "anti-bullying-week" for each in week)
        assert fit == min(5, themed.count("anti-bullying-week"))
    assert {each.day for each in planned.values() if "before-residential" in each.themes} == {
        dt.date(2027, 5, day) for day in range(10, 15)
    }


def test_the_first_ten_and_the_last_five_school_days_have_their_themes(knowledge: Knowledge, school: School) -> None:
    base = base_of(knowledge, school)
    table = Timetable(base.school, base.themes)
    begins = [day for day in table.days if "start-of-year" in table.themes(day)]
    assert begins[:10] == list(table.days[:10])
    assert [sum(day.year == year for day in begins) for year in YEARS] == [10, 10, 10]
    ends = [day for day in table.days if "end-of-term" in table.themes(day)]
    assert ends[:5] == [dt.date(2026, 10, day) for day in range(19, 24)]
    assert len(ends) == 5 * len(base.school.opening.terms)


def test_channels_and_schools_have_orders_of_their_own(knowledge: Knowledge, school: School) -> None:
    base = base_of(knowledge, school)
    other = replace(base, school=replace(base.school, id="elsewhere"))
    orders = [sequence(plan_of(base), channel) for channel in CHANNELS] + [sequence(plan_of(other))]
    assert len({tuple(order.values()) for order in orders}) == 4


@pytest.mark.not_quick
def test_every_process_finds_the_same_order() -> None:
    script = (
        "import datetime as dt, sys; from pathlib import Path; from bot.knowledge import load; from bot.tips import *; "
        "k = load(Path(sys.argv[1])); p = Plan(k, Timetable(k.school, k.themes)); "
        "print([x.tip.id for x in p.coming('web', dt.date(2026, 9, 1), 195, {})])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", script, str(small_base())], cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed},
            check=True, capture_output=True,
        ).stdout
        for seed in ("0", "4711")
    }  # fmt: skip
    assert len(said) == 1


# --- restarts, missed days and edits


@given(days=st.integers(0, 300), missed=st.sets(st.integers(0, 300), max_size=5))
@settings(max_examples=15, deadline=None)
def test_a_restart_goes_on_where_it_was_and_a_missed_day_moves_nothing(
    knowledge: Knowledge, school: School, days: int, missed: set[int]
) -> None:
    plan = plan_of(base_of(knowledge, school))
    whole = list(sequence(plan).items())
    had = {day: tip for number, (day, tip) in enumerate(whole[:days]) if number not in missed}
    day, tip = whole[days]
    found = plan.tip_on("web", day, had)
    assert found
    assert found.id == tip


@pytest.mark.parametrize("seed", range(12))
def test_an_edit_in_the_middle_of_a_cycle_repeats_nothing(knowledge: Knowledge, school: School, seed: int) -> None:
    chance = random.Random(seed)
    base = base_of(knowledge, school)
    had = dict(list(sequence(plan_of(base), count=250).items())[: chance.randint(1, 250)])
    tips = [tip for tip in base.tips if chance.random() > 0.1]
    tips += [replace(tip, id=f"own-{number}") for number, tip in enumerate(base.tips[: chance.randint(0, 20)])]
    cycle: set[str] = set()
    for tip in had.values():
        cycle = {tip} if tip in cycle else {*cycle, tip}
    edited = plan_of(replace(base, tips=tuple(tips)))
    for each in edited.coming("web", max(had) + dt.timedelta(days=1), 60, had):
        assert each.tip
        if each.tip.id in cycle:
            assert {tip.id for tip in tips if tip.theme is None or tip.theme in each.themes} <= cycle
            break
        cycle.add(each.tip.id)


def test_an_answer_past_its_review_takes_its_tip_out_and_is_named(knowledge: Knowledge, school: School) -> None:
    base = base_of(knowledge, school)
    tip = plan_of(base).tip_on("web", dt.date(2026, 11, 23), {})
    assert tip
    entry = replace(base.entries[tip.entry], review_by=dt.date(2026, 11, 22))
    due = plan_of(replace(base, entries={**base.entries, entry.id: entry}))
    found = due.tip_on("web", dt.date(2026, 11, 23), {})
    assert found
    assert found.id != tip.id
    assert tip.id not in list(sequence(due, first=dt.date(2026, 11, 23)).values())
    ((out, reason),) = due.left_out(dt.date(2026, 11, 23))
    assert out.entry == entry.id
    assert "due for review on 2026-11-22" in reason
    assert due.left_out(dt.date(2026, 11, 22)) == ()


def test_a_tip_of_another_nation_is_left_out(knowledge: Knowledge, school: School) -> None:
    base = base_of(knowledge, school, "Wales")
    left_out = plan_of(base).left_out(START)
    assert left_out
    assert all("is for England" in reason for _, reason in left_out)


# --- pins, holds and pauses


def test_a_pin_is_the_tip_of_its_day_and_comes_once(knowledge: Knowledge, school: School) -> None:
    base, day = base_of(knowledge, school), dt.date(2026, 10, 7)
    plain = sequence(plan_of(base), count=70)
    early = next(tip for on, tip in plain.items() if on == dt.date(2026, 9, 21))
    pinned = sequence(plan_of(base, TipChoice("pin", day, day, early)), count=70)
    assert pinned[day] == early
    assert list(pinned.values()).count(early) == 1
    elsewhere = TipChoice("pin", day, day, early, "slack:C01")
    assert sequence(plan_of(base, elsewhere), count=70) == plain
    assert sequence(plan_of(base, elsewhere), "slack:C01", count=70)[day] == early


def test_a_tip_on_hold_stays_away_and_comes_back(knowledge: Knowledge, school: School) -> None:
    base = base_of(knowledge, school)
    plain = sequence(plan_of(base), count=60)
    tip = plain[dt.date(2026, 9, 21)]
    held = sequence(plan_of(base, TipChoice("skip", START, dt.date(2026, 9, 25), tip)), count=60)
    assert tip not in [each for day, each in held.items() if day <= dt.date(2026, 9, 25)]
    assert tip in held.values()


def test_nothing_is_posted_in_a_pause(knowledge: Knowledge, school: School) -> None:
    base = base_of(knowledge, school)
    first, last = dt.date(2026, 11, 23), dt.date(2026, 11, 27)
    rules = replace(base.school.tips, pauses=(Pause(first, last),))
    by_file = plan_of(replace(base, school=replace(base.school, tips=rules)))
    by_choice = plan_of(base, TipChoice("pause", first, last))
    for plan in (by_file, by_choice):
        days = [each.day for each in plan.coming("web", dt.date(2026, 11, 20), 3, {})]
        assert days == [dt.date(2026, 11, 20), dt.date(2026, 11, 30), dt.date(2026, 12, 1)]
        assert plan.tip_on("web", first, {}) is None
    assert plan_of(base, TipChoice("pause", first, None)).coming("web", first, 5, {}) == ()


# --- the moment


@pytest.mark.parametrize(
    ("zone", "day", "time", "until", "opens", "closes"),
    [
        ("Europe/London", "2026-10-23", "08:10", "12:00", "07:10", "11:00"),
        ("Europe/London", "2026-10-26", "08:10", "12:00", "08:10", "12:00"),
        ("Europe/London", "2027-03-26", "08:10", "12:00", "08:10", "12:00"),
        ("Europe/London", "2027-03-29", "08:10", "12:00", "07:10", "11:00"),
        ("Europe/London", "2027-03-28", "01:30", "03:00", "01:30", "02:00"),  # does not exist: 02:30 by the new time
        ("Europe/London", "2027-03-28", "01:50", "02:10", "01:50", "02:10"),  # its end is before it: as long as it is
        ("Europe/London", "2026-10-25", "01:30", "03:00", "00:30", "03:00"),  # twice: the first of the two
        ("Europe/Berlin", "2027-03-28", "02:30", "04:00", "01:30", "02:00"),
        ("Europe/Berlin", "2026-10-25", "02:30", "04:00", "00:30", "03:00"),
    ],
)
def test_the_tip_of_a_day_has_exactly_one_moment(
    school: School, zone: str, day: str, time: str, until: str, opens: str, closes: str
) -> None:
    rules = replace(school.tips, time=dt.time.fromisoformat(time), until=dt.time.fromisoformat(until))
    moved = replace(school, tips=rules, opening=replace(school.opening, zone=ZoneInfo(zone)))
    found = window(moved, dt.date.fromisoformat(day))
    assert [f"{moment:%Y-%m-%d %H:%M %Z}" for moment in found] == [f"{day} {opens} UTC", f"{day} {closes} UTC"]


@given(day=st.dates(dt.date(2026, 1, 1), dt.date(2030, 1, 1)), at=st.integers(0, 1438), late=st.integers(1, 1439))
@settings(max_examples=200, deadline=None)
def test_a_window_is_never_empty_and_never_another_days(school: School, day: dt.date, at: int, late: int) -> None:
    time, until = dt.time(*divmod(at, 60)), dt.time(*divmod(min(max(late, at + 1), 1439), 60))
    moved = replace(school, tips=replace(school.tips, time=time, until=until))
    opens, closes = window(moved, day)
    assert opens < closes
    assert opens.astimezone(school.opening.zone).date() == day
    assert (closes - dt.timedelta(seconds=1)).astimezone(school.opening.zone).date() == day


# --- what is posted


def test_a_card_has_the_tip_its_rule_and_its_entry(knowledge: Knowledge) -> None:
    for tip in knowledge.tips:
        shown = card(knowledge, tip, START)
        assert len(shown.text.split()) <= 60
        assert shown.rule == knowledge.clauses[knowledge.entries[tip.entry].cites[0]].text
        assert shown.source
        assert shown.entry == tip.entry
    assert key_of("a", "web", START) == key_of("a", "web", START) != key_of("b", "web", START)


# --- the calendar of the school


def calendar(*events: str) -> str:
    named = (each if "UID:" in each else f"UID:{number}\r\n{each}" for number, each in enumerate(events))
    whole = "".join(f"BEGIN:VEVENT\r\n{each}END:VEVENT\r\n" for each in named)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n{whole}END:VCALENDAR\r\n"


def event(title: str, first: str, end: str = "") -> str:
    ends = f"DTEND;VALUE=DATE:{end}\r\n" if end else ""
    return f"SUMMARY:{title}\r\nDTSTART;VALUE=DATE:{first}\r\n{ends}"


def test_a_calendar_gives_terms_inset_days_closed_days_and_trips() -> None:
    dates = read_calendar(
        calendar(
            event("Autumn Term", "20270901", "20271218"),
            event("Term starts", "20280104"),
            event("Last day of term", "20280324"),
            event("Half-term holiday", "20271025", "20271030"),
            event("INSET day (staff only)", "20271029"),
            event("Year 6 residential", "20280510", "20280513"),
            event("Sports day", "20280601"),
            "SUMMARY:School closed for an hour\r\nDTSTART:20280602T100000Z\r\n",
        )
    )
    assert dates.terms == (
        (dt.date(2027, 9, 1), dt.date(2027, 12, 17)),
        (dt.date(2028, 1, 4), dt.date(2028, 3, 24)),
    )
    assert dates.closed == {dt.date(2027, 10, day) for day in range(25, 29)}
    assert dates.inset_days == {dt.date(2027, 10, 29)}
    assert dates.residentials == {dt.date(2028, 5, 10)}


def test_a_calendar_counts_for_tips_beside_school_yaml(knowledge: Knowledge, school: School) -> None:
    dates = read_calendar(
        calendar(event("Half term", "20270913", "20270918"), event("Autumn term", "20270906", "20271002"))
    )
    table = Timetable(school, knowledge.themes, dates)
    assert table.has(dt.date(2026, 11, 23))
    assert table.has(dt.date(2027, 9, 6))
    assert not table.has(dt.date(2027, 9, 14))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a calendar"),
        ("hello", "not a calendar"),
        ("<html>Please sign in</html>", "not a calendar"),
        ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "not a calendar"),
    ],
)
def test_a_broken_calendar_says_why(text: str, said: str) -> None:
    with pytest.raises(CalendarError, match=said):
        read_calendar(text)


@given(text=st.text(max_size=300) | st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_whatever_is_read_as_a_calendar_is_read_or_refused(text: str | bytes) -> None:
    try:
        read_calendar(text)
    except CalendarError:
        return


# --- faults of the files

Change = Callable[[str], str]


def loaded(folder: Path, school: Change = str, tips: Change = str, ics: str = "") -> Knowledge:
    """The small base with two of its files changed."""
    base = small_base()
    for path in base.iterdir():
        (folder / path.name).symlink_to(path)
    for name, change in (("school.yaml", school), ("tips.yaml", tips)):
        (folder / name).unlink()
        (folder / name).write_text(change((base / name).read_text(encoding="utf-8")), encoding="utf-8")
    if ics:
        (folder / "calendar.ics").write_text(ics, encoding="utf-8")
    return load(folder)


def rules(line: str) -> Change:
    return lambda text: text.replace("  time: 08:10\n", f"  {line}\n")


@pytest.mark.parametrize(
    ("school", "tips", "ics", "said"),
    [
        (str, lambda text: text.replace("entry: what-aim", "entry: none"), "", "tip-what-aim > entry: there is no"),
        (str, lambda text: text.replace("theme: end-of-term", "theme: carnival"), "", "there is no theme 'carnival'"),
        (str, lambda text: text.replace("{last_school_days: 5}", "{}"), "", "end-of-term: has no rule"),
        (str, lambda text: text.replace('"11-16"', '"31-31"'), "", "'31-31' is not a day of the year"),
        (str, lambda text: text.replace("week: 2", "week: 9"), "", "which week of the month"),
        (str, lambda text: text.replace("month: february", "month: pancakes"), "", "'pancakes' is not known"),
        (str, lambda text: text.replace("Tempted to", "word " * 60), "", "Keep a tip to 60 words"),
        (lambda text: text.replace("2026-10-23", "2026-08-23"), str, "", "Autumn 1 ends before it starts"),
        (lambda text: text.replace("Europe/London", "Europe/Atlantis"), str, "", "is not a time zone"),
        (rules('time: "25:00"'), str, "", "'25:00' is not a time"),
        (rules('time: "13:00"'), str, "", "12:00 is not after 13:00"),
        (rules("tiem: 8"), str, "", "tiem: is not a field"),
        (rules("calendar: http://school.example/c.ics"), str, "", "an https address"),
        (rules("calendar: ../secret.ics"), str, "", "'../secret.ics' is no calendar"),
        (rules("pauses: [{first: 2026-12-01, last: 2026-11-01}]"), str, "", "2026-11-01 is before 2026-12-01"),
        (rules("residentials: [soon]"), str, "", "'soon' is not a date"),
        (lambda text: text.replace("[web]", "[Web Page]"), str, "", "'Web Page' is not a channel"),
        (lambda text: f"{text}channels: {{tips: [web]}}\n", str, "", "Keep them here alone"),
    ],
)  # fmt: skip
def test_a_fault_in_the_files_is_named(tmp_path: Path, school: Change, tips: Change, ics: str, said: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        loaded(tmp_path, school, tips, ics)
    assert said in str(caught.value)


def test_times_channels_and_a_calendar_are_read(tmp_path: Path) -> None:
    def change(text: str) -> str:
        plain = (
            text.replace("time: 08:10", "time: 9:05")
            .replace("until: 12:00", "until: 12:30")
            .replace("  channels: [web]\n", "")
        )
        return (
            plain.replace("tips:  ", "tips:\n  calendar: calendar.ics\n  #") + "channels: {tips: [web, 'slack:C1']}\n"
        )

    read = loaded(tmp_path, change, ics=calendar(event("INSET day", "20270901"))).school.tips
    assert (read.time, read.until) == (dt.time(9, 5), dt.time(12, 30))
    assert read.channels == ("web", "slack:C1")
    assert read.dates
    assert read.dates.inset_days == {dt.date(2027, 9, 1)}


@given(day=st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31)))
@settings(max_examples=300, deadline=None)
def test_safer_internet_day_is_the_tuesday_of_the_second_week_of_february(school: School, day: dt.date) -> None:
    """One such day a year; the known ones: 2018-02-06, 2019-02-05, 2020-02-11, 2023-02-07, 2024-02-06, 2026-02-10."""
    from bot.tips.timetable import _is_in_month

    year = [dt.date(day.year, 2, number) for number in range(1, 29)]
    (found,) = [each for each in year if _is_in_month((2, 2, 1), each)]
    known = {2018: 6, 2019: 5, 2020: 11, 2021: 9, 2022: 8, 2023: 7, 2024: 6, 2025: 11, 2026: 10}
    assert found.weekday() == 1
    assert found.day == known.get(day.year, found.day)


def test_a_theme_on_dates_of_its_own(knowledge: Knowledge, school: School) -> None:
    day = dt.date(2026, 11, 25)
    base = base_of(knowledge, school)
    own = replace(base.tips[0], id="own", theme="own")
    extra = replace(base, tips=(*base.tips, own), themes={**base.themes, "own": Theme("own", dates=frozenset({day}))})
    assert plan_of(extra).tip_on("web", day, {}) == own


def test_a_base_without_tips_has_none(knowledge: Knowledge, school: School) -> None:
    base = replace(base_of(knowledge, school), tips=())
    assert plan_of(base).tip_on("web", dt.date(2026, 11, 23), {}) is None
    one = Tip("one", base.entries["what-aim"].id, "Only one.", None)
    alone = sequence(plan_of(replace(base, tips=(one,))), count=5)
    assert list(alone.values()) == ["one"] * 5
