"""The buttons of a tip. The first answer in a channel stands in a thread under the tip, for all to read; whoever asks
after that gets it alone, so that thirty presses are not thirty answers in the thread."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.buttons import NotOursError
from adapters.chat.tips import TipTalk
from adapters.slack.asking import ALONE, SlackPlace, SlackQuestions, tell_alone, where_pressed
from adapters.slack.faults import UNANSWERED, SlackError, plainly
from adapters.slack.posting import in_words, post_to, respond
from adapters.slack.replies import render
from bot.messages import Message
from bot.presses import PickEntry

log = logging.getLogger("askfirst.slack")


class TipButtons:
    """What is done when somebody presses one."""

    def __init__(self, asking: SlackQuestions, talk: TipTalk) -> None:
        self._asking, self._talk = asking, talk

    async def ask(self, client: AsyncWebClient, body: Mapping[str, Any], team: str) -> None:
        """Answer with the entry of the tip. Raises AskFirstError (NotOursError too) or one of UNANSWERED."""
        action = await self._talk.asked(_value(body))
        if action is None:
            raise NotOursError
        place, _ = where_pressed(body, team)
        if place.channel:
            await self._in_channel(client, str(body["response_url"]), place, action)
        else:
            await self._asking.answered_at_home(client, place.user, team, Message("", "", action))

    async def not_useful(self, body: Mapping[str, Any]) -> None:
        """Thank whoever pressed it, and nobody else sees that. Raises StoreError or NotOursError."""
        thanks = await self._talk.not_useful(_value(body))
        if not thanks:
            raise NotOursError
        url = str(body.get("response_url") or "")
        try:
            await respond(url, in_words(thanks), replace=False)
        except (SlackError, *UNANSWERED) as fault:
            log.warning("somebody could not be thanked for what they think of a tip: %s", plainly(fault))

    async def _in_channel(self, client: AsyncWebClient, url: str, place: SlackPlace, action: PickEntry) -> None:
        if not await self._talk.is_first_to_ask(f"{place.channel} {place.thread}"):
            place = replace(place, thread=ALONE)
        reply = await self._asking.reply_to(client, place, Message("", place.conversation, action))
        if place.shared and reply.private:
            await tell_alone(client, place, render(reply), in_thread=False)
            return
        if place.thread != ALONE:
            try:
                await post_to(client, place.channel, render(reply), place.thread)
                return
            except UNANSWERED as fault:
                log.warning("a tip was not answered in its thread, but to its asker alone: %s", plainly(fault))
        await respond(url, render(reply), replace=False)


def _value(body: Mapping[str, Any]) -> str:
    return str(body["actions"][0].get("value", ""))
