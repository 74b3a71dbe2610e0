"""The environment -> frozen Settings. Read once, at the start of a command."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bot.errors import AskFirstError
from bot.extras import NotInstalledError, installed

_HERE = Path(__file__).resolve().parent.parent
TEAMS_UNCHECKED = (
    "TEAMS: NOBODY'S SIGN-IN IS CHECKED, because TEAMS_APP_ID is not set. ONLY FOR TRYING IT OUT ON THIS COMPUTER: "
    "WHOEVER USES IT CAN PRETEND TO BE ANYBODY."
)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SHIPPED = (_HERE / "knowledge", _HERE / "askfirst_knowledge")


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


@dataclass(frozen=True)
class Settings:
    """Where things lie and how the server is reached.

    `model` is the directory of the sentence model, None for the installed wheel, and `semantic` says whether to use
    one at all. `database` is an SQLAlchemy URL; `keys` seal what is in it (none: the demo's key file). `public` is
    the address under which people reach the page, empty for the one that is listened on; `proxies` is how many of
    the school's own stand in front of it; `mail`, `slack` and `teams` are None where they are not set up;
    `channels` says why a channel is off, None where it is on.
    """

    knowledge: Path
    data: Path
    database: str
    semantic: bool
    model: Path | None
    host: str
    port: int
    keys: tuple[str, ...]
    public: str
    proxies: int
    mail: Mail | None
    slack: Slack | None
    teams: Teams | None
    channels: Mapping[str, str | None]

    @property
    def cache(self) -> Path:
        return self.data / "cache"

    @property
    def demo_key(self) -> Path:
        """Where the demo keeps the key of its database; see `bot.store`."""
        return self.data / "demo.key"

    @property
    def address(self) -> str:
        """Where people reach the page, without a slash at the end."""
        if self.public:
            return self.public
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def read_settings(environment: Mapping[str, str], has: Callable[[str], bool] = installed) -> Settings:
    """environment (as os.environ) -> Settings. Raises SettingsError naming the variable, and NotInstalledError where
    something is set up whose extra is not installed (`has` says which are)."""
    data = Path(environment.get("ASKFIRST_DATA") or _usual_data()).expanduser()
    model = environment.get("ASKFIRST_MODEL", "")
    slack = _slack(environment)
    host = environment.get("ASKFIRST_HOST") or ("0.0.0.0" if "PORT" in environment else "127.0.0.1")  # noqa: S104
    public, proxies = _public(environment.get("ASKFIRST_URL", "")), _number(environment, "ASKFIRST_PROXIES")
    teams = _teams(environment, alone=on_loopback(host) and _is_here(public) and not proxies and has("teams"))
    database = environment.get("ASKFIRST_DATABASE_URL") or f"sqlite:///{data / 'askfirst.db'}"
    _refuse_what_is_not_installed(
        has, slack=slack is not None, teams=teams is not None, postgres=database.startswith("postgresql")
    )
    return Settings(
        knowledge=_knowledge(environment),
        data=data,
        database=database,
        semantic=model.lower() != "none",
        model=Path(model).expanduser() if model and model.lower() != "none" else None,
        host=host,
        port=_port(environment),
        keys=tuple(environment.get("ASKFIRST_KEYS", "").replace(",", " ").split()),
        proxies=proxies,
        public=public,
        mail=_mail(environment),
        slack=slack,
        teams=teams,
        channels={
            "Slack": None if slack else "SLACK_BOT_TOKEN is not set",
            "Teams": None if teams else "TEAMS_APP_ID is not set",
        },
    )


def _refuse_what_is_not_installed(has: Callable[[str], bool], **wanted: bool) -> None:
    named = {"slack": "Slack (SLACK_BOT_TOKEN)", "teams": "Teams (TEAMS_APP_ID)", "postgres": "ASKFIRST_DATABASE_URL"}
    for extra, is_wanted in wanted.items():
        if is_wanted and not has(extra):
            raise NotInstalledError(named[extra], extra)


def on_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_here(public: str) -> bool:
    """Whether the address under which people reach the page, if there is one, is this machine alone."""
    return not public or on_loopback(urlsplit(public).hostname or "")


def _teams(environment: Mapping[str, str], alone: bool) -> Teams | None:
    """The Teams app. Without an id it is there on a machine that serves itself alone, to be tried out."""
    app_id, password, tenant = (
        environment.get(f"TEAMS_{name}", "") for name in ("APP_ID", "APP_PASSWORD", "TENANT_ID")
    )
    if not app_id:
        return Teams("", "", tenant) if alone else None
    for name, value in (("TEAMS_APP_ID", app_id), ("TEAMS_TENANT_ID", tenant)):
        if not _UUID.fullmatch(value):
            raise SettingsError(f"{name}: write the id that Entra shows, such as 8e0f5c3a-1b2c-4d5e-8f90-a1b2c3d4e5f6")
    certificate = environment.get("TEAMS_APP_CERTIFICATE", "")
    if not password and not certificate:
        raise SettingsError(
            "TEAMS_APP_PASSWORD: set it to the value of the client secret of the app registration, or set "
            "TEAMS_APP_CERTIFICATE to the file with its key and certificate"
        )
    if password and certificate:
        raise SettingsError("TEAMS_APP_CERTIFICATE: TEAMS_APP_PASSWORD is set as well. Unset one of them")
    file = Path(certificate).expanduser() if certificate else None
    return Teams(app_id.lower(), password, tenant.lower(), file, _secret_ends(environment))


def _secret_ends(environment: Mapping[str, str]) -> dt.date | None:
    value = environment.get("TEAMS_SECRET_ENDS", "")
    try:
        return dt.date.fromisoformat(value) if value else None
    except ValueError:
        raise SettingsError(f"TEAMS_SECRET_ENDS: '{value}' is not a day. Write it as 2027-08-31") from None


def _number(environment: Mapping[str, str], name: str) -> int:
    value = environment.get(name) or "0"
    if not value.isdecimal() or int(value) > 9:
        raise SettingsError(f"{name}: '{value}' is not a small number. Say how many proxies stand in front")
    return int(value)


def _usual_data() -> Path:
    """Where things are kept unless somebody says otherwise. In a checkout that is its own folder, as for make: a
    concern that is logged with the bare command must never land where no server looks."""
    checkout = all((_HERE / name).is_file() for name in ("Makefile", "pyproject.toml"))
    return _HERE / "data" if checkout else Path.home() / ".local" / "share" / "askfirst"


def _public(url: str) -> str:
    if url and not re.fullmatch(r"https?://[^/\s]+(?:/[^\s?#]*)?", url):
        raise SettingsError("ASKFIRST_URL: this is not an address. Write it as https://ask.school.example")
    return url.rstrip("/")


def _slack(environment: Mapping[str, str]) -> Slack | None:
    names = ("BOT_TOKEN", "SIGNING_SECRET", "APP_TOKEN", "CLIENT_ID", "CLIENT_SECRET")
    token, secret, app_token, client_id, client_secret = (environment.get(f"SLACK_{name}", "") for name in names)
    if not token and not client_id:
        return None
    if not secret and not app_token:
        raise SettingsError(
            "SLACK_SIGNING_SECRET: set it (Basic Information of the app), or SLACK_APP_TOKEN for Socket Mode"
        )
    if client_id and not (client_secret and secret):
        raise SettingsError("SLACK_CLIENT_SECRET: an app that workspaces install needs it, and SLACK_SIGNING_SECRET")
    api = environment.get("SLACK_API_URL") or "https://slack.com/api/"
    return Slack(token, secret, app_token, client_id, client_secret, api, _slack_agent(environment))


def _slack_agent(environment: Mapping[str, str]) -> bool | None:
    value = environment.get("SLACK_AGENT", "")
    if value not in ("", "0", "1"):
        raise SettingsError(
            f"SLACK_AGENT: '{value}' is neither 1 (the app has Slack's agent feature) nor 0 (it has not). Where it is "
            "not set, AskFirst goes by the permissions of the app's token"
        )
    return value == "1" if value else None


def _mail(environment: Mapping[str, str]) -> Mail | None:
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


def _knowledge(environment: Mapping[str, str]) -> Path:
    if given := environment.get("ASKFIRST_KNOWLEDGE"):
        return Path(given).expanduser().resolve()
    return next((path for path in _SHIPPED if path.is_dir()), _SHIPPED[0])


def _port(environment: Mapping[str, str]) -> int:
    name = "ASKFIRST_PORT" if environment.get("ASKFIRST_PORT") else "PORT"
    value = environment.get(name) or "8080"
    if not value.isdecimal() or not 0 <= int(value) < 65536:
        raise SettingsError(f"{name}: '{value}' is not a port. Set it to a number from 1 to 65535.")
    return int(value)
