"""An approval is taken back at once, whatever is wrong with it, with others or with other files."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.command import main
from bot.knowledge import Knowledge, KnowledgeError
from bot.knowledge.approvals import FILE
from bot.service.live.base import LiveBase
from bot.service.live.school import LiveSchool
from tests.approvals.giving import Folder, asked
from tests.approvals.test_seal import changed
from tests.test_entries import NEW


@pytest.fixture
def withdraw(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """`askfirst approve --withdraw` on a folder in which everything is approved: (exit status, what was said)."""
    monkeypatch.setenv("ASKFIRST_KNOWLEDGE", str(folder.path))
    monkeypatch.setenv("ASKFIRST_DATA", str(tmp_path / "data"))

    def run(*entries: str) -> tuple[int, str]:
        status = main.run_verb(["approve", "--withdraw", *entries])
        shown = capsys.readouterr()
        return status, shown.out + shown.err

    return run


Withdraw = Callable[..., tuple[int, str]]


def test_no_other_file_is_read_for_it(folder: Folder, withdraw: Withdraw, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> Knowledge:
        raise AssertionError("the base was loaded")

    monkeypatch.setattr("adapters.command.approve.load", never)
    there = len(folder.load().entries)
    status, said = withdraw("trip-phone")
    assert status == 0
    assert (
        f"Taken back: trip-phone. Whoever asks is told whom to ask. {there - 1} others stand in approvals.yaml." in said
    )
    assert folder.load().entries["trip-phone"].withheld


@pytest.mark.parametrize("file", ["school.yaml", "tips.yaml", "lexicon.yaml"])
def test_it_is_done_while_another_file_cannot_be_read(folder: Folder, withdraw: Withdraw, file: str) -> None:
    before = (folder.path / file).read_text(encoding="utf-8")
    (folder.path / file).write_text("a: [\n", encoding="utf-8")
    assert withdraw("trip-phone", "trip-phone")[0] == 0
    (folder.path / file).write_text(before, encoding="utf-8")
    knowledge = folder.load()
    assert knowledge.entries["trip-phone"].withheld and not knowledge.entries["award-badge"].withheld


def test_one_of_an_entry_that_is_gone_with_words_that_nobody_approved_is_taken_back(
    folder: Folder, withdraw: Withdraw
) -> None:
    folder.write(NEW)
    folder.approve(["lend-keys"])
    (folder.path / "entries" / "keys.yaml").unlink()
    changed(folder, lambda items: items["lend-keys"]["words"].update(answer="Forged"))
    with pytest.raises(KnowledgeError, match="askfirst approve --withdraw lend-keys"):
        folder.load()
    assert withdraw("lend-keys")[0] == 0
    assert "lend-keys" not in folder.approvals.read_text(encoding="utf-8")
    assert not folder.load().entries["trip-phone"].withheld


def test_what_is_forged_beside_it_stays_forged(folder: Folder, withdraw: Withdraw) -> None:
    """Nothing is sealed anew on the way."""
    changed(folder, lambda items: items["award-badge"].update(by="Mrs Ruth Calder"))
    changed(folder, lambda items: items["danger-999"]["words"].update(answer="Forged"))
    assert withdraw("trip-phone")[0] == 0
    with pytest.raises(KnowledgeError) as caught:
        folder.load()
    assert {(fault.entry, fault.field) for fault in caught.value.faults} == {
        ("award-badge", "seal"), ("danger-999", "words"),
    }  # fmt: skip


def test_what_stays_is_what_it_was(folder: Folder, withdraw: Withdraw) -> None:
    before = folder.load().approvals
    withdraw("trip-phone")
    after = folder.load().approvals
    assert before and after and after.made_up == before.made_up
    assert after.given == {name: each for name, each in before.given.items() if name != "trip-phone"}


def test_a_list_that_stands_twice_is_refused_and_nothing_is_lost(folder: Folder, withdraw: Withdraw) -> None:
    with folder.approvals.open("a", encoding="utf-8") as file:
        file.write("approvals: []\n")
    before = folder.approvals.read_bytes()
    with pytest.raises(KnowledgeError, match="stands twice"):
        folder.load()
    status, said = withdraw("trip-phone")
    assert (status, f"{FILE} > approvals: stands twice" in said) == (1, True)
    assert folder.approvals.read_bytes() == before


def test_a_slip_in_the_name_is_told(withdraw: Withdraw) -> None:
    status, said = withdraw("trip-fone")
    assert (status, "Nobody has approved 'trip-fone'. Did you mean: trip-phone" in said) == (1, True)


# --- a server


def served(base: LiveBase) -> bool:
    return asked(base.current().understanding, base.current().knowledge).answer is not None


def test_a_server_serves_it_no_more_even_while_another_file_has_a_fault(
    folder: Folder, withdraw: Withdraw, live: Callable[[], LiveBase], caplog: pytest.LogCaptureFixture
) -> None:
    base = live()
    assert served(base)
    good = {path: path.read_text(encoding="utf-8") for path in (folder.approvals, folder.path / "tips.yaml")}
    (folder.path / "tips.yaml").write_text("a: [\n", encoding="utf-8")
    with caplog.at_level(logging.CRITICAL, "askfirst.base"):
        assert not base.refresh()
        assert served(base)
        withdraw("trip-phone")
        assert not base.refresh()
        assert not served(base)
        assert not served(live())  # started anew, from the last good copy
        for path, text in good.items():
            path.write_text(text, encoding="utf-8")
        assert base.refresh()
    assert served(base)


def test_a_sender_of_tips_follows_too(folder: Folder, withdraw: Withdraw) -> None:
    school = LiveSchool(folder.path)
    (folder.path / "lexicon.yaml").write_text("a: [\n", encoding="utf-8")
    withdraw("trip-phone")
    assert not school.refresh()
    assert school.knowledge().entries["trip-phone"].withheld
    assert not school.knowledge().entries["award-badge"].withheld
