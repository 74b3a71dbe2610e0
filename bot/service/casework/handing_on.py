"""Open concerns that were laid out before a leave began, or before it was ended: whoever is there now is called too.

Each concern is locked while it is looked at, and nobody is called twice: it can be done again after a fault.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from bot.concerns import Reader, Routing
from bot.concerns.ladder.escalation import Recipient, call_now
from bot.concerns.routing import called_in
from bot.concerns.standing_in import as_of, covers_at
from bot.knowledge import Cover, School
from bot.service.casework.reporting import routing_now
from bot.store import Case, Store, UnknownConcernError


def pass_over(store: Store, school: School, cover: Cover, now: dt.datetime) -> None:
    """What waits for somebody whose leave has begun: the stand-in is called. Before that day nothing is done. Raises
    StoreError."""

    def call(case: Case) -> None:
        _call(case, routing_now(school, case, now), cover.by, now)

    if cover in covers_at(school, now):
        _with_each(store, school, cover.person, now, call)


class Begun:
    """The leaves that have begun and were looked after by this process: once each is enough."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._done: set[tuple[str, Cover]] = set()

    def look(self, school: School, now: dt.datetime) -> None:
        """Call whoever stands in from today. Raises StoreError; then the next look does it."""
        begun = {(school.id, cover) for cover in covers_at(school, now)}
        self._done = {each for each in self._done if each[0] != school.id or each in begun}
        for each in begun - self._done:
            pass_over(self._store, school, each[1], now)
            self._done.add(each)


def hand_back(store: Store, school: School, cover: Cover, now: dt.datetime) -> None:
    """What waits for a stand-in whose days were ended: they are not called any more, and whoever is back is. Raises
    StoreError."""

    def call(case: Case) -> None:
        routing, was_called = routing_now(school, case, now), cover.by in case.called_by(now)
        left = () if cover.by in _everybody(routing) else case.stop_calling(cover.by)
        if cover.person in _everybody(routing):
            to = Recipient(cover.person)
            case.add_steps([replace(step, recipient=to, text="") for step in left if step.due > now])
        if was_called:
            _call(case, routing, cover.person, now)

    _with_each(store, school, cover.person, now, call)


def _call(case: Case, routing: Routing, person: str, now: dt.datetime) -> None:
    """Call somebody now or, where they must not hear of it, whoever is first on the ladder without them."""
    people = (person,) if person in _everybody(routing) else routing.calls[0].people if routing.calls else ()
    called = case.called_by(now)
    if new := [each for each in people if each not in called]:
        # Before they are called: nobody is called to what they cannot read.
        borrowed = [part for each in new for part in called_in(routing, each)]
        case.let_in_parts(tuple(dict.fromkeys((*routing.readers, *borrowed))), now)
        case.add_steps(call_now(routing, new, now, case.round))


def _everybody(routing: Routing) -> frozenset[str]:
    return frozenset(person for call in routing.calls for person in call.people)


def _with_each(
    store: Store, school: School, person: str, now: dt.datetime, act: Callable[[Case], None]
) -> None:  # fmt: skip
    """Every open concern that somebody reads by the parts that are their own, each in a transaction."""
    reader = Reader(person, as_of(replace(school, cover=()), now).roles_of(person))
    for each in store.inbox(school.id).summaries(reader, ("open",)):
        with (
            suppress(UnknownConcernError),  # deleted meanwhile
            store.concerns(school.id).work_on_ladder(each.number) as case,
        ):
            if case.state.status == "open":
                act(case)
