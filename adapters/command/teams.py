"""`askfirst teams`: with what the Teams app is installed, or tried out without it."""

from __future__ import annotations

import argparse
from pathlib import Path

from adapters.teams.package import PackageRequest, write_package
from adapters.teams.trial import playground
from bot.errors import AskFirstError
from bot.knowledge import load
from bot.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to make, and what it takes."""
    parser.add_argument("action", choices=("package", "playground"))
    parser.add_argument("--as", default="teacher-1", dest="me", metavar="WHO", help="playground: whom it plays, by id")
    parser.add_argument("--app-id", default="", metavar="ID", help="of the app registration (default: TEAMS_APP_ID)")
    parser.add_argument("--host", default="", metavar="HOST", help="as ask.school.example (default: from ASKFIRST_URL)")
    parser.add_argument("--out", default="askfirst-teams.zip", metavar="FILE", help="default: askfirst-teams.zip")
    parser.add_argument("--version", default="", metavar="NUMBER", help="a higher one, to replace an upload")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Write the package and print what to do next, or print the Playground's file. Raises AskFirstError."""
    if parsed.action == "playground":
        print(_playground(settings, parsed.me))
        return 0
    print(write_package(settings, read_request(parsed)))
    return 0


def read_request(parsed: argparse.Namespace) -> PackageRequest:
    """The parsed arguments as they are; whether they can be used is said by whoever uses them."""
    return PackageRequest(parsed.app_id.strip(), parsed.host.strip(), Path(parsed.out), parsed.version.strip())


def _playground(settings: Settings, me: str) -> str:
    try:
        return playground(load(settings.knowledge).school, me)
    except KeyError:
        raise AskFirstError(
            f"--as: '{me}' is nobody of the trial. Name an id of school.yaml, or teacher-1 to teacher-3"
        ) from None
