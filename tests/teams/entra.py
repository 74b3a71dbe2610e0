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
    """Handed to MSAL in the place of its way to the net. `asked` counts tokens; `down` makes it unreachable, `outage`
    lets it answer that it is ill, `over` says that the secret has ended. `tenant` and `app_id` are the only
    ones that it knows, where they are given."""

    def __init__(
        self,
        token: str,
        lasts: int = 3600,
        certificate: x509.Certificate | None = None,
        tenant: str = "",
        app_id: str = "",
    ) -> None:
        self.token, self.lasts, self.certificate = token, lasts, certificate
        self.tenant, self.app_id = tenant, app_id
        self.asked, self.down, self.outage, self.over = 0, False, False, False

    def get(self, url: str, **_: Any) -> Answered:
        self._reach()
        tenant = url.removeprefix(f"{HOST}/").split("/")[0]
        if self.outage:
            return Answered(503, "")
        if self.tenant and tenant not in (self.tenant, "common"):
            return _refused("invalid_tenant", "AADSTS90002", 400)
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
        given = data or {}
        if self.app_id and given.get("client_id") != self.app_id:
            return _refused("unauthorized_client", "AADSTS700016", 400)
        if not self._knows(given):
            return _refused("invalid_client", "AADSTS700027" if self.certificate else "AADSTS7000215")
        if self.over:
            return _refused("invalid_client", "AADSTS7000222")
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


def _refused(error: str, number: str, status: int = 401) -> Answered:
    said = f"{number}: in many words, with the app's id. Trace ID: 1 Correlation ID: 2"
    return Answered(status, json.dumps({"error": error, "error_description": said}))
