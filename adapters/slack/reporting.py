"""Logging a concern on Slack: the views that are opened, what was filled in, and the receipt."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from adapters.chat.drafts import Drafts
from adapters.chat.people import known_with_adult, picked_adult
from adapters.chat.reporting import NOT_OPENED, in_one, receipt_text
from adapters.slack.blocks import Block, mentioned, with_names
from adapters.slack.faults import UNANSWERED, plainly
from adapters.slack.form import (
    OpenView,
    answers_of,
    done_view,
    elsewhere_view,
    first_view,
    opened_from,
    refused_view,
    report_view,
)  # fmt: skip
from adapters.slack.people import CHANNEL, SlackCaller, SlackDirectory
from adapters.slack.posting import in_words, post_to
from bot.concerns import Answers, IncompleteError, Receipt, read_first
from bot.concerns.guidance import before_writing, for_outsiders, kept_elsewhere, not_logged
from bot.errors import AskFirstError
from bot.service.core import Core
from bot.store import Known

log = logging.getLogger("askfirst.slack")
_MOST_NAMED, _NAMED_WITHIN = 10, 1.5  # of those who are mentioned in a message; seconds
_STORED_WITHIN = 2.4  # seconds: Slack wants its answer within three
WHO_IS_THIS = "Slack does not say who this is just now. Clear this field, and write their name and role below."

ViewReply = dict[str, Any]  # what a view's submission is answered with; empty closes it


class SlackReporting:
    """The concern form of one school."""

    def __init__(self, core: Core, directory: SlackDirectory, clock: Callable[[], dt.datetime]) -> None:
        self._core, self._directory, self._clock = core, directory, clock
        self.drafts = Drafts(core, CHANNEL, clock)

    async def open(self, caller: SlackCaller, trigger: str, words: str = "", link: str = "") -> None:
        """Show the first screen, before anything else is looked at: Slack allows it for three seconds. `words`, as
        Slack gave them, and `link` are filled in on the next screen. Until then they wait, sealed, in the store: the
        view is no place for what somebody wrote."""
        if away := kept_elsewhere(self._core.school(), self._clock()):
            await caller.client.views_open(trigger_id=trigger, view=elsewhere_view(away))
            return
        submission = secrets.token_urlsafe(24)
        view = first_view(self._core.casework.form(), OpenView(submission))
        opened = await caller.client.views_open(trigger_id=trigger, view=view)
        if words or link:
            await self.drafts.keep(submission, await self._typed(caller, words), link)
        known = await self._directory.who_or_as_given(caller)
        if self._directory.may_log(known):
            return
        try:
            await caller.client.views_update(view_id=opened["view"]["id"], view=refused_view())
        except UNANSWERED as fault:  # the form is open, and refuses them when they send its first screen
            log.warning("somebody from outside was not told at once that they cannot log: %s", plainly(fault))

    async def first_submitted(self, caller: SlackCaller, view: Mapping[str, Any]) -> ViewReply:
        """The first screen was sent: the form itself takes its place, or the refusal of whoever may not log."""
        form, opened = self._core.casework.form(), opened_from(view["private_metadata"])
        answers = answers_of(opened, view["state"]["values"])
        try:
            read_first(form, answers)
        except IncompleteError as fault:
            return {"response_action": "errors", "errors": dict(fault.problems)}
        filled = replace(opened, danger=answers["danger"][0], told=answers["told"][0])
        given, known = await asyncio.gather(self.drafts.given(opened.submission), self._directory.at_once(caller))
        if not self._directory.may_log(known):
            return {"response_action": "update", "view": refused_view()}
        advice = before_writing(self._core.school(), answers, known.person or None, self._clock())
        return {"response_action": "update", "view": report_view(form, filled, advice, given)}

    async def submitted(self, caller: SlackCaller, view: Mapping[str, Any]) -> tuple[ViewReply, Receipt | None]:
        """The form was sent: it is stored before Slack is answered. Whatever goes wrong, the form stays as it is, with
        what is wrong beside the field."""
        opened = opened_from(view["private_metadata"])
        answers, reporter = answers_of(opened, view["state"]["values"]), None
        try:
            async with asyncio.timeout(_STORED_WITHIN):
                known, answers, unknown = await known_with_adult(
                    self._directory.who_or_as_given(caller), self._with_adult(caller, answers), answers
                )
                reporter = known.person or None
                if not self._directory.may_log(known):
                    raise IncompleteError({"about": in_one(for_outsiders())})
                if unknown:
                    raise unknown
                receipt = await self._stored(opened.submission, answers, known)
        except IncompleteError as fault:
            return {"response_action": "errors", "errors": _beside(fault.problems, view)}, None
        except (AskFirstError, *UNANSWERED) as fault:
            log.error("a concern was NOT logged, and whoever wrote it was told so: %s", plainly(fault))
            problem = {"about": self._not_logged(answers, reporter, certain=not isinstance(fault, TimeoutError))}
            return {"response_action": "errors", "errors": _beside(problem, view)}, None
        return {"response_action": "update", "view": done_view(self._core.school(), receipt)}, receipt

    async def send_receipt(self, caller: SlackCaller, receipt: Receipt, submission: str) -> None:
        """The receipt by direct message, once, however often the form was sent; what was filled in beforehand is thrown
        away. Where that fails, the form shows the receipt."""
        sent = self._core.store.received(self._core.school().id, f"{CHANNEL}-told")
        await self.drafts.forget(submission)
        try:
            first = await asyncio.to_thread(sent.take, receipt.number, "", self._clock())
            if first is not None:
                await post_to(caller.client, caller.user, in_words(receipt_text(receipt)))
                await asyncio.to_thread(sent.done, first, self._clock())
        except (AskFirstError, *UNANSWERED) as fault:
            log.warning("a receipt could not be sent by direct message; it was shown in the form: %s", plainly(fault))

    async def not_opened(self, caller: SlackCaller) -> str:
        """What is said where the form could not be opened."""
        school, reporter = self._core.school(), (await self._directory.at_once(caller)).person or None
        return in_one(not_logged(school, {}, reporter, self._clock(), certain=True, because=NOT_OPENED, kept=False))

    def _not_logged(self, answers: Answers, reporter: str | None, certain: bool) -> str:
        return in_one(not_logged(self._core.school(), answers, reporter, self._clock(), certain=certain))

    async def _stored(self, submission: str, answers: Answers, known: Known) -> Receipt:
        reporter = self._directory.reporter(known)
        return await asyncio.to_thread(self._core.casework.log, submission, answers, self._clock(), reporter)

    async def _with_adult(self, caller: SlackCaller, answers: Answers) -> Answers:
        """The Slack user who was picked as the adult -> somebody of school.yaml, or their name and title."""
        picked = picked_adult(answers)
        if not picked:
            return answers
        try:
            known, person = await self._directory.picked(caller.other(picked))
        except UNANSWERED:
            raise IncompleteError({"adult": WHO_IS_THIS}) from None
        if person:
            return {**answers, "adult": (person.id,)}
        name = answers.get("adult_name") or (known.name,)
        return {**answers, "adult": (), "adult_name": name, "adult_role": answers.get("adult_role") or (known.role,)}

    async def _typed(self, caller: SlackCaller, words: str) -> str:
        """The words as whoever typed them saw them: who is mentioned is often who it is about. It never fails."""
        unnamed, names = mentioned(words, caller.app)[:_MOST_NAMED], dict[str, str]()
        with contextlib.suppress(*UNANSWERED):
            async with asyncio.timeout(_NAMED_WITHIN):
                for user in unnamed:
                    names[user] = await self._directory.name_of(caller.other(user))
        return with_names(words, caller.app, names)


def _beside(problems: Mapping[str, str], view: Mapping[str, Any]) -> dict[str, str]:
    """Problems beside fields that this view has; others stand beside the first one."""
    shown: Mapping[str, Block] = view["state"]["values"]
    found: dict[str, str] = {}
    for name, problem in problems.items():
        place = name if name in shown else "about"
        found[place] = f"{found[place]} {problem}" if place in found else problem
    return found
