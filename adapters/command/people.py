"""`askfirst people`: of whom an account in Slack or Teams is kept, and removing what is kept of somebody who left."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from adapters.console.desk import open_desk
from bot.service.kept_people import Kept, KeptPeople, Standing
from bot.settings import Settings

NOBODY = "Nothing is kept of anybody's account in Slack or Teams."
KEPT = "Nothing was removed."
REMARK = (
    "Records of concerns stay as they are, with who logged, read and worked on them. So do the names of those who "
    "chose or held back a tip."
)
_STANDING: Mapping[Standing, str] = {
    "listed": "in school.yaml",
    "left": "no longer in school.yaml",
    "staff": "other staff",
    "outside": "from outside the school",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whom to forget, if anybody."""
    parser.add_argument(
        "--forget", default="", metavar="WHO", help="somebody who left: their id in school.yaml, name, or account"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask again before it is removed")


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Print the list, or remove what is kept of somebody. Raises AskFirstError where that may not be."""
    with open_desk(settings) as desk:
        people = KeptPeople(desk.school, desk.store)
        if not parsed.forget:
            print(*listed(people.all()), sep="\n")
            return 0
        kept = people.find(parsed.forget)
        if not parsed.yes and not _is_meant(kept, input):
            print(KEPT)
            return 1
        people.forget(kept, dt.datetime.now(dt.UTC))
    print(f"Removed: {_what(kept)}, of {kept.name}. {REMARK}")
    return 0


def listed(everybody: tuple[Kept, ...]) -> Iterator[str]:
    """A line for each, those who left first; no address, and nothing that anybody wrote."""
    for kept in sorted(everybody, key=lambda each: (each.standing != "left", each.standing, each.name)):
        yield f"{kept.id}  {kept.name}: {_what(kept)}; {_STANDING[kept.standing]}"
    yield REMARK if everybody else NOBODY


def _what(kept: Kept) -> str:
    parts = [f"{account.channel.capitalize()} account {account.id}" for account in kept.accounts]
    parts += [f"how to write to them in {account.channel.capitalize()}" for account in kept.chats]
    if kept.alerts:
        parts.append(
            f"{len(kept.alerts)} alert{'s' * (len(kept.alerts) > 1)} that stand{'s' * (len(kept.alerts) < 2)} there"
        )
    return ", ".join(parts)


def _is_meant(kept: Kept, ask: Callable[[str], str]) -> bool:
    """Whether they say yes; the end of what is typed is a no."""
    print(f"{kept.name}: {_what(kept)}; {_STANDING[kept.standing]}.")
    try:
        return ask("Type yes to remove it for good: ").strip().casefold() == "yes"
    except EOFError:
        print()
        return False
