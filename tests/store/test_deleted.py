"""A concern that two people deleted is nowhere any more: every column of every table is opened and searched for it."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from bot.answering.dialogue import Conversation, NoteGap
from bot.concerns import Account, IncompleteError, Reporter
from bot.knowledge import School
from bot.service.casework import RefusedError
from bot.store import Finished, Place, Store, alert_name, alerts_of, open_store, schema
from tests.conftest import KEY, NOW
from tests.ladder.world import PUPIL, World
from tests.store.full import values_of
from tests.store.made import change, rows
from tests.store.planted import REPORT, said_elsewhere, worked_on

WRITTEN = re.compile(r"\w*marker\w*|zelda|neglect", re.IGNORECASE)
REASONS = ("Past its day in our schedule.", "I have looked, and agree.")


def _world(store: Store, school: School) -> World:
    return World(store, school, NOW)


def _deleted(world: World, number: str) -> None:
    world.now += dt.timedelta(minutes=1)
    world.casework.ask_deletion(world.reader("deputy-1"), number, REASONS[0], world.now)
    world.casework.answer_deletion(world.reader("head"), number, True, REASONS[1], world.now)


def _kept_of(store: Store, database: str, tables: frozenset[str] = frozenset()) -> set[str]:
    """Every word of WRITTEN in any column of any table (or of these), opened with the vault where it is sealed."""
    sealed = [each for each in values_of(database) if not tables or each.column.table.name in tables]
    texts = [each.read(store, each.stored) for each in sealed]
    chosen = [each for each in schema.metadata.sorted_tables if not tables or each.name in tables]
    texts += [repr([rows(database, table) for table in chosen])]
    return {found.lower() for text in texts for found in WRITTEN.findall(text)}


def test_what_two_people_deleted_is_in_no_column_of_any_table(either: Store, school: School, database: str) -> None:
    world = _world(either, school)
    number = worked_on(world)
    said_elsewhere(world)
    place = Place(alert_name(number, "U1", "m1"), "Placemarker")
    either.places(school.id, alerts_of("teams")).keep(place)
    before = _kept_of(either, database)
    assert {"zelda", "marker", "notemarker", "7filemarker", "mailmarker", "placemarker"} <= before
    assert "zelda" in _kept_of(either, database, frozenset({"received"}))
    _deleted(world, number)
    assert _kept_of(either, database) == set()
    assert either.audit(school.id).verify(world.now) == ()
    assert either.received(school.id, "slack").unanswered(world.now).count == 1, "who watches hears of it"


def test_the_audit_keeps_who_when_and_both_reasons(either: Store, school: School) -> None:
    world = _world(either, school)
    number = worked_on(world)
    assert not [each for each in either.audit(school.id).lines() if "reason" in each.remark]
    _deleted(world, number)
    lines = [each for each in either.audit(school.id).lines() if each.concern == number]
    last = [(each.kind, each.by.person, each.at, each.remark) for each in lines if each.kept]
    assert last == [
        ("deletion-asked", "deputy-1", world.now, f"reason: {REASONS[0]}"),
        ("deleted", "head", world.now, f"reason: {REASONS[1]}"),
    ]
    assert {each.by.name for each in lines if each.kind in ("logged", "added")} == {""}
    assert {each.by.person for each in lines if each.kind == "note"} == {"dsl"}, "who of the school worked on it stays"


def test_what_is_about_somebody_else_stays(either: Store, school: School) -> None:
    world = _world(either, school)
    other = world.log(PUPIL)
    world.casework.file_under(world.reader("dsl"), other.number, "", "Zoe Lark", world.now)
    later = "a new form about Zelda Marker that nobody has dealt with yet"
    number = worked_on(world)
    said_elsewhere(world)
    either.received(school.id, "slack").take("new", later, world.now + dt.timedelta(seconds=1))
    gap = NoteGap("May I ring the mother of Zelda Marker?", None, "no-answer")
    either.talk("elsewhere").finish_turn("somebody", Finished(Conversation(), (gap,)), world.now)
    either.received("elsewhere", "slack").take("theirs", "about Zelda Marker", world.now)
    _deleted(world, number)
    record = world.casework.read(world.reader("dsl"), other.number, world.now)
    assert [file.name for file in record.files] == ["Zoe Lark"] and record.report.seen == "She flinched."
    assert either.received(school.id, "slack").kept("new") == later
    assert len(either.talk("elsewhere").gaps()) == 1 and either.received("elsewhere", "slack").kept("theirs")


def test_what_a_chat_sent_stays_where_only_a_line_of_it_is_in_it(store: Store, school: School) -> None:
    world = _world(store, school)
    line = "He came in without a coat again today, and had no lunch."
    number = world.log({**REPORT, "seen": line}).number
    world.casework.close(world.reader("dsl"), number, "Seen to", "All well", None, world.now)
    for delivery, text in (("line", line), ("name", f"{line} ZELDA MARKER")):
        store.received(school.id, "slack").take(delivery, text, world.now)
    _deleted(world, number)
    assert [store.received(school.id, "slack").kept(each) for each in ("line", "name")] == [line, None]


def test_a_file_goes_with_the_last_concern_in_it(either: Store, school: School, database: str) -> None:
    world = _world(either, school)
    first = worked_on(world)
    world.now += dt.timedelta(minutes=5)
    second = world.log({**REPORT, "seen": "Another day."}).number
    file = world.casework.read(world.reader("dsl"), first, world.now).files[0]
    world.casework.file_under(world.reader("dsl"), second, file.id, "", world.now)
    world.casework.close(world.reader("dsl"), second, "Seen to", "All well", None, world.now)
    _deleted(world, first)
    assert len(rows(database, schema.files)) == 1, "the other concern is still in it"
    _deleted(world, second)
    assert rows(database, schema.files) == []


def test_an_adult_who_reported_themselves_is_named_nowhere(either: Store, school: School, database: str) -> None:
    world = _world(either, school)
    own = Reporter("Mr Ben Ferreira", "Online safety lead", "online", Account("slack", "U9"), "slack")
    answers = {
        "danger": ("no",), "told": ("no",), "about": ("adult",), "adult": ("online",), "seen": ("I shouted at him.",),
    }  # fmt: skip
    number = world.casework.log("key", answers, world.now, own).number
    world.casework.reassign(world.reader("head"), number, "chair", "To be sure", world.now)
    world.casework.close(world.reader("head"), number, "Seen to", "All well", None, world.now)
    world.casework.ask_deletion(world.reader("head"), number, REASONS[0], world.now)
    world.casework.answer_deletion(world.reader("chair"), number, True, REASONS[1], world.now)
    texts = " ".join(each.read(either, each.stored) for each in values_of(database))
    assert "Ferreira" not in texts and '"online"' not in texts
    assert rows(database, schema.excluded) == []
    assert either.audit(school.id).verify(world.now) == ()


def test_a_headteacher_is_named_nowhere_either(store: Store, school: School) -> None:
    world = _world(store, school)
    number = world.log(PUPIL, about=("pupil", "head")).number
    chair, deputy = world.reader("chair"), world.reader("deputy-1")
    gaps = (NoteGap("May I ring Ruth Calder?", None, "no-answer"), NoteGap("Is Mrs Hale in?", None, "no-answer"))
    store.talk(school.id).finish_turn("somebody", Finished(Conversation(), gaps), world.now)
    world.casework.reassign(chair, number, "deputy-1", "To be sure", world.now)
    world.casework.close(chair, number, "Seen to", "All well", None, world.now)
    with pytest.raises(IncompleteError):
        world.casework.ask_deletion(chair, number, "Mrs Calder has left.", world.now)
    world.casework.ask_deletion(chair, number, "Mrs Hale has looked: past its day.", world.now)
    world.casework.answer_deletion(deputy, number, True, REASONS[1], world.now)
    assert [gap.question for gap in store.talk(school.id).gaps()] == ["Is Mrs Hale in?"]


@pytest.mark.parametrize(
    "reason",
    ["Zelda has left us.", "About zelda marker, past its day.", "It says Zelda Marker", "As reportermarker teal says."],
)
def test_a_reason_that_names_whom_it_is_about_is_refused(store: Store, school: School, reason: str) -> None:
    world = _world(store, school)
    number = worked_on(world)
    with pytest.raises(IncompleteError) as raised:
        world.casework.ask_deletion(world.reader("dsl"), number, reason, world.now)
    assert "stays in the audit" in raised.value.problems["reason"]
    world.casework.ask_deletion(world.reader("dsl"), number, REASONS[0], world.now)
    with pytest.raises(IncompleteError):
        world.casework.answer_deletion(world.reader("head"), number, True, reason, world.now)
    assert world.casework.read(world.reader("head"), number, world.now).report


def test_one_person_alone_deletes_nothing(store: Store, school: School) -> None:
    world = _world(store, school)
    number = worked_on(world)
    world.casework.ask_deletion(world.reader("dsl"), number, REASONS[0], world.now)
    with pytest.raises(RefusedError, match="two people"):
        world.casework.answer_deletion(world.reader("dsl"), number, True, REASONS[1], world.now)


def test_what_its_reporter_has_just_added_to_is_not_deleted(store: Store, school: School) -> None:
    world = _world(store, school)
    given = world.log(REPORT)
    world.casework.close(world.reader("dsl"), given.number, "Seen to", "All well", None, world.now)
    world.casework.ask_deletion(world.reader("dsl"), given.number, REASONS[0], world.now)
    world.casework.add(given.receipt, "Now her brother as well.", world.now)
    with pytest.raises(RefusedError, match="open again"):
        world.casework.answer_deletion(world.reader("head"), given.number, True, REASONS[1], world.now)
    summary = next(each for each in store.inbox(school.id).summaries(world.reader("head")))
    assert summary.state.status == "open" and summary.next_due is not None, "the new ladder still calls"


def test_it_is_still_proved_where_whoever_asked_has_the_name_of_the_child(store: Store, school: School) -> None:
    world = _world(store, school)
    number = world.log(PUPIL, pupils="Mr Owen Pryce, 7B").number
    world.casework.close(world.reader("dsl"), number, "Seen to", "All well", None, world.now)
    _deleted(world, number)
    assert store.audit(school.id).verify(world.now) == ()


def test_a_letter_that_was_on_its_way_writes_nothing_more(store: Store, school: School) -> None:
    world = _world(store, school)
    number = world.log(REPORT).number
    (notice, *_) = world.delivery.claim(world.now)
    world.casework.close(world.reader("dsl"), number, "Seen to", "All well", None, world.now)
    _deleted(world, number)
    lines = len(store.audit(school.id).lines())
    world.delivery.failed(notice, "email", ("email",), "no answer", world.now)
    world.delivery.sent(notice, "email", world.now)
    assert len(store.audit(school.id).lines()) == lines


def test_an_alert_that_was_on_its_way_leaves_no_place_of_it(either: Store, school: School) -> None:
    world = _world(either, school)
    number = world.log(REPORT).number
    alerts, place = either.places(school.id, alerts_of("teams")), Place(alert_name(number, "U1", "m1"), "Placemarker")
    assert alerts.keep_alert(place) and alerts.all() == (place,)
    world.casework.close(world.reader("dsl"), number, "Seen to", "All well", None, world.now)
    _deleted(world, number)
    assert not alerts.keep_alert(place)
    assert alerts.all() == ()


FORGED = {
    "who logged it": "UPDATE events SET by = (SELECT by FROM events WHERE number = 3) WHERE number = 1",
    "when": "UPDATE events SET at = at + 1 WHERE number = 1",
    "what": "UPDATE events SET kind = 'note' WHERE number = 1",
    "which concern": "UPDATE events SET concern = 'AAAAA' WHERE number = 1",
    "another hash": "UPDATE events SET hash = 'forged' WHERE number = 1",
    "the first reason is gone": "UPDATE events SET detail = NULL WHERE kind = 'deletion-asked'",
    "the reason is gone": "UPDATE events SET detail = NULL WHERE kind = 'deleted'",
    "both reasons are gone": "UPDATE events SET detail = NULL WHERE kind IN ('deletion-asked', 'deleted')",
    "the first reason is the second": "UPDATE events SET detail = (SELECT detail FROM events WHERE kind = 'deleted') "
    "WHERE kind = 'deletion-asked'",
}


@pytest.mark.parametrize("what", FORGED)
def test_a_line_without_its_name_is_still_proved(store: Store, school: School, what: str) -> None:
    world = _world(store, school)
    _deleted(world, worked_on(world))
    assert store.audit(school.id).verify(world.now) == ()
    change(str(store._database.engine.url), FORGED[what])
    assert store.audit(school.id).verify(world.now) != ()


def test_it_is_still_proved_after_the_keys_were_leaked(either: Store, school: School, database: str) -> None:
    world = _world(either, school)
    _deleted(world, worked_on(world))
    either.renew_keys()
    after = open_store(database, (KEY,), Path("nowhere.key"))
    assert after.audit(school.id).verify(world.now) == ()
    change(database, FORGED["when"])
    assert after.audit(school.id).verify(world.now) != ()
    after.close()
