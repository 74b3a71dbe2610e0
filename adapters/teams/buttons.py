"""The buttons of cards: of an answer, of an alert, of a tip, of what somebody must read."""

from __future__ import annotations

from adapters.chat.buttons import NOT_OURS
from adapters.chat.tips import TipTalk
from adapters.teams.activities import Arrival
from adapters.teams.alerts import REFRESH
from adapters.teams.asking import TeamsQuestions
from adapters.teams.cards import Card
from adapters.teams.casework import TeamsCasework
from adapters.teams.commands import TIP_ASKED, TIP_NOT_USEFUL
from adapters.teams.record import ACKNOWLEDGE
from adapters.teams.required import REQUIRED, TeamsRequired


class TeamsButtons:
    """What is done when somebody presses one."""

    def __init__(
        self, questions: TeamsQuestions, casework: TeamsCasework, tips: TipTalk, required: TeamsRequired
    ) -> None:
        self._questions, self._casework, self._tips, self._required = questions, casework, tips, required

    async def press(self, arrival: Arrival, value: str) -> Card | str:
        """`value` is what the button carries -> the card that takes the place of its own, or a word to its presser
        where that stays. Raises ValueError for none of ours, TeamsError, one of UNANSWERED, or StoreError."""
        verb, _, rest = value.partition(" ")
        if verb == ACKNOWLEDGE:
            return await self._casework.acknowledge(arrival, rest)
        if verb == REFRESH:
            return await self._casework.current(arrival, rest)
        if verb == TIP_ASKED:
            return await self._ask_about(arrival, rest)
        if verb == TIP_NOT_USEFUL:
            return await self._tips.not_useful(rest) or NOT_OURS
        if verb == REQUIRED:
            return await self._required.pressed(arrival, value)
        return await self._questions.pressed(arrival, value)

    async def _ask_about(self, arrival: Arrival, value: str) -> str:
        """The answer to a tip comes as a message of its own: the tip stays. In a channel the first who asks is answered
        under it, for all to see, and everybody else in a chat of their own: thirty presses are not thirty posts."""
        action = await self._tips.asked(value)
        if action is None:
            return NOT_OURS
        tip = f"{arrival.place.channel} {arrival.replied_to}"
        alone = arrival.place.shared and not await self._tips.is_first_to_ask(tip)
        return await self._questions.picked(arrival, action, alone)
