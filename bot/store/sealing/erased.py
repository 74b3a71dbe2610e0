"""Lines of the log whose content two people deleted, and in which nobody is named any more.

The hash of a line holds who did it. So the line that says "deleted" keeps a mark of each line in which a name was taken
away: made with the vault's key out of everything that is left of it, and of the hash that it had.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from bot.concerns import Actor, Detail
from bot.store.schema import events
from bot.store.sealing.cells import Stored, cell_of
from bot.store.sealing.codec import dumps, loads
from bot.store.sealing.vault import Vault, VaultError

NOBODY = dumps(Actor("", ""))  # what stands in the place of a name
_LEFT = ("school", "number", "concern", "at", "kind", "digest", "previous", "hash")


def mark_of(vault: Vault, row: Stored) -> str:
    """What stands for a line from which the name was taken."""
    return vault.token("erased", *(row[name] for name in _LEFT))


def marks_in(vault: Vault, rows: Iterable[sa.Row[*tuple[Any, ...]]]) -> frozenset[str]:
    """The marks that lines of the kind "deleted" hold, as far as they can be read."""
    found: set[str] = set()
    for row in rows:
        if row.kind == "deleted" and row.detail is not None:
            found.update(_marks(vault, row._mapping))
    return frozenset(found)


def is_proved(vault: Vault, row: Stored, actor: str, marks: frozenset[str]) -> bool:
    """Whether a line is as it was left when its content and its name were deleted."""
    return row["detail"] is None and actor == NOBODY and mark_of(vault, row) in marks


def _marks(vault: Vault, row: Stored) -> tuple[str, ...]:
    try:
        return loads(vault.open(row["detail"], cell_of(events.c.detail, row)), Detail).erased
    except (VaultError, ValueError):  # then the line itself is a fault
        return ()
