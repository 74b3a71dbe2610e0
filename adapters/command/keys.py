"""`askfirst keys`: a new key for ASKFIRST_KEYS, or everything that is sealed, sealed again with the first one."""

from __future__ import annotations

import argparse
import contextlib

from bot.errors import AskFirstError
from bot.settings import Settings
from bot.store import new_key, open_for


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is done."""
    parser.add_argument("action", choices=("new", "rotate"))


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print a key, or how many values were sealed again."""
    print(new_key() if parsed.action == "new" else rotate(settings))
    return 0


def rotate(settings: Settings) -> str:
    """Seal again; what to do next. Raises AskFirstError where there is no key to rotate to."""
    if not settings.keys:
        raise AskFirstError(
            "ASKFIRST_KEYS is not set. Make a key (askfirst keys new) and set ASKFIRST_KEYS to the new key, a comma, "
            f"and the old one (of the demo: the text in {settings.demo_key}). Then run this again"
        )
    with contextlib.closing(open_for(settings)) as store:
        count = store.renew_seals()
    return f"{count} values were sealed again with the first key. The other keys can be taken out of ASKFIRST_KEYS now."
