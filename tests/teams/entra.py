"""Microsoft's sign-in, as far as MSAL asks it: where to ask, and a token for an app with the right secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography import x509

SECRET = "the-apps-secret"
HOST = "https://login.microsoftonline.com"


@dataclass
class Answered:
    """What MSAL reads of an answer."""

    status_code: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def raise_for_status(self) -> None:
        assert self.status_code < 400


class Entra:
    """Handed to MSAL in the place of its way to the net. `asked` counts tokens; `down` makes it unreachable."""

    def __init__(self, token: str, lasts: int = 3600, certificate: x509.Certificate | None = None) -> None:
        self.token, self.lasts, self.certificate = token, lasts, certificate
        self.asked, self.down = 0, False

    def get(self, url: str, **_: Any) -> Answered:
        self._reach()
        tenant = url.removeprefix(f"{HOST}/").split("/")[0]
        base = f"{HOST}/{tenant}"
        found = {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "tenant_discovery_endpoint": f"{base}/v2.0/.well-known/openid-configuration",
            "metadata": [],
        }
        return Answered(200, json.dumps(found))

    def post(self, url: str, data: Mapping[str, str] | None = None, **_: Any) -> Answered:
        self._reach()
        if not self._knows(data or {}):
            return Answered(401, json.dumps({"error": "invalid_client", "error_description": "AADSTS7000215"}))
        self.asked += 1
        token = {"token_type": "Bearer", "expires_in": self.lasts, "access_token": self.token}
        return Answered(200, json.dumps(token))

    def _knows(self, data: Mapping[str, str]) -> bool:
        """Whether the secret is right, or a statement is signed with the key whose certificate was uploaded."""
        if self.certificate is None:
            return data.get("client_secret") == SECRET
        said: str | bytes = data.get("client_assertion") or ""
        try:
            key: Any = self.certificate.public_key()
            jwt.decode(said, key, algorithms=["RS256", "PS256"], options={"verify_aud": False})
        except jwt.PyJWTError:
            return False
        return True

    def close(self) -> None:
        """MSAL closes what it was given."""

    def _reach(self) -> None:
        if self.down:
            raise ConnectionError("no network")
