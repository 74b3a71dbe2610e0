"""The arguments of `askfirst teams package`. The adapter carries it out: the core knows nothing of the package."""

from __future__ import annotations

import argparse
from pathlib import Path

from adapters.teams.package import PackageRequest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The one action of the verb, and what it takes."""
    parser.add_argument("action", choices=("package",))
    parser.add_argument("--app-id", default="", metavar="ID", help="of the app registration (default: TEAMS_APP_ID)")
    parser.add_argument("--host", default="", metavar="HOST", help="as ask.school.example (default: from ASKFIRST_URL)")
    parser.add_argument("--out", default="askfirst-teams.zip", metavar="FILE", help="default: askfirst-teams.zip")
    parser.add_argument("--version", default="", metavar="NUMBER", help="a higher one, to replace an upload")


def read_request(parsed: argparse.Namespace) -> PackageRequest:
    """The parsed arguments as they are; whether they can be used is said by whoever uses them."""
    return PackageRequest(parsed.app_id.strip(), parsed.host.strip(), Path(parsed.out), parsed.version.strip())
