"""Run an app against the local Slack, by whichever transport."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Literal

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.server import Slack
from tests.slack.transports import HttpTransport

Way = Literal["http", "socket"]
PATH = "/slack/events"


@contextlib.asynccontextmanager
async def serving(slack: Slack, app: AsyncApp, way: Way) -> AsyncIterator[None]:
    """A bolt app, listening at an address of its own or connected by websocket."""
    async with over_http(slack, app) if way == "http" else over_socket(slack, app):
        yield


@contextlib.asynccontextmanager
async def over_http(slack: Slack, app: AsyncApp) -> AsyncIterator[HttpTransport]:
    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    pages = web.Application()
    pages.router.add_post(PATH, handle)
    async with listening(pages) as address:
        yield slack.posts_to(address + PATH)


@contextlib.asynccontextmanager
async def over_socket(slack: Slack, app: AsyncApp, ping_interval: float = 0.2) -> AsyncIterator[None]:
    client = AsyncWebClient(token=slack.app_token, base_url=slack.api_url)
    handler = AsyncSocketModeHandler(app, slack.app_token, web_client=client, ping_interval=ping_interval)
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await slack.opens_sockets()
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@contextlib.asynccontextmanager
async def listening(pages: web.Application) -> AsyncIterator[str]:
    """Any aiohttp application on a free port of this machine; gives its address."""
    runner = web.AppRunner(pages, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
