"""Tips in the channels of the school's own workspace. A tip carries its key as metadata, by which it is found again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.tips import ASK, HEADING, NOT_USEFUL, rule_of, to_value
from adapters.delivering.poster import NotPostedError
from adapters.slack.blocks import Drawn, button, buttons, cut, escaped, heading, paragraphs
from adapters.slack.faults import FOR_GOOD, UNANSWERED, SlackError, error_of, may_be_there, plainly, wait_of
from adapters.slack.people import CHANNEL
from adapters.slack.posting import HISTORY_PAGE
from adapters.slack.workspaces import Workspaces
from bot.tips import TipCard

TIP_ASK, TIP_NOT_USEFUL = "tip-ask", "tip-not-useful"
MARK = "askfirst_tip"
_INVITE = "Invite it there: write /invite @AskFirst in the channel"
_SAID = {
    "not_in_channel": f"AskFirst is not in this channel. {_INVITE}",
    "channel_not_found": f"Slack knows no such channel, or AskFirst is not in it. Check its id. {_INVITE}",
    "is_archived": "this channel is archived. Name another one in school.yaml, under tips > channels",
}
_TRY_AGAIN = 600.0  # seconds, where somebody has to do something first
_HISTORY = dt.timedelta(hours=36)  # a tip is looked for on its own day alone; clocks may differ a little
_PAGES = 10
_NOTIFIED = 2000  # characters of what notifications and screen readers read


def render(tip: TipCard) -> Drawn:
    """Tip -> message."""
    row = [button(ASK, TIP_ASK, to_value(tip)), button(NOT_USEFUL, TIP_NOT_USEFUL, to_value(tip))]
    blocks = [heading(HEADING), *paragraphs(tip.text), *paragraphs(rule_of(tip)), *buttons(row)]
    return Drawn(tuple(blocks), escaped(cut(f"{HEADING}: {tip.text}", _NOTIFIED)))


class SlackTips:
    """Slack as a kind of channel that tips are posted to. `clock` is the time by which Slack dates its messages."""

    name = CHANNEL

    def __init__(self, workspaces: Workspaces, clock: Callable[[], dt.datetime]) -> None:
        self._workspaces, self._clock = workspaces.hurried(), clock

    async def post(self, channel: str, tip: TipCard, key: str) -> None:
        """Post it. Raises NotPostedError where Slack refused it, or is not set up; one of UNANSWERED where nobody knows
        whether it is there."""
        client, drawn = await self._client(), render(tip)
        try:
            await client.chat_postMessage(
                channel=channel,
                text=drawn.text,
                blocks=list(drawn.blocks),
                metadata={"event_type": MARK, "event_payload": {"key": key}},
                unfurl_links=False,
                unfurl_media=False,
            )
        except UNANSWERED as fault:
            if may_be_there(fault):
                raise
            raise _not_posted(fault) from None

    async def has(self, channel: str, key: str) -> bool | None:
        """Whether a tip with this key stands there; None where too much was written since to look at. Raises
        SlackError, NotPostedError or one of UNANSWERED where Slack does not say."""
        client, oldest = await self._client(), str((self._clock() - _HISTORY).timestamp())
        looked: dict[str, Any] = {"channel": channel, "oldest": oldest, "include_all_metadata": True}
        cursor = ""
        for _ in range(_PAGES):
            try:
                found = await client.conversations_history(limit=HISTORY_PAGE, cursor=cursor or None, **looked)
            except UNANSWERED as fault:
                if cursor and error_of(fault) == "ratelimited":
                    return None  # one page a minute is all that there is for this app: a later look sees no more
                raise SlackError(_plainly(fault), error_of(fault)) from None
            metadata = [message.get("metadata") or {} for message in found.get("messages") or ()]
            if any((each.get("event_payload") or {}).get("key") == key for each in metadata):
                return True
            cursor = str((found.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return False
        return None

    async def _client(self) -> AsyncWebClient:
        """The client of the school's own workspace. Raises NotPostedError where there is none."""
        try:
            return await self._workspaces.home_client()
        except SlackError as fault:
            raise _not_posted(fault) from None


def _not_posted(fault: Exception) -> NotPostedError:
    wait = wait_of(fault)
    return NotPostedError(_plainly(fault), wait=_TRY_AGAIN if wait is None and error_of(fault) in FOR_GOOD else wait)


def _plainly(fault: Exception) -> str:
    return _SAID.get(error_of(fault)) or plainly(fault)
