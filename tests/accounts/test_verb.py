"""`askfirst accounts`: asked, decided and handed over at the terminal, and what is written to files."""

from __future__ import annotations

import argparse
import asyncio
import csv
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from adapters.command import accounts
from adapters.command.work import work
from adapters.console.accounts import TerminalRequest
from adapters.delivering.loops import Loops
from bot.errors import AskFirstError
from bot.knowledge import Knowledge
from bot.service.accounts import AccountDesk
from bot.settings import read_settings
from bot.store import Store
from tests.accounts.asking import FORBIDDEN, LEADER, MANAGER, Typist, filled
from tests.conftest import KEY, NOW, SCHOOL
from tests.make_base import small_base


@pytest.mark.parametrize("what", ["an account in one's own name", "following pupils", "pupils under the age limit"])
def test_what_is_forbidden_is_refused_at_once_and_asked_again(what: str, knowledge: Knowledge, store: Store) -> None:
    desk = AccountDesk(lambda: knowledge, store)
    changes, field, entry = FORBIDDEN[what]
    value = changes[field]
    fields = (*desk.form().fields, *desk.form().you.fields)
    wrong = {field: value if isinstance(value, str) else value[0]}
    typist = Typist(fields, {**filled(), "you": ("it-support",)}, wrong)
    found = TerminalRequest(desk, typist.read, typist.write, lambda: NOW).fill_in()
    shown = " ".join(" ".join(typist.shown).split())
    assert knowledge.entries[entry].badge in shown
    assert shown.index("!") < shown.index("Step 3 of 7")  # before anything else is asked
    assert (found.state, found.asked_by.known_by, found.asking.name) == ("asked", "terminal", "PE")
    assert found.asked_by.checked is None


@pytest.fixture
def number(knowledge: Knowledge, store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """A request that waits for its manager, in the data of the verb."""
    monkeypatch.setenv("ASKFIRST_DATA", str(tmp_path))
    monkeypatch.setenv("ASKFIRST_KEYS", KEY)
    monkeypatch.setenv("ASKFIRST_KNOWLEDGE", str(small_base()))
    desk = AccountDesk(lambda: knowledge, store)
    yield desk.ask("verb", {**filled(name="=PE"), "you": ("it-support",)}, NOW).number


def _types(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    left = list(lines)
    monkeypatch.setattr("builtins.input", lambda _="": left.pop(0))


def test_it_is_decided_handed_over_and_closed_and_written_to_files(
    number: str, store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def run(*arguments: str) -> str:
        parser = argparse.ArgumentParser()
        accounts.add_arguments(parser)
        try:
            accounts.run(parser.parse_args(arguments), read_settings(os.environ))
        except AskFirstError as fault:
            return f"refused: {fault}"
        return " ".join(capsys.readouterr().out.split())

    assert "FOR YOU: decide" in run("list", "--as", MANAGER)
    assert "Riskmarker" in run("show", number.lower(), "--as", MANAGER)
    assert "not yours to do" in run("decide", number, "--as", LEADER)
    for person in (MANAGER, LEADER):
        _types(monkeypatch, "1", "A clear aim.")
        assert run("decide", number, "--as", person).endswith(
            "Your decision is kept. The asker hears of it, if they can be written to from here."
        )
    _types(monkeypatch, "@fernbankPE")
    assert "in use" in run("live", number, "--as", "online")
    seen = run("show", number, "--as", "chair")
    assert "Priya Shah" in seen and "Riskmarker" not in seen
    assert run("pdf", number, "--as", "chair", "--out", str(tmp_path / "no.pdf")).startswith("refused")
    _types(monkeypatch, "1", "it-support", "", "1")
    assert "handed over" in run("hand-over", number, "--as", LEADER)
    assert run("pdf", number, "--as", LEADER, "--out", str(tmp_path / "risks.pdf")).startswith("Written")
    pdf = pypdfium2.PdfDocument(tmp_path / "risks.pdf")
    text = "".join(page.get_textpage().get_text_range() for page in pdf)
    assert all(words in text for words in ("Riskmarker risk_unwatched", "A clear aim.", "Line manager: agreed"))
    run("csv", "--as", LEADER, "--out", str(tmp_path / "register.csv"))
    whole = (tmp_path / "register.csv").read_text("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(whole))
    assert (row["Name"], row["State"]) == ("'=PE", "Approved and in use, handed over")
    assert all(re.fullmatch(r'"[^"]*"(,"[^"]*")*', line) for line in whole.splitlines())
    _types(monkeypatch, "It is done.")
    assert "closed" in run("close", number, "--as", LEADER)
    pdf.close()
    kinds = [each.kind for each in store.audit(SCHOOL).lines()]
    assert kinds.count("in-terminal") == 12 and kinds.count("account-exported") == 1


def test_whoever_runs_the_sending_process_alone_is_reminded_too(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class AtOnce(Loops):
        async def run(self) -> None:
            """Ends where it would go on until the process is told to stop."""

    loops = AtOnce()
    monkeypatch.setattr("adapters.command.work.run_until_told", lambda _, process: asyncio.run(process))
    work(read_settings(os.environ), loops)
    assert number and {"account reminder", "plan reminder", "required reminder"} <= {
        each.name for each in loops.states()
    }
