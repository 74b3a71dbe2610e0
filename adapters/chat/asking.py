"""A question from a chat -> the core's reply."""

from __future__ import annotations

import asyncio
import datetime as dt

from bot.messages import LONGEST, Message, Reply
from bot.service.core import Core

TOO_LONG = "That is too long for one question. Ask it in a sentence or two."
PROMPTS = (
    "Can I friend an ex-pupil?",
    "Can I post photos of a school trip?",
    "A parent is complaining about me online. What do I do?",
)


async def reply_to(core: Core, message: Message, now: dt.datetime) -> Reply:
    """The core's reply; to what is too long for one question, a word that says so. Raises StoreError."""
    if len(message.text) > LONGEST:
        return Reply("no-answer", text=TOO_LONG)
    return await asyncio.to_thread(core.assistant.handle, message, now)
