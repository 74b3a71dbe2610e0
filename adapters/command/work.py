"""`askfirst work`: send alerts and tips only, beside other processes on the same database."""

from __future__ import annotations

import argparse

from adapters.command.serve import work
from bot.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None: settings say everything."""


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Send until told to stop."""
    work(settings)
    return 0
