"""Files with keys, and whether anybody but their owner can read them: what `askfirst doctor` says of that."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

from adapters.web.security import KEY_FILE
from bot.settings import Settings

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def key_file_lines(settings: Settings) -> Iterator[str]:
    """A line for each file that other users of the computer can read or change, with the command that mends it. A file
    that is not there, or out of sight, is for others to say."""
    for what, path in _key_files(settings):
        if os.name == "posix" and _is_open(path):
            yield f"WARN   {what}: others on this computer can read {path}. Run: chmod 600 {shlex.quote(str(path))}"


def _key_files(settings: Settings) -> Iterator[tuple[str, Path]]:
    if settings.teams and settings.teams.certificate:
        yield "Teams certificate", settings.teams.certificate
    if not settings.keys:
        yield "key of the database", settings.demo_key
    yield "key of the page", settings.data / KEY_FILE


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & _OTHERS)
    except OSError:
        return False
