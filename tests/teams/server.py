"""The local Teams itself: start it, connect the bot, let people in, look at what happened."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from aiohttp import web

from tests.slack.activity import Activity
from tests.teams import checks, payloads
from tests.teams.api import Api, Call
from tests.teams.deliveries import Delivery, Sender
from tests.teams.desk import REFUSALS, Desk
from tests.teams.faults import Faults
from tests.teams.payloads import Place
from tests.teams.people import Person
from tests.teams.tokens import Tokens
from tests.teams.world import TENANT, Conversation, Json, Member, Post, World


class Teams:
    """A Teams on this machine. With `token` it demands that token with every call of the bot."""

    def __init__(self, token: str | None = None, quiet: float = 0.1) -> None:
        self.quiet = quiet
        self.world = World()
        self.desk = Desk(self.world, token=token)
        self.faults = Faults()
        self.activity = Activity()
        self.sender = Sender(self.desk, self.faults, self.activity)
        self._api = Api(self.desk, self.faults, self.activity)
        self._runner = web.AppRunner(self._api.application(), shutdown_timeout=0.1)

    async def start(self) -> None:
        checks.warm_up()
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.desk.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        await self.sender.close()
        await self._runner.cleanup()

    # Where it is.

    @property
    def service_url(self) -> str:
        """What stands in every activity, with a path as in Teams: …/uk/"""
        return self.desk.service_url

    @property
    def openid_url(self) -> str:
        """The document that says where the keys are."""
        return f"{self.desk.address}/.well-known/openid"

    @property
    def tokens(self) -> Tokens:
        return Tokens(self.service_url)

    def posts_to(self, url: str) -> None:
        """The bot listens at this address."""
        self.sender.url = url

    # Who is there.

    def person(self, name: str, email: str, aad: str = "", tenant: str = TENANT, guest: bool = False) -> Person:
        """Somebody with an account. Another `tenant` is another organisation."""
        known = aad or str(uuid.uuid5(uuid.NAMESPACE_URL, email))
        member = Member(name, email, known, tenant, guest)
        self.world.members.setdefault(member.id, member)
        return Person(self, self.world.members[member.id])

    def channel(
        self,
        name: str,
        *people: Person,
        team: str = "Staff",
        app: bool = True,
        sort: str = "standard",
        says_sort: bool = False,
    ) -> Conversation:
        """A channel of a team with these people, and with the app unless it was not added to the team; private and
        shared ones it has to be added to by themselves. `says_sort`: whether activities name the sort of channel."""
        made = self.world.add_shared("channel", name, (person.id for person in people), team, app, sort)
        made.says_sort = says_sort
        return made

    def group(self, name: str, *people: Person, app: bool = True) -> Conversation:
        """A group chat."""
        return self.world.add_shared("groupChat", name, (person.id for person in people), "", app)

    async def adds_app(self, chat: Conversation, by: Person) -> None:
        """Somebody adds the app to a team or a group chat; it is told so."""
        chat.app = True
        place = self.place(chat.id)
        await self.sender.send(payloads.installation(place, by.member, self.world.next_event_id(chat), "add"))
        await self.sender.send(payloads.members_added(place, by.member, self.world.next_event_id(chat)))

    def place(self, chat: str, thread: str = "") -> Place:
        """A chat as the bot is told of it; the thread counts in channels only."""
        found = self.world.conversations[chat]
        return Place(self.service_url, found, thread if found.kind == "channel" else "")

    async def says(
        self, member: Member, place: Place, text: str, mention: bool = False, flags: Json | None = None
    ) -> Post:
        """What somebody typed stands there, and the bot hears of it where it should. `flags` are what else Teams puts
        into the activity; with them the message is seen by its sender and the app alone."""
        chat, number = place.conversation, self.world.next_id()
        here = place if place.thread else self.place(chat.id, number)
        typed = payloads.marked(payloads.message(here, member, number, text, mention), flags or {})
        post = self.world.add(chat, member.id, typed, root=place.thread)
        if self.world.has_app(chat) and (mention or chat.personal or flags):
            await self.sender.send(typed)
        return post

    # What goes wrong.

    def blocks(self, who: Person | Conversation, why: str = "blocked") -> None:
        """From now on Teams takes nothing for this chat: "blocked", "not installed", "disabled" or "gone"."""
        assert why in REFUSALS, f"why is one of {list(REFUSALS)}"
        (who.chat if isinstance(who, Person) else who).refusal = why

    def unblocks(self, who: Person | Conversation) -> None:
        (who.chat if isinstance(who, Person) else who).refusal = ""

    # What happened.

    @property
    def calls(self) -> list[Call]:
        """Every call that the bot made, oldest first."""
        return self._api.calls

    def calls_to(self, name: str) -> list[Call]:
        return [call for call in self.calls if call.name == name]

    @property
    def key_fetches(self) -> int:
        """How often the bot has read the signing keys."""
        return self._api.key_fetches

    @property
    def deliveries(self) -> list[Delivery]:
        """Everything that was sent to the bot, oldest first."""
        return self.sender.deliveries

    @property
    def troubles(self) -> list[str]:
        """What Teams would not have taken, or not taken kindly. Must be empty at the end of a test."""
        return self.desk.troubles

    def expected(self, text: str) -> list[str]:
        """Take away the troubles that say this. It is a failure if there is none."""
        found = [trouble for trouble in self.troubles if text in trouble]
        assert found, f"no trouble says '{text}': {self.troubles}"
        self.troubles[:] = [trouble for trouble in self.troubles if trouble not in found]
        return found

    async def settled(
        self, until: Callable[[], object] | None = None, within: float = 5.0, quiet: float | None = None
    ) -> None:
        """Until this holds; without it, until nothing is under way and nothing new begins for a moment."""
        if until is None:
            await self.activity.quiet(self.quiet if quiet is None else quiet, within)
        else:
            await self.activity.until(until, within, getattr(until, "__doc__", None) or "what was waited for")
