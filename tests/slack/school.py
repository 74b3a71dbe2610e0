"""AskFirst as a whole at the local Slack: the real core and store, a clock that is moved, the people of the school."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from adapters.delivering.loops import Loops
from adapters.delivering.sender import Sender, Way
from adapters.slack import SlackService, SlackWay, Workspaces
from adapters.slack.start import EVENTS
from adapters.web.app import make_app
from bot.answering.dialogue import Base
from bot.concerns import Account, Answers, Reader, Record, Reporter
from bot.service.core import Core
from bot.settings import Slack as SlackSettings
from bot.store import Store
from tests.conftest import NOW, SCHOOL
from tests.slack.deliveries import Delivery
from tests.slack.people import Person
from tests.slack.server import Slack
from tests.slack.serving import Way as Transport
from tests.slack.serving import listening
from tests.slack.workspace import TEAM

ADDRESS = "https://ask.fernbank.example"
STAFF = {
    "dsl": ("U0DSL", "Ms Amara Bello", "a.bello@fernbank.example"),
    "deputy-1": ("U0DEPUTY", "Mr Owen Pryce", "o.pryce@fernbank.example"),
    "head": ("U0HEAD", "Mrs Ruth Calder", "r.calder@fernbank.example"),
    "chair": ("U0CHAIR", "Mr Tomasz Zielinski", "chair@fernbank.example"),
    "teacher": ("U0TEACHER", "Priya Shah", "p.shah@fernbank.example"),
    "colleague": ("U0OTHER", "Dev Anand", "d.anand@fernbank.example"),
}
# Everything that is written into a concern of the tests; none of it may show where it must not.
WRITTEN = {
    "Pupil or pupils": "Zelda Pupilmarker, 7Groupmarker",
    "What did you see or hear?": "Seenmarker <!channel> *bold*",
    "The child’s own words": "Wordsmarker",
    "Where?": "Wheremarker",
}
LOGGED: Answers = {
    "danger": ("no",), "told": ("no",), "about": ("pupil",), "pupils": ("Zelda Pupilmarker, 7Groupmarker",),
    "seen": ("Seenmarker",), "words": ("Wordsmarker",), "where": ("Wheremarker",),
}  # fmt: skip


class Clock:
    """A clock that only moves when it is told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    def moves(self, **by: float) -> None:
        self.now += dt.timedelta(**by)


def settings_for(slack: Slack, transport: Transport = "http", **changes: Any) -> SlackSettings:
    """What a school would have in its environment."""
    app_token = slack.app_token if transport == "socket" else ""
    settings = SlackSettings(slack.token, slack.signing_secret, app_token, "", "", slack.api_url)
    return replace(settings, **changes)


class AtSchool:
    """One school with its Slack."""

    def __init__(self, slack: Slack, core: Core, transport: Transport = "http", clock: Clock | None = None) -> None:
        self.slack, self.core, self.transport = slack, core, transport
        self.clock = clock or Clock()
        self.settings = settings_for(slack, transport)
        self.service = SlackService(core, self.settings, self.clock)
        self.way = SlackWay(Workspaces(self.settings, core.school, core.store))
        self._people: dict[str, Person] = {}

    def __getitem__(self, who: str) -> Person:
        """Somebody of the school: a key of STAFF."""
        if who not in self._people:
            self._people[who] = self.slack.person(*STAFF[who])
        return self._people[who]

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """While the school's server runs, as `askfirst serve` starts it."""
        async with self._served():
            try:
                yield
                await self.slack.settled()
            finally:
                await self.slack.sender.close()

    @contextlib.asynccontextmanager
    async def _served(self) -> AsyncIterator[None]:
        pages = make_app(self.core, self.clock, key=b"k" * 32)
        pages.add_routes(self.service.routes())
        if self.transport == "http":
            async with listening(pages) as address:
                self.slack.posts_to(address + EVENTS)
                yield
            return
        loops = Loops()
        loops.add(*self.service.loops())
        running = asyncio.create_task(loops.run())
        try:
            await self.slack.opens_sockets()
            yield
        finally:
            loops.stop()
            await running

    async def sends(self, *others: Way) -> None:
        """The sender's turn: until nothing more is due at this moment."""
        sender = Sender(self.core.delivery(), (self.way, *others), self.clock, ADDRESS)
        while await sender.send_due():
            await sender.finish()
        await self.slack.settled()

    def log(self, submission: str = "one", by: str = "teacher", **changes: tuple[str, ...]) -> str:
        """A concern that somebody logged on Slack; its number."""
        user, name, _ = STAFF[by]
        person = by if by in self.core.school().people else None
        reporter = Reporter(name, "", person, Account("slack", f"{TEAM}:{user}"))
        return self.core.casework.log(submission, {**LOGGED, **changes}, self.clock(), reporter).number

    def numbers(self) -> list[str]:
        """The concerns that are in the store, whoever may read them."""
        school = self.core.school()
        found: list[str] = []
        for person in ("dsl", "head", "chair"):
            reader = Reader(person, school.roles_of(person))
            found += [each.number for each in self.core.store.inbox(school.id).summaries(reader)]
        return sorted(set(found))

    def kinds(self, number: str) -> list[str]:
        """The chronology of a concern: what happened, in order."""
        with self.core.store.concerns(SCHOOL).work_on_ladder(number) as case:
            return [event.kind for event in case.events]

    def posts(self) -> list[str]:
        """Everything that the app sent to Slack, as text, for markers to be searched in."""
        return [f"{call.method} {call.arguments}" for call in self.slack.calls]


def changed(base: Base, **channels: tuple[str, ...]) -> Base:
    """The base of a school whose file says so under channels."""
    school = replace(base.knowledge.school, channels={**base.knowledge.school.channels, **channels})
    return replace(base, knowledge=replace(base.knowledge, school=school))


def record_of(school: AtSchool, number: str, reader: str) -> Record:
    """A concern as somebody of the school reads it."""
    return school.core.casework.read(Reader(reader, school.core.school().roles_of(reader)), number, school.clock())


async def logs_a_concern(
    person: Person,
    slack: Slack,
    danger: str = "No",
    about: Iterable[str] = ("A pupil or pupils",),
    written: Mapping[str, Any] = WRITTEN,
) -> None:
    """Fill in the form that is open, first screen to last, and send it."""
    await slack.settled(lambda: person.modal is not None)
    await person.fills({"Is anyone in danger now?": danger, "Have you told someone in person?": "No"})
    await person.submits()
    assert person.modal and "Whom is it about?" in person.modal.text, person.modal and person.modal.text
    await person.fills({"Whom is it about?": list(about), **written})
    await person.submits()


async def first_screen(person: Person) -> None:
    await person.reads("Is anyone in danger now?")
    await person.fills({"Is anyone in danger now?": "No", "Have you told someone in person?": "No"})
    await person.submits()


def last_submission(slack: Slack) -> Delivery:
    """The last form that somebody sent."""
    return next(each for each in reversed(slack.deliveries) if each.name == "view_submission")


@contextlib.contextmanager
def hanging(store: Store) -> Iterator[None]:
    """While another process holds the store and does not let go."""
    with store._database.engine.connect() as connection:
        transaction = connection.begin()
        yield
        transaction.rollback()
