"""`askfirst slack manifest`: with what the Slack app is made."""

from __future__ import annotations

import argparse
import ipaddress
import json
from urllib.parse import urlsplit

from adapters.slack.manifest import manifest
from bot.errors import AskFirstError
from bot.settings import Settings


class ManifestError(AskFirstError):
    """Slack could do nothing with the manifest that would be printed."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The one action, and which kind of app."""
    parser.add_argument("action", choices=("manifest",))
    parser.add_argument("--socket", action="store_true", help="for Socket Mode: no open port is needed")
    parser.add_argument(
        "--agent", action="store_true", help="with Slack's agent feature: needs a paid plan, and shuts guests out"
    )


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print the manifest. Raises ManifestError where Slack could not reach the page."""
    if not parsed.socket:
        _must_be_reachable(settings.public)
    print(json.dumps(manifest(settings.address, parsed.socket, parsed.agent), indent=2, ensure_ascii=False))
    return 0


def _must_be_reachable(public: str) -> None:
    parts = urlsplit(public)
    if parts.scheme != "https" or not _from_outside(parts.hostname or ""):
        raise ManifestError(
            "there is no https address that Slack can reach from outside. Set ASKFIRST_URL, as in "
            "ASKFIRST_URL=https://ask.school.example, or print it with --socket, which needs none"
        )


def _from_outside(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host  # a name without a dot is known inside the school alone
