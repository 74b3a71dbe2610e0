"""AskFirst as a whole at the local Teams: the real core and store, a clock that is moved, the people of the school."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from adapters.delivering.sender import Sender, Way
from adapters.teams import MESSAGES, TeamsOut, TeamsService
from adapters.teams.keys import fetched
from adapters.web.app import make_app
from bot.concerns import Account, Reader, Record, Reporter
from bot.service.core import Core
from bot.settings import Teams as TeamsSettings
from tests.conftest import SCHOOL
from tests.slack.school import ADDRESS, LOGGED, Clock
from tests.slack.serving import listening
from tests.teams.entra import SECRET, Entra
from tests.teams.people import Person
from tests.teams.server import Teams
from tests.teams.world import APP_ID, TENANT

TOKEN = "the-apps-own-token"
STAFF = {
    "dsl": ("Ms Amara Bello", "a.bello@fernbank.example"),
    "deputy-1": ("Mr Owen Pryce", "o.pryce@fernbank.example"),
    "head": ("Mrs Ruth Calder", "r.calder@fernbank.example"),
    "chair": ("Mr Tomasz Zielinski", "chair@fernbank.example"),
    "teacher": ("Priya Shah", "p.shah@fernbank.example"),
    "colleague": ("Dev Anand", "d.anand@fernbank.example"),
}
# Everything that is written into a concern of the tests; none of it may show where it must not.
WRITTEN = {
    "Pupil or pupils": "Zelda Pupilmarker, 7Groupmarker",
    "What did you see or hear?": "Seenmarker **bold** [link](https://example.org) {{DATE(2026-01-01)}}",
    "The child’s own words": "Wordsmarker",
    "Where?": "Wheremarker",
}
MARKERS = ("Pupilmarker", "Groupmarker", "Seenmarker", "Wordsmarker", "Wheremarker")


class AtSchool:
    """One school with its Teams."""

    def __init__(self, teams: Teams, core: Core) -> None:
        self.teams, self.core, self.clock = teams, core, Clock()
        self.settings, self.entra = TeamsSettings(APP_ID, SECRET, TENANT), Entra(TOKEN)
        teams.desk.token = TOKEN
        self.service = TeamsService(core, self.settings, self.clock, fetch=self._keys, http=self.entra)
        self.out = TeamsOut(self.settings, core.school, core.store, http=self.entra)
        self._people: dict[str, Person] = {}

    async def _keys(self, address: str) -> Mapping[str, Any]:
        """Microsoft's documents, as they stand at the local Teams."""
        return await fetched(address if address.startswith(self.teams.desk.address) else self.teams.openid_url)

    def __getitem__(self, who: str) -> Person:
        """Somebody of the school: a key of STAFF."""
        if who not in self._people:
            self._people[who] = self.teams.person(*STAFF[who])
        return self._people[who]

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """While the school's server runs, as `askfirst serve` starts it."""
        pages = make_app(self.core, self.clock, key=b"k" * 32)
        pages.add_routes(self.service.routes())
        async with listening(pages) as address:
            self.teams.posts_to(address + MESSAGES)
            try:
                yield
                await self.settled()
            finally:
                await self.service.close()

    async def settled(self) -> None:
        """Until nothing is under way, here or there."""
        await self.service.channel.finish()
        await self.teams.settled()

    async def everybody(self, *names: str) -> None:
        """These people have the app."""
        for name in names:
            await self[name].installs()
        await self.settled()

    async def sends(self, *others: Way) -> None:
        """The sender's turn: until nothing more is due at this moment."""
        sender = Sender(self.core.delivery(), (self.out.way, *others), self.clock, ADDRESS)
        while await sender.send_due():
            await sender.finish()
        await self.teams.settled()

    def log(self, submission: str = "one", by: str = "teacher", **changes: tuple[str, ...]) -> str:
        """A concern that somebody logged in Teams; its number."""
        person = by if by in self.core.school().people else None
        account = Account("teams", f"{TENANT}:{self[by].aad}")
        reporter = Reporter(STAFF[by][0], "", person, account)
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


def record_of(school: AtSchool, number: str, reader: str) -> Record:
    """A concern as somebody of the school reads it."""
    return school.core.casework.read(Reader(reader, school.core.school().roles_of(reader)), number, school.clock())


def sent_by(teams: Teams) -> str:
    """Everything that stands in a chat by the app's doing: what it sent, and the cards that it answered to buttons. Not
    the dialogs that people opened."""
    calls = [call.body for call in teams.calls]
    answers = [each.answer.body for each in teams.deliveries if each.name == "adaptiveCard/action"]
    return json.dumps([calls, answers], ensure_ascii=False)


async def first_screen(person: Person, danger: str = "No") -> None:
    """Fill in the first screen of the form that is open, and send it."""
    await person.reads("Is anyone in danger now?")
    await person.fills(**{"Is anyone in danger now?": danger, "Have you told someone in person?": "No"})
    await person.submits("Continue")


async def logs_a_concern(
    person: Person,
    danger: str = "No",
    about: Iterable[str] = ("A pupil or pupils",),
    written: Mapping[str, Any] = WRITTEN,
) -> None:
    """Fill in the form that is open, first screen to last, and send it."""
    await first_screen(person, danger)
    await person.reads("Whom is it about?")
    await person.fills(**{"Whom is it about?": list(about), **written})
    await person.submits("Log this concern")
