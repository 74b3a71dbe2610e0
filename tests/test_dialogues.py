"""The same conversations on every channel: what a person says and presses, and what they then see."""

from __future__ import annotations

from typing import Protocol

import pytest

from adapters import console
from bot.assistant import Assistant
from bot.messages import Action
from tests.conftest import NOW
from tests.dialogues import Dialogue, all_dialogues


class Driver(Protocol):
    """A person on one channel. Both give back everything that is then on the screen, as text."""

    def says(self, text: str) -> str: ...

    def presses(self, label: str) -> str: ...


class ConsoleDriver:
    """A person at the terminal, who presses by typing a number."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._offered: tuple[Action, ...] = ()
        self._screen = ""

    def says(self, text: str) -> str:
        reply = self._assistant.handle(console.to_message(text, "terminal", self._offered), NOW)
        self._offered, self._screen = console.offered_by(reply), console.render(reply)
        return " ".join(self._screen.split())

    def presses(self, label: str) -> str:
        line = next(line for line in self._screen.splitlines() if line.strip().endswith(f". {label}"))
        return self.says(line.split(".")[0].strip())


def play(driver: Driver, dialogue: Dialogue) -> None:
    for step in dialogue.steps:
        screen = driver.says(step.says) if step.says is not None else driver.presses(step.presses or "")
        for text in step.shows:
            assert text in screen, f"after '{step.says or step.presses}': '{text}' is not in: {screen}"
        for text in step.hides:
            assert text not in screen, f"after '{step.says or step.presses}': '{text}' is in: {screen}"


@pytest.mark.parametrize("dialogue", all_dialogues(), ids=lambda dialogue: dialogue.name)
def test_in_the_terminal(dialogue: Dialogue, assistant: Assistant) -> None:
    play(ConsoleDriver(assistant), dialogue)
