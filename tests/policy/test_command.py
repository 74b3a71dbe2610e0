"""`askfirst policy` as it is typed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.command import main
from bot.knowledge.school_policy.model import ANSWERS, APPROVED
from tests.conftest import ROOT
from tests.policy.conftest import NAMES, PolicySchool

DSL = ("--by", "Ms Amara Bello", "--role", "dsl")
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def policy(fernbank: PolicySchool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The verb on a folder, with what is typed: (its exit status, everything it said)."""
    monkeypatch.setenv("ASKFIRST_KNOWLEDGE", str(fernbank.path))
    monkeypatch.setenv("ASKFIRST_DATA", str(fernbank.path.parent / "data"))
    monkeypatch.chdir(fernbank.path.parent)

    def run(*arguments: str, typed: tuple[str, ...] = ()) -> tuple[int, str]:
        lines = iter(typed)

        def read(prompt: str = "") -> str:
            print(prompt)
            try:
                return next(lines)
            except StopIteration:
                raise EOFError from None

        monkeypatch.setattr("builtins.input", read)
        status = main.run_verb(["policy", *arguments])
        shown = capsys.readouterr()
        return status, " ".join((shown.out + shown.err).split())

    return run


def test_build_writes_both_forms_of_each_document_and_says_which_is_the_accessible_one(policy: Run) -> None:
    status, said = policy("build", "--on", "2026-09-01")
    assert status == 0
    assert {each.name for each in Path("policy-documents").iterdir()} == {
        f"{name}.{ending}" for name in NAMES for ending in ("docx", "pdf")
    }
    assert said.count("Not built before.") == 4 and "Edition 1, 1 September 2026" in said
    assert "The .docx is the accessible form" in said


def test_built_again_it_says_that_nothing_has_changed(policy: Run) -> None:
    policy("build", "letter-to-parents")
    assert "No change since the last edition." in policy("build", "letter-to-parents", "--to", "again")[1]


def test_a_changed_answer_names_the_changed_clauses_and_what_is_to_be_approved(policy: Run) -> None:
    policy("build", "staff-policy")
    status, said = policy("ask", "ex-pupil-age", typed=("21",))
    assert status == 0 and "clauses, to be approved: ex-pupils, meeting-ex-pupils" in said
    assert "askfirst approve friend-ex-pupil" in said
    status, said = policy("changes", "staff-policy")
    assert (status, "7.5: changed." in said, "7.6: changed." in said) == (0, True, True)
    assert "A draft, and not in force." in said and "askfirst approve friend-ex-pupil" in said


def test_the_questionnaire_can_be_stopped_and_gone_on_with(fernbank: PolicySchool, policy: Run) -> None:
    (fernbank.path / ANSWERS).unlink()
    status, said = policy("ask", typed=("head", "2", "1, 3"))
    assert status == 0 and "1 of 27." in said and "Stopped. What was answered is kept" in said
    given = fernbank.load().policy.answers
    assert [*given] == ["responsible", "review-month", "who-signs"]
    assert given["review-month"].value == "january" and given["who-signs"].several == ("staff", "trainees")
    assert "1 of 24. Accounts and sites" in policy("ask")[1]


def test_an_empty_line_takes_what_counts_now(fernbank: PolicySchool, policy: Run) -> None:
    (fernbank.path / ANSWERS).unlink()
    policy("ask", "ex-pupil-age", typed=("",))
    assert fernbank.load().policy.answers["ex-pupil-age"].value == "19"


def test_rows_are_typed_a_line_each(fernbank: PolicySchool, policy: Run) -> None:
    policy("ask", "sites", typed=("Blog | Parents | Year 3 | Members only", "Choir | All | Music | Everybody", ""))
    assert fernbank.load().policy.answers["sites"].rows == (
        ("Blog", "Parents", "Year 3", "Members only"),
        ("Choir", "All", "Music", "Everybody"),
    )


@pytest.mark.parametrize(
    ("question", "wrong", "said", "right"),
    [
        ("ex-pupil-age", "12", "'12' is not a whole number from 18 to 25", "20"),
        ("ex-pupil-age", "nineteen", "is not a whole number", "20"),
        ("review-month", "9", "'9' is not known", "2"),
        ("moderator", "caretaker", "'caretaker' is not known", "head"),
        ("ai-tools", "x" * 121, "has 121 characters", "none"),
        ("ai-tools", "{head}", "holds braces", "none"),
    ],
)
def test_what_is_no_answer_is_asked_for_again(
    fernbank: PolicySchool, policy: Run, question: str, wrong: str, said: str, right: str
) -> None:
    assert said in policy("ask", question, typed=(wrong, right))[1]
    assert fernbank.load().policy.answers[question].value in (right, "january")


def test_a_row_without_all_its_cells_is_asked_for_again(policy: Run) -> None:
    said = policy("ask", "sites", typed=("Blog | Parents", "", "Blog | Parents | Year 3 | Nobody", ""))[1]
    assert "a line has nothing under 'run-by'" in said and "'Nobody' is not known" in said


def test_list_says_what_counts_and_what_nobody_has_answered(fernbank: PolicySchool, policy: Run) -> None:
    fernbank.edit(ANSWERS, "  ex-pupil-age: '19'\n", "")
    said = policy("ask", "--list")[1]
    assert "19 (not answered yet; this is the usual answer)" in said
    assert "moderator: Who leads on checking what others write on our accounts? online-safety-lead" in said


def test_with_every_question_answered_there_is_nothing_to_ask(policy: Run) -> None:
    assert "Every question is answered." in policy("ask")[1]


def test_an_answer_that_would_break_a_rule_of_an_entry_is_not_written(fernbank: PolicySchool, policy: Run) -> None:
    path = fernbank.path / ANSWERS
    before = path.read_bytes()
    fernbank.edit(
        "entries/contact-families.yaml",
        'badge: "Not advised, even from',
        'badge: "Not advised for whoever worked here, {review-month}, from',
    )
    status, said = policy("ask", "review-month", typed=("1",))
    assert status == 1 and "Say ruling and act in 60 at most" in said
    assert path.read_bytes() == before


def test_approve_shows_each_clause_with_what_it_rests_on_and_keeps_what_was_approved(
    fernbank: PolicySchool, policy: Run
) -> None:
    (fernbank.path / APPROVED).unlink()
    status, said = policy("approve", *DSL, typed=("y", "n"))
    assert status == 1 and "1 of 69 clauses were approved." in said and "Stopped." in said
    assert "Ring 999 first if anybody is in danger now." in said and "Rests on:" in said
    given = fernbank.load().policy.approved
    assert [*given] == ["danger-first"] and given["danger-first"].by == "Ms Amara Bello"
    assert "68 clauses" not in said and policy("approve", *DSL, "--yes") == (0, "69 clauses are approved.")
    assert policy("approve") == (0, "Every clause is approved as it stands.")


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ((), "Say who approves: --by NAME --role dsl or head"),
        (("--by", "Mr Owen Pryce", "--role", "dsl"), "Mr Owen Pryce does not hold the role 'dsl'"),
        ((*DSL, "--on", "2099-01-01"), "2099-01-01 is still to come"),
    ],
)
def test_only_who_answers_for_safeguarding_approves_it(
    fernbank: PolicySchool, policy: Run, who: tuple[str, ...], said: str
) -> None:
    (fernbank.path / APPROVED).unlink()
    status, told = policy("approve", *who)
    assert status == 1 and said in told and not (fernbank.path / APPROVED).exists()


def test_made_up_approvals_and_real_ones_do_not_go_together(fernbank: PolicySchool, policy: Run) -> None:
    fernbank.answer("ex-pupil-age", "21")
    status, said = policy("approve", *DSL, "--yes")
    assert status == 1 and "made-up ones and real ones do not go together" in said


def test_an_approval_that_somebody_edited_does_not_count(fernbank: PolicySchool, policy: Run) -> None:
    fernbank.edit(APPROVED, "danger-first: {by: Ms Amara Bello", "danger-first: {by: Mr Owen Pryce")
    assert "1 clause is not approved as it stands" in policy("changes", "staff-policy")[1]
    assert policy("approve", *DSL, "--made-up", "--yes") == (0, "69 clauses are approved.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("build", "leaflet"), "There is no document 'leaflet'. They are: staff-policy"),
        (("ask", "weather"), "There is no question 'weather'. They are: responsible"),
        (("build", "--to", "knowledge/school.yaml"), "knowledge/school.yaml"),
    ],
)
def test_what_is_not_there_is_named(policy: Run, arguments: tuple[str, ...], said: str) -> None:
    status, told = policy(*arguments)
    assert (status, said in told) == (1, True)


def test_the_installed_command_builds_in_a_process_of_its_own(fernbank: PolicySchool, tmp_path: Path) -> None:
    start = "from adapters.command.main import main; main()"
    environment = {**os.environ, "ASKFIRST_KNOWLEDGE": str(fernbank.path), "ASKFIRST_DATA": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, "-c", start, "policy", "build", "visitors-and-supply", "--to", str(tmp_path / "out")],
        env={**environment, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out" / "visitors-and-supply.docx").read_bytes().startswith(b"PK")
    assert (tmp_path / "out" / "visitors-and-supply.pdf").read_bytes().startswith(b"%PDF")
