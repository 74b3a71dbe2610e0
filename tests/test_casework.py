"""What people do with a concern, at the interface that every channel calls; on SQLite and on PostgreSQL."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.concerns import Asked, IncompleteError, Reader, Record
from bot.knowledge import School
from bot.service.casework import Casework, RefusedError
from bot.store import Store, UnknownConcernError
from tests.conftest import NOW

FORM = {
    "danger": ("no",), "told": ("no",), "about": ("pupil",), "pupils": ("Zed Test, 7B",), "seen": ("A bruise.",),
    "you_name": ("Tess Teacher",), "you_role": ("teacher",),
}  # fmt: skip


@pytest.fixture
def casework(school: School, either: Store) -> Casework:
    return Casework(lambda: school, either)


def reader(casework: Casework, person: str) -> Reader:
    found = casework.reader(person)
    assert found
    return found


def read(casework: Casework, number: str, person: str = "dsl") -> Record:
    return casework.read(reader(casework, person), number, NOW)


def kinds(record: Record) -> list[str]:
    return [event.kind for event in record.events if event.kind != "opened"]


def test_the_same_form_sent_again_adds_nothing(casework: Casework) -> None:
    first = casework.log("key", FORM, NOW)
    again = casework.log("key", FORM, NOW + dt.timedelta(minutes=5))
    assert again.receipt == first.receipt
    assert kinds(read(casework, first.number)) == ["logged"]


def test_what_is_new_in_a_form_that_is_sent_again_is_added_once(casework: Casework) -> None:
    first = casework.log("key", FORM, NOW)
    changed = {**FORM, "seen": ("A bruise, and a cut.",), "where": ("The gym",)}
    for _ in range(2):
        assert casework.log("key", changed, NOW + dt.timedelta(minutes=5)).receipt == first.receipt
    record = read(casework, first.number)
    assert kinds(record) == ["logged", "added"]
    assert "A bruise, and a cut." in record.events[1].detail.text
    assert "The gym" in record.events[1].detail.text
    assert record.report.seen == "A bruise."


@pytest.mark.parametrize(
    "change",
    [
        {"pupils": ("Ada Other, 8C",)},
        {"danger": ("yes",)},
        {"about": ("pupil", "head")},
        {"about": ("pupil", "adult"), "adult": ("dsl",)},
    ],
)
def test_a_form_that_is_sent_again_about_somebody_else_is_a_concern_of_its_own(
    casework: Casework, change: dict[str, tuple[str, ...]]
) -> None:
    first = casework.log("key", FORM, NOW)
    other = casework.log("key", {**FORM, **change}, NOW)
    assert other.number != first.number
    assert kinds(read(casework, first.number)) == ["logged"]


def test_a_concern_is_followed_up_closed_and_reopened(casework: Casework) -> None:
    number = casework.log("key", FORM, NOW).number
    dsl = reader(casework, "dsl")
    casework.acknowledge(dsl, number, NOW)
    casework.note(dsl, number, "Spoke to her form tutor.", NOW)
    casework.action(dsl, number, "Ring home.", dt.date(2026, 11, 24), NOW)
    action = read(casework, number).events[-2]
    casework.action_done(dsl, number, action.number, NOW)
    casework.decide(dsl, number, "No referral.", "Nothing points to harm.", NOW)
    casework.refer(dsl, number, "Early help", "EH-1", "", NOW)
    casework.correct(dsl, number, action.number, "Ring her aunt.", NOW)
    file = casework.file_under(dsl, number, "", "Zed Test", NOW)
    casework.close(dsl, number, "Support in place.", "No further worry.", dt.date(2033, 9, 1), NOW)
    casework.reopen(dsl, number, "Another bruise.", NOW)
    record = read(casework, number)
    assert kinds(record) == [
        "logged", "acknowledged", "note", "action", "action-done", "decision", "referred", "correction", "linked",
        "closed", "reopened",
    ]  # fmt: skip
    assert record.state.status == "acknowledged"
    assert [each.id for each in record.files] == [file]
    assert "Ring home." in [event.detail.text for event in record.events]


def test_whoever_works_on_it_has_acknowledged_it(casework: Casework) -> None:
    number = casework.log("key", FORM, NOW).number
    casework.note(reader(casework, "deputy-1"), number, "On my way.", NOW)
    record = read(casework, number)
    assert kinds(record) == ["logged", "acknowledged", "note"]
    assert record.state.holder
    assert record.state.holder.name == "Mr Owen Pryce"


def test_of_two_who_acknowledge_the_first_has_it(casework: Casework) -> None:
    number = casework.log("key", FORM, NOW).number
    casework.acknowledge(reader(casework, "deputy-2"), number, NOW)
    state = casework.acknowledge(reader(casework, "dsl"), number, NOW)
    assert state.holder
    assert state.holder.name == "Mrs Hina Qureshi"
    assert kinds(read(casework, number)).count("acknowledged") == 1


def test_whoever_logged_it_cannot_acknowledge_or_close_it(casework: Casework) -> None:
    own = {**FORM, "you": ("dsl",)} | {"you_name": (), "you_role": ()}
    number = casework.log("key", own, NOW, asked=Asked("typed", "dsl")).number
    dsl = reader(casework, "dsl")
    with pytest.raises(RefusedError, match="somebody else"):
        casework.acknowledge(dsl, number, NOW)
    with pytest.raises(RefusedError, match="somebody else"):
        casework.close(dsl, number, "Done.", "Done.", None, NOW)
    casework.note(dsl, number, "More that I know.", NOW)
    assert read(casework, number).state.status == "open"


def test_a_button_pressed_twice_is_one_line(casework: Casework) -> None:
    number = casework.log("key", FORM, NOW).number
    for _ in range(2):
        casework.note(reader(casework, "dsl"), number, "Once.", NOW)
    assert kinds(read(casework, number)).count("note") == 1


@pytest.mark.parametrize("person", ["chair", "online"])
def test_what_is_not_yours_is_what_does_not_exist(casework: Casework, person: str) -> None:
    number = casework.log("key", FORM, NOW).number
    with pytest.raises(UnknownConcernError) as theirs:
        read(casework, number, person)
    with pytest.raises(UnknownConcernError) as nowhere:
        read(casework, "00000", person)
    assert str(theirs.value) == str(nowhere.value)


@pytest.mark.parametrize(
    ("change", "reads", "locked_out"),
    [
        ({"about": ("pupil", "adult"), "adult": ("deputy-1",)}, "head", ["dsl", "deputy-1", "deputy-2", "chair"]),
        ({"about": ("pupil", "adult"), "adult": ("dsl",)}, "head", ["dsl", "deputy-1", "chair"]),
        ({"about": ("pupil", "head")}, "chair", ["head", "dsl", "deputy-1"]),
        ({"about": ("pupil", "adult"), "adult_name": ("ruth CALDER",)}, "chair", ["head", "dsl"]),
    ],
)
def test_the_person_it_is_about_is_never_let_in(
    casework: Casework, change: dict[str, tuple[str, ...]], reads: str, locked_out: list[str]
) -> None:
    number = casework.log("key", {**FORM, **change}, NOW).number
    assert read(casework, number, reads).number == number
    for person in locked_out:
        with pytest.raises(UnknownConcernError):
            read(casework, number, person)


def test_it_cannot_be_passed_on_to_the_person_it_is_about(casework: Casework) -> None:
    change = {"about": ("pupil", "adult"), "adult": ("online",)}
    number = casework.log("key", {**FORM, **change}, NOW).number
    with pytest.raises(RefusedError, match="this person"):
        casework.reassign(reader(casework, "head"), number, "online", "Please.", NOW)


def test_whoever_it_is_passed_on_to_can_read_it(casework: Casework) -> None:
    number = casework.log("key", FORM, NOW).number
    casework.reassign(reader(casework, "dsl"), number, "online", "It is about a phone.", NOW)
    record = read(casework, number, "online")
    assert record.state.status == "open"
    casework.acknowledge(reader(casework, "online"), number, NOW)
    assert read(casework, number).state.status == "acknowledged"


def test_a_second_press_passes_it_on_once(casework: Casework) -> None:
    number = casework.log("key", FORM, NOW).number
    for _ in range(2):
        casework.reassign(reader(casework, "dsl"), number, "online", "It is about a phone.", NOW)
    kinds = [event.kind for event in read(casework, number, "online").events]
    assert kinds.count("reassigned") == 1


def test_deleting_takes_two_and_a_closed_concern(casework: Casework, either: Store, school: School) -> None:
    number = casework.log("key", FORM, NOW).number
    dsl, head = reader(casework, "dsl"), reader(casework, "head")
    with pytest.raises(RefusedError, match="closed"):
        casework.ask_deletion(dsl, number, "Logged by mistake.", NOW)
    casework.close(dsl, number, "A mistake.", "It was a play.", None, NOW)
    casework.ask_deletion(dsl, number, "Logged by mistake.", NOW)
    with pytest.raises(RefusedError, match="two people"):
        casework.answer_deletion(dsl, number, agreed=True, reason="Yes.", now=NOW)
    casework.answer_deletion(head, number, agreed=True, reason="I agree.", now=NOW)
    with pytest.raises(UnknownConcernError):
        read(casework, number)
    assert either.audit(school.id).verify() == ()
    assert [line.kind for line in either.audit(school.id).lines()][-1] == "deleted"


def test_more_from_the_reporter_reaches_somebody_again(casework: Casework) -> None:
    receipt = casework.log("key", FORM, NOW)
    casework.acknowledge(reader(casework, "dsl"), receipt.number, NOW)
    casework.add(receipt.receipt, "Now her brother as well.", NOW)
    assert read(casework, receipt.number).state.status == "open"
    followed = casework.follow(receipt.receipt, NOW)
    assert followed
    assert [step.text for step in followed.steps] == [
        "You logged it.", "Ms Amara Bello acknowledged it.", "You added more.",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "   ", "x" * 20_001])
def test_an_empty_or_endless_text_is_named(casework: Casework, text: str) -> None:
    receipt = casework.log("key", FORM, NOW)
    with pytest.raises(IncompleteError) as raised:
        casework.add(receipt.receipt, text, NOW)
    assert list(raised.value.problems) == ["text"]


def test_export_is_a_line_in_the_chronology(casework: Casework) -> None:
    number = casework.log("key", FORM, NOW).number
    export = casework.export(reader(casework, "dsl"), (number,), "pdf", NOW)
    assert kinds(export.records[0]) == ["logged", "exported"]
    assert export.by.name == "Ms Amara Bello"
