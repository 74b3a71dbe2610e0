"""What can be done to a concern is the same on the page, in Slack, in Teams and in the terminal."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.console.inbox import Terminal, work_on
from bot.answering.dialogue import Base
from bot.concerns import IncompleteError, Reader, Reporter
from bot.concerns.actions import ALWAYS, MENUS, ActionField, OfferedWhen
from bot.concerns.typed import NOT_A_DAY_OR_EMPTY, NOT_PICKED, NOTHING_WRITTEN, PAST_DAY
from bot.errors import AskFirstError
from bot.service.casework import ACTIONS, Casework, ConcernAction, ConcernActions, RefusedError
from bot.service.casework.actions import WITHOUT, ActionTask
from bot.service.core import Core
from bot.store import Store
from tests.acting import CHANNELS, Channel, acting, fields_at, reader_of
from tests.conftest import NOW
from tests.slack.school import LOGGED

STATUSES = ("open", "acknowledged", "closed", "waiting for deletion")
DSL = Reader("dsl", frozenset({"dsl"}))
ACTION = {action.id: action for action in ACTIONS}


@pytest.fixture(params=CHANNELS)
async def channel(request: pytest.FixtureRequest, base: Base, store: Store) -> AsyncIterator[Channel]:
    async with acting(request.param, base, store) as opened:
        yield opened


def logged(channel: Channel, status: str = "open", by: str = "deputy-1", key: str = "one") -> str:
    """A concern that a deputy logged, as it stands once the head has worked on it."""
    work, head = channel.core.casework, reader_of(channel.core, "head")
    person = channel.core.school().people[by]
    number = work.log(key, LOGGED, NOW, Reporter(person.name, person.role, by, known_by="signed-in")).number
    if status != "open":
        work.acknowledge(head, number, NOW)
    if status in ("closed", "waiting for deletion"):
        work.close(head, number, "A mistake", "It was a play.", None, NOW)
    if status == "waiting for deletion":
        work.ask_deletion(head, number, "Logged by mistake.", NOW)
    return number


def open_action(channel: Channel, number: str, text: str = "Ring home.") -> int:
    """The number of an action that is still to be done."""
    head = reader_of(channel.core, "head")
    channel.core.casework.action(head, number, text, None, NOW)
    events = channel.core.casework.read(head, number, NOW).events
    return next(event.number for event in reversed(events) if event.kind == "action")


EVERYTHING = {"note", "action", "decision", "refer", "pass-on", "correct", "file", "export"}
OFFERED = {
    ("open", "dsl"): {*EVERYTHING, "acknowledge", "close"},
    ("open", "deputy-1"): {*EVERYTHING, "close"},  # logged by them: somebody else has to acknowledge it
    ("acknowledged", "dsl"): {*EVERYTHING, "close"},
    ("closed", "dsl"): {*EVERYTHING, "reopen", "ask-deletion"},
    ("waiting for deletion", "dsl"): {*EVERYTHING, "reopen", "agree", "keep"},
    ("waiting for deletion", "head"): {*EVERYTHING, "reopen", "keep"},  # asked for by them: somebody else has to agree
}


@pytest.mark.parametrize(("status", "who"), OFFERED)
async def test_the_same_is_offered_and_asked_on_every_channel(channel: Channel, status: str, who: str) -> None:
    number = logged(channel, status)
    wanted = [each for each in ACTIONS if each.id in OFFERED[(status, who)]]
    here = [each for each in wanted if each.needs is None or each.needs in channel.able]
    assert await channel.offers(who, number) == {each.title for each in here}
    if (status, who) != ("acknowledged", "dsl"):
        here = [each for each in here if each.when != ALWAYS]  # what is always offered asks the same always
    for action in here:
        # there are no files yet, and no open actions
        asked = [field.label for field in action.fields if field.kind != "file" and not field.each]
        assert [label for label in await channel.asks(who, number, action) if label != "Which file?"] == asked, (
            action.id
        )


async def test_an_action_that_is_still_to_be_done_can_be_marked_as_done(channel: Channel) -> None:
    number = logged(channel)
    about = open_action(channel, number)
    assert ACTION["done"].title in await channel.offers("dsl", number)
    assert await channel.asks("dsl", number, ACTION["done"]) == ["Number of the action"]
    assert ACTION["done"].said in await channel.does("dsl", number, ACTION["done"], {"about": str(about)})
    assert ACTION["done"].title not in await channel.offers("dsl", number)


async def test_closing_asks_what_becomes_of_each_open_action(channel: Channel) -> None:
    number = logged(channel)
    first, second = open_action(channel, number), open_action(channel, number, "Ring the nurse.")
    asked = await channel.asks("dsl", number, ACTION["close"])
    wanted = [f"What becomes of the action no. {each}" for each in (first, second)]
    assert [label.partition(":")[0] for label in asked[:2]] == wanted
    close = {"outcome": "Early help", "reason": "All agreed."}
    seen = await channel.does("dsl", number, ACTION["close"], {**close, f"becomes-{first}": "done"})
    assert ACTION["close"].said not in seen
    assert "closed" not in kinds_of(channel, number)
    becomes = {f"becomes-{first}": "cancelled", f"becomes-{second}": "kept"}
    assert ACTION["close"].said in await channel.does("dsl", number, ACTION["close"], {**close, **becomes})
    assert [kind for kind in kinds_of(channel, number) if kind.startswith(("action-", "closed"))] == [
        "action-cancelled", "action-kept", "closed",
    ]  # fmt: skip


async def test_a_form_that_knew_of_no_open_action_closes_nothing(channel: Channel) -> None:
    number = logged(channel)
    about = open_action(channel, number)
    given, dsl = {"outcome": "Done", "reason": "Done."}, reader_of(channel.core, "dsl")
    with pytest.raises(RefusedError, match=rf"an action is still open \(no. {about}\). Say whether it is done"):
        channel.core.actions.carry_out(dsl, number, "close", given, NOW, channel.able)
    with pytest.raises(IncompleteError):
        channel.core.actions.carry_out(
            dsl, number, "close", {**given, f"becomes-{about}": "forgotten"}, NOW, channel.able
        )
    assert "closed" not in kinds_of(channel, number)


def kinds_of(channel: Channel, number: str) -> list[str]:
    return [event.kind for event in channel.core.casework.read(reader_of(channel.core, "head"), number, NOW).events]


async def test_what_was_done_is_said_in_the_same_words(channel: Channel, tmp_path: Path) -> None:
    number = logged(channel)
    way = "pdf" if channel.able == {"files", "sign-in"} else str(tmp_path / "concern.pdf")
    report = str(channel.core.casework.read(reader_of(channel.core, "head"), number, NOW).logged.number)
    given = {
        "acknowledge": {},
        "note": {"text": "Rang home."},
        "action": {"text": "Ring the nurse.", "due": "2026-11-24"},
        "decision": {"text": "No referral.", "reason": "Her mother helps."},
        "refer": {"to": "Early help", "reference": "EH-1", "text": "They ring tomorrow."},
        "correct": {"about": report, "text": "It was the other lesson."},
        "file": {"name": "Zelda P."},
        "close": {"outcome": "Early help", "reason": "All agreed.", "review_on": "2033-09-01", "becomes": "done"},
        "reopen": {"reason": "It went on."},
        "export": {"way": way},
        "pass-on": {"person": "online", "reason": "He knows the app."},
    }
    for name, filled in given.items():
        action = ACTION[name]
        if becomes := filled.pop("becomes", ""):
            filled |= {field.id: becomes for field in fields_at(channel.core, "dsl", number, action)[:1]}
        if action.needs is None or action.needs in channel.able:
            assert action.said in await channel.does("dsl", number, action, filled), name
    events = channel.core.casework.read(reader_of(channel.core, "head"), number, NOW).events
    kinds = [event.kind for event in events if event.kind not in ("opened", "logged", "exported")]
    assert kinds == [
        "acknowledged", "note", "action", "decision", "referred", "correction", "linked", "action-done", "closed",
        "reopened", "reassigned",
    ]  # fmt: skip
    closed = next(event for event in events if event.kind == "closed")
    assert (closed.detail.text, closed.detail.due) == ("Early help", dt.date(2033, 9, 1))


async def test_whoever_is_slower_is_told_so(channel: Channel) -> None:
    number = logged(channel)
    channel.core.casework.acknowledge(reader_of(channel.core, "head"), number, NOW)
    done = channel.core.actions.carry_out(reader_of(channel.core, "dsl"), number, "acknowledge", {}, NOW, channel.able)
    assert (done.said, done.key) == (ACTION["acknowledge"].said_already, "acknowledge-already")
    assert channel.core.actions.said(done.key) == done.said


async def test_what_is_refused_is_refused_in_the_same_words(channel: Channel) -> None:
    own = logged(channel)
    close = {"outcome": "Done", "reason": "Done."}
    seen = await channel.does("deputy-1", own, ACTION["close"], close)
    assert "ou logged this one, so somebody else has to read it before it can be closed" in seen
    seen = await channel.does("dsl", own, ACTION["correct"], {"about": "999", "text": "x"})
    assert "here is no such line to put right" in seen
    seen = await channel.does("dsl", own, ACTION["close"], {**close, "review_on": "2020-01-01"})
    assert PAST_DAY in seen
    kinds = {event.kind for event in channel.core.casework.read(reader_of(channel.core, "head"), own, NOW).events}
    assert kinds == {"logged", "opened"}


async def test_whoever_may_not_read_it_is_not_told_whether_it_exists(channel: Channel) -> None:
    number = logged(channel)
    for of in (number, "ZZZZZ"):
        assert "or it is not yours to read" in await channel.does("chair", of, ACTION["note"], {"text": "x"})
    kinds = {event.kind for event in channel.core.casework.read(reader_of(channel.core, "head"), number, NOW).events}
    assert kinds == {"logged", "opened"}


def _ring(task: ActionTask) -> None:
    task.casework.note(task.reader, task.number, f"Rang {task.given['whom']}.", task.now)


MADE_UP = ConcernAction(
    "ring",
    "Note a call",
    "Add the call",
    "The call was added.",
    _ring,
    (ActionField("whom", "line", "Whom did you ring?"), ActionField("on", "day", "When?", required=False)),
    when=OfferedWhen(frozenset({"acknowledged"})),
)


@pytest.mark.parametrize("name", CHANNELS)
async def test_a_new_action_is_one_entry_of_the_table(name: str, base: Base, store: Store) -> None:
    async with acting(name, base, store, (*ACTIONS, MADE_UP)) as channel:
        waiting, number = logged(channel, key="two"), logged(channel, "acknowledged")
        assert MADE_UP.title not in await channel.offers("dsl", waiting)
        assert MADE_UP.title in await channel.offers("dsl", number)
        assert await channel.asks("dsl", number, MADE_UP) == ["Whom did you ring?", "When?"]
        assert MADE_UP.said in await channel.does("dsl", number, MADE_UP, {"whom": "her mother"})
        events = channel.core.casework.read(reader_of(channel.core, "head"), number, NOW).events
        assert "Rang her mother." in {event.detail.text for event in events}


@pytest.mark.parametrize("name", ["page", "terminal"])
async def test_a_day_that_is_no_day_is_said_once_and_nothing_is_saved(name: str, base: Base, store: Store) -> None:
    """Where a day is typed; the chats let people pick one."""
    async with acting(name, base, store) as channel:
        number = logged(channel)
        seen = await channel.does("dsl", number, ACTION["action"], {"text": "Ring home.", "due": "next Friday"})
        assert NOT_A_DAY_OR_EMPTY in seen


def test_whoever_stops_half_way_in_the_terminal_has_saved_nothing(base: Base, store: Store) -> None:
    core = Core(lambda: base, store)
    number = core.casework.log("one", LOGGED, NOW, Reporter("A", "Teacher")).number
    desk = Terminal(core.casework, store, core.school(), reader_of(core, "dsl"), lambda: NOW)

    def stops(_: str) -> str:
        raise EOFError

    for action in ("note", "export"):
        with pytest.raises(AskFirstError, match="stopped: nothing was saved"):
            work_on(desk, number, action, stops)
    events = core.casework.read(reader_of(core, "head"), number, NOW).events
    assert {event.kind for event in events} == {"logged", "opened"}


# --- the table itself


@pytest.fixture
def actions(base: Base, store: Store) -> ConcernActions:
    school = base.knowledge.school
    return ConcernActions(lambda: school, store, Casework(lambda: school, store), ACTIONS)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_field_that_is_needed_is_asked_for_by_its_id(actions: ConcernActions, action: ConcernAction) -> None:
    able = frozenset(WITHOUT)
    needed = [field for field in action.fields if field.required and not field.each]
    if not needed:
        return
    with pytest.raises(IncompleteError) as refused:
        actions.carry_out(DSL, "AB12C", action.id, {}, NOW, able)
    assert list(refused.value.problems) == [field.id for field in needed]
    for field in needed:
        if field.kind != "number":
            wanted = NOT_PICKED if field.kind in MENUS else NOTHING_WRITTEN
            assert refused.value.problems[field.id] == wanted


@pytest.mark.parametrize("action", [each for each in ACTIONS if each.needs], ids=lambda action: action.id)
def test_what_a_channel_cannot_do_it_says_why(actions: ConcernActions, action: ConcernAction) -> None:
    assert action.needs
    with pytest.raises(RefusedError, match="in the inbox on the page") as refused:
        actions.carry_out(DSL, "AB12C", action.id, {}, NOW, frozenset())
    assert str(refused.value) == WITHOUT[action.needs]


def test_an_action_that_does_not_exist_is_refused_with_those_that_do(actions: ConcernActions) -> None:
    with pytest.raises(RefusedError, match="acknowledge, note, action") as refused:
        actions.find("shred", frozenset())
    assert "export" not in str(refused.value)
    assert [actions.said(key) for key in ("shred", "note-already", "")] == ["", "", ""]


def test_nobody_is_left_out_of_the_list_before_the_record_was_read(actions: ConcernActions, base: Base) -> None:
    """Who is missing from it would say whom the concern is about."""
    school = base.knowledge.school
    work = Casework(lambda: school, actions._store)
    number = work.log(
        "one", {**LOGGED, "about": ("adult",), "adult": ("deputy-1",), "pupils": ()}, NOW, Reporter("A", "b")
    ).number
    head = work.reader("head")
    assert head
    before, _ = actions.fields(head, ACTION["pass-on"], NOW)
    after, _ = actions.fields(head, ACTION["pass-on"], NOW, work.read(head, number, NOW))
    assert {option.value for option in before.options} - {option.value for option in after.options} == {"deputy-1"}
