"""A question from a chat -> the core's reply."""

from __future__ import annotations

import datetime as dt

from bot.answering.commands import too_busy
from bot.messages import Message, Reply
from bot.service.core import Core
from bot.service.questions import BusyError

PROMPTS = (
    "Can I friend an ex-pupil?",
    "Can I post photos of a school trip?",
    "A parent is complaining about me online. What do I do?",
)


async def reply_to(core: Core, message: Message, now: dt.datetime) -> Reply:
    """The core's reply; where too many ask at once, that, and whom to ring meanwhile. Raises StoreError."""
    try:
        return await core.questions.answer(message, now)
    except BusyError:
        return too_busy(core.school(), now)


async def reply_to_edit(core: Core, message: Message, before: Message | None, now: dt.datetime) -> Reply | None:
    """The core's reply to what somebody changed, if it says anything. Raises StoreError, and BusyError where too many
    ask at once: whoever changed something waits for nothing, so it is tried again later."""
    return await core.questions.answer_edit(message, before, now)
