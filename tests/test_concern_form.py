"""The form and what is read out of it: nothing is refused without saying why, and nothing that was typed is lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.concerns import (
    Account,
    Adult,
    Answers,
    Field,
    Form,
    IncompleteError,
    Pupil,
    Report,
    Reporter,
    form_for,
    read_first,
    read_report,
    staff,
)
from bot.concerns.form import NO_PICTURES, FieldKind
from bot.knowledge import Person, School
from bot.service.casework import Casework
from bot.store import Store
from tests.conftest import NOW

TODAY = NOW.date()
KNOWN = Reporter("Sam Teal", "Teaching assistant", None, Account("slack", "U1"))
FILLED = {
    "danger": "no",
    "told": "yes",
    "about": "pupil",
    "pupils": "Zoe Lark, 7B",
    "seen": "She flinched when the door shut.",
    "you_name": "Sam Teal",
}
ABOUT_AN_ADULT = {**FILLED, "about": "adult", "pupils": "", "adult_name": "Joe Marsh", "adult_role": "Coach"}


def answers(filled: dict[str, str], **changes: str | tuple[str, ...]) -> Answers:
    merged: dict[str, str | tuple[str, ...]] = {**filled, **changes}
    return {name: (value,) if isinstance(value, str) else value for name, value in merged.items() if value}


def read(school: School, filled: dict[str, str], **changes: str | tuple[str, ...]) -> Report:
    return read_report(school, form_for(school), answers(filled, **changes), TODAY)


def problems(school: School, filled: dict[str, str], **changes: str | tuple[str, ...]) -> dict[str, str]:
    with pytest.raises(IncompleteError) as caught:
        read(school, filled, **changes)
    return dict(caught.value.problems)


def meant(school: School, typed: str) -> str:
    """Whom the form takes an adult of this name for: a person's id, "stranger", or "asked" where it asks."""
    try:
        adult = read(school, ABOUT_AN_ADULT, adult_name=typed, adult_role="").adult
    except IncompleteError as refused:
        assert list(refused.problems) == ["adult_name"]
        return "asked"
    return adult.person or "stranger" if adult else "nobody"


def fields_of(form: Form) -> tuple[Field, ...]:
    return (*form.first.fields, *form.report.fields, *form.reporter.fields)


def with_person(school: School, person: Person, role: str) -> School:
    """The school with one more person, who holds this part."""
    roles = {**school.roles, role: (*school.roles[role], person.id)}
    return replace(school, people={**school.people, person.id: person}, roles=roles)


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
    assert [person.id for person in staff(school)] == ["dsl", "deputy-1", "deputy-2", "head", "chair", "online"]
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


# --- which pupils


@pytest.mark.parametrize(
    ("typed", "pupils"),
    [
        ("Zoe Lark, 7B", [("Zoe Lark", "7B")]),
        ("Zoe Lark", [("Zoe Lark", "")]),
        ("  Zoe Lark ,7B  \n\n Max Finch , Year 9, set 2", [("Zoe Lark", "7B"), ("Max Finch", "Year 9, set 2")]),
        ("Zoe Lark\r\nMax Finch, 8C", [("Zoe Lark", ""), ("Max Finch", "8C")]),
        ("a girl in the lunch queue", [("a girl in the lunch queue", "")]),
        ("Zoë Lärk-O’Neill, 7B", [("Zoë Lärk-O’Neill", "7B")]),
    ],
)
def test_a_line_is_a_pupil_with_a_year_or_class_after_the_comma(
    school: School, typed: str, pupils: list[tuple[str, str]]
) -> None:
    assert read(school, FILLED, pupils=typed).pupils == tuple(Pupil(name, group) for name, group in pupils)


@pytest.mark.parametrize("typed", [",", " , 7B", "\n,\n"])
def test_a_pupil_needs_a_name_or_a_part_of_it(school: School, typed: str) -> None:
    assert list(problems(school, FILLED, pupils=typed)) == ["pupils"]


def test_a_line_with_a_class_and_no_name_is_not_dropped_in_silence(school: School) -> None:
    try:
        kept = repr(read(school, FILLED, pupils="Zoe Lark, 7B\n, Year 9").pupils)
    except IncompleteError as refused:
        kept = "Year 9" if "pupils" in refused.problems else ""
    assert "Year 9" in kept


# --- which adult


def test_an_adult_who_was_picked_is_that_person(school: School) -> None:
    report = read(school, ABOUT_AN_ADULT, adult="deputy-1", adult_name="", adult_role="")
    assert report.adult == Adult("Mr Owen Pryce", "Deputy Designated Safeguarding Lead", "deputy-1")
    assert not report.head
    assert report.pupils == ()


def test_the_headteacher_who_was_picked_makes_it_about_the_headteacher(school: School) -> None:
    assert read(school, ABOUT_AN_ADULT, adult="head", adult_name="", adult_role="").head
    assert read(school, ABOUT_AN_ADULT, adult_name="Ruth Calder", adult_role="").head


def test_the_headteacher_who_was_ticked_needs_no_name(school: School) -> None:
    report = read(school, FILLED, about="head", pupils="")
    assert report.head
    assert report.adult is None


def test_an_adult_who_is_not_in_the_list_is_taken_as_typed(school: School) -> None:
    report = read(school, ABOUT_AN_ADULT, adult_name="  Joe  Marsh ", adult_role=" Coach, Tuesdays ")
    assert report.adult == Adult("Joe  Marsh", "Coach, Tuesdays", None)
    assert read(school, ABOUT_AN_ADULT, adult_role="").adult == Adult("Joe Marsh", "", None)


@pytest.mark.parametrize(
    "typed",
    [
        "Amara Bello", "amara bello", "AMARA BELLO", "Ms Amara Bello", "Ms. Amara Bello", "Dr Amara  Bello",
        "Bello, Amara", "Bello Amara", "Amara Bello (Ms)", "Professor Amara BELLO",
    ],
)  # fmt: skip
def test_a_full_name_of_somebody_in_the_list_is_that_person_however_it_is_written(school: School, typed: str) -> None:
    assert meant(school, typed) == "dsl"


@pytest.mark.parametrize("typed", ["Bello", "bello", "Ms Bello", "A Bello", "A. Bello", "Mrs a bello", "MISS BELLO"])
def test_a_surname_alone_or_with_an_initial_asks_who_is_meant(school: School, typed: str) -> None:
    wrong = problems(school, ABOUT_AN_ADULT, adult_name=typed)
    assert list(wrong) == ["adult_name"]
    assert "Ms Amara Bello, Designated Safeguarding Lead" in wrong["adult_name"]


@pytest.mark.parametrize("typed", ["Kofi Bello", "K Bello", "Mr Kofi Bello", "Amara Jones", "Annabel Bello", "Marsh"])
def test_another_first_name_is_another_person(school: School, typed: str) -> None:
    assert read(school, ABOUT_AN_ADULT, adult_name=typed).adult == Adult(typed, "Coach", None)


@pytest.mark.parametrize(
    "typed",
    [
        "Amara Jane Bello", "Amara J Bello", "Ms Amara J. Bello", "Bello A", "Bello, A.", "Amara Bello, Year 4",
        "Sister Amara Bello",
    ],
)  # fmt: skip
def test_a_name_of_the_list_beside_something_else_is_not_taken_for_somebody_else(school: School, typed: str) -> None:
    assert meant(school, typed) in ("dsl", "asked")


@pytest.mark.parametrize(
    ("known", "typed"),
    [
        ("Mrs Niamh O'Brien", "Niamh O’Brien"),  # as a telephone writes it
        ("Mrs Niamh O’Brien", "Niamh O'Brien"),
        ("Miss Zoë Fanshawe", "Zoe\u0308 Fanshawe"),  # as a Mac may send it
        ("Miss Zoë Fanshawe", "Zoe Fanshawe"),
        ("Mr Jan Zielinski", "Jan Zieliński"),
    ],
)
def test_a_name_is_the_same_with_another_apostrophe_or_without_its_accents(
    school: School, known: str, typed: str
) -> None:
    larger = with_person(school, Person("deputy-3", known, "Deputy", "020 7946 0105", ""), "deputy-dsl")
    assert meant(larger, typed) in ("deputy-3", "asked")


@pytest.mark.parametrize(("picked", "typed"), [("deputy-1", "Ruth Calder"), ("online", "Joe Marsh")])
def test_one_adult_picked_and_another_typed_are_not_made_into_one(school: School, picked: str, typed: str) -> None:
    """Else the headteacher would be sent a concern about herself."""
    wrong = problems(school, ABOUT_AN_ADULT, adult=picked, adult_name=typed)
    assert list(wrong) == ["adult_name"]


def test_an_adult_picked_and_typed_as_well_is_one_adult(school: School) -> None:
    adult = read(school, ABOUT_AN_ADULT, adult="deputy-1", adult_name="Owen Pryce", adult_role="").adult
    assert adult is not None
    assert adult.person == "deputy-1"


# --- the role of an adult who is not in the list


@pytest.mark.parametrize(
    "typed",
    [
        "Headteacher", "headteacher", "Head teacher", "the head", "Principal", "Executive head", "interim headteacher",
        "Headmaster", "Head mistress", "Head", "Acting head", "Head-teacher",
    ],
)  # fmt: skip
def test_a_role_that_is_the_headteacher_s_asks_to_tick_the_headteacher(school: School, typed: str) -> None:
    wrong = problems(school, ABOUT_AN_ADULT, adult_role=typed)
    assert list(wrong) == ["adult_role"]
    assert "tick “The headteacher” above" in wrong["adult_role"]


@pytest.mark.parametrize("typed", ["DSL", "dsl", "The DSL", "Designated Safeguarding Lead"])
def test_a_role_that_is_the_dsl_s_asks_to_pick_them(school: School, typed: str) -> None:
    wrong = problems(school, ABOUT_AN_ADULT, adult_role=typed)
    assert list(wrong) == ["adult_role"]
    assert "pick them from the list" in wrong["adult_role"]


@pytest.mark.parametrize(
    "typed",
    [
        "deputy headteacher", "Deputy Head Teacher", "assistant principal", "vice principal", "ex head teacher",
        "ex-headteacher", "former headteacher", "trainee headteacher", "Headteacher’s PA", "secretary to the head",
        "head of year 9", "Head of maths", "deputy DSL", "DDSL", "former designated safeguarding lead", "teacher",
        "Head chef", "head lunchtime supervisor", "headlice nurse",
    ],
)  # fmt: skip
def test_a_role_that_only_sounds_like_it_is_taken(school: School, typed: str) -> None:
    assert read(school, ABOUT_AN_ADULT, adult_role=typed).adult == Adult("Joe Marsh", typed, None)


# --- who logs it


def test_a_reporter_who_was_picked_hears_at_the_school_s_address(school: School) -> None:
    reporter = read(school, FILLED, you="online", you_name="").reporter
    account = Account("email", "b.ferreira@fernbank.example")
    assert reporter == Reporter("Mr Ben Ferreira", "Online safety lead", "online", account)


def test_a_reporter_s_own_address_goes_before_the_school_s(school: School) -> None:
    reporter = read(school, FILLED, you="online", you_name="", you_email=" b@home.example ").reporter
    assert reporter.account == Account("email", "b@home.example")


def test_a_reporter_who_is_not_in_the_list_is_taken_as_typed(school: School) -> None:
    reporter = read(
        school, FILLED, you_name=" Sam Teal ", you_role=" TA ", you_email="s.teal@fernbank.example"
    ).reporter
    assert reporter == Reporter("Sam Teal", "TA", None, Account("email", "s.teal@fernbank.example"))
    assert read(school, FILLED).reporter == Reporter("Sam Teal", "", None, None)


@pytest.mark.parametrize("typed", ["Owen Pryce", "Pryce, Owen", "MR OWEN PRYCE"])
def test_a_reporter_who_typed_a_name_of_the_list_is_that_person(school: School, typed: str) -> None:
    assert read(school, FILLED, you_name=typed).reporter.person == "deputy-1"


@pytest.mark.parametrize("typed", ["Pryce", "Mr Pryce", "O Pryce"])
def test_half_a_name_of_the_list_asks_the_reporter_who_they_are(school: School, typed: str) -> None:
    wrong = problems(school, FILLED, you_name=typed)
    assert list(wrong) == ["you_name"]
    assert "Are you Mr Owen Pryce?" in wrong["you_name"]


@pytest.mark.parametrize("typed", ["sam", "sam@", "@mail.example", "sam@mail", "sam teal@mail.example", "a@b..uk"])
def test_an_address_that_is_none_is_said(school: School, typed: str) -> None:
    assert list(problems(school, FILLED, you_email=typed)) == ["you_email"]


# --- whatever is typed

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
