"""A school with a list of staff, something that is set to be read, and who plays what on which channel."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from aiohttp.test_utils import TestClient, TestServer

from adapters.console.required import read_through
from adapters.delivering.required import RequiredReminder
from adapters.delivering.sender import Way
from adapters.web.security import Limits
from bot.answering.dialogue import Base
from bot.concerns import Actor
from bot.knowledge.checks.model import CheckQuestion
from bot.required.model import RequiredText
from bot.service.core import Core
from bot.store import Store
from tests.conftest import NOW
from tests.slack.driving import at_slack
from tests.teams.driving import in_teams
from tests.web.page import page_of

DSL = Actor("dsl", "Ms Amara Bello")
ADDRESS = "https://ask.fernbank.example"
TEACHER = "p.shah@fernbank.example"
LIST = f"""Name,E-mail,Role,Team
Priya Shah,{TEACHER},Teacher,Maths
Dev Anand,d.anand@fernbank.example,Teaching assistant,Early Years
Ms Amara Bello,a.bello@fernbank.example,Designated Safeguarding Lead,Leadership
"""
DUE = dt.date(2026, 12, 4)


@dataclass(frozen=True)
class Turn:
    """What is on the screen, what is not, and what is then done: nothing at the end."""

    sees: Sequence[str]
    never: Sequence[str] = ()
    press: str = ""
    answer: str = ""


@dataclass(frozen=True)
class Conversation:
    """One conversation of conversations.yaml."""

    name: str
    subject: str
    done: bool
    turns: tuple[Turn, ...]


def conversations() -> list[Conversation]:
    found = yaml.safe_load(Path(__file__).with_name("conversations.yaml").read_text(encoding="utf-8"))
    return [
        Conversation(each["name"], each["subject"], each["done"], tuple(Turn(**turn) for turn in each["turns"]))
        for each in found
    ]


class Script:
    """Looks at each screen, and says what to press next; None at the end."""

    def __init__(self, conversation: Conversation, checks: Sequence[CheckQuestion]) -> None:
        self._turns, self._checks = list(conversation.turns), checks

    def next(self, text: str, labels: Sequence[str]) -> str | None:
        turn = self._turns.pop(0)
        shown = " ".join(text.split())
        for words in turn.sees:
            assert words in shown, f"'{words}' is not in: {shown}"
        for words in turn.never:
            assert words not in shown, f"'{words}' is in: {shown}"
        if turn.answer:
            (check,) = (each for each in self._checks if each.question in shown)
            assert sorted(labels) == sorted((check.right, *check.wrong))
            return check.right if turn.answer == "right" else next(each for each in labels if each != check.right)
        if turn.press:
            assert turn.press in labels, labels
        return turn.press or None

    @property
    def over(self) -> bool:
        return not self._turns


def set_up(core: Core, subject: str, teams: Sequence[str] = ()) -> RequiredText:
    """The list of staff, and something to read."""
    core.required.take_staff(LIST.encode(), DSL, "a test", NOW)
    return core.required.set(subject, DUE, teams, DSL, NOW)


def reminder(core: Core, way: Way, now: Callable[[], dt.datetime] = lambda: NOW) -> RequiredReminder:
    knowledge = lambda: core.base().knowledge  # noqa: E731
    return RequiredReminder(knowledge, core.store, core.calendars, [way], now, ADDRESS)


# --- who plays it on which channel

Player = Callable[[Conversation, Base, Store], Awaitable[Core]]


async def on_the_page(conversation: Conversation, base: Base, store: Store) -> Core:
    core = Core(lambda: base, store, address=ADDRESS)
    text = set_up(core, conversation.subject)
    colleague = core.required.by_email((TEACHER,))
    assert colleague
    path = f"{core.required.link_for(colleague, NOW).removeprefix(ADDRESS)}/{text.id}"
    script = Script(conversation, base.knowledge.checks)
    async with TestClient(TestServer(page_of(core, limits=Limits(burst=500)))) as client:
        page = await (await client.get(path)).text()
        while (pressed := script.next(_shown(page), list(_choices(page)))) is not None:
            response = await client.post(path.rpartition("/")[0], data={"press": _choices(page)[pressed]})
            assert response.status == 200
            page = await response.text()
    assert script.over
    return core


async def in_the_terminal(conversation: Conversation, base: Base, store: Store) -> Core:
    core = Core(lambda: base, store)
    set_up(core, conversation.subject)
    colleague = core.required.by_email((TEACHER,))
    assert colleague
    script, lines = Script(conversation, base.knowledge.checks), list[str]()

    def read() -> str:
        text = "\n".join(lines)
        labels = [" ".join(each.split()) for each in re.findall(r"(?ms)^  \d\. (.*?)(?=\n  \d\. |\Z)", text)]
        lines.clear()
        if "What you have to read" in text:  # the list comes first here
            return "1"
        pressed = script.next(text, labels)
        return "" if pressed is None else str(labels.index(pressed) + 1)

    for line in read_through(core.required, colleague, read, NOW):
        lines.append(line)
    if not script.over:  # at the very end there is nothing left to press
        assert script.next("\n".join(lines), []) is None
    assert script.over
    return core


async def in_slack(conversation: Conversation, base: Base, store: Store) -> Core:
    async with at_slack(base, store, "http") as driver:
        school = driver._school
        teacher = school["teacher"]
        set_up(school.core, conversation.subject)
        assert await reminder(school.core, school.way).remind() == 3

        async def press(label: str) -> None:
            before = driver._answers()
            await teacher.presses(label)
            await school.slack.settled(lambda: driver._answers() > before)

        return await _in_a_chat(conversation, base, school.core, teacher, lambda: teacher.messages[-1].labels, press)


async def in_a_team(conversation: Conversation, base: Base, store: Store) -> Core:
    async with in_teams(base, store) as driver:
        school = driver._school
        teacher = school["teacher"]
        set_up(school.core, conversation.subject)
        assert await reminder(school.core, school.out.way).remind() == 3
        await school.settled()

        def labels() -> list[str]:
            return [each for each in teacher.messages[-1].buttons if each != "Open it on the page"]

        async def press(label: str) -> None:
            await teacher.presses(label)
            await school.settled()

        return await _in_a_chat(conversation, base, school.core, teacher, labels, press)


async def _in_a_chat(
    conversation: Conversation,
    base: Base,
    core: Core,
    teacher: Any,
    labels: Callable[[], list[str]],
    press: Callable[[str], Awaitable[None]],
) -> Core:
    """The reminder is there with its button; from then on each step takes the place of the one before."""
    script, many = Script(conversation, base.knowledge.checks), len(teacher.messages)
    assert "The link is yours alone" in teacher.messages[-1].text
    pressed: str | None = "Read it now"
    while pressed is not None:
        await press(pressed)
        assert len(teacher.messages) == many
        pressed = script.next(teacher.messages[-1].text, labels())
    assert script.over
    return core


PLAYERS: dict[str, tuple[Player, str]] = {
    "page": (on_the_page, "link"),
    "terminal": (in_the_terminal, "terminal"),
    "Slack": (in_slack, "slack"),
    "Teams": (in_a_team, "teams"),
}


def _shown(page: str) -> str:
    body = re.sub(r"(?s)<head>.*?</head>|<footer.*?</footer>", "", page)
    return html.unescape(re.sub(r"<[^>]+>", " ", body))


def _choices(page: str) -> dict[str, str]:
    """What can be pressed -> the value of it."""
    radio = re.findall(r'name="press" value="([^"]+)" required><span>(.*?)</span>', page)
    button = re.findall(r'name="press" value="([^"]+)">\s*<button type="submit" class="send">(.*?)</button>', page)
    return {html.unescape(label): value for value, label in (*radio, *button)}
