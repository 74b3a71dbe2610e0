"""What Slack shows beside a conversation with an app that has the agent feature: that it is at work, and a title.

It is decoration: no failure here is an error. https://docs.slack.dev/ai/agent-sessions
"""

from __future__ import annotations

import logging

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.blocks import cut
from adapters.slack.faults import UNANSWERED, plainly

TITLE = 60  # characters; Slack takes 200
log = logging.getLogger("askfirst.slack")


async def at_work(client: AsyncWebClient, channel: str, thread: str) -> None:
    """An answer is being looked up. An app that was made with the pane of before has no sessions: it says so there."""
    if not await _beside(client, "agents.sessions.setStatus", channel, thread, status="processing"):
        await _beside(client, "assistant.threads.setStatus", channel, thread, status="is looking it up…")


async def at_rest(client: AsyncWebClient, channel: str, thread: str, title: str = "") -> None:
    """Whatever was to be done is done, or was stopped. A pane clears its status itself once something is posted."""
    sessions = await _beside(client, "agents.sessions.setStatus", channel, thread, status="active")
    if title:
        method = "agents.sessions.rename" if sessions else "assistant.threads.setTitle"
        await _beside(client, method, channel, thread, title=cut(title, TITLE))


async def _beside(client: AsyncWebClient, method: str, channel: str, thread: str, **shown: str) -> bool:
    """Whether Slack took it."""
    try:
        await client.api_call(method, json={"channel_id": channel, "thread_ts": thread, **shown})
    except UNANSWERED as fault:
        log.info("nothing could be shown beside a conversation: %s", plainly(fault))
        return False
    return True
