"""What is said of a concern before it is sent: how urgent it is, and for whom, as it will be once it is logged."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.concerns import Advice, Answers, Asked, IncompleteError
from bot.knowledge import School
from bot.service.casework import Casework
from bot.settings import Alerting
from bot.store import Store
from tests.conftest import NOW

NIGHT = dt.datetime(2026, 11, 28, 23, 0, tzinfo=dt.UTC)
FORM: Answers = {
    "danger": ("no",), "told": ("no",), "about": ("pupil",), "pupils": ("Zed Test, 7B",), "seen": ("A bruise.",),
    "you_name": ("Tess Teacher",), "you_role": ("teacher",),
}  # fmt: skip
THE_HEAD: Answers = {"about": ("head",), "pupils": ()}


def said(
    school: School, store: Store, changes: Answers | None = None, now: dt.datetime = NOW, alerting: Alerting = "sent"
) -> tuple[Advice, ...]:
    return Casework(lambda: school, store, alerting).before_sending({**FORM, **(changes or {})}, now)


@pytest.mark.parametrize("danger", ["yes", "no"])
@pytest.mark.parametrize(
    "subject", [{}, THE_HEAD, {"about": ("adult",), "pupils": (), "adult": ("dsl",)}, {"you_name": ("Amara Bello",)}]
)
@pytest.mark.parametrize("now", [NOW, NIGHT])
def test_it_names_whoever_the_receipt_then_names(
    school: School, store: Store, danger: str, subject: Answers, now: dt.datetime
) -> None:
    before = said(school, store, {**subject, "danger": (danger,)}, now)[0].people
    logged = Casework(lambda: school, store).log("key", {**FORM, **subject, "danger": (danger,)}, now)
    assert {person.id for person in before} == {person.id for person in logged.told}


def test_it_says_how_urgent_it_is(school: School, store: Store) -> None:
    assert said(school, store)[0].heading == "Not marked as immediate"
    assert said(school, store, {"danger": ("yes",)})[0].heading == "Marked as immediate"


def test_an_adult_is_said_not_to_hear_and_a_child_is_not(school: School, store: Store) -> None:
    assert [each.kind for each in said(school, store)] == ["goes-to"]
    assert [each.kind for each in said(school, store, THE_HEAD)] == ["goes-to", "not-told"]


def test_while_the_school_is_closed_that_is_said(school: School, store: Store) -> None:
    assert [each.kind for each in said(school, store, now=NIGHT)] == ["goes-to", "closed"]


@pytest.mark.parametrize("alerting", ["screen", "nowhere"])
def test_where_nobody_is_alerted_it_says_so_and_who_reads_it(school: School, store: Store, alerting: Alerting) -> None:
    (advice,) = said(school, store, alerting=alerting)
    assert "AskFirst can alert nobody here" in advice.text and "brought" not in advice.text
    assert [person.id for person in advice.people] == ["dsl"]


def test_where_nobody_is_left_it_says_whom_to_ring(school: School, store: Store) -> None:
    subject: Answers = {"about": ("adult", "head"), "pupils": (), "adult": ("chair",)}
    (advice, _) = said(school, store, subject)
    assert "Ring as well" in advice.text and advice.people == school.holders("lado")


def test_what_could_not_be_logged_cannot_be_checked_and_nothing_is_stored(school: School, store: Store) -> None:
    with pytest.raises(IncompleteError):
        said(school, store, {"seen": ()})
    said(school, store)
    head = Casework(lambda: school, store).reader("head")
    assert head and not store.inbox(school.id).summaries(head)


def test_whoever_is_known_to_have_written_it_is_not_among_them(school: School, store: Store) -> None:
    answers: Answers = {**FORM, "you_name": (), "you_role": (), "you": ("dsl",)}
    work = Casework(lambda: school, store)
    assert "dsl" in {person.id for person in work.before_sending(answers, NOW)[0].people}
    signed_in = work.before_sending(answers, NOW, asked=Asked("typed", "dsl"))
    assert {person.id for person in signed_in[0].people} == {"deputy-1", "deputy-2"}
