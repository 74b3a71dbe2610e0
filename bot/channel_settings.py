"""What the environment says of mail, Slack and Teams -> frozen data, None for what is not set up.

Each value is looked at as far as it can be without asking anybody: whoever copies the wrong one of two is told at once.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bot.environment import Variables

TEAMS_TRY = "ASKFIRST_TEAMS_TRY"
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TOKENS = {
    "SLACK_BOT_TOKEN": ("xoxb-", "OAuth & Permissions, Bot User OAuth Token"),
    "SLACK_APP_TOKEN": ("xapp-", "Basic Information, App-Level Tokens"),
}
# How the scheme of an address says how mail is secured, and the port that is usual then.
_SCHEMES = {"smtp": ("starttls", 587), "smtps": ("tls", 465), "smtp+plain": ("none", 25)}
_IDS = {
    "TEAMS_APP_ID": "Application (client) ID",
    "TEAMS_TENANT_ID": "Directory (tenant) ID",
}


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
    said. Without an id nobody's sign-in is checked: that is a trial, on a machine that serves itself alone."""

    app_id: str
    password: str
    tenant: str
    certificate: Path | None = None
    secret_ends: dt.date | None = None

    @property
    def checked(self) -> bool:
        """Whether requests must carry a token of Microsoft's."""
        return bool(self.app_id)


def read_teams(variables: Variables, alone: bool) -> Teams | None:
    """The Teams app. Without an id it is there where somebody asks by name for a trial, on a machine that is `alone`:
    it serves itself and nobody else. None where it is not set up, or not well: then a fault was noted."""
    known = len(variables.faults)
    app_id, password, tenant = (variables.meant(f"TEAMS_{name}") for name in ("APP_ID", "APP_PASSWORD", "TENANT_ID"))
    certificate = variables.get("TEAMS_APP_CERTIFICATE")
    trial = _is_trial(variables, app_id, alone)
    if not app_id:
        others = ("TEAMS_APP_PASSWORD", "TEAMS_APP_CERTIFICATE", "TEAMS_SECRET_ENDS", "TEAMS_TENANT_ID")
        variables.half("Teams", "TEAMS_APP_ID", others)
        return Teams("", "", "") if trial and len(variables.faults) == known else None
    _look_at_ids(variables, app_id, tenant)
    _look_at_secret(variables, password, certificate)
    ends = _secret_ends(variables, certificate)
    file = Path(certificate).expanduser() if certificate else None
    sound = len(variables.faults) == known
    return Teams(app_id.lower(), password, tenant.lower(), file, ends) if sound else None


def _is_trial(variables: Variables, app_id: str, alone: bool) -> bool:
    value = variables.get(TEAMS_TRY)
    if value not in ("", "0", "1"):
        variables.wrong(TEAMS_TRY, f"'{value}' is neither 1 (try Teams out without sign-in checks) nor 0")
    if value != "1":
        return False
    if app_id:
        variables.wrong(TEAMS_TRY, "TEAMS_APP_ID is set as well, and with it sign-ins are checked. Unset one")
    elif not alone:
        variables.wrong(
            TEAMS_TRY,
            "others can reach this server, and nobody's sign-in would be checked. Unset it, or unset ASKFIRST_HOST, "
            "PORT, ASKFIRST_URL and ASKFIRST_PROXIES, so that this computer serves itself alone",
        )
    return alone and not app_id


def _look_at_ids(variables: Variables, app_id: str, tenant: str) -> None:
    for name, value in (("TEAMS_APP_ID", app_id), ("TEAMS_TENANT_ID", tenant)):
        where = f"Copy the {_IDS[name]} from the app's Overview in Entra"
        if not value:
            variables.wrong(name, f"it is not set. {where}")
        elif not _UUID.fullmatch(value):
            variables.wrong(name, f"'{value}' is no id. {where}: 36 letters, digits and hyphens")
    if app_id.lower() == tenant.lower():
        variables.wrong("TEAMS_TENANT_ID", f"this is the app's id. Copy the {_IDS['TEAMS_TENANT_ID']} from Entra")


def _look_at_secret(variables: Variables, password: str, certificate: str) -> None:
    if _UUID.fullmatch(password):
        variables.wrong(
            "TEAMS_APP_PASSWORD",
            "this is the Secret ID of the client secret. Copy what stands under Value instead; it is shown only when "
            "the secret is made",
        )
    if not password and not certificate:
        variables.wrong(
            "TEAMS_APP_PASSWORD",
            "set it to the value of the client secret of the app registration, or set TEAMS_APP_CERTIFICATE to the "
            "file with its key and certificate",
        )
    if password and certificate:
        variables.wrong("TEAMS_APP_CERTIFICATE", "TEAMS_APP_PASSWORD is set as well. Unset one of them")


def _secret_ends(variables: Variables, certificate: str) -> dt.date | None:
    value = variables.get("TEAMS_SECRET_ENDS")
    if value and certificate:
        said = "that is for a client secret. The end of a certificate stands in its file: unset it"
        variables.wrong("TEAMS_SECRET_ENDS", said)
    try:
        return dt.date.fromisoformat(value) if value else None
    except ValueError:
        variables.wrong("TEAMS_SECRET_ENDS", f"'{value}' is not a day. Write it as 2027-08-31")
        return None


def read_slack(variables: Variables) -> Slack | None:
    """The Slack app. None where it is not set up, or not well: then a fault was noted."""
    known = len(variables.faults)
    names = ("BOT_TOKEN", "SIGNING_SECRET", "APP_TOKEN", "CLIENT_ID", "CLIENT_SECRET")
    token, secret, app_token, client_id, client_secret = (variables.meant(f"SLACK_{name}") for name in names)
    if not token and not client_id:
        first = "SLACK_CLIENT_ID" if client_secret else "SLACK_BOT_TOKEN"
        variables.half("Slack", first, ("SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN", "SLACK_CLIENT_SECRET"))
        return None
    agent = _slack_agent(variables)
    if not secret and not app_token:
        said = "set it (Basic Information of the app), or SLACK_APP_TOKEN for Socket Mode"
        variables.wrong("SLACK_SIGNING_SECRET", said)
    if client_id and not (client_secret and secret):
        said = "an app that workspaces install needs it, and SLACK_SIGNING_SECRET"
        variables.wrong("SLACK_CLIENT_SECRET", said)
    for name, value in (("SLACK_BOT_TOKEN", token), ("SLACK_APP_TOKEN", app_token)):
        begins, where = _TOKENS[name]
        if value and not value.startswith(begins):
            variables.wrong(name, f"this is another value. The one that is meant begins with {begins} ({where})")
    if secret.startswith(("xox", "xapp")):
        variables.wrong("SLACK_SIGNING_SECRET", "this is a token. Copy the Signing Secret from Basic Information")
    if len(variables.faults) > known:
        return None
    api = variables.get("SLACK_API_URL", "https://slack.com/api/")
    return Slack(token, secret, app_token, client_id, client_secret, api, agent)


def _slack_agent(variables: Variables) -> bool | None:
    value = variables.get("SLACK_AGENT")
    if value not in ("", "0", "1"):
        variables.wrong(
            "SLACK_AGENT",
            f"'{value}' is neither 1 (the app has Slack's agent feature) nor 0 (it has not). Where it is not set, "
            "AskFirst goes by the permissions of the app's token",
        )
    return value == "1" if value else None


def read_mail(variables: Variables) -> Mail | None:
    """The mail server. None where it is not set up, or not well: then a fault was noted."""
    known, url, sender = len(variables.faults), variables.get("ASKFIRST_SMTP"), variables.get("ASKFIRST_MAIL_FROM")
    if not url:
        variables.half("e-mail", "ASKFIRST_SMTP", ("ASKFIRST_MAIL_FROM",))
        return None
    try:
        parts = urlsplit(url)
        host, port, known_scheme = parts.hostname, parts.port, parts.scheme in _SCHEMES
    except ValueError:
        host = None
    if not host or not known_scheme:
        said = "this is not a mail server. Write it as smtp://user:password@mail.school.example:587"
        variables.wrong("ASKFIRST_SMTP", said)
    elif bool(parts.username) != bool(parts.password):
        missing = "password" if parts.username else "user"
        said = f"the {missing} is missing. Write it as smtp://user:password@{host}, or leave both out"
        variables.wrong("ASKFIRST_SMTP", said, stops=False)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", sender):
        variables.wrong("ASKFIRST_MAIL_FROM", "write the address that alerts come from, askfirst@school.example")
    if not host or any(fault.stops for fault in variables.faults[known:]):
        return None
    security, usual = _SCHEMES[parts.scheme]
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Mail(host, port or usual, user, password, security, sender)
