"""The workspaces in which the app is: the one of the token, or those that installed it; a client for each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.faults import FOR_GOOD, UNANSWERED, SlackError, error_of
from adapters.slack.installing import ORG_WIDE, Installations
from adapters.slack.scopes import AGENT_SCOPE
from bot.knowledge import School
from bot.settings import Slack
from bot.store import Store

_TIMEOUT = 10  # seconds for one call of Slack's
_SAID_WITHIN = 1.0  # seconds that Slack has to say whether the app has the agent feature ...
_SAID_FOR = 600.0  # ... and for which that is believed


class Workspaces:
    """The school's workspaces. With `waits`, calls are tried again when Slack asked to wait; without it whoever calls
    is told how long."""

    def __init__(
        self,
        settings: Slack,
        school: Callable[[], School],
        store: Store,
        waits: bool = True,
        installations: Installations | None = None,
    ) -> None:
        self.settings, self.school, self.store = settings, school, store
        if settings.client_id and installations is None:
            installations = Installations(school, store, settings.client_id)
        self.installations = installations
        self._waits = waits
        self._only = self.plain(settings.token)
        self._team = ""
        self._agent: bool | None = None  # whether the app has the agent feature, and until when that is believed
        self._agent_until = 0.0

    def hurried(self) -> Workspaces:
        """The workspaces for somebody who can come back later: where Slack asks to wait, that is an error."""
        return Workspaces(self.settings, self.school, self.store, waits=False, installations=self.installations)

    def plain(self, token: str) -> AsyncWebClient:
        """A client with this token."""
        handlers = [_Reconnecting(), *([AsyncRateLimitErrorRetryHandler(max_retry_count=2)] if self._waits else [])]
        return AsyncWebClient(
            token=token or None, base_url=self.settings.api, timeout=_TIMEOUT, retry_handlers=handlers
        )

    async def client(self, team: str) -> AsyncWebClient:
        """The client of a workspace. Raises SlackError for one in which the app is not installed."""
        if self.installations is None:
            return self._only
        bot = await self.installations.async_find_bot(enterprise_id=None, team_id=team)
        if bot is None or not bot.bot_token:
            raise SlackError("the app is not installed in this Slack workspace. Install it again", "not_authed")
        return self.plain(bot.bot_token)

    async def home_client(self) -> AsyncWebClient:
        """The client of the workspace in which the school's people are. Raises SlackError where there is none."""
        return self._only if self.installations is None else await self.client(await self.home())

    async def home(self) -> str:
        """The workspace in which the school's people are: the only one, or the first in school.yaml."""
        named = self.school().channels.get("slack", ())
        if self.installations is not None:
            if not named:
                raise SlackError("school.yaml names no workspace. Write its id under channels > slack", "not_authed")
            return named[0]
        if not self._team:
            said = await self._only.auth_test()
            if said.get("is_enterprise_install"):
                raise SlackError(ORG_WIDE, "org_wide_install")
            self._team = str(said.get("team_id", ""))
        return self._team

    async def has_agent(self, team: str) -> bool | None:
        """Whether the app has Slack's agent feature in a workspace; None where nobody can say. SLACK_AGENT says it, or
        else the permissions of the token do. Those that a workspace gave by installing the app itself show only that it
        has the feature, never that it has not: AskFirst chose what to ask for."""
        if self.settings.agent is not None:
            return self.settings.agent
        if self.installations is not None:
            bot = await self.installations.async_find_bot(enterprise_id=None, team_id=team)
            return True if bot is not None and AGENT_SCOPE in (bot.bot_scopes or ()) else None
        if time.monotonic() >= self._agent_until:
            self._agent = await self._ask_for_agent()
            self._agent_until = time.monotonic() + (_SAID_FOR if self._agent is not None else _SAID_WITHIN)
        return self._agent

    async def _ask_for_agent(self) -> bool | None:
        """By the permissions of the one token, which Slack names with each answer; what it said last where it is
        silent."""
        try:
            async with asyncio.timeout(_SAID_WITHIN):
                headers = (await self._only.auth_test()).headers
        except UNANSWERED:
            return self._agent
        granted = next((str(value) for name, value in headers.items() if name.lower() == "x-oauth-scopes"), "")
        return AGENT_SCOPE in granted.replace(",", " ").split() if granted else None

    async def gone(self, team: str) -> None:
        """Slack says that the app was removed from a workspace: its token is forgotten. It is kept where it works, for
        news of a removal may come after the app was installed again."""
        if self.installations is None:
            return
        self.installations.read_anew(team)
        try:
            await (await self.client(team)).auth_test()
        except (SlackError, *UNANSWERED) as fault:
            if error_of(fault) in FOR_GOOD:
                await self.installations.async_delete_all(enterprise_id=None, team_id=team)


class _Reconnecting(AsyncConnectionErrorRetryHandler):
    """Tries a lost connection once more; but never a message that may be there already, for nobody wants it twice."""

    async def _can_retry_async(self, *, request: Any, error: Exception | None = None, **more: Any) -> bool:
        if "/chat.post" in request.url and not isinstance(error, aiohttp.ClientConnectorError):
            return False
        return await super()._can_retry_async(request=request, error=error, **more)
