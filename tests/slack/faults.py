"""What can go wrong between an app and Slack, on demand.

    slack.faults.rate_limit("chat.postMessage", times=2, retry_after=1)
    slack.faults.fail("chat.*", times=1)
    with slack.faults.outage():
        ...

Each takes the name of a Web API method, or a pattern; "response_url" stands for the addresses of that name, and
"socket" for opening a websocket. `times=None` means from now on, until `clear()`.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

Kind = Literal["delay", "drop", "lose_answer", "rate_limit", "fail", "error"]


@dataclass
class Fault:
    """One thing that goes wrong, for calls of some methods, so many times or with some chance."""

    kind: Kind
    method: str
    times: int | None = 1
    share: float = 1.0
    seconds: float = 0.0
    error: str = ""
    status: int = 500
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def strikes(self, method: str) -> bool:
        """Whether this call is hit; being asked uses up one of the times."""
        if self.times == 0 or not fnmatchcase(method, self.method) or self.chance.random() >= self.share:
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Faults:
    """What will go wrong with the calls of an app, and with what is sent to it."""

    def __init__(self) -> None:
        self._calls: list[Fault] = []
        self.repeats = 0
        self.lost_acks = 0

    def delay(self, seconds: float, method: str = "*", times: int | None = 1) -> None:
        """Answer late."""
        self._calls.append(Fault("delay", method, times, seconds=seconds))

    def drop(self, method: str = "*", times: int | None = 1) -> None:
        """Break the connection; nothing has been done."""
        self._calls.append(Fault("drop", method, times))

    def lose_answer(self, method: str = "*", times: int | None = 1) -> None:
        """Do what was asked, then break the connection: the app cannot know."""
        self._calls.append(Fault("lose_answer", method, times))

    def rate_limit(self, method: str = "*", times: int | None = 1, retry_after: int = 1) -> None:
        """429 with Retry-After."""
        self._calls.append(Fault("rate_limit", method, times, seconds=retry_after))

    def fail(self, method: str = "*", times: int | None = 1, status: int = 500) -> None:
        """An HTTP error."""
        self._calls.append(Fault("fail", method, times, status=status))

    def error(self, error: str, method: str = "*", times: int | None = 1) -> None:
        """Slack's own way to refuse: 200 with ok false."""
        self._calls.append(Fault("error", method, times, error=error))

    def fail_share(self, share: float, method: str = "*", seed: int = 1, kind: Kind = "fail") -> None:
        """From now on this share of the calls fails, the same ones for the same seed."""
        self._calls.append(Fault(kind, method, None, share, error="internal_error", chance=random.Random(seed)))

    @contextlib.contextmanager
    def outage(self, method: str = "*", kind: Kind = "drop") -> Iterator[None]:
        """Nothing gets through while this is open."""
        fault = Fault(kind, method, None, error="service_unavailable", status=503)
        self._calls.insert(0, fault)
        try:
            yield
        finally:
            self._calls.remove(fault)

    def repeat_delivery(self, times: int = 1) -> None:
        """Send the next deliveries twice although the app answered in time, as Slack does now and then."""
        self.repeats += times

    def lose_ack(self, times: int = 1) -> None:
        """The app's next answers never reach Slack."""
        self.lost_acks += times

    def clear(self) -> None:
        self._calls.clear()
        self.repeats = self.lost_acks = 0

    def on_call(self, method: str) -> list[Fault]:
        """What hits this call: delays, and at most one of the others."""
        struck: list[Fault] = []
        for fault in self._calls:
            ended = any(found.kind != "delay" for found in struck)
            if not (ended and fault.kind != "delay") and fault.strikes(method):
                struck.append(fault)
        return struck

    def takes_repeat(self) -> bool:
        self.repeats, taken = max(0, self.repeats - 1), self.repeats > 0
        return taken

    def takes_ack(self) -> bool:
        self.lost_acks, taken = max(0, self.lost_acks - 1), self.lost_acks > 0
        return taken
