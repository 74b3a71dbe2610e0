"""What stays as long as the process is made and kept without Python looking through it for what may be thrown away."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """A base is a million small things of which none may go: to look through them takes a quarter of a start, and later
    holds up answers. What refers to itself in a circle, and was there by the end, is never thrown away."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()
