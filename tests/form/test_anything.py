"""Whatever is typed into the form is in the report or is said to be wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.concerns import Adult, IncompleteError, Pupil, form_for, read_report
from bot.knowledge import School
from bot.service.casework import Casework
from bot.store import Store
from tests.conftest import NOW
from tests.form.filled import ABOUT_AN_ADULT, FILLED, KNOWN, TODAY, answers, fields_of, read

ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
ONE_LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters=","), max_size=30)
STRANGER = ANYTHING.map(lambda text: f"{text} Unheardof")  # nobody in the list is called so
LIKELY = ("2026-11-20", "Amara Bello", "Pryce", "Headteacher", "x@y.z")
FREE = ("words", "time", "where", "present", "done", "link", "adult_role", "you_role")


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_comes_in_is_a_report_or_says_what_is_wrong(school: School, data: st.DataObject) -> None:
    form = form_for(school)
    ids = [field.id for field in fields_of(form)]
    known = sorted({option.value for field in fields_of(form) for option in field.options})
    value = st.one_of(st.sampled_from(known), ANYTHING, st.sampled_from(LIKELY))
    names = st.sampled_from([*ids, "something-else"])
    changed = data.draw(st.dictionaries(names, st.lists(value, max_size=3).map(tuple), max_size=6))
    filled = data.draw(st.sampled_from([{}, FILLED, ABOUT_AN_ADULT]))
    reporter = data.draw(st.sampled_from([None, KNOWN]))
    try:
        report = read_report(school, form, {**answers(filled), **changed}, TODAY, reporter)
    except IncompleteError as refused:
        assert [field for field in ids if field in refused.problems] == list(refused.problems) != []
        return
    assert report.pupils or report.adult or report.head
    assert report.reporter.name


@given(
    seen=ANYTHING.filter(str.strip),
    name=STRANGER,
    you=STRANGER,
    pupils=st.lists(st.tuples(ONE_LINE.filter(str.strip), ONE_LINE), min_size=1, max_size=4),
    free=st.fixed_dictionaries(dict.fromkeys(FREE, ANYTHING)),
)
@settings(max_examples=200, deadline=None)
def test_every_text_is_in_the_report_as_it_was_typed(
    school: School, seen: str, name: str, you: str, pupils: list[tuple[str, str]], free: dict[str, str]
) -> None:
    lines = "\n".join(", ".join(pupil) for pupil in pupils)
    typed = {**FILLED, **free, "seen": seen, "adult_name": name, "you_name": you, "pupils": lines}
    report = read(school, typed, about=("pupil", "adult"))
    assert report.seen == seen.strip()
    assert report.pupils == tuple(Pupil(first.strip(), group.strip()) for first, group in pupils)
    assert report.adult == Adult(name.strip(), free["adult_role"].strip(), None)
    assert (report.reporter.name, report.reporter.role) == (you.strip(), free["you_role"].strip())
    found = (report.words, report.happened_at, report.where, report.present, report.done, report.link)
    assert found == tuple(free[field].strip() for field in FREE[:6])


@pytest.mark.parametrize("odd", ["a\x00b", "emoji 🙈 and ‮right to left", "broken \ud83d emoji", "\ufeffmark"])
def test_odd_characters_are_stored_and_read_back_or_refused_beside_their_field(
    school: School, either: Store, odd: str
) -> None:
    casework = Casework(lambda: school, either)
    try:
        receipt = casework.log("key", answers(FILLED, seen=odd), NOW)
    except IncompleteError as refused:
        assert list(refused.problems) == ["seen"]
        return
    reader = casework.reader("dsl")
    assert reader
    assert casework.read(reader, receipt.number, NOW).report.seen == odd
