"""Requests that were refused at the door: from whom their tokens say that they are, and for whom. Logged at most once a
minute, and kept for `askfirst doctor`: a token of an issuer that nobody expected looks, from Teams, like a dead app.

Only host names and the app's own id are taken from a token, never anything else that it holds.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import jwt

from bot.errors import AskFirstError, without_content
from bot.store import Place, Places

log = logging.getLogger("askfirst.teams")
_EVERY = 60.0  # seconds
_KEPT = "last"
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Refused:
    """What is said of them. `places` is where the last one is kept, None where nobody keeps it; `seconds` counts
    seconds and `now` says what time it is (tests only)."""

    def __init__(
        self,
        app_id: str,
        places: Callable[[], Places] | None = None,
        seconds: Callable[[], float] = time.monotonic,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self._app_id, self._places, self._seconds, self._now = app_id, places, seconds, now
        self._said_at = float("-inf")

    async def note(self, header: str, why: str) -> None:
        """A request with this Authorization header was refused, because of `why`. It never fails."""
        if not header.startswith("Bearer ") or self._seconds() - self._said_at < _EVERY:
            return
        self._said_at = self._seconds()
        seen = self._seen(header, why)
        log.warning("a request to Teams' address was refused: %s", seen)
        if self._places is None:
            return
        try:
            kept = Place(_KEPT, json.dumps({"at": self._now().isoformat(), "seen": seen}))
            await asyncio.to_thread(self._places().keep, kept)
        except AskFirstError as fault:
            log.warning("what was refused could not be kept: %s", without_content(fault))

    def _seen(self, header: str, why: str) -> str:
        claims = claims_of(header)
        issuer, audience = _host(claims.get("iss")), self._audience(claims.get("aud"))
        return f"{why} (its token says: issuer {issuer}, audience {audience})"

    def _audience(self, given: object) -> str:
        found = given[0] if isinstance(given, list) and given else given
        if isinstance(found, str) and _UUID.fullmatch(found.lower()):
            return "TEAMS_APP_ID" if found.lower() == self._app_id else "the id of another app"
        return _host(found)


def last_refused(places: Places) -> tuple[dt.datetime, str] | None:
    """When the last request was refused, and what its token said. Raises StoreError."""
    found = places.find(_KEPT)
    if found is None:
        return None
    kept = json.loads(found)
    return dt.datetime.fromisoformat(kept["at"]), str(kept["seen"])


def claims_of(header: str) -> Mapping[str, Any]:
    """What a token says of itself; whether it is true is looked at by others. Empty where it cannot be read."""
    try:
        found = jwt.decode(header.removeprefix("Bearer "), options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _host(address: object) -> str:
    """The host of an address, and nothing else that stands in it."""
    try:
        host = (urlsplit(address).hostname if isinstance(address, str) else None) or ""
    except ValueError:
        host = ""
    return host if _HOST.fullmatch(host) else "not given"
