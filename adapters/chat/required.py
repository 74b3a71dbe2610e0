"""What staff must read, in a chat: whose account it is on the list of staff, and what they see after a press."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from bot.required.model import KnownHow
from bot.required.presses import RequiredPress, to_value
from bot.required.views import LONG, RequiredView, ViewPart
from bot.service.core import Core
from bot.store import Known

LIST = to_value(RequiredPress("list"))
NOT_LISTED = (
    "The e-mail address of this account is not on the school's list of staff. Use the link in the e-mail that you "
    "got, or ask the school office to put this address on the list."
)
ON_THE_PAGE = "It is long, and better read on a page. Open it there, read it, then come back and press the button."


class RequiredTalk:
    """For the people of one chat."""

    def __init__(self, core: Core, clock: Callable[[], dt.datetime]) -> None:
        self._core, self._clock = core, clock

    async def pressed(self, known: Known, value: str, how: KnownHow) -> RequiredView | str:
        """What somebody sees after a press, or what they are told where they are not on the list; `how` is how their
        account is known. Raises StoreError."""
        colleague = await asyncio.to_thread(self._core.required.by_email, self._emails(known))
        if colleague is None or known.outside:
            return NOT_LISTED
        view = await asyncio.to_thread(self._core.required.take, colleague, value, how, self._clock())
        return in_a_chat(view)

    def _emails(self, known: Known) -> tuple[str, ...]:
        """The addresses of the account; of somebody of school.yaml the one that stands there too."""
        person = self._core.school().people.get(known.person)
        return (*known.emails, *((person.email,) if person else ()))


def in_a_chat(view: RequiredView) -> RequiredView:
    """A view as a chat shows it: of a long text the way to the page, where that is known."""
    if not (view.long and view.link):
        return replace(view, link="")
    lead, *parts = view.parts
    headings = [part.text for part in parts if part.look == "heading"]
    inside = (ViewPart(f"In it: {'; '.join(headings)}."[:LONG], "small"),) if headings else ()
    return replace(view, parts=(lead, ViewPart(ON_THE_PAGE), *inside))
