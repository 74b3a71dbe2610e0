"""What somebody types that is no question: a command of the app's menu, or a word about the tips."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from adapters.chat.own_concerns import own_concerns
from adapters.chat.required import LIST
from adapters.chat.tips import TipTalk
from adapters.teams.activities import Arrival
from adapters.teams.cards import Card
from adapters.teams.commands import NO_TIP, command_of, how_to_ask, log_a_concern, my_concerns, new_account, tip_card
from adapters.teams.people import TeamsCaller, TeamsDirectory
from adapters.teams.replies import in_words
from adapters.teams.required import TeamsRequired
from bot.concerns.guidance import before_writing
from bot.required.presses import asks_what_to_read
from bot.service.core import Core


class TeamsMenu:
    """The commands, for one school."""

    def __init__(self, core: Core, directory: TeamsDirectory, tips: TipTalk, clock: Callable[[], dt.datetime]) -> None:
        self._core, self._directory, self._tips, self._clock = core, directory, tips, clock
        self._required = TeamsRequired(core, directory, clock)

    async def card_for(self, arrival: Arrival) -> Card | None:
        """What is shown for it; None for a question. Raises TeamsError, one of UNANSWERED, or StoreError."""
        school = self._core.school()
        if not arrival.text and arrival.brings:
            return None
        match command_of(arrival.text) if arrival.text else "ask":
            case "ask":
                return how_to_ask(school)
            case "log a concern":
                return await self._log_a_concern(arrival)
            case "my concerns":
                return await self._my_concerns(arrival)
            case "new account":
                return new_account()
            case "tip":
                tip = await self._tips.today()
                return tip_card(tip) if tip else in_words(NO_TIP)
        if not arrival.place.shared and asks_what_to_read(arrival.text):
            found = await self._required.pressed(arrival, LIST)
            return in_words(found) if isinstance(found, str) else found
        # In a channel "no tips this week" may be said to the others, and is no order to the app.
        words = await self._tips.obey(arrival.text, lambda: self._person(arrival)) if not arrival.place.shared else None
        return in_words(words) if words else None

    async def _log_a_concern(self, arrival: Arrival) -> Card:
        reporter = await self._directory.person_at_once(TeamsCaller(arrival.place, arrival.user))
        return log_a_concern(before_writing(self._core.school(), {}, reporter, self._clock()))

    async def _person(self, arrival: Arrival) -> str:
        known = await self._directory.who(TeamsCaller(arrival.place, arrival.user))
        return "" if known.outside else known.person

    async def _my_concerns(self, arrival: Arrival) -> Card:
        known = await self._directory.who_or_as_given(TeamsCaller(arrival.place, arrival.user))
        reporter, reader = self._directory.reporter(known), self._directory.reader(known, self._clock())
        return my_concerns(self._core.school(), await own_concerns(self._core, reporter, reader))
