"""The form of a concern: what is asked, what is missing, what does not fit, and when it was."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import get_args

import pytest

from bot.concerns import IncompleteError, form_for, read_first, read_report, staff
from bot.concerns.form import NO_PICTURES, FieldKind
from bot.knowledge import School
from tests.form.filled import ABOUT_AN_ADULT, FILLED, KNOWN, TODAY, answers, fields_of, problems, read

# --- what is asked


def test_danger_is_asked_first_and_nothing_of_the_concern_beside_it(school: School) -> None:
    form = form_for(school)
    assert [field.id for field in form.first.fields] == ["danger", "told"]
    assert form.first.fields[0].label == "Is anyone in danger now?"
    assert read_first(form, answers({"danger": "yes", "told": "no"})) == (True, False)
    assert read_first(form, answers({"danger": "no", "told": "yes"})) == (False, True)
    with pytest.raises(IncompleteError) as caught:
        read_first(form, {})
    assert list(caught.value.problems) == ["danger", "told"]


def test_every_field_has_a_label_and_either_a_limit_or_options(school: School) -> None:
    fields = fields_of(form_for(school))
    assert len({field.id for field in fields}) == len(fields)
    for field in fields:
        assert field.label, field.id
        assert (field.limit > 0) == (field.kind in ("line", "text")), field.id
        assert bool(field.options) == (field.kind in ("choice", "choices", "person")), field.id
        assert len({option.value for option in field.options}) == len(field.options), field.id


def test_a_field_that_is_only_asked_sometimes_names_an_answer_that_comes_before_it(school: School) -> None:
    seen: dict[str, set[str]] = {}
    for field in fields_of(form_for(school)):
        if field.only_with:
            assert field.only_with[1] in seen[field.only_with[0]], field.id
        seen[field.id] = {option.value for option in field.options}


def test_there_is_no_place_for_a_picture_and_the_form_says_why(school: School) -> None:
    assert set(get_args(FieldKind)) == {"choice", "choices", "line", "text", "date", "person"}
    assert {field.kind for field in fields_of(form_for(school))} <= set(get_args(FieldKind))
    assert "Never look at, copy, save or send on a nude image of a child" in NO_PICTURES


def test_only_persons_can_be_picked_and_neither_an_office_nor_a_service_outside(school: School) -> None:
    assert [person.id for person in staff(school)] == [
        "dsl", "deputy-1", "deputy-2", "head", "chair", "online", "data-protection-lead", "it-support",
    ]  # fmt: skip
    (adult,) = [field for field in form_for(school).report.fields if field.id == "adult"]
    (you,) = [field for field in form_for(school).reporter.fields if field.id == "you"]
    assert adult.options == you.options
    assert [option.value for option in you.options] == [person.id for person in staff(school)]
    assert adult.options[0].label == "Ms Amara Bello, Designated Safeguarding Lead"


def test_somebody_who_is_also_the_out_of_hours_number_can_still_be_picked(school: School) -> None:
    both = replace(school, roles={**school.roles, "out-of-hours": ("deputy-1",)})
    assert "deputy-1" in [person.id for person in staff(both)]


def test_the_categories_are_the_school_s_own(school: School) -> None:
    mine = form_for(replace(school, categories=("Weather", "Other")))
    (categories,) = [field for field in mine.report.fields if field.id == "categories"]
    assert [option.label for option in categories.options] == ["Weather", "Other"]


# --- what is missing


def test_everything_that_is_missing_is_said_at_once_in_the_order_of_the_form(school: School) -> None:
    form = form_for(school)
    with pytest.raises(IncompleteError) as caught:
        read_report(school, form, {}, TODAY)
    assert list(caught.value.problems) == ["danger", "told", "about", "seen", "you_name"]
    wrong = problems(
        school, {"about": "pupil"}, about=("pupil", "adult"), date="2027-01-01", you_email="no", categories="Nonsense"
    )
    assert list(wrong) == [
        "danger", "told", "pupils", "adult_name", "seen", "date", "categories", "you_name", "you_email",
    ]  # fmt: skip
    order = [field.id for field in fields_of(form)]
    assert sorted(wrong, key=order.index) == list(wrong)


@pytest.mark.parametrize("field", ["danger", "told", "about", "pupils", "seen", "you_name"])
@pytest.mark.parametrize("blank", ["", "   ", "\n\t"])
def test_what_is_missing_is_said_beside_its_field_and_nowhere_else(school: School, field: str, blank: str) -> None:
    wrong = problems(school, FILLED, **{field: blank})
    assert list(wrong) == [field]
    assert wrong[field].endswith(".")


def test_a_reporter_whom_the_channel_knows_is_not_asked_who_they_are(school: School) -> None:
    filled = answers(FILLED, you_name="", you_email="not an address")
    assert read_report(school, form_for(school), filled, TODAY, KNOWN).reporter == KNOWN


def test_what_a_record_can_do_without_may_be_left_empty(school: School) -> None:
    report = read(school, FILLED)
    assert report.happened_on is None
    assert (report.words, report.happened_at, report.where, report.present, report.done, report.link) == ("",) * 6
    assert report.categories == ()
    assert report.adult is None
    assert not report.head


def test_a_problem_repeats_nothing_that_was_typed(school: School) -> None:
    with pytest.raises(IncompleteError) as caught:
        read(school, FILLED, seen="Zelda Marker " * 300, you_email="zelda marker", date="zelda")
    assert "elda" not in f"{caught.value} {caught.value.problems}"


# --- what does not fit


def test_a_field_takes_as_many_characters_as_it_says_and_no_more(school: School) -> None:
    limited = [field for field in fields_of(form_for(school)) if field.limit and field.id != "you_email"]
    for field in limited:
        filled = {**ABOUT_AN_ADULT, "about": ""}
        both = ("pupil", "adult")
        fits = read(school, filled, about=both, **{"pupils": "Zoe Lark", field.id: f"  {'x' * field.limit}\n"})
        assert "x" * field.limit in repr(fits), field.id
        wrong = problems(school, filled, about=both, **{"pupils": "Zoe Lark", field.id: "x" * (field.limit + 1)})
        assert list(wrong) == [field.id]
        assert f"{field.limit + 1:,} characters" in wrong[field.id]
        assert f"{field.limit:,} fit" in wrong[field.id]


def test_an_address_that_is_too_long_is_said_too(school: School) -> None:
    assert list(problems(school, FILLED, you_email=f"{'x' * 60}@{'y' * 150}.example")) == ["you_email"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("danger", "perhaps"),
        ("danger", "YES"),
        ("told", "1"),
        ("about", ("pupil", "dog")),
        ("about", "dog"),
        ("categories", ("Neglect", "Nonsense")),
        ("you", "nobody"),
        ("you", "lado"),
    ],
)
def test_what_is_no_option_is_not_taken(school: School, field: str, value: str | tuple[str, ...]) -> None:
    assert problems(school, FILLED, **{field: value}) == {field: "Pick from the list."}


def test_an_adult_who_is_not_in_the_list_cannot_be_picked(school: School) -> None:
    assert problems(school, ABOUT_AN_ADULT, adult="office", adult_name="") == {"adult": "Pick from the list."}


def test_what_is_filled_in_beside_an_unticked_box_is_not_dropped_in_silence(school: School) -> None:
    wrong = problems(school, FILLED, adult_name="Gus Marsh")
    assert list(wrong) == ["about"]
    assert "Tick “An adult at the school” as well" in wrong["about"]


def test_several_categories_can_be_ticked(school: School) -> None:
    assert read(school, FILLED, categories=("Neglect", "Not sure")).categories == ("Neglect", "Not sure")


def test_a_blank_among_the_answers_is_no_answer(school: School) -> None:
    report = read(school, FILLED, danger=("", "yes"), seen=(" ", "She flinched."), categories=("", "Neglect"))
    assert (report.danger, report.seen, report.categories) == (True, "She flinched.", ("Neglect",))


# --- when


@pytest.mark.parametrize(
    ("typed", "day"),
    [("2026-11-23", TODAY), (" 2026-11-20 ", dt.date(2026, 11, 20)), ("1950-01-01", dt.date(1950, 1, 1)), ("", None)],
)
def test_a_day_up_to_today_is_taken(school: School, typed: str, day: dt.date | None) -> None:
    assert read(school, FILLED, date=typed).happened_on == day


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("2026-11-24", "still to come"),
        ("2126-11-23", "still to come"),
        ("1850-05-05", "too long ago"),
        ("1949-12-31", "too long ago"),
        ("last Tuesday", "not a day"),
        ("23/11/2026", "not a day"),
        ("2026-02-30", "not a day"),
        ("２０２６-11-20", "not a day"),
    ],
)
def test_a_day_that_cannot_be_is_said(school: School, typed: str, says: str) -> None:
    wrong = problems(school, FILLED, date=typed)
    assert list(wrong) == ["date"]
    assert says in wrong["date"]


def test_the_time_is_taken_as_it_was_typed(school: School) -> None:
    assert read(school, FILLED, time="after lunch, 1ish").happened_at == "after lunch, 1ish"
