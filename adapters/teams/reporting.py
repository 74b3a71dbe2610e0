"""Logging a concern in Teams: the dialogs that are opened, what was filled in, and the receipt."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace

from adapters.chat.drafts import Drafts
from adapters.chat.reporting import NOT_FOR_OUTSIDERS, not_logged, receipt_text
from adapters.teams.activities import Arrival
from adapters.teams.cards import Part
from adapters.teams.faults import UNANSWERED, said
from adapters.teams.form import FIRST, OpenDialog, answers_of, done_dialog, first_dialog, opened_from, report_dialog
from adapters.teams.people import CHANNEL, TeamsCaller, TeamsDirectory
from adapters.teams.posts import TeamsPosts
from adapters.teams.replies import in_words
from bot.concerns import Answers, IncompleteError, Receipt, read_first
from bot.errors import AskFirstError
from bot.service.core import Core

log = logging.getLogger("askfirst.teams")
_STORED_WITHIN = 3.5  # seconds: Teams gives a dialog five
WHO_IS_THIS = "I cannot tell who this is. Clear this field, and write their name and role below."


class TeamsReporting:
    """The concern form of one school."""

    def __init__(
        self, core: Core, posts: TeamsPosts, directory: TeamsDirectory, clock: Callable[[], dt.datetime]
    ) -> None:
        self._core, self._posts, self._directory, self._clock = core, posts, directory, clock
        self.drafts = Drafts(core, CHANNEL, clock)
        self._under_way: set[asyncio.Task[None]] = set()

    async def finish(self) -> None:
        """Wait for every receipt that is under way."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def open(self, words: str = "", link: str = "") -> Part:
        """The first screen. `words` and `link` are filled in on the next one; until then they wait in the store."""
        submission = secrets.token_urlsafe(24)
        if words or link:
            await self.drafts.keep(submission, words, link)
        return first_dialog(self._core.casework.form(), OpenDialog(submission), {}, {})

    async def submitted(self, arrival: Arrival, data: Mapping[str, object]) -> Part:
        """A screen was sent: the next one, or the same with what is wrong. Raises ValueError for none of ours."""
        opened, form = opened_from(data), self._core.casework.form()
        answers = answers_of(form, opened, data)
        if data.get("do") == FIRST:
            return await self._first(opened, answers)
        return await self._report(arrival, opened, answers)

    async def _first(self, opened: OpenDialog, answers: Answers) -> Part:
        form = self._core.casework.form()
        try:
            read_first(form, answers)
        except IncompleteError as fault:
            return first_dialog(form, opened, answers, fault.problems)
        filled = replace(opened, danger=answers["danger"][0], told=answers["told"][0])
        given = {name: (text,) for name, text in (await self.drafts.given(opened.submission)).items()}
        return report_dialog(self._core.school(), form, filled, given, {})

    async def _report(self, arrival: Arrival, opened: OpenDialog, answers: Answers) -> Part:
        """It is stored before Teams is answered. Whatever goes wrong, the form comes back as it was filled in."""
        school = self._core.school()
        try:
            async with asyncio.timeout(_STORED_WITHIN):
                receipt = await self._logged(arrival, opened, answers)
        except IncompleteError as fault:
            return report_dialog(school, self._core.casework.form(), opened, answers, fault.problems)
        except (AskFirstError, *UNANSWERED) as fault:
            log.error("a concern was NOT logged, and whoever wrote it was told so: %s", said(fault))
            trouble = {"": not_logged(school, answers, self._clock())}
            return report_dialog(school, self._core.casework.form(), opened, answers, trouble)
        task = asyncio.create_task(self._send_receipt(arrival, receipt, opened.submission))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return done_dialog(receipt)

    async def _logged(self, arrival: Arrival, opened: OpenDialog, answers: Answers) -> Receipt:
        caller = TeamsCaller(arrival.place, arrival.user)
        # Both at once: Teams may be slow to say who people are, and the dialog waits.
        known, answers = await asyncio.gather(
            self._directory.who_or_as_given(caller), self._with_adult(arrival, answers)
        )
        if known.outside:
            raise IncompleteError({"": NOT_FOR_OUTSIDERS})
        reporter = self._directory.reporter(known)
        return await asyncio.to_thread(self._core.casework.log, opened.submission, answers, self._clock(), reporter)

    async def _with_adult(self, arrival: Arrival, answers: Answers) -> Answers:
        """Whoever was picked from the directory as the adult -> somebody of school.yaml, or their name."""
        picked = answers.get("adult", ("",))[0]
        if not picked or picked in self._core.school().people or "adult" not in answers.get("about", ()):
            return answers
        known = await self._directory.picked(arrival.place, picked.lower())
        if known is None:
            raise IncompleteError({"adult": WHO_IS_THIS})
        if known.person:
            return {**answers, "adult": (known.person,)}
        return {**answers, "adult": (), "adult_name": answers.get("adult_name") or (known.name,)}

    async def _send_receipt(self, arrival: Arrival, receipt: Receipt, submission: str) -> None:
        """The receipt in the person's own chat and nowhere else, once, however often the form was sent; what was filled
        in beforehand is thrown away. Where that fails, the form has shown the receipt."""
        sent = self._core.store.received(self._core.school().id, f"{CHANNEL}-told")
        await self.drafts.forget(submission)
        try:
            first = await asyncio.to_thread(sent.take, receipt.number, "", self._clock())
            if first is not None:
                await self._posts.in_own_chat(arrival, in_words(receipt_text(receipt)))
                await asyncio.to_thread(sent.done, first, self._clock())
        except (AskFirstError, *UNANSWERED) as fault:
            log.warning("a receipt could not be sent; it was shown in the form: %s", said(fault))
