"""readiness.yaml: a fault is named with its place and its remedy, and every nation has its own clauses."""

from __future__ import annotations

import pytest
import yaml

from bot.knowledge import Knowledge
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.readiness import KNOWN, READINESS, Readiness, check_readiness, read_readiness
from bot.knowledge.schools.model import NATIONS

GOOD = """
parts:
  - id: people
    title: People
    statements:
      - id: dsl-named
        says: "The {dsl} is named."
        evidence: "The name."
        not_yet: "Name somebody."
        cites: [kent-01]
"""
CLAUSES = {"kent-01": "England", "wales-01": "Wales", "both-01": "England and Wales"}


def faults_of(text: str) -> str:
    faults = Faults()
    readiness = read_readiness(YamlFields(faults, READINESS, "", yaml.load(text, yaml.BaseLoader)), faults)
    check_readiness(readiness, CLAUSES, ("dsl", "head"), faults)
    return "\n".join(map(str, faults.found))


def test_a_part_is_no_longer_than_its_page_can_send() -> None:
    one = GOOD.partition("    statements:\n")[2]
    longer = GOOD + "".join(one.replace("id: dsl-named", f"id: one-{number}") for number in range(12))
    assert "people > statements: has 13 of them. Keep it to 12, and begin another part" in faults_of(longer)


def test_a_good_file_has_no_fault_and_a_base_may_have_none() -> None:
    assert faults_of(GOOD) == ""
    assert read_readiness(None, Faults()) == Readiness()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kent-01", "kent-99", "dsl-named > cites: there is no clause 'kent-99'. Cite an id from policies/"),
        ("{dsl}", "{deputy}", "'{deputy}' stands for nothing. Use: dsl, head"),
        ("is named.", "is named. So is a deputy.", "is more than one sentence"),
        ("is named.", "is named", "says: is no whole sentence. End it with a full stop"),
        ("is named.", f"is named {'very ' * 24}well.", "has 29 words. Keep it to 25 words"),
        ("cites: [kent-01]", "cites_in: {Wales: [wales-01]}", "rests on no clause in Scotland"),
        ("cites: [kent-01]", "cites: [kent-01]\n        cites_in: {Wales: [kent-01]}", "'kent-01' is no rule of Wales"),
        ("cites: [kent-01]", "cites: [kent-01]\n        cites_in: {France: [kent-01]}", "France: is not a field"),
        ("cites: [kent-01]", "cites: [kent-01]\n        known: everything", "'everything' is not known"),
        ("cites: [kent-01]", "cites: [kent-01]\n        nations: [Mars]", "'Mars' is not known"),
        ("id: dsl-named", "id: DSL named", "'DSL named' cannot be used"),
        ("evidence:", "evidense:", "evidense: is not a field that AskFirst knows"),
    ],
)
def test_a_fault_names_its_place_and_the_remedy(old: str, new: str, said: str) -> None:
    assert old in GOOD
    assert said in faults_of(GOOD.replace(old, new, 1))


def test_an_id_that_stands_twice_is_found() -> None:
    twice = GOOD + GOOD.partition("statements:\n")[2]
    assert "dsl-named > id: is the id of more than one statement" in faults_of(twice)


def test_a_statement_may_be_asked_in_some_nations_alone_and_rest_there_on_their_own_clauses() -> None:
    welsh = GOOD.replace("cites: [kent-01]", "cites_in: {Wales: [wales-01, both-01]}\n        nations: [Wales]")
    assert faults_of(welsh) == ""


def test_the_shipped_statements_are_in_five_parts_and_rest_on_clauses_in_each_nation(knowledge: Knowledge) -> None:
    parts = knowledge.readiness.parts
    assert [part.id for part in parts] == ["people", "policy", "parents", "safety", "pupils"]
    for nation in NATIONS:
        asked = [each for each in knowledge.readiness.statements() if each.asked_in(nation)]
        assert len(asked) == (27 if nation == "England" else 26)
        assert all(each.clauses_in(nation) for each in asked)
        dsl = next(each for each in asked if each.id == "dsl-named")
        assert all(knowledge.clauses[clause].of(nation) for clause in dsl.clauses_in(nation))
    assert {each.known for each in knowledge.readiness.statements()} == {None, *KNOWN}
