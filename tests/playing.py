"""The people of a play at the terminal and at the page, and how a play is played."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any, Protocol

from adapters import console
from adapters.console.accounts import TerminalRequest, asked_act
from adapters.console.concern import follow, log_concern
from adapters.console.inbox import Terminal, list_inbox, work_on
from adapters.delivering.poster import TipPoster
from adapters.web.tip import WebTips
from bot.answering.dialogue import Base
from bot.concerns.actions import ActionField
from bot.presses import Press
from bot.service.core import Core
from bot.service.letters import letter_for
from bot.store import Store
from tests.accounts.asking import Typist
from tests.accounts.asking import filled_by_staff as requested
from tests.conftest import NOW
from tests.dialogues import Dialogue, Step
from tests.inboxing import Visitor, World, opened
from tests.tip_schools import fresh

Filled = Mapping[str, str | list[str]]
STAFF = {"teacher": "Priya Shah", "colleague": "Dev Anand"}
MAIL = {"teacher": "p.shah@fernbank.example", "colleague": "d.anand@fernbank.example"}


class Driver(Protocol):
    """The people of a play on one channel. Each deed gives back what is then on the screen of who did it, as text."""

    async def says(self, who: str, text: str) -> str: ...

    async def asks_in_the_staff_room(self, who: str, text: str) -> str: ...

    async def presses(self, who: str, label: str) -> str: ...

    async def logs_the_concern(self, who: str, filled: Filled) -> str: ...

    async def sees_the_tip_of_the_day(self, who: str) -> str: ...

    async def acknowledges_it(self, who: str) -> str: ...

    async def hears(self, who: str) -> str: ...

    async def asks_for_an_account(self, who: str, changes: Mapping[str, Any]) -> str: ...

    async def acts_on_the_account(self, who: str, filled: Mapping[str, str]) -> str: ...


async def play(driver: Driver, dialogue: Dialogue) -> None:
    """Play it, and look at the screen after each step."""
    for step in dialogue.steps:
        screen = _plain(await _does(driver, step))
        for text in map(_plain, step.shows):
            assert text in screen, f"after '{step.who} {step.does} {step.what}': '{text}' is not in: {screen}"
        for text in map(_plain, step.hides):
            assert text not in screen, f"after '{step.who} {step.does} {step.what}': '{text}' is in: {screen}"


async def _does(driver: Driver, step: Step) -> str:
    deed = getattr(driver, step.does.replace(" ", "_"))
    seen: str = await (deed(step.who) if step.what is None else deed(step.who, step.what))
    return seen


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").split())


def with_tips(base: Base, *channels: str) -> Base:
    """The base of a school that posts its tips there, with none past its review."""
    school = base.knowledge.school
    knowledge = fresh(base.knowledge, replace(school, tips=replace(school.tips, channels=channels)))
    return replace(base, knowledge=knowledge)


class ConsoleDriver:
    """People at the terminal, each with a conversation of their own, who press by typing a number."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._offered: dict[str, tuple[Press, ...]] = {}
        self._screens: dict[str, str] = {}
        self._receipt = ""

    async def says(self, who: str, text: str) -> str:
        reply = self._core.assistant.handle(console.to_message(text, who, self._offered.get(who, ())), NOW)
        self._offered[who], self._screens[who] = console.offered_by(reply), console.render(reply)
        return self._screens[who]

    async def asks_in_the_staff_room(self, who: str, text: str) -> str:
        """There is none at the terminal."""
        return await self.says(who, text)

    async def presses(self, who: str, label: str) -> str:
        lines = self._screens[who].splitlines()
        line = next(line for line in lines if line.strip().replace("’", "'").endswith(f". {label}"))
        return await self.says(who, line.split(".")[0].strip())

    async def logs_the_concern(self, who: str, filled: Filled) -> str:
        written: list[str] = []
        typist = _Typist({**filled, "Your full name": STAFF[who]}, written)
        log_concern(self._core.casework, self._core.school(), typist, written.append, lambda: NOW)
        shown = " ".join(written)
        self._receipt = shown.split("Your receipt: ")[1].split()[0]
        return shown

    async def sees_the_tip_of_the_day(self, who: str) -> str:
        raise NotImplementedError("no tips are posted at the terminal: say `only:` in the play")

    async def acknowledges_it(self, who: str) -> str:
        return work_on(self._desk(who), self._receipt.split("-")[0], "acknowledge", lambda _: "")

    async def hears(self, who: str) -> str:
        """The inbox of whoever reads concerns; what has become of theirs for whoever logged it."""
        if who in STAFF:
            return "\n".join(follow(self._core.casework, self._core.school(), self._receipt, NOW))
        return "\n".join(list_inbox(self._desk(who)))

    async def asks_for_an_account(self, who: str, changes: Mapping[str, Any]) -> str:
        form = self._core.accounts.form()
        you = {"you_name": (STAFF[who],), "you_role": ("Head of PE",)}
        wrong = {name: str(value) for name, value in changes.items()}
        typist = Typist((*form.fields, *form.you.fields), {**requested(), **you}, wrong)
        found = TerminalRequest(self._core.accounts, typist.read, typist.write, lambda: NOW).fill_in()
        return " ".join((*typist.shown, f"Its number in the register: {found.number}"))

    async def acts_on_the_account(self, who: str, filled: Mapping[str, str]) -> str:
        desk = self._core.accounts
        seen = desk.listed(who, NOW)[0]
        act = next(each for each in seen.acts if each.title == filled["act"])
        fields = desk.fields(seen, act)
        typist = Typist(fields, values_of(fields, filled))
        return desk.act(who, seen.found.number, act.id, asked_act(fields, typist.read, typist.write), NOW).said

    def _desk(self, who: str) -> Terminal:
        reader = self._core.casework.reader(who)
        assert reader
        return Terminal(self._core.casework, self._core.store, self._core.school(), reader, lambda: NOW)


def values_of(fields: Iterable[ActionField], filled: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """What was filled in by the labels of a form -> the same by field id, with the values of what was picked."""
    found: dict[str, tuple[str, ...]] = {}
    for field in fields:
        if field.label in filled:
            values = {option.label: option.value for option in field.options}
            found[field.id] = (values.get(filled[field.label], filled[field.label]),)
    return found


class _Typist:
    """Somebody who types what is asked for: numbers for what can be picked, an empty line for everything else."""

    def __init__(self, filled: Filled, written: list[str]) -> None:
        self._filled, self._written, self._started = filled, written, 0

    def __call__(self, _: str) -> str:
        asked, self._started = self._written[self._started :], len(self._written)
        label = next((name for line in asked for name in self._filled if line.startswith(name)), None)
        if label is None:
            return ""
        wanted = self._filled[label]
        options = dict(re.findall(r"(?m)^  (\d+)\. (.*)$", "\n".join(asked)))
        if options:
            texts = [wanted] if isinstance(wanted, str) else wanted
            return " ".join(number for number, text in options.items() if text in texts)
        return str(wanted)


class _Page(HTMLParser):
    """What is on a page: its words, and for every button the fields that pressing it sends."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.buttons: dict[str, dict[str, str]] = {}
        self._fields: dict[str, str] = {}
        self._button: tuple[dict[str, str], list[str]] | None = None
        self.feed(text)

    def button(self, label: str) -> dict[str, str]:
        """What pressing it sends; what only a screen reader says may follow its label."""
        return next(fields for name, fields in self.buttons.items() if name.startswith(label))

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
            self.buttons[_plain("".join(label))] = fields
            self._button = None

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._button:
            self._button[1].append(data)


class WebDriver:
    """People at the page, each with a browser, who see the last reply."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._visitors: dict[str, Visitor] = {}
        self._pages: dict[str, _Page] = {}
        self._receipt = ""

    async def says(self, who: str, text: str) -> str:
        visitor = await self._visitor(who)
        await visitor.get("/")
        return await self._sends(who, {"token": visitor.token, "action": "ask", "text": text})

    async def asks_in_the_staff_room(self, who: str, text: str) -> str:
        """Everybody has a browser of their own."""
        return await self.says(who, text)

    async def presses(self, who: str, label: str) -> str:
        return await self._sends(who, self._pages[who].button(label))

    async def logs_the_concern(self, who: str, filled: Filled) -> str:
        assert "Log this concern" in " ".join(self._pages[who].words)
        visitor = await self._visitor(who)
        page = await visitor.get("/concern")
        (submission,) = re.findall(r'name="submission" value="([^"]+)"', page.text)
        answers = {**self._answers(who, filled), "submission": submission}
        checked = await visitor.post_all("/concern", answers)
        assert "Check before you send" in checked.text, checked.text
        sent = await visitor.post_all("/concern", {**answers, "step": "send"})
        assert sent.status == 200, sent.text
        self._receipt = sent.text.split('<p class="receipt">')[1].split("<")[0]
        return _words(sent.text)

    async def sees_the_tip_of_the_day(self, who: str) -> str:
        await TipPoster(self._world.core.tips, [WebTips()], lambda: self._world.now).post_due()
        page = await (await self._visitor(who)).get("/")
        self._pages[who] = _Page(page.text)
        return _words(page.text)

    async def acknowledges_it(self, who: str) -> str:
        visitor = await self._world.signed_in(who)
        return _words((await visitor.act(self._receipt.split("-")[0], "acknowledge")).text)

    async def hears(self, who: str) -> str:
        """Their letters; then the inbox of whoever reads concerns, or the receipt of whoever logged one."""
        due = self._world.core.delivery().claim(self._world.now)
        theirs = [notice for notice in due if (notice.recipient.person or "teacher") == who]
        letters = [letter_for(self._world.school, notice, "http://x", self._world.now).text for notice in theirs]
        if who in STAFF:
            visitor = await self._visitor(who)
            await visitor.get("/concern/receipt")
            page = await visitor.post("/concern/receipt", action="look", receipt=self._receipt)
        else:
            page = (await self._world.signed_in(who)).seen[-1]
        return "\n".join([*letters, _words(page.text)])

    async def asks_for_an_account(self, who: str, changes: Mapping[str, Any]) -> str:
        visitor, form = await self._visitor(who), self._world.core.accounts.form()
        page = await visitor.get("/account")
        sent: dict[str, tuple[str, ...]] = {}
        you = {"you_name": (STAFF[who],), "you_role": ("Head of PE",), "you_email": (MAIL[who],)}
        given = {**requested(**changes), **you}
        for screen in (*form.screens, form.you):
            hidden = dict(re.findall(r'name="(submission|step)" value="([^"]+)"', page.text))
            sent |= {field.id: given[field.id] for field in screen.fields if field.id in given}
            page = await visitor.post_all("/account", {**sent, **hidden})
            if page.status != 200:
                break
        return _words(page.text)

    async def acts_on_the_account(self, who: str, filled: Mapping[str, str]) -> str:
        visitor, desk = await self._world.signed_in(who), self._world.core.accounts
        seen = desk.listed(who, self._world.now)[0]
        act = next(each for each in seen.acts if each.title == filled["act"])
        address = f"/inbox/accounts/{seen.found.number}"
        given = {name: values[0] for name, values in values_of(desk.fields(seen, act), filled).items()}
        await visitor.get(address)
        done = await visitor.post(address, action=act.id, **given)
        return _words((await visitor.get(done.to)).text)

    def _answers(self, who: str, filled: Filled) -> dict[str, tuple[str, ...]]:
        """What a browser sends for these labels."""
        form = self._world.core.casework.form()
        fields = {field.label: field for each in (form.first, form.report, form.reporter) for field in each.fields}
        sent: dict[str, tuple[str, ...]] = {"step": ("report",), "you_name": (STAFF[who],), "you_email": (MAIL[who],)}
        for label, given in filled.items():
            values = {option.label: option.value for option in fields[label].options}
            sent[fields[label].id] = tuple(
                values.get(text, text) for text in ([given] if isinstance(given, str) else given)
            )
        return sent

    async def _visitor(self, who: str) -> Visitor:
        if who not in self._visitors:
            self._visitors[who] = await self._world.visitor()
        return self._visitors[who]

    async def _sends(self, who: str, fields: dict[str, str]) -> str:
        seen = await (await self._visitor(who)).post_all("/", fields, {"X-Requested-With": "fetch"})
        assert seen.status == 200, seen.text
        self._pages[who] = _Page(seen.text)
        return " ".join(self._pages[who].words)


def _words(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


@asynccontextmanager
async def at_the_page(base: Base, store: Store) -> AsyncIterator[WebDriver]:
    async with opened(with_tips(base, "web"), store) as world:
        yield WebDriver(world)
