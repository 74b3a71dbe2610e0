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
        "That could not be read.", "The page sent something unexpected. Open the page again and try once more."
    ),
    403: Problem(
        "This page has gone out of date.",
        "It was open for a long time, or in a second tab, or your browser keeps no cookies for it. Open the page again "
        "and try once more.",
    ),
    404: Problem("There is no such page.", "Check the address, or begin at the first page."),
    405: Problem("That cannot be done here.", "Open the page again and try it there."),
    408: Problem("That did not arrive in full.", "Check the connection and try once more."),
    413: Problem("That is far too much text.", "Write less at a time: a question in a sentence or two."),
    421: Problem(
        "AskFirst is not meant to be here.",
        "This address is not one that it knows. Use the address that the school gave you. If you look after AskFirst: "
        "add this name to ASKFIRST_HOSTS, or set ASKFIRST_URL, and start it again.",
    ),
    429: Problem("That was a lot at once.", "Wait a few seconds, then try once more: this was not taken.", ring=True),
    500: Problem(
        "Something went wrong here.", "It is not your fault, and it has been noted. Try again in a minute.", ring=True
    ),
    503: Problem("Nothing can be looked up just now.", "Try again in a few minutes.", ring=True),
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
