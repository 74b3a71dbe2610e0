"""Somebody with the concern form on each channel: what they fill in and send, and what they are then shown, as text."""

from __future__ import annotations

import asyncio
import contextlib
import html
import queue
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.console.concern import NotLoggedError, log_concern
from adapters.slack import manifest
from adapters.teams.reporting import TeamsReporting
from adapters.web.concern.pages import ConcernPages
from adapters.web.site import Site
from bot.answering.dialogue import Base
from bot.concerns import Answers
from bot.concerns.guidance import may_log
from bot.service.core import Core
from bot.store import StoreError
from tests.slack.people import Person as SlackPerson
from tests.slack.school import ADDRESS, Clock
from tests.slack.school import AtSchool as AtSlack
from tests.slack.server import Slack
from tests.teams.people import Person as TeamsPerson
from tests.teams.school import AtSchool as AtTeams
from tests.teams.server import Teams
from tests.teams.world import Conversation

HASTE, PATIENCE = 2.5, 20.0  # seconds that the page and the terminal give a store that is too slow, and any other
SEEN = "A bruise on the left arm."
_GUEST = "Gus Guest"
_LABELS = {"pupil": "A pupil or pupils", "adult": "An adult at the school", "head": "The headteacher"}
# Who they are where the form asks it.
_YOU: Mapping[str, Answers] = {
    "teacher": {"you_name": ("Priya Shah",), "you_role": ("Teacher",)},
    "guest": {"you_name": (_GUEST,), "you_role": ("Coach",)},
    "dsl": {"you": ("dsl",)},
    "head": {"you": ("head",)},
    "typed": {"you_name": ("Amara Bello",)},
}


@dataclass(frozen=True)
class Filled:
    """What somebody fills in: who they are, and whom it is about as the form's own answers. `seconds` is how long the
    page and the terminal wait for the store."""

    reporter: str
    danger: str
    subject: Answers
    seconds: float = PATIENCE


class Writer(Protocol):
    """Somebody with the form. `knows_them` says that the channel knows who they are before they write."""

    knows_them: bool

    async def opens(self) -> str:
        """Ask for the form; what is shown then."""

    async def begins(self) -> str:
        """Open the form and send the first screen; what is shown then."""

    async def sends(self) -> str:
        """Fill in the rest and send it; what is shown then."""

    async def sends_again(self) -> str:
        """Try once more with what still stands in the form; what is shown then."""

    async def loses(self, patch: pytest.MonkeyPatch) -> str:
        """The form cannot be opened, is left, or does not arrive; what is shown then."""


# --- the page


class OnThePage:
    """A browser, over real HTTP."""

    knows_them = False

    def __init__(self, client: TestClient[web.Request, web.Application], filled: Filled) -> None:
        self._client, self._filled, self._fields = client, filled, dict[str, tuple[str, ...]]()

    async def opens(self) -> str:
        return _shown(await (await self._client.get("/concern")).text())

    async def begins(self) -> str:
        page = await (await self._client.get("/concern")).text()
        for name in ("token", "submission"):
            found = re.search(rf'name="{name}" value="([^"]+)"', page)
            assert found
            self._fields[name] = (found[1],)
        self._fields |= {"step": ("first",), "danger": (self._filled.danger,), "told": ("no",)}
        page = await self._posted()
        return _shown(page.split('<form id="concern"')[0]) + _shown("".join(re.findall(_SAID_IN_FORM, page, re.S)))

    async def sends(self) -> str:
        you = _YOU[self._filled.reporter]
        self._fields |= {"step": ("report",), "seen": (SEEN,), **self._filled.subject, **you}
        assert "Nothing is logged yet." in _shown(await self._posted())
        self._fields["step"] = ("send",)
        return await self.sends_again()

    async def sends_again(self) -> str:
        page = await self._posted()
        # The numbers of those who are told anyway are no list of people to ring.
        page = re.sub(
            r'(<section class="card" aria-labelledby="told">.*?</section>)', _without_numbers, page, flags=re.S
        )
        return _shown(page.split("<main")[1].split('<form id="concern"')[0].split("<footer")[0])

    async def loses(self, patch: pytest.MonkeyPatch) -> str:
        """It does not arrive whole."""
        page = await (await self._client.post("/concern", data=b"\xff", headers={"Content-Type": "text/plain"})).text()
        return _shown(page.split("<main")[1].split("<footer")[0])

    async def _posted(self) -> str:
        data = [(name, value) for name, values in self._fields.items() for value in values]
        return await (await self._client.post("/concern", data=data)).text()


_TOLD = r'(<section class="card" aria-labelledby="told">.*?</section>)'
_SAID_IN_FORM = r'<p class="(?:lead|no-pictures)">.*?</p>'


def _shown(page: str) -> str:
    page = re.sub(r"<head>.*?</head>|<nav.*?</nav>", " ", page, flags=re.S)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def _without_numbers(section: re.Match[str]) -> str:
    return re.sub(r"020 7946 0\d\d\d", "", section[1])


@contextlib.asynccontextmanager
async def on_the_page(core: Core, clock: Clock, filled: Filled) -> AsyncIterator[Writer]:
    site = Site(core.school, clock, b"k" * 32)
    app = web.Application(middlewares=[site.boundary()])
    app.add_routes(ConcernPages(site, core.casework, seconds=filled.seconds).routes())
    async with TestClient(TestServer(app)) as client:
        yield OnThePage(client, filled)


# --- the terminal


class AtTheTerminal:
    """`askfirst concern`, with somebody who types whatever is asked."""

    knows_them = False

    def __init__(self, core: Core, clock: Clock, filled: Filled) -> None:
        self._core, self._clock, self._filled = core, clock, filled
        self._typed: queue.Queue[str] = queue.Queue()
        self._lines: list[str] = []
        self._asks, self._waits = "", asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._running: asyncio.Task[None] | None = None

    async def opens(self) -> str:
        self._running = asyncio.create_task(self._runs())
        await self._rests()
        return " ".join(" ".join(self._lines).split())

    async def begins(self) -> str:
        self._running = asyncio.create_task(self._runs())
        await self._answers({"danger": (self._filled.danger,), "told": ("no",)}, until="Whom is it about?")
        return self._read("(needed)", last=True)

    async def sends(self) -> str:
        given = {**self._filled.subject, "seen": (SEEN,), **_YOU[self._filled.reporter]}
        await self._answers(given, until="")
        return self._read("work e-mail address")

    async def sends_again(self) -> str:
        self._lines.clear()
        await self._types("")
        await self._rests()
        return " ".join(" ".join(self._lines).split())

    async def loses(self, patch: pytest.MonkeyPatch) -> str:
        """They stop at the first question."""

        def gone(_: str) -> str:
            raise EOFError

        core, clock = self._core, self._clock
        with pytest.raises(NotLoggedError) as stopped:
            log_concern(core.casework, core.school(), gone, self._lines.append, clock)
        return str(stopped.value)

    async def _answers(self, given: Answers, until: str) -> None:
        """Answer each question with what is to be given for it, with nothing else where it is not."""
        form = self._core.casework.form()
        fields = {field.label: field for screen in (form.first, form.report, form.reporter) for field in screen.fields}
        while not await self._rests() and self._asks == "> ":
            label = next(line for line in reversed(self._lines) if line.removesuffix(" (needed)") in fields)
            label = label.removesuffix(" (needed)")
            if label == until:
                return
            field = fields[label]
            numbers = {option.value: str(number) for number, option in enumerate(field.options, 1)}
            typed = " ".join(numbers.get(value, value) for value in given.get(field.id, ()))
            if typed and field.kind == "text":
                await self._types(typed)
                await self._rests()
                typed = ""
            await self._types(typed)

    async def _types(self, line: str) -> None:
        self._waits.clear()
        self._typed.put(line)

    async def _rests(self) -> bool:
        """Wait until something is asked or it is over; whether it is over."""
        assert self._running
        asked = asyncio.create_task(self._waits.wait())
        await asyncio.wait((asked, self._running), return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        return self._running.done()

    def _read(self, after: str, last: bool = False) -> str:
        """Everything that was written after the last question before."""
        text = "\n".join(self._lines)
        if last:
            text = text.rpartition("Whom is it about?")[0]
            return " ".join(text.rpartition("2. No")[2].split())
        return " ".join(text.rpartition(after)[2].split())

    def _read_line(self, prompt: str) -> str:
        self._asks = prompt
        self._loop.call_soon_threadsafe(self._waits.set)
        return self._typed.get(timeout=30)

    async def _runs(self) -> None:
        core, clock = self._core, self._clock
        await asyncio.to_thread(
            log_concern, core.casework, core.school(), self._read_line, self._lines.append, clock, self._filled.seconds
        )

    async def leaves(self) -> None:
        """They go away, whatever is still asked."""
        if self._running and not self._running.done():
            await self._types("stop")
        with contextlib.suppress(NotLoggedError):
            if self._running:
                await self._running


@contextlib.asynccontextmanager
async def at_the_terminal(core: Core, clock: Clock, filled: Filled) -> AsyncIterator[Writer]:
    writer = AtTheTerminal(core, clock, filled)
    try:
        yield writer
    finally:
        await writer.leaves()


# --- the chats


class InSlack:
    """Somebody in the school's workspace."""

    knows_them = True

    def __init__(self, school: AtSlack, person: SlackPerson, filled: Filled) -> None:
        self._school, self._person, self._filled = school, person, filled

    async def opens(self) -> str:
        await self._person.asks("/concern")
        await self._school.slack.settled(lambda: self._person.modal is not None)
        return self._text()

    async def begins(self) -> str:
        await self._person.asks("/concern")
        await self._school.slack.settled(lambda: self._person.modal is not None)
        await self._school.slack.settled()
        if self._filled.reporter == "guest" and not may_log(self._school.core.school(), outside=True):
            # The form is there before Slack has said who they are.
            with contextlib.suppress(AssertionError):
                return await self._person.reads("cannot log")
        yes_no = {"yes": "Yes", "no": "No"}[self._filled.danger]
        await self._person.fills({"Is anyone in danger now?": yes_no, "Have you told someone in person?": "No"})
        await self._person.submits()
        return self._text()

    async def sends(self) -> str:
        await self._person.fills(_filled_in(self._filled, lambda name: self._school[name]))
        return await self.sends_again()

    async def sends_again(self) -> str:
        await self._person.submits()
        return " ".join(self._person.errors.values()) or self._text()

    async def loses(self, patch: pytest.MonkeyPatch) -> str:
        """Slack does not open it."""
        self._school.slack.faults.fail("views.open", times=None)
        await self._person.asks("/concern")
        await self._person.reads("This was NOT logged")
        self._school.slack.faults.clear()
        return self._person.sees()

    def _text(self) -> str:
        assert self._person.modal
        return " ".join(self._person.modal.text.split())


class InTeams:
    """Somebody in the school's tenant."""

    knows_them = True

    def __init__(self, school: AtTeams, person: TeamsPerson, filled: Filled, chat: Conversation | None = None) -> None:
        self._school, self._person, self._filled, self._chat = school, person, filled, chat

    async def opens(self) -> str:
        await self._person.installs()
        await self._person.uses_compose_action(chat=self._chat)
        return self._text()

    async def begins(self) -> str:
        await self._person.installs()
        await self._person.uses_compose_action(chat=self._chat)
        if "cannot log" in self._text():
            return self._text()
        yes_no = {"yes": "Yes", "no": "No"}[self._filled.danger]
        await self._person.fills(**{"Is anyone in danger now?": yes_no, "Have you told someone in person?": "No"})
        await self._person.submits("Continue")
        return self._text()

    async def sends(self) -> str:
        people = self._school.core.school().people
        await self._person.fills(**_filled_in(self._filled, lambda name: f"{people[name].name}, {people[name].role}"))
        return await self.sends_again()

    async def sends_again(self) -> str:
        await self._person.submits("Log this concern")
        assert self._person.dialog
        wrong = [line for line in self._person.dialog.text.splitlines() if line.startswith("✗")]
        return " ".join(wrong) or self._text()

    async def loses(self, patch: pytest.MonkeyPatch) -> str:
        """Something goes wrong that nobody has thought of."""

        async def broken(*_: object) -> None:
            raise StoreError("the disk is full")

        patch.setattr(TeamsReporting, "open", broken)
        await self._person.installs()
        await self._person.uses_compose_action(chat=self._chat)
        return self._text()

    def _text(self) -> str:
        assert self._person.dialog
        return " ".join(self._person.dialog.text.split())


def _filled_in(filled: Filled, person: Callable[[str], object]) -> dict[str, object]:
    """The form's answers under the labels that somebody reads."""
    given: dict[str, object] = {
        "Whom is it about?": [_LABELS[value] for value in filled.subject["about"]],
        "What did you see or hear?": SEEN,
    }
    if pupils := filled.subject.get("pupils"):
        given["Pupil or pupils"] = pupils[0]
    if adult := filled.subject.get("adult"):
        given["The adult"] = person(adult[0])
    return given


@contextlib.asynccontextmanager
async def in_slack(core: Core, clock: Clock, filled: Filled, agent: bool = False) -> AsyncIterator[Writer]:
    slack = Slack()
    await slack.start()
    slack.uses(manifest(ADDRESS, socket=False, agent=agent))
    school = AtSlack(slack, core, clock=clock)
    try:
        async with school.open():
            if filled.reporter == "guest":
                person = slack.person("U0GUEST", _GUEST, "gus@elsewhere.example", guest=True)
            else:
                person = school[filled.reporter]
            yield InSlack(school, person, filled)
            await slack.settled()
    finally:
        await slack.stop()
    assert not slack.violations, slack.violations


@contextlib.asynccontextmanager
async def in_teams(core: Core, clock: Clock, filled: Filled, sort: str = "") -> AsyncIterator[Writer]:
    """In the person's own chat; with `sort` in a channel of that sort."""
    teams = Teams()
    await teams.start()
    school = AtTeams(teams, core)
    school.clock.now = clock.now
    try:
        async with school.open():
            if filled.reporter == "guest":
                person = teams.person(_GUEST, "gus@elsewhere.example", guest=True)
            else:
                person = school[filled.reporter]
            chat = teams.channel("Staff room", person, sort=sort, says_sort=True) if sort else None
            yield InTeams(school, person, filled, chat)
    finally:
        await teams.stop()
    assert not teams.troubles, teams.troubles


def with_roles(base: Base, **roles: tuple[str, ...]) -> Base:
    """The base of a school where other people hold these parts."""
    school = replace(base.knowledge.school, roles={**base.knowledge.school.roles, **roles})
    return replace(base, knowledge=replace(base.knowledge, school=school))


@contextlib.asynccontextmanager
async def with_the_agent_feature(core: Core, clock: Clock, filled: Filled) -> AsyncIterator[Writer]:
    """Slack again; no guest gets as far."""
    async with in_slack(core, clock, filled, agent=True) as writer:
        yield writer


CHANNELS = {"page": on_the_page, "terminal": at_the_terminal, "slack": in_slack, "teams": in_teams}
EVERY_WAY = {**CHANNELS, "slack, with the agent feature": with_the_agent_feature}
