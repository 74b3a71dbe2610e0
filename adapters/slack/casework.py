"""The buttons of an alert, and the views in which a concern is read and worked on. Who clicks is checked every time."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Mapping
from typing import Any

from adapters.chat.tasks import NOT_SAVED, NOT_YOURS, carry_out, problems_of, sentence_of, who_has
from adapters.slack.alerts import answered
from adapters.slack.blocks import Block, Drawn
from adapters.slack.faults import UNANSWERED, said
from adapters.slack.form import OpenView, answers_of
from adapters.slack.people import SlackCaller, SlackDirectory
from adapters.slack.posting import in_words, post_to, respond
from adapters.slack.record import message_view, record_view, saved_view, task_view
from bot.concerns import IncompleteError, Reader, Record
from bot.errors import AskFirstError
from bot.service.casework import RefusedError
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
        number = _value(body)
        try:
            reader = await self._reader(caller)
            state = await asyncio.to_thread(self._core.casework.acknowledge, reader, number, self._clock())
        except (AskFirstError, *UNANSWERED) as fault:
            await _say(caller, body, in_words(sentence_of(fault, "Slack")))
            return
        if _modal_of(body):
            await self.open(caller, body)  # pressed in the record itself: shown anew
        else:
            await _say(
                caller,
                body,
                answered(f"Safeguarding concern {number}", who_has(self._core.school(), state)),
                replace=True,
            )

    async def open(self, caller: SlackCaller, body: Mapping[str, Any]) -> None:
        """The record, after a look at who asks. The reading is recorded. Slack allows a view to be opened for three
        seconds, so an empty one comes first."""
        number = _value(body)
        view = await self._shown(caller, body, message_view(number, "One moment…"))
        if view:
            await self._update(caller, view, await self._record(caller, number))

    async def begin(self, caller: SlackCaller, body: Mapping[str, Any], task: str, number: str) -> None:
        """The form of one task, on top of what is open."""
        view = await self._shown(caller, body, message_view(number, "One moment…"), on_top=True)
        if view:
            await self._update(caller, view, await self._task(caller, task, number))

    async def finish(self, caller: SlackCaller, view: Mapping[str, Any], task: str) -> dict[str, Any]:
        """A task's form was sent: done, or what is wrong beside the field. Stored before Slack is answered."""
        answers = answers_of(OpenView(""), view["state"]["values"])
        given = {name: values[0] for name, values in answers.items() if values}
        number, first = view["private_metadata"], next(iter(view["state"]["values"]))
        try:
            async with asyncio.timeout(_SAVED_WITHIN):
                reader = await self._reader(caller)
                await asyncio.to_thread(carry_out, self._core.casework, reader, task, number, given, self._clock())
        except IncompleteError as fault:
            problems = {
                (name if name in view["state"]["values"] else first): why for name, why in problems_of(fault).items()
            }
            return {"response_action": "errors", "errors": problems}
        except (UnknownConcernError, RefusedError) as fault:
            return {"response_action": "errors", "errors": {first: sentence_of(fault, "Slack")}}
        except (AskFirstError, *UNANSWERED) as fault:
            log.error("work on a concern was not saved, and whoever did it was told so: %s", said(fault))
            return {"response_action": "errors", "errors": {first: NOT_SAVED}}
        return {"response_action": "update", "view": saved_view(number, task)}

    async def _reader(self, caller: SlackCaller) -> Reader:
        """What whoever clicked may read. Raises UnknownConcernError where that is nothing at all."""
        reader = self._directory.reader(await self._directory.who(caller))
        if reader is None:
            raise UnknownConcernError
        return reader

    async def _record(self, caller: SlackCaller, number: str) -> Block:
        try:
            reader = await self._reader(caller)
            record: Record = await asyncio.to_thread(self._core.casework.read, reader, number, self._clock(), "Slack")
        except (AskFirstError, *UNANSWERED) as fault:
            return message_view(number, sentence_of(fault, "Slack"))
        return record_view(self._core.school(), record)

    async def _task(self, caller: SlackCaller, task: str, number: str) -> Block:
        """The form, for whoever may read the concern at all."""
        school = self._core.school()
        try:
            reader = await self._reader(caller)
            known = await asyncio.to_thread(self._core.store.inbox(school.id).summaries, reader)
        except (AskFirstError, *UNANSWERED) as fault:
            return message_view(number, sentence_of(fault, "Slack"))
        if number not in {each.number for each in known}:
            return message_view(number, NOT_YOURS)
        return task_view(school, task, number)

    async def _shown(self, caller: SlackCaller, body: Mapping[str, Any], view: Block, on_top: bool = False) -> str:
        """The id of the view that shows what follows: the modal that is open, one on top of it, or a new one. Empty
        where Slack did not open it."""
        opened = _modal_of(body)
        if opened and not on_top:
            return opened
        call = caller.client.views_push if opened else caller.client.views_open
        try:
            return str((await call(trigger_id=body["trigger_id"], view=view))["view"]["id"])
        except UNANSWERED as fault:
            log.error("a view could not be opened: %s", said(fault))
            return ""

    async def _update(self, caller: SlackCaller, view: str, shown: Block) -> None:
        try:
            await caller.client.views_update(view_id=view, view=shown)
        except UNANSWERED as fault:
            log.error("a view could not be shown: %s", said(fault))


def _value(body: Mapping[str, Any]) -> str:
    return str(body["actions"][0].get("value", ""))


def _modal_of(body: Mapping[str, Any]) -> str:
    """The id of the modal in which something was pressed; empty on the Home tab and in messages."""
    view = body.get("view") or {}
    return str(view["id"]) if view.get("type") == "modal" else ""


async def _say(caller: SlackCaller, body: Mapping[str, Any], drawn: Drawn, replace: bool = False) -> None:
    """Answer whoever clicked: where they clicked, or in a direct message where Slack does not take that."""
    try:
        if url := body.get("response_url"):
            await respond(url, drawn, replace=replace)
            return
    except (AskFirstError, *UNANSWERED) as fault:
        log.warning("a click could not be answered in its place: %s", said(fault))
    try:
        await post_to(caller.client, caller.user, drawn)
    except UNANSWERED as fault:
        log.error("a click could not be answered: %s", said(fault))
