"""The tokens of the stand-in: the good one is good by the published keys, and each forged one is not."""

from __future__ import annotations

from typing import Any

import aiohttp
import jwt
import pytest

from tests.teams.server import Teams
from tests.teams.tokens import FORGERIES, ISSUER, Tokens
from tests.teams.world import APP_ID, Json

SERVICE = "http://127.0.0.1:1/uk/"


async def published(teams: Teams) -> Json:
    """The keys, found as a bot finds them."""
    async with aiohttp.ClientSession() as session:
        async with session.get(teams.openid_url) as document:
            where = (await document.json())["jwks_uri"]
        async with session.get(where) as keys:
            found: Json = await keys.json()
            return found


def claims(header: str | None, keys: Json) -> Any:
    """What a careful bot makes of an Authorization header: the claims, or an error."""
    scheme, _, token = (header or "").partition(" ")
    if scheme != "Bearer":
        raise jwt.InvalidTokenError("no bearer token")
    named = jwt.get_unverified_header(token).get("kid")
    key = next((each for each in keys["keys"] if each["kid"] == named), None)
    if key is None:
        raise jwt.InvalidTokenError("unknown key")
    read = jwt.decode(token, jwt.PyJWK(key), algorithms=["RS256"], audience=APP_ID, issuer=ISSUER, leeway=300)
    if read.get("serviceurl") != SERVICE:
        raise jwt.InvalidTokenError("another service")
    return read


async def test_a_good_token_is_good_by_the_published_keys(teams: Teams) -> None:
    keys = await published(teams)
    assert keys["keys"][0]["endorsements"] == ["msteams"]
    assert claims(f"Bearer {Tokens(SERVICE).good()}", keys)["aud"] == APP_ID
    assert teams.key_fetches == 1


@pytest.mark.parametrize("name", FORGERIES)
async def test_a_forged_token_is_not(teams: Teams, name: str) -> None:
    keys = await published(teams)
    with pytest.raises(jwt.InvalidTokenError):
        claims(Tokens(SERVICE).forged(name), keys)
