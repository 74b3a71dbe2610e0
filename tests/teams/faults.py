"""What can go wrong between a bot and Teams, on demand.

    teams.faults.rate_limit("send", times=2, retry_after=1)
    teams.faults.fail(times=1, status=502)
    with teams.faults.outage():
        ...

Calls are named "create", "send", "reply", "update", "delete", "member" and "members"; "*" stands for all of them.
`times=None` means from now on, until `clear()`. A chat that takes nothing is `teams.blocks(person)` and its like.
"""

from __future__ import annotations

from typing import Any

from tests.slack.faults import Faults as CallFaults


class Faults(CallFaults):
    """The accidents of HTTP, as with Slack; Slack's own way to refuse is not among them."""

    def __init__(self) -> None:
        super().__init__()
        self.no_keys = False  # the page with the signing keys cannot be reached

    def error(self, *_args: Any, **_more: Any) -> None:
        raise AssertionError("Teams refuses by status: faults.fail(status=...), teams.blocks(...)")
