"""A subject access request with the installed command. What it gathers and for whom: tests/test_subject_access.py."""

from __future__ import annotations

import os
import pwd
import stat

from tests.terminal.conftest import Given
from tests.terminal.driving import Desk

ACCOUNT = pwd.getpwuid(os.getuid()).pw_name


def test_it_is_written_to_a_file_for_its_owner_alone_and_stands_in_the_audit(desk: Desk, concern: Given) -> None:
    asked = ("subject-access", "--name", "Zed Test", "--by", "dsl", "--second", "deputy-1", "--out", "answer.txt")
    done = desk.run(*asked)
    file = desk.folder / "answer.txt"
    assert (done.status, done.complained, stat.S_IMODE(file.stat().st_mode)) == (0, "", 0o600)
    assert "1 concern is recorded under this name. It is in answer.txt" in done.shown and "bruise" not in done.shown
    written = file.read_text(encoding="utf-8")
    assert f"Concern {concern.number}: " in written and "Seen or heard: A bruise." in written
    assert "[THIRD PARTY: Tess Teacher, teacher: look before you give this out]" in written
    assert [kind for _, kind, _ in desk.log()] == ["logged", "subject-access", "exported", "opened"]
    again = desk.run_here(*asked)
    assert again.status == 1 and "answer.txt" in again.complained
    assert len(desk.log()) == 4, "what cannot be written is not gathered"
    printed = desk.run_here("audit").shown
    assert f"dsl  (1 concern, with deputy-1, the terminal (account {ACCOUNT}))" in printed and "Zed" not in printed
    assert desk.run_here("audit", "verify").status == 0


def test_a_name_that_is_not_given_is_asked_for_once_it_is_clear_who_asks(desk: Desk, concern: Given) -> None:
    refused = desk.run_here("subject-access", "--by", "dsl", "--second", "dsl", typed="Zed Test\n")
    assert (refused.status, refused.shown) == (1, "") and "it takes two people" in refused.complained
    assert f"Concern {concern.number}: " in desk.run(
        "subject-access", "--by", "dsl", "--second", "head", typed="Zed Test\n"
    ).shown  # fmt: skip
