"""A question from a chat -> the core's reply."""

from __future__ import annotations

import asyncio
import datetime as dt

from bot.messages import Message, Reply
from bot.service.core import Core

PROMPTS = (
    "Can I friend an ex-pupil?",
    "Can I post photos of a school trip?",
    "A parent is complaining about me online. What do I do?",
)


async def reply_to(core: Core, message: Message, now: dt.datetime) -> Reply:
    """The core's reply. Raises StoreError."""
    return await asyncio.to_thread(core.assistant.handle, message, now)


async def reply_to_edit(core: Core, message: Message, before: Message | None, now: dt.datetime) -> Reply | None:
    """The core's reply to what somebody changed, if it says anything. Raises StoreError."""
    return await asyncio.to_thread(core.assistant.handle_edit, message, before, now)
