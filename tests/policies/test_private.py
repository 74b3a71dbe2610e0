"""What may tell of private persons is found for a person to look at, and an ordinary policy is let through."""

from __future__ import annotations

import time

import pytest

from bot.concerns.naming.private import private_persons
from tests.policies import making

KNOWN = ("Ms Amara Bello", "Mrs Ruth Calder")


def found(*texts: str) -> list[tuple[str, str]]:
    return [(each.kind, each.words) for each in private_persons([(text, "page 1") for text in texts], KNOWN)]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("Ask Mrs Joan Tupper in the office.", "name", "Mrs Joan Tupper"),
        ("The DSL (Dana Frost) decides.", "name", "Dana Frost"),
        ("Headteacher: Sam Hillier", "name", "Sam Hillier"),
        ("Signed: Dana Frost", "name", "Dana Frost"),
        ("The named person is J. Tupper.", "name", "J. Tupper"),
        ("This was agreed with the pupil Tom Bracken.", "name", "Tom Bracken"),
        ("Ring her on 07700 900123 at any hour.", "number", "07700 900123"),
        ("Write to dana.frost@gmail.com.", "number", "dana.frost@gmail.com"),
        ("Ring Mrs Tupper on 01632 960123.", "number", "01632 960123"),
        ("Mrs Tupper lives at 12 Mill Lane.", "address", "12 Mill Lane"),
        ("Date of birth: 03/04/2015", "record", "Date of birth: 03/04/2015"),
        ("Child's name: Tom", "record", "Child's name: Tom"),
        ("UPN: A123456789012", "record", "UPN: A123456789012"),
        ("Tom told me that his arm hurt.", "record", "Tom told me"),
        ("Ruby said she was hit.", "record", "Ruby said she"),
    ],
)
def test_it_is_found(text: str, kind: str, words: str) -> None:
    assert (kind, words) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "The DSL is Ms Amara Bello, and the head Mrs R. Calder.",
        "Ring the council on 01632 960123, or 999 in an emergency.",
        "Oak Hill School, 12 Mill Lane, Oak Hill",
        "The Designated Safeguarding Lead (Deputy Head) decides. Headteacher: Date March 2026",
        "Name of child: ____________ Date of birth: ______",
        "Where a pupil tells a member of staff, Staff told the DSL at once.",
        "Write to office@oakhill.example.",
        "Every child should know The Code. Pupil Premium Strategy",
    ],
)
def test_what_stands_in_every_policy_is_not(text: str) -> None:
    assert found(text) == []


def test_a_diary_of_what_happened_is_a_record() -> None:
    lines = ("3 May 2026 He said nothing.", "4 May 2026 She rang the school.", "6/5/2026 They met the head.")
    assert ("record", "3 dated entries of what happened") in found(*lines)
    assert found(*lines[:2]) == []


def test_each_is_said_once_with_where_it_stands() -> None:
    [one] = private_persons([("Ask Mrs Tupper.", "3.1, page 2"), ("Ask mrs Tupper!", "4")], KNOWN)
    assert one.where == "3.1, page 2"


def test_an_ordinary_policy_tells_of_nobody() -> None:
    assert found(*(text for text, _ in making.CLAUSES)) == []


def test_a_long_text_without_a_space_takes_no_time_with_its_square() -> None:
    started = time.process_time()
    assert private_persons([("A." * 30_000, "page 1")], ()) == ()
    assert time.process_time() - started < 2
