"""Two processes that name a stand-in at the same moment, on either database."""

from __future__ import annotations

import threading

from bot.concerns import Actor
from bot.concerns.leave.covering import NamedCover
from bot.knowledge import Cover
from tests.ladder.world import World


def test_whoever_comes_second_decides_by_what_the_first_has_named(world: World) -> None:
    desk, by, day = world.store.covers(world.school.id), Actor("head", "Head"), world.now.date()
    seen: list[tuple[NamedCover, ...]] = []
    came = threading.Event()

    def second(known: tuple[NamedCover, ...]) -> tuple[()]:
        seen.append(known)
        came.set()
        return ()

    other = threading.Thread(target=lambda: desk.name(Cover("dsl", "deputy-1", day, day), by, second, world.now))

    def first(known: tuple[NamedCover, ...]) -> tuple[()]:
        other.start()
        came.wait(0.5)  # it does not come: it waits until this is over
        return ()

    assert desk.name(Cover("dsl", "online", day, day), by, first, world.now)
    other.join(20)
    assert [[each.cover.by for each in known] for known in seen] == [["online"]]
