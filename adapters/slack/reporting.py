"""Logging a concern on Slack: the views that are opened, what was filled in, and the receipt."""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.slack.blocks import Block, modal, paragraphs, without_mention
from adapters.slack.form import answers_of, done_view, first_view, not_logged, opened_from, report_view
from adapters.slack.people import CHANNEL, Caller, Directory
from bot.concerns import Answers, IncompleteError, Receipt, read_first
from bot.core import Core
from bot.errors import AskFirstError
from bot.store import Received

_STORED_WITHIN = 2.0  # seconds: Slack wants its answer within three
_KNOWN_WITHIN = 0.8  # seconds that Slack has to say who somebody is; without it the form is taken all the same
NOT_FOR_OUTSIDERS = (
    "Guests and people of other organisations cannot log a concern here. Tell a member of staff of the school now. "
    "If anyone is in danger, call 999."
)

WHO_IS_THIS = "Slack does not say who this is just now. Clear this field, and write their name and role below."

Answer = dict[str, Any]  # what a view's submission is answered with; empty closes it


class Reporting:
    """The concern form of one workspace."""

    def __init__(self, core: Core, directory: Directory, clock: Callable[[], dt.datetime]) -> None:
        self._core, self._directory, self._clock = core, directory, clock

    async def open(self, caller: Caller, trigger: str, words: str = "", link: str = "") -> None:
        """Show the first screen. `words` and `link` are filled in on the next; until then they wait, sealed, in the
        store: Slack's own place for such things is not for what somebody wrote."""
        submission = secrets.token_urlsafe(24)
        opened = await caller.client.views_open(trigger_id=trigger, view=self._first(submission))
        if words or link:
            draft = f"{len(words)}:{words}{link}"
            await asyncio.to_thread(self._drafts.take, submission, draft, self._clock())
        if not await self._may_log(caller):
            await caller.client.views_update(view_id=opened["view"]["id"], view=_refused())

    async def first_submitted(self, view: Mapping[str, Any]) -> Answer:
        """The first screen was sent: the form itself takes its place."""
        form = self._core.casework.form()
        opened = opened_from(view["private_metadata"])
        answers = {block: values[0] for block, values in _given(view).items() if values}
        try:
            read_first(form, {name: (value,) for name, value in answers.items()})
        except IncompleteError as fault:
            return {"response_action": "errors", "errors": dict(fault.problems)}
        filled = type(opened)(opened.submission, answers["danger"], answers["told"])
        try:
            draft = await asyncio.wait_for(asyncio.to_thread(self._drafts.kept, opened.submission), _KNOWN_WITHIN)
        except (AskFirstError, TimeoutError):
            draft = None  # a store that hangs must not keep the form away
        return {"response_action": "update", "view": report_view(self._core.school(), form, filled, _filled(draft))}

    async def submitted(self, caller: Caller, view: Mapping[str, Any]) -> tuple[Answer, Receipt | None]:
        """The form was sent: it is stored before Slack is answered. Whatever goes wrong, the form stays as it is, with
        what is wrong beside the field."""
        opened = opened_from(view["private_metadata"])
        try:
            answers = await self._with_adult(caller, answers_of(opened, view["state"]["values"]))
            reporter = self._directory.reporter(await self._directory.who(caller))
            log = asyncio.to_thread(self._core.casework.log, opened.submission, answers, self._clock(), reporter)
            receipt = await asyncio.wait_for(log, _STORED_WITHIN)
        except IncompleteError as fault:
            return {"response_action": "errors", "errors": _beside(fault.problems, view)}, None
        except (AskFirstError, TimeoutError, SlackApiError, OSError):
            problem = {"seen": not_logged(self._core.school())}
            return {"response_action": "errors", "errors": problem}, None
        return {"response_action": "update", "view": done_view(receipt)}, receipt

    def _first(self, submission: str) -> Block:
        form = self._core.casework.form()
        return first_view(form, opened_from(f'{{"submission": "{submission}", "danger": "", "told": ""}}'))

    async def _may_log(self, caller: Caller) -> bool:
        try:
            return self._directory.may_log(await self._directory.who(caller))
        except (SlackApiError, OSError):
            return True  # nobody is kept from logging because Slack does not answer; who it was is asked again then

    async def _with_adult(self, caller: Caller, answers: Answers) -> Answers:
        """The Slack user who was picked as the adult -> somebody of school.yaml, or their name and title."""
        picked = answers.get("adult", ())
        if not picked:
            return answers
        try:
            known = await asyncio.wait_for(self._directory.who(caller.other(picked[0])), _KNOWN_WITHIN)
        except (SlackApiError, OSError, TimeoutError):
            raise IncompleteError({"adult": WHO_IS_THIS}) from None
        if known.person:
            return {**answers, "adult": (known.person,)}
        name = answers.get("adult_name") or (known.name,)
        return {**answers, "adult": (), "adult_name": name, "adult_role": answers.get("adult_role") or (known.role,)}

    @property
    def _drafts(self) -> Received:
        return self._core.store.received(self._core.school().id, f"{CHANNEL}-draft")


def words_of(message: Mapping[str, Any]) -> str:
    """What is filled in from the message that a concern is about."""
    return without_mention(str(message.get("text", "")))


def _given(view: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    return answers_of(opened_from(view["private_metadata"]), view["state"]["values"])


def _filled(draft: str | None) -> dict[str, str]:
    if draft is None:
        return {}
    length, _, rest = draft.partition(":")
    words, link = rest[: int(length)], rest[int(length) :]
    return {name: text for name, text in (("seen", words), ("link", link)) if text}


def _beside(problems: Mapping[str, str], view: Mapping[str, Any]) -> dict[str, str]:
    """Problems beside fields that this view has; others stand beside the first one."""
    shown = set(view["state"]["values"])
    found: dict[str, str] = {}
    for name, problem in problems.items():
        place = name if name in shown else "about"
        found[place] = f"{found[place]} {problem}" if place in found else problem
    return found


def _refused() -> Block:
    return modal("Log a concern", paragraphs(NOT_FOR_OUTSIDERS), "refused")
