"""Who reports, and whom they picked as the adult: what both chats ask of themselves before a concern is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from bot.concerns import Answers, IncompleteError
from bot.store import Known


def picked_adult(answers: Answers) -> str:
    """Whom somebody picked as the adult; empty where nobody is, and where they did not tick that it is about one: that
    is for the form to say."""
    return next(iter(answers.get("adult", ())), "") if "adult" in answers.get("about", ()) else ""


async def known_with_adult(
    reporter: Awaitable[Known], adult: Awaitable[Answers], answers: Answers
) -> tuple[Known, Answers, IncompleteError | None]:
    """Both at once, because the chat may be slow and the form waits: who reports, the answers with the adult named, and
    what is wrong where nobody can say who that is. The reporter is known all the same: they are not told to ring
    themselves. Raises what else either raises."""

    async def named() -> tuple[Answers, IncompleteError | None]:
        try:
            return await adult, None
        except IncompleteError as fault:
            return answers, fault

    known, (found, unknown) = await asyncio.gather(reporter, named())
    return known, found, unknown
