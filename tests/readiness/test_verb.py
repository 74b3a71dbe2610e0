"""`askfirst ready`: the same review, for somebody at the terminal of the server."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from adapters.command import main
from bot.knowledge import load
from bot.settings import settings_with_faults
from bot.store import open_for
from tests.make_base import small_base
from tests.readiness.reviewing import Reviewing


class Terminal:
    """The command, with a database of its own."""

    def __init__(self, data: Path, patch: pytest.MonkeyPatch, out: pytest.CaptureFixture[str]) -> None:
        self._out = out
        for name, value in (("KNOWLEDGE", small_base()), ("DATA", data), ("MODEL", "none")):
            patch.setenv(f"ASKFIRST_{name}", str(value))

    def __call__(self, *arguments: str) -> str:
        """Everything that it said, in one line."""
        self.status = main.run_verb(["ready", *arguments])
        shown = self._out.readouterr()
        return " ".join((shown.out + shown.err).split())


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(tmp_path, monkeypatch, capsys)


def fill_in() -> None:
    """The rest of the first review, as others answer it on the page."""
    settings = settings_with_faults(os.environ)
    with contextlib.closing(open_for(settings)) as store:
        Reviewing(load(settings.knowledge), store).fill_in()


def test_a_review_goes_from_its_beginning_to_its_pdf(ready: Terminal, tmp_path: Path) -> None:
    assert ready("dsl").startswith("No review was begun yet")
    assert ready("dsl", "begin").startswith("Review 1 is open")
    assert "NOT CLOSED: 25 statements are not finished" in ready("dsl", "close")
    assert ready.status == 1
    assert "NOT SAVED: leaders-decide: evidence: Say in a few words" in ready("dsl", "answer", "leaders-decide", "yes")
    options = ("--evidence", "Minutes", "--owner", "Ms Amara Bello", "--due", "2099-01-15")
    assert ready("dsl", "answer", "leaders-decide", "partly", *options) == "Saved: leaders-decide."
    assert ready("head", "answer", "reminded", "askfirst", "--plan", "Look again") == "Saved: reminded."
    fill_in()
    shown = ready("head")
    assert "Review 1: open, 27 of 27 answered" in shown and "dsl-named: The Designated Safeguarding" in shown
    assert "NOT YET, filled in by AskFirst No test alert was sent yet" in shown
    assert "two-can-get-in (review 1): Give a senior leader a way in" in ready("online", "plan")
    assert "That is what it says already." in ready("dsl", "answer", "leaders-decide")
    assert "Review 1 is closed, and kept as it was." in ready("head", "close")
    assert "off the plan" in ready("head", "done", "two-can-get-in", "Done", "today")
    assert "says Mrs Ruth Calder: Done today" in ready("dsl", "plan")
    file = tmp_path / "review.pdf"
    assert "is review 1 as a PDF for governors" in ready("chair", "pdf", str(file))
    assert file.read_bytes().startswith(b"%PDF")


def test_who_may_not_is_told_who_may(ready: Terminal) -> None:
    assert "there is no 'nobody' in school.yaml" in ready("nobody", "begin")
    assert "answered by the DSL, the deputies" in ready("chair", "begin")
    assert "Governors get the PDF" in ready("chair", "plan")
    assert "answered by the DSL, the deputies" in ready("it-support", "show")
    assert "There is no such review" in ready("dsl", "pdf", "x.pdf")
    assert ready.status == 1
