"""What follows from a letter that could not be handed over: when it is tried again, and on which way. Pure.

Nothing is ever used up. Every way is tried in turn, then there is a pause, at most a minute long, and it begins anew:
until it arrives, or until nobody needs to know any more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

LEASE = dt.timedelta(seconds=3.5)  # renewed by the process that holds it while it is sending
LATE = dt.timedelta(seconds=60)  # from then on the watchdog says so
A_WHILE = dt.timedelta(seconds=45)  # whoever is at rest for so long could not be reached for a while
EVERY_MINUTE = dt.timedelta(seconds=60)
_PAUSES = (5, 10, 20, 60)  # seconds after every way has failed once, twice, ...
_OBEYED, _OBEYED_IN_DANGER = 300, 60  # seconds, at most, that a channel's "come back later" is obeyed
_SHUT, _SHUT_IN_DANGER = 600, 60  # seconds until a way that failed "for good" is tried again: a person may mend it
LONGEST_REST = dt.timedelta(seconds=max(_OBEYED, _SHUT))  # from a try of a letter to the next


@dataclass(frozen=True)
class Retry:
    """What happens after a failed try: on which way it goes on and when. `over` says that every way has had its turn,
    `slow` that this has gone on for a while, or is not to be mended soon: then others are to hear of it."""

    way: int
    at: dt.datetime
    over: bool = True
    slow: bool = False


def rest_of(permanent: bool, wait: float | None, urgent: bool, now: dt.datetime) -> dt.datetime:
    """Until when a way that has failed is left alone; `now` where it is not. `wait` is what the channel asked for."""
    obeyed = min(wait or 0, _OBEYED_IN_DANGER if urgent else _OBEYED)
    shut = (_SHUT_IN_DANGER if urgent else _SHUT) if permanent else 0
    return now + dt.timedelta(seconds=max(obeyed, shut))


def still_rests(until: dt.datetime, now: dt.datetime) -> bool:
    """Whether a way is to be left alone. No rest is longer than the longest: the clock may have been put back."""
    return now < until <= now + dt.timedelta(seconds=max(_OBEYED, _SHUT))


def after_failure(
    way: int, tries: int, ways: int, rests: Mapping[int, dt.datetime], urgent: bool, now: dt.datetime
) -> Retry:
    """A try on way number `way` of `ways` has failed, the `tries`-th of this letter. `rests` says which ways are left
    alone, and until when."""
    following = [each for each in range(way + 1, ways) if each not in rests]
    if following:
        return Retry(following[0], now, over=False)
    if not ways:
        return Retry(0, rest_of(True, None, urgent, now), slow=True)
    turns = max(tries // ways, 1)
    pause = now + dt.timedelta(seconds=_PAUSES[min(turns, len(_PAUSES)) - 1])
    ready = [max(rests.get(each, pause), pause) for each in range(ways)]
    first = min(range(ways), key=ready.__getitem__)
    return Retry(first, ready[first], slow=turns >= len(_PAUSES) or ready[first] - now >= A_WHILE)


def early_again(due: dt.datetime, now: dt.datetime) -> Retry:
    """A try before its time has failed on every way: nothing is used up, and its own time stays."""
    return Retry(0, min(due, now + EVERY_MINUTE), slow=True)


def deserves_a_line(tries: int) -> bool:
    """Whether a failed try is written into the chronology: the first ones, then ever fewer, so that days of an outage
    do not fill the record."""
    return tries <= 4 or tries & (tries - 1) == 0
