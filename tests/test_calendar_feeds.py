"""Calendars as schools publish them: what is understood counts, what is not is named, and nothing stops for it."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.command.main import run_verb
from bot.knowledge import Dates, School, load, read_calendar
from bot.knowledge.calendars.events import read_events
from bot.service.calendars import KeptCalendars
from bot.service.live.school import LiveSchool
from bot.tips import Timetable
from tests.conftest import KEY
from tests.make_base import small_base
from tests.test_tips import calendar, event


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def days(first: str, last: str) -> set[dt.date]:
    return {day(first) + dt.timedelta(number) for number in range((day(last) - day(first)).days + 1)}


def read(*events: str) -> Dates:
    return read_calendar(calendar(*events))


def has(school: School, dates: Dates, on: str) -> bool:
    """Whether there is a tip on this day of the school year 2027/28, of which school.yaml says nothing."""
    return Timetable(school, {}, dates).has(day(on))


def between(title: str, first: str, last: str, more: str = "") -> str:
    return f"SUMMARY:{title}\r\nDTSTART:{first}\r\nDTEND:{last}\r\n{more}"


# --- single days that belong together


def test_half_term_that_begins_and_ends_is_no_term_but_a_holiday() -> None:
    dates = read(event("Half term begins", "20280214"), event("Half term ends", "20280218"))
    assert dates.terms == ()
    assert dates.closed == days("2028-02-14", "2028-02-18")


def test_staggered_starts_are_one_term_from_the_first_of_them() -> None:
    dates = read(
        event("Start of term Y7 & Y12", "20270902"),
        event("Start of term - all other years", "20270906"),
        event("Last Day of Autumn Term", "20271217"),
    )
    assert dates.terms == ((day("2027-09-02"), day("2027-12-17")),)


def test_a_week_of_breaking_up_is_a_holiday_and_a_numbered_half_term_of_a_week_too() -> None:
    dates = read(event("Break up for half term", "20271025", "20271030"), event("Half term 1", "20280214", "20280219"))
    assert dates.terms == ()
    assert dates.closed == days("2027-10-25", "2027-10-29") | days("2028-02-14", "2028-02-18")


def test_hours_on_the_first_and_last_day_are_no_obstacle() -> None:
    dates = read(
        between("Back to School", "20270903T084500", "20270903T090000"),
        between("Last Day of Autumn Term", "20271217T131500", "20271217T133000"),
    )
    assert dates.terms == ((day("2027-09-03"), day("2027-12-17")),)


def test_breaking_up_for_half_term_and_coming_back_are_two_stretches() -> None:
    dates = read(
        event("Term begins", "20270906"),
        event("Finish for half term 1:30pm", "20271022"),
        event("Pupils return", "20271101"),
        event("School breaks up", "20271217"),
    )
    assert dates.terms == ((day("2027-09-06"), day("2027-10-22")), (day("2027-11-01"), day("2027-12-17")))


def test_a_term_without_an_end_goes_on_to_the_next_long_holiday_and_through_half_term(school: School) -> None:
    dates = read(
        event("First Day of Term", "20270902"),
        event("Autumn Half Term", "20271018", "20271030"),
        event("Christmas Holidays", "20271220", "20280104"),
    )
    assert has(school, dates, "2027-12-17")
    assert has(school, dates, "2027-11-01")
    assert not has(school, dates, "2027-10-20")
    assert not has(school, dates, "2027-12-21")
    assert "has no end" in dates.remarks[0]


def test_a_feed_that_no_longer_holds_the_past_keeps_its_term(school: School) -> None:
    dates = read(
        event("Parents' evening", "20271004"),
        event("Half term", "20271025", "20271030"),
        event("Last day of term", "20271217"),
        event("Term starts", "20280104"),
        event("Term ends", "20280331"),
    )
    assert has(school, dates, "2027-10-05")
    assert has(school, dates, "2027-12-17")
    assert has(school, dates, "2028-01-04")
    assert not has(school, dates, "2027-12-20")
    assert not has(school, dates, "2027-10-26")
    assert "has no start" in dates.remarks[0]


def test_of_a_lone_last_day_nothing_is_made_up(school: School) -> None:
    dates = read(event("Last Day of Autumn Term", "20271217"))
    assert dates.terms == ()
    assert "2027-12-17 has no start" in dates.remarks[0]


def test_a_stretch_of_which_nothing_is_known_gets_no_tip(school: School) -> None:
    dates = read(event("Term starts", "20270901"), event("Term starts", "20280104"), event("Term ends", "20280331"))
    assert not has(school, dates, "2027-11-03")
    assert has(school, dates, "2028-02-02")
    assert "no end" in dates.remarks[0]


def test_a_year_that_slipped_ends_no_term_and_leaves_the_holiday_closed(school: School) -> None:
    dates = read(
        event("Autumn Term 2027", "20270901", "20271218"),
        event("Spring Term 2028", "20280104", "20280401"),
        event("Christmas holiday", "20271218", "20281220"),
    )
    assert has(school, dates, "2028-01-05")
    assert day("2027-12-21") in dates.closed
    assert "lasts 368 days" in dates.remarks[0]
    assert "See whether the year is right" in dates.remarks[0]


def test_a_whole_summer_is_no_slip() -> None:
    assert read(event("Summer holidays", "20270701", "20270901")).remarks == ()


def test_an_inset_day_outside_the_terms_gets_no_tip(school: School) -> None:
    dates = read(event("Autumn term", "20270906", "20271218"), event("INSET", "20270903"), event("INSET", "20270920"))
    assert not has(school, dates, "2027-09-03")
    assert has(school, dates, "2027-09-20")
    assert not Timetable(school, {}).has(day("2026-09-01")), "of school.yaml neither"


# --- how programs write it


@pytest.mark.parametrize("written", [
    between("Half term", "20271025T000000", "20271030T000000", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE\r\n"),
    between("Half term", "20271024T230000Z", "20271029T230000Z"),
    between("Half term", "20271025T000000", "20271029T235900"),
    event("Half term", "20271025", "20271030"),
    "SUMMARY:Half term\r\nDTSTART;VALUE=DATE:20271025\r\nDURATION:P5D\r\n",
])  # fmt: skip
def test_whole_days_are_whole_days_however_they_are_written(written: str) -> None:
    assert read(written).closed == days("2027-10-25", "2027-10-29")


def test_one_odd_event_spoils_no_other() -> None:
    dates = read(
        "SUMMARY:Half term\r\nDTSTART;VALUE=DATE:2027-13-40\r\n",
        "SUMMARY:INSET day\r\n",
        event("Half term", "20280213", "20280201"),
        event("Last day of half term", "20280525"),
        event("Term ends", "20280721"),
        event("Autumn term", "20270906", "20271218"),
    )
    assert dates.terms == ((day("2027-09-06"), day("2027-12-17")),)
    said = " ".join(dates.remarks)
    for named in ("2 events could not be read", "ends before it starts", "'Last day of half term' on 2028-05-25"):
        assert named in said


def test_a_calendar_that_says_nothing_of_school_days_says_so() -> None:
    assert read(event("Day 1 (Week 1)", "20270906")).remarks == (
        "none of its 1 events says when the school is open or closed",
    )


# --- what repeats


def repeated(title: str, first: str, rule: str, end: str = "", more: str = "") -> str:
    return f"{event(title, first, end)}UID:series\r\nRRULE:{rule}\r\n{more}"


def test_a_half_term_of_one_day_that_comes_five_times_is_five_days() -> None:
    dates = read(repeated("Half term", "20271025", "FREQ=DAILY;COUNT=5"))
    assert dates.closed == days("2027-10-25", "2027-10-29")
    assert dates.remarks == ()


def test_what_comes_every_year_counts_this_year_too(school: School) -> None:
    dates = read(
        event("Autumn term", "20270906", "20271218"), repeated("Occasional day", "20101126", "FREQ=YEARLY", "20101127")
    )
    assert not has(school, dates, "2027-11-26") and has(school, dates, "2027-11-25")


def test_what_comes_every_year_does_not_tell_how_far_back_the_calendar_goes(school: School) -> None:
    yearly = repeated("Boxing Day", "20101226", "FREQ=YEARLY", "20101227")
    rolling = (event("Parents' evening", "20271004"), event("Last day of term", "20271217"))
    assert read(*rolling, yearly).terms == read(*rolling).terms != ()


def test_single_days_of_a_series_are_left_out_moved_or_called_off() -> None:
    dates = read(
        repeated("INSET day", "20270903", "FREQ=MONTHLY;BYDAY=1FR;COUNT=5", more="EXDATE;VALUE=DATE:20271105\r\n"),
        event("INSET day", "20271008") + "UID:series\r\nRECURRENCE-ID;VALUE=DATE:20271001\r\n",
        event("INSET day", "20271203") + "UID:series\r\nSTATUS:CANCELLED\r\nRECURRENCE-ID;VALUE=DATE:20271203\r\n",
    )
    assert dates.inset_days == {day("2027-09-03"), day("2027-10-08"), day("2028-01-07")}


def test_days_that_are_listed_count_like_a_rule() -> None:
    dates = read(event("School closed", "20271025") + "RDATE;VALUE=DATE:20271101,20271108\r\n")
    assert dates.closed == {day("2027-10-25"), day("2027-11-01"), day("2027-11-08")}


@pytest.mark.parametrize(("first", "until", "last"), [
    ("DTSTART;TZID=Europe/London:20270525T000000\r\nDTEND;TZID=Europe/London:20270526T000000", "20270527T230000Z", 28),
    ("DTSTART:20270525T000000\r\nDTEND:20270526T000000", "20270528T000000", 28),
    ("DTSTART;VALUE=DATE:20270525", "20270528", 28),
    ("DTSTART:20270524T230000Z\r\nDTEND:20270525T230000Z", "20270527T230000Z", 28),
])  # fmt: skip
def test_the_end_of_a_rule_is_that_of_the_clock_on_the_wall(first: str, until: str, last: int) -> None:
    dates = read(f"SUMMARY:Half term\r\n{first}\r\nRRULE:FREQ=DAILY;UNTIL={until}\r\n")
    assert dates.closed == days("2027-05-25", f"2027-05-{last}")


@pytest.mark.parametrize("rule", [
    "FREQ=SECONDLY", "FREQ=HOURLY;COUNT=5", "FREQ=FORTNIGHTLY", "FREQ=WEEKLY;COUNT=never", "COUNT=3",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYSETPOS=2", "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=5",
    "FREQ=DAILY;INTERVAL=7;BYDAY=TU", "FREQ=DAILY;BYHOUR=1,2,3", "FREQ=YEARLY;BYSECOND=1",
])  # fmt: skip
def test_a_rule_that_is_not_understood_is_named_once_and_its_first_time_counts(rule: str) -> None:
    dates = read(repeated("School closed", "20271025", rule), event("Term ends", "20280721"))
    assert dates.closed == {day("2027-10-25")}
    assert sum("repeats in a way that is not understood" in said for said in dates.remarks) == 1


def test_a_series_that_cannot_be_meant_is_remarked_once() -> None:
    dates = read(repeated("INSET", "20270906", "FREQ=WEEKLY;COUNT=30", "20270927"))
    assert [said for said in dates.remarks if "training of 21 days" in said] == list(dates.remarks)
    assert len(dates.remarks) == 1


def test_the_clubs_of_a_school_are_not_followed_for_decades() -> None:
    clubs = [repeated(f"Chess club {each}", "20270906", "FREQ=WEEKLY") for each in range(400)]
    dates = read(*clubs, event("School closed", "20271025"))
    assert dates.closed == {day("2027-10-25")}


def test_no_calendar_is_followed_for_more_times_than_a_school_needs() -> None:
    daily = [repeated(f"School closed {each}", "20271025", "FREQ=DAILY") for each in range(100)]
    events, _ = read_events(calendar(*daily))
    assert len(events) < 25_000
    assert sum("repeats in a way that is not understood" in each.unsure for each in events) == 96


def test_what_never_comes_is_looked_for_a_few_times_and_not_in_every_event(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[dt.datetime] = []

    def count(text: str, dtstart: dt.datetime) -> object:
        looked.append(dtstart)
        return rrulestr(text, dtstart=dtstart)

    monkeypatch.setattr("dateutil.rrule.rrulestr", count)
    never = [repeated("School closed", "20271025", "FREQ=MONTHLY;BYDAY=6MO") for _ in range(60)]
    assert read(*never).closed == {day("2027-10-25")}
    assert len(looked) == 20
    assert min(each.year for each in looked) > 9500, "so that the end of time is near"


@pytest.mark.parametrize("rule", ["FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1;COUNT=3", "FREQ=MONTHLY;BYDAY=1MO;COUNT=3"])
def test_the_first_monday_of_a_month_is_known_as_every_program_writes_it(rule: str) -> None:
    assert read(repeated("School closed", "20271101", rule)).closed == {
        day("2027-11-01"), day("2027-12-06"), day("2028-01-03"),
    }  # fmt: skip


def test_what_comes_every_year_since_long_ago_comes_this_year_too() -> None:
    dates = read(event("Autumn term", "20270906", "20271218"), repeated("School closed", "19700102", "FREQ=YEARLY"))
    assert {day("2027-01-02"), day("2028-01-02")} <= dates.closed
    assert dates.remarks == ()


def test_a_rule_that_is_cut_before_today_is_named() -> None:
    dates = read(event("Autumn term", "20270906", "20271218"), repeated("School closed", "19700102", "FREQ=DAILY"))
    assert dates.remarks == (
        "'School closed' on 1970-01-02: it repeats more often than is followed, and its times after 1983-09-10 are "
        "left out. Let it begin later, or end",
    )


titles = st.text(max_size=60) | st.lists(
    st.sampled_from(
        "half term starts ends first last day of INSET break Christmas school closed pupils return".split()
    ),
    max_size=6,
).map(" ".join)
moments = st.dates(dt.date(1970, 1, 1), dt.date(2040, 1, 1)).map(lambda each: f"{each:%Y%m%d}")


@given(st.lists(st.tuples(titles, moments, moments), max_size=8))
@settings(max_examples=150, deadline=None)
def test_whatever_events_are_called_the_calendar_is_read(events: list[tuple[str, str, str]]) -> None:
    from icalendar import vText

    written = [event(vText(title).to_ical().decode(), first, last) for title, first, last in events]
    dates = read_calendar(calendar(*written))
    assert all(first <= last for first, last in dates.terms)


# --- nothing stops for it


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A base whose school names a calendar file, for a fresh server."""
    folder = Path(shutil.copytree(small_base(), tmp_path / "base"))
    path = folder / "school.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("  channels: [web]\n", "  channels: [web]\n  calendar: c.ics\n")
    )
    given = {"DATA": str(tmp_path / "data"), "MODEL": "none", "KEYS": KEY, "KNOWLEDGE": str(folder)}
    for name, value in given.items():
        monkeypatch.setenv(f"ASKFIRST_{name}", value)
    return folder


BROKEN = {
    "missing": b"",
    "no calendar": b"<html>sign in</html>",
    "odd": calendar(event("Term ends", "20280721")).encode(),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_calendar_with_a_fault_neither_stops_a_pause_nor_a_first_start(
    base: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    if BROKEN[kind]:
        (base / "c.ics").write_bytes(BROKEN[kind])
    assert load(base).school.tips.channels == ("web",)
    assert run_verb(["tips", "pause"]) == 0
    assert "No tips until you run" in capsys.readouterr().out


@pytest.mark.parametrize(("kind", "said"), [
    ("missing", "there is no file 'c.ics'. Put it into the knowledge folder"),
    ("no calendar", "c.ics: it is not a calendar that can be read"),
    ("odd", "the term that ends on 2028-07-21 has no start"),
])  # fmt: skip
def test_the_doctor_warns_of_what_is_missing_in_the_calendar(
    base: Path, capsys: pytest.CaptureFixture[str], kind: str, said: str
) -> None:
    if BROKEN[kind]:
        (base / "c.ics").write_bytes(BROKEN[kind])
    run_verb(["doctor"])
    lines = [line for line in capsys.readouterr().out.splitlines() if "tips, calendar" in line]
    assert any(line.startswith("WARN") and said in line for line in lines), lines


def test_the_list_of_tips_names_what_is_missing_too(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_verb(["tips"])
    assert "the calendar: there is no file 'c.ics'" in capsys.readouterr().out


def test_a_calendar_file_that_is_broken_by_an_edit_leaves_its_dates_in_use(base: Path) -> None:
    (base / "c.ics").write_text(calendar(event("School closed", "20261123")), encoding="utf-8")
    live = LiveSchool(base)
    (base / "c.ics").write_text("<html>sign in</html>", encoding="utf-8")
    assert live.refresh()
    dates = KeptCalendars(None).dates(live.current())
    assert dates
    assert dates.closed == {day("2026-11-23")}
    assert live.current().tips.trouble


def test_without_a_calendar_the_terms_of_the_files_say_when_there_are_tips(school: School) -> None:
    broken = replace(school, tips=replace(school.tips, trouble="c.ics: it is not a calendar"))
    table = Timetable(broken, {})
    assert table.has(day("2026-11-23"))
    assert not table.has(day("2026-12-23"))
    assert "the terms in school.yaml alone" in KeptCalendars(None).remarks(broken)[0]
