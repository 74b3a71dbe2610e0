"""A new account or tool in Teams: asked for screen by screen, read and decided in dialogs. Who asks is checked every
time."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import secrets
from collections.abc import Callable, Mapping

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
from adapters.teams.account_form import (
    ACT,
    BACK,
    DONE,
    STEP,
    account_dialog,
    act_dialog,
    answers_of,
    done_dialog,
    sent_dialog,
    step_dialog,
    step_from,
    told_dialog,
)
from adapters.teams.activities import Arrival
from adapters.teams.cards import Part
from adapters.teams.faults import UNANSWERED, plainly
from adapters.teams.people import CHANNEL, TeamsCaller, TeamsDirectory
from bot.accounts.acts import RegisterAct
from bot.accounts.words import decisions_of, facts_of
from bot.concerns import Answers, IncompleteError
from bot.errors import AskFirstError
from bot.service.accounts import NotInRegisterError, SeenAccount
from bot.service.core import Core

log = logging.getLogger("askfirst.teams")
_WITHIN = 3.5  # seconds: Teams gives a dialog five
_FAULTS = (AskFirstError, *UNANSWERED)
VERBS = frozenset((ASK_ACCOUNT, STEP, BACK, OPEN_ACCOUNT, ACT, DONE))


class TeamsAccounts:
    """The requests and the register of one school."""

    def __init__(self, core: Core, directory: TeamsDirectory, clock: Callable[[], dt.datetime]) -> None:
        self._core, self._directory, self._clock = core, directory, clock
        self._desk = core.accounts
        self.answers = RequestAnswers(core, CHANNEL, clock)

    async def show(self, arrival: Arrival, verb: str, rest: str, data: Mapping[str, object]) -> Part:
        """The dialog as it is shown next; `verb` is one of VERBS. Raises ValueError for none of ours."""
        if verb == ASK_ACCOUNT:
            return step_dialog(self._desk.form(), secrets.token_urlsafe(24), 0, {}, {})
        if verb in (STEP, BACK):
            return await self._step(arrival, verb, data)
        if verb == OPEN_ACCOUNT:
            return await self._open(arrival, rest)
        act, _, number = rest.partition(" ")
        return await self._act(arrival, act, number, data if verb == DONE else None)

    async def _step(self, arrival: Arrival, verb: str, data: Mapping[str, object]) -> Part:
        """A screen was sent: the next one, the one before, or the same with what is wrong."""
        form = self._desk.form()
        submission, number = step_from(form, data)
        screen, answers = form.screens[number], answers_of(form.screens[number], data)
        try:
            async with asyncio.timeout(_WITHIN):
                before = await self.answers.so_far(submission, number)
                if verb == BACK:
                    return step_dialog(form, submission, max(number - 1, 0), before, {})
                answers = {**before, **answers}
                self._desk.check(screen, answers, self._clock())
                if number + 1 == len(form.screens):
                    return await self._sent(arrival, submission, answers)
                await self.answers.keep(submission, answers)
        except IncompleteError as fault:
            return step_dialog(form, submission, number, answers, fault.problems)
        except GoneError as fault:
            return told_dialog(refusal_of(fault, "Teams"))
        except NotInRegisterError:
            return told_dialog(NOT_STAFF)
        except _FAULTS as fault:
            log.error("a screen of a request was not kept: %s", plainly(fault))
            return step_dialog(form, submission, number, answers, {"": NOT_SENT})
        return step_dialog(form, submission, number + 1, answers, {})

    async def _sent(self, arrival: Arrival, submission: str, answers: Answers) -> Part:
        known = await self._directory.who_or_as_given(TeamsCaller(arrival.place, arrival.user))
        if known.outside:
            raise NotInRegisterError
        asker, now = self._directory.reporter(known), self._clock()
        found = await asyncio.to_thread(self._desk.ask, submission, answers, now, asker)
        await self.answers.forget(submission)
        return sent_dialog(found)

    async def _open(self, arrival: Arrival, number: str) -> Part:
        """An account, after a look at who asks."""
        try:
            async with asyncio.timeout(_WITHIN):
                _, seen = await self._seen(arrival, number)
        except _FAULTS as fault:
            return told_dialog(refusal_of(fault, "Teams"))
        school, whole = self._core.school(), seen.whole
        facts = facts_of(school, self._desk.form(), seen.found) if whole else ()
        return account_dialog(seen, facts, decisions_of(school, seen.found) if whole else ())

    async def _act(self, arrival: Arrival, act: str, number: str, data: Mapping[str, object] | None) -> Part:
        """The form of one act; with `data` it was sent: done, or the form again with what is wrong. Stored before Teams
        is answered."""
        try:
            async with asyncio.timeout(_WITHIN):
                person, seen = await self._seen(arrival, number)
                found = next((each for each in seen.acts if each.id == act), None)
                if found is None:
                    raise NotInRegisterError
                return await self._done(person, seen, found, data)
        except _FAULTS as fault:
            return told_dialog(refusal_of(fault, "Teams"))

    async def _done(self, person: str, seen: SeenAccount, act: RegisterAct, data: Mapping[str, object] | None) -> Part:
        number, fields, desk = seen.found.number, self._desk.fields(seen, act), self._desk
        if data is None:
            return act_dialog(number, act, fields)
        given = {each.id: value for each in fields if isinstance(value := data.get(each.id), str) and value}
        try:
            done = await asyncio.to_thread(desk.act, person, number, act.id, given, self._clock(), "Teams")
        except IncompleteError as fault:
            return act_dialog(number, act, fields, given, fault.problems)
        return done_dialog(number, done.said)

    async def _seen(self, arrival: Arrival, number: str) -> tuple[str, SeenAccount]:
        person = person_of(await self._directory.who(TeamsCaller(arrival.place, arrival.user)))
        return person, await asyncio.to_thread(self._desk.view, person, number, self._clock(), "Teams")
