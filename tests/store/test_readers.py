"""Every function of the store that is asked by somebody x every part x whom a concern is about: exactly theirs."""

from __future__ import annotations

import datetime as dt
import inspect
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import pytest

from bot.concerns import Detail, Reader
from bot.concerns.model import Adult, Report
from bot.knowledge import School
from bot.store import Store, UnknownConcernError
from bot.store.concern import Case
from tests.conftest import NOW
from tests.store.made import DSL_ACTOR, change, log, report_of
from tests.store.test_schools import parts_of_a_store

PEOPLE = ("dsl", "deputy-1", "deputy-2", "head", "chair", "online")
LATE = dt.date(2100, 1, 1)
WHOM: Mapping[str, tuple[Report, str]] = {  # whom it is about -> the report, and who may read it
    "a pupil": (report_of(), "dsl deputy-1 deputy-2 head"),
    "a deputy": (replace(report_of(), adult=Adult("", "", "deputy-1")), "head"),
    "a stranger": (report_of(about_adult=True), "head"),
    "the head": (replace(report_of(), head=True), "chair"),
    "the dsl": (replace(report_of(), adult=Adult("", "", "dsl"), pupils=()), "head"),
}
ABOUT = defaultdict(str, {"deputy-1": "a deputy", "head": "the head", "dsl": "the dsl"})
Numbers = Mapping[str, str]
Asked = Callable[[Store, School, Reader, Numbers], Iterable[str]]


def _with_each(ask: Callable[[str], object], numbers: Numbers) -> list[str]:
    """The numbers for which something is found."""

    def found(number: str) -> bool:
        try:
            return bool(ask(number))
        except UnknownConcernError:
            return False

    return [number for number in numbers.values() if found(number)]


def _worked(store: Store, school: School, reader: Reader, number: str) -> bool:
    with store.concerns(school.id).work(number, reader) as case:
        return case.number == number


def _files_in_a_case(store: Store, school: School, reader: Reader, numbers: Numbers) -> Iterable[str]:
    with store.concerns(school.id).work_on_ladder(numbers["a pupil"]) as case:
        return [number for file in case.files(reader) for number in file.numbers]


ASKED: Mapping[str, Asked] = {
    "Concerns.read": lambda store, school, reader, numbers: _with_each(
        lambda number: store.concerns(school.id).read(number, reader, DSL_ACTOR, NOW), numbers
    ),
    "Concerns.work": lambda store, school, reader, numbers: _with_each(
        lambda number: _worked(store, school, reader, number), numbers
    ),
    "Case.files": _files_in_a_case,
    "Inbox.summaries": lambda store, school, reader, _: (
        each.number for each in store.inbox(school.id).summaries(reader)
    ),
    "Inbox.search": lambda store, school, reader, _: store.inbox(school.id).search(reader, "Seenmarker"),
    "Inbox.reports": lambda store, school, reader, _: dict(store.inbox(school.id).reports(reader, "nobody")),
    "Inbox.files": lambda store, school, reader, _: (
        number for file in store.inbox(school.id).files(reader) for number in file.numbers
    ),
    "Inbox.open_actions": lambda store, school, reader, numbers: _with_each(
        lambda number: store.inbox(school.id).open_actions(reader, number), numbers
    ),
    "Inbox.reviews": lambda store, school, reader, _: (
        each.number for each in store.inbox(school.id).reviews(reader, LATE)
    ),
}
# Below, or part of those above: a row that was read with the condition already.
ELSEWHERE = {"Inbox.counted", "Inbox.unreadable"}
OF_A_ROW = {"summary", "files_of"}


@pytest.fixture
def numbers(store: Store, school: School) -> Numbers:
    """Of each a concern with an open action, in a file of its own, closed and to be reviewed."""
    found = {whom: log(store, school, whom, report).number for whom, (report, _) in WHOM.items()}
    for count, number in enumerate(found.values()):
        with store.concerns(school.id).work_on_ladder(number) as case:
            case.append("action", DSL_ACTOR, Detail(text="Ring home."), NOW)
            case.file_under(f"file-{count}", f"Name {count}")
            case.append("linked", DSL_ACTOR, Detail(reference=f"file-{count}"), NOW)
            case.append("closed", DSL_ACTOR, Detail(text="x", reason="y", due=dt.date(2026, 12, 1)), NOW)
    return found


def _reader(school: School, person: str) -> Reader:
    return Reader(person, frozenset(role for role, held in school.roles.items() if person in held))


@pytest.mark.parametrize("person", [*PEOPLE, "nobody"])
def test_whoever_asks_finds_what_they_may_read_and_no_more(
    store: Store, school: School, numbers: Numbers, person: str
) -> None:
    found = {function: set(ask(store, school, _reader(school, person), numbers)) for function, ask in ASKED.items()}
    theirs = {numbers[whom] for whom in _theirs(person)}
    assert {function: which for function, which in found.items() if which != theirs} == {}


@pytest.mark.parametrize("person", [*PEOPLE, "nobody"])
def test_whoever_holds_every_part_finds_all_but_what_is_about_them(
    store: Store, school: School, numbers: Numbers, person: str
) -> None:
    every = Reader(person, frozenset(school.roles))
    found = {function: set(ask(store, school, every, numbers)) for function, ask in ASKED.items()}
    others = {number for whom, number in numbers.items() if whom != ABOUT[person]}
    assert {function: which for function, which in found.items() if which != others} == {}


def _theirs(person: str) -> set[str]:
    return {whom for whom, (_, readers) in WHOM.items() if person in readers.split()}


@pytest.mark.parametrize("person", [*PEOPLE, "nobody"])
def test_what_cannot_be_opened_is_named_to_its_readers_alone(
    store: Store, school: School, numbers: Numbers, person: str
) -> None:
    change(str(store._database.engine.url), "UPDATE events SET detail = hash WHERE kind = 'logged'")
    named = set(store.inbox(school.id).unreadable(_reader(school, person), "nobody"))
    assert named == {numbers[whom] for whom in _theirs(person)}


@pytest.mark.parametrize("person", PEOPLE)
def test_the_figures_count_what_is_about_pupils_and_what_they_may_read(
    store: Store, school: School, numbers: Numbers, person: str
) -> None:
    assert len(store.inbox(school.id).counted(_reader(school, person))) == len(_theirs(person) | {"a pupil"})


def test_every_function_that_is_asked_by_somebody_is_walked(store: Store) -> None:
    kinds = [*(type(part(store)) for part in parts_of_a_store().values()), Case]
    public = {
        f"{kind.__name__}.{name}"
        for kind in kinds
        for name, function in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_") and "reader" in inspect.signature(function).parameters and name not in OF_A_ROW
    }
    assert public == set(ASKED) | ELSEWHERE
