"""`askfirst answers`: the same workbench, for somebody at the terminal of the server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.command import main
from bot.answering.dialogue import Base
from tests.approvals.giving import Folder
from tests.authoring.world import APPROVER, AUTHOR, DSL, PHONE
from tests.make_base import small_cache


class Terminal:
    """The command on a folder."""

    def __init__(self, folder: Folder, data: Path, patch: pytest.MonkeyPatch, out: pytest.CaptureFixture[str]) -> None:
        self._out = out
        data.mkdir()
        (data / "cache").symlink_to(small_cache())  # where the fixture `base` has kept what was learned
        for name, value in (("KNOWLEDGE", folder.path), ("DATA", data), ("MODEL", "none")):
            patch.setenv(f"ASKFIRST_{name}", str(value))

    def __call__(self, *arguments: str) -> str:
        """Everything that it said, in one line."""
        self.status = main.run_verb(["answers", *arguments])
        shown = self._out.readouterr()
        return " ".join((shown.out + shown.err).split())


@pytest.fixture
def answers(
    base: Base, folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    return Terminal(folder, tmp_path / "data", monkeypatch, capsys)


def test_an_answer_goes_all_the_way_from_its_author_to_staff(answers: Terminal, folder: Folder) -> None:
    said = answers(AUTHOR, "edit", PHONE, "--set", "answer=Ring the trip phone.", "--set", "phrasings=trip fone rules")
    draft = re.findall(r"Draft (\w{32})", said)[0]
    assert "{+Ring+}" in said
    assert answers(AUTHOR, "send", draft).startswith(f"Sent: {PHONE}")
    assert "Somebody else approves what you wrote" in answers(AUTHOR, "approve", draft, "0")
    assert answers.status == 1
    digest = re.findall(rf"approve {draft} (\w+)", answers(APPROVER, "waiting"))[0]
    assert "changed since they were shown" in answers(APPROVER, "approve", draft, "0" * 12)
    assert "Approved and published." in answers(APPROVER, "approve", draft, digest, "--confirm")
    entry = folder.load().entries[PHONE]
    assert (entry.answer, entry.approved_by) == ("Ring the trip phone.", "Mr Ben Ferreira")
    assert "trip fone rules" in entry.texts


def test_what_breaks_a_rule_is_said_and_is_not_sent(answers: Terminal, tmp_path: Path) -> None:
    written = tmp_path / "fields.yaml"
    written.write_text("badge: No phones\nwhy: Because.\n", encoding="utf-8")
    said = answers(AUTHOR, "edit", PHONE, "--from", str(written))
    assert "TO MEND: The short line begins with Yes or No" in said
    draft = re.findall(r"Draft (\w{32})", said)[0]
    assert "begins with Yes or No" in answers(AUTHOR, "send", draft)
    assert answers.status == 1
    assert "(draft, version 2)" in answers(AUTHOR, "draft", draft)


def test_it_lists_shows_and_takes_out_of_use(answers: Terminal) -> None:
    assert f"{PHONE}: " in answers(DSL, "list", "--asking", "whose phone on a trip")
    assert "Since 20" in answers(DSL, "show", PHONE)
    assert "Taken out of use." in answers(DSL, "take-out", PHONE, "The", "phone", "is", "lost.")
    assert f"file:{PHONE}" in answers(DSL, "waiting")
    assert "Thin: " in answers(DSL, "health")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nobody-here",), "there is no 'nobody-here' in school.yaml"),
        (("office", "list"), "have the role 'author'"),
        ((AUTHOR, "edit", PHONE, "--set", "colour=red"), "'colour' is no field of an answer"),
        ((AUTHOR, "edit", PHONE, "--set", "answer"), "is no FIELD=TEXT"),
        ((AUTHOR, "edit", "nowhere"), "There is no such answer"),
    ],
)
def test_what_cannot_be_is_said(answers: Terminal, arguments: tuple[str, ...], told: str) -> None:
    assert told in answers(*arguments)
    assert answers.status == 1
