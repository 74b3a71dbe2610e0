"""The keys with which Microsoft signs its requests, fetched without holding anything up.

The SDK's own way blocks the whole process, waits for ever, and never looks for a key that it does not know, so that
after a change of keys nobody gets in for a day. It asks whatever stands in its cache under the address: this.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
from jwt.algorithms import RSAAlgorithm

from adapters.teams.faults import UNANSWERED, TeamsError

_KEPT = 86_400.0  # seconds
_NOT_AGAIN_WITHIN = 60.0  # seconds between two looks for a key that nobody knows
_PATIENCE = 5.0

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
    """The keys under one OpenID document. `fetch` gets a JSON document by its address."""

    def __init__(self, address: str, fetch: Fetch | None = None) -> None:
        self._address, self._fetch = address, fetch or fetched
        self._keys: Mapping[str, SigningKey] = {}
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def get(self, key_id: str | None) -> SigningKey:
        """The key of this id. Raises UnknownKeyError or KeysUnavailableError."""
        async with self._reading:
            age = asyncio.get_running_loop().time() - self._read_at
            if age > _KEPT or (key_id not in self._keys and age > _NOT_AGAIN_WITHIN):
                await self._read()
        if (found := self._keys.get(key_id or "")) is None:
            raise UnknownKeyError
        return found

    async def _read(self) -> None:
        try:
            keys = (await self._fetch((await self._fetch(self._address))["jwks_uri"]))["keys"]
            self._keys = {key["kid"]: _made(key) for key in keys if key.get("kty") == "RSA"}
        except (*UNANSWERED, LookupError, TypeError, ValueError) as fault:
            if not self._keys:
                raise KeysUnavailableError(f"Microsoft's keys could not be fetched ({type(fault).__name__})") from None
        self._read_at = asyncio.get_running_loop().time()


async def fetched(address: str) -> Mapping[str, Any]:
    """A JSON document. Raises one of UNANSWERED."""
    timeout = aiohttp.ClientTimeout(total=_PATIENCE)
    async with aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as session, session.get(address) as answer:
        found: Mapping[str, Any] = await answer.json(content_type=None)
        return found


def _made(key: Mapping[str, Any]) -> SigningKey:
    return SigningKey(RSAAlgorithm.from_jwk(json.dumps(dict(key))), tuple(key.get("endorsements") or ()))
