"""The same conversations on every channel: what a person says and presses, and what they then see."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Protocol

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters import console
from adapters.web import Limits, make_app
from bot.messages import Press
from bot.service.assistant import Assistant
from bot.service.core import Core
from tests.conftest import NOW
from tests.dialogues import Dialogue, all_dialogues
from tests.slack.driving import SlackDriver
from tests.slack.school import AtSchool
from tests.slack.server import Slack
from tests.slack.serving import Way
from tests.teams.driving import TeamsDriver
from tests.teams.school import AtSchool as AtSchoolInTeams
from tests.teams.server import Teams

Client = TestClient[web.Request, web.Application]


class Driver(Protocol):
    """A person on one channel. Both give back everything that is then on the screen, as text."""

    async def says(self, text: str) -> str: ...

    async def presses(self, label: str) -> str: ...


class ConsoleDriver:
    """A person at the terminal, who presses by typing a number."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._offered: tuple[Press, ...] = ()
        self._screen = ""

    async def says(self, text: str) -> str:
        reply = self._assistant.handle(console.to_message(text, "terminal", self._offered), NOW)
        self._offered, self._screen = console.offered_by(reply), console.render(reply)
        return self._screen

    async def presses(self, label: str) -> str:
        line = next(line for line in self._screen.splitlines() if line.strip().endswith(f". {label}"))
        return await self.says(line.split(".")[0].strip())


class Page(HTMLParser):
    """What is on a page: its words, and for every button the fields that pressing it sends."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.buttons: dict[str, dict[str, str]] = {}
        self._fields: dict[str, str] = {}
        self._button: tuple[dict[str, str], list[str]] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._fields = {}
        elif tag == "input" and given.get("type") == "hidden":
            self._fields[given["name"]] = given["value"]
        elif tag == "button":
            own = {given["name"]: given["value"]} if "name" in given else {}
            self._button = ({**self._fields, **own}, [])

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._button:
            fields, label = self._button
            self.buttons["".join(label).strip().replace("’", "'")] = fields
            self._button = None

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._button:
            self._button[1].append(data)


class WebDriver:
    """A person at the page, with the script, who sees the last reply."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._page = Page("")

    async def says(self, text: str) -> str:
        start = await (await self._client.get("/")).text()
        (token, *_) = re.findall(r'name="token" value="(\w+)"', start)
        return await self._send({"token": token, "action": "ask", "text": text})

    async def presses(self, label: str) -> str:
        return await self._send(self._page.buttons[label])

    async def _send(self, fields: dict[str, str]) -> str:
        response = await self._client.post("/", data=fields, headers={"X-Requested-With": "fetch"})
        assert response.status == 200
        self._page = Page(await response.text())
        return " ".join(self._page.words)


async def play(driver: Driver, dialogue: Dialogue) -> None:
    for step in dialogue.steps:
        did = step.says or step.presses or ""
        shown = await (driver.says(step.says) if step.says is not None else driver.presses(did))
        screen = " ".join(shown.replace("’", "'").split())
        for text in step.shows:
            assert text in screen, f"after '{did}': '{text}' is not in: {screen}"
        for text in step.hides:
            assert text not in screen, f"after '{did}': '{text}' is in: {screen}"


@pytest.fixture(params=all_dialogues(), ids=lambda dialogue: dialogue.name)
def dialogue(request: pytest.FixtureRequest) -> Dialogue:
    found: Dialogue = request.param
    return found


async def test_in_the_terminal(dialogue: Dialogue, assistant: Assistant) -> None:
    await play(ConsoleDriver(assistant), dialogue)


async def test_on_the_page(dialogue: Dialogue, core: Core) -> None:
    pages = make_app(core, lambda: NOW, key=b"k" * 32, limits=Limits(burst=100))
    async with TestClient(TestServer(pages)) as client:
        await play(WebDriver(client), dialogue)


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_at_slack(dialogue: Dialogue, core: Core, transport: Way) -> None:
    slack = Slack()
    await slack.start()
    try:
        school = AtSchool(slack, core, transport)
        async with school.open():
            await play(SlackDriver(school), dialogue)
    finally:
        await slack.stop()
    assert not slack.violations


async def test_in_teams(dialogue: Dialogue, core: Core) -> None:
    teams = Teams()
    await teams.start()
    try:
        school = AtSchoolInTeams(teams, core)
        async with school.open():
            driver = TeamsDriver(school)
            await driver.arrives()
            await play(driver, dialogue)
    finally:
        await teams.stop()
    assert not teams.troubles
