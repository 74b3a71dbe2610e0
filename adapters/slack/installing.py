"""Several workspaces: Slack's own stores of installations, in the same database, with the tokens sealed.

Each workspace is tied to the school by its id in school.yaml (channels > slack); any other is refused, and its token
is not kept.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from copy import copy
from logging import Logger, getLogger
from typing import Any, TypeVar

import sqlalchemy as sa
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore

from adapters.slack.scopes import AGENT_SCOPES, SCOPES
from bot.knowledge import School
from bot.settings import Slack
from bot.store import Store
from bot.store.sealing.vault import Cell

INSTALL, INSTALLED = "/slack/install", "/slack/oauth_redirect"
DONE = "AskFirst is installed in your Slack workspace. You can close this page."
NOT_OURS = (
    "AskFirst was not installed: this workspace is not in the school’s file. Write its id under channels > slack in "
    "school.yaml, remove the app from the workspace, and begin again."
)
ORG_WIDE = (
    "The app was installed for a whole Enterprise organisation. AskFirst goes into one workspace at a time: "
    "remove it from the organisation, and install it in the school's own workspace"
)
NOT_DONE = "AskFirst was not installed. Begin again at the address that ends in /slack/install."
_STATE_LASTS = 600  # seconds between the first click and the last
_KNOWN_FOR = 60.0  # seconds for which a workspace's token is believed
_SECRET = {"bot_token", "bot_refresh_token", "user_token", "user_refresh_token", "incoming_webhook_url"}
Kept = TypeVar("Kept", Bot, Installation)
log = getLogger("askfirst.slack")


class Installations(AsyncInstallationStore):
    """Slack's store behind threads; workspaces that are not the school's are neither stored nor found."""

    def __init__(
        self, school: Callable[[], School], store: Store, client_id: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._school, self._clock = school, clock
        self._store = _SealedStore(client_id, store)
        self._known: dict[str, tuple[Bot, float]] = {}  # workspace -> (the app there, until when that is believed)

    @property
    def logger(self) -> Logger:
        """Where Slack's own code writes."""
        return log

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation of one of the school's workspaces; without the Enterprise organisation that it may be
        in: it is found by the workspace alone."""
        if self.is_ours(installation.team_id) and not installation.is_enterprise_install:
            kept = copy(installation)
            kept.enterprise_id = None
            await asyncio.to_thread(self._store.save, kept)
            self.read_anew(installation.team_id or "")

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The app in this workspace, with its token; None for a workspace of somebody else. What was read is known
        for a minute: another process may have been told meanwhile that the app was removed."""
        team = team_id or ""  # whatever organisation it is in
        if not self.is_ours(team):
            return None
        bot, until = self._known.get(team, (None, 0.0))
        if bot is None or self._clock() >= until:
            bot = await asyncio.to_thread(
                lambda: self._store.find_bot(
                    enterprise_id=None, team_id=team_id, is_enterprise_install=is_enterprise_install
                )
            )
            if bot is not None:
                self._known[team] = (bot, self._clock() + _KNOWN_FOR)
        return bot

    async def async_delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """The app was removed from a workspace."""
        self.read_anew(team_id or "")
        await asyncio.to_thread(lambda: self._store.delete_all(enterprise_id=None, team_id=team_id))

    def read_anew(self, team: str) -> None:
        """Believe nothing about this workspace that was read before."""
        self._known.pop(team, None)

    def is_ours(self, team: str | None) -> bool:
        """Whether this workspace is one of the school's."""
        return team in self._school().channels.get("slack", ())


class Authorised(AsyncAuthorize):
    """Which workspace a request is from, by what was stored when the app was installed: Slack is not asked anew with
    every request whether the token still holds. When it no longer does, the next call says so."""

    def __init__(self, installations: Installations) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._installations = installations

    async def __call__(
        self, *, context: Any, enterprise_id: str | None, team_id: str | None, user_id: str | None, **_: Any
    ) -> AuthorizeResult | None:
        """The app in that workspace; None where it is not installed, or the workspace is not the school's."""
        bot = await self._installations.async_find_bot(enterprise_id=None, team_id=team_id)
        if bot is None or not bot.bot_token:
            return None
        return AuthorizeResult(
            enterprise_id=bot.enterprise_id,
            team_id=bot.team_id,
            bot_id=bot.bot_id,
            bot_user_id=bot.bot_user_id,
            bot_token=bot.bot_token,
            user_id=user_id,
        )


class States(AsyncOAuthStateStore):
    """What shows that an installation began here; each works once."""

    def __init__(self, store: Store) -> None:
        engine, _ = store.for_others(sa.MetaData())
        self._store = SQLAlchemyOAuthStateStore(expiration_seconds=_STATE_LASTS, engine=engine, logger=log)
        store.for_others(self._store.metadata)

    @property
    def logger(self) -> Logger:
        """Where Slack's own code writes."""
        return log

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        """A new state."""
        return await asyncio.to_thread(self._store.issue, *args, **kwargs)

    async def async_consume(self, state: str) -> bool:
        """Whether this state was given out, is not too old, and was not used before."""
        return await asyncio.to_thread(self._store.consume, state)


def oauth_settings(settings: Slack, installations: Installations, store: Store) -> AsyncOAuthSettings:
    """How workspaces install the app."""

    async def done(args: AsyncSuccessArgs) -> BoltResponse:
        if args.installation.is_enterprise_install:
            return _page(403, f"{ORG_WIDE}.")
        return _page(200, DONE) if installations.is_ours(args.installation.team_id) else _page(403, NOT_OURS)

    async def failed(args: AsyncFailureArgs) -> BoltResponse:
        return _page(args.suggested_status_code, NOT_DONE)

    made = AsyncOAuthSettings(
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        scopes=sorted(AGENT_SCOPES if settings.agent else SCOPES),
        installation_store=installations,
        state_store=States(store),
        install_path=INSTALL,
        install_page_rendering_enabled=False,
        redirect_uri_path=INSTALLED,
        callback_options=AsyncCallbackOptions(success=done, failure=failed),
    )
    made.authorize = Authorised(installations)
    return made


def _page(status: int, text: str) -> BoltResponse:
    return BoltResponse(status=status, body=text, headers={"content-type": "text/plain; charset=utf-8"})


class _SealedStore(SQLAlchemyInstallationStore):
    """Slack's tables with every column that holds a secret sealed for its workspace; one row a workspace."""

    def __init__(self, client_id: str, store: Store) -> None:
        engine, self._vault = store.for_others(sa.MetaData())
        super().__init__(client_id, engine, logger=log)
        for table in (self.bots, self.installations):
            for name in _SECRET & set(table.columns.keys()):
                table.columns[name].type = sa.LargeBinary()
        store.for_others(self.metadata)

    def save(self, installation: Installation) -> None:
        """Keep an installation and its app, instead of what was kept of this workspace."""
        super().save(self._sealed(self.installations, installation))
        for table in (self.bots, self.installations):
            self._keep_newest(table, installation.team_id)

    def save_bot(self, bot: Bot) -> None:
        """Keep the app of a workspace. What comes from `save` is sealed for the other table already."""
        plain = self._opened(self.installations, bot) if isinstance(bot.bot_token, bytes) else bot
        super().save_bot(self._sealed(self.bots, plain))

    def find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The app in a workspace, with its token. Raises VaultError."""
        found = super().find_bot(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        return found and self._opened(self.bots, found)

    def _sealed(self, table: sa.Table, kept: Kept) -> Kept:
        return self._changed(kept, lambda name, text: self._vault.seal(text, self._cell(table, name, kept)))

    def _opened(self, table: sa.Table, kept: Kept) -> Kept:
        return self._changed(kept, lambda name, sealed: self._vault.open(sealed, self._cell(table, name, kept)))

    def _changed(self, kept: Kept, change: Callable[[str, Any], Any]) -> Kept:
        changed = copy(kept)
        for name in _SECRET & set(vars(kept)):
            if (value := getattr(kept, name)) is not None:
                setattr(changed, name, change(name, value))
        return changed

    def _cell(self, table: sa.Table, name: str, kept: Bot | Installation) -> Cell:
        return Cell(table.name, name, "", (self.client_id, kept.team_id or ""))

    def _keep_newest(self, table: sa.Table, team: str | None) -> None:
        ours = (table.c.client_id == self.client_id) & (table.c.team_id == team)
        with self.engine.begin() as connection:
            newest = sa.select(table.c.id).where(ours).order_by(table.c.installed_at.desc(), table.c.id.desc()).limit(1)
            kept = connection.execute(newest).scalar()
            connection.execute(sa.delete(table).where(ours, table.c.id != kept))
