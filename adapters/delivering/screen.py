"""The demo's way to reach people where no other is set up: the terminal in which the server runs. It says so."""

from __future__ import annotations

from collections.abc import Callable

from bot.concerns.chronology import ON_SCREEN
from bot.knowledge import Person
from bot.service.letters import Letter

NOTICE = (
    "No e-mail is set up (ASKFIRST_SMTP): alerts appear in this terminal only, and nobody is told. "
    "That is not for real use."
)


class ScreenWay:
    """Letters on the terminal. Only for a page that listens to this computer alone."""

    name = ON_SCREEN
    channel = "email"  # a reporter who gave an address gets their news here too

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def address_of(self, person: Person) -> str | None:
        """Everybody is reached, by their role: names do not belong on a screen that anybody may look at."""
        return f"the {person.role}"

    async def send(self, letter: Letter, to: str) -> None:
        """Print it."""
        text = "\n".join(f"    {line}" for line in letter.text.strip().splitlines())
        whom = "whoever logged it" if letter.kind == "news" else to
        self._write(f"\n--- To {whom}: {letter.subject}\n{text}\n---")

    async def look(self, to: str) -> None:
        """The terminal is there."""
