"""What somebody must read, in the terminal: one screen after the other, and a number for what they press."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator, Iterator

from adapters.console.text import wrapped
from bot.required.model import Colleague
from bot.required.views import RequiredView, known_as
from bot.service.required.desk import RequiredDesk

_STOP = "Enter alone stops; what you have done is kept."
_WHICH = "Type a number from 1 to {most}."


def read_through(
    desk: RequiredDesk, colleague: Colleague, read: Callable[[], str], now: dt.datetime, prompted: bool = True
) -> Iterator[str]:
    """Line by line what somebody sees, who presses by what `read` gives. Ends with an empty line, with the end of what
    is typed, or where there is nothing more to press."""
    yield wrapped(known_as(colleague, "terminal"))
    if prompted:
        yield _STOP
    value = "required list"
    while True:
        view = desk.take(colleague, value, "terminal", now)
        yield from screen_lines(view)
        pressed = yield from _pressed(view, read)
        if pressed is None:
            return
        value = pressed


def screen_lines(view: RequiredView) -> Iterator[str]:
    """A view as lines, with a number before each thing to press."""
    yield from ("", view.heading, "-" * min(len(view.heading), 88))
    for part in view.parts:
        yield from ("",) if part.look == "heading" else ()
        yield wrapped(part.text)
    yield ""
    yield from (wrapped(f"  {number}. {choice.label}") for number, choice in enumerate(view.choices, 1))


def _pressed(view: RequiredView, read: Callable[[], str]) -> Generator[str, None, str | None]:
    """What was pressed, None for the end; asked again where it is no number of these."""
    while view.choices:
        try:
            typed = read().strip()
        except EOFError:
            return None
        if not typed:
            return None
        if typed.isascii() and typed.isdecimal() and 0 < int(typed) <= len(view.choices):
            return view.choices[int(typed) - 1].value
        yield _WHICH.format(most=len(view.choices))
    return None
