"""One value that cannot be opened any more closes nothing else."""

from __future__ import annotations

import datetime as dt

import pytest

from adapters.console.subject_access import subject_lines
from bot.concerns import ChildFile
from bot.knowledge import School
from bot.service.casework import Casework, RefusedError
from bot.service.casework.subject_access import SubjectRequests
from bot.store import Case, Store
from tests.conftest import NOW
from tests.ladder.world import PUPIL, World
from tests.store.made import change

OVER = "x'01000000000000000000000000000000000000000000000000000000000000'"


@pytest.fixture
def world(store: Store, school: School) -> World:
    return World(store, school, NOW)


def _damage(store: Store, table: str, column: str, where: str) -> None:
    change(str(store._database.engine.url), f"UPDATE {table} SET {column} = {OVER} WHERE {where}")


def test_a_child_s_file_whose_name_is_damaged_keeps_nobody_from_a_concern(store: Store, world: World) -> None:
    number, dsl = world.log(PUPIL).number, world.reader("dsl")
    world.casework.file_under(dsl, number, "", "Zoe Lark", NOW)
    _damage(store, "files", "name", "1 = 1")
    record = world.casework.read(dsl, number, NOW)
    assert [file.name for file in record.files] == ["(a name that cannot be opened)"]


def test_a_file_that_is_gone_meanwhile_is_refused_and_nothing_is_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, dsl = world.log(PUPIL).number, world.reader("dsl")
    monkeypatch.setattr(Case, "files", lambda *_: (ChildFile("gone", "Zoe Lark", ()),))
    with pytest.raises(RefusedError, match="Make a new one"):
        world.casework.file_under(dsl, number, "gone", "", NOW)
    assert "linked" not in world.kinds(number)


def test_a_damaged_concern_stays_in_the_list_and_the_others_too(store: Store, school: School, world: World) -> None:
    first, second = world.log(PUPIL).number, world.log(PUPIL, seen="Another day.").number
    _damage(store, "concerns", "about", f"number = '{first}'")
    _damage(store, "concerns", "state", f"number = '{first}'")
    found = {each.number: each for each in store.inbox(school.id).summaries(world.reader("dsl"))}
    assert (found[first].kind, found[first].state.status) == (None, "open")
    assert found[second].kind == "pupil"
    assert len(store.inbox(school.id).counted(world.reader("dsl"))) == 2


@pytest.mark.parametrize("kind", ["logged", "note"])
def test_a_damaged_line_hides_no_other_concern_and_an_answer_says_so(
    store: Store, school: School, world: World, kind: str
) -> None:
    first, second = world.log(PUPIL).number, world.log(PUPIL, seen="Another day.").number
    world.casework.note(world.reader("dsl"), first, "She is well.", NOW)
    _damage(store, "events", "detail", f"concern = '{first}' AND kind = '{kind}'")
    assert second in store.inbox(school.id).search(world.reader("dsl"), "zoe lark")
    requests = SubjectRequests(school, store, Casework(lambda: school, store))
    found = requests.gather("Zoe Lark", "dsl", "deputy-1", "the terminal", NOW)
    assert ([each.number for each in found.records], found.unreadable) == ([second], (first,))
    assert any(f"cannot be opened, so nobody knows whether they belong here: {first}." in line
               for line in subject_lines(found, school))  # fmt: skip


def test_a_damaged_delivery_is_given_up_and_the_next_one_taken_over(store: Store, school: School) -> None:
    received, later = store.received(school.id, "slack"), NOW + dt.timedelta(minutes=2)
    damaged, other = received.take("Ev1", "hello", NOW), received.take("Ev2", "hello", NOW)
    assert damaged and other
    _damage(store, "received", "payload", f"id = '{damaged.id}'")
    assert [each.id for each in received.left_over(later)] == [other.id]
    assert received.unanswered(later).count == 1
