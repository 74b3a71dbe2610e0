"""Clauses: those that say the same rule, those on hold, and what is still to be looked up."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answering.checking import notices
from bot.answering.topics import entries_of, served, topics_of
from bot.answering.wordings import in_words
from bot.knowledge import Knowledge, KnowledgeError, load
from bot.knowledge.schools.model import NATIONS
from tests.conftest import KNOWLEDGE, NOW


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the base without approvals, so that what is served follows from entries and clauses alone."""
    copied = Path(shutil.copytree(KNOWLEDGE, tmp_path / "knowledge"))
    (copied / "approvals.yaml").unlink()
    return copied


def changed(folder: Path, file: str, old: str, new: str) -> Path:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def said_of(knowledge: Knowledge, clause: str) -> dict[str, str]:
    return {each.field: each.problem for each in notices(knowledge, NOW.date()) if each.entry == clause}


def test_an_entry_that_rests_on_clauses_on_hold_alone_is_not_served(folder: Path) -> None:
    entry = next(each for each in load(folder).entries.values() if not each.hold and len(each.cites) == 2)
    for clause in entry.cites:
        assert not load(folder).entries[entry.id].hold
        document = clause.rsplit("-", 1)[0]
        changed(folder, f"policies/{document}.yaml", f"id: {clause},", f"id: {clause}, hold: true,")
    knowledge = load(folder)
    assert knowledge.entries[entry.id].hold
    assert entry.id not in {each.id for each in served(knowledge, knowledge.entries.values())}
    assert "rests on this clause alone" in said_of(knowledge, entry.cites[0])["hold"]


def test_what_says_the_same_rule_is_named_and_must_be_there(folder: Path) -> None:
    assert load(folder).clauses["practice-06"].same_as == ("kcsie-08", "kcsie-09")
    changed(folder, "policies/practice.yaml", "same_as: [kcsie-08,", "same_as: [kcsie-99,")
    with pytest.raises(KnowledgeError, match="practice-06 > same_as: there is no other clause 'kcsie-99'"):
        load(folder)


def test_what_a_person_has_to_look_up_is_a_notice_and_no_fault(folder: Path) -> None:
    changed(folder, "policies/kcsie.yaml", "id: kcsie-01,", 'id: kcsie-01, look_up: "The paragraph of the 2026 text",')
    assert said_of(load(folder), "kcsie-01")["look_up"] == "The paragraph of the 2026 text"


def test_a_clause_that_no_entry_rests_on_first_is_named_unless_one_that_says_the_same_is(knowledge: Knowledge) -> None:
    entries = {
        name: replace(entry, cites=tuple(each for each in entry.cites if each != "practice-07") or ("kent-01",))
        for name, entry in knowledge.entries.items()
    }
    without = replace(knowledge, entries=entries)
    assert "cites" not in said_of(without, "practice-07")  # kcsie-10 says it
    alone = replace(
        without, clauses={**knowledge.clauses, "practice-07": replace(knowledge.clauses["practice-07"], same_as=())}
    )
    assert "first three" in said_of(alone, "practice-07")["cites"]


@pytest.mark.parametrize("nation", NATIONS)
def test_no_answer_names_a_role_or_document_that_the_nation_does_not_have(knowledge: Knowledge, nation: str) -> None:
    there = replace(knowledge, school=replace(knowledge.school, nation=nation))
    foreign = {"England": (), "Wales": ("KCSIE",)}.get(nation, ("KCSIE", "LADO"))
    found = []
    for entry in served(there, there.entries.values()):
        for text in (entry.badge, entry.answer, entry.why, entry.instead):
            drawn = in_words(there, text)
            assert "{" not in drawn, entry.id
            found += [f"{entry.id}: {word}" for word in foreign if word in drawn]
    assert found == []
    assert all(entries_of(there, topic.id) for topic in topics_of(there))
