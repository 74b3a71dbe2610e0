"""The inbox in the terminal: who reads what, every action, and files for those who need them on paper."""

from __future__ import annotations

import csv
import os
import pwd
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from adapters.console.inbox import TERMINAL
from bot.service.casework import ACTIONS
from tests.terminal.conftest import Given
from tests.terminal.driving import Desk

ACCOUNT = pwd.getpwuid(os.getuid()).pw_name
NOT_YOURS = "there is no such concern, or it is not yours to read"
# Each action in an order in which it may be done: what is typed, and what then stands in the log.
SCRIPT: Mapping[str, tuple[str, str]] = {
    "acknowledge": ("", "acknowledged"),
    "note": ("Spoke to the form tutor.\n", "note"),
    "action": ("Ring home\n2099-01-04\n", "action"),
    "done": ("7\n", "action-done"),
    "decision": ("No referral yet\nOne mark, explained\n", "decision"),
    "refer": ("Social care\nR-1\nBy phone\n", "referred"),
    "correct": ("5\nSpoke to the head of year.\n", "correction"),
    "file": ("\nZed Test\n", "linked"),
    "close": ("Explained\nNothing more was seen\n2099-09-01\n", "closed"),
    "reopen": ("A second bruise\n", "reopened"),
    "export": ("whole.csv\n", "exported"),
    "pass-on": ("deputy-1\nI am away\n", "reassigned"),
}


def test_the_list_shows_each_reader_what_is_theirs(desk: Desk, concern: Given) -> None:
    listed = desk.run("inbox", "dsl")
    assert listed.status == 0
    assert concern.number in listed.shown and "about: pupil" in listed.shown
    assert "Zed" not in listed.shown, "a list names nobody"
    assert desk.run("inbox", "chair").shown == "Nothing is waiting for you.\n"


def test_reading_one_is_recorded(desk: Desk, concern: Given) -> None:
    shown = desk.run("inbox", "dsl", concern.number).shown
    assert "Pupil: Zed Test, 7B" in shown and "A bruise." in shown and "has been recorded" in shown
    assert desk.log()[-1] == (concern.number, "opened", "Ms Amara Bello")
    printed = desk.run("audit").shown.splitlines()[-1]
    assert concern.number in printed and "opened" in printed
    # Whoever runs it can read as anybody: so the account of the computer stands beside the name that was given.
    assert printed.endswith(f"dsl  (the terminal (account {ACCOUNT}))")
    assert f"Read on the terminal (account {ACCOUNT})" in desk.run("inbox", "dsl", concern.number).shown


def test_what_is_done_in_somebody_s_name_stands_in_the_audit_with_the_account_that_did_it(
    desk: Desk, concern: Given
) -> None:
    desk.more["SUDO_USER"] = "m.okafor"
    assert desk.run("inbox", "deputy-1", concern.number, "note", typed="Spoke to home.\n").status == 0
    (printed,) = [line for line in desk.run("audit").shown.splitlines() if "in-terminal" in line]
    assert f"deputy-1  (note {concern.number}, the terminal (account {ACCOUNT}, by sudo of m.okafor))" in printed


@pytest.mark.wide  # a dozen processes; what each action does is tried on every channel in test_actions_everywhere.py
def test_every_action_is_done_and_stands_in_the_log(desk: Desk, concern: Given) -> None:
    assert set(SCRIPT) == {action.id for action in ACTIONS if action.needs is None or action.needs in TERMINAL}
    for action, (typed, kind) in SCRIPT.items():
        done = desk.run("inbox", "dsl", concern.number, action, typed=typed)
        assert (done.status, done.complained) == (0, ""), action
        assert kind in [line[1] for line in desk.log()[-2:]], action


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nobody",), "there is no 'nobody' in school.yaml. The people are: dsl, "),
        (("dsl", "ZZZZZ"), NOT_YOURS),
        (("dsl", "{number}", "shred"), "there is no such thing to do. It is one of: "),
        (("chair", "{number}"), NOT_YOURS),
        (("chair", "{number}", "note"), NOT_YOURS),
    ],
)
def test_whoever_or_whatever_is_unknown_is_refused_in_a_sentence(
    desk: Desk, concern: Given, arguments: tuple[str, ...], says: str
) -> None:
    done = desk.run("inbox", *(part.format(number=concern.number) for part in arguments), typed="x\n" * 5)
    assert done.status == 1
    assert says in done.complained and "Traceback" not in done.complained
    assert "Zed" not in done.shown + done.complained


@pytest.mark.parametrize("action", ["note", "close", "export"])
def test_an_action_that_is_stopped_half_way_changes_nothing(desk: Desk, concern: Given, action: str) -> None:
    done = desk.run("inbox", "dsl", concern.number, action)
    assert (done.status, "nothing was saved" in done.complained) == (1, True)
    assert [kind for _, kind, _ in desk.log()] == ["logged"]


def test_a_day_that_is_none_is_said(desk: Desk, concern: Given) -> None:
    done = desk.run("inbox", "dsl", concern.number, "action", typed="Ring home\nsoon\n")
    assert done.status == 1
    assert "nothing was saved. " in done.complained


@pytest.mark.parametrize("kind", ["pdf", "csv"])
def test_an_export_is_a_file_for_its_owner_alone(desk: Desk, concern: Given, kind: str) -> None:
    done = desk.run("inbox", "dsl", concern.number, "export", typed=f"concern.{kind}\n")
    file = desk.folder / f"concern.{kind}"
    assert (done.status, stat.S_IMODE(file.stat().st_mode)) == (0, 0o600)
    if kind == "pdf":
        assert file.read_bytes().startswith(b"%PDF-")
    else:
        rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
        assert any("A bruise." in cell for row in rows for cell in row)


@pytest.mark.parametrize("name", ["nowhere/concern.pdf", "there.csv", "concern.docx", ""])
def test_a_file_that_cannot_be_written_is_said_and_no_export_is_noted(desk: Desk, concern: Given, name: str) -> None:
    (desk.folder / "there.csv").write_text("kept", encoding="utf-8")
    done = desk.run("inbox", "dsl", concern.number, "export", typed=f"{name}\n")
    assert done.status == 1
    assert name in done.complained and "Traceback" not in done.complained
    assert [kind for _, kind, _ in desk.log()] == ["logged"]
    assert (desk.folder / "there.csv").read_text(encoding="utf-8") == "kept"
    assert not Path(desk.folder / "nowhere").exists()
