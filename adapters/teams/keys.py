"""The keys with which Microsoft signs its requests, fetched without holding anything up.

The SDK's own way blocks the whole process, waits for ever, and never looks for a key that it does not know, so that
after a change of keys nobody gets in for a day. It asks whatever stands in its cache under the address: this.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import jwt
from jwt.algorithms import RSAAlgorithm

from adapters.teams.faults import UNANSWERED, TeamsError

_KEPT = 86_400.0  # seconds
_NOT_AGAIN_WITHIN = 60.0  # seconds between two looks for a key that nobody knows
_SOON = 2.0  # seconds, while there are no keys at all
_PATIENCE = 5.0  # seconds
_UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, jwt.PyJWTError)

Fetch = Callable[[str], Awaitable[Mapping[str, Any]]]


class UnknownKeyError(Exception):
    """Nobody at Microsoft has this key: the token is forged."""


class KeysUnavailableError(TeamsError):
    """Microsoft's keys could not be fetched, so nobody can say whether a token is good."""


@dataclass(frozen=True)
class SigningKey:
    """In the shape that the SDK expects: the key, and the channels that it may speak for."""

    public_key: Any
    endorsements: Sequence[str]


class SigningKeys:
    """The keys under one OpenID document. `fetch` gets a JSON document by its address; `clock` counts seconds."""

    def __init__(self, address: str, fetch: Fetch | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._address, self._fetch, self._clock = address, fetch or fetched, clock
        self._keys: Mapping[str, SigningKey] = {}
        self._read_at = self._tried_at = float("-inf")
        self._fault = ""
        self._reading = asyncio.Lock()

    async def get(self, key_id: str | None) -> SigningKey:
        """The key of this id. Raises UnknownKeyError or KeysUnavailableError."""
        kept = self._keys.get(key_id or "")
        if kept is not None and (self._is_fresh or self._reading.locked()):
            return kept  # nobody whose key is known waits for somebody whose key is not
        async with self._reading:
            if self._clock() - self._tried_at > (_NOT_AGAIN_WITHIN if self._keys else _SOON):
                await self._read()
        if (found := self._keys.get(key_id or "")) is not None:
            return found
        if self._fault:
            raise KeysUnavailableError(f"Microsoft's keys could not be fetched ({self._fault})")
        raise UnknownKeyError

    @property
    def _is_fresh(self) -> bool:
        return self._clock() - self._read_at <= _KEPT

    async def _read(self) -> None:
        """What was read before stays where this does not work out."""
        try:
            async with asyncio.timeout(_PATIENCE):
                self._keys = _usable(await self._fetch((await self._fetch(self._address))["jwks_uri"]))
            self._read_at, self._fault = self._clock(), ""
        except (*UNANSWERED, *_UNREADABLE) as fault:
            self._fault = type(fault).__name__
        self._tried_at = self._clock()


async def fetched(address: str) -> Mapping[str, Any]:
    """A JSON document. Raises one of UNANSWERED."""
    timeout = aiohttp.ClientTimeout(total=_PATIENCE)
    async with aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as session, session.get(address) as answer:
        found: Mapping[str, Any] = await answer.json(content_type=None)
        return found


def _usable(found: Mapping[str, Any]) -> Mapping[str, SigningKey]:
    """A set of keys by their ids; one that cannot be read is left out. Raises ValueError where none is left."""
    made = {}
    for key in found["keys"]:
        with contextlib.suppress(*_UNREADABLE):
            made[key["kid"]] = _made(key)
    if not made:
        raise ValueError
    return made


def _made(key: Mapping[str, Any]) -> SigningKey:
    return SigningKey(RSAAlgorithm.from_jwk(json.dumps(dict(key))), tuple(key.get("endorsements") or ()))
