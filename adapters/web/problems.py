"""What can go wrong on the way to an answer, and what the page then says. Nobody is shown a code or a traceback."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.web.pages import Problem
from bot.errors import AskFirstError

log = logging.getLogger("askfirst.web")

PROBLEMS: Mapping[int, Problem] = {
    400: Problem(
        "That could not be read.", "The page sent something unexpected. Open the page again and ask once more."
    ),
    403: Problem(
        "This page has gone out of date.",
        "It was open for a long time, or in a second tab, or your browser keeps no cookies for it. Open the page again "
        "and ask once more.",
    ),
    404: Problem("There is no such page.", "AskFirst has one page only."),
    405: Problem("That cannot be done here.", "Open the page again and ask your question there."),
    408: Problem("Your question did not arrive in full.", "Check the connection and ask once more."),
    413: Problem("That is far too much text.", "Ask one question at a time, in a sentence or two."),
    429: Problem("That was a lot of questions at once.", "Wait a few seconds, then ask once more."),
    500: Problem(
        "Something went wrong here.", "It is not your fault, and it has been noted. Try again in a minute.", ring=True
    ),
    503: Problem("Answers cannot be looked up just now.", "Try again in a few minutes.", ring=True),
}


async def status_of(request: web.Request, handler: Handler) -> web.StreamResponse | tuple[int, Mapping[str, str]]:
    """The handler's response, or the status of what went wrong with the headers that belong to it.

    An error that nobody expected is logged by type and place only: its text may hold what somebody typed.
    """
    try:
        return await handler(request)
    except web.HTTPException as fault:
        kept = {name: fault.headers[name] for name in ("Retry-After", "Allow") if name in fault.headers}
        return (fault.status if fault.status in PROBLEMS else 400), kept
    except AskFirstError as fault:
        log.error("no answer could be given: %s", fault)
        return 503, {}
    except Exception as fault:  # the outermost boundary
        log.error("unexpected %s at %s", type(fault).__name__, _place(fault))
        return 500, {}


def _place(fault: BaseException) -> str:
    frames = traceback.extract_tb(fault.__traceback__)
    return " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames[-3:])) or "an unknown place"
