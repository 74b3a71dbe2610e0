"""The local Slack itself: start it, connect the app, let people in, look at what happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.slack import manifest, mrkdwn, payloads, screens
from tests.slack.activity import Activity
from tests.slack.api import Api, Call
from tests.slack.deliveries import Delivery, Pace, Sender
from tests.slack.desk import Desk, Violation
from tests.slack.faults import Faults
from tests.slack.people import Person
from tests.slack.transports import HttpTransport, SocketTransport
from tests.slack.workspace import BOT_USER, TEAM, Conversation, Json, User, Workspace


class Slack:
    """A Slack on this machine. One app is connected to it, by HTTP or by Socket Mode."""

    token = "xoxb-school"
    app_token = "xapp-school"

    def __init__(self, quiet: float = 0.1) -> None:
        self.quiet = quiet
        self.workspace = Workspace()
        self.workspace.tokens[self.token] = TEAM
        self.workspace.app_tokens.add(self.app_token)
        self.desk = Desk(self.workspace, self._emit)
        self.faults = Faults()
        self.activity = Activity()
        self.sockets = SocketTransport()
        self.sender = Sender(self.desk, self.faults, self.activity)
        self._api = Api(self.desk, self.faults, self.activity, self.sockets)
        self._runner = web.AppRunner(self._api.application(), shutdown_timeout=0.1)

    async def start(self) -> None:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.desk.address = f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        await self.sender.close()
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """What the app's web client needs as its base_url."""
        return f"{self.desk.address}/api/"

    @property
    def signing_secret(self) -> str:
        return self.desk.signing_secret

    def posts_to(self, url: str) -> HttpTransport:
        """The app listens at this address."""
        transport = HttpTransport(url, self.signing_secret)
        self.sender.use(transport)
        return transport

    async def opens_sockets(self, within: float = 5.0) -> SocketTransport:
        """The app connects by Socket Mode; returns once it has."""
        self.sender.use(self.sockets)
        await self.activity.until(lambda: self.sockets.connected, within, "the app opened a websocket")
        return self.sockets

    def uses(self, app_manifest: Json, old: bool = False) -> None:
        """From now on the app may do, and hears of, what its manifest says. An `old` app was made before July 2026."""
        manifest.install(self.desk, app_manifest, old)

    def limits_history(self) -> None:
        """The app counts as distributed: its history is read once a minute, 15 messages at a time."""
        self.desk.history_left = 1

    def a_minute_passes(self) -> None:
        self.desk.history_left = 1

    def person(
        self, user: str, name: str, email: str, guest: bool = False, team: str | None = None, **more: Any
    ) -> Person:
        """Somebody with an account. Another `team` is another organisation, that shares a channel, or with `workspaces`
        another home in the same one. `more` is of User."""
        home = team or TEAM
        self.workspace.teams.setdefault(home, home)
        self.workspace.users[user] = User(user, name, email, home, guest, **more)
        return Person(self, self.workspace.users[user])

    def channel(
        self, channel: str, name: str = "", members: tuple[Person, ...] = (), private: bool = False, app: bool = True
    ) -> Conversation:
        """A channel with these people, and with the app unless it has not been invited."""
        inside = {person.id for person in members} | ({BOT_USER} if app else set())
        kind = "group" if private else "channel"
        made = Conversation(channel, name or channel.lower(), inside, kind)
        made.shared = len({self.workspace.users[user].team for user in inside - {BOT_USER}}) > 1
        return self.workspace.conversations.setdefault(channel, made)

    @property
    def calls(self) -> list[Call]:
        """Every call that the app made, oldest first."""
        return self._api.calls

    def calls_to(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    @property
    def deliveries(self) -> list[Delivery]:
        """Everything that was sent to the app, oldest first."""
        return self.sender.deliveries

    @property
    def missed(self) -> list[Delivery]:
        """What the app did not answer at the first try."""
        return [each for each in self.deliveries if each.attempts and each.attempts[0].fault]

    @property
    def pace(self) -> Pace:
        """How long Slack waits, and when it tries again."""
        return self.sender.pace

    @property
    def violations(self) -> list[Violation]:
        """What Slack would not have taken. Must be empty at the end of a test."""
        return self.desk.violations

    def expected(self, text: str) -> list[Violation]:
        """Take away the violations that say this. It is a failure if there is none."""
        found = [violation for violation in self.violations if text in str(violation)]
        if not found:
            raise AssertionError(f"no violation says '{text}': {[str(each) for each in self.violations]}")
        self.violations[:] = [violation for violation in self.violations if violation not in found]
        return found

    @property
    def untidy(self) -> list[str]:
        """Slips in the mrkdwn of everything that the app sent."""
        texts = [text for call in self.calls for text in screens.mrkdwn_texts(call.arguments)]
        return sorted({slip for text in texts for slip in mrkdwn.untidy(text)})

    async def settled(
        self, until: Callable[[], object] | None = None, within: float = 5.0, quiet: float | None = None
    ) -> None:
        """Until this holds; without it, until nothing is under way and nothing new begins for a moment."""
        if until is None:
            await self.activity.quiet(self.quiet if quiet is None else quiet, within)
        else:
            await self.activity.until(until, within, getattr(until, "__doc__", None) or "what was waited for")

    async def tells(self, event: Json, team: str = TEAM, shared: bool = False) -> Delivery | None:
        """Send the app an event, if it has subscribed to it; returns once the app has acknowledged."""
        if not self.desk.hears(event):
            return None
        return await self.sender.send("events_api", payloads.event_callback(event, team, shared))

    def installs(self, team: str, name: str = "") -> str:
        """Somebody agrees to install the app in this team: the code for the app's redirect address."""
        self.workspace.teams[team] = name or team
        code = self.workspace.next_id("code")
        self.workspace.codes[code] = team
        return code

    async def revokes(self, token: str | None = None) -> None:
        """An administrator takes the bot's token away; the app is told."""
        gone = token or self.token
        self.workspace.revoked.add(gone)
        await self.tells(payloads.tokens_revoked_event([BOT_USER]), self.workspace.tokens[gone])

    async def uninstalls(self, token: str | None = None) -> None:
        """The app is removed from the workspace; it is told so, and its token is worth nothing."""
        gone = token or self.token
        self.workspace.revoked.add(gone)
        await self.tells(payloads.uninstalled_event(), self.workspace.tokens[gone])
        await self.tells(payloads.tokens_revoked_event([BOT_USER]), self.workspace.tokens[gone])

    def _emit(self, event: Json, team: str) -> None:
        if self.desk.hears(event):
            self.sender.send_later("events_api", payloads.event_callback(event, team))
