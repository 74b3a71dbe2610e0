"""Teams as a channel: what arrives, and who deals with it. Every rule is the core's."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable

from adapters.chat.reporting import no_form
from adapters.chat.tasks import NOT_DONE
from adapters.chat.tips import TipTalk
from adapters.teams.activities import Arrival, plain_text
from adapters.teams.alerts import REFRESH
from adapters.teams.arriving import SORRY, TeamsArrivals
from adapters.teams.asking import TeamsQuestions
from adapters.teams.cards import Card, Part
from adapters.teams.casework import TeamsCasework
from adapters.teams.commands import (
    NO_TIP,
    TIP_ASKED,
    TIP_NOT_USEFUL,
    command_of,
    how_to_ask,
    log_a_concern,
    my_concerns,
    tip_card,
)
from adapters.teams.faults import UNANSWERED, said
from adapters.teams.form import FIRST, REPORT, refused_dialog
from adapters.teams.gateway import Gateway, InvokeReply
from adapters.teams.invokes import is_dialog, is_form, is_report, part, shown, spoken, value_of, word
from adapters.teams.people import CHANNEL, TeamsCaller, TeamsDirectory
from adapters.teams.record import ACKNOWLEDGE, OPEN, TASK_DONE, TASK_FORM
from adapters.teams.replies import LOG_CONCERN, in_words
from adapters.teams.reporting import TeamsReporting
from bot.errors import AskFirstError
from bot.service.core import Core

log = logging.getLogger("askfirst.teams")
_ANSWERED_WITHIN = 2.8  # seconds: Teams waits five, and the card has to be changed for good as well
_SEEN_WITHIN = 0.8
_WELCOMED_WITHIN = 5.0
NOT_OURS = "This button no longer does anything. Ask again."


class TeamsChannel:
    """What the school's people do in Teams, around one core."""

    def __init__(
        self, core: Core, gateway: Gateway, directory: TeamsDirectory, clock: Callable[[], dt.datetime]
    ) -> None:
        self._core, self._gateway, self._directory, self._clock = core, gateway, directory, clock
        self._asking = TeamsQuestions(core, gateway, directory, clock)
        self._arriving = TeamsArrivals(core, self._answer, self._sorry, clock)
        self._reporting = TeamsReporting(core, self._asking, directory, clock)
        self._ladder = TeamsCasework(core, gateway, directory, clock)
        self._tips = TipTalk(core, CHANNEL, clock)

    async def arrived(self, arrival: Arrival) -> InvokeReply | None:
        """An activity that was let in. The answer to a button or a dialog; None to everything else. Raises StoreError
        or TimeoutError where it could not be written down: then it was not received."""
        if arrival.type == "message" and arrival.id:
            await self._arriving.take(arrival)
        elif arrival.type == "invoke":
            return await self._invoked(arrival)
        elif arrival.type in ("conversationUpdate", "installationUpdate"):
            await self._came_or_went(arrival)
        return None

    async def tidy_up(self) -> None:
        """Answer what a dead process left behind, and take the buttons from alerts that somebody has acknowledged.
        Raises StoreError."""
        await self._arriving.work_off()
        await self._ladder.clear_alerts()

    async def tidy_drafts(self) -> None:
        """Throw away what was filled in for concerns that nobody went on to log. Raises StoreError."""
        await self._reporting.drafts.tidy()

    async def finish(self) -> None:
        """Wait for every answer that is under way."""
        await self._arriving.finish()
        await self._reporting.finish()

    # --- coming and going

    async def _came_or_went(self, arrival: Arrival) -> None:
        place, bot = arrival.place, arrival.place.bot
        if not self._directory.is_ours(place):
            return
        caller = TeamsCaller(place, arrival.user)
        if arrival.action.startswith("remove") or bot in arrival.removed:
            await (self._directory.forget(caller.account.id) if not place.shared else asyncio.sleep(0))
        elif place.shared:
            await self._directory.remember_channel(place)
        elif arrival.user.id != bot and not (await self._directory.who_or_as_given(caller)).outside:
            await self._directory.remember(caller)
            await self._welcome(arrival)

    async def _welcome(self, arrival: Arrival) -> None:
        """Say hello, once to everybody."""
        seen = self._core.store.received(self._core.school().id, f"{CHANNEL}-hello")
        first = await asyncio.to_thread(seen.take, arrival.place.conversation, "", self._clock())
        if first is not None:
            try:
                async with asyncio.timeout(_WELCOMED_WITHIN):
                    await self._gateway.post(arrival.place, how_to_ask(self._core.school()))
            except (AskFirstError, *UNANSWERED) as fault:
                log.warning("somebody could not be welcomed: %s", said(fault))
            await asyncio.to_thread(seen.done, first, self._clock())

    # --- messages

    async def _answer(self, arrival: Arrival) -> None:
        """Answer a message. Raises TeamsError, one of UNANSWERED or StoreError."""
        if await self._is_outside(arrival):
            await self._gateway.post(arrival.place, in_words(self._refusal()))
            return
        await self._remember(arrival)
        if arrival.value and not arrival.text:
            await self._pressed(arrival)
        elif drawn := await self._commanded(arrival):
            await self._asking.to_person(arrival, drawn)
        else:
            await self._asking.said(arrival)

    async def _commanded(self, arrival: Arrival) -> Card | None:
        """What is shown for a command, or for "no tips this week"; None for a question."""
        school = self._core.school()
        match command_of(arrival.text) if arrival.text else "ask":
            case "ask":
                return how_to_ask(school)
            case "log a concern":
                return log_a_concern(school)
            case "my concerns":
                return await self._my_concerns(arrival)
            case "tip":
                tip = await self._tips.today()
                return tip_card(tip) if tip else in_words(NO_TIP)
        words = await self._tips.said(arrival.text, lambda: self._person(arrival)) if not arrival.place.shared else None
        return in_words(words) if words else None

    async def _person(self, arrival: Arrival) -> str:
        known = await self._directory.who(TeamsCaller(arrival.place, arrival.user))
        return "" if known.outside else known.person

    async def _my_concerns(self, arrival: Arrival) -> Card:
        known = await self._directory.who_or_as_given(TeamsCaller(arrival.place, arrival.user))
        school, reader = self._core.school(), self._directory.reader(known)
        inbox = self._core.store.inbox(school.id)
        waiting = await asyncio.to_thread(inbox.summaries, reader, ("open", "acknowledged")) if reader else ()
        logged = await asyncio.to_thread(inbox.logged_by, self._directory.reporter(known))
        return my_concerns(school, logged, waiting)

    async def _pressed(self, arrival: Arrival) -> None:
        """A button that came as a message, from a client that knows no other way."""
        try:
            done = await self._done(arrival, word(arrival.value, "do"))
        except ValueError:  # what no button of ours carries
            done = NOT_OURS
        if isinstance(done, str):
            await self._asking.to_person(arrival, in_words(done))
        elif arrival.replied_to:
            await self._asking.put_in_place(arrival, done)
        else:
            await self._gateway.post(arrival.place, done)

    async def _sorry(self, arrival: Arrival) -> None:
        await self._gateway.post(arrival.place, in_words(SORRY))

    async def _remember(self, arrival: Arrival) -> None:
        if arrival.place.shared:
            await self._directory.remember_channel(arrival.place)
        else:
            await self._directory.remember(TeamsCaller(arrival.place, arrival.user))

    async def _is_outside(self, arrival: Arrival) -> bool:
        """Whether this is somebody from outside: a guest, or of another tenant."""
        if not self._directory.is_ours(arrival.place):
            return True
        return (await self._directory.who_so_far(TeamsCaller(arrival.place, arrival.user))).outside

    async def _seems_outside(self, arrival: Arrival) -> bool:
        """The same, as far as that shows at once: nobody is kept from the form because the store or Teams is slow.
        Whoever sends it is looked at once more, where it can come back as it was filled in."""
        if is_report(arrival):
            return not self._directory.is_ours(arrival.place)
        try:
            async with asyncio.timeout(_SEEN_WITHIN):
                return await self._is_outside(arrival)
        except (AskFirstError, *UNANSWERED):
            return not self._directory.is_ours(arrival.place)

    def _refusal(self) -> str:
        name = self._core.school().name
        return f"I am here for the staff of {name} alone. If a child or adult is in danger, call 999."

    # --- buttons and dialogs

    async def _invoked(self, arrival: Arrival) -> InvokeReply:
        dialog = is_dialog(arrival)
        try:
            if await (self._seems_outside(arrival) if is_form(arrival) else self._is_outside(arrival)):
                return refused_dialog(self._refusal()) if dialog else spoken(self._refusal())
            return await (self._in_dialog(arrival) if dialog else self._on_card(arrival))
        except ValueError:  # what no button of ours carries
            return refused_dialog(NOT_OURS) if dialog else spoken(NOT_OURS)
        except (AskFirstError, *UNANSWERED) as fault:
            log.error("a button was not answered: %s", said(fault))
            words = no_form(self._core.school(), self._clock()) if is_form(arrival) else NOT_DONE
            return refused_dialog(words) if dialog else spoken(SORRY)

    async def _on_card(self, arrival: Arrival) -> InvokeReply:
        if arrival.name != "adaptiveCard/action":
            return {}
        value = value_of(arrival)
        async with asyncio.timeout(_ANSWERED_WITHIN):
            done = await self._done(arrival, value)
        if isinstance(done, str):
            return spoken(done)
        if not value.startswith(f"{REFRESH} "):
            await self._asking.put_in_place(arrival, done)
        return shown(done)

    async def _done(self, arrival: Arrival, value: str) -> Card | str:
        """A button of a card: the card that takes its place, or a word to its presser where that stays. Raises
        ValueError for none of ours."""
        verb, _, rest = value.partition(" ")
        match verb:
            case "acknowledge":
                return await self._ladder.acknowledge(arrival, rest)
            case _ if verb == REFRESH:
                return await self._ladder.current(arrival, rest)
            case _ if verb == TIP_ASKED:
                return await self._ask_about(arrival, rest)
            case _ if verb == TIP_NOT_USEFUL:
                return await self._tips.not_useful(rest) or NOT_OURS
        return await self._asking.pressed(arrival, value)

    async def _ask_about(self, arrival: Arrival, value: str) -> str:
        """The answer to a tip comes as a message of its own: the tip stays. In a channel the first who asks is answered
        under it, for all to see, and everybody else in a chat of their own."""
        action = await self._tips.asked(value)
        if action is None:
            return NOT_OURS
        alone = arrival.place.shared and not await asyncio.to_thread(self._is_first_to_ask, arrival)
        return await self._asking.picked(arrival, action, alone)

    def _is_first_to_ask(self, arrival: Arrival) -> bool:
        asked = self._core.store.received(self._core.school().id, f"{CHANNEL}-tips")
        taken = asked.take(f"{arrival.place.channel} {arrival.replied_to}", "", self._clock())
        if taken is not None:
            asked.done(taken, self._clock())
        return taken is not None

    async def _in_dialog(self, arrival: Arrival) -> Part:
        """Where a dialog opens or goes on. Raises ValueError for none of ours."""
        if arrival.name == "composeExtension/fetchTask":
            return await self._about_message(arrival)
        data = part(arrival.value, "data")
        verb, _, rest = word(data, "do").partition(" ")
        if verb == LOG_CONCERN:
            return await self._reporting.open()
        if verb in (FIRST, REPORT):
            return await self._reporting.submitted(arrival, data)
        if verb == OPEN:
            return await self._ladder.open(arrival, rest)
        if verb == ACKNOWLEDGE:
            return await self._ladder.acknowledge_in_dialog(arrival, rest)
        task, _, number = rest.partition(" ")
        if verb == TASK_FORM:
            return await self._ladder.begin(arrival, task, number)
        if verb == TASK_DONE:
            return await self._ladder.finish(arrival, task, number, data)
        raise ValueError("none of ours")

    async def _about_message(self, arrival: Arrival) -> Part:
        """The form, with the words of the message that it is about and the link to it."""
        message = part(arrival.value, "messagePayload")
        body = part(message, "body")
        words = word(body, "content")
        if word(body, "contentType") != "text":
            words = plain_text(words)
        return await self._reporting.open(words, word(message, "linkToMessage"))
