"""The thin start of Slack: the app with its listeners, over HTTP or over Socket Mode."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Callable, Iterable

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.alerts import SlackWay
from adapters.slack.channel import SlackChannel
from adapters.slack.installing import Installations, States
from adapters.slack.manifest import SCOPES
from bot.core import Core
from bot.errors import AskFirstError
from bot.settings import Slack

log = logging.getLogger("askfirst.slack")
_LEFT_OVER_EVERY = 10.0  # seconds between two looks for what a dead process left behind
_TIMEOUT = 10  # seconds for one call of Slack's


class SlackError(AskFirstError):
    """Slack cannot be used as it is set up."""


class SlackService:
    """Slack for one process: `routes` for the page's web server, `run` beside it, `way` for the sender."""

    def __init__(self, core: Core, settings: Slack, clock: Callable[[], dt.datetime]) -> None:
        self._core, self._settings = core, settings
        self._installations = Installations(core, settings.client_id) if settings.client_id else None
        self._clients: dict[str, AsyncWebClient] = {}  # what is in the store or the settings, held for speed
        self._team = ""
        self.app = self._make_app()
        self.channel = SlackChannel(core, self._client_of, clock)
        self.channel.listen(self.app)
        self.way = SlackWay(core, self._client_of, self._home)

    def routes(self) -> Iterable[web.RouteDef]:
        """Where Slack reaches the app over HTTP; none in Socket Mode."""
        if self._settings.app_token:
            return ()
        found = [web.post("/slack/events", self._events)]
        if self._installations:
            found += [web.get("/slack/install", self._install), web.get("/slack/oauth_redirect", self._installed)]
        return found

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`: listen on the socket (in Socket Mode), and answer what a dead process left behind."""
        handler = None
        if self._settings.app_token:
            handler = AsyncSocketModeHandler(self.app, self._settings.app_token, web_client=self._plain(""))
            await handler.connect_async()
        try:
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _LEFT_OVER_EVERY)
                try:
                    await self.channel.work_off()
                except Exception as fault:  # the loop's own boundary: it goes on
                    log.error("what was left over could not be answered: %s", type(fault).__name__)
        finally:
            if handler is not None:
                await handler.close_async()

    def _make_app(self) -> AsyncApp:
        settings = self._settings
        if self._installations is None:
            return AsyncApp(client=self._plain(settings.token), signing_secret=settings.signing_secret or "-")
        oauth = AsyncOAuthSettings(
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            scopes=sorted(SCOPES),
            installation_store=self._installations,
            state_store=States(self._core),
            install_path="/slack/install",
            redirect_uri_path="/slack/oauth_redirect",
        )
        return AsyncApp(client=self._plain(""), oauth_settings=oauth, signing_secret=settings.signing_secret)

    def _plain(self, token: str) -> AsyncWebClient:
        client = AsyncWebClient(token=token or None, base_url=self._settings.api, timeout=_TIMEOUT)
        client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
        return client

    async def _client_of(self, team: str) -> AsyncWebClient:
        """The client of a workspace. Raises SlackError for one in which the app is not installed."""
        if self._installations is None:
            return self.app.client
        if team not in self._clients:
            bot = await self._installations.async_find_bot(enterprise_id=None, team_id=team)
            if bot is None:
                raise SlackError("the app is not installed in this workspace")
            self._clients[team] = self._plain(bot.bot_token)
        return self._clients[team]

    async def _home(self) -> str:
        """The workspace in which the school's people are: the only one, or the first in school.yaml."""
        named = self._core.school().channels.get("slack", ())
        if named:
            return named[0]
        if not self._team:
            self._team = str((await self.app.client.auth_test()).get("team_id", ""))
        return self._team

    async def _events(self, request: web.Request) -> web.Response:
        bolt = await self.app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(bolt)

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
