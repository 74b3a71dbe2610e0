"""A document of the school's own: looked over without a word changed, kept, and compared with its next edition."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge.policies.difference import WordRun, difference
from bot.knowledge.policies.editing import CitedClauseError, ClauseEditError, join, leave_out, mark, split, tick
from bot.knowledge.policies.editions import Compared, compare, first_edition
from bot.knowledge.policies.importing.about import slug_of
from bot.knowledge.policies.importing.clauses import ImportedClause
from bot.knowledge.policies.own import LetIn, OwnClause, OwnDocument, Tick
from bot.service.policy_reading.files import change_own

DAY = dt.date(2026, 11, 23)
LATER = dt.date(2027, 9, 1)
RULES = (
    "Phones stay in the bag from the first bell to the last. Visitors leave theirs at the office.",
    "Staff never give a pupil their own number, whatever the reason for it may be.",
    "Pictures of pupils are taken with the school's camera and with no other.",
    "The head decides who may post in the name of the school on any site.",
    "Whoever is told of a worry about a child goes to the DSL on the same day.",
    "Marking at home is done on a machine that the school has set up for it.",
)
AGREES = Tick("friend-pupil", True, "Ms Amara Bello", "dsl", DAY, "0123456789ab", "ba9876543210")


def imported(*rules: str, heading: str = "1 Phones") -> list[ImportedClause]:
    return [ImportedClause(rule, (heading,), f"1.{number}", number) for number, rule in enumerate(rules, 1)]


def document(*rules: str) -> OwnDocument:
    return OwnDocument(
        "phones", "Phones", "1", "2026-09-01", "England", "phones.docx", "d" * 64, DAY,
        first_edition("phones", imported(*(rules or RULES))),
    )  # fmt: skip


def texts(own: OwnDocument) -> list[str]:
    return [each.text for each in own.clauses if not each.gone]


def kinds(compared: Sequence[Compared]) -> dict[str, str]:
    return {(each.old or each.new or OwnClause("", ())).id: each.kind for each in compared}


def test_a_clause_is_split_before_the_words_that_are_named_and_joined_again() -> None:
    parted = split(document(), "phones-01", "Visitors leave", ())
    assert texts(parted)[:2] == [RULES[0].split(" V")[0], "Visitors leave theirs at the office."]
    assert parted.clauses[1].id == "phones-07"
    assert texts(join(parted, "phones-01", ())) == list(RULES)


def test_two_clauses_are_joined_under_the_id_of_the_first_and_split_where_that_was_done() -> None:
    joined = join(document(), "phones-02", ())
    assert texts(joined)[1] == f"{RULES[1]} {RULES[2]}"
    assert joined.clauses[2].id == "phones-04"
    assert texts(split(joined, "phones-02", "Pictures of", ())) == list(RULES)


def test_the_id_of_a_clause_that_was_joined_is_never_used_again() -> None:
    joined = join(document(), "phones-05", ())
    assert split(joined, "phones-01", "Visitors leave", ()).clauses[1].id == "phones-07"


def test_what_an_answer_rests_on_is_neither_left_out_nor_joined_away() -> None:
    with pytest.raises(ClauseEditError, match="Answers rest on phones-02"):
        leave_out(document(), ["phones-02"], {"phones-02"})
    with pytest.raises(ClauseEditError, match="Answers rest on phones-02"):
        join(document(), "phones-01", {"phones-02"})


def test_the_words_that_stand_beside_an_answer_are_neither_cut_nor_made_longer() -> None:
    with pytest.raises(CitedClauseError, match="Answers rest on phones-01"):
        split(document(), "phones-01", "Visitors leave", {"phones-01"})
    with pytest.raises(CitedClauseError, match="Answers rest on phones-01"):
        join(document(), "phones-01", {"phones-01"})


@pytest.mark.parametrize(
    ("clause", "words", "said"),
    [("phones-01", "the", "does not stand once"), ("phones-01", "Nowhere", "does not stand once"),
     ("phones-01", "Phones", "does not stand once"), ("phones-99", "x", "There is no clause phones-99")],
)  # fmt: skip
def test_a_place_that_is_not_clear_is_not_split(clause: str, words: str, said: str) -> None:
    with pytest.raises(ClauseEditError, match=said):
        split(document(), clause, words, ())


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_word_is_changed_whatever_is_split_and_joined(data: st.DataObject) -> None:
    own, words = document(), " ".join(RULES).split()
    for _ in range(data.draw(st.integers(1, 8))):
        clause = data.draw(st.sampled_from([each for each in own.clauses if not each.gone]))
        place = data.draw(st.integers(1, 12))
        try:
            if data.draw(st.booleans()):
                own = split(own, clause.id, " ".join(clause.own_text.split()[place : place + 4]), ())
            else:
                own = join(own, clause.id, ())
        except ClauseEditError:
            continue
    assert " ".join(texts(own)).split() == words
    assert len({each.id for each in own.clauses}) == len(own.clauses)


def test_a_document_is_read_back_from_its_file_as_it_was_kept(tmp_path: Path) -> None:
    joined = join(split(document(), "phones-01", "Visitors leave", ()), "phones-03", ())
    own = tick(mark(joined, ["phones-02"], "must-not"), "phones-02", AGREES)
    own = replace(own, let_in=LetIn("Ms Amara Bello", "dsl", 'They are "named": as staff', DAY), former=("a.yaml",))
    change_own(tmp_path, "phones", lambda _: own)
    assert change_own(tmp_path, "phones", lambda there: there or document()) == own


def test_the_same_edition_is_the_same() -> None:
    compared, clauses = compare(document(), imported(*RULES), LATER)
    assert set(kinds(compared).values()) == {"same"}
    assert clauses == document().clauses


def test_every_kind_of_change_is_told_apart() -> None:
    new = [
        *imported(RULES[0], RULES[1].replace("never give", "give"), RULES[3]),
        ImportedClause(
            "Personal tablets are treated in the same way as personal telephones are.", ("1 Phones",), "1.4", 2
        ),
        ImportedClause(RULES[5], ("2 Work at home",), "2.1", 2),
    ]
    compared, clauses = compare(document(), new, LATER)
    assert kinds(compared) == {
        "phones-01": "same", "phones-02": "changed", "phones-03": "gone", "phones-04": "renumbered",
        "phones-05": "gone", "phones-06": "moved", "phones-07": "new",
    }  # fmt: skip
    assert [each.id for each in clauses if not each.gone] == [
        "phones-01", "phones-02", "phones-04", "phones-07", "phones-06",
    ]  # fmt: skip
    assert {each.id for each in clauses if each.changed == LATER} == {"phones-02", "phones-03", "phones-05"}


def test_other_quotes_and_dashes_are_no_change() -> None:
    new = [replace(each, text=each.text.replace("school's", "school’s")) for each in imported(*RULES)]
    assert set(kinds(compare(document(), new, LATER)[0]).values()) == {"same"}


def test_what_people_marked_split_and_joined_stays_in_the_new_edition() -> None:
    own = mark(
        join(split(document(), "phones-01", "Visitors leave", ()), "phones-03", ()), ["phones-01", "phones-03"], "must"
    )
    changed = [
        RULES[0].replace("at the office", "in the office"),
        *RULES[1:3],
        RULES[3].replace("head", "deputy"),
        *RULES[4:],
    ]
    compared, clauses = compare(own, imported(*changed), LATER)
    assert kinds(compared) == {
        "phones-01": "same", "phones-07": "changed", "phones-02": "same", "phones-03": "changed", "phones-05": "same",
        "phones-06": "same",
    }  # fmt: skip
    by_id = {each.id: each for each in clauses}
    assert by_id["phones-07"].text == "Visitors leave theirs in the office."
    assert by_id["phones-03"].pieces == (RULES[2], changed[3])
    assert by_id["phones-03"].force == "must"


def test_texts_that_repeat_themselves_without_end_are_told_apart_at_once() -> None:
    begun = time.process_time()
    old, new = " ".join(["a", "b"] * 500), " ".join(["b", "a", "a"] * 500)
    assert difference(old, new) == (WordRun("gone", old), WordRun("new", new))
    assert difference(old, old) == (WordRun("same", old),)
    assert time.process_time() - begun < 2


def test_the_difference_is_told_word_by_word() -> None:
    assert difference("Staff must not post pictures.", "Staff may post pictures.") == (
        WordRun("same", "Staff"), WordRun("gone", "must not"), WordRun("new", "may"), WordRun("same", "post pictures."),
    )  # fmt: skip


@given(st.lists(st.sampled_from(range(len(RULES))), unique=True), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_nothing_is_lost_between_two_editions(kept: list[int], added: int) -> None:
    """Every clause of the old edition and of the new one stands in what is kept, once."""
    new = imported(
        *(RULES[each] for each in kept), *(f"Rule {word} is about ladders and paint." for word in "abc"[:added])
    )
    compared, clauses = compare(document(), new, LATER)
    assert sorted(each.text for each in clauses if not each.gone) == sorted(each.text for each in new)
    assert {each.id for each in clauses} >= {each.id for each in document().clauses}
    assert len(compared) == len(clauses) == len({each.id for each in clauses})


@pytest.mark.parametrize(
    ("title", "slug"),
    [("Social Media Policy", "social-media"), ("Policy", "policy"), ("!?", "policy"),
     ("Policy for the safeguarding of children and young people at risk", "safeguarding-children-young")],
)  # fmt: skip
def test_an_id_is_made_of_the_title(title: str, slug: str) -> None:
    assert slug_of(title) == slug
