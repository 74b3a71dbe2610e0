"""The environment -> frozen Settings. Read once, at the start of a command."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from bot.channel_settings import TEAMS_TRY, Mail, Slack, Teams, read_mail, read_slack, read_teams
from bot.environment import SettingFault, SettingsError, Variables
from bot.extras import NotInstalledError, installed

__all__ = [
    "Mail",
    "SettingFault",
    "Settings",
    "SettingsError",
    "Slack",
    "Teams",
    "read_settings",
    "settings_with_faults",
]
LEARNED = "learned"  # in a knowledge folder, what `askfirst learn` keeps there
_HERE = Path(__file__).resolve().parent.parent
TEAMS_UNCHECKED = (
    "TEAMS: NOBODY'S SIGN-IN IS CHECKED, because ASKFIRST_TEAMS_TRY is set. ONLY FOR TRYING IT OUT ON THIS COMPUTER: "
    "WHOEVER HAS ITS ADDRESS CAN PRETEND TO BE ANYBODY. Unset it when you have done."
)
ANY_NAME = (
    "Any name of this server is answered, because neither ASKFIRST_URL nor ASKFIRST_HOSTS is set. Set ASKFIRST_URL to "
    "the address that staff use."
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
    messages or calls, empty where there is none; `health_token` lets monitoring see how things stand; `names` are
    further hosts under which the page is reached. `faults` is what is wrong with the variables: whatever hangs on one
    of them is as if it were not set.
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
    faults: tuple[SettingFault, ...] = ()
    health_token: str = ""
    names: tuple[str, ...] = ()

    @property
    def hosts(self) -> frozenset[str]:
        """The names under which the page may be reached, in small letters; none where nobody has said and others can
        reach it: then any name will do, for whoever only begins must get in."""
        named = {*self.names, urlsplit(self.public).hostname or ""} - {""}
        if not named and not on_loopback(self.host):
            return frozenset()
        return frozenset({*named, self.host.lower(), "localhost", "127.0.0.1", "::1"})

    @property
    def cache(self) -> Path:
        return self.data / "cache"

    @property
    def learned(self) -> Path:
        """Where what was learned from the base lies, if it came with it; see `askfirst learn`."""
        return self.knowledge / LEARNED

    @property
    def demo_key(self) -> Path:
        """Where the demo keeps the key of its database; see `bot.store`."""
        return self.data / "demo.key"

    def faulty(self, *begin: str) -> str:
        """The variables with a fault whose names begin so, in words; empty where there is none."""
        return " and ".join(dict.fromkeys(fault.name for fault in self.faults if fault.name.startswith(begin)))

    @property
    def alerting(self) -> Alerting:
        """What becomes of an alert. A trial of Teams reaches nobody. With a fault
        that stops the server, nothing is sent."""
        if any(fault.stops for fault in self.faults):
            return "nowhere"
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
    """environment (as os.environ) -> Settings. Raises SettingsError, which names every variable that cannot be used and
    those for which an extra is not installed (`has` says which are)."""
    settings = settings_with_faults(environment, has)
    if stopping := [fault for fault in settings.faults if fault.stops]:
        raise SettingsError(stopping)
    return settings


def settings_with_faults(environment: Mapping[str, str], has: Callable[[str], bool] = installed) -> Settings:
    """environment -> Settings, with whatever is wrong in `faults`: for who can go on without it, or says it."""
    variables = Variables(environment)
    data = Path(variables.get("ASKFIRST_DATA") or _usual_data()).expanduser()
    model = variables.get("ASKFIRST_MODEL")
    host = variables.get("ASKFIRST_HOST") or ("0.0.0.0" if variables.is_set("PORT") else "127.0.0.1")  # noqa: S104
    public, proxies = _public(variables), _number(variables, "ASKFIRST_PROXIES")
    # Where one of these is wrong nobody knows who can reach the page: nothing is served unchecked then.
    alone = on_loopback(host) and _is_here(public) and not proxies and not variables.faults
    slack, teams, mail = read_slack(variables), read_teams(variables, alone), read_mail(variables)
    database = variables.get("ASKFIRST_DATABASE_URL", f"sqlite:///{data / 'askfirst.db'}")
    port, names = _port(variables), _names(variables)
    webhook_secret, health_token = (
        _secret(variables, f"ASKFIRST_{name}") for name in ("WEBHOOK_SECRET", "HEALTH_TOKEN")
    )
    if slack and not _is_there(variables, has, "slack", "SLACK_BOT_TOKEN", "Slack"):
        slack = None
    asked_for = "TEAMS_APP_ID" if teams and teams.checked else TEAMS_TRY
    if teams and not _is_there(variables, has, "teams", asked_for, "Teams"):
        teams = None
    if database.startswith("postgresql"):
        _is_there(variables, has, "postgres", "ASKFIRST_DATABASE_URL", "PostgreSQL")
    return Settings(
        knowledge=_knowledge(variables),
        data=data,
        database=database,
        semantic=model.lower() != "none",
        model=Path(model).expanduser() if model and model.lower() != "none" else None,
        host=host,
        port=port,
        keys=tuple(variables.get("ASKFIRST_KEYS").replace(",", " ").split()),
        proxies=proxies,
        public=public,
        mail=mail,
        slack=slack,
        teams=teams,
        channels={
            "Slack": None if slack else _why_off(variables, "SLACK_BOT_TOKEN"),
            "Teams": None if teams else _why_off(variables, "TEAMS_APP_ID"),
        },
        webhook_secret=webhook_secret,
        health_token=health_token,
        names=names,
        faults=tuple(variables.faults),
    )


def _is_there(variables: Variables, has: Callable[[str], bool], extra: str, name: str, what: str) -> bool:
    """Whether this extra is installed; otherwise that is a fault of the variable that asks for it."""
    if not has(extra):
        variables.wrong(name, str(NotInstalledError(what, extra)))
    return has(extra)


def _why_off(variables: Variables, first: str) -> str:
    """Why a channel is off; `first` is the variable without which there is none of it."""
    kind = first.partition("_")[0] + "_"
    faults = [str(fault) for fault in variables.faults if fault.name.startswith(kind)]
    return "; ".join(faults) or f"{first} is not set"


def on_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_here(public: str) -> bool:
    """Whether the address under which people reach the page, if there is one, is this machine alone."""
    return not public or on_loopback(urlsplit(public).hostname or "")


def _number(variables: Variables, name: str) -> int:
    value = variables.get(name, "0")
    if not re.fullmatch("[0-9]", value):
        variables.wrong(name, f"'{value}' is not a small number. Say how many proxies stand in front")
        return 0
    return int(value)


def _usual_data() -> Path:
    """Where things are kept unless somebody says otherwise. In a checkout that is its own folder, as for make: a
    concern that is logged with the bare command must never land where no server looks."""
    checkout = all((_HERE / name).is_file() for name in ("Makefile", "pyproject.toml"))
    return _HERE / "data" if checkout else Path.home() / ".local" / "share" / "askfirst"


def _public(variables: Variables) -> str:
    url = variables.get("ASKFIRST_URL")
    if url and not _is_address(url):
        variables.wrong("ASKFIRST_URL", "this is not an address. Write it as https://ask.school.example")
        return ""
    return url.rstrip("/")


def _is_address(url: str) -> bool:
    try:
        return bool(re.fullmatch(r"https?://[^/\s]+(?:/[^\s?#]*)?", url) and urlsplit(url).hostname)
    except ValueError:
        return False


def _names(variables: Variables) -> tuple[str, ...]:
    found = tuple(variables.get("ASKFIRST_HOSTS").lower().replace(",", " ").split())
    for name in found:
        if not re.fullmatch(r"[a-z0-9_.-]+|[0-9a-f:]+", name):
            said = f"'{name}' is no name of a computer. Write it without https:// and port, as ask.school.example"
            variables.wrong("ASKFIRST_HOSTS", said)
            return ()
    return found


def _secret(variables: Variables, name: str) -> str:
    secret = variables.get(name)
    if secret and len(secret) < _SHORTEST_SECRET:
        said = f"it is too short. Make one of at least {_SHORTEST_SECRET} characters that nobody can guess, such as: "
        variables.wrong(name, f"{said}openssl rand -hex 32")
        return ""
    return secret


def _knowledge(variables: Variables) -> Path:
    if given := variables.get("ASKFIRST_KNOWLEDGE"):
        return Path(given).expanduser().resolve()
    return shipped_base()


def shipped_base() -> Path:
    """The knowledge folder of the demo school, as it comes with AskFirst."""
    return next((path for path in _SHIPPED if path.is_dir()), _SHIPPED[0])


def _port(variables: Variables) -> int:
    name = "ASKFIRST_PORT" if variables.get("ASKFIRST_PORT") else "PORT"
    value = variables.get(name, "8080")
    if not re.fullmatch("[0-9]{1,5}", value) or int(value) > 65535:
        variables.wrong(name, f"'{value}' is not a port. Set it to a number from 1 to 65535.")
        return 8080
    return int(value)
