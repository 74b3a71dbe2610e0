"""The PDF for governors: what it says, who filled it in, and the review before it beside the score."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from pypdf import PdfReader

from adapters.documents.readiness import readiness_pdf
from bot.knowledge import Knowledge
from bot.store import Store
from tests.conftest import NOW, SCHOOL
from tests.readiness.reviewing import CHAIR, DSL, Reviewing


@pytest.fixture
def review(knowledge: Knowledge, store: Store) -> Reviewing:
    reviewing = Reviewing(knowledge, store)
    reviewing.desk.begin(SCHOOL, DSL, NOW)
    return reviewing


def words_of(review: Reviewing, who: str, number: int) -> str:
    found, before = review.desk.take_out(SCHOOL, who, number, review.now)
    body = readiness_pdf(review.knowledge.school, found, before, "Mr Tomasz Zielinski", review.now)
    assert body == readiness_pdf(review.knowledge.school, found, before, "Mr Tomasz Zielinski", review.now)
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).split())


def test_it_says_what_askfirst_filled_in_and_what_by_whom_and_no_child_is_in_it(review: Reviewing) -> None:
    review.save(DSL, "dsl-named", rating="partly", differs="Nobody is there on Friday afternoons.", owner="x")
    review.fill_in()
    refused = review.save(DSL, "pupils-make", 1, rating="yes", evidence="Pupil Zelda Marker made the film.")
    assert not refused.whole
    words = words_of(review, DSL, 1)
    assert "As of 23 Nov 2026, 10:00. It is not closed yet, and may still change." in words
    assert "Filled in by AskFirst, as of 23 November 2026: No test alert was sent yet." in words
    assert "AskFirst has Yes. As of 23 November 2026: Ms Amara Bello, Mr Owen Pryce and Mrs Hina Qureshi" in words
    assert "Why otherwise Nobody is there on Friday afternoons." in words
    assert "Answered by Mr Ben Ferreira, 23 Nov 2026, 10:00" in words
    assert "27 Nov 2026 Mr Joel Asante: Give a senior leader a way in of their own" in words
    assert "For governors" in words and "Confidential" not in words and "Zelda" not in words
    assert "There is no earlier review to compare it with." in words


def test_a_review_that_was_closed_after_midnight_in_summer_was_closed_on_that_day(review: Reviewing) -> None:
    review.fill_in()
    late = dt.datetime(2027, 6, 30, 23, 30, tzinfo=dt.UTC)
    review.desk.close(SCHOOL, DSL, late)
    review.desk.begin(SCHOOL, DSL, late)
    assert "Last time: review 1, closed on 1 July 2027." in words_of(review, DSL, 2)


def test_the_review_before_stands_beside_the_score(review: Reviewing) -> None:
    review.fill_in()
    review.desk.close(SCHOOL, DSL, NOW)
    review.desk.done(SCHOOL, DSL, 1, "two-can-get-in", "Mrs Calder has a way in.", NOW)
    review.desk.begin(SCHOOL, DSL, NOW)
    assert "Last time: review 1, closed on 23 November 2026." in words_of(review, DSL, 2)
    first = words_of(review, CHAIR, 1)
    assert "Closed on 23 November 2026 by Ms Amara Bello. Kept as it was." in first
    assert "Done on 23 November 2026, says Ms Amara Bello: Mrs Calder has a way in." in first
