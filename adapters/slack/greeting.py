"""What comes without being asked for: the first message to somebody, and questions to begin with. Drawing is pure."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.asking import PROMPTS
from adapters.chat.reporting import above_form
from adapters.slack.blocks import Block, Drawn, button, buttons, escaped, heading, paragraphs
from adapters.slack.faults import UNANSWERED, plainly
from adapters.slack.people import CHANNEL
from adapters.slack.posting import post_to
from adapters.slack.replies import LOG_CONCERN
from bot.concerns import Account, Advice
from bot.errors import AskFirstError
from bot.knowledge import School
from bot.messages import Message
from bot.service.core import Core
from bot.store import Known

TRY = "try"
_TO_BEGIN_WITH = "Questions that others ask"
WORRIED = "Worried about a child or an adult?"
STAYS = (
    "What you type to me stays in Slack’s chat, a concern typed as a question too, and those who run Slack for the "
    "school may be able to read it."
)
FORM_KEEPS_OUT = "“Log a concern” and /concern open a form: its words are not kept in the chat."
log = logging.getLogger("askfirst.slack")


def greeting(school: School, ring: tuple[Advice, ...], may_log: bool = True) -> Drawn:
    """The first message to somebody. `ring` is whom to ring where somebody is at risk."""
    hello = f"Ask before you act. I answer from the policies of {school.name}. Type your question here, or press one:"
    blocks = [*paragraphs(hello), *suggested(), *worried(ring, may_log)]
    return Drawn(tuple(blocks), escaped(f"{hello} {STAYS}"))


def suggested() -> list[Block]:
    """Questions to begin with, as buttons; each carries its place in the list."""
    return buttons([button(prompt, f"{TRY}-{place}", str(place)) for place, prompt in enumerate(PROMPTS)])


def worried(ring: tuple[Advice, ...], may_log: bool) -> list[Block]:
    """What to do where somebody may be at risk, and what stays in the chat."""
    blocks = [heading(WORRIED)]
    for line in above_form(ring):
        blocks += paragraphs(line.text)
    if may_log:
        blocks += buttons([button("Log a concern", LOG_CONCERN, style="primary")])
    return [*blocks, *paragraphs(f"{STAYS} {FORM_KEEPS_OUT}" if may_log else STAYS)]


def to_prompt(value: str) -> Message | None:
    """The value of a suggested question's button -> the question; None for what is none of ours."""
    place = int(value) if value.isdecimal() and len(value) == 1 else len(PROMPTS)
    return Message(PROMPTS[place], "") if place < len(PROMPTS) else None


class Greeter:
    """Greets everybody once, however often they open the conversation."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def greet(self, client: AsyncWebClient, team: str, user: str, channel: str, drawn: Drawn) -> None:
        """Post the first message to whoever has had none. Where that fails nobody misses an answer: it is not tried
        again."""
        account = Account(f"{CHANNEL}-hello", f"{team}:{user}")
        try:
            accounts = self._core.store.accounts(self._core.school().id)
            if await asyncio.to_thread(accounts.keep_new, Known(account, "", "", "", False)):
                await post_to(client, channel, drawn)
        except (AskFirstError, *UNANSWERED) as fault:
            log.warning("somebody was not greeted: %s", plainly(fault))


async def suggest(client: AsyncWebClient, channel: str) -> None:
    """Put the suggested questions into an agent's empty conversation. It is decoration: a failure is no error."""
    prompts: list[dict[str, Any]] = [{"title": prompt, "message": prompt} for prompt in PROMPTS]
    try:
        await client.api_call("assistant.threads.setSuggestedPrompts", json={"channel_id": channel, "prompts": prompts})
    except UNANSWERED as fault:
        log.info("questions could not be suggested: %s", plainly(fault))
