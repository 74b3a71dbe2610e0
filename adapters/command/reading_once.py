"""The base, read once for every line of the doctor; what is wrong with it is said in the first line alone."""

from __future__ import annotations

from collections.abc import Callable

from bot.errors import AskFirstError
from bot.knowledge import Knowledge

NOT_LOOKED_AT = "this was not looked at, because the files of the base have the faults that are named above"


def read_once(read: Callable[[], Knowledge]) -> Callable[[], Knowledge]:
    """What gives the base, or raises AskFirstError: with every fault the first time, and then only that there are."""
    kept: list[Knowledge] = []
    failed: list[bool] = []

    def once() -> Knowledge:
        if failed:
            raise AskFirstError(NOT_LOOKED_AT)
        if not kept:
            try:
                kept.append(read())
            except AskFirstError:
                failed.append(True)
                raise
        return kept[0]

    return once
