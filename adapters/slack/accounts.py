"""A new account or tool in Slack: asked for screen by screen, read and decided in views. Who clicks is checked every
time."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp

from adapters.chat.requesting import (
    ASK_ACCOUNT,
    NOT_SENT,
    NOT_STAFF,
    OPEN_ACCOUNT,
    GoneError,
    RequestAnswers,
    person_of,
    refusal_of,
)
from adapters.chat.tasks import NOT_SHOWN
from adapters.slack.account_form import (
    ACT,
    DO,
    STEP,
    account_view,
    act_view,
    done_view,
    sent_view,
    step_from,
    step_view,
    told_view,
)
from adapters.slack.blocks import Block
from adapters.slack.faults import UNANSWERED, plainly
from adapters.slack.form import OpenView, answers_of
from adapters.slack.people import CHANNEL, SlackCaller, SlackDirectory, caller_of
from adapters.slack.posting import in_words
from adapters.slack.views import say, shown, update, value_of, wrong
from bot.accounts.words import decisions_of, facts_of
from bot.concerns import Answers, IncompleteError
from bot.errors import AskFirstError
from bot.service.accounts import NotInRegisterError
from bot.service.core import Core

log = logging.getLogger("askfirst.slack")
COMMAND_ACCOUNT, ACCOUNT_SHORTCUT = "/account", "ask_account"
_WITHIN = 2.4  # seconds: Slack wants its answer within three
_MOMENT = "One moment…"
_FAULTS = (AskFirstError, *UNANSWERED)


class SlackAccounts:
    """The requests and the register of one school."""

    def __init__(self, core: Core, directory: SlackDirectory, clock: Callable[[], dt.datetime]) -> None:
        self._core, self._directory, self._clock = core, directory, clock
        self._desk = core.accounts
        self.answers = RequestAnswers(core, CHANNEL, clock)

    def listen(self, app: AsyncApp) -> None:
        """Hang its listeners into the app."""
        app.command(COMMAND_ACCOUNT)(self._ask)
        app.shortcut(ACCOUNT_SHORTCUT)(self._ask)
        app.action(ASK_ACCOUNT)(self._ask)
        app.action(OPEN_ACCOUNT)(self._open)
        app.action(re.compile(f"^{ACT}-.+"))(self._begin)
        app.view(STEP)(self._step)
        app.view(DO)(self._finish)

    async def _ask(self, ack: Any, context: Any, body: Mapping[str, Any]) -> None:
        await ack()
        caller, view = caller_of(context, body), step_view(self._desk.form(), secrets.token_urlsafe(24), 0)
        try:
            await caller.client.views_open(trigger_id=body["trigger_id"], view=view)
        except UNANSWERED as fault:
            log.error("the form for a new account could not be opened: %s", plainly(fault))
            await say(caller, body, in_words(NOT_SHOWN))

    async def _step(self, ack: Any, context: Any, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
        await ack(await self.step(caller_of(context, body), view))

    async def _open(self, ack: Any, context: Any, body: Mapping[str, Any]) -> None:
        await ack()
        await self.open(caller_of(context, body), body)

    async def _begin(self, ack: Any, context: Any, body: Mapping[str, Any]) -> None:
        await ack()
        await self.begin(caller_of(context, body), body)

    async def _finish(self, ack: Any, context: Any, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
        await ack(await self.finish(caller_of(context, body), view))

    async def step(self, caller: SlackCaller, view: Mapping[str, Any]) -> dict[str, Any]:
        """A screen was sent: the next one takes its place, or what is wrong stands beside the fields."""
        submission, number = step_from(view["private_metadata"])
        form, given = self._desk.form(), _given(view)
        try:
            async with asyncio.timeout(_WITHIN):
                answers = {**await self.answers.so_far(submission, number), **given}
                if not number and (await self._directory.who_or_as_given(caller)).outside:
                    raise NotInRegisterError
                self._desk.check(form.screens[number], answers, self._clock())
                if number + 1 == len(form.screens):
                    return await self._sent(caller, submission, answers)
                await self.answers.keep(submission, answers)
        except IncompleteError as fault:
            return wrong(view, fault.problems, told_view)
        except (NotInRegisterError, GoneError) as fault:
            said = NOT_STAFF if isinstance(fault, NotInRegisterError) else refusal_of(fault, "Slack")
            return wrong(view, {"": said}, told_view)
        except _FAULTS as fault:
            log.error("a screen of a request was not kept: %s", plainly(fault))
            return wrong(view, {"": NOT_SENT}, told_view)
        return {"response_action": "update", "view": step_view(form, submission, number + 1)}

    async def _sent(self, caller: SlackCaller, submission: str, answers: Answers) -> dict[str, Any]:
        known = await self._directory.who_or_as_given(caller)
        if known.outside:
            raise NotInRegisterError
        asker, now = self._directory.reporter(known), self._clock()
        found = await asyncio.to_thread(self._desk.ask, submission, answers, now, asker)
        await self.answers.forget(submission)
        return {"response_action": "update", "view": sent_view(found)}

    async def open(self, caller: SlackCaller, body: Mapping[str, Any]) -> None:
        """An account, after a look at who asks. An empty view comes first: Slack allows one for three seconds."""
        number = value_of(body)
        view = await shown(caller, body, told_view(number, _MOMENT))
        if view:
            await update(caller, body, view, await self._account(caller, number))

    async def begin(self, caller: SlackCaller, body: Mapping[str, Any]) -> None:
        """The form of one act, on top of the account."""
        act, _, number = value_of(body).partition(" ")
        view = await shown(caller, body, told_view(number, _MOMENT), on_top=True)
        if view:
            await update(caller, body, view, await self._act(caller, act, number))

    async def finish(self, caller: SlackCaller, view: Mapping[str, Any]) -> dict[str, Any]:
        """An act's form was sent: done, or what is wrong beside the field. Stored before Slack is answered."""
        act, _, number = str(view["private_metadata"]).partition(" ")
        given = {name: values[0] for name, values in _given(view).items() if values}
        try:
            async with asyncio.timeout(_WITHIN):
                person = person_of(await self._directory.who(caller))
                desk = self._desk
                done = await asyncio.to_thread(desk.act, person, number, act, given, self._clock(), "Slack")
        except IncompleteError as fault:
            return wrong(view, fault.problems, told_view)
        except _FAULTS as fault:
            return wrong(view, {"": refusal_of(fault, "Slack")}, told_view)
        return {"response_action": "update", "view": done_view(number, done.said)}

    async def _account(self, caller: SlackCaller, number: str) -> Block:
        try:
            person = person_of(await self._directory.who(caller))
            seen = await asyncio.to_thread(self._desk.view, person, number, self._clock(), "Slack")
        except _FAULTS as fault:
            return told_view(number, refusal_of(fault, "Slack"))
        school = self._core.school()
        facts = facts_of(school, self._desk.form(), seen.found) if seen.whole else ()
        return account_view(seen, facts, decisions_of(school, seen.found) if seen.whole else ())

    async def _act(self, caller: SlackCaller, act: str, number: str) -> Block:
        try:
            person = person_of(await self._directory.who(caller))
            seen = await asyncio.to_thread(self._desk.view, person, number, self._clock(), "Slack")
            found = next((each for each in seen.acts if each.id == act), None)
            if found is None:
                raise NotInRegisterError
        except _FAULTS as fault:
            return told_view(number, refusal_of(fault, "Slack"))
        return act_view(seen.found.number, found, self._desk.fields(seen, found))


def _given(view: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What was filled in, by field id."""
    found = answers_of(OpenView(""), view["state"]["values"])
    return {name: values for name, values in found.items() if name in view["state"]["values"]}
