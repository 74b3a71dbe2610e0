"""What may go wrong between here and a chat, as each chat tells what they share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class ChatFaults:
    """`kinds` are the exceptions that are expected: the chat refused, did not answer, or the store failed. `for_good`
    says of one whether trying again does not mend it; `plainly` puts it in words that hold nothing that anybody
    wrote."""

    kinds: tuple[type[Exception], ...]
    for_good: Callable[[Exception], bool]
    plainly: Callable[[Exception], str]
