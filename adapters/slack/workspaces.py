"""The workspaces in which the app is: the one of the token, or those that installed it; a client for each."""

from __future__ import annotations

from collections.abc import Callable

from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.installing import Installations
from bot.errors import AskFirstError
from bot.knowledge import School
from bot.settings import Slack
from bot.store import Store

_TIMEOUT = 10  # seconds for one call of Slack's


class SlackError(AskFirstError):
    """Slack cannot be used as it is set up."""


class Workspaces:
    """The school's workspaces."""

    def __init__(self, settings: Slack, school: Callable[[], School], store: Store) -> None:
        self.settings, self.school, self.store = settings, school, store
        self.installations = Installations(school, store, settings.client_id) if settings.client_id else None
        self._only = self.plain(settings.token)
        self._team = ""

    def plain(self, token: str) -> AsyncWebClient:
        """A client that waits as Slack asks it to."""
        client = AsyncWebClient(token=token or None, base_url=self.settings.api, timeout=_TIMEOUT)
        client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
        return client

    async def client(self, team: str) -> AsyncWebClient:
        """The client of a workspace. Raises SlackError for one in which the app is not installed."""
        if self.installations is None:
            return self._only
        bot = await self.installations.async_find_bot(enterprise_id=None, team_id=team)
        if bot is None or not bot.bot_token:
            raise SlackError("the app is not installed in this workspace")
        return self.plain(bot.bot_token)

    async def home(self) -> str:
        """The workspace in which the school's people are: the only one, or the first in school.yaml."""
        named = self.school().channels.get("slack", ())
        if named:
            return named[0]
        if not self._team:
            self._team = str((await self._only.auth_test()).get("team_id", ""))
        return self._team
