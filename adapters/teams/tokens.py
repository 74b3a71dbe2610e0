"""The app's own token for writing to Teams, fetched once for as long as it lasts.

The SDK makes a new MSAL application and fetches a new token for every turn, and holds the process up meanwhile.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import msal

from adapters.teams.faults import TeamsError
from bot.settings import Teams

_SCOPE = "https://api.botframework.com/.default"
_EARLY = 300.0  # seconds before its end that a new one is fetched
_PATIENCE = 8  # seconds


class Tokens:
    """The token of the app; none where nobody's sign-in is checked. `http` is MSAL's way to the net (tests only)."""

    def __init__(self, settings: Teams, http: Any = None) -> None:
        self._settings, self._http = settings, http
        self._app: Any = None
        self._token, self._until = "", 0.0
        self._fetching = asyncio.Lock()

    async def current(self) -> str:
        """A token that holds; empty where none is needed. Raises TeamsError."""
        if not self._settings.checked:
            return ""
        async with self._fetching:  # one thread at most waits for Microsoft
            if time.monotonic() > self._until:
                await asyncio.to_thread(self._fetch)
        return self._token

    def forget(self) -> None:
        """Teams did not take it."""
        self._until = 0.0

    def _fetch(self) -> None:
        try:
            found = self._application().acquire_token_for_client(scopes=[_SCOPE])
        except (OSError, ValueError) as fault:  # no network, no such tenant
            raise TeamsError(f"Microsoft's sign-in cannot be reached ({type(fault).__name__})") from None
        if "access_token" not in found:
            raise TeamsError(f"Microsoft's sign-in refused the app ({_code(found)}). Check TEAMS_APP_PASSWORD", 401)
        self._token = str(found["access_token"])
        self._until = time.monotonic() + max(float(found.get("expires_in", 0)) - _EARLY, 30.0)

    def _application(self) -> Any:
        if self._app is None:
            make: Callable[..., Any] = msal.ConfidentialClientApplication
            self._app = make(
                self._settings.app_id,
                client_credential=self._settings.password,
                authority=f"https://login.microsoftonline.com/{self._settings.tenant}",
                http_client=self._http,
                timeout=None if self._http else _PATIENCE,
            )
        return self._app


def _code(found: Any) -> str:
    """Microsoft's own word for it, such as invalid_client."""
    word = str(found.get("error", "no reason given"))
    return word if word.replace("_", "").isalnum() else "no reason given"
