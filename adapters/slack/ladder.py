"""The buttons of an alert, and the views in which a concern is read and worked on. Who clicks is checked every time."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.alerts import answered
from adapters.slack.asking import respond
from adapters.slack.blocks import Drawn, modal, paragraphs
from adapters.slack.form import Opened, answers_of
from adapters.slack.people import Directory, caller_of
from adapters.slack.record import record_view, task_view
from bot.casework import RefusedError
from bot.concerns import IncompleteError, Reader
from bot.core import Core
from bot.errors import AskFirstError
from bot.store import UnknownConcernError

NOT_YOURS = "There is no such concern, or it is not yours to read."
_SAVED = {
    "note": "The note was added.",
    "action": "The action was added.",
    "decision": "The decision was added.",
    "pass-on": "It was passed on, and the alerts have begun again.",
    "close": "It was closed.",
}


class Ladder:
    """What people who hear of concerns do on Slack."""

    def __init__(self, core: Core, directory: Directory, clock: Callable[[], dt.datetime]) -> None:
        self._core, self._directory, self._clock = core, directory, clock

    async def acknowledge(self, client: AsyncWebClient, body: Mapping[str, Any]) -> None:
        """Acknowledge, or say who was quicker; either way the buttons go."""
        number = _value(body)
        try:
            reader = await self._reader(client, body)
            state = await asyncio.to_thread(self._core.casework.acknowledge, reader, number, self._clock())
        except (UnknownConcernError, RefusedError) as fault:
            await _say(client, body, _sentence(fault))
            return
        zone = self._core.school().opening.zone
        at = state.acknowledged_at.astimezone(zone) if state.acknowledged_at else None
        when = f" at {at:%H:%M} on {at.day} {at:%B}" if at else ""
        who = f"{state.holder.name} acknowledged it{when}." if state.holder else "It has been closed."
        drawn = answered(f"Safeguarding concern {number}", who)
        if url := body.get("response_url"):
            await respond(url, drawn, replace=True)
        else:
            await self.open(client, body)  # pressed in the record itself: shown anew

    async def open(self, client: AsyncWebClient, body: Mapping[str, Any]) -> None:
        """The record, after a look at who asks. The reading is recorded."""
        number = _value(body)
        try:
            reader = await self._reader(client, body)
            record = await asyncio.to_thread(self._core.casework.read, reader, number, self._clock(), "Slack")
            view = record_view(self._core.school(), record)
        except UnknownConcernError:
            view = modal("Not found", paragraphs(NOT_YOURS), "not-found")
        if body.get("view"):
            await client.views_update(view_id=body["view"]["id"], view=view)
        else:
            await client.views_open(trigger_id=body["trigger_id"], view=view)

    async def begin(self, client: AsyncWebClient, body: Mapping[str, Any], task: str, number: str) -> None:
        """The form of one task, on top of what is open."""
        view = task_view(self._core.school(), task, number)
        if body.get("view"):
            await client.views_push(trigger_id=body["trigger_id"], view=view)
        else:
            await client.views_open(trigger_id=body["trigger_id"], view=view)

    async def finish(self, client: AsyncWebClient, body: Mapping[str, Any], task: str) -> dict[str, Any]:
        """A task's form was sent: done, or what is wrong beside the field. Stored before Slack is answered."""
        view = body["view"]
        given = {name: values[0] for name, values in answers_of(Opened(""), view["state"]["values"]).items() if values}
        first = next(iter(view["state"]["values"]))
        try:
            reader = await self._reader(client, body)
            await asyncio.wait_for(asyncio.to_thread(self._do, reader, task, view["private_metadata"], given), 2.0)
        except IncompleteError as fault:
            return {"response_action": "errors", "errors": dict(fault.problems)}
        except TimeoutError:
            return {"response_action": "errors", "errors": {first: "This was NOT saved. Press Save again."}}
        except (UnknownConcernError, RefusedError) as fault:
            return {"response_action": "errors", "errors": {first: _sentence(fault)}}
        except AskFirstError:
            return {"response_action": "errors", "errors": {first: "This was NOT saved. Press Save again."}}
        title = f"Concern {view['private_metadata']}"
        return {"response_action": "update", "view": modal(title, paragraphs(_SAVED[task]), "saved")}

    def _do(self, reader: Reader, task: str, number: str, given: Mapping[str, str]) -> None:
        work, now = self._core.casework, self._clock()
        due = dt.date.fromisoformat(given["due"]) if given.get("due") else None
        text, reason = given.get("text", ""), given.get("reason", "")
        match task:
            case "note":
                work.note(reader, number, text, now)
            case "action":
                work.action(reader, number, text, due, now)
            case "decision":
                work.decide(reader, number, text, reason, now)
            case "pass-on":
                work.reassign(reader, number, given.get("person", ""), reason, now)
            case "close":
                work.close(reader, number, given.get("outcome", ""), reason, due, now)

    async def _reader(self, client: AsyncWebClient, body: Mapping[str, Any]) -> Reader:
        known = await self._directory.who(caller_of(client, body))
        reader = self._directory.reader(known)
        if reader is None:
            raise UnknownConcernError
        return reader


def _value(body: Mapping[str, Any]) -> str:
    return str(body["actions"][0].get("value", ""))


async def _say(client: AsyncWebClient, body: Mapping[str, Any], text: str) -> None:
    if url := body.get("response_url"):
        await respond(url, Drawn(tuple(paragraphs(text)), text), replace=False)
    else:
        await client.chat_postMessage(channel=body["user"]["id"], text=text)


def _sentence(fault: AskFirstError) -> str:
    text = str(fault)
    return f"{text[:1].upper()}{text[1:]}."
