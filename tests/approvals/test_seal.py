"""Who approved an answer, when and as what is bound, not its words alone; without approvals nothing is served."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.command import main
from adapters.command.approval_lines import approval_lines
from bot.answering.checking import check_files, notices
from bot.answering.dialogue import Base
from bot.knowledge import KnowledgeError
from bot.knowledge.approvals import digest_of
from bot.knowledge.approvals.standing import dated_ahead
from bot.service.approving.signing import withdraw
from bot.service.live.base import LiveBase
from tests.approvals.giving import DSL, Folder, asked, copied
from tests.conftest import NOW
from tests.test_entries import NEW

TODAY = NOW.date()
Items = dict[str, dict[str, Any]]


def changed(folder: Folder, change: Callable[[Items], object]) -> None:
    """What somebody does to the approvals by hand, by entry."""
    data = yaml.load(folder.approvals.read_text(encoding="utf-8"), yaml.BaseLoader)
    items = {item["entry"]: item for item in data["approvals"]}
    change(items)
    text = yaml.safe_dump({**data, "approvals": [*items.values()]}, allow_unicode=True)
    folder.approvals.write_text(text, encoding="utf-8")


def faults_of(folder: Folder) -> list[str]:
    with pytest.raises(KnowledgeError) as caught:
        folder.load()
    return [str(fault) for fault in caught.value.faults]


def doctor(folder: Folder, today: dt.date = TODAY) -> list[str]:
    return list(approval_lines(folder.load, today))


@pytest.fixture
def ticked(begun: Folder) -> Folder:
    """In which three answers are approved, one of them with something that was ticked."""
    begun.write({**NEW, "confirm": ["Keys are counted"]})
    begun.approve(["lend-keys", "award-badge", "trip-phone"])
    return begun


# --- what is changed by hand


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("by", "Mrs Ruth Calder"),
        ("role", "head"),
        ("on", "2026-09-15"),
        ("review_by", "2027-08-01"),
        ("confirmed", ["Keys are counted", "Doors are locked"]),
        ("entry", "award-badge"),
        ("entry", "long-gone"),
        ("seal", "0" * 64),
    ],
)
def test_what_is_changed_under_an_approval_by_hand_is_refused_and_named(
    ticked: Folder, field: str, value: object
) -> None:
    """Also where it is changed to what might have been approved; and an approval under the name of another entry."""

    def change(items: Items) -> None:
        if field == "entry":
            items.pop(str(value), None)
        items["lend-keys"][field] = value

    changed(ticked, change)
    (said,) = faults_of(ticked)
    entry = value if field == "entry" else "lend-keys"
    assert f"approvals.yaml > {entry} > seal: does not fit" in said
    assert f"askfirst approve {entry}" in said and f"askfirst approve --withdraw {entry}" in said


def test_other_words_with_a_digest_of_their_own_are_nobody_s_either(ticked: Folder) -> None:
    def change(items: Items) -> None:
        words = {**items["lend-keys"]["words"], "answer": "Lend them."}
        items["lend-keys"] |= {"words": words, "digest": digest_of(words)}

    changed(ticked, change)
    assert "lend-keys > seal: does not fit" in faults_of(ticked)[0]


@pytest.mark.parametrize("made_up", [True, False])
def test_made_up_approvals_cannot_be_made_real_by_one_line_nor_real_ones_made_up(tmp_path: Path, made_up: bool) -> None:
    folder = copied(tmp_path)
    folder.approve(["trip-phone", "award-badge"], replace(DSL, made_up=made_up))
    text = folder.approvals.read_text(encoding="utf-8")
    turned = (
        text.replace("made_up: true\n", "") if made_up else text.replace("approvals:\n", "made_up: yes\napprovals:\n")
    )
    assert turned != text
    folder.approvals.write_text(turned, encoding="utf-8")
    (said,) = faults_of(folder)
    assert "approvals.yaml > made_up: does not fit: the approval of 'award-badge' and 1 more was" in said
    assert "line 'made_up: true'" in said


def test_an_approval_without_a_seal_does_not_count_and_the_school_starts(
    folder: Folder, base: Base, live: Callable[[], LiveBase]
) -> None:
    """As they were given before there were seals."""
    changed(folder, lambda items: [each.pop("seal") for name, each in items.items() if name != "award-badge"])
    knowledge = live().current().knowledge
    assert asked(base.understanding, knowledge).answer is None
    assert not knowledge.entries["award-badge"].withheld
    problems = {each.problem for each in notices(knowledge, NOW.date()) if each.entry == "trip-phone"}
    assert "it has no seal, so that it does not count, and the answer is not served" in problems
    assert any("not approved and not served" in line for line in doctor(folder))
    folder.approve(["trip-phone"])
    assert asked(base.understanding, folder.load()).answer


def test_what_has_no_seal_is_set_aside_by_the_next_approval_and_that_is_said(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(folder, lambda items: [each.pop("seal") for each in items.values()])
    before = folder.approvals.read_bytes()
    monkeypatch.setenv("ASKFIRST_KNOWLEDGE", str(folder.path))
    monkeypatch.setenv("ASKFIRST_DATA", str(folder.path.parent / "data"))
    signed = ["--by", DSL.by, "--role", DSL.role, "--on", DSL.on.isoformat(), "--confirm", "--yes"]
    assert main.run_verb(["approve", "trip-phone", *signed]) == 0
    said, aside = capsys.readouterr().out, folder.path / "approvals.yaml.unsealed"
    assert "approvals without a seal do not count and left approvals.yaml. The file as it was is" in said
    assert aside.read_bytes() == before
    assert main.run_verb(["approve", "award-badge", *signed]) == 0
    assert ("without a seal" in capsys.readouterr().out, aside.read_bytes()) == (False, before)


@pytest.mark.parametrize("seal", ["", "~", "null"])
def test_an_empty_seal_is_none_also_once_it_was_written_back(folder: Folder, seal: str) -> None:
    text = folder.approvals.read_text(encoding="utf-8")
    item = text[text.index("- entry: trip-phone") :]
    sealed = next(line for line in item.splitlines() if line.startswith("  seal: "))
    folder.approvals.write_text(text.replace(sealed, f"  seal: {seal}"), encoding="utf-8")
    withdraw(folder.path, ["danger-999"])
    knowledge = folder.load()
    assert knowledge.approvals and knowledge.approvals.unsealed == ("trip-phone",)


def test_where_no_approval_has_a_seal_that_is_said_with_what_to_do(folder: Folder) -> None:
    changed(folder, lambda items: [each.pop("seal") for each in items.values()])
    assert "has no seals: nothing counts as approved, and no answer is served. Approve them anew" in doctor(folder)[0]


@pytest.mark.parametrize(("field", "value"), [("on", "9999-09-01"), ("on", "soon"), ("review_by", "")])
def test_a_day_that_cannot_be_meant_is_a_fault_and_nothing_breaks(folder: Folder, field: str, value: str) -> None:
    changed(folder, lambda items: items["trip-phone"].update({field: value}))
    changed(folder, lambda items: items["danger-999"].update({field: value}))
    assert any("trip-phone" in each for each in faults_of(folder))


def test_doctor_and_check_name_approvals_that_are_dated_in_the_future(folder: Folder) -> None:
    assert not any("future" in line for line in doctor(folder))
    first, number = min(folder.load().entries), len(folder.load().entries)
    (said,) = (line for line in doctor(folder, DSL.on - dt.timedelta(days=2)) if "future" in line)
    found = check_files(folder.load(), DSL.on - dt.timedelta(days=2))
    ahead = {each.entry for each in found if (each.file, each.field) == ("approvals.yaml", "on")}
    assert ahead == {each.entry for each in dated_ahead(folder.load(), DSL.on - dt.timedelta(days=2))}
    assert len(ahead) == number and not dated_ahead(folder.load(), DSL.on - dt.timedelta(days=1))
    assert said.startswith(f"WARN   approvals: {number} are dated in the future, as that of '{first}'.")


# --- where there is no approval


def taken_away(folder: Folder) -> None:
    folder.approvals.unlink()


def dangling(folder: Folder) -> None:
    folder.approvals.unlink()
    folder.approvals.symlink_to(folder.path / "nowhere.yaml")


def emptied(text: str) -> Callable[[Folder], None]:
    def write(folder: Folder) -> None:
        folder.approvals.write_text(text, encoding="utf-8")

    return write


@pytest.mark.parametrize(
    ("undo", "said"),
    [
        (
            taken_away,
            "FAULT  approvals: approvals.yaml is missing: nothing is approved, and no answer is served. Put it",
        ),
        (dangling, "FAULT  approvals: approvals.yaml is missing"),
        (
            emptied(""),
            "WARN   approvals: nothing is approved yet, and no answer is served. Begin with: askfirst approve",
        ),
        (emptied("approvals: []\n"), "WARN   approvals: nothing is approved yet"),
        (emptied("# all gone\napprovals:\n"), "WARN   approvals: nothing is approved yet"),
    ],
    ids=["missing", "dangling", "empty", "no item", "no list"],
)
def test_without_approvals_nothing_is_served_and_doctor_start_and_check_say_so(
    folder: Folder,
    base: Base,
    live: Callable[[], LiveBase],
    undo: Callable[[Folder], None],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    undo(folder)
    with caplog.at_level(logging.WARNING, "askfirst.base"):
        knowledge = live().current().knowledge
    reply = asked(base.understanding, knowledge)
    assert (reply.answer, "it is not approved for use at this school now" in reply.text) == (None, True)
    assert asked(base.understanding, knowledge, "a boy in my class told me his dad hits him").kind == "handover"
    assert doctor(folder)[0].startswith(said)
    assert said[7:].removeprefix("approvals: ") in caplog.text
    monkeypatch.setattr("adapters.command.check.check", lambda *_: ())
    monkeypatch.setenv("ASKFIRST_MODEL", "none")
    monkeypatch.setenv("ASKFIRST_DATA", str(folder.path.parent))
    assert main.run_verb(["check", str(folder.path)]) == 0
    assert f"Notice: {said[7:]}" in capsys.readouterr().out


def test_a_server_serves_nothing_once_the_file_is_deleted_and_says_so(
    folder: Folder, live: Callable[[], LiveBase], caplog: pytest.LogCaptureFixture
) -> None:
    base = live()
    assert asked(base.current().understanding, base.current().knowledge).answer
    text = folder.approvals.read_text(encoding="utf-8")
    folder.approvals.unlink()
    assert base.refresh()
    assert asked(base.current().understanding, base.current().knowledge).answer is None
    assert "approvals.yaml is missing" in caplog.text
    folder.approvals.write_text(text, encoding="utf-8")
    assert base.refresh()
    assert asked(base.current().understanding, base.current().knowledge).answer
