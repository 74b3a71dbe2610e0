"""The app's own token for writing to Teams, fetched once for as long as it lasts.

The SDK makes a new MSAL application and fetches a new token for every turn, and holds the process up meanwhile.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import msal
from msal.exceptions import MsalError

from adapters.teams.credentials import credential_of
from adapters.teams.faults import TeamsError
from bot.settings import Teams

SCOPE = "https://api.botframework.com/.default"
_EARLY = 300.0  # seconds before its end that a new one is fetched
_PATIENCE = 8  # seconds
_PAUSE = 2.0  # seconds in which a failure is everybody's, who would otherwise queue up for the next one
# Besides no network: a tenant that is not there, an outage of Microsoft's, something else that answers in its place.
UNREACHED = (OSError, MsalError, RuntimeError, ValueError, LookupError, TypeError, AttributeError)


class Tokens:
    """The token of the app; none where nobody's sign-in is checked. `http` is MSAL's way to the net and `clock` counts
    seconds (tests only)."""

    def __init__(self, settings: Teams, http: Any = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._http, self._clock = settings, http, clock
        self._app: Any = None
        self._token, self._until, self._ends = "", 0.0, 0.0
        self._fault, self._failed_at = TeamsError(""), float("-inf")
        self._fetching = asyncio.Lock()

    async def current(self) -> str:
        """A token that holds; empty where none is needed. Raises TeamsError."""
        if not self._settings.checked:
            return ""
        if self._token and self._clock() < (self._ends if self._fetching.locked() else self._until):
            return self._token  # while somebody fetches a new one, the others go on with the old one
        async with self._fetching:  # one thread at most waits for Microsoft
            if not self._token or self._clock() >= self._until:
                await self._renew()
        return self._token

    def forget(self, token: str) -> None:
        """Teams did not take this one."""
        if token == self._token:
            self._token = ""

    async def _renew(self) -> None:
        """A token that has not ended yet goes on while there is no new one."""
        try:
            if self._clock() - self._failed_at > _PAUSE:
                await asyncio.to_thread(self._fetch)
                return
        except TeamsError as fault:
            self._fault, self._failed_at = fault, self._clock()
        if not self._token or self._clock() >= self._ends:
            raise TeamsError(str(self._fault), self._fault.status)

    def _fetch(self) -> None:
        try:
            app = self._application()
            app.remove_tokens_for_client()  # MSAL would give out the one that it kept, taken or not
            found = app.acquire_token_for_client(scopes=[SCOPE])
        except UNREACHED as fault:
            raise TeamsError(f"Microsoft's sign-in cannot be reached ({type(fault).__name__})") from None
        if "access_token" not in found:
            check = "TEAMS_APP_CERTIFICATE" if self._settings.certificate else "TEAMS_APP_PASSWORD"
            raise TeamsError(f"Microsoft's sign-in refused the app ({_code(found)}). Check {check}", 401)
        lasts, now = float(found.get("expires_in", 0)), self._clock()
        self._token, self._ends = str(found["access_token"]), now + lasts
        self._until = now + max(lasts - _EARLY, lasts / 2)

    def _application(self) -> Any:
        if self._app is None:
            self._app = application(self._settings, dt.datetime.now(dt.UTC), self._http, _PATIENCE)
        return self._app


def application(settings: Teams, now: dt.datetime, http: Any, patience: float) -> Any:
    """The app as MSAL knows it; `http` is its way to the net (tests only), `patience` the seconds for one request.
    Raises TeamsError for a certificate that cannot be used, and what MSAL raises where Microsoft is not reached."""
    make: Callable[..., Any] = msal.ConfidentialClientApplication
    return make(
        settings.app_id,
        client_credential=credential_of(settings, now),
        authority=f"https://login.microsoftonline.com/{settings.tenant}",
        http_client=http,
        timeout=None if http else patience,
    )


def _code(found: Any) -> str:
    """Microsoft's own word for it, such as invalid_client."""
    word = str(found.get("error", "no reason given"))
    return word if word.replace("_", "").isalnum() else "no reason given"
