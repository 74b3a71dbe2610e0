"""The environment -> frozen Settings. Read once, at the start of a command."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from bot.channel_settings import Mail, SettingsError, Slack, Teams, read_mail, read_slack, read_teams
from bot.extras import NotInstalledError, installed

__all__ = ["Mail", "Settings", "SettingsError", "Slack", "Teams", "read_settings"]
_HERE = Path(__file__).resolve().parent.parent
TEAMS_UNCHECKED = (
    "TEAMS: NOBODY'S SIGN-IN IS CHECKED, because TEAMS_APP_ID is not set. ONLY FOR TRYING IT OUT ON THIS COMPUTER: "
    "WHOEVER USES IT CAN PRETEND TO BE ANYBODY."
)
# Whether alerts are sent to people, printed on the screen of the server alone, or not sent at all.
Alerting = Literal["sent", "screen", "nowhere"]
_SHORTEST_SECRET = 32  # characters
_SHIPPED = (_HERE / "knowledge", _HERE / "askfirst_knowledge")


@dataclass(frozen=True)
class Settings:
    """Where things lie and how the server is reached.

    `model` is the directory of the sentence model, None for the installed wheel, and `semantic` says whether to use
    one at all. `database` is an SQLAlchemy URL; `keys` seal what is in it (none: the demo's key file). `public` is
    the address under which people reach the page, empty for the one that is listened on; `proxies` is how many of
    the school's own stand in front of it; `mail`, `slack` and `teams` are None where they are not set up;
    `channels` says why a channel is off, None where it is on; `webhook_secret` is shared with a gateway for text
    messages or calls, empty where there is none.
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
    webhook_secret: str = ""

    @property
    def cache(self) -> Path:
        return self.data / "cache"

    @property
    def demo_key(self) -> Path:
        """Where the demo keeps the key of its database; see `bot.store`."""
        return self.data / "demo.key"

    @property
    def alerting(self) -> Alerting:
        """What becomes of an alert. A Teams app without an id reaches nobody: it is there to be tried out."""
        if self.slack or self.mail or self.webhook_secret or (self.teams and self.teams.checked):
            return "sent"
        return "screen" if on_loopback(self.host) else "nowhere"

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
    slack = read_slack(environment)
    host = environment.get("ASKFIRST_HOST") or ("0.0.0.0" if "PORT" in environment else "127.0.0.1")  # noqa: S104
    public, proxies = _public(environment.get("ASKFIRST_URL", "")), _number(environment, "ASKFIRST_PROXIES")
    teams = read_teams(environment, alone=on_loopback(host) and _is_here(public) and not proxies and has("teams"))
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
        mail=read_mail(environment),
        slack=slack,
        teams=teams,
        channels={
            "Slack": None if slack else "SLACK_BOT_TOKEN is not set",
            "Teams": None if teams else "TEAMS_APP_ID is not set",
        },
        webhook_secret=_webhook_secret(environment),
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


def _webhook_secret(environment: Mapping[str, str]) -> str:
    secret = environment.get("ASKFIRST_WEBHOOK_SECRET", "")
    if secret and len(secret) < _SHORTEST_SECRET:
        raise SettingsError(
            f"ASKFIRST_WEBHOOK_SECRET: it is too short. Make one of at least {_SHORTEST_SECRET} characters that nobody "
            "can guess, such as: openssl rand -hex 32"
        )
    return secret


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
