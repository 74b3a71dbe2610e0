"""Whether somebody on a chat takes part in the pilot. It is asked only while there is one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.answering.piloting import in_pilot
from bot.messages import Message
from bot.service.core import Core
from bot.store import Known


async def as_taking_part(
    core: Core, message: Message, account: str, who: Callable[[], Awaitable[Known]], now: dt.datetime
) -> Message:
    """The message, marked where its sender takes part: by the id of their account, or by the addresses and the person
    of school.yaml that the chat knows for it. A name that anybody can give themselves does not count. Raises what `who`
    raises."""
    knowledge = core.base().knowledge
    pilot = knowledge.school.pilot
    if pilot is None or not in_pilot(knowledge, now):
        return message
    if pilot.has(account):
        return replace(message, trying=True)
    known = await who()
    person = knowledge.school.people.get(known.person)
    named = (person.id, person.name, person.email) if person else ()
    return replace(message, trying=not known.outside and pilot.has(*known.emails, *named))
