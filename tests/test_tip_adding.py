"""`askfirst tips add`: the school's own tips come into tips.yaml whole and checked, or not at all."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge import Tip, load
from bot.knowledge.tip_yaml import NoPlaceError, with_tip
from bot.service.approving.signing import Signature, approval_of, keep
from tests.conftest import KNOWLEDGE
from tests.test_cli import run


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A school's own knowledge folder."""
    return Path(shutil.copytree(KNOWLEDGE, tmp_path / "knowledge"))


def add(own: Path, tip: str, text: str, *more: str, entry: str = "trip-phone") -> tuple[int, str]:
    """askfirst tips add: the exit status, and what it said."""
    done = run("tips", "add", tip, "--entry", entry, "--text", text, *more, cwd=own.parent, ASKFIRST_KNOWLEDGE=str(own))
    return done.returncode, (done.stdout + done.stderr).decode()


def test_an_own_tip_is_added_at_the_end_and_the_rest_stays_as_it_is(own: Path) -> None:
    file = own / "tips.yaml"
    before = file.read_text(encoding="utf-8")
    text = (
        'Book the phone with the minibus: "no #phone, no trip" – ever.  Two   blanks, a \\ and \u00e9 too. '
        + "And more. " * 15
    )
    status, said = add(own, "tip-our-minibus", text, "--theme", "before-residential")
    assert (status, said) == (
        0,
        "tip-our-minibus was added to tips.yaml. It is posted on the days of before-residential.\n",
    )
    after = file.read_text(encoding="utf-8")
    assert after.startswith(before)
    assert max(map(len, after[len(before) :].splitlines())) <= 120
    added = load(own).tips[-1]
    assert added == Tip("tip-our-minibus", "trip-phone", " ".join(text.split()), "before-residential")
    assert add(own, "tip-second", "Short.")[0] == 0
    assert file.read_text(encoding="utf-8").startswith(after)
    assert [path.name for path in own.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("tip", "text", "more", "entry", "said"),
    [
        ("tip-danger-999", "x", (), "trip-phone", "There is a tip 'tip-danger-999' already. Give this one"),
        ("tip-new", "x", (), "trip-fone", "There is no entry 'trip-fone'. Did you mean: trip-phone"),
        ("tip-new", "x", (), "zzzzzzzz", "There is no entry 'zzzzzzzz'. askfirst ask --why shows"),
        ("tip-new", "word " * 61, (), "trip-phone", "text: has 61 words. Keep a tip to 60 words"),
        ("tip-new", "  ", (), "trip-phone", "text: is empty"),
        ("tip-new", "x", ("--theme", "carnival"), "trip-phone", "theme: there is no theme 'carnival'. Add it"),
        ("Tip New", "x", (), "trip-phone", "id: 'Tip New' cannot be used. Use small letters, digits and hyphens"),
        ("tip-new", "a\x1b[31mred", (), "trip-phone", "The text holds a character that cannot be shown. Type it anew"),
    ],
)  # fmt: skip
def test_a_tip_that_would_be_a_fault_is_not_written(
    own: Path, tip: str, text: str, more: tuple[str, ...], entry: str, said: str
) -> None:
    before = (own / "tips.yaml").read_bytes()
    status, told = add(own, tip, text, *more, entry=entry)
    assert status == 1
    assert told.startswith("askfirst: the tip was not added, and nothing was written. ")
    assert said in told
    assert (own / "tips.yaml").read_bytes() == before


def test_in_a_base_with_a_fault_nothing_is_added_and_the_fault_is_said(own: Path) -> None:
    file = own / "tips.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("entry: what-aim", "entry: no-such"), encoding="utf-8")
    before = file.read_bytes()
    status, told = add(own, "tip-new", "x")
    assert (status, "there is no entry 'no-such'" in told) == (1, True)
    assert file.read_bytes() == before


def test_a_tip_whose_answer_is_past_review_is_added_and_said_to_wait(own: Path) -> None:
    then = Signature("Ms Amara Bello", "dsl", dt.date(2019, 1, 1), dt.date(2019, 12, 31), made_up=True)
    entry = load(own, approved=False).entries["trip-phone"]
    keep(own, (approval_of(entry, then, entry.confirm),), made_up=True)
    status, told = add(own, "tip-new", "x")
    assert status == 0
    assert "For now it is left out: its answer 'trip-phone' was due for review on 2019-12-31." in told


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tips: []\n", "tips:\n  - id: tip-new\n    entry: e\n    text: \"x\"\n"),
        ("tips: []  # ours\nthemes: {}\n",
         "tips:\n  - id: tip-new\n    entry: e\n    text: \"x\"\n# ours\nthemes: {}\n"),
        ("tips:\n- id: a\n  text: b", "tips:\n- id: a\n  text: b\n- id: tip-new\n  entry: e\n  text: \"x\"\n"),
        ("tips:\r\n  - {id: a}\r\n", "tips:\r\n  - {id: a}\r\n  - id: tip-new\r\n    entry: e\r\n    text: \"x\"\r\n"),
        ("tips:\n - id: a # c\n\n# themes\nthemes: {}\n",
         "tips:\n - id: a # c\n - id: tip-new\n   entry: e\n   text: \"x\"\n\n# themes\nthemes: {}\n"),
        ("tips:\n - text: >\n    a\n    b\n\n# end\nthemes: {}\n",
         "tips:\n - text: >\n    a\n    b\n - id: tip-new\n   entry: e\n   text: \"x\"\n\n# end\nthemes: {}\n"),
    ],
)  # fmt: skip
def test_a_tip_finds_its_place_in_files_of_every_layout(before: str, after: str) -> None:
    assert with_tip(before, Tip("tip-new", "e", "x", None)) == after


@pytest.mark.parametrize("text", ["tips:\n", "themes: {}\n", "- a\n", "tips: [{id: a}]\n", ""])
def test_a_file_without_a_place_for_it_is_refused(text: str) -> None:
    with pytest.raises(NoPlaceError, match=r"tips\.yaml has"):
        with_tip(text, Tip("tip-new", "e", "x", None))


@given(text=st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=400))
@settings(max_examples=300, deadline=None)
def test_whatever_a_tip_says_is_read_back_as_it_was_typed(text: str) -> None:
    text = " ".join(text.split())
    written = with_tip("tips:\n  - id: a\n", Tip("123", "null", text, "on"))
    assert yaml.safe_load(written)["tips"][1] == {"id": "123", "entry": "null", "text": text, "theme": "on"}


def test_without_an_end_to_a_pause_the_command_says_how_to_end_it(tmp_path: Path) -> None:
    assert run("tips", "pause", cwd=tmp_path).returncode == 0
    shown = run("tips", cwd=tmp_path).stdout.decode()
    assert "no tips until you run: askfirst tips resume" in shown
    assert "no more school days" not in shown
