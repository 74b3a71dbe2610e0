"""`askfirst slack manifest`: with what the Slack app is made."""

from __future__ import annotations

import argparse
import json

from adapters.slack.manifest import manifest
from bot.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The one action, and which kind of app."""
    parser.add_argument("action", choices=("manifest",))
    parser.add_argument("--socket", action="store_true", help="for Socket Mode: no open port is needed")
    parser.add_argument(
        "--agent", action="store_true", help="with Slack's agent feature: needs a paid plan, and shuts guests out"
    )


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print the manifest."""
    print(json.dumps(manifest(settings.address, parsed.socket, parsed.agent), indent=2, ensure_ascii=False))
    return 0
