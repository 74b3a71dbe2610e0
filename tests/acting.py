"""Whoever works on a concern, on each of the four channels: what is offered to them, asked of them and said to them."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from adapters.chat.tasks import CHAT
from adapters.console.inbox import TERMINAL, Terminal, show_concern, work_on
from adapters.slack import alerts as slack_alerts
from adapters.slack import manifest
from adapters.teams import alerts as teams_alerts
from adapters.web.inbox.actions import PAGE
from bot.answering.dialogue import Base
from bot.concerns import Reader
from bot.concerns.actions import ActionField
from bot.errors import AskFirstError
from bot.service.casework import ACTIONS, Ability, ConcernAction, ConcernActions
from bot.service.core import Core
from bot.service.letters import Letter
from bot.store import Store
from tests import inboxing
from tests.conftest import NOW
from tests.slack.school import ADDRESS
from tests.slack.school import AtSchool as SlackSchool
from tests.slack.server import Slack
from tests.teams.school import AtSchool as TeamsSchool
from tests.teams.server import Teams
from tests.teams.world import ADAPTIVE, BOT_ID

CHANNELS = ("page", "slack", "teams", "terminal")
Given = Mapping[str, str]


class Channel(Protocol):
    """One channel. `who` is somebody's id in school.yaml, `given` is by field id."""

    core: Core
    able: frozenset[Ability]

    async def offers(self, who: str, number: str) -> set[str]:
        """The titles of what they are offered with the concern before them."""
        ...

    async def asks(self, who: str, number: str, action: ConcernAction) -> list[str]:
        """The labels of what is asked, in order."""
        ...

    async def does(self, who: str, number: str, action: ConcernAction, given: Given) -> str:
        """What they have before them once they have tried."""
        ...


def reader_of(core: Core, who: str) -> Reader:
    return Reader(who, core.school().roles_of(who))


def fields_at(core: Core, who: str, number: str, action: ConcernAction) -> Sequence[ActionField]:
    return core.actions.fields(reader_of(core, who), action, NOW, number=number)


@asynccontextmanager
async def acting(
    name: str, base: Base, store: Store, table: Sequence[ConcernAction] = ACTIONS
) -> AsyncIterator[Channel]:
    """A channel while it is served, with this table of actions."""
    core = Core(lambda: base, store)
    core.actions = ConcernActions(core.school, store, core.casework, table)
    if name == "terminal":
        yield OnTerminal(core, table)
    elif name == "page":
        async with inboxing.opened(base, store) as world:
            world.core.actions = core.actions
            yield OnPage(world)
    elif name == "slack":
        slack = Slack()
        await slack.start()
        slack.uses(manifest(ADDRESS, socket=False))
        try:
            async with (school := SlackSchool(slack, core)).open():
                yield OnSlack(school)
        finally:
            await slack.stop()
        assert not slack.violations, "\n".join(map(str, slack.violations))
    else:
        teams = Teams()
        await teams.start()
        try:
            async with (at_teams := TeamsSchool(teams, core)).open():
                yield OnTeams(at_teams)
        finally:
            await teams.stop()
        assert not teams.troubles, "\n".join(teams.troubles)


class OnTerminal:
    able = TERMINAL

    def __init__(self, core: Core, table: Sequence[ConcernAction]) -> None:
        self.core, self._table, self._prompts = core, table, list[str]()

    def _desk(self, who: str) -> Terminal:
        core = self.core
        return Terminal(core.casework, core.store, core.school(), reader_of(core, who), lambda: NOW, self._table)

    async def offers(self, who: str, number: str) -> set[str]:
        lines = list(show_concern(self._desk(who), number))
        start = next(i for i, line in enumerate(lines) if line.startswith("What you can do"))
        return {line.partition(": ")[2] for line in lines[start + 1 :]}

    async def asks(self, who: str, number: str, action: ConcernAction) -> list[str]:
        if action.needs == "files":
            return [field.label for field in action.fields]  # the name of the file says it
        await self.does(who, number if action.fields else "-----", action, {})
        labels = [field.label for field in fields_at(self.core, who, number, action)]
        return [next(label for label in labels if prompt.startswith(label)) for prompt in self._prompts]

    async def does(self, who: str, number: str, action: ConcernAction, given: Given) -> str:
        fields = fields_at(self.core, who, number, action)
        self._prompts, answers = [], iter([given.get(field.id, "") for field in fields])

        def read(prompt: str) -> str:
            self._prompts.append(prompt)
            return next(answers)

        try:
            return work_on(self._desk(who), number, action.id, read)
        except AskFirstError as fault:
            return str(fault)


class OnPage:
    able = PAGE

    def __init__(self, world: inboxing.World) -> None:
        self.core, self._world = world.core, world
        self._visitors: dict[str, inboxing.Visitor] = {}

    async def _visitor(self, who: str) -> inboxing.Visitor:
        if who not in self._visitors:
            self._visitors[who] = await self._world.signed_in(who)
        return self._visitors[who]

    async def _page(self, who: str, number: str) -> str:
        return html.unescape((await (await self._visitor(who)).get(f"/inbox/concerns/{number}")).text)

    async def offers(self, who: str, number: str) -> set[str]:
        page = await self._page(who, number)
        forms = {*re.findall(r'name="action" value="([a-z-]+)"', page), *re.findall(r"/(export)\"", page)}
        return {action.title for action in self.core.actions.of(PAGE) if action.id in forms}

    async def asks(self, who: str, number: str, action: ConcernAction) -> list[str]:
        page = await self._page(who, number)
        if action.needs == "files":
            shown = all(f'name="{field.id}" value=' in page for field in action.fields)
            return [field.label for field in action.fields] if shown else []
        form = page.partition(f'name="action" value="{action.id}"')[2].partition("</form>")[0]
        hidden = [field.label for field in action.fields if field.kind == "number" and f'name="{field.id}"' in form]
        return [*hidden, *re.findall(r"<label [^>]*>(.*?)</label>", form)]

    async def does(self, who: str, number: str, action: ConcernAction, given: Given) -> str:
        visitor = await self._visitor(who)
        if action.needs == "files":
            file = await visitor.post(f"/inbox/concerns/{number}/export", **given)
            return action.said if file.status == 200 else file.text  # the file itself says it
        filled = {field.id: given.get(field.id, "") for field in fields_at(self.core, who, number, action)}
        return html.unescape((await visitor.act(number, action.id, **filled)).text)


class OnSlack:
    able = CHAT

    def __init__(self, school: SlackSchool) -> None:
        self.core, self._school = school.core, school

    async def _opens(self, who: str, number: str) -> None:
        person, slack = self._school[who], self._school.slack
        while person.modal:
            await person.closes_modal()
        drawn = slack_alerts.render(Letter("n", "alert", number, False, f"Concern {number}", ("Waiting.",), ""))
        before = len(person.messages)
        await self._school.service.app.client.chat_postMessage(
            channel=person.id, text=drawn.text, blocks=list(drawn.blocks)
        )
        await slack.settled(lambda: len(person.messages) > before)
        await person.presses("Open")
        await slack.settled(lambda: person.modal and "One moment" not in person.modal.text)

    async def _form(self, who: str, number: str, action: ConcernAction) -> None:
        person = self._school[who]
        await self._opens(who, number)
        if person.modal and action.title in person.modal.labels:
            record, one_press = person.modal.raw["id"], not action.fields
            await person.presses(action.title)
            await self._school.slack.settled(
                lambda: (
                    person.modal
                    and (one_press or person.modal.raw["id"] != record)
                    and "One moment" not in person.modal.text
                )
            )

    async def offers(self, who: str, number: str) -> set[str]:
        await self._opens(who, number)
        modal = self._school[who].modal
        assert modal
        return {*modal.labels}

    async def asks(self, who: str, number: str, action: ConcernAction) -> list[str]:
        await self._form(who, number, action)
        modal = self._school[who].modal
        assert modal
        return [*modal.fields]

    async def does(self, who: str, number: str, action: ConcernAction, given: Given) -> str:
        person = self._school[who]
        await self._form(who, number, action)
        fields = fields_at(self.core, who, number, action)
        if person.modal and person.modal.raw["submit"]:
            await person.fills({field.label: _shown(field, given[field.id]) for field in fields if field.id in given})
            await person.submits()
        await self._school.slack.settled()
        assert person.modal
        return "\n".join([person.modal.text, *person.errors.values()])


class OnTeams:
    able = CHAT

    def __init__(self, school: TeamsSchool) -> None:
        self.core, self._school = school.core, school

    async def _opens(self, who: str, number: str) -> str:
        person = self._school[who]
        if not person.member.installed:
            await self._school.everybody(who)
        if person.dialog:
            person.closes_dialog()
        letter = Letter("n", "alert", number, False, f"Concern {number}", ("Waiting.",), "")
        card = {"contentType": ADAPTIVE, "content": teams_alerts.render(letter, person.id).content}
        self._school.teams.world.add(person.chat, BOT_ID, {"type": "message", "attachments": [card]})
        await person.presses("Open")
        assert person.dialog
        return person.dialog.text

    def _titles(self, who: str) -> list[str]:
        dialog = self._school[who].dialog
        return [action["title"] for action, _ in dialog.sheet.actions()] if dialog and dialog.sheet else []

    async def _form(self, who: str, number: str, action: ConcernAction) -> None:
        await self._opens(who, number)
        if action.title in self._titles(who):
            await self._school[who].presses(action.title)

    async def offers(self, who: str, number: str) -> set[str]:
        await self._opens(who, number)
        return {*self._titles(who)}

    async def asks(self, who: str, number: str, action: ConcernAction) -> list[str]:
        await self._form(who, number, action)
        dialog = self._school[who].dialog
        assert dialog and dialog.sheet
        return [str(each["label"]) for each in dialog.sheet.elements() if each["type"].startswith("Input.")]

    async def does(self, who: str, number: str, action: ConcernAction, given: Given) -> str:
        person = self._school[who]
        await self._form(who, number, action)
        if "Save" in self._titles(who):
            fields = fields_at(self.core, who, number, action)
            await person.fills(**{field.label: given[field.id] for field in fields if field.id in given})
            await person.submits("Save")
        assert person.dialog
        return person.dialog.text


def _shown(field: ActionField, value: str) -> str:
    """What stands in a menu for a value."""
    return next((option.label for option in field.options if option.value == value), value)
