"""A folder of AskFirst 0.1 becomes one of today: with nothing approved, its people kept, and nothing lost."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest
import yaml

from adapters.command import migrate_base
from adapters.command.approval_lines import approval_lines
from adapters.command.migrate_base import told
from bot.knowledge import KnowledgeError, load
from bot.knowledge.entries.badges import ruled
from bot.knowledge.entries.migrating import NotCarriedOverError, carried_over
from bot.knowledge.entries.rules import LONGEST_BADGE, is_bare
from bot.service.carrying_over import KEPT, NotMigratedError, carry_over
from bot.service.live.base import LiveBase
from bot.service.live.last_good import LAST_GOOD, files_or_last_good
from bot.settings import read_settings, shipped_base
from tests.conftest import NOW
from tests.make_base import small_base

ENTRIES = """\
# Keys, written by the office.
entries:
  - id: lend-keys
    title: Can I lend my keys to a colleague?
    verdict: "no"
    answer: >-
      No. Keep your keys with you, even
      for a minute.
    why: Whoever holds them can open every door.
    cites: [kent-17]
    approved_by: Headteacher   # in June
    reviewed: 2026-06-01
    review_by: 2027-06-01
    nation: England
    phrasings:
      - "can i lend my keys"   # heard often
      - "may she have my keys: yes or no?"

  - id: sign-keys
    title: Do I have to sign for keys?
    verdict: yes
    answer: "Yes, if they open an outer door."
    cites: [kent-16]
    facts:
      fact: leaver-age
      cases:
        - {when: under-19, verdict: "no", answer: "No. Not under 19."}
        - when: 19-or-over
          verdict: yes-if
          answer: Yes, but only once.
    approved_by: Headteacher
    reviewed: 2026-06-01
    review_by: 2027-06-01
    nation: UK
    phrasings: ["do I sign", "sign for keys?"]
"""
# The kinds of triage as 0.1 had them.
TRIAGE = "examples:\n  concern: [a]\n  immediate: [b]\n  staff: [c]\n"


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """A school's folder as 0.1 left it."""
    folder = Path(shutil.copytree(small_base(), tmp_path / "knowledge"))
    for path in (folder / "entries").iterdir():
        path.unlink()
    (folder / "entries" / "keys.yaml").write_text(ENTRIES, encoding="utf-8")
    (folder / "handovers.yaml").unlink()
    (folder / "approvals.yaml").unlink()
    (folder / "checks.yaml").unlink()  # of entries that 0.1 did not have
    shutil.rmtree(folder / "triage")
    (folder / "triage.yaml").write_text(TRIAGE, encoding="utf-8")
    (folder / "tips.yaml").write_text("tips: []\n", encoding="utf-8")
    school = (folder / "school.yaml").read_text(encoding="utf-8")
    (folder / "school.yaml").write_text(school.replace("Ms Amara Bello", "Ms Our Own"), encoding="utf-8")
    return folder


def test_a_folder_of_the_first_edition_is_refused_with_the_command(former: Path) -> None:
    with pytest.raises(KnowledgeError, match="askfirst migrate-base") as caught:
        load(former)
    (fault,) = caught.value.faults
    assert (fault.file, fault.entry, fault.field) == ("entries/keys.yaml", "lend-keys", "verdict")
    assert str(former) in str(fault)


def test_it_is_carried_over_with_nothing_approved_and_its_people_kept(former: Path) -> None:
    done = carry_over(former, shipped_base())
    assert (done.entries, done.files) == (2, ("keys.yaml",))
    assert done.brought == ("handovers.yaml", "triage.yaml", "triage/")
    knowledge = load(former)
    lend, sign = knowledge.entries["lend-keys"], knowledge.entries["sign-keys"]
    assert (lend.ruling, lend.badge, lend.answer) == (
        "dont", "Don't lend your keys to a colleague", "Keep your keys with you, even for a minute.",
    )  # fmt: skip
    assert (sign.ruling, sign.badge, sign.answer) == ("do", "Sign for keys", "Only if they open an outer door.")
    assert (lend.nations, sign.nations) == (("England",), ())
    assert sign.facts and [case.answer for case in sign.facts.cases] == ["Not under 19.", "But only once."]
    assert not any(entry.approved_by or entry.review_by for entry in knowledge.entries.values())
    assert lend.withheld and sign.withheld
    assert (former / "approvals.yaml").exists()  # one that is missing is a fault
    assert next(iter(approval_lines(lambda: knowledge, NOW.date()))).startswith("WARN   approvals: nothing is approved")
    assert knowledge.school.holders("dsl")[0].name == "Ms Our Own"
    assert [each.text for each in lend.phrasings] == ["can i lend my keys", "may she have my keys: yes or no?"]


def test_only_what_has_to_change_is_changed_and_the_old_file_is_kept(former: Path) -> None:
    carry_over(former, shipped_base())
    file = former / "entries" / "keys.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# Keys, written by the office.\n")
    assert '      - "can i lend my keys"   # heard often\n' in text
    assert "approved_by" not in text and "in June" not in text
    assert file.with_name(file.name + KEPT).read_text(encoding="utf-8") == ENTRIES
    assert (former / f"triage.yaml{KEPT}").read_text(encoding="utf-8") == TRIAGE


def test_a_second_time_changes_nothing(former: Path) -> None:
    carry_over(former, shipped_base())
    before = {path: path.read_bytes() for path in former.rglob("*") if path.is_file()}
    again = carry_over(former, shipped_base())
    assert (again.entries, again.brought) == (0, ())
    assert "in the form of today" in told(former, again)
    assert {path: path.read_bytes() for path in former.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("verdict: yes", 'verdict: "yes', "keys.yaml"),
        ("    title: Can", "   title: Can", "keys.yaml is not valid YAML"),
        ("# Keys", "# Ke\x00ys", "keys.yaml, line 1"),
    ],
)
def test_a_file_that_cannot_be_read_leaves_the_folder_as_it_was(former: Path, old: str, new: str, said: str) -> None:
    (former / "entries" / "more.yaml").write_text(ENTRIES, encoding="utf-8")
    file = former / "entries" / "keys.yaml"
    file.write_text(ENTRIES.replace(old, new), encoding="utf-8")
    before = {path: path.read_bytes() for path in former.rglob("*") if path.is_file()}
    with pytest.raises(NotMigratedError, match="nothing was written") as caught:
        carry_over(former, shipped_base())
    assert said in str(caught.value)
    assert {path: path.read_bytes() for path in former.rglob("*") if path.is_file()} == before


def test_an_entry_in_brackets_is_named_with_its_line() -> None:
    with pytest.raises(NotCarriedOverError, match="line 2: an entry in brackets"):
        carried_over('entries:\n  - {id: a, verdict: "no", answer: "No. Never."}\n')


def test_a_folder_that_is_none_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(NotMigratedError, match="holds no folder 'entries'"):
        carry_over(tmp_path, shipped_base())


def test_a_file_with_windows_line_ends_keeps_them() -> None:
    text, number = carried_over(ENTRIES.replace("\n", "\r\n"))
    assert number == 2
    assert [entry["ruling"] for entry in yaml.load(text, Loader=yaml.BaseLoader)["entries"]] == ["dont", "do"]


def test_the_last_good_copy_of_before_an_upgrade_is_not_what_is_named(former: Path, tmp_path: Path) -> None:
    """Files and copy are both of 0.1 then: it is the files that are to be carried over."""
    shutil.copytree(former, tmp_path / "data" / LAST_GOOD)
    environment = {"ASKFIRST_DATA": str(tmp_path / "data"), "ASKFIRST_KNOWLEDGE": str(former), "ASKFIRST_MODEL": "none"}
    settings = read_settings(environment)
    logging.getLogger("askfirst.base").setLevel(logging.CRITICAL)
    for start in (lambda: LiveBase(settings), lambda: files_or_last_good(settings)):
        with pytest.raises(KnowledgeError) as caught:
            start()
        assert f"askfirst migrate-base {former}" in str(caught.value)


def test_the_command_says_what_it_did(former: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import argparse

    settings = read_settings({"ASKFIRST_DATA": str(former.parent / "data")})
    assert migrate_base.run(argparse.Namespace(folder=str(former)), settings) == 0
    said = capsys.readouterr().out
    for part in (
        "2 entries in 1 files",
        "handovers.yaml is as AskFirst brings it",
        "People, policies and tips",
        "Nobody",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("verdict", "title", "answer", "ruling", "badge", "rest"),
    [
        ("no", "Can I promise a secret?", "No. Never promise.", "dont", "Don't promise a secret", "Never promise."),
        ("no", "Do I have to reply at night?", "No. Sleep.", "no-need", "No need to reply at night", "Sleep."),
        ("yes", "Must I use my own words?", "Yes. Write it.", "do", "Use your own words", "Write it."),
        ("yes", "May I share it?", "Yes. You may.", "may", "You may share it", "You may."),
        ("yes", "Is email monitored?", "Yes. Email is monitored.", "info", "Email is monitored", "Email is monitored."),
        ("no", "Is it different here?", "No. It is the same.", "info", "It is the same", "It is the same."),
        (
            "not-advised",
            "Can I do it?",
            "Not advised. Wait.",
            "not-advised",
            "Not advised: do it",
            "Not advised. Wait.",
        ),
        ("yes-if", "Can I go live?", "Yes, if she agrees.", "may-if", "On conditions: go live", "Only if she agrees."),
        ("yes", "Should I report it?", "Yes. If you slip, say so.", "do", "Report it", "If you slip, say so."),
        ("depends", "Can I add them?", "It depends on age.", "depends", "It depends", "It depends on age."),
        ("how", "How do I log it?", "Write it down. Now.", "how", "Write it down", "Write it down. Now."),
    ],
)
def test_a_verdict_becomes_a_ruling_and_a_badge(
    verdict: str, title: str, answer: str, ruling: str, badge: str, rest: str
) -> None:
    assert ruled(verdict, title, answer) == (ruling, badge, rest)


@pytest.mark.parametrize("verdict", ["yes", "no", "yes-if", "not-advised", "depends", "how", "info"])
@pytest.mark.parametrize("title", ["Can I " + "carry it over and " * 9 + "go?", "Yes?", "No need?", "Must I?", ""])
@pytest.mark.parametrize("answer", ["Yes.", "No, no, no.", "Yes. " + "word " * 60, "No. No more."])
def test_no_badge_is_too_long_or_bare(verdict: str, title: str, answer: str) -> None:
    made = ruled(verdict, title, answer)
    assert 0 < len(made.badge) <= LONGEST_BADGE and not is_bare(made.badge)
