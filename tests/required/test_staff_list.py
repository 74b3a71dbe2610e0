"""The office's list of staff: read as schools export it, refused whole with each fault by its line, nobody lost."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.required.listing import StaffChange, compared
from bot.required.model import Colleague
from bot.required.staff_csv import StaffListError, read_staff
from bot.service.core import Core
from bot.store import Store
from tests.conftest import NOW, SCHOOL
from tests.required.world import DSL, LIST

TODAY = dt.date(2026, 11, 23)
_LETTERS = st.characters(min_codepoint=65, max_codepoint=591, categories=("Lu", "Ll"))
_WORDS = st.lists(st.text(_LETTERS, min_size=1, max_size=9), min_size=1, max_size=3).map(" ".join)
# A field as people write it: with the marks that part fields elsewhere, and quotes.
_FIELD = st.tuples(_WORDS, st.sampled_from(("", ", ", "; ", " “x” ", ' "y" ', "\t", "\n"))).map("".join)
_PEOPLE = st.lists(st.tuples(_FIELD, _FIELD, _FIELD), min_size=1, max_size=8)
_HEADINGS = st.sampled_from((
    ("Name", "E-mail", "Role", "Team"), ("FULL NAME", "email address", "Job Title", "Department"),
    ("Staff name", "Work Email", "Post", "Faculty"),
))  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(_PEOPLE, _HEADINGS, st.sampled_from(",;\t"), st.sampled_from(("utf-8", "utf-8-sig", "utf-16")), st.booleans())
def test_whatever_a_spreadsheet_writes_is_read_back(
    people: list[tuple[str, str, str]], headings: tuple[str, ...], mark: str, encoding: str, quoted: bool
) -> None:
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, delimiter=mark, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerow((headings[0], "Payroll", *headings[1:]))
    for number, (name, role, team) in enumerate(people):
        writer.writerow((name, "123", f"p{number}@x.example", role, team))
        if number % 2:
            writer.writerow(("",) * 5)
    found = read_staff(sheet.getvalue().encode(encoding))
    assert [(each.name, each.role, each.team) for each in found] == [
        tuple(" ".join(field.split()) for field in person) for person in people
    ]
    assert [each.email for each in found] == [f"p{number}@x.example" for number in range(len(people))]


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_anything_else_is_refused_in_words(content: bytes) -> None:
    try:
        read_staff(content)
    except StaffListError as fault:
        assert fault.faults and "nothing was changed" in str(fault)


@settings(deadline=None)
@given(st.lists(st.sets(st.integers(0, 9), min_size=1), min_size=1, max_size=5))
def test_nobody_is_lost_whichever_lists_come_one_after_the_other(lists: list[set[int]]) -> None:
    ids = map(str, itertools.count())
    kept: tuple[Colleague, ...] = ()
    for listed in lists:
        text = "\n".join(["Name,Email", *(f"Person {number},p{number}@x.example" for number in sorted(listed))])
        before = {each.email: each.id for each in kept}
        kept = compared(kept, read_staff(text.encode()), TODAY, lambda: next(ids)).colleagues
        assert {each.email: each.id for each in kept}.items() >= before.items()
        assert {each.name for each in kept if each.is_here} == {f"Person {number}" for number in listed}


def test_each_fault_is_said_with_its_line_and_nothing_is_taken(core: Core) -> None:
    core.required.take_staff(LIST.encode(), DSL, "a test", NOW)
    wrong = (
        'Forename;Surname;Email\n"Ana";"Lopez";a@x.example\n;Li;b@x.example\n\n"Bo\nJo";Li;no address\n'
        "C;D;A@x.example\nE;F;e@x.example;more\n"
    )
    with pytest.raises(StaffListError) as refused:
        core.required.take_staff(wrong.encode(), DSL, "a test", NOW, leavers=True)
    assert [line for line, _ in refused.value.faults] == [3, 5, 7, 8]
    assert "line 7: A@x.example stands on line 2 already" in str(refused.value)
    assert len(core.required.colleagues()) == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"Name,Email\n", "nobody is in it but the headings"),
        (b"Who,Where\nA,B\n", "no column is headed name (or forename and surname) and none e-mail"),
        (b"PK\x03\x04\x00\x00", "it is no CSV file"),
    ],
)
def test_what_is_no_list_is_refused_with_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(StaffListError, match=said.replace("(", r"\(").replace(")", r"\)")):
        read_staff(content)


@pytest.mark.parametrize(
    ("written", "name"),
    [("„Sam Hart“", "Sam Hart"), ('"Hart, Sam"', "Sam Hart"), ('"Hart, Mr Sam"', "Mr Sam Hart"),
     ('"Sam Hart, BSc"', "Sam Hart, BSc"), ("Siân O’Neill", "Siân O’Neill")],
)  # fmt: skip
def test_a_name_is_kept_as_it_is_spoken(written: str, name: str) -> None:
    (found,) = read_staff(f"Name,Email\n{written},s.hart@fernbank.example\n".encode())
    assert found.name == name


def test_who_has_another_address_or_name_now_stays_the_same_person() -> None:
    ids = map(str, itertools.count())

    def take(kept: tuple[Colleague, ...], text: str) -> StaffChange:
        return compared(kept, read_staff(f"Name,Email\n{text}".encode()), TODAY, lambda: next(ids))

    first = take((), "Ana Lopez,a.lopez@x.example\nBo Li,b@x.example\n")
    married = take(first.colleagues, "Ana Shah,a.lopez@x.example\nBo Li,b.li@x.example\n")
    assert [each.id for each in married.colleagues] == [each.id for each in first.colleagues]
    assert (married.changed, married.new, married.left) == (("Ana Shah", "Bo Li"), (), ())
    gone = take(married.colleagues, "Ana Shah,a.lopez@x.example\n")
    stranger = take(gone.colleagues, "Ana Shah,a.lopez@x.example\nBo Li,another@x.example\n")
    assert (gone.left, stranger.new, len(stranger.colleagues)) == (("Bo Li",), ("Bo Li",), 3)


def test_whoever_gets_the_address_of_somebody_else_does_not_get_what_they_have_read() -> None:
    ids = map(str, itertools.count())

    def take(kept: tuple[Colleague, ...], text: str) -> StaffChange:
        return compared(kept, read_staff(f"Name,Email\n{text}".encode()), TODAY, lambda: next(ids))

    first = take((), "Jane Smith,j.smith@x.example\nBo Li,b@x.example\n")
    both = take(first.colleagues, "John Smith,j.smith@x.example\nJane Smith,jane@x.example\nBo Li,b@x.example\n")
    assert (both.new, both.changed) == (("John Smith",), ("Jane Smith",))
    gone = take(both.colleagues, "John Smith,j.smith@x.example\nJane Smith,jane@x.example\n")
    new = take(gone.colleagues, "John Smith,j.smith@x.example\nJane Smith,jane@x.example\nBea Long,b@x.example\n")
    assert (new.new, new.back) == (("Bea Long",), ())
    again = take(new.colleagues, "John Smith,j.smith@x.example\nJane Smith,jane@x.example\nBea Ito,b@x.example\n")
    assert (again.changed, again.new) == (("Bea Ito",), ())


def test_a_list_without_many_of_the_staff_is_asked_about_first(core: Core, store: Store) -> None:
    many = "Name,Email\n" + "".join(f"Person {number},p{number}@x.example\n" for number in range(12))
    core.required.take_staff(many.encode(), DSL, "a test", NOW)
    part = "\n".join(many.splitlines()[:6])
    with pytest.raises(StaffListError, match="7 people are not in it"):
        core.required.take_staff(part.encode(), DSL, "a test", NOW)
    change = core.required.take_staff(part.encode(), DSL, "a test", NOW, leavers=True)
    assert change.words == "5 on the list: 7 left"
    assert len(store.required(SCHOOL).colleagues()) == 12
    assert [line.remark for line in store.audit(SCHOOL).lines()] == [
        "12 on the list: 12 new, a test", "5 on the list: 7 left, a test",
    ]  # fmt: skip
