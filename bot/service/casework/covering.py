"""Who stands in for whom, as it was named on the page: known to everything that asks for the school, and told.

What was named lies in the log. A copy is kept in memory and read anew every few seconds and after every change here, so
that nobody who asks for the school waits for the database.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.concerns import Actor, Reader
from bot.concerns.ladder.escalation import Recipient, Step
from bot.concerns.leave.covering import NamedCover, checked, letters, may_cover
from bot.errors import AskFirstError
from bot.knowledge import Cover, Knowledge, School
from bot.service.casework.handing_on import hand_back, pass_over
from bot.settings import Settings
from bot.store import Store, StoreError, VaultError, open_for

log = logging.getLogger("askfirst.cover")


class CoverError(AskFirstError):
    """Something was wanted of a stand-in that cannot be."""


@dataclass(frozen=True)
class Decider:
    """Who names or ends a stand-in: their name in the log, and the parts they hold now."""

    by: Actor
    reader: Reader


class CoverDesk:
    """The stand-ins of one school. `school` gives it as its file says."""

    def __init__(self, school: Callable[[], School], store: Store) -> None:
        self._file, self._store = school, store
        self._named: tuple[NamedCover, ...] = ()
        self._made: tuple[School, tuple[NamedCover, ...], School] | None = None
        self._looking = threading.Lock()
        self.refresh()

    def refresh(self) -> None:
        """Read anew what was named. Where the store cannot say, what was known stays: that it cannot is told by
        /healthz, and an alert to somebody on leave is better than none."""
        try:
            # One after the other: what a slow look has read must not replace what a later one knows.
            with self._looking:
                named = self._store.covers(self._file().id).all()
                if named != self._named:
                    self._named = named
        except StoreError as fault:
            log.warning("who stands in for whom could not be read: %s", fault)

    def school(self) -> School:
        """The school with every stand-in, those of its file and those named on the page."""
        return self.over(self._file())

    def over(self, file: School) -> School:
        """The same for the school as its file says: the same object for as long as neither changes."""
        named, made = self._named, self._made
        if made is None or made[0] is not file or made[1] is not named:
            self._made = made = file, named, _with(file, [each.cover for each in named])
        return made[2]

    def named(self, today: dt.date) -> tuple[NamedCover, ...]:
        """Those named on the page whose days are not over, the first to begin first."""
        people = self._file().people.keys()
        left = [each for each in self._named if each.cover.last >= today]
        known = (each for each in left if {each.cover.person, each.cover.by} <= people)
        return tuple(sorted(known, key=lambda each: each.cover.first))

    def name(self, who: Decider, cover: Cover, today: dt.date, now: dt.datetime) -> None:
        """Name a stand-in. Both are told, and what waits for somebody on those days goes to the stand-in. Raises
        IncompleteError or StoreError."""
        file = self._file()

        def decide(named: tuple[NamedCover, ...]) -> tuple[Step, ...]:
            others = _with(file, [each.cover for each in named if each.cover != cover])
            checked(others, who.reader, cover, today)
            return _told(letters(others, cover, who.by), now)

        self._store.covers(file.id).name(cover, who.by, decide, now)
        self.refresh()
        # Also where it was named already: perhaps whoever named it got no further.
        pass_over(self._store, self.school(), cover, now)

    def end(self, who: Decider, number: int, now: dt.datetime) -> None:
        """End one at once, and call whoever is back. Raises CoverError or StoreError."""
        self.refresh()
        school, known = self.school(), {each.number: each for each in self._named}
        named = known.get(number)
        if named is None:
            raise CoverError("it has been ended already")
        # Whoever stands in may step back, too: nobody is kept in another's place.
        if named.cover.by != who.reader.person and not may_cover(school, who.reader, named.cover.person):
            raise CoverError("that is for somebody else to end")
        told = _told(letters(school, named.cover, who.by, ended=True), now)
        self._store.covers(school.id).end(named, who.by, told, now)
        self.refresh()
        hand_back(self._store, self.school(), named.cover, now)


def with_stand_ins(school: School, store: Store) -> School:
    """The school as a command of the terminal needs it: with whoever was named on the page."""
    return CoverDesk(lambda: school, store).school()


def known_to(knowledge: Knowledge, settings: Settings) -> Knowledge:
    """The base for a look at it from outside: with whoever was named on the page, where the store can be opened."""
    try:
        with contextlib.closing(open_for(settings)) as store:
            return replace(knowledge, school=with_stand_ins(knowledge.school, store))
    except (StoreError, VaultError):
        return knowledge


def _with(file: School, named: Sequence[Cover]) -> School:
    """The school with these stand-ins too, as far as both are still there; the same object where there are none."""
    known = tuple(each for each in named if {each.person, each.by} <= file.people.keys())
    return replace(file, cover=(*file.cover, *known)) if known else file


def _told(texts: Mapping[str, str], now: dt.datetime) -> tuple[Step, ...]:
    return tuple(Step("cover", now, Recipient(person), text=text) for person, text in texts.items())
