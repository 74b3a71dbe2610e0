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

from adapters.slack.channel import SlackChannel
from adapters.slack.installing import States
from adapters.slack.manifest import SCOPES
from adapters.slack.workspaces import Workspaces
from bot.core import Core
from bot.settings import Slack

log = logging.getLogger("askfirst.slack")
_LEFT_OVER_EVERY = 10.0  # seconds between two looks for what a dead process left behind


class SlackService:
    """Slack for one process: `routes` for the page's web server, `run` beside it, `way` for the sender."""

    def __init__(self, core: Core, settings: Slack, clock: Callable[[], dt.datetime]) -> None:
        self._settings = settings
        self._workspaces = Workspaces(settings, core.school, core.store)
        self.app = _make_app(self._workspaces)
        self.channel = SlackChannel(core, self._workspaces.client, clock)
        self.channel.listen(self.app)

    def routes(self) -> Iterable[web.RouteDef]:
        """Where Slack reaches the app over HTTP; none in Socket Mode."""
        if self._settings.app_token:
            return ()
        found = [web.post("/slack/events", self._events)]
        if self._workspaces.installations:
            found += [web.get("/slack/install", self._install), web.get("/slack/oauth_redirect", self._installed)]
        return found

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`: listen on the socket (in Socket Mode), and answer what a dead process left behind."""
        handler = None
        if self._settings.app_token:
            handler = AsyncSocketModeHandler(self.app, self._settings.app_token, web_client=self._workspaces.plain(""))
            await handler.connect_async()  # type: ignore[no-untyped-call]
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
                await handler.close_async()  # type: ignore[no-untyped-call]

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


def _make_app(workspaces: Workspaces) -> AsyncApp:
    settings = workspaces.settings
    secret = settings.signing_secret or "-"  # Socket Mode has none
    if workspaces.installations is None:
        return AsyncApp(client=workspaces.plain(settings.token), signing_secret=secret)
    oauth = AsyncOAuthSettings(
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        scopes=sorted(SCOPES),
        installation_store=workspaces.installations,
        state_store=States(workspaces.store),
        install_path="/slack/install",
        redirect_uri_path="/slack/oauth_redirect",
    )
    return AsyncApp(client=workspaces.plain(""), oauth_settings=oauth, signing_secret=secret)
