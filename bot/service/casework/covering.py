"""Who stands in for whom, as it was named on the page: known to everything that asks for the school, and told.

What was named lies in the log. A copy is kept in memory and read anew every few seconds and after every change here, so
that nobody who asks for the school waits for the database.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.concerns import Actor, Reader
from bot.concerns.ladder.escalation import Recipient, Step
from bot.concerns.leave.covering import NamedCover, checked, letters, may_cover
from bot.concerns.standing_in import as_of
from bot.errors import AskFirstError
from bot.hours import start_of
from bot.knowledge import Cover, Knowledge, School
from bot.service.casework.reporting import routing_now
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
        self.refresh()

    def refresh(self) -> None:
        """Read anew what was named. Where the store cannot say, what was known stays: that it cannot is told by
        /healthz, and an alert to somebody on leave is better than none."""
        try:
            named = self._store.covers(self._file().id).all()
        except StoreError as fault:
            log.warning("who stands in for whom could not be read: %s", fault)
            return
        if named != self._named:
            self._named = named

    def school(self) -> School:
        """The school with every stand-in, those of its file and those named on the page."""
        return self.over(self._file())

    def over(self, file: School) -> School:
        """The same for the school as its file says: the same object for as long as neither changes."""
        named = self._named
        if self._made is None or self._made[0] is not file or self._made[1] is not named:
            known = tuple(each.cover for each in named if {each.cover.person, each.cover.by} <= file.people.keys())
            self._made = file, named, replace(file, cover=(*file.cover, *known)) if known else file
        return self._made[2]

    def named(self, today: dt.date) -> tuple[NamedCover, ...]:
        """Those named on the page whose days are not over, the first to begin first."""
        people = self._file().people.keys()
        left = [each for each in self._named if each.cover.last >= today]
        known = (each for each in left if {each.cover.person, each.cover.by} <= people)
        return tuple(sorted(known, key=lambda each: each.cover.first))

    def name(self, who: Decider, cover: Cover, today: dt.date, now: dt.datetime) -> None:
        """Name a stand-in. Both are told, and what waits for somebody on those days goes to the stand-in. Raises
        IncompleteError or StoreError."""
        self.refresh()
        school = self.school()
        checked(school, who.reader, cover, today)
        told = self._letters(letters(school, cover, who.by), now)
        if not self._store.covers(school.id).name(cover, who.by, told, now):
            return
        self.refresh()
        self._pass_over(cover, now)

    def end(self, who: Decider, number: int, now: dt.datetime) -> None:
        """End one at once. Raises CoverError or StoreError."""
        self.refresh()
        school, known = self.school(), {each.number: each for each in self._named}
        named = known.get(number)
        if named is None:
            raise CoverError("it has been ended already")
        # Whoever stands in may step back, too: nobody is kept in another's place.
        if named.cover.by != who.reader.person and not may_cover(school, who.reader, named.cover.person):
            raise CoverError("that is for somebody else to end")
        told = self._letters(letters(school, named.cover, who.by, ended=True), now)
        self._store.covers(school.id).end(named, who.by, told, now)
        self.refresh()

    def _letters(self, texts: Mapping[str, str], now: dt.datetime) -> tuple[Step, ...]:
        return tuple(Step("cover", now, Recipient(person), text=text) for person, text in texts.items())

    def _pass_over(self, cover: Cover, now: dt.datetime) -> None:
        """Open concerns were laid out for whoever was there when they were logged: the stand-in is called too, once
        the leave has begun."""
        school = self.school()
        due = max(now, start_of(school, cover.first)) if cover.first > _day(school, now) else now
        for number in tuple(self._open_for(cover.person, now)):
            with self._store.concerns(school.id).work_on_ladder(number) as case:
                routing = routing_now(school, case, due)
                called = {person for call in routing.calls for person in call.people}
                if case.state.status == "open" and cover.by in called:
                    case.add_steps((Step("alert", due, Recipient(cover.by), case.round),))

    def _open_for(self, person: str, now: dt.datetime) -> Iterator[str]:
        """The open concerns that somebody reads by the parts that are their own."""
        file = replace(self._file(), cover=())
        reader = Reader(person, as_of(file, now).roles_of(person))
        for each in self._store.inbox(file.id).summaries(reader, ("open",)):
            yield each.number


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


def _day(school: School, now: dt.datetime) -> dt.date:
    return now.astimezone(school.opening.zone).date()
