"""A fault in the base is found, named by file, entry and field, and says what to do."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answering.checking import check, notices
from bot.answering.dialogue import Base
from bot.knowledge import Knowledge, KnowledgeError, School, load
from bot.knowledge.files.plain_yaml import parse
from tests.approving import approved
from tests.conftest import KNOWLEDGE, NOW
from tests.make_base import small_base

Edit = Callable[[str, str, str], Path]


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """A copy of the small base with one text replaced in one file."""

    def edit(file: str, old: str, new: str) -> Path:
        folder = tmp_path / "knowledge"
        shutil.copytree(small_base(), folder, dirs_exist_ok=True)
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return edit


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("entries/culture.yaml", "ruling: ", "rulling: ", ("rulling", "is not a field")),
        ("entries/culture.yaml", "award-01", "award-99", ("cites", "no clause 'award-99'")),
        ("entries/culture.yaml", "related: [", "related: [nowhere-at-all, ", ("related", "no entry 'nowhere-at-all'")),
        ("entries/culture.yaml", "phrasings:\n", "phrasings: []\n    x:\n", ("phrasings", "not a list")),
        ("entries/culture.yaml", "ruling: info", "ruling: never", ("ruling", "'never' is not known")),
        ("entries/contact-families.yaml", "fact: leaver-age", "fact: shoe-size", ("facts", "no fact 'shoe-size'")),
        ("entries/contact-families.yaml", "when: under-19", "when: under-20", ("facts", "no case for 'under-19'")),
        ("tips.yaml", "entry: ", "entry: not-there-", ("entry", "no entry 'not-there-")),
        ("school.yaml", "dsl: [dsl]", "dsl: [nobody]", ("dsl", "no person 'nobody'")),
        ("school.yaml", "nation: England", "nation: England\nkeep_letters: 0", ("keep_letters", "from 1 to 1440")),
        ("school.yaml", "nation: England", "nation: Atlantis", ("nation", "'Atlantis' is not known")),
        ("policies/kent.yaml", "force: may", "force: maybe", ("force", "'maybe' is not known")),
        ("triage.yaml", "pattern: '", "pattern: '(", ("pattern", "not a valid pattern")),
        ("lexicon.yaml", "\ngroups:\n", "\ngroups: [\n", ("lexicon.yaml", "not valid YAML")),
    ],
)  # fmt: skip
def test_a_fault_names_its_place_and_the_remedy(
    edited: Edit, file: str, old: str, new: str, said: tuple[str, str]
) -> None:
    with pytest.raises(KnowledgeError) as caught:
        load(edited(file, old, new))
    faults = [str(fault) for fault in caught.value.faults]
    assert any(said[0] in fault and said[1] in fault for fault in faults), faults
    assert all(fault.file in file or file in fault.file or fault.file for fault in caught.value.faults)
    assert all(fault.remedy for fault in caught.value.faults)


def test_every_fault_is_reported_at_once(edited: Edit) -> None:
    folder = edited("entries/culture.yaml", "award-01", "award-99")
    (folder / "tips.yaml").write_text("tips: [{id: one, entry: none-such, text: hello}]", encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load(folder)
    assert {fault.file for fault in caught.value.faults} >= {"entries/culture.yaml", "tips.yaml"}


def test_a_school_says_how_long_the_text_of_a_letter_is_kept(edited: Edit, school: School) -> None:
    assert school.keep_letters == 30
    assert load(edited("school.yaml", "nation: England", "nation: England\nkeep_letters: 14")).school.keep_letters == 14


def test_of_a_base_that_is_read_again_only_what_has_changed_is_parsed_again(edited: Edit) -> None:
    folder = edited("school.yaml", "England", "England")
    load(folder)
    before = parse.cache_info().misses
    (folder / "school.yaml").write_text(
        (folder / "school.yaml").read_text(encoding="utf-8") + "# read again\n", encoding="utf-8"
    )
    load(folder)
    assert parse.cache_info().misses == before + 1


def test_an_empty_base_is_a_fault(edited: Edit) -> None:
    folder = edited("school.yaml", "England", "England")
    for path in (folder / "entries").iterdir():
        path.unlink()
    with pytest.raises(KnowledgeError, match="0 entries"):
        load(folder)


def test_a_wording_over_ninety_words_is_a_fault(edited: Edit) -> None:
    with pytest.raises(KnowledgeError, match="the wording has"):
        load(edited("entries/culture.yaml", "answer: >-\n", "answer: >-\n      " + "word " * 95 + "\n"))


def test_the_base_covers_every_clause_with_at_least_a_hundred_entries(knowledge: Knowledge) -> None:
    assert len(knowledge.entries) >= 100
    cited = {clause for entry in knowledge.entries.values() for clause in entry.cites}
    assert {clause.id for clause in knowledge.clauses.values() if clause.asked} <= cited


def test_no_phrasing_is_a_message_of_a_question_file(knowledge: Knowledge) -> None:
    """The labelled questions measure the base; they must not be in it."""
    from bot.answering.checking import bare
    from bot.answering.scoring import read_questions

    files = sorted((KNOWLEDGE.parent.parent / "shared" / "questions").glob("*.yaml"))
    asked = {bare(question.text) for file in files for question in read_questions(file)}
    written = {bare(text) for entry in knowledge.entries.values() for text in entry.texts}
    written |= {bare(each.text) for each in knowledge.outside}
    written |= {bare(example.text) for example in knowledge.triage.examples}
    assert not asked & written


@pytest.mark.wide
@pytest.mark.slow
def test_an_entry_that_takes_the_phrasings_of_another_is_found(tmp_path: Path, base: Base) -> None:
    stolen = [text.replace('"', "") for text in base.knowledge.entries["award-badge"].texts]
    added = "      thief:\n" + "".join(f'        - "{text} {more}"\n' for text in stolen for more in ("!", "?"))
    path = Path(shutil.copytree(small_base(), tmp_path / "knowledge")) / "entries" / "parents-conduct.yaml"
    before, name, after = path.read_text(encoding="utf-8").partition("  - id: name-and-shame\n")
    path.write_text(before + name + after.replace("phrasings:\n", "phrasings:\n" + added, 1), encoding="utf-8")
    found = [str(fault) for fault in check(load(path.parent.parent), None, NOW.date())]
    assert any("award-badge" in fault and "is answered by 'name-and-shame'" in fault for fault in found), found


def test_an_entry_past_its_review_date_is_reported(knowledge: Knowledge, base: Base) -> None:
    from bot.answering.checking import past_review

    signed = approved(knowledge)
    assert past_review(signed, NOW.date()) == past_review(base.knowledge, dt.date(2040, 1, 1)) == []
    due = {each.entry for each in notices(signed, dt.date(2040, 1, 1)) if each.field == "review_by"}
    assert due == set(knowledge.entries)
