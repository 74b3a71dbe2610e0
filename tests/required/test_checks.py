"""The questions that staff are asked: one right option, plausible wrong ones, approved beside their answer."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.command import main
from bot.knowledge import Knowledge, KnowledgeError, load
from bot.knowledge.checks.model import CHECKS, CHECKS_APPROVED
from bot.settings import read_settings
from bot.store import open_for
from tests.conftest import SCHOOL
from tests.make_base import small_base

_WHO = ("approve", "--by", "Ms Amara Bello", "--role", "dsl", "--made-up")
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_base(), tmp_path / "knowledge"))


@pytest.fixture
def askfirst(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The verb on the folder, with what is typed: (its exit status, everything it said)."""
    monkeypatch.setenv("ASKFIRST_KNOWLEDGE", str(folder))
    monkeypatch.setenv("ASKFIRST_DATA", str(folder.parent / "data"))

    def run(*arguments: str, typed: tuple[str, ...] = ()) -> tuple[int, str]:
        lines = iter(typed)

        def read(prompt: str = "") -> str:
            try:
                return next(lines)
            except StopIteration:
                raise EOFError from None

        monkeypatch.setattr("builtins.input", read)
        status = main.run_verb(["required", *arguments])
        shown = capsys.readouterr()
        return status, shown.out + shown.err

    return run


def test_the_demo_school_has_at_least_thirty_and_every_one_is_approved(knowledge: Knowledge) -> None:
    assert len(knowledge.checks) >= 30
    waiting = [each.id for each in knowledge.checks if not each.approved]
    assert waiting == [], "the answer or the question was changed: askfirst required approve"


def test_the_right_option_is_not_told_by_its_length(knowledge: Knowledge) -> None:
    longest = [max((each.right, *each.wrong), key=len) == each.right for each in knowledge.checks]
    assert sum(longest) <= len(longest) / 2
    assert [each.id for each in knowledge.checks if not each.question.endswith("?")] == []


@pytest.mark.slow
def test_another_word_here_or_in_the_answer_and_it_waits_again(folder: Path, askfirst: Run) -> None:
    def approved() -> set[str]:
        return {each.id for each in load(folder).checks if each.approved}

    before = approved()
    checks = folder / CHECKS
    checks.write_text(checks.read_text().replace("Ring 999 yourself, at once", "Ring 999 at once"))
    assert before - approved() == {"danger-999"}
    assert "1 of 1 questions were approved" in askfirst(*_WHO, typed=("y",))[1]
    assert approved() == before
    approvals = folder / CHECKS_APPROVED
    approvals.write_text(approvals.read_text().replace("role: dsl", "role: head", 1))
    assert len(before - approved()) == 1, "an approval that was edited by hand does not count"
    approvals.unlink()
    assert approved() == set()
    status, said = askfirst("approve")
    assert status == 1 and "Right: Ring 999 at once" in said and "Say who approves" in said
    assert askfirst(*_WHO, typed=("n",))[0] == 1 and approved() == set()
    assert askfirst(*_WHO, "--yes")[0] == 0 and approved() == before


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("entry: danger-999", "entry: nowhere", "there is no entry 'nowhere'"),
        ("id: danger-999", "id: friend-pupil", "is used twice"),
        ("Ring 999 yourself, at once", "Log it in the form as immediate, and wait for a call", "says the same"),
        ("      - \"Log it in the form as immediate, and wait for a call\"\n", "", "has 1 options"),
        ("Ring 999 yourself, at once", "Yes, at once", "begins with Yes or No"),
        ("Ring 999 yourself, at once", "Ring 999 " * 20, "Say it in 100 at most"),
    ],
)  # fmt: skip
def test_a_fault_in_the_file_is_named(folder: Path, before: str, after: str, said: str) -> None:
    path = folder / CHECKS
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=said):
        load(folder)


def test_a_base_without_the_file_asks_nothing(folder: Path) -> None:
    (folder / CHECKS).unlink()
    assert load(folder).checks == ()


@pytest.mark.slow
def test_the_verb_lists_sets_reads_and_shows(askfirst: Run, tmp_path: Path) -> None:
    staff, due = tmp_path / "staff.csv", (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=9)).isoformat()
    staff.write_bytes("Name;E-mail;Team\nZoë Marsh;z.marsh@fernbank.example;Art\n".encode("cp1252"))
    assert "New: Zoë Marsh" in askfirst("staff", str(staff))[1]
    assert "summary:danger" in askfirst("subjects")[1]
    assert "is not a day from today on, within two years" in askfirst("set", "summary:culture", "2099-01-01")[1]
    text = askfirst("set", "summary:culture", due)[1].split(": ")[2].split()[0]
    said = askfirst("read", "z.marsh@fernbank.example", typed=("1", "9", "1"))[1]
    assert "You are known here as Zoë Marsh, named in the terminal, not checked" in said
    assert "Type a number from 1 to 1." in said
    assert "0 of 1 staff have read" in askfirst()[1]
    assert "not yet   Zoë Marsh" in askfirst("who", text)[1]
    assert "has a row for everybody" in askfirst("who", text, "--csv", str(tmp_path / "who.csv"))[1]
    assert "/required/" in askfirst("link", "z.marsh@fernbank.example")[1]
    assert "nobody on the list of staff" in askfirst("link", "x@fernbank.example")[1]
    with contextlib.closing(open_for(read_settings(os.environ))) as store:
        (made,) = (line for line in store.audit(SCHOOL).lines() if line.kind == "in-terminal")
    assert "required link" in made.remark and "marsh" not in made.remark
    assert "Nobody needs to read it any more" in askfirst("end", text)[1]
    assert askfirst("end", text)[0] == 1


def test_the_right_option_does_not_begin_with_what_its_answer_says_not_to_do(knowledge: Knowledge) -> None:
    assert len(knowledge.checks) >= 40
    for check in knowledge.checks:
        found = re.search(r"don't (\w+(?:, \w+)*(?: or \w+)?)", knowledge.entries[check.entry].badge.casefold())
        first = check.right.casefold().replace("stay out", "stay-out").split()[0]
        assert found is None or first not in re.split(r"\W+", found[1]), f"{check.id}: {check.right}"
