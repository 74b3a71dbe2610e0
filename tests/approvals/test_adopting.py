"""`askfirst adopt`: a school of its own begins with its own people, and with nothing approved."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from adapters.command import main
from bot.answering.dialogue import Base
from bot.knowledge import load
from bot.knowledge.approvals.first import FIRST
from bot.knowledge.schools.anew import Named, anew, parts_of
from bot.service.approving.adopting import NotAdoptedError, id_of
from tests.approvals.giving import asked
from tests.conftest import KNOWLEDGE, NOW

PEOPLE = {
    "dsl": {"name": "Dr Moira O'Neil", "phone": "01632 960201", "email": "m.oneil@oak.example"},
    "head": {"name": "Mr Jon: Bell", "phone": "+44 1632 960202", "email": "j.bell@oak.example"},
    "chair": {"name": "Prof. Ada #1", "phone": "01632 960203"},
    "office": {"name": "The office", "phone": "01632 960204", "email": "office@oak.example"},
    "lado": {"name": "The designated officer", "phone": "01632 960205"},
    "duty": {"name": "Night duty", "phone": "01632 960206"},
    "business-manager": {"name": "Ms Bee Em", "phone": "01632 960207", "email": "b.em@oak.example"},
}
NAME = "St Oak’s C of E School"
# Everything that is typed for the same school: the nation, then a name, a number and an address for each part.
TYPED = (
    "", "Dr Moira O'Neil", "01632 960201", "m.oneil@oak.example", "", "", "Mr Jon: Bell", "12", "j.bell@oak.example",
    "Mr Jon: Bell", "+44 1632 960202", "j.bell@oak.example", "", "Prof. Ada #1", "01632 960203", "", "",
    "", "", "", "01632 960204", "office@oak.example", "-", "-", "", "01632 960205", "-", "", "01632 960206", "-",
    "Ms Bee Em", "01632 960207", "b.em@oak.example", "",
)  # fmt: skip


def answers(tmp_path: Path, nation: str = "England", people: Mapping[str, object] | None = None) -> Path:
    """PEOPLE, but for these (None: left out), as a file."""
    file = tmp_path / "answers.yaml"
    given = {"nation": nation, "people": {key: who for key, who in {**PEOPLE, **(people or {})}.items() if who}}
    file.write_text(yaml.safe_dump(given, allow_unicode=True), encoding="utf-8")
    return file


def test_its_people_are_its_own_and_nobody_of_the_demo_school_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "oak"
    assert main.run_verb(["adopt", NAME, "--folder", str(folder), "--answers", str(answers(tmp_path))]) == 0
    school = load(folder).school
    assert (school.id, school.name, school.nation) == ("st-oak-s-c-of-e-school", NAME, "England")
    for key, given in PEOPLE.items():
        person = school.people[key]
        assert (person.name, person.phone, person.email) == (given["name"], given["phone"], given.get("email", ""))
    assert school.holders("business-manager")[0].name == "Ms Bee Em"
    assert school.roles["deputy-dsl"] == school.roles["online-safety-lead"] == ()
    lines = (folder / "school.yaml").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if "CPOMS" not in line)  # an example, in a comment
    assert "Bello" not in text and "fernbank" not in text
    assert not any(number in text for number in ("020 7946 01", "07700 900"))
    policy = load(folder).policy
    assert policy.questions and not (policy.answers or policy.approved or policy.editions)


def test_numbers_of_the_whole_nation_and_comments_stay(tmp_path: Path) -> None:
    text = (KNOWLEDGE / "school.yaml").read_text(encoding="utf-8")
    named = {key: Named(given["name"], given["phone"]) for key, given in PEOPLE.items()}
    made = anew(text, "oak", "Oak", "England", named, NOW.date().isoformat())
    assert "phone: 101," in made and "0800 028 0285" in made and "116 123" in made
    comments = {line.partition("#")[2] for line in text.splitlines() if "#" in line}
    kept = {line.partition("#")[2] for line in made.splitlines() if "#" in line}
    assert {each for each in comments - kept if "CPOMS" not in each} == {
        " The demo school. Everybody here is made up; the telephone numbers are from the range kept for drama.",
        " Change every line before real use, then run `askfirst check` and `askfirst doctor`.",
    }
    assert f"checked: {NOW.date()}" in made
    assert [part.key for part in parts_of(text)][:4] == ["dsl", "deputy-1", "deputy-2", "head"]


def test_nothing_is_approved_and_whoever_asks_is_told_whom_to_ask(tmp_path: Path, base: Base) -> None:
    folder = tmp_path / "oak"
    main.run_verb(["adopt", NAME, "--folder", str(folder), "--answers", str(answers(tmp_path))])
    knowledge = load(folder)
    assert knowledge.approvals and not knowledge.approvals.given and not knowledge.approvals.made_up
    assert all(entry.withheld for entry in knowledge.entries.values())
    reply = asked(base.understanding, knowledge)
    assert reply.answer is None and reply.contact
    handed = asked(base.understanding, knowledge, "a boy in my class told me his dad hits him").handover
    assert handed and handed.people[0].name == "Dr Moira O'Neil"


def test_the_same_typed_in_gives_the_same_school(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = iter(TYPED)
    monkeypatch.setattr("builtins.input", lambda prompt="": next(lines))
    assert main.run_verb(["adopt", NAME, "--folder", str(tmp_path / "typed")]) == 0
    assert next(lines, None) is None
    assert "holds" in (said := capsys.readouterr().out) or "too few digits" in said or "neither 0" in said
    school = load(tmp_path / "typed").school
    assert (school.people["head"].name, school.people["head"].phone) == ("Mr Jon: Bell", "+44 1632 960202")
    assert school.people["office"].name == "The school office"
    assert school.roles["emergency-contact"] == () and school.holders("business-manager")


def test_it_says_what_to_approve_first_and_what_must_be_true(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "oak"
    main.run_verb(["adopt", NAME, "--folder", str(folder), "--answers", str(answers(tmp_path))])
    said = capsys.readouterr().out
    knowledge = load(folder)
    there = [name for name in FIRST if knowledge.find(name)]
    assert "[ ] danger-999: " in said and len(there) >= 5
    assert f"askfirst approve {' '.join(there)} --by 'Dr Moira O'\"'\"'Neil' --role dsl" in said
    items = {item for entry in knowledge.entries.values() for item in entry.confirm if entry.holds_in("England")}
    assert all(f"[ ] {item} (" in said for item in items)


def test_a_school_in_scotland_needs_no_lado(tmp_path: Path) -> None:
    care = {"name": "Social work", "phone": "01632 960208"}
    people: dict[str, object] = {"lado": None, "social-care": care}
    file = answers(tmp_path, "Scotland", people)
    assert main.run_verb(["adopt", "Oak", "--folder", str(tmp_path / "oak"), "--answers", str(file)]) == 0
    school = load(tmp_path / "oak").school
    assert "lado" not in school.people and school.holders("lado")[0].name == "Social work"


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ({"dsl": None}, "dsl: is missing. Name the Designated Safeguarding Lead"),
        ({"dsl": {"name": "A", "phone": "12"}}, "starts with neither 0 nor +"),
        ({"dsl": {"name": "A", "phone": "01632 960201", "email": "nobody"}}, "has no @"),
        ({"caretaker": {"name": "A", "phone": "01632 960201"}}, "caretaker: is not a field"),
        ({"dsl": {"name": "A", "phone": "01632 960201", "room": "4"}}, "room: is not a field"),
    ],
)
def test_answers_that_cannot_be_used_make_no_school(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], people: dict[str, object], said: str
) -> None:
    file = answers(tmp_path, people=people)
    assert main.run_verb(["adopt", NAME, "--folder", str(tmp_path / "oak"), "--answers", str(file)]) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "oak").exists()


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run_verb(["adopt", NAME, "--folder", str(tmp_path), "--answers", str(answers(tmp_path))]) == 1
    assert "is there already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["answers.yaml"]


def test_whoever_stops_typing_has_made_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(prompt: str = "") -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", stopped)
    assert main.run_verb(["adopt", NAME, "--folder", str(tmp_path / "oak")]) == 1
    assert not (tmp_path / "oak").exists()


@pytest.mark.parametrize(("name", "id_"), [("Oak", "oak"), ("St. Ann's 2", "st-ann-s-2"), ("x" * 60, "x" * 40)])
def test_a_name_becomes_an_id(name: str, id_: str) -> None:
    assert id_of(name) == id_


def test_a_name_without_a_letter_is_refused() -> None:
    with pytest.raises(NotAdoptedError):
        id_of("学校")
