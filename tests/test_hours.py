"""School time: over weekends, holidays, INSET days and both changes of the clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.hours import after_days, after_minutes, is_holiday, is_open, is_school_day, next_opening, start_of
from bot.knowledge import Opening, School, Term

LONDON = ZoneInfo("Europe/London")
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


def at(text: str) -> dt.datetime:
    """A moment by the clocks of London."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=LONDON)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def wall(moment: dt.datetime | None) -> str:
    """A moment as the clocks of London show it."""
    assert moment is not None
    assert moment.tzinfo is dt.UTC
    return f"{moment.astimezone(LONDON):%a %Y-%m-%d %H:%M}"


def opened(school: School, **changes: object) -> School:
    opening: Opening = replace(school.opening, **changes)  # type: ignore[arg-type]
    return replace(school, opening=opening)


@pytest.fixture(scope="session")
def no_break(school: School) -> School:
    """A school whose terms go on over both changes of the clock, and that is open early on Sundays."""
    hours = {**school.opening.hours, 6: (dt.time(0, 0), dt.time(6, 0))}
    return opened(school, terms=(Term("All year", day("2026-09-01"), day("2027-07-31")),), hours=hours)


# --- which days


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-11-23", True),  # a Monday in term
        ("2026-11-27", True),
        ("2026-11-28", False),  # Saturday
        ("2026-11-29", False),
        ("2026-09-02", True),  # the first day of term
        ("2026-09-01", True),  # INSET, the day before
        ("2026-08-31", False),
        ("2026-10-23", True),  # the last day before half-term
        ("2026-10-26", False),
        ("2026-11-02", True),
        ("2026-12-21", False),
        ("2027-05-03", False),  # the early May bank holiday, in term
        ("2027-05-04", True),
        ("2027-06-28", True),  # INSET within term
        ("2027-07-21", True),
        ("2027-07-22", False),
    ],
)
def test_a_school_day_is_a_weekday_in_term_or_an_inset_day(school: School, on: str, expected: bool) -> None:
    assert is_school_day(school, day(on)) == expected


def test_a_day_on_which_it_is_closed_is_none_even_if_it_is_an_inset_day(school: School) -> None:
    closed = opened(school, closed=frozenset({day("2026-11-23"), day("2026-09-01")}))
    assert not is_school_day(closed, day("2026-11-23"))
    assert not is_school_day(closed, day("2026-09-01"))


def test_an_inset_day_on_a_day_without_hours_is_none(school: School) -> None:
    saturday = opened(school, inset_days=frozenset({day("2026-11-28")}))
    assert not is_school_day(saturday, day("2026-11-28"))


def test_a_school_that_is_open_at_weekends_has_school_days_then(school: School) -> None:
    boarding = opened(school, hours={**school.opening.hours, 5: (dt.time(9, 0), dt.time(12, 0))})
    assert is_school_day(boarding, day("2026-11-28"))
    assert not is_school_day(boarding, day("2026-11-29"))
    assert wall(after_minutes(boarding, at("2026-11-27 16:20"), 30)) == "Sat 2026-11-28 09:20"
    assert not is_school_day(boarding, day("2026-10-31"))  # a Saturday in half-term


@pytest.mark.parametrize(
    ("on", "nations"),
    [
        ("2027-05-03", {"England", "Wales", "Scotland", "Northern Ireland"}),
        ("2026-11-30", {"Scotland"}),  # St Andrew
        ("2027-03-17", {"Northern Ireland"}),  # St Patrick
        ("2027-07-12", {"Northern Ireland"}),  # the Boyne
        ("2027-01-04", {"Scotland"}),  # the second of January, on a Saturday
        ("2027-03-29", {"England", "Wales", "Northern Ireland"}),  # Easter Monday
    ],
)
def test_each_nation_has_its_own_bank_holidays(no_break: School, on: str, nations: set[str]) -> None:
    for nation in ("England", "Wales", "Scotland", "Northern Ireland"):
        there = replace(no_break, nation=nation)
        assert is_holiday(there, day(on)) == (nation in nations), nation
        assert is_school_day(there, day(on)) == (nation not in nations), nation


# --- open or not


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23 07:59:59", False),
        ("2026-11-23 08:00", True),
        ("2026-11-23 16:59:59", True),
        ("2026-11-23 17:00", False),
        ("2026-11-27 16:29:59", True),
        ("2026-11-27 16:30", False),
        ("2026-11-28 10:00", False),
        ("2026-10-28 10:00", False),
        ("2027-05-03 10:00", False),
        ("2027-06-28 10:00", True),
        ("2026-09-03 08:00", True),  # summer time
        ("2026-09-03 07:59", False),
    ],
)
def test_it_is_open_from_its_first_minute_to_its_last(school: School, moment: str, expected: bool) -> None:
    assert is_open(school, at(moment)) == expected


def test_a_moment_is_the_same_by_any_clock(school: School) -> None:
    tokyo = at("2026-11-23 08:00").astimezone(ZoneInfo("Asia/Tokyo"))
    assert is_open(school, tokyo)
    assert not is_open(school, tokyo - dt.timedelta(seconds=1))
    assert after_minutes(school, tokyo, 15) == at("2026-11-23 08:15")


def test_a_school_elsewhere_goes_by_its_own_clocks(school: School) -> None:
    dubai = opened(school, zone=ZoneInfo("Asia/Dubai"))
    assert is_open(dubai, dt.datetime(2026, 11, 23, 4, 0, tzinfo=dt.UTC))
    assert not is_open(dubai, dt.datetime(2026, 11, 23, 13, 0, tzinfo=dt.UTC))
    late_sunday = dt.datetime(2026, 11, 22, 21, 0, tzinfo=dt.UTC)  # one o'clock on Monday morning there
    assert next_opening(dubai, late_sunday) == dt.datetime(2026, 11, 23, 4, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-23 10:00", "Mon 2026-11-23 10:00"),
        ("2026-11-23 06:00", "Mon 2026-11-23 08:00"),
        ("2026-11-23 17:00", "Tue 2026-11-24 08:00"),
        ("2026-11-27 16:30", "Mon 2026-11-30 08:00"),
        ("2026-10-23 16:30", "Mon 2026-11-02 08:00"),  # half-term, and the clocks go back
        ("2026-12-18 16:30", "Mon 2027-01-04 08:00"),  # an INSET day before the term
        ("2027-03-25 17:00", "Mon 2027-04-12 08:00"),
        ("2027-04-30 17:00", "Tue 2027-05-04 08:00"),  # a bank holiday
        ("2026-07-01 12:00", "Tue 2026-09-01 08:00"),
    ],
)
def test_it_opens_next_on_the_next_school_day(school: School, moment: str, opens: str) -> None:
    found = next_opening(school, at(moment))
    assert found is not None
    assert wall(found.astimezone(dt.UTC)) == opens


def test_it_never_opens_again_after_the_last_term_that_is_known(school: School) -> None:
    assert next_opening(school, at("2027-07-21 17:00")) is None
    assert next_opening(opened(school, terms=(), inset_days=frozenset()), at("2026-11-23 10:00")) is None


# --- minutes


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-23 10:00", 15, "Mon 2026-11-23 10:15"),
        ("2026-11-23 10:00", 0, "Mon 2026-11-23 10:00"),
        ("2026-11-23 16:50", 10, "Mon 2026-11-23 17:00"),
        ("2026-11-23 16:50", 11, "Tue 2026-11-24 08:01"),
        ("2026-11-27 16:29", 1, "Fri 2026-11-27 16:30"),  # the last minute of the week
        ("2026-11-27 16:29", 2, "Mon 2026-11-30 08:01"),
        ("2026-11-27 16:20", 30, "Mon 2026-11-30 08:20"),
        ("2026-11-28 11:00", 30, "Mon 2026-11-30 08:30"),
        ("2026-11-28 11:00", 0, "Sat 2026-11-28 11:00"),  # who hears at once hears at once
        ("2026-11-24 03:00", 30, "Tue 2026-11-24 08:30"),
        ("2026-10-23 16:20", 30, "Mon 2026-11-02 08:20"),  # half-term
        ("2027-04-30 16:20", 30, "Tue 2027-05-04 08:20"),  # a bank holiday
        ("2027-06-25 16:20", 30, "Mon 2027-06-28 08:20"),  # an INSET day
        ("2026-12-18 16:20", 30, "Mon 2027-01-04 08:20"),  # Christmas
        ("2026-11-23 08:00", 5 * 540, "Mon 2026-11-30 08:30"),  # a week and half an hour
    ],
)
def test_only_minutes_of_school_time_are_counted(school: School, start: str, minutes: int, end: str) -> None:
    assert wall(after_minutes(school, at(start), minutes)) == end


def test_a_closed_day_is_passed_over(school: School) -> None:
    snow = opened(school, closed=frozenset({day("2026-11-24"), day("2026-11-25")}))
    assert wall(after_minutes(snow, at("2026-11-23 16:50"), 30)) == "Thu 2026-11-26 08:20"


def test_the_last_days_of_october_and_of_march_are_as_long_as_others(no_break: School) -> None:
    """The clocks change on a Sunday night: Friday's and Monday's minutes are counted by the clocks on the wall."""
    boarding = replace(no_break, opening=replace(no_break.opening, hours=_weekdays(no_break)))
    assert wall(after_minutes(boarding, at("2026-10-23 16:20"), 30)) == "Mon 2026-10-26 08:20"
    assert wall(after_minutes(boarding, at("2027-03-25 16:50"), 30)) == "Tue 2027-03-30 08:20"  # Good Friday, Easter
    scotland = replace(boarding, nation="Scotland")
    assert wall(after_minutes(scotland, at("2027-03-25 16:50"), 30)) == "Mon 2027-03-29 08:20"


def test_minutes_are_counted_as_they_pass_while_the_clocks_change(no_break: School) -> None:
    """Open from 0 to 6 on Sundays: seven hours as the clocks go back, five as they go forward, six otherwise."""
    ordinary, back, forward = at("2026-10-18 00:00"), at("2026-10-25 00:00"), at("2027-03-28 00:00")
    assert wall(after_minutes(no_break, ordinary, 6 * 60)) == "Sun 2026-10-18 06:00"
    assert wall(after_minutes(no_break, back, 7 * 60)) == "Sun 2026-10-25 06:00"
    assert wall(after_minutes(no_break, back, 7 * 60 + 1)) == "Mon 2026-10-26 08:01"
    assert wall(after_minutes(no_break, forward, 5 * 60)) == "Sun 2027-03-28 06:00"
    assert after_minutes(no_break, back, 90) - back.astimezone(dt.UTC) == 90 * MINUTE
    assert wall(after_minutes(no_break, forward, 90)) == "Sun 2027-03-28 02:30"  # an hour is left out


def test_after_the_last_term_that_is_known_minutes_are_counted_by_the_clock(school: School) -> None:
    assert wall(after_minutes(school, at("2027-08-02 23:50"), 30)) == "Tue 2027-08-03 00:20"
    assert wall(after_minutes(school, at("2027-07-21 16:50"), 30)) == "Wed 2027-07-21 17:20"
    never = opened(school, terms=(), inset_days=frozenset())
    assert wall(after_minutes(never, at("2026-11-23 10:00"), 45)) == "Mon 2026-11-23 10:45"


# --- days


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-23 10:00", 1, "Tue 2026-11-24 10:00"),
        ("2026-11-23 10:00", 5, "Mon 2026-11-30 10:00"),
        ("2026-11-27 10:00", 1, "Mon 2026-11-30 10:00"),
        ("2026-11-26 16:50", 1, "Fri 2026-11-27 16:30"),  # Friday ends earlier
        ("2026-11-23 22:00", 1, "Tue 2026-11-24 17:00"),
        ("2026-11-24 03:00", 1, "Wed 2026-11-25 08:00"),
        ("2026-11-28 11:00", 1, "Mon 2026-11-30 11:00"),
        ("2026-10-23 10:00", 1, "Mon 2026-11-02 10:00"),  # over half-term and the change of the clocks
        ("2027-04-30 10:00", 1, "Tue 2027-05-04 10:00"),
        ("2027-06-25 10:00", 1, "Mon 2027-06-28 10:00"),
        ("2027-08-02 10:00", 1, "Tue 2027-08-03 10:00"),  # no term is known: by the clock
    ],
)
def test_so_many_school_days_later_is_the_same_time_within_that_day(
    school: School, start: str, days: int, end: str
) -> None:
    assert wall(after_days(school, at(start), days)) == end


def test_more_days_never_end_earlier(school: School) -> None:
    """Up to as many days as school.yaml may name, over the end of the terms that are known too."""
    for start in ("2026-09-02 10:00", "2027-05-20 10:00", "2027-08-02 10:00"):
        ends = [after_days(school, at(start), days) for days in range(1, 150)]
        assert ends == sorted(ends), start


@pytest.mark.parametrize(
    ("on", "begins"),
    [
        ("2026-11-23", "Mon 2026-11-23 08:00"),
        ("2026-11-28", "Mon 2026-11-30 08:00"),
        ("2026-10-26", "Mon 2026-11-02 08:00"),
        ("2027-05-03", "Tue 2027-05-04 08:00"),
        ("2026-09-02", "Wed 2026-09-02 08:00"),  # summer time
    ],
)
def test_a_day_begins_when_the_school_opens_on_it_or_next(school: School, on: str, begins: str) -> None:
    assert wall(start_of(school, day(on))) == begins


def test_a_day_after_the_last_term_that_is_known_begins_at_eight(school: School) -> None:
    assert wall(start_of(school, day("2027-12-06"))) == "Mon 2027-12-06 08:00"
    assert wall(start_of(school, day("2027-08-02"))) == "Mon 2027-08-02 08:00"


# --- whatever the moment

KNOWN = st.datetimes(dt.datetime(2026, 8, 1), dt.datetime(2027, 6, 18), timezones=st.sampled_from([dt.UTC, LONDON]))
ANY = st.datetimes(dt.datetime(2026, 8, 1), dt.datetime(2028, 6, 30), timezones=st.sampled_from([dt.UTC, LONDON]))
MINUTES = st.integers(0, 1440)
FEW = st.integers(0, 600)


def _weekdays(school: School) -> dict[int, tuple[dt.time, dt.time]]:
    return {number: span for number, span in school.opening.hours.items() if number < 5}


@given(start=ANY, minutes=MINUTES, more=MINUTES)
@settings(max_examples=100, deadline=None)
def test_more_minutes_never_end_earlier(
    school: School, no_break: School, start: dt.datetime, minutes: int, more: int
) -> None:
    for each in (school, no_break):
        assert start <= after_minutes(each, start, minutes) <= after_minutes(each, start, minutes + more)


@given(start=ANY, later=st.timedeltas(dt.timedelta(0), dt.timedelta(days=20)), minutes=MINUTES)
@settings(max_examples=100, deadline=None)
def test_who_starts_later_never_ends_earlier(
    school: School, no_break: School, start: dt.datetime, later: dt.timedelta, minutes: int
) -> None:
    second = (start.astimezone(dt.UTC) + later).astimezone(start.tzinfo)
    for each in (school, no_break):
        assert after_minutes(each, start, minutes) <= after_minutes(each, second, minutes)


@given(start=KNOWN, first=FEW, second=FEW)
@settings(max_examples=100, deadline=None)
def test_minutes_add_up(school: School, no_break: School, start: dt.datetime, first: int, second: int) -> None:
    for each in (school, no_break):
        there = after_minutes(each, after_minutes(each, start, first), second)
        assert there == after_minutes(each, start, first + second)


@given(start=KNOWN, minutes=st.integers(1, 1440))
@settings(max_examples=100, deadline=None)
def test_nothing_that_waits_falls_due_while_the_school_is_closed(
    school: School, no_break: School, start: dt.datetime, minutes: int
) -> None:
    for each in (school, no_break):
        due = after_minutes(each, start, minutes)
        assert is_open(each, due - dt.timedelta.resolution), "the last moment before it was one of the school's"


@given(start=KNOWN, days=st.integers(1, 20))
@settings(max_examples=100, deadline=None)
def test_so_many_days_later_is_a_school_day_within_its_hours(school: School, start: dt.datetime, days: int) -> None:
    due = after_days(school, start, days)
    local = due.astimezone(LONDON)
    opens, closes = school.opening.hours[local.weekday()]
    assert is_school_day(school, local.date())
    assert opens <= local.time() <= closes
    first = start.astimezone(LONDON).date() + DAY
    passed = [first + DAY * number for number in range((local.date() - first).days + 1)]
    assert sum(is_school_day(school, each) for each in passed) == days
