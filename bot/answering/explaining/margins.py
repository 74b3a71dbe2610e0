"""How far a message is from being handed over, or from not being handed over. Pure."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.understanding.reading import Reading
from bot.understanding.triage import Triage

FAR = 0.64  # further than this from a bar nothing near it is to be said
NEAR = 0.15
_HALVINGS = 6  # down to a hundredth


def margin_of(triage: Triage, readings: Sequence[Reading], read: Callable[[str], Reading]) -> float | None:
    """By how much the bars for handing over would have to be higher for a message that is handed over to be let go
    (above 0), or lower for one that is let go to be handed over (below 0). None where even FAR changes nothing: it is
    plain, or a rule decides it."""
    now = bool(triage.sort(readings, read).urgency)
    side = 1 if now else -1

    def turns(by: float) -> bool:
        return bool(_with_bars_raised(triage, side * by).sort(readings, read).urgency) != now

    if not turns(FAR):
        return None
    least, most = 0.0, FAR
    for _ in range(_HALVINGS):
        middle = (least + most) / 2
        least, most = (least, middle) if turns(middle) else (middle, most)
    return side * most


def _with_bars_raised(triage: Triage, by: float) -> Triage:
    limits = triage.thresholds
    moved = {name: getattr(limits, name) + by for name in ("hand_over_at", "watched_at", "own_over_at")}
    raised = copy.copy(triage)
    raised.thresholds = replace(limits, **moved)
    return raised
