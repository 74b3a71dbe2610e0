"""Several workspaces: Slack's own stores of installations, in the same database, with the tokens sealed.

Each workspace is tied to the school by its id in school.yaml (channels > slack); any other is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from logging import Logger, getLogger
from typing import Any

import sqlalchemy as sa
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore
from sqlalchemy.types import LargeBinary, TypeDecorator

from bot.knowledge import School
from bot.store import Store
from bot.store.vault import Vault

_STATE_LASTS = 600  # seconds between the first click and the last
_SECRET = {"bot_token", "bot_refresh_token", "user_token", "user_refresh_token", "incoming_webhook_url"}
log = getLogger("askfirst.slack")


class Sealed(TypeDecorator[str]):
    """A text that is sealed in the database."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, vault: Vault) -> None:
        super().__init__()
        self._vault = vault

    def process_bind_param(self, value: str | None, dialect: Any) -> bytes | None:
        """Text -> what is stored."""
        return None if value is None else self._vault.seal(value)

    def process_result_value(self, value: bytes | None, dialect: Any) -> str | None:
        """What is stored -> text."""
        return None if value is None else self._vault.open(value)


class Installations(AsyncInstallationStore):
    """Slack's store behind threads; workspaces that are not the school's are neither stored nor found."""

    def __init__(self, school: Callable[[], School], store: Store, client_id: str) -> None:
        self._school = school
        self._store = _SealedStore(client_id, store)

    @property
    def logger(self) -> Logger:
        """Where Slack's own code writes."""
        return log

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation of one of the school's workspaces."""
        if self._is_ours(installation.team_id):
            await asyncio.to_thread(self._store.save, installation)

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The app in this workspace, with its token; None for a workspace of somebody else."""
        if not self._is_ours(team_id):
            return None
        return await asyncio.to_thread(
            lambda: self._store.find_bot(
                enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
            )
        )

    async def async_delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """The app was removed from a workspace."""
        await asyncio.to_thread(lambda: self._store.delete_all(enterprise_id=enterprise_id, team_id=team_id))

    def _is_ours(self, team: str | None) -> bool:
        return team in self._school().channels.get("slack", ())


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


class _SealedStore(SQLAlchemyInstallationStore):
    """Slack's tables with every column that holds a secret sealed."""

    def __init__(self, client_id: str, store: Store) -> None:
        engine, vault = store.for_others(sa.MetaData())
        super().__init__(client_id, engine, logger=log)
        for table in (self.bots, self.installations):
            for name in _SECRET & set(table.columns.keys()):
                table.columns[name].type = Sealed(vault)
        store.for_others(self.metadata)
