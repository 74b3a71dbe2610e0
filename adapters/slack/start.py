"""The thin start of Slack: the app with its listeners, over HTTP or over Socket Mode."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from adapters.delivering.loops import Loop
from adapters.delivering.pulse import Pulse, every
from adapters.slack.channel import SlackChannel
from adapters.slack.faults import UNANSWERED, SlackError, plainly
from adapters.slack.installing import INSTALL, INSTALLED, oauth_settings
from adapters.slack.requests import is_from_slack, is_readable
from adapters.slack.workspaces import Workspaces
from bot.errors import AskFirstError
from bot.service.core import Core
from bot.settings import Slack

log = logging.getLogger("askfirst.slack")
NAME = "AskFirst"  # said, so that bolt does not read the whole stack for a name: a second of every start
EVENTS = "/slack/events"
_LEFT_OVER_EVERY = 10.0  # seconds between two looks for what a dead process left behind
_TIDY_EVERY = 3600.0
_READ_WITHIN = 15.0  # seconds
_LONGEST_TURN = 600.0  # seconds: a whole school's questions, each with Slack slow
_EXPECTED = (AskFirstError, *UNANSWERED)
_SETTLES_WITHIN = 20.0  # seconds that a socket may take to open; Slack closes each now and then, and another is opened
_PING_EVERY = 5.0  # also how long to wait before the socket is opened again


class SlackService:
    """Slack for one process: `routes` for the page's web server, `loops` beside it."""

    def __init__(self, core: Core, settings: Slack, clock: Callable[[], dt.datetime]) -> None:
        self._settings = settings
        self._workspaces = Workspaces(settings, core.school, core.store)
        self.app = make_app(self._workspaces)
        self.channel = SlackChannel(core, self._workspaces, clock)
        self.channel.listen(self.app)
        self._verifier = SignatureVerifier(settings.signing_secret) if settings.signing_secret else None

    def routes(self) -> Iterable[web.RouteDef]:
        """Where Slack reaches the app over HTTP; none in Socket Mode."""
        if self._settings.app_token:
            return ()
        found = [web.post(EVENTS, self._events)]
        if self._workspaces.installations:
            found += [web.get(INSTALL, self._install), web.get(INSTALLED, self._installed)]
        return found

    def loops(self) -> tuple[Loop, ...]:
        """What must run for as long as the process does: answering what a dead process left behind, throwing away old
        drafts and, in Socket Mode, the connection. A message that cannot be answered must not cost the connection."""
        found = (
            Loop("slack left over", self._work_off, _LONGEST_TURN),
            Loop("slack drafts", self._tidy),
        )
        return (*found, Loop("slack connection", self._connect, vital=True)) if self._settings.app_token else found

    async def _work_off(self, pulse: Pulse) -> None:
        await every(_LEFT_OVER_EVERY, pulse, self.channel.work_off, _tell, _EXPECTED)

    async def _tidy(self, pulse: Pulse) -> None:
        await every(_TIDY_EVERY, pulse, self.channel.tidy, _tell, _EXPECTED)

    async def _connect(self, pulse: Pulse) -> None:
        async with self._connected() as connection:
            await every(_PING_EVERY, pulse, connection.look, _tell_of_connection, (SlackError,))

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[_Connection]:
        """With the socket open, or being opened: where Slack cannot be reached, its own client tries until it can."""
        settings = self._settings
        client = self._workspaces.plain("")
        handler = AsyncSocketModeHandler(self.app, settings.app_token, web_client=client, ping_interval=_PING_EVERY)
        connecting = asyncio.create_task(handler.connect_async())  # type: ignore[no-untyped-call]
        try:
            yield _Connection(handler, connecting)
        finally:
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
            await handler.close_async()  # type: ignore[no-untyped-call]

    async def _events(self, request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(_READ_WITHIN):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        if self._verifier is None or not is_from_slack(self._verifier, body, request.headers):
            return web.Response(status=401)
        if not is_readable(body, request.content_type):
            return web.Response(status=400)
        try:
            asked = await to_bolt_request(request)
        except (ValueError, LookupError):  # a charset that does not exist
            return web.Response(status=400)
        return await to_aiohttp_response(await self.app.async_dispatch(asked))

    async def _install(self, request: web.Request) -> web.Response:
        flow = self.app.oauth_flow
        if flow is None:
            raise web.HTTPNotFound
        return await to_aiohttp_response(await flow.handle_installation(await to_bolt_request(request)))

    async def _installed(self, request: web.Request) -> web.Response:
        flow = self.app.oauth_flow
        if flow is None:
            raise web.HTTPNotFound
        return await to_aiohttp_response(await flow.handle_callback(await to_bolt_request(request)))


def make_app(workspaces: Workspaces) -> AsyncApp:
    """The bolt app without listeners."""
    settings = workspaces.settings
    secret = settings.signing_secret or "-"  # Socket Mode has none
    if workspaces.installations is None:
        return AsyncApp(name=NAME, client=workspaces.plain(settings.token), signing_secret=secret)
    oauth = oauth_settings(settings, workspaces.installations, workspaces.store)
    return AsyncApp(name=NAME, client=workspaces.plain(""), oauth_settings=oauth, signing_secret=secret)


class _Connection:
    """The socket, watched: Slack's client tries for ever where it cannot connect, and says nothing of it."""

    def __init__(self, handler: AsyncSocketModeHandler, connecting: asyncio.Task[None]) -> None:
        self._handler, self._connecting = handler, connecting
        self._seen = time.monotonic()

    async def look(self) -> None:
        """Raises SlackError where there has been no connection for a while, and whatever the connecting ended with."""
        if self._connecting.done():
            self._connecting.result()
        if await self._handler.client.is_connected():
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen >= _SETTLES_WITHIN:
            raise SlackError("nothing arrives from Slack: there is no connection. Is SLACK_APP_TOKEN still valid?")


def _tell_of_connection(fault: Exception) -> None:
    log.error("%s", plainly(fault))


def _tell(fault: Exception) -> None:
    log.error("what was left over could not be dealt with: %s", plainly(fault))
