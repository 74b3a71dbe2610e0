"""What the verbs of the terminal that deal with concerns work on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.knowledge import Knowledge, School
from bot.service.casework import Casework
from bot.service.casework.covering import with_stand_ins
from bot.service.live.last_good import files_or_last_good
from bot.settings import Settings
from bot.store import Store, open_for


@dataclass(frozen=True)
class Opened:
    """A base and its school with the open store, and what is done with its concerns."""

    knowledge: Knowledge
    school: School
    store: Store
    casework: Casework


@contextlib.contextmanager
def open_desk(settings: Settings) -> Iterator[Opened]:
    """Settings -> Opened, closed at the end. Raises KnowledgeError, StoreError or VaultError."""
    knowledge = files_or_last_good(settings)
    with contextlib.closing(open_for(settings)) as store:
        school = with_stand_ins(knowledge.school, store)
        casework = Casework(lambda: school, store, settings.alerting)
        yield Opened(replace(knowledge, school=school), school, store, casework)
