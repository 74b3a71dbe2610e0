"""What `askfirst doctor` says of the settings themselves: what is set up, half set up, wrong or off."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.command.key_files import key_file_lines
from bot.settings import ANY_NAME, TEAMS_UNCHECKED, Settings
from bot.store import NOT_FOR_REAL_USE


def fault_lines(settings: Settings) -> Iterator[str]:
    """A line for each variable that cannot be used."""
    if not settings.faults:
        yield "ok     settings: none is faulty"
    yield from (f"FAULT  settings: {fault}" for fault in settings.faults)


def set_up_lines(settings: Settings) -> Iterator[str]:
    """A line for the names of the page where any will do, for the keys, for each file with a key that others can read,
    for e-mail, and for each chat."""
    if not settings.hosts:
        yield f"WARN   names: {ANY_NAME}"
    yield "ok     keys: from ASKFIRST_KEYS" if settings.keys else f"WARN   keys: {NOT_FOR_REAL_USE}"
    yield from key_file_lines(settings)
    yield _mail(settings)
    for name, missing in settings.channels.items():
        yield _channel(settings, name, missing)


def _mail(settings: Settings) -> str:
    if wrong := settings.faulty("ASKFIRST_SMTP", "ASKFIRST_MAIL_FROM"):
        return f"FAULT  e-mail: see {wrong} above"
    return (
        f"ok     e-mail: through {settings.mail.host}" if settings.mail else "off    e-mail: not set up (ASKFIRST_SMTP)"
    )


def _channel(settings: Settings, name: str, missing: str | None) -> str:
    if name == "Teams" and settings.teams and not settings.teams.checked:
        return f"WARN   {TEAMS_UNCHECKED}"
    if wrong := settings.faulty(f"{name.upper()}_"):
        return f"FAULT  {name}: not in use, see {wrong} above"
    return f"off    {name}: {missing}" if missing else f"ok     {name}: set up"
