"""`askfirst sheet`: the paper with all numbers that hangs in the staff room."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from adapters.documents.staff_room import as_html, as_text
from bot.answering.sheet import staff_sheet
from bot.errors import FileError
from bot.service.live.last_good import files_or_last_good
from bot.settings import Settings, on_loopback

NO_ADDRESS = "no address of the page stands on it, because ASKFIRST_URL is not set"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, and as what."""
    parser.add_argument("file", nargs="?", metavar="FILE", type=Path, help="where to (default: it is printed here)")
    parser.add_argument("--text", action="store_true", help="plain text, in place of a page for the printer")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Write it. Raises KnowledgeError, and FileError where it cannot be written."""
    school = files_or_last_good(settings).school
    address = "" if on_loopback(urlsplit(settings.address).hostname or "") else settings.address
    sheet = staff_sheet(school, address, _chats(settings), dt.datetime.now(dt.UTC))
    text = as_text(sheet) if parsed.text else as_html(sheet)
    if parsed.file:
        try:
            parsed.file.write_text(text, encoding="utf-8")
        except OSError as fault:
            raise FileError(fault, parsed.file) from None
        print(f"{parsed.file}: print it on A4 and hang it in the staff room.")
    else:
        print(text, end="")
    if not address:
        print(f"askfirst: {NO_ADDRESS}", file=sys.stderr)
    return 0


def _chats(settings: Settings) -> Iterator[str]:
    if settings.slack:
        yield "Slack"
    if settings.teams and settings.teams.checked:
        yield "Teams"
