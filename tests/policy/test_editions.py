"""Built again, a document says what has changed, clause by clause."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.command.approval_lines import damaged_lines
from adapters.command.notice_lines import notice_lines
from adapters.documents.policy.words import changes_table
from bot.answering.checking import notices
from bot.knowledge.school_policy.editions import ClauseChange, changes, next_edition
from bot.knowledge.school_policy.model import EDITIONS
from bot.service.policy_writing.building import documents
from bot.service.policy_writing.files import PolicyError
from tests.policy.conftest import DAY, LATER, PolicySchool, printed

WORDS = st.sampled_from(("Ask first.", "Ring 999.", "Lock it.", "Tell the head."))
SAID = st.dictionaries(st.sampled_from("abcdef"), WORDS).map(
    lambda found: [(name, f"1.{place}", text) for place, (name, text) in enumerate(found.items(), 1)]
)


def test_built_twice_nothing_has_changed(fernbank: PolicySchool) -> None:
    fernbank.build()
    before = fernbank.editions.read_bytes()
    for document in fernbank.build(LATER).values():
        assert (document.changes, document.edition.number, document.edition.on) == ((), 1, DAY)
    assert fernbank.editions.read_bytes() == before


def test_another_answer_names_the_clauses_and_gives_them_alone_a_new_edition(fernbank: PolicySchool) -> None:
    fernbank.build()
    fernbank.answer("ex-pupil-age", "21")
    fernbank.approve_all()
    staff = fernbank.build(LATER)["staff-policy"]
    assert [(each.kind, each.number) for each in staff.changes] == [("changed", "7.5"), ("changed", "7.6")]
    editions = {each.id: (each.edition, each.on) for each in staff.clauses()}
    assert {name for name, since in editions.items() if since == (2, LATER)} == {"ex-pupils", "meeting-ex-pupils"}
    assert editions["danger-first"] == (1, DAY)
    again = fernbank.build(LATER)["staff-policy"]
    assert again.changes == () and printed(again) == printed(staff), "the edition keeps its table of changes"
    assert again.edition.changes == staff.changes and (table := changes_table(again))
    assert [row[:2] for row in table.rows] == [("7.5", "Changed"), ("7.6", "Changed")]


def test_what_another_document_says_is_none_of_its_changes(fernbank: PolicySchool) -> None:
    fernbank.build()
    fernbank.answer("complaint-days", "3")
    fernbank.approve_all()
    built = fernbank.build(LATER)
    assert built["letter-to-parents"].edition.number == 2
    assert [built[name].edition.number for name in ("staff-policy", "acceptable-use-agreement")] == [1, 1]


def test_a_clause_that_goes_moves_those_after_it(fernbank: PolicySchool) -> None:
    fernbank.build()
    fernbank.answer("early-years", "no")
    fernbank.approve_all()
    changed = fernbank.compose(LATER)["acceptable-use-agreement"].changes
    assert [(each.kind, each.number, each.before) for each in changed] == [
        ("moved", "3.4", "3.5"),
        ("gone", "3.4", "Store your phone and smart watch away wherever there are nursery or Reception children."),
    ]


def test_another_number_of_somebody_is_a_change_of_the_table(fernbank: PolicySchool) -> None:
    fernbank.build()
    fernbank.edit("school.yaml", "020 7946 0102", "020 7946 0188")
    changed = fernbank.compose(LATER)["visitors-and-supply"].changes
    assert [(each.kind, each.number) for each in changed] == [("changed", "3")]
    assert "020 7946 0188" in changed[0].now


def test_a_draft_is_no_edition(fernbank: PolicySchool) -> None:
    fernbank.build()
    before = fernbank.editions.read_bytes()
    fernbank.answer("ex-pupil-age", "21")
    draft = fernbank.build(LATER)["staff-policy"]
    assert draft.is_draft and [each.number for each in draft.changes] == ["7.5", "7.6"]
    assert fernbank.editions.read_bytes() == before


@pytest.mark.parametrize("text", ["editions: [", "editions: {staff-policy: {edition: two}}", "\xff: x: y\n\t- a"])
def test_a_damaged_file_of_editions_is_a_warning_and_every_answer_is_served(fernbank: PolicySchool, text: str) -> None:
    before = fernbank.load()
    fernbank.editions.write_text(text, encoding="utf-8")
    knowledge = fernbank.load()
    assert (knowledge.entries, knowledge.policy.editions) == (before.entries, {})
    [notice] = [each for each in notices(knowledge, DAY) if each.file == EDITIONS]
    assert "damaged" in notice.problem
    [line] = damaged_lines(lambda: knowledge)
    assert line.startswith("WARN   policy/editions.yaml: it is damaged")
    assert any("editions.yaml" in said for said in notice_lines([notice], every=False))
    with pytest.raises(PolicyError, match="put it back from a backup"):
        documents(knowledge, DAY)
    assert fernbank.editions.read_text(encoding="utf-8") == text


@given(SAID, SAID)
def test_every_difference_is_said_once_and_nothing_else(
    before: list[tuple[str, str, str]], after: list[tuple[str, str, str]]
) -> None:
    first = next_edition(None, before, DAY)
    second = next_edition(first, after, LATER)
    found = list(changes(first, second))
    assert (found == []) == (sorted(before) == sorted(after)) == (second is first)
    old, new = ({name: (number, text) for name, number, text in said} for said in (before, after))
    assert len(found) == len({name for name in {*old, *new} if old.get(name) != new.get(name)})
    for name in old.keys() & new.keys():
        if old[name][1] == new[name][1]:
            assert second.clauses[name].edition == 1


def test_of_a_first_edition_nothing_is_said() -> None:
    edition = next_edition(None, [("a", "1.1", "Ask first.")], dt.date(2026, 9, 1))
    assert list(changes(None, edition)) == []
    assert ClauseChange("new", "1.2", "", "Ring 999.") in changes(
        edition, next_edition(edition, [("a", "1.1", "Ask first."), ("b", "1.2", "Ring 999.")], LATER)
    )
