"""Whom to ring and what to say, as far as it is known: the rules that every channel draws."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bot.concerns import Answers, Receipt
from bot.concerns.guidance import (
    after_logging,
    before_writing,
    may_log,
    not_logged,
    outsiders_rule,
    whom_to_ring,
)
from bot.knowledge import School
from tests.conftest import NOW, ROOT

NIGHT = dt.datetime(2026, 11, 28, 23, 0, tzinfo=dt.UTC)
ABOUT_THE_HEAD: Answers = {"about": ("head",)}
NOBODY_KNOWN: Answers = {}


def rung(school: School, answers: Answers, reporter: str | None = None, now: dt.datetime = NOW) -> list[str]:
    return [person.id for person in whom_to_ring(school, answers, reporter, now)]


def test_while_little_is_known_the_first_answers_decide(school: School) -> None:
    assert rung(school, NOBODY_KNOWN) == ["dsl", "deputy-1", "deputy-2", "head"]
    assert rung(school, ABOUT_THE_HEAD) == ["chair", "lado"]
    assert rung(school, {"about": ("adult",), "adult_name": ("Amara Bello",)}) == ["head", "lado"]
    assert rung(school, {"about": ("pupil",), "you": ("dsl",)}) == ["deputy-1", "deputy-2", "head"]
    assert rung(school, {"about": ("pupil",), "you_name": ("Amara Bello",)}) == ["deputy-1", "deputy-2", "head"]


@pytest.mark.parametrize("answers", [ABOUT_THE_HEAD, {"about": ("adult",), "adult": ("head",)}])
def test_the_headteacher_is_never_rung_about_the_headteacher(school: School, answers: Answers) -> None:
    for now in (NOW, NIGHT):
        said = not_logged(school, answers, None, now, certain=True)
        assert "head" not in {person.id for each in said for person in each.people}


def test_the_emergency_team_comes_first_while_the_school_is_closed_but_about_the_head(school: School) -> None:
    assert rung(school, NOBODY_KNOWN, now=NIGHT) == ["duty", "dsl", "deputy-1", "deputy-2", "head"]
    assert rung(school, ABOUT_THE_HEAD, now=NIGHT) == ["chair", "duty"]
    advice = before_writing(school, {"danger": ("yes",), "told": ("no",)}, None, NIGHT)
    assert advice[0].people[0].id == "duty"


def test_nobody_is_sent_to_themselves(school: School) -> None:
    advice = before_writing(school, {"danger": ("yes",)}, "dsl", NOW)
    assert "dsl" not in {person.id for each in advice for person in each.people}


def test_staff_who_cover_the_night_are_rung_only_for_what_they_may_hear_of(school: School) -> None:
    covered = replace(school, roles={**school.roles, "out-of-hours": ("deputy-1", "head", "duty")})
    assert rung(covered, {"about": ("pupil",)}, now=NIGHT) == ["deputy-1", "head", "duty", "dsl", "deputy-2"]
    assert rung(covered, ABOUT_THE_HEAD, now=NIGHT) == ["chair", "duty"]
    assert rung(covered, {"about": ("adult",), "adult": ("dsl",)}, now=NIGHT) == ["head", "duty"]
    assert rung(covered, {"about": ("pupil",)}, "deputy-1", NIGHT) == ["head", "duty", "dsl", "deputy-2"]


def test_an_adult_whom_a_chat_has_not_named_yet_may_be_anybody(school: School) -> None:
    said = not_logged(school, {"about": ("adult",), "adult": ("U0123456",)}, None, NOW, certain=False)
    (caution,) = [each for each in said if each.kind == "another"]
    assert [person.id for person in caution.people] == ["chair"]


@pytest.mark.parametrize(
    "answers",
    [
        {"about": ("adult",), "adult_name": ("Calder",)},
        {"about": ("adult",), "adult_name": ("Ms C",), "adult_role": ("Headteacher",)},
        {"about": ("adult",), "adult": ("dsl",), "adult_name": ("Ruth Calder",)},
        {"about": ("adult",), "adult_name": (" ",)},
        {"about": ("pupil",), "adult": ("dsl",)},
        {"about": ("pupil",), "adult_name": ("Calder",)},
    ],
)
def test_whoever_the_form_would_ask_about_may_be_one_of_those_to_ring(school: School, answers: Answers) -> None:
    said = (not_logged(school, answers, None, NOW, certain=True), before_writing(school, answers, None, NOW))
    assert [sum(each.kind == "another" for each in advice) for advice in said] == [1, 1]


@pytest.mark.parametrize(
    "answers",
    [
        {"about": ("pupil",)},
        ABOUT_THE_HEAD,
        {"about": ("adult",), "adult": ("dsl",)},
        {"about": ("adult",), "adult_name": ("Amara Bello",)},
        {"about": ("adult",), "adult_name": ("Joe Marsh",), "adult_role": ("Coach",)},
    ],
)
def test_no_caution_is_given_once_it_is_clear_whom_it_is_about(school: School, answers: Answers) -> None:
    assert "another" not in {each.kind for each in before_writing(school, answers, None, NOW)}


def test_nobody_is_told_to_wait_for_a_day_that_nobody_knows(school: School) -> None:
    duty = (school.people["duty"],)
    receipt = Receipt("1", "ABCDEFGHJK", False, duty, False, (), duty, None)
    (closed,) = [each for each in after_logging(school, receipt) if each.kind == "closed"]
    until = "Nobody knows here when it opens again, and your concern may not be read until it does."
    assert closed.text == f"{until} If it cannot wait, ring:"


def test_the_chair_who_writes_is_not_told_to_ring_the_chair(school: School) -> None:
    (caution,) = [each for each in before_writing(school, {}, "chair", NOW) if each.kind == "another"]
    assert [person.id for person in caution.people] == ["lado"]


def test_too_slow_is_not_said_to_be_certain(school: School) -> None:
    certain, unsure = (not_logged(school, {}, None, NOW, certain=each)[0] for each in (True, False))
    assert certain.text == "This was NOT logged: AskFirst could not save it."
    assert unsure.text == "We cannot say that it was logged, so treat it as NOT logged."


def test_people_from_outside_log_only_where_the_school_says_so(school: School) -> None:
    opened = replace(school, channels={**school.channels, "outsiders": ("log",)})
    assert may_log(school, outside=False) and not may_log(school, outside=True) and may_log(opened, outside=True)
    assert "may not log concerns" in outsiders_rule(school) and "may log concerns" in outsiders_rule(opened)


def test_every_channel_draws_the_one_sentence_about_danger_from_here() -> None:
    written = [
        str(file.relative_to(ROOT))
        for folder in ("adapters/teams", "adapters/slack", "adapters/chat", "bot/service")
        for file in sorted((ROOT / folder).glob("*.py"))
        if file.name != "manifest.py" and "call 999" in file.read_text(encoding="utf-8")
    ]
    assert written == []
