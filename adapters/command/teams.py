"""`askfirst teams package`: with what the Teams app is installed."""

from __future__ import annotations

import argparse
from pathlib import Path

from adapters.teams.package import PackageRequest, write_package
from bot.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The one action, and what it takes."""
    parser.add_argument("action", choices=("package",))
    parser.add_argument("--app-id", default="", metavar="ID", help="of the app registration (default: TEAMS_APP_ID)")
    parser.add_argument("--host", default="", metavar="HOST", help="as ask.school.example (default: from ASKFIRST_URL)")
    parser.add_argument("--out", default="askfirst-teams.zip", metavar="FILE", help="default: askfirst-teams.zip")
    parser.add_argument("--version", default="", metavar="NUMBER", help="a higher one, to replace an upload")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Write the package; print what to do next. Raises PackageError."""
    print(write_package(settings, read_request(parsed)))
    return 0


def read_request(parsed: argparse.Namespace) -> PackageRequest:
    """The parsed arguments as they are; whether they can be used is said by whoever uses them."""
    return PackageRequest(parsed.app_id.strip(), parsed.host.strip(), Path(parsed.out), parsed.version.strip())
