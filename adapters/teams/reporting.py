"""Logging a concern in Teams: the dialogs that are opened, what was filled in, and the receipt."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace

from adapters.chat.drafts import Drafts
from adapters.chat.people import known_with_adult, picked_adult
from adapters.chat.reporting import NOT_OPENED, in_one, receipt_text
from adapters.teams.activities import Arrival, TeamsChat
from adapters.teams.cards import Part
from adapters.teams.faults import UNANSWERED, plainly
from adapters.teams.form import (
    FIRST,
    OpenDialog,
    answers_of,
    done_dialog,
    elsewhere_dialog,
    first_dialog,
    opened_from,
    report_dialog,
)
from adapters.teams.people import CHANNEL, TeamsCaller, TeamsDirectory
from adapters.teams.posts import TeamsPosts
from adapters.teams.replies import in_words
from bot.concerns import Answers, IncompleteError, Receipt, read_first
from bot.concerns.guidance import before_writing, for_outsiders, kept_elsewhere, not_logged
from bot.errors import AskFirstError
from bot.service.core import Core
from bot.store import Known

log = logging.getLogger("askfirst.teams")
_STORED_WITHIN = 3.5  # seconds: Teams gives a dialog five
OWN_CHAT = "If you are staff of the school: open a chat with AskFirst, and log it there."
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
        if away := kept_elsewhere(self._core.school(), self._clock()):
            return elsewhere_dialog(away)
        submission = secrets.token_urlsafe(24)
        if words or link:
            await self.drafts.keep(submission, words, link)
        return first_dialog(self._core.casework.form(), OpenDialog(submission), {}, {})

    async def submitted(self, arrival: Arrival, data: Mapping[str, object]) -> Part:
        """A screen was sent: the next one, or the same with what is wrong. Raises ValueError for none of ours."""
        opened, form = opened_from(data), self._core.casework.form()
        answers = answers_of(form, opened, data)
        if data.get("do") == FIRST:
            return await self._first(arrival, opened, answers)
        return await self._report(arrival, opened, answers)

    async def not_opened(self, arrival: Arrival, last: float) -> str:
        """What is said where the form could not be opened; `last` is until when, by the loop's clock."""
        school, reporter = self._core.school(), None
        with contextlib.suppress(TimeoutError):  # then they may read their own number
            async with asyncio.timeout_at(last):
                reporter = await self._directory.person_at_once(_caller(arrival))
        return in_one(not_logged(school, {}, reporter, self._clock(), certain=True, because=NOT_OPENED, kept=False))

    async def _first(self, arrival: Arrival, opened: OpenDialog, answers: Answers) -> Part:
        form = self._core.casework.form()
        try:
            read_first(form, answers)
        except IncompleteError as fault:
            return first_dialog(form, opened, answers, fault.problems)
        filled = replace(opened, danger=answers["danger"][0], told=answers["told"][0])
        kept, reporter = await asyncio.gather(
            self.drafts.given(opened.submission), self._directory.person_at_once(_caller(arrival))
        )
        advice = before_writing(self._core.school(), answers, reporter, self._clock())
        return report_dialog(form, filled, advice, {name: (text,) for name, text in kept.items()}, {})

    async def _report(self, arrival: Arrival, opened: OpenDialog, answers: Answers) -> Part:
        """It is stored before Teams is answered. Whatever goes wrong, the form comes back as it was filled in."""
        filled, reporter = answers, None
        try:
            async with asyncio.timeout(_STORED_WITHIN):
                known, answers, unknown = await known_with_adult(
                    self._directory.who_or_as_given(_caller(arrival)), self._with_adult(arrival, answers), answers
                )
                reporter = known.person or None
                if not self._directory.may_log(known):
                    raise IncompleteError({"": for_strangers(arrival.place)})
                if unknown:
                    raise unknown
                receipt = await self._stored(opened.submission, answers, known)
        except IncompleteError as fault:
            return self._again(opened, filled, answers, reporter, fault.problems)
        except (AskFirstError, *UNANSWERED) as fault:
            log.error("a concern was NOT logged, and whoever wrote it was told so: %s", plainly(fault))
            trouble = {"": self._not_logged(answers, reporter, certain=not isinstance(fault, TimeoutError))}
            return self._again(opened, filled, answers, reporter, trouble)
        task = asyncio.create_task(self._send_receipt(arrival, receipt, opened.submission))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return done_dialog(self._core.school(), receipt)

    def _again(
        self, opened: OpenDialog, filled: Answers, known: Answers, reporter: str | None, problems: Mapping[str, str]
    ) -> Part:
        """The form as it was `filled` in; `known` are the answers as far as Teams said who was picked."""
        advice = before_writing(self._core.school(), known, reporter, self._clock())
        return report_dialog(self._core.casework.form(), opened, advice, filled, problems)

    def _not_logged(self, answers: Answers, reporter: str | None, certain: bool) -> str:
        return in_one(not_logged(self._core.school(), answers, reporter, self._clock(), certain=certain))

    async def _stored(self, submission: str, answers: Answers, known: Known) -> Receipt:
        reporter = self._directory.reporter(known)
        return await asyncio.to_thread(self._core.casework.log, submission, answers, self._clock(), reporter)

    async def _with_adult(self, arrival: Arrival, answers: Answers) -> Answers:
        """Whoever was picked from the directory as the adult -> somebody of school.yaml, or their name."""
        picked = picked_adult(answers)
        if not picked or picked in self._core.school().people:
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
            log.warning("a receipt could not be sent; it was shown in the form: %s", plainly(fault))


def for_strangers(place: TeamsChat) -> str:
    """What is said to whoever may not log. Where strangers may be that may be staff of whom Teams says nothing."""
    staff = f" {OWN_CHAT}" if place.strangers else ""
    return in_one(for_outsiders()) + staff


def _caller(arrival: Arrival) -> TeamsCaller:
    return TeamsCaller(arrival.place, arrival.user)
