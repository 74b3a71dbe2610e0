"""What can go wrong between here and Teams, in words that hold nothing that anybody wrote."""

from __future__ import annotations

import re

import aiohttp

from adapters.chat.faults import ChatFaults
from bot.errors import AskFirstError

# Teams did not answer at all (a time-out is an OSError); what it refused is a TeamsError.
UNANSWERED = (aiohttp.ClientError, OSError)
_WAIT = 20.0  # seconds, where Teams says "later" and not when
_SAID = {
    401: "Teams does not accept the app's sign-in. Check TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_ID",
    403: "the app was removed from this chat, or may not write there. Install it for them again",
    404: "this chat is no longer there. Install the app for them again",
    413: "the message is too long for Teams",
    429: "Teams asks to wait",
}


class TeamsError(AskFirstError):
    """Teams cannot be used as it is set up, or did not take something. `status` is what it answered, 0 where it was
    not asked; `wait` is how many seconds it asked to wait."""

    def __init__(self, text: str, status: int = 0, wait: float | None = None) -> None:
        super().__init__(text)
        self.status, self.wait = status, wait

    @property
    def for_good(self) -> bool:
        """Whether trying again does not mend it."""
        return 400 <= self.status < 500 and self.status not in (408, 412, 429)


def refusal(status: int, retry_after: str) -> TeamsError:
    """What Teams answered -> the error."""
    named = re.fullmatch(r"\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*", retry_after)
    wait = float(named[1]) if named else _WAIT if status == 429 else None
    return TeamsError(_SAID.get(status, f"Teams answered with status {status}"), status, wait)


def plainly(fault: Exception) -> str:
    """An error in plain words. Of those that are not ours only the kind is known to hold nothing that people wrote."""
    return str(fault) if isinstance(fault, AskFirstError) else f"Teams cannot be reached ({type(fault).__name__})"


def _for_good(fault: Exception) -> bool:
    return isinstance(fault, TeamsError) and fault.for_good


FAULTS = ChatFaults((AskFirstError, *UNANSWERED), _for_good, plainly)
