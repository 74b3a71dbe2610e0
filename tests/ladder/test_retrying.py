"""When something is tried again, for any number of tries, ways and rests."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from bot.concerns.ladder.retrying import after_failure, deserves_a_line, rest_of, still_rests
from tests.conftest import NOW

WAITS = st.one_of(st.none(), st.floats(min_value=0, max_value=10**7))


@given(
    ways=st.integers(0, 4),
    tries=st.integers(1, 10_000),
    urgent=st.booleans(),
    data=st.data(),
)
def test_whatever_fails_it_goes_on_within_ten_minutes_and_in_danger_within_one(
    ways: int, tries: int, urgent: bool, data: st.DataObject
) -> None:
    way = data.draw(st.integers(0, max(ways - 1, 0)))
    found = {each: rest_of(data.draw(st.booleans()), data.draw(WAITS), urgent, NOW) for each in range(ways)}
    rests = {each: until for each, until in found.items() if still_rests(until, NOW)}
    retry = after_failure(way, tries, ways, rests, urgent, NOW)
    assert NOW <= retry.at <= NOW + dt.timedelta(seconds=60 if urgent else 600)
    assert retry.way in range(max(ways, 1))
    assert retry.way not in rests or retry.at >= rests[retry.way], "a way that rests is left alone"
    assert retry.over or retry.way > way


def test_days_of_an_outage_are_few_lines() -> None:
    assert sum(deserves_a_line(tries) for tries in range(1, 3 * 24 * 60)) < 16
