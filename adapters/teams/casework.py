"""The buttons of an alert, and the dialogs in which a concern is read and worked on. Who asks is checked every time."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Mapping
from functools import partial

from adapters.chat.tasks import CHAT, NOT_YOURS, sentence_of, unsaved, who_has
from adapters.teams.activities import Arrival
from adapters.teams.activities import TeamsChat as Chat
from adapters.teams.alerts import ALERTS, answered, as_sent
from adapters.teams.cards import Card, Part
from adapters.teams.faults import UNANSWERED, TeamsError, plainly
from adapters.teams.gateway import Gateway
from adapters.teams.people import TeamsCaller, TeamsDirectory
from adapters.teams.record import (
    ACKNOWLEDGE,
    drawn_without,
    given_of,
    message_dialog,
    record_dialog,
    saved_dialog,
    task_dialog,
)
from bot.concerns import ConcernState, IncompleteError, Reader
from bot.errors import AskFirstError
from bot.service.casework import ActionDone, RefusedError
from bot.service.core import Core
from bot.store import Places, UnknownConcernError, alert_name, alert_parts

log = logging.getLogger("askfirst.teams")
_SAVED_WITHIN = 3.5  # seconds: Teams gives a dialog five
_PRESSED_WITHIN = 2.4  # seconds: a card has to be changed for good as well
_FAULTS = (AskFirstError, *UNANSWERED)
STILL_OPEN = "Nobody has acknowledged it yet."


class TeamsCasework:
    """What people who hear of concerns do in Teams."""

    def __init__(
        self, core: Core, gateway: Gateway, directory: TeamsDirectory, clock: Callable[[], dt.datetime]
    ) -> None:
        self._core, self._gateway, self._directory, self._clock = core, gateway, directory, clock

    async def acknowledge(self, arrival: Arrival, number: str) -> Card | str:
        """Acknowledge, or say who was quicker; either way the buttons of the alert go. Where it did not work they stay,
        and a sentence says why."""
        try:
            async with asyncio.timeout(_PRESSED_WITHIN):
                done = await self._carry_out(await self._reader(arrival), ACKNOWLEDGE, number, {})
        except _FAULTS as fault:
            return sentence_of(fault, "Teams")
        state = done.result.state
        return answered(number, who_has(self._core.school(), state)) if state else done.said

    async def acknowledge_in_dialog(self, arrival: Arrival, number: str) -> Part:
        """Acknowledge from the record itself, which is then shown anew."""
        try:
            async with asyncio.timeout(_SAVED_WITHIN):
                done = await self._carry_out(await self._reader(arrival), ACKNOWLEDGE, number, {})
        except _FAULTS as fault:
            return message_dialog(number, sentence_of(fault, "Teams"))
        return await self.open(arrival, number, done.said)

    async def current(self, arrival: Arrival, number: str) -> Card | str:
        """An alert as it stands now, for somebody who comes to see it; a sentence where it is not theirs to see."""
        name = alert_name(number, TeamsCaller(arrival.place, arrival.user).account.id, arrival.replied_to)
        try:
            async with asyncio.timeout(_PRESSED_WITHIN):
                state = await self._state(await self._reader(arrival), number)
                sent = await asyncio.to_thread(self._alerts.find, name)
        except _FAULTS as fault:
            return sentence_of(fault, "Teams")
        if state is None:
            return NOT_YOURS
        if state.status == "open" and sent:
            return as_sent(sent)
        return answered(number, who_has(self._core.school(), state)) if state.status != "open" else STILL_OPEN

    async def open(self, arrival: Arrival, number: str, done: str = "") -> Part:
        """The record, after a look at who asks, with what they have just `done`. The reading is recorded."""
        try:
            async with asyncio.timeout(_SAVED_WITHIN):
                reader = await self._reader(arrival)
                read = self._core.casework.read
                record = await asyncio.to_thread(read, reader, number, self._clock(), "Teams")
        except _FAULTS as fault:
            return message_dialog(number, sentence_of(fault, "Teams"))
        return record_dialog(self._core.school(), record, self._core.actions.offered(reader, record, CHAT), done)

    async def begin(self, arrival: Arrival, task: str, number: str) -> Part:
        """The form of one action, for whoever may read the concern at all."""
        actions = self._core.actions
        try:
            async with asyncio.timeout(_SAVED_WITHIN):
                reader = await self._reader(arrival)
                if await self._state(reader, number) is None:
                    return message_dialog(number, NOT_YOURS)
                action = actions.find(task, CHAT)
                fields = await asyncio.to_thread(partial(actions.fields, reader, action, self._clock(), number=number))
        except _FAULTS as fault:
            return message_dialog(number, sentence_of(fault, "Teams"))
        return task_dialog(number, action, fields)

    async def finish(self, arrival: Arrival, task: str, number: str, data: Mapping[str, object]) -> Part:
        """An action's form was sent: done, or the form again with what is wrong. Stored before Teams is answered."""
        try:
            action = self._core.actions.find(task, CHAT)
        except RefusedError as fault:
            return message_dialog(number, sentence_of(fault, "Teams"))
        fields, given, problems = drawn_without(action), given_of(action, data), dict[str, str]()
        try:
            async with asyncio.timeout(_SAVED_WITHIN):
                reader = await self._reader(arrival)
                ask = partial(self._core.actions.fields, reader, action, self._clock(), number=number)
                fields = await asyncio.to_thread(ask)
                done = await self._carry_out(reader, task, number, given)
        except IncompleteError as fault:
            problems = dict(fault.problems)
        except (UnknownConcernError, RefusedError) as fault:
            problems = {"": sentence_of(fault, "Teams")}
        except _FAULTS as fault:
            log.error("work on a concern was not saved, and whoever did it was told so: %s", plainly(fault))
            problems = {"": unsaved(fault)}
        if problems:
            return task_dialog(number, action, fields, given, problems)
        return saved_dialog(number, done.said)

    async def _carry_out(self, reader: Reader, action: str, number: str, given: Mapping[str, str]) -> ActionDone:
        return await asyncio.to_thread(self._core.actions.carry_out, reader, number, action, given, self._clock(), CHAT)

    async def clear_alerts(self) -> None:
        """Take the buttons from alerts whose concern somebody has acknowledged, wherever they did it. Raises
        StoreError."""
        states = dict[str, Mapping[str, ConcernState]]()
        for place in await asyncio.to_thread(self._alerts.all):
            number, account, message = alert_parts(place.name)
            if account not in states:
                states[account] = await self._states_for(account)
            state = states[account].get(number)
            if state is not None and state.status == "open":
                continue
            chat = await self._directory.chat_of(account) if state is not None else None
            if state is not None and chat is not None:
                drawn = answered(number, who_has(self._core.school(), state))
                if not await self._cleared(chat, message, drawn):
                    return  # Teams cannot be reached just now: at the next look
            await asyncio.to_thread(self._alerts.forget, place.name)

    async def _cleared(self, chat: Chat, message: str, drawn: Card) -> bool:
        """Whether the buttons are gone, or never will be."""
        try:
            await self._gateway.update(chat, message, drawn)
        except (TeamsError, *UNANSWERED) as fault:
            log.warning("the buttons of an alert could not be taken away: %s", plainly(fault))
            return isinstance(fault, TeamsError) and fault.for_good
        return True

    async def _states_for(self, account: str) -> Mapping[str, ConcernState]:
        """How every concern stands that whoever holds this account may read."""
        known = await asyncio.to_thread(self._directory.known, account)
        reader = self._directory.reader(known, self._clock()) if known else None
        return await self._states(reader) if reader else {}

    async def _state(self, reader: Reader, number: str) -> ConcernState | None:
        return (await self._states(reader)).get(number)

    async def _states(self, reader: Reader) -> Mapping[str, ConcernState]:
        inbox = self._core.store.inbox(self._core.school().id)
        return {each.number: each.state for each in await asyncio.to_thread(inbox.summaries, reader)}

    async def _reader(self, arrival: Arrival) -> Reader:
        """What whoever asks may read. Raises UnknownConcernError where that is nothing at all."""
        reader = self._directory.reader(
            await self._directory.who(TeamsCaller(arrival.place, arrival.user)), self._clock()
        )
        if reader is None:
            raise UnknownConcernError
        return reader

    @property
    def _alerts(self) -> Places:
        return self._directory.places(ALERTS)
