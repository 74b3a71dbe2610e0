"""What the environment says of mail, Slack and Teams -> frozen data, None for what is not set up.

Each value is looked at as far as it can be without asking anybody: whoever copies the wrong one of two is told at once.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bot.errors import AskFirstError

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TOKENS = {
    "SLACK_BOT_TOKEN": ("xoxb-", "OAuth & Permissions, Bot User OAuth Token"),
    "SLACK_APP_TOKEN": ("xapp-", "Basic Information, App-Level Tokens"),
}
_IDS = {
    "TEAMS_APP_ID": "Application (client) ID",
    "TEAMS_TENANT_ID": "Directory (tenant) ID",
}


class SettingsError(AskFirstError):
    """An environment variable holds something that cannot be used."""


@dataclass(frozen=True)
class Mail:
    """The mail server for alerts: `security` is "starttls", "tls" or "none" (a server on this machine only)."""

    host: str
    port: int
    user: str
    password: str
    security: str
    sender: str


@dataclass(frozen=True)
class Slack:
    """The Slack app: `signing_secret` for requests over HTTP, or `app_token` for Socket Mode; `token` of the one
    workspace, or `client_id` and `client_secret` for several that install the app themselves. `api` is where Slack is
    reached, another address only in tests. `agent` says whether the app has Slack's agent feature, None where that is
    left to what Slack tells."""

    token: str
    signing_secret: str
    app_token: str
    client_id: str
    client_secret: str
    api: str
    agent: bool | None = None


@dataclass(frozen=True)
class Teams:
    """The Teams app: its id, its secret and the tenant in Entra where it is registered. `certificate` is the file with
    a key and its certificate that stands in for the secret; `secret_ends` is the last day of the secret, where it was
    said. Without an id nobody's sign-in is checked: that is for trying it out on a machine that serves itself alone."""

    app_id: str
    password: str
    tenant: str
    certificate: Path | None = None
    secret_ends: dt.date | None = None

    @property
    def checked(self) -> bool:
        """Whether requests must carry a token of Microsoft's."""
        return bool(self.app_id)


def read_teams(environment: Mapping[str, str], alone: bool) -> Teams | None:
    """The Teams app. Without an id it is there on a machine that serves itself alone, to be tried out."""
    app_id, password, tenant = (
        _value(environment, f"TEAMS_{name}") for name in ("APP_ID", "APP_PASSWORD", "TENANT_ID")
    )
    if not app_id:
        return Teams("", "", tenant) if alone else None
    for name, value in (("TEAMS_APP_ID", app_id), ("TEAMS_TENANT_ID", tenant)):
        _must_be_an_id(name, value)
    if app_id.lower() == tenant.lower():
        raise SettingsError(f"TEAMS_TENANT_ID: this is the app's id. Copy the {_IDS['TEAMS_TENANT_ID']} from Entra")
    if _UUID.fullmatch(password):
        raise SettingsError(
            "TEAMS_APP_PASSWORD: this is the Secret ID of the client secret. Copy what stands under Value instead; it "
            "is shown only when the secret is made"
        )
    certificate = environment.get("TEAMS_APP_CERTIFICATE", "")
    if not password and not certificate:
        raise SettingsError(
            "TEAMS_APP_PASSWORD: set it to the value of the client secret of the app registration, or set "
            "TEAMS_APP_CERTIFICATE to the file with its key and certificate"
        )
    if password and certificate:
        raise SettingsError("TEAMS_APP_CERTIFICATE: TEAMS_APP_PASSWORD is set as well. Unset one of them")
    if certificate and environment.get("TEAMS_SECRET_ENDS"):
        raise SettingsError(
            "TEAMS_SECRET_ENDS: that is for a client secret. The end of a certificate stands in its file: unset it"
        )
    file = Path(certificate).expanduser() if certificate else None
    return Teams(app_id.lower(), password, tenant.lower(), file, _secret_ends(environment))


def _must_be_an_id(name: str, value: str) -> None:
    if not value:
        raise SettingsError(f"{name}: it is not set. Copy the {_IDS[name]} from the app's Overview in Entra")
    if not _UUID.fullmatch(value):
        raise SettingsError(
            f"{name}: '{value}' is no id. Copy the {_IDS[name]} from the app's Overview in Entra: 36 letters, digits "
            "and hyphens"
        )


def _value(environment: Mapping[str, str], name: str) -> str:
    """As it was meant: blanks around it, and the quotes of a file of settings, belong to no secret."""
    value = environment.get(name, "").strip()
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1].strip() if quoted else value


def _secret_ends(environment: Mapping[str, str]) -> dt.date | None:
    value = environment.get("TEAMS_SECRET_ENDS", "")
    try:
        return dt.date.fromisoformat(value) if value else None
    except ValueError:
        raise SettingsError(f"TEAMS_SECRET_ENDS: '{value}' is not a day. Write it as 2027-08-31") from None


def read_slack(environment: Mapping[str, str]) -> Slack | None:
    names = ("BOT_TOKEN", "SIGNING_SECRET", "APP_TOKEN", "CLIENT_ID", "CLIENT_SECRET")
    token, secret, app_token, client_id, client_secret = (_value(environment, f"SLACK_{name}") for name in names)
    if not token and not client_id:
        return None
    if not secret and not app_token:
        raise SettingsError(
            "SLACK_SIGNING_SECRET: set it (Basic Information of the app), or SLACK_APP_TOKEN for Socket Mode"
        )
    if client_id and not (client_secret and secret):
        raise SettingsError("SLACK_CLIENT_SECRET: an app that workspaces install needs it, and SLACK_SIGNING_SECRET")
    for name, value in (("SLACK_BOT_TOKEN", token), ("SLACK_APP_TOKEN", app_token)):
        _must_be_a_token(name, value)
    if secret.startswith(("xox", "xapp")):
        raise SettingsError("SLACK_SIGNING_SECRET: this is a token. Copy the Signing Secret from Basic Information")
    api = environment.get("SLACK_API_URL") or "https://slack.com/api/"
    return Slack(token, secret, app_token, client_id, client_secret, api, _slack_agent(environment))


def _must_be_a_token(name: str, value: str) -> None:
    begins, where = _TOKENS[name]
    if value and not value.startswith(begins):
        raise SettingsError(f"{name}: this is another value. The one that is meant begins with {begins} ({where})")


def _slack_agent(environment: Mapping[str, str]) -> bool | None:
    value = environment.get("SLACK_AGENT", "")
    if value not in ("", "0", "1"):
        raise SettingsError(
            f"SLACK_AGENT: '{value}' is neither 1 (the app has Slack's agent feature) nor 0 (it has not). Where it is "
            "not set, AskFirst goes by the permissions of the app's token"
        )
    return value == "1" if value else None


def read_mail(environment: Mapping[str, str]) -> Mail | None:
    url = environment.get("ASKFIRST_SMTP")
    if not url:
        return None
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in ("smtp", "smtps", "smtp+plain") or not parts.hostname or port == -1:
        raise SettingsError(
            "ASKFIRST_SMTP: this is not a mail server. Write it as smtp://user:password@mail.school.example:587"
        )
    sender = environment.get("ASKFIRST_MAIL_FROM", "")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", sender):
        raise SettingsError("ASKFIRST_MAIL_FROM: write the address that alerts come from, askfirst@school.example")
    security = {"smtp": "starttls", "smtps": "tls", "smtp+plain": "none"}[parts.scheme]
    usual = {"starttls": 587, "tls": 465, "none": 25}[security]
    return Mail(
        parts.hostname, port or usual, unquote(parts.username or ""), unquote(parts.password or ""), security, sender
    )
