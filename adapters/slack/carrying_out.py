"""Doing what somebody pressed, or telling them that it was not done."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.arriving import SORRY
from adapters.chat.buttons import NotOursError
from adapters.slack.faults import UNANSWERED, plainly
from adapters.slack.posting import in_words, post_to, respond
from bot.errors import AskFirstError

log = logging.getLogger("askfirst.slack")


async def carried_out(context: Any, body: Mapping[str, Any], done: Awaitable[None]) -> None:
    """What somebody pressed is done, or they are told that it was not."""
    try:
        await done
    except (AskFirstError, *UNANSWERED) as fault:
        log.error("a button was not answered: %s", plainly(fault))
        told = str(fault) if isinstance(fault, NotOursError) else SORRY
        await tell(context.client, str(body["user"]["id"]), body.get("response_url"), told)


async def tell(client: AsyncWebClient, user: str, url: str | None, text: str) -> None:
    """Say something to one person alone, however Slack still lets us."""
    try:
        if url:
            await respond(url, in_words(text), replace=False)
        else:
            await post_to(client, user, in_words(text))
    except (AskFirstError, *UNANSWERED) as fault:
        log.error("somebody could not be told of it: %s", plainly(fault))
