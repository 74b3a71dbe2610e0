"""The environment -> frozen Settings. Read once, at the start of a command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import AskFirstError

_HERE = Path(__file__).resolve().parent.parent
_SHIPPED = (_HERE / "knowledge", _HERE / "askfirst_knowledge")


class SettingsError(AskFirstError):
    """An environment variable holds something that cannot be used."""


@dataclass(frozen=True)
class Settings:
    """Where things lie and how the server is reached.

    `model` is the directory of the sentence model, None for the installed wheel, and `semantic` says whether to use
    one at all. `database` is an SQLAlchemy URL.
    """

    knowledge: Path
    data: Path
    database: str
    semantic: bool
    model: Path | None
    host: str
    port: int
    channels: Mapping[str, str | None]

    @property
    def cache(self) -> Path:
        return self.data / "cache"


# Why a channel is off; None would mean on.
_CHANNELS: Mapping[str, str | None] = {"Slack": "not in this version", "Teams": "not in this version"}


def read_settings(environment: Mapping[str, str]) -> Settings:
    """environment (as os.environ) -> Settings. Raises SettingsError naming the variable."""
    data = Path(environment.get("ASKFIRST_DATA") or Path.home() / ".local" / "share" / "askfirst").expanduser()
    model = environment.get("ASKFIRST_MODEL", "")
    return Settings(
        knowledge=_knowledge(environment),
        data=data,
        database=environment.get("ASKFIRST_DATABASE_URL") or f"sqlite:///{data / 'askfirst.db'}",
        semantic=model.lower() != "none",
        model=Path(model).expanduser() if model and model.lower() != "none" else None,
        host=environment.get("ASKFIRST_HOST") or ("0.0.0.0" if "PORT" in environment else "127.0.0.1"),  # noqa: S104
        port=_port(environment),
        channels=_CHANNELS,
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
