"""The yearly pack of the national documents: what a newer AskFirst brings, and what becomes of the answers."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.command import main
from bot.knowledge import load
from bot.knowledge.model import Clause, Document
from bot.knowledge.policies.packs import compare_pack, read_pack, taken_over
from tests.make_base import small_base

HEAD = (
    "document:\n  id: law\n  title: The law\n  publisher: Parliament\n  date: 2026-01\n  nation: England\n\nclauses:\n"
)
DAY, LATER = dt.date(2026, 11, 23), dt.date(2027, 9, 6)
CLAUSES = st.dictionaries(
    st.integers(1, 8).map(lambda number: f"law-0{number}"), st.sampled_from(("Ask.", "Tell.", "Wait: now.")), min_size=1
)


def law(clauses: dict[str, str]) -> str:
    return HEAD + "".join(
        f'  - {{id: {name}, force: must, where: "1", text: "{text}"}}\n' for name, text in clauses.items()
    )


@given(CLAUSES, CLAUSES, CLAUSES)
def test_whatever_a_pack_changes_is_marked_and_no_clause_that_answers_may_cite_is_lost(
    first: dict[str, str], second: dict[str, str], third: dict[str, str]
) -> None:
    text, seen = law(first), set(first)
    for clauses, day in ((second, DAY), (third, LATER)):
        before, after = _read(text), _read(law(clauses))
        pack = compare_pack(before, Document("law", "The law", "Parliament", "2026-01", "England"), after, ())
        text = taken_over(pack, law(clauses), text, day)
        now, seen = _read(text), seen | set(clauses)
        assert set(now) == seen
        assert {name for name, each in now.items() if each.gone} == seen - set(clauses)
        assert {name: each.text for name, each in now.items() if not each.gone} == clauses
        assert {name for name, each in now.items() if each.changed == day} == pack.touched


def _read(text: str) -> dict[str, Clause]:
    found = read_pack("policies/law.yaml", text)
    assert found
    return found[1]


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A school's folder, beside a newer AskFirst whose edition of one document has a changed, a new and no other
    clause."""
    folder, shipped = tmp_path / "knowledge", tmp_path / "shipped"
    shutil.copytree(small_base(), folder)
    shutil.copytree(folder / "policies", shipped / "policies")
    renew(shipped)
    monkeypatch.setenv("ASKFIRST_KNOWLEDGE", str(folder))
    monkeypatch.setenv("ASKFIRST_MODEL", "none")
    monkeypatch.setattr("adapters.command.policy_updates.shipped_base", lambda: shipped)
    return folder


def renew(shipped: Path) -> None:
    """The next edition of Kent's document: clause 16 says something else, and one is new."""
    path = shipped / "policies" / "kent.yaml"
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    place = next(number for number, line in enumerate(lines) if "id: kent-16," in line)
    begin, _, _ = lines[place].partition(' text: "')
    lines[place] = f'{begin} text: "Ask a parent in writing each time."}}'
    lines.append(f'{begin.replace("kent-16", "kent-99")} asked: false, text: "Keep the letter for a year."}}')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_the_differences_are_said_and_taken_over_once_somebody_says_so(
    newer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*arguments: str) -> str:
        assert main.run_verb(["policy", "updates", *arguments]) == 0
        return " ".join(capsys.readouterr().out.split())

    assert "kent: " in said() and "1 clauses change or go" in said()
    shown = said("kent")
    assert "Changed: kent-16" in shown and "New: kent-99" in shown and "Answers that rest on what changes: " in shown
    resting = [each.id for each in load(newer).entries.values() if "kent-16" in each.cites]
    assert resting and all(each in shown for each in resting)
    assert "kent-99" not in load(newer).clauses, "nothing is taken over by being looked at"
    assert "Taken over." in said("kent", "--take-over")
    knowledge = load(newer)
    assert knowledge.clauses["kent-16"].text == "Ask a parent in writing each time."
    assert [each.id for each in knowledge.entries.values() if each.policy_changed] == resting
    assert said() == "Nothing newer: the base has what came with this AskFirst."
