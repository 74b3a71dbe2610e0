"""The command `askfirst`: the core's verbs with the channels handed in. Each is loaded only where it is used."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from adapters.command import cli
from adapters.console import render
from adapters.teams.package import PackageRequest
from bot.knowledge import School
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.service.delivery import Reach


def main() -> None:
    """Entry point of the script."""
    channels = cli.Channels(
        render=render,
        chat=_chat,
        serve=_serve,
        work=_work,
        concern=_concern,
        receipt=_receipt,
        inbox=_inbox,
        slack_manifest=_slack_manifest,
        teams_package=_teams_package,
        reach=_reach,
    )
    sys.exit(cli.main(channels))


def _chat(settings: Settings) -> None:
    from adapters.console.verbs import converse

    converse(settings)


def _concern(settings: Settings) -> None:
    from adapters.console.verbs import concern

    concern(settings)


def _receipt(settings: Settings, number: str, add: bool) -> None:
    from adapters.console.verbs import receipt

    receipt(settings, number, add)


def _inbox(settings: Settings, person: str, number: str, action: str) -> None:
    from adapters.console.verbs import inbox

    inbox(settings, person, number, action)


def _slack_manifest(settings: Settings, socket: bool) -> str:
    from adapters.slack.manifest import manifest

    return json.dumps(manifest(settings.address, socket), indent=2, ensure_ascii=False)


def _teams_package(settings: Settings, request: PackageRequest) -> str:
    from adapters.teams.package import write_package

    return write_package(settings, request)


def _serve(settings: Settings) -> None:
    from adapters.command.serve import serve

    serve(settings)


def _work(settings: Settings) -> None:
    from adapters.command.serve import work

    work(settings)


def _reach(settings: Settings, school: School) -> Mapping[str, Reach]:
    from adapters.command.serve import ways
    from adapters.delivering.sender import reach_of
    from bot.store import open_for

    return asyncio.run(reach_of(school, ways(settings, lambda: school, open_for(settings))))
