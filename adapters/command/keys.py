"""`askfirst keys`: a new key for ASKFIRST_KEYS; everything sealed again with the first one; and what to do when a key
was lost, or leaked. docs/keys.md has each way."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.errors import AskFirstError
from bot.knowledge import School, load
from bot.settings import Settings
from bot.store import Left, Unreadable, keys_fit, left_without_keys, new_key, open_for

_LEAKED = (
    "ASKFIRST_KEYS must begin with a new key (askfirst keys new), and name the one that leaked after it, with a comma "
    "between them. Then run this again"
)
_IN_USE = (
    "The first key in ASKFIRST_KEYS is in use already, and may be the one that leaked. Nothing was changed. Put a "
    "fresh one (askfirst keys new) first, and the others after it, with commas between them. Then run this again. "
    "Where it was run already with a fresh key first, it is done"
)
_RENEWED = (
    "{count} values were sealed again with the first key. The keys behind the tokens and the log are new, and "
    "everybody is signed out.\nNow take every other key out of ASKFIRST_KEYS and restart every process.\nWhoever has "
    "the old key can still read copies that were made before: see docs/keys.md."
)
_ROTATED = "{count} values were sealed again with the first key. The other keys can be taken out of ASKFIRST_KEYS now."
_LEAVES = "--leave-unreadable goes with askfirst keys rotate and askfirst keys leaked alone. Leave it out"
_LEFT = (
    "These could not be opened and stand as they were; the audit says so, too:",
    "Nobody can read them with the keys that are left. Keep the backup that you made before, and every key that was "
    "ever used.",
)
_UNREADABLE = (
    "With the keys in ASKFIRST_KEYS nobody can read this database. Nothing was changed.",
    "Look for the key first: docs/keys.md says where it may still be. Keep the database, whatever becomes of it.",
)
_STATUSES = {"open": "nobody has acknowledged it", "acknowledged": "being worked on", "closed": "closed"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is done."""
    parser.add_argument("action", choices=("new", "rotate", "leaked", "lost"))
    parser.add_argument(
        "--leave-unreadable",
        action="store_true",
        help="with rotate or leaked: leave what no key opens as it is, name each, and say so in the audit",
    )


def run(parsed: argparse.Namespace, settings: Settings) -> int:
    """Do it, and print what came of it: 1 where the keys are lost."""
    if parsed.leave_unreadable and parsed.action not in ("rotate", "leaked"):
        raise AskFirstError(_LEAVES)
    if parsed.action == "lost":
        fit, lines = lost(settings, load(settings.knowledge).school)
        print("\n".join(lines))
        return 0 if fit else 1
    if parsed.action == "new":
        print(new_key())
        return 0
    leave_at = dt.datetime.now(dt.UTC) if parsed.leave_unreadable else None
    print({"rotate": rotate, "leaked": leaked}[parsed.action](settings, leave_at))
    return 0


def rotate(settings: Settings, leave_at: dt.datetime | None = None) -> str:
    """Seal again; what to do next. With `leave_at` what cannot be opened is left as it is. Raises AskFirstError where
    there is no key to rotate to."""
    if not settings.keys:
        raise AskFirstError(
            "ASKFIRST_KEYS is not set. Make a key (askfirst keys new) and set ASKFIRST_KEYS to the new key, a comma, "
            f"and the old one (of the demo: the text in {settings.demo_key}). Then run this again"
        )
    with contextlib.closing(open_for(settings)) as store:
        done = store.renew_seals(leave_at)
    return "\n".join((_ROTATED.format(count=done.count), *_left_lines(done.left)))


def leaked(settings: Settings, leave_at: dt.datetime | None = None) -> str:
    """The same, with new keys behind the tokens and the log too. Raises AskFirstError where no new one is first."""
    if len(set(settings.keys)) < 2:
        raise AskFirstError(_LEAKED)
    # Looked at before the store is opened: opening may seal an older database with the first key.
    if keys_fit(replace(settings, keys=settings.keys[:1])):
        raise AskFirstError(_IN_USE)
    with contextlib.closing(open_for(settings)) as store:
        done = store.renew_keys(leave_at)
    return "\n".join((_RENEWED.format(count=done.count), *_left_lines(done.left)))


def _left_lines(left: Sequence[Unreadable]) -> Iterator[str]:
    if left:
        yield _LEFT[0]
        yield from (f"  {each}" for each in left)
        yield _LEFT[1]


def lost(settings: Settings, school: School) -> tuple[bool, list[str]]:
    """(whether the keys fit after all, what can be said of the concerns without them). Raises StoreError."""
    if keys_fit(settings):
        return True, ["The keys in ASKFIRST_KEYS fit this database: nothing is lost."]
    left = left_without_keys(settings, school.id)
    return False, [*_UNREADABLE, "", *_told(left, school)]


def _told(left: Sequence[Left], school: School) -> Iterator[str]:
    if not left:
        yield "No concern is in it."
        return
    yield "Concerns in it, as far as they stand open for all to read. Ask whoever logged one to log it again:"
    for each in sorted(left, key=lambda each: (list(_STATUSES).index(each.status), each.logged_at)):
        at = each.logged_at.astimezone(school.opening.zone)
        urgent = ", urgent" if each.urgent else ""
        yield f"  {each.number}  logged {at:%a %d %B %Y, %H:%M}{urgent}: {_STATUSES[each.status]}"
