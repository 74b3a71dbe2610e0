"""Bearer tokens as the Bot Framework issues them to a bot, and all kinds of forged ones."""

from __future__ import annotations

import base64
import functools
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from tests.teams.world import APP_ID, Json

ISSUER = "https://api.botframework.com"
KEY_ID = "stand-in-key-1"
LIFETIME = 3600

# Every Authorization header that must be refused, by name: the methods of Tokens, and headers without a token.
FORGED = tuple(
    "wrong_key unknown_key no_key_id wrong_audience wrong_issuer expired not_yet other_service no_service"
    " hs256 unsigned tampered garbage".split()
)
WITHOUT_TOKEN = {"none": None, "empty": "", "bare": "Bearer ", "basic": "Basic YTpi"}
FORGERIES = (*FORGED, *WITHOUT_TOKEN)


@functools.cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """A key for each name, made once: making one takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True)
class Tokens:
    """Issues tokens for activities from this service address."""

    service_url: str
    app_id: str = APP_ID

    def good(self) -> str:
        return self._signed(self._claims())

    def wrong_key(self) -> str:
        """Signed by somebody else, under the name of the real key."""
        return self._signed(self._claims(), key="somebody else's")

    def unknown_key(self) -> str:
        """Properly signed with a key that nobody has published."""
        return self._signed(self._claims(), key="unpublished", key_id="unpublished")

    def no_key_id(self) -> str:
        return self._signed(self._claims(), key_id=None)

    def wrong_audience(self) -> str:
        return self._signed(self._claims(aud="00000000-0000-4000-8000-000000000000"))

    def wrong_issuer(self) -> str:
        return self._signed(self._claims(iss="https://api.botframework.example"))

    def expired(self) -> str:
        """Past its end by more than the five minutes for which clocks may differ."""
        long_ago = int(time.time()) - 2 * LIFETIME
        return self._signed(self._claims(nbf=long_ago, exp=long_ago + LIFETIME))

    def not_yet(self) -> str:
        later = int(time.time()) + LIFETIME
        return self._signed(self._claims(nbf=later, exp=later + LIFETIME))

    def other_service(self) -> str:
        """Issued for activities from another address: an answer would go to whoever sent it."""
        return self._signed(self._claims(serviceurl="https://smba.teams.example/uk/"))

    def no_service(self) -> str:
        claims = self._claims()
        del claims["serviceurl"]
        return self._signed(claims)

    def hs256(self) -> str:
        """Signed with the public key as if it were a shared secret."""
        public = private_key(KEY_ID).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return _assembled("HS256", self._claims(), lambda text: hmac.digest(public, text, "sha256"))

    def unsigned(self) -> str:
        """With "none" for an algorithm."""
        return _assembled("none", self._claims(), lambda _: b"")

    def tampered(self) -> str:
        """A real token with other claims put in."""
        head, _, signature = self.good().split(".")
        return f"{head}.{_part(self._claims(name='other'))}.{signature}"

    def garbage(self) -> str:
        return "not-a-token"

    def forged(self, name: str) -> str | None:
        """The Authorization header of one of FORGERIES; None is no header at all."""
        return f"Bearer {getattr(self, name)()}" if name in FORGED else WITHOUT_TOKEN[name]

    def _claims(self, **other: object) -> Json:
        now = int(time.time())
        common = {"serviceurl": self.service_url, "iss": ISSUER, "aud": self.app_id}
        return {**common, "nbf": now - 300, "exp": now + LIFETIME, **other}

    def _signed(self, claims: Json, key: str = KEY_ID, key_id: str | None = KEY_ID) -> str:
        return jwt.encode(claims, private_key(key), algorithm="RS256", headers={"kid": key_id} if key_id else None)


def _assembled(algorithm: str, claims: Json, sign: Callable[[bytes], bytes]) -> str:
    """By hand: no library signs like this."""
    head = f"{_part({'alg': algorithm, 'typ': 'JWT', 'kid': KEY_ID})}.{_part(claims)}"
    return f"{head}.{_encoded(sign(head.encode()))}"


def _part(content: Json) -> str:
    return _encoded(json.dumps(content).encode())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def key_set() -> Json:
    """What the Bot Framework publishes: the public keys, each with the channels that it may speak for."""
    public = json.loads(RSAAlgorithm.to_jwk(private_key(KEY_ID).public_key()))
    return {"keys": [{**public, "use": "sig", "kid": KEY_ID, "x5t": KEY_ID, "endorsements": ["msteams"]}]}


def openid_document(address: str) -> Json:
    """Where the keys are: what a bot reads first."""
    return {
        "issuer": ISSUER,
        "authorization_endpoint": "https://invalid.botframework.com",
        "jwks_uri": f"{address}/keys",
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
    }
