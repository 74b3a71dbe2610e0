"""Whom a concern is about and who logs it, however a name is written."""

from __future__ import annotations

import pytest

from bot.concerns import Account, Adult, Asked, IncompleteError, Pupil, Reporter, form_for, read_report
from bot.knowledge import Person, School
from tests.form.filled import ABOUT_AN_ADULT, FILLED, TODAY, answers, meant, problems, read, with_person

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
    assert reporter == Reporter("Mr Ben Ferreira", "Online safety lead", "online", account, "typed")


def test_a_reporter_s_own_address_goes_before_the_school_s(school: School) -> None:
    reporter = read(school, FILLED, you="online", you_name="", you_email=" b@home.example ").reporter
    assert reporter.account == Account("email", "b@home.example")


def test_a_reporter_who_is_not_in_the_list_is_taken_as_typed(school: School) -> None:
    reporter = read(
        school, FILLED, you_name=" Sam Teal ", you_role=" TA ", you_email="s.teal@fernbank.example"
    ).reporter
    assert reporter == Reporter("Sam Teal", "TA", None, Account("email", "s.teal@fernbank.example"), "typed")
    assert read(school, FILLED).reporter == Reporter("Sam Teal", "", None, None, "typed")


@pytest.mark.parametrize("typed", ["Owen Pryce", "Pryce, Owen", "MR OWEN PRYCE"])
def test_a_reporter_who_typed_a_name_of_the_list_is_that_person(school: School, typed: str) -> None:
    assert read(school, FILLED, you_name=typed).reporter.person == "deputy-1"


@pytest.mark.parametrize(
    ("asked", "known_by", "checked"),
    [
        (Asked("typed"), "typed", None),
        (Asked("terminal"), "terminal", None),
        (Asked("typed", "dsl"), "typed", None),  # signed in, and it is somebody else's name
        (Asked("typed", "deputy-1"), "signed-in", "deputy-1"),
    ],
)
def test_a_name_of_the_list_is_a_claim_unless_they_are_signed_in(
    school: School, asked: Asked, known_by: str, checked: str | None
) -> None:
    filled = answers(FILLED, you_name="Owen Pryce")
    reporter = read_report(school, form_for(school), filled, TODAY, None, asked).reporter
    assert (reporter.known_by, reporter.checked) == (known_by, checked)
    assert reporter.claimed == (None if checked else "deputy-1")


@pytest.mark.parametrize("typed", ["Pryce", "Mr Pryce", "O Pryce"])
def test_half_a_name_of_the_list_asks_the_reporter_who_they_are(school: School, typed: str) -> None:
    wrong = problems(school, FILLED, you_name=typed)
    assert list(wrong) == ["you_name"]
    assert "Are you Mr Owen Pryce?" in wrong["you_name"]


@pytest.mark.parametrize("typed", ["sam", "sam@", "@mail.example", "sam@mail", "sam teal@mail.example", "a@b..uk"])
def test_an_address_that_is_none_is_said(school: School, typed: str) -> None:
    assert list(problems(school, FILLED, you_email=typed)) == ["you_email"]
