"""Putting a drawn message where it belongs: a channel, a direct message, one person alone, or a response address."""

from __future__ import annotations

from typing import Any

from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.blocks import Drawn, escaped, paragraphs
from adapters.slack.faults import SlackError

MARK = "askfirst_answer"
HISTORY_PAGE = 15  # messages: all that Slack gives at once to an app that it counts as distributed
_RESPONDED_WITHIN = 10  # seconds


def in_words(text: str) -> Drawn:
    """A text of ours as a message."""
    return Drawn(tuple(paragraphs(text)), escaped(text))


async def post_to(
    client: AsyncWebClient, channel: str, drawn: Drawn, thread: str = "", only_for: str = "", mark: str = ""
) -> str:
    """Post it; `only_for` is the one user who sees it, `mark` an id by which it is found again. Slack's own name of the
    message, empty where only one user sees it. Raises one of UNANSWERED."""
    shown: dict[str, Any] = {"channel": channel, "text": drawn.text, "blocks": list(drawn.blocks)}
    if thread:
        shown["thread_ts"] = thread
    if only_for:
        await client.chat_postEphemeral(user=only_for, **shown)
        return ""
    if mark:
        shown["metadata"] = {"event_type": MARK, "event_payload": {"id": mark}}
    posted = await client.chat_postMessage(unfurl_links=False, unfurl_media=False, **shown)
    return str(posted.get("ts", ""))


async def is_posted(client: AsyncWebClient, channel: str, since: str, thread: str, mark: str) -> bool:
    """Whether a message with this mark stands there already, among the first that Slack shows. Raises one of
    UNANSWERED."""
    looked: dict[str, Any] = {"channel": channel, "oldest": since, "include_all_metadata": True, "limit": HISTORY_PAGE}
    if thread:
        found = await client.conversations_replies(ts=thread, **looked)
    else:
        found = await client.conversations_history(**looked)
    metadata = [message.get("metadata") or {} for message in found.get("messages") or ()]
    return any((each.get("event_payload") or {}).get("id") == mark for each in metadata)


async def respond(url: str, drawn: Drawn, *, replace: bool, thread: str = "") -> None:
    """Answer by the address that came with a command or a button; to the person alone unless it replaces. Raises one
    of UNANSWERED, or SlackError where Slack did not take it."""
    body: dict[str, Any] = {"text": drawn.text, "blocks": list(drawn.blocks), "replace_original": replace}
    if not replace:
        body["response_type"] = "ephemeral"
        if thread:
            body["thread_ts"] = thread
    client = AsyncWebhookClient(url, timeout=_RESPONDED_WITHIN)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
    answer = await client.send_dict(body)
    if answer.status_code >= 400:
        gone = answer.status_code in (404, 410)
        raise SlackError(f"Slack answered with status {answer.status_code}", "expired_url" if gone else "")
