"""What the verbs of the terminal that deal with concerns work on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from bot.knowledge import School
from bot.service.casework import Casework
from bot.service.casework.covering import with_stand_ins
from bot.service.live.last_good import files_or_last_good
from bot.settings import Settings
from bot.store import Store, open_for


@dataclass(frozen=True)
class Opened:
    """A school with its open store, and what is done with its concerns."""

    school: School
    store: Store
    casework: Casework


@contextlib.contextmanager
def open_desk(settings: Settings) -> Iterator[Opened]:
    """Settings -> Opened, closed at the end. Raises KnowledgeError, StoreError or VaultError."""
    school = files_or_last_good(settings).school
    with contextlib.closing(open_for(settings)) as store:
        school = with_stand_ins(school, store)
        yield Opened(school, store, Casework(lambda: school, store, settings.alerting))
