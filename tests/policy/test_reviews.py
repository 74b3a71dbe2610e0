"""An approved clause is read again by a day, like an answer: its approver hears of it, and the document says it once it
is late."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bot.knowledge.school_policy.model import APPROVED
from bot.service.approving.reviewing import review_letters, review_lines
from bot.service.policy_writing.approving import approve_paragraphs, check_signature, to_approve
from bot.service.policy_writing.files import PolicyError
from bot.service.policy_writing.filling_in import digest_of_paragraph
from tests.policy.conftest import DSL, PolicySchool, opened, pages

DUE = dt.date(2027, 8, 31)
REAL = replace(DSL, made_up=False)


@pytest.fixture
def approved(fernbank: PolicySchool) -> PolicySchool:
    """Really approved, clause by clause."""
    (fernbank.path / APPROVED).unlink()
    knowledge = fernbank.load()
    read = [(each.id, digest_of_paragraph(knowledge, each)) for each in to_approve(knowledge)]
    approve_paragraphs(fernbank.path, read, REAL)
    return fernbank


def test_a_clause_is_to_be_read_again_before_the_guidance_changes_and_its_approver_is_written_to(
    approved: PolicySchool,
) -> None:
    knowledge = approved.load()
    assert {each.review_by for each in knowledge.policy.approved.values()} == {DUE}
    told = [(before, [day for each in review_letters(knowledge, {}, DUE - dt.timedelta(days=before))
                       for day in each.told.values()])
            for before in (31, 30, 8, 7, 1, -6, -7)]  # fmt: skip
    days = {before: (DUE - dt.timedelta(days=before)).isoformat() for before in (30, 7, 1, -7)}
    assert told == [
        (31, []),
        (30, [days[30]]),
        (8, [days[30]]),
        (7, [days[7]]),
        (1, [days[1]]),
        (-6, [days[1]]),
        (-7, [days[-7]]),
    ]
    [letter] = review_letters(knowledge, {}, DUE)
    assert letter.person.name == "Ms Amara Bello" and letter.letter.subject.endswith(
        "clauses of the policy to read again"
    )
    assert "69 clauses of the school's own policy are to be read again by 31 August 2027" in " ".join(
        letter.letter.lines
    )
    assert any("69 clauses" in each for each in review_lines(knowledge, DUE))


def test_nobody_is_written_to_about_clauses_that_were_only_made_up(fernbank: PolicySchool) -> None:
    assert review_letters(fernbank.load(), {}, DUE) == ()


def test_a_document_with_late_clauses_stays_in_force_and_says_so_until_they_are_approved_anew(
    approved: PolicySchool,
) -> None:
    late = dt.date(2027, 9, 10)
    policy = approved.compose(late)["staff-policy"]
    said = f"{len(list(policy.clauses()))} of its clauses were to be read again by 31 August 2027."
    assert not policy.is_draft and said in pages(policy)[0]
    assert any(said in each.text for each in opened(policy).paragraphs)
    knowledge = approved.load()
    assert [*to_approve(knowledge)] == [] and len([*to_approve(knowledge, late)]) == 69
    read = [(each.id, digest_of_paragraph(knowledge, each)) for each in to_approve(knowledge, late)]
    approve_paragraphs(approved.path, read, replace(REAL, on=late, review_by=dt.date(2028, 2, 1)))
    assert not approved.compose(late)["staff-policy"].due
    assert {each.review_by for each in approved.load().policy.approved.values()} == {dt.date(2028, 2, 1)}


def test_it_is_not_put_off_beyond_the_new_guidance(approved: PolicySchool) -> None:
    with pytest.raises(PolicyError, match="by 2027-08-31, not by 2027-09-01"):
        check_signature(approved.load(), replace(REAL, review_by=dt.date(2027, 9, 1)), REAL.on)


def test_an_approval_of_before_there_were_such_days_counts_until_the_latest(fernbank: PolicySchool) -> None:
    before = fernbank.load().policy.approved["danger-first"]
    seal = "de7a1e8158b07251a723dd7ba236dd7b7dbda90ce6ad64c583f9b7247422f28f"
    (fernbank.path / APPROVED).write_text(
        f"made_up: true\napproved:\n  danger-first:\n    by: Ms Amara Bello\n    role: dsl\n    'on': '2026-09-01'\n"
        f"    digest: {before.digest}\n    seal: {seal}\n",
        encoding="utf-8",
    )
    assert fernbank.load().policy.approved["danger-first"].review_by == DUE
