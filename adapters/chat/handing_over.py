"""The parts of a handover in the order that the core says, for every chat."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from bot.messages import Handover, HandoverPart

T = TypeVar("T")


def in_order(
    handover: Handover, ring: Iterable[T], listed: Callable[[str, Iterable[str]], Iterable[T]], log: Iterable[T]
) -> Iterator[T]:
    """Whom to ring, what to do and not to do (`listed` draws a heading and its lines), and the way to log it."""
    drawn: dict[HandoverPart, Iterable[T]] = {
        "ring": ring,
        "steps": listed("What to do", handover.steps),
        "avoid": listed("What not to do", handover.avoid),
        "log": log,
    }
    for part in handover.parts:
        yield from drawn[part]
