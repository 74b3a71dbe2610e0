"""The charts of the figures: SVG that stands in the page and cannot carry anything into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.web.charts import NOTHING, bar_chart, column_chart
from bot.concerns import Count

SVG = "{http://www.w3.org/2000/svg}"
Chart = Callable[[str, Sequence[Count]], str]
CHARTS = (bar_chart, column_chart)
LETTER = 7.5  # how wide a letter of a label is drawn, about
ANYTHING = st.text(st.characters(codec=None), max_size=80)


def drawn(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def texts(picture: str) -> list[str]:
    return [element.text or "" for element in drawn(picture).iter(f"{SVG}text")]


def weeks(number: int) -> list[Count]:
    first = dt.date(2026, 6, 1)
    days = [first + index * dt.timedelta(days=7) for index in range(number)]
    return [Count(f"{day.day} {day:%b}", index % 7) for index, day in enumerate(days)]


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("counts", [[], [Count("Neglect", 0)]])
def test_without_anything_to_count_it_says_so(chart: Chart, counts: list[Count]) -> None:
    assert chart("By category", counts) == NOTHING == "<p>Nothing to show yet.</p>"


def test_bars_name_each_label_and_number_in_their_order() -> None:
    picture = bar_chart("By category", [Count("Neglect", 1234), Count("Physical harm", 2)])

    assert texts(picture) == ["Neglect", "1,234", "Physical harm", "2"]


def test_a_bar_is_as_long_as_its_share_of_the_longest() -> None:
    bars = [
        float(rect.get("width", ""))
        for rect in drawn(bar_chart("By category", [Count("a", 8), Count("b", 2), Count("c", 0)])).iter(f"{SVG}rect")
        if rect.get("fill") == "var(--accent)"
    ]

    assert bars[1] / bars[0] == pytest.approx(1 / 4)
    assert bars[2] == 0


def test_a_column_is_as_high_as_its_share_and_none_stands_out_of_the_picture() -> None:
    picture = drawn(column_chart("Weeks", weeks(26)))
    _, _, width, height = map(float, picture.get("viewBox", "").split())
    columns = [
        {name: float(value) for name, value in rect.attrib.items() if name != "fill"}
        for rect in picture.iter(f"{SVG}rect")
    ]

    assert columns[1]["height"] / columns[0]["height"] == pytest.approx(2, abs=0.01)
    assert all(each["x"] >= 0 and each["x"] + each["width"] <= width for each in columns)
    assert all(each["y"] >= 0 and each["y"] + each["height"] <= height for each in columns)


@pytest.mark.parametrize("number", [1, 2, 13, 26, 53, 60])
def test_labels_under_columns_never_overlap_and_the_last_week_has_one(number: int) -> None:
    counts = weeks(number)
    counts[0] = Count(counts[0].label, 1)
    labels = {each.label for each in counts}
    written = sorted(
        (float(text.get("x", "")), text.text or "")
        for text in drawn(column_chart("Weeks", counts)).iter(f"{SVG}text")
        if text.text in labels
    )

    assert written[-1][1] == counts[-1].label
    for (x, label), (following, other) in pairwise(written):
        assert x + len(label) * LETTER / 2 < following - len(other) * LETTER / 2


def test_numbers_beside_the_columns_are_whole_and_few() -> None:
    for most in (1, 3, 4, 7, 99, 100, 12345):
        beside = [text for text in texts(column_chart("Weeks", [Count("x", most)])) if text != "x"]
        numbers = [int(text.replace(",", "")) for text in beside]

        assert numbers[0] == 0
        assert numbers[-1] >= most
        assert len(numbers) <= 5


@pytest.mark.parametrize("chart", CHARTS)
def test_who_cannot_see_it_is_told_what_it_is_and_what_is_most(chart: Chart) -> None:
    picture = drawn(chart("Concerns a week", [Count("8 Jun", 3), Count("15 Jun", 5)]))
    told = {element.get("id"): element.text for element in picture if element.get("id")}

    assert picture.get("role") == "img"
    assert [told[name] for name in picture.get("aria-labelledby", "").split()] == [
        "Concerns a week",
        "8 in all. The most: 15 Jun, 5.",
    ]


def test_two_charts_of_one_page_share_no_id() -> None:
    counts = [Count("x", 1)]
    both = bar_chart("A", counts), bar_chart("B", counts), column_chart("A", counts)

    assert len({drawn(picture).get("aria-labelledby") for picture in both}) == 3


@pytest.mark.parametrize("chart", CHARTS)
def test_colours_come_from_the_page_and_nothing_needs_an_inline_style(chart: Chart) -> None:
    picture = chart("Weeks", weeks(5))

    assert "style" not in picture
    assert "var(--accent)" in picture
    assert "#" not in picture


@pytest.mark.parametrize("chart", CHARTS)
def test_a_label_cannot_put_anything_into_the_page(chart: Chart) -> None:
    hostile = """<script>alert(1)</script>"'&]]>"""
    picture = chart(hostile, [Count(hostile, 1), Count('" onload="alert(1)', 2)])

    assert "<script" not in picture
    assert {name for element in drawn(picture).iter() for name in element.attrib if name.startswith("on")} == set()


def test_a_long_label_is_cut_off() -> None:
    (label, _) = texts(bar_chart("Questions", [Count("Can I " * 100, 1)]))

    assert label.endswith("…")
    assert len(label) <= 50


@pytest.mark.parametrize("chart", CHARTS)
@given(title=ANYTHING, labels=st.lists(ANYTHING, min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_whatever_the_labels_are_it_is_sound_svg(chart: Chart, title: str, labels: list[str]) -> None:
    picture = chart(title, [Count(label, index) for index, label in enumerate(["first", *labels])])

    assert {element.tag.removeprefix(SVG) for element in drawn(picture).iter()} <= {
        "svg", "title", "desc", "text", "rect", "path",
    }  # fmt: skip
