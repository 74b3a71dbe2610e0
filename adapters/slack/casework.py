"""The buttons of an alert, and the views in which a concern is read and worked on. Who clicks is checked every time."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from adapters.chat.tasks import CHAT, NOT_YOURS, sentence_of, unsaved, who_has
from adapters.slack.alerts import ACKNOWLEDGE, answered
from adapters.slack.blocks import Block
from adapters.slack.faults import UNANSWERED, plainly
from adapters.slack.form import OpenView, answers_of
from adapters.slack.people import SlackCaller, SlackDirectory
from adapters.slack.posting import in_words
from adapters.slack.record import message_view, record_view, saved_view, task_view
from adapters.slack.views import modal_of, say, shown, update, value_of, wrong
from bot.concerns import IncompleteError, Reader, Record
from bot.errors import AskFirstError
from bot.service.casework import ActionDone, RefusedError
from bot.service.core import Core
from bot.store import UnknownConcernError

log = logging.getLogger("askfirst.slack")
_SAVED_WITHIN = 2.4  # seconds: Slack wants its answer within three


class SlackCasework:
    """What people who hear of concerns do on Slack."""

    def __init__(self, core: Core, directory: SlackDirectory, clock: Callable[[], dt.datetime]) -> None:
        self._core, self._directory, self._clock = core, directory, clock

    async def acknowledge(self, caller: SlackCaller, body: Mapping[str, Any]) -> None:
        """Acknowledge, or say who was quicker; either way the buttons of the alert go."""
        number = value_of(body)
        try:
            done = await self._carry_out(caller, ACKNOWLEDGE, number, {})
        except (AskFirstError, *UNANSWERED) as fault:
            await say(caller, body, in_words(sentence_of(fault, "Slack")))
            return
        if modal_of(body):
            await self.open(caller, body, done.said)  # pressed in the record itself: shown anew
        elif done.result.state is not None:
            words = who_has(self._core.school(), done.result.state)
            await say(caller, body, answered(f"Safeguarding concern {number}", words), replace=True)

    async def open(self, caller: SlackCaller, body: Mapping[str, Any], done: str = "") -> None:
        """The record, after a look at who asks, with what they have just `done`. The reading is recorded. Slack allows
        a view to be opened for three seconds, so an empty one comes first."""
        number = value_of(body)
        view = await shown(caller, body, message_view(number, "One moment…"))
        if view:
            await update(caller, body, view, await self._record(caller, number, done))

    async def begin(self, caller: SlackCaller, body: Mapping[str, Any], task: str, number: str) -> None:
        """The form of one task, on top of what is open, or in its place where Slack lets nothing more lie on top."""
        view = await shown(caller, body, message_view(number, "One moment…"), on_top=True)
        if view:
            await update(caller, body, view, await self._task(caller, task, number))

    async def finish(self, caller: SlackCaller, view: Mapping[str, Any], task: str) -> dict[str, Any]:
        """A task's form was sent: done, or what is wrong beside the field. Stored before Slack is answered."""
        answers = answers_of(OpenView(""), view["state"]["values"])
        given = {name: values[0] for name, values in answers.items() if values}
        number = view["private_metadata"]
        try:
            async with asyncio.timeout(_SAVED_WITHIN):
                done = await self._carry_out(caller, task, number, given)
        except IncompleteError as fault:
            return wrong(view, fault.problems, message_view)
        except (UnknownConcernError, RefusedError) as fault:
            return wrong(view, {"": sentence_of(fault, "Slack")}, message_view)
        except (AskFirstError, *UNANSWERED) as fault:
            log.error("work on a concern was not saved, and whoever did it was told so: %s", plainly(fault))
            return wrong(view, {"": unsaved(fault)}, message_view)
        return {"response_action": "update", "view": saved_view(number, done.said)}

    async def _carry_out(self, caller: SlackCaller, action: str, number: str, given: Mapping[str, str]) -> ActionDone:
        reader = await self._reader(caller)
        return await asyncio.to_thread(self._core.actions.carry_out, reader, number, action, given, self._clock(), CHAT)

    async def _reader(self, caller: SlackCaller) -> Reader:
        """What whoever clicked may read. Raises UnknownConcernError where that is nothing at all."""
        reader = self._directory.reader(await self._directory.who(caller), self._clock())
        if reader is None:
            raise UnknownConcernError
        return reader

    async def _record(self, caller: SlackCaller, number: str, done: str) -> Block:
        try:
            reader = await self._reader(caller)
            record: Record = await asyncio.to_thread(self._core.casework.read, reader, number, self._clock(), "Slack")
        except (AskFirstError, *UNANSWERED) as fault:
            return message_view(number, sentence_of(fault, "Slack"))
        return record_view(self._core.school(), record, self._core.actions.offered(reader, record, CHAT), done)

    async def _task(self, caller: SlackCaller, task: str, number: str) -> Block:
        """The form, for whoever may read the concern at all."""
        try:
            reader, actions = await self._reader(caller), self._core.actions
            known = await asyncio.to_thread(self._core.store.inbox(self._core.school().id).summaries, reader)
            if number not in {each.number for each in known}:
                return message_view(number, NOT_YOURS)
            action = actions.find(task, CHAT)
            fields_of = partial(actions.fields, reader, action, self._clock(), number=number)
            return task_view(number, action, await asyncio.to_thread(fields_of))
        except (AskFirstError, *UNANSWERED) as fault:
            return message_view(number, sentence_of(fault, "Slack"))
