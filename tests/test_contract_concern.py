"""One contract for every channel: who is shown whom to ring, what is said of 999, and whether it was logged.

The table is the school's: a Designated Safeguarding Lead can check it line by line. What a channel shows is compared
with it, and with what `bot.concerns.guidance` says, so that a rule that is lost there is missed on every channel.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from bot.answering.dialogue import Base
from bot.concerns import Answers
from bot.concerns.guidance import Advice, before_writing, not_logged, outsiders_rule
from bot.concerns.words import logged_by
from bot.service.core import Core
from bot.service.letters import letter_for
from bot.store import Store
from tests.concern_channels import CHANNELS, EVERY_WAY, HASTE, PATIENCE, SEEN, Filled, in_teams, with_roles
from tests.handing_over import ELSEWHERE
from tests.slack.school import Clock, changed, hanging

# Whom it is about: who is rung about it, in this order, and who is told by AskFirst at once (in danger: those as well
# who would have been next). Under each, who logged it. "-": nobody at school is left, so that the last resort is rung.
RING: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    "a pupil": {
        "anybody else": ("Bello, Pryce, Qureshi, Calder", "Bello", "Bello, Pryce, Qureshi"),
        "the DSL": ("Pryce, Qureshi, Calder", "Pryce, Qureshi", "Pryce, Qureshi, Calder"),
        "the head": ("Bello, Pryce, Qureshi", "Bello", "Bello, Pryce, Qureshi"),
    },
    "an adult at the school": {
        "anybody else": ("Calder, Zielinski, LADO", "Calder", "Calder, Zielinski"),
        "the DSL": ("Calder, Zielinski, LADO", "Calder", "Calder, Zielinski"),
        "the head": ("Zielinski, LADO", "- Zielinski", "- Zielinski"),
    },
    "the headteacher": {
        "anybody else": ("Zielinski, LADO", "Zielinski", "Zielinski"),
        "the DSL": ("Zielinski, LADO", "Zielinski", "Zielinski"),
        "the head": ("Zielinski, LADO", "Zielinski", "Zielinski"),
    },
    "the DSL": {
        "anybody else": ("Calder, LADO", "Calder", "Calder"),
        "the DSL": ("Calder, LADO", "Calder", "Calder"),
        "the head": ("Zielinski, LADO", "- Zielinski", "- Zielinski"),
    },
    "a pupil and the headteacher": {
        "anybody else": ("Zielinski, LADO", "Zielinski", "Zielinski"),
        "the DSL": ("Zielinski, LADO", "Zielinski", "Zielinski"),
        "the head": ("Zielinski, LADO", "Zielinski", "Zielinski"),
    },
}
# Before they have said whom it is about; behind it whom to ring where it is about the headteacher.
BEFORE = {
    "anybody else": "Bello, Pryce, Qureshi, Calder; Zielinski",
    "the DSL": "Pryce, Qureshi, Calder; Zielinski",
    "the head": "Bello, Pryce, Qureshi; Zielinski",
}
AT_NIGHT = "Duty"  # the emergency duty team comes first while the school is closed, but about the headteacher
NUMBERS = {
    "Bello": "020 7946 0101", "Pryce": "020 7946 0102", "Qureshi": "020 7946 0103", "Calder": "020 7946 0100",
    "Zielinski": "020 7946 0110", "LADO": "020 7946 0120", "Duty": "020 7946 0130",
}  # fmt: skip
REPORTERS = {
    "teacher": "anybody else",
    "dsl": "the DSL",
    "head": "the head",
    "guest": "anybody else",
    "typed": "the DSL",
}
SUBJECTS: Mapping[str, Answers] = {
    "a pupil": {"about": ("pupil",), "pupils": ("Robin Vale, 8B",)},
    "an adult at the school": {"about": ("adult",), "adult": ("deputy-1",)},
    "the headteacher": {"about": ("head",)},
    "the DSL": {"about": ("adult",), "adult": ("dsl",)},
    "a pupil and the headteacher": {"about": ("pupil", "head"), "pupils": ("Robin Vale, 8B",)},
}
TIMES = {
    "by day": dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC),
    "at night": dt.datetime(2026, 11, 23, 23, 0, tzinfo=dt.UTC),
    "at the weekend": dt.datetime(2026, 11, 28, 11, 0, tzinfo=dt.UTC),
}
STORES = ("well", "failing", "too slow")

# What is said, word for word. None of it may be missing.
IN_DANGER = (
    "Someone is in danger: call 999 now",
    "Call 999 now. Do not wait for anyone's permission. Then tell one of these people, in person or by phone:",
)
NOT_IN_DANGER = (
    "If anyone is in danger now, call 999 first.",
    "If it is urgent, tell one of these people first, in person or by phone. Then fill this in.",
)
ANOTHER = "If it is about an adult at the school, ring the headteacher. If it is about the headteacher, ring:"
PICTURES = "Never look at, copy, save or send on a nude image of a child."
NOT_LOGGED = "This was NOT logged: AskFirst could not save it."
UNSURE = "We cannot say that it was logged, so treat it as NOT logged."
INSTEAD = ("If anyone is in danger now, call 999 first.", "Ring one of these people now:")
KEPT = "Everything you wrote is still here, so you can try again. The same form is never logged twice."
NOBODY = "Everybody else who would hear is the person it is about, or is you."
CLAIMED = "You gave the name of {name}, and nobody has checked that it is yours."
TOLD = "If you can, tell them yourself as well. A message may be read late."
CLOSED = ("The school is closed now", "Your concern may not be read before then. If it cannot wait, ring:")
NOT_TOLD = "The adult it is about is not alerted and has no access here."
IN_YOUR_NAME = "A concern was logged in your name, and nobody checked that. If that was not you, "
REFUSED = (
    "Guests and people of other organisations cannot log a concern here. Tell a member of staff of the school now."
)

Row = tuple[str, str, str, str]  # who writes, whom it is about, when, how the store is
# Every value of every column at least once.
ROWS: tuple[Row, ...] = (
    ("teacher", "a pupil", "by day", "well"),
    ("dsl", "a pupil", "at night", "failing"),
    ("head", "an adult at the school", "at the weekend", "well"),
    ("teacher", "the headteacher", "at night", "failing"),
    ("teacher", "the DSL", "by day", "too slow"),
    ("teacher", "a pupil and the headteacher", "at night", "well"),
    ("guest", "a pupil", "by day", "well"),
    ("typed", "a pupil", "at the weekend", "failing"),
)
IN_CHATS = ("slack", "teams")


def _each_kind() -> Iterator[Row]:
    """Whoever writes, whomever it is about, whenever. How the store is goes round with them: it meets each two of the
    others together, and how a channel says that nothing was logged turns on no third."""
    for (i, reporter), (j, subject), (k, time) in itertools.product(*map(enumerate, (REPORTERS, SUBJECTS, TIMES))):
        yield reporter, subject, time, STORES[(i + j + k) % len(STORES)]


def _cases(rows: Iterator[Row] | tuple[Row, ...]) -> list[tuple[str, Row]]:
    # In a chat nobody types who they are.
    return [(channel, row) for row in rows for channel in CHANNELS if not (channel in IN_CHATS and row[0] == "typed")]


@pytest.mark.parametrize(("channel", "row"), _cases(ROWS), ids=str)
async def test_a_concern_is_the_same_on_every_channel(
    channel: str, row: Row, core: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _give_time(monkeypatch, row)
    await _lives(channel, row, core, tmp_path)


@pytest.mark.parametrize("row", [row for row in ROWS if row[0] in ("dsl", "head")], ids=str)
async def test_a_concern_is_the_same_with_slacks_agent_feature(
    row: Row, core: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _give_time(monkeypatch, row)
    await _lives("slack, with the agent feature", row, core, tmp_path)


@pytest.mark.wide
@pytest.mark.parametrize(("channel", "row"), _cases(_each_kind()), ids=str)
async def test_every_kind_of_concern_is_the_same_on_every_channel(
    channel: str, row: Row, core: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _give_time(monkeypatch, row)
    await _lives(channel, row, core, tmp_path)


def _cases_in_teams() -> Iterator[tuple[str, Row] | ParameterSet]:
    """In a channel of each sort one row; the others are left to `make everything`."""
    for number, (sort, row) in enumerate(itertools.product(("standard", "private", "shared"), ROWS)):
        if row[0] != "typed":
            yield pytest.param(sort, row, marks=() if number % len(ROWS) == 3 else pytest.mark.wide)


@pytest.mark.parametrize(("sort", "row"), list(_cases_in_teams()), ids=str)
async def test_a_concern_is_the_same_in_a_teams_channel_of_each_sort(
    sort: str, row: Row, core: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _give_time(monkeypatch, row)
    monkeypatch.setitem(EVERY_WAY, "teams", functools.partial(in_teams, sort=sort))
    await _lives("teams", row, core, tmp_path)


@pytest.mark.parametrize("channel", IN_CHATS)
async def test_the_school_may_let_people_from_outside_log_in_slack_and_teams_alike(
    channel: str, base: Base, store: Store, tmp_path: Path
) -> None:
    opened = changed(base, outsiders=("log",))
    async with CHANNELS[channel](Core(lambda: opened, store), Clock(), _filled("guest", "a pupil", "no")) as writer:
        assert "Whom is it about?" in await writer.begins()
        assert "Logged. Your receipt" in await writer.sends()
    assert _stored(tmp_path) == 1
    assert "may log concerns in Slack and Teams" in outsiders_rule(opened.knowledge.school)


@pytest.mark.parametrize("channel", CHANNELS)
async def test_where_concerns_are_kept_elsewhere_the_form_is_off_and_says_where_to_go(
    channel: str, base: Base, store: Store, tmp_path: Path
) -> None:
    school = replace(base.knowledge.school, elsewhere=ELSEWHERE)
    away = replace(base, knowledge=replace(base.knowledge, school=school))
    async with CHANNELS[channel](Core(lambda: away, store), Clock(), _filled("teacher", "a pupil", "no")) as writer:
        shown = await writer.opens()
    for words in ("Log it in CPOMS", f"{school.name} logs its concerns in CPOMS, not here.", "020 7946 0199", *INSTEAD):
        assert words in shown
    assert "Whom is it about?" not in shown and "Is anyone in danger now?" not in shown
    assert "Bello" in shown


@pytest.mark.parametrize("channel", CHANNELS)
async def test_where_nobody_at_school_is_left_the_chair_and_the_lado_are_rung(
    channel: str, base: Base, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a school whose head is its DSL, without deputies, and who logs a concern about a pupil."""
    _give_time(monkeypatch, ("dsl", "a pupil", "by day", "failing"))
    alone = with_roles(base, dsl=("dsl",), head=("dsl",), **{"deputy-dsl": ()})
    async with CHANNELS[channel](Core(lambda: alone, store), Clock(), _filled("dsl", "a pupil", "no")) as writer:
        await writer.begins()
        with ExitStack() as trouble:
            _break(tmp_path, trouble)
            lost = await writer.sends()
        shown = await writer.sends_again()
    assert _numbers(lost) == _called("Zielinski, LADO")
    if not writer.knows_them:  # it may be anybody: then the DSL hears, and the chair does not
        assert CLAIMED.format(name="Ms Amara Bello") in shown and NOBODY not in shown
        return
    assert NOBODY in shown and "AskFirst tells only Mr Tomasz Zielinski." in shown
    assert _numbers(shown) == _called("Zielinski, LADO")


@pytest.mark.parametrize("channel", CHANNELS)
async def test_where_nobody_is_alerted_that_is_said_with_whom_to_ring(
    channel: str, base: Base, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    _give_time(monkeypatch, ("teacher", "a pupil", "by day", "well"))
    core = Core(lambda: base, store, alerting="nowhere")
    async with CHANNELS[channel](core, Clock(), _filled("teacher", "a pupil", "no")) as writer:
        await writer.begins()
        shown = await writer.sends()
    assert "Nobody has been told. It is only stored." in shown and "Tell somebody yourself, now" in shown
    assert "Logged" not in shown and "✓" not in shown and "Who is told now" not in shown
    assert _numbers(shown) == _called("Bello, Pryce, Qureshi, Calder")


# How the name is known of somebody who says that they are the DSL, on each channel.
KNOWN_BY = {
    "page": "name typed on the page, not checked",
    "terminal": "name typed in the terminal, not checked",
    "slack": "Slack account",
    "teams": "Teams account",
}


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_name_that_nobody_checked_takes_nobody_off_the_ladder(
    channel: str, core: Core, store: Store, tmp_path: Path
) -> None:
    """Whoever says that they are the DSL and need not show it: the real one hears, and that their name was given."""
    clock = Clock()
    async with CHANNELS[channel](core, clock, _filled("dsl", "a pupil", "no")) as writer:
        await writer.begins()
        await writer.sends()
    school = core.school()
    due = [each for each in store.outbox((school.id,)).peek(clock.now) if each.kind == "alert"]
    told = {each.recipient.person: letter_for(school, each, "http://x", clock.now).text for each in due}
    head = core.casework.reader("head")
    assert head
    (summary,) = store.inbox(school.id).summaries(head)
    record = core.casework.read(head, summary.number, clock.now)
    assert KNOWN_BY[channel] in logged_by(record.report.reporter)
    if writer.knows_them:
        assert set(told) == {"deputy-1", "deputy-2"} and IN_YOUR_NAME not in "".join(told.values())
        return
    assert set(told) == {"dsl"}
    assert IN_YOUR_NAME in told["dsl"] and SEEN not in told["dsl"] and "Robin" not in told["dsl"]
    dsl = core.casework.reader("dsl")
    assert dsl and core.casework.acknowledge(dsl, summary.number, clock.now).status == "acknowledged"


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("time", TIMES)
async def test_a_form_that_is_not_to_be_had_says_whom_to_ring(
    channel: str, time: str, core: Core, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    clock.now = TIMES[time]
    async with CHANNELS[channel](core, clock, _filled("teacher", "a pupil", "no")) as writer:
        shown = await writer.loses(monkeypatch)
    assert [words for words in ("This was NOT logged: ", *INSTEAD, ANOTHER) if words not in shown] == []
    ring, _, head = BEFORE["anybody else"].partition("; ")
    assert _numbers(shown) == _called(ring, time != "by day") + _called(head)
    assert _stored(tmp_path) == 0


async def _lives(channel: str, row: Row, core: Core, tmp_path: Path) -> None:
    """A concern from the first screen to the receipt, with everything that is shown on the way."""
    reporter, subject, time, condition = row
    clock = Clock()
    clock.now = TIMES[time]
    filled = _filled(reporter, subject, "yes" if time == "at night" else "no")
    if condition == "too slow":
        filled = replace(filled, seconds=HASTE)
    async with EVERY_WAY[channel](core, clock, filled) as writer:
        shown = await writer.begins()
        if reporter == "guest" and writer.knows_them:
            # Where a chat takes long to say who they are, they are refused in the end.
            assert REFUSED in shown or REFUSED in await writer.sends()
            assert _stored(tmp_path) == 0
            return
        known = REPORTERS[reporter] if writer.knows_them else "anybody else"
        _shows_what_comes_before(shown, filled, known, time, core, clock)
        if condition != "well":
            with ExitStack() as trouble:
                trouble.enter_context(hanging(core.store)) if condition == "too slow" else _break(tmp_path, trouble)
                _shows_that_it_was_not_logged(await writer.sends(), filled, row, core, clock)
            shown = await writer.sends_again()
        else:
            shown = await writer.sends()
        _shows_the_receipt(shown, row, checked=writer.knows_them)
    assert _stored(tmp_path) == 1


def _name(reporter: str) -> str:
    return {"the DSL": "Ms Amara Bello", "the head": "Mrs Ruth Calder"}.get(REPORTERS[reporter], "?")


def _would_be_called(reporter: str, subject: str) -> bool:
    """Whether somebody who says that they are the DSL or the head would hear of it if somebody else logged it."""
    ladder = RING[subject]["anybody else"][0]
    return _name(reporter).rpartition(" ")[2] in ladder.split(", ")


def _give_time(patch: pytest.MonkeyPatch, row: Row) -> None:
    """What is not about time must not turn on how busy the machine is."""
    if row[-1] != "too slow":
        for name in ("slack.people._WITHIN", "slack.people._KEPT_WITHIN", "teams.people._AGAIN_WITHIN"):
            patch.setattr(f"adapters.{name}", 2.5)
        for channel in IN_CHATS:
            patch.setattr(f"adapters.{channel}.reporting._STORED_WITHIN", PATIENCE)


# --- what is shown


def _shows_what_comes_before(shown: str, filled: Filled, known: str, time: str, core: Core, clock: Clock) -> None:
    first, _, head = BEFORE[known].partition("; ")
    says = (*(IN_DANGER if filled.danger == "yes" else NOT_IN_DANGER), ANOTHER, PICTURES)
    assert [words for words in says if words not in shown] == []
    assert _numbers(shown) == _called(first, closed=time != "by day") + _called(head)
    answers: Answers = {"danger": (filled.danger,), "told": ("no",)}
    person = {"the DSL": "dsl", "the head": "head"}.get(known)
    _is_drawn(before_writing(core.school(), answers, person, clock()), shown)


def _shows_that_it_was_not_logged(shown: str, filled: Filled, row: Row, core: Core, clock: Clock) -> None:
    reporter, subject, time, condition = row
    says = (NOT_LOGGED if condition == "failing" else UNSURE, *INSTEAD, KEPT)
    assert [words for words in says if words not in shown] == []
    assert (UNSURE if condition == "failing" else NOT_LOGGED) not in shown
    ring, _, _ = RING[subject][REPORTERS[reporter]]
    assert _numbers(shown) == _called(ring, time != "by day", subject)
    person = {"the DSL": "dsl", "the head": "head"}.get(REPORTERS[reporter])
    certain = condition == "failing"
    advice = not_logged(core.school(), filled.subject, person, clock(), certain=certain)
    _is_drawn(advice, shown, headings=False)


def _shows_the_receipt(shown: str, row: Row, checked: bool) -> None:
    """Where nobody has `checked` who they are they ring as whoever they say, and everybody hears who would anyway."""
    reporter, subject, time, _ = row
    danger, closed = time == "at night", time != "by day"
    ring, _, _ = RING[subject][REPORTERS[reporter]]
    _, told, told_in_danger = RING[subject][REPORTERS[reporter] if checked else "anybody else"]
    assert (CLAIMED.format(name=_name(reporter)) in shown) == (not checked and _would_be_called(reporter, subject))
    hear = told_in_danger if danger else told
    nobody_left = hear.startswith("- ")
    assert (NOT_TOLD in shown) == (subject != "a pupil"), "it is said of adults only"
    says = ["Logged.", *(IN_DANGER if danger else ()), *(CLOSED if closed else ())]
    says += [NOBODY] if nobody_left else [TOLD, "Who is told now"] if not danger else ["Who is told now"]
    assert [words for words in says if words not in shown] == []
    assert [name for name in hear.removeprefix("- ").split(", ") if name not in shown] == []
    numbers = _called(ring, closed, subject) if danger or nobody_left else []
    assert _numbers(shown) == numbers + (_called(AT_NIGHT) if closed else [])


def _is_drawn(advice: tuple[Advice, ...], shown: str, headings: bool = True) -> None:
    """Everything that the core says is there, each of its people behind what is said of them."""
    for each in advice:
        if each.heading and headings:
            assert each.heading in shown
        at = shown.find(each.text)
        assert at >= 0, each.text
        for person in each.people:
            at = shown.find(person.name, at)
            assert at >= 0, (each.kind, person.name)


def _called(names: str, closed: bool = False, subject: str = "") -> list[str]:
    """Their numbers, in this order; while the school is closed the LADO's line is shut, and is not offered."""
    there = [name for name in names.split(", ") if not (closed and name == "LADO")]
    first = there[:1] if "headteacher" in subject else []  # the chair, at any hour
    return [NUMBERS[name] for name in first + ([AT_NIGHT] if closed else []) + there[len(first) :]]


def _numbers(shown: str) -> list[str]:
    """The telephone numbers that are shown, in their order."""
    return re.findall(r"020 7946 0\d{3}", shown)


def _filled(reporter: str, subject: str, danger: str) -> Filled:
    return Filled(reporter, danger, SUBJECTS[subject])


# --- the store


def _stored(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "askfirst.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM concerns").fetchone()[0])


def _break(folder: Path, until: ExitStack) -> None:
    """Take the tables away in which concerns and people are, until it is mended."""
    turn(folder, "concerns", "concerns_gone")
    turn(folder, "accounts", "accounts_gone")
    until.callback(turn, folder, "concerns_gone", "concerns")
    until.callback(turn, folder, "accounts_gone", "accounts")


def turn(folder: Path, one: str, other: str) -> None:
    with closing(sqlite3.connect(folder / "askfirst.db")) as connection:
        connection.execute("PRAGMA legacy_alter_table = ON")
        connection.execute(f"ALTER TABLE {one} RENAME TO {other}")
