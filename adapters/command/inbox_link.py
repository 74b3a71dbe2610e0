"""`askfirst inbox-link PERSON`: a link that signs somebody in once. That it was made here, for whom and under which
account of the computer, stands in the audit."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import socket
import sys

from adapters.console.account import in_terminal
from bot.concerns import Actor, Detail, staff
from bot.errors import AskFirstError
from bot.service.live.last_good import files_or_last_good
from bot.settings import Settings
from bot.store import open_for

_NOBODY_THERE = (
    "Nothing answers at {address} now. If AskFirst serves on another port or at another address, set ASKFIRST_PORT or "
    "ASKFIRST_URL as it has it, and make a new link."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """For whom."""
    parser.add_argument("person", metavar="PERSON", help="the name in front of their line in school.yaml")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print the link."""
    print(inbox_link(settings, parsed.person, dt.datetime.now(dt.UTC)))
    if not settings.public and not _answers(settings.host, settings.port):
        print(_NOBODY_THERE.format(address=settings.address), file=sys.stderr)
    return 0


def _answers(host: str, port: int) -> bool:
    """Whether anything listens there now."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def inbox_link(settings: Settings, person: str, now: dt.datetime) -> str:
    """The address. Raises AskFirstError for somebody who is not in school.yaml."""
    school = files_or_last_good(settings).school
    known = {each.id: each for each in staff(school)}
    if person not in known:
        raise AskFirstError(f"there is no '{person}' in school.yaml. The people are: {', '.join(known)}")
    with contextlib.closing(open_for(settings)) as store:
        detail = Detail(who=known[person].name, reference=person, way=in_terminal())
        store.audit(school.id).note("link-made", Actor("", "the terminal"), detail, now)
        token = store.sign_in(school.id).make_link(person, now)
    return f"{settings.address}/inbox/enter?token={token}"
