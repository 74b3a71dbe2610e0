"""At the terminal, when typing or the store takes its time: which hour is written down, and what is said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from adapters.chat.tasks import facts_of
from adapters.console.concern import NotLoggedError, add_more, log_concern
from adapters.console.inbox import Terminal, show_concern, work_on
from bot.answering.dialogue import Base
from bot.concerns import Reporter
from bot.errors import AskFirstError
from bot.service.casework import Casework
from bot.service.core import Core
from bot.store import Store, StoreError
from tests.conftest import NOW

HALF_AN_HOUR = dt.timedelta(minutes=30)
LOGGED = {"danger": ("no",), "told": ("no",), "about": ("pupil",), "pupils": ("Zed Test",), "seen": ("A bruise.",)}
ME = Reporter("Sam Teal", "Teacher")


class AtLength:
    """A clock, and somebody who takes half an hour over each line that they type."""

    def __init__(self, *lines: str) -> None:
        self.now, self._lines = NOW, iter(lines)

    def clock(self) -> dt.datetime:
        return self.now

    def types(self, _: str) -> str:
        self.now += HALF_AN_HOUR
        return next(self._lines)


@pytest.fixture
def core(base: Base, store: Store) -> Core:
    return Core(lambda: base, store)


def desk_of(core: Core, reader: str, clock: Callable[[], dt.datetime]) -> Terminal:
    found = core.casework.reader(reader)
    assert found
    return Terminal(core.casework, core.store, core.school(), found, clock)


def test_what_is_done_is_dated_after_the_last_word_was_typed(core: Core) -> None:
    logged, slowly = core.casework.log("one", LOGGED, NOW, ME), AtLength("Spoke to home.", "He limps.")
    work_on(desk_of(core, "dsl", slowly.clock), logged.number, "note", slowly.types)
    add_more(core.casework, core.school(), logged.receipt, slowly.types, slowly.clock)
    with core.store.concerns(core.school().id).work_on_ladder(logged.number) as case:
        found = {event.kind: event.at for event in case.events}
    assert (found["note"], found["added"]) == (NOW + HALF_AN_HOUR, NOW + 2 * HALF_AN_HOUR)


def test_that_it_is_also_about_the_headteacher_is_shown_everywhere(core: Core) -> None:
    both = {**LOGGED, "about": ("adult", "head"), "adult_name": ("Joe Marsh",), "adult_role": ("Coach",), "pupils": ()}
    number = core.casework.log("one", both, NOW, ME).number
    desk = desk_of(core, "chair", lambda: NOW)
    shown = [*show_concern(desk, number), facts_of(core.casework.read(desk.reader, number, NOW, "Slack"))["About"]]
    about = [each for each in shown if "Joe Marsh, Coach" in each and "The headteacher" in each]
    assert len(about) == 2


def stops(prompt: str) -> str:
    return "stop" if "stop" in prompt else ""


def unreachable(*_: object) -> None:
    raise StoreError("the database is away")


def unexpected(*_: object, **__: object) -> None:
    raise RuntimeError("Zed Test")


@pytest.mark.parametrize(("fails", "why"), [(unreachable, "the database is away"), (unexpected, "RuntimeError")])
def test_a_line_that_could_not_be_added_says_so_and_whom_to_ring(
    core: Core, monkeypatch: pytest.MonkeyPatch, fails: Callable[..., None], why: str
) -> None:
    monkeypatch.setattr(Casework, "add", fails)
    with pytest.raises(NotLoggedError) as told:
        add_more(core.casework, core.school(), "A", lambda _: "He limps.", lambda: NOW)
    said = str(told.value)
    assert "This was NOT added" in said and "999" in said and "Ms Amara Bello on 020 7946" in said and why in said
    assert "Zed Test" not in said


def test_an_empty_line_is_refused_in_a_sentence(core: Core) -> None:
    receipt = core.casework.log("one", LOGGED, NOW, ME).receipt
    with pytest.raises(AskFirstError, match=r"^nothing was added\. Write a few words"):
        add_more(core.casework, core.school(), receipt, lambda _: "", lambda: NOW)


def pressed(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("word", ["logged", "added"])
def test_ctrl_c_while_it_is_being_stored_leaves_nobody_unsure_whom_to_ring(
    core: Core, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setattr(Future, "result", pressed)
    with pytest.raises(NotLoggedError) as told:
        if word == "added":
            add_more(core.casework, core.school(), "A", lambda _: "He limps.", lambda: NOW)
        log_concern(core.casework, core.school(), stops, lambda _: None, lambda: NOW)
        pytest.fail("it was taken for stored")
    assert f"treat it as NOT {word}" in str(told.value) and "Ms Amara Bello on 020 7946" in str(told.value)


def test_what_nobody_expected_says_that_it_was_not_logged(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Casework, "log", unexpected)
    lines = list[str]()
    with pytest.raises(NotLoggedError, match="RuntimeError") as told:
        log_concern(core.casework, core.school(), stops, lines.append, lambda: NOW)
    assert "This was NOT logged" in str(told.value) and "020 7946" in str(told.value) and "Zed" not in str(told.value)
