"""Whether somebody can be alerted at all: looked at when the process starts, and again and again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence

from adapters.delivering.loops import Loop
from adapters.delivering.pulse import Pulse, take_turns
from adapters.delivering.screen import ScreenWay
from adapters.delivering.sender import Way, reach_of
from bot.errors import without_content
from bot.knowledge import Route, School
from bot.service.delivery import Reach

log = logging.getLogger("askfirst.sender")
LOOP = "reach"
NO_WAY = (
    "NOBODY CAN BE ALERTED: no way to reach people is set up. Set ASKFIRST_SMTP, or set up Slack or Teams. "
    "To try AskFirst out without: --demo"
)
ALARM = "nobody can be alerted on some ladder"
_ABOUT: Mapping[Route, str] = {
    "pupil": "a pupil",
    "staff": "an adult at the school",
    "head": "the headteacher",
    "dsl": "the DSL",
}
_AGAIN_AFTER, _SOONER = 3600.0, 60.0  # seconds to the next look; while a ladder is silent it is sooner
_PATIENCE = 300.0


def to_people(ways: Sequence[Way]) -> tuple[Way, ...]:
    """The ways that end at a person, and not on the server's own screen."""
    return tuple(way for way in ways if not isinstance(way, ScreenWay))


def silent_ladders(school: School, reached: Mapping[str, Reach]) -> Iterator[str]:
    """A line for each ladder on which nobody can be reached; `reached` is what `reach_of` found."""
    for route, rungs in school.ladders.rungs.items():
        people = {person.id: person for rung in rungs for person in school.holders(rung.role)}
        if not any(reached.get(person, Reach(True, "")).reached for person in people):
            names = ", ".join(person.name for person in people.values()) or "nobody at all"
            yield f"ladders > {route}: a concern about {_ABOUT[route]} reaches nobody, because it calls {names}"


class ReachWatch:
    """`alarm` is what monitoring is told, empty while there is somebody to alert on every ladder. In a demo it stays
    empty: nobody is meant to be told."""

    def __init__(self, school: Callable[[], School], ways: Sequence[Way], demo: bool = False) -> None:
        self._school, self._ways, self._demo = school, tuple(ways), demo
        # Known without a look: monitoring must not be green until the first one has ended.
        self._silent = not to_people(ways)
        self._said: tuple[str, ...] = ()

    @property
    def alarm(self) -> str:
        """Empty where all is well."""
        return ALARM if self._silent and not self._demo else ""

    def loops(self) -> tuple[Loop, ...]:
        """What must run for as long as the process does."""
        return (Loop(LOOP, self._run, _PATIENCE),)

    async def look(self) -> float:
        """Look once, and say in the log what is wrong; the seconds until the next look."""
        school = self._school()
        reached = await reach_of(school, self._ways if self._demo else to_people(self._ways))
        silent = tuple(silent_ladders(school, reached))
        self._say(
            tuple(f"{who} cannot be reached: {each.troubles}" for who, each in reached.items() if not each.reached)
            + tuple(f"FAULT: {line}" for line in silent)
        )
        self._silent = bool(silent)
        return _SOONER if silent else _AGAIN_AFTER

    def _say(self, lines: tuple[str, ...]) -> None:
        """Once, and again where it has changed: a look follows a look."""
        for line in lines if lines != self._said else ():
            log.error("%s", line)
        self._said = lines

    async def _run(self, pulse: Pulse) -> None:
        await take_turns(pulse, self.look, _tell, _SOONER)


def _tell(fault: Exception) -> None:
    log.error("nobody knows who can be reached, ask `askfirst doctor`: %s", without_content(fault))
