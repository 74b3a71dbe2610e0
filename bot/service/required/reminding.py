"""Who is written to about what they have not read, and in which words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.concerns import ASKFIRST, Detail
from bot.concerns.words import day
from bot.knowledge import Knowledge, Person
from bot.required.cadence import is_letter_due
from bot.required.model import Colleague, Progress, RequiredText
from bot.required.presses import RequiredPress, to_value
from bot.required.views import by_when
from bot.service.calendars import KeptCalendars
from bot.service.letters import Letter
from bot.service.required.desk import LINK_LASTS, RequiredDesk
from bot.store import ProgressStep, Required, Store
from bot.tips import Timetable

_MONTH = dt.timedelta(days=31)
READ_IT = "Read it now"


@dataclass(frozen=True)
class RequiredLetter:
    """One letter to one colleague about everything that falls due for them today."""

    colleague: Colleague
    texts: tuple[RequiredText, ...]
    letter: Letter


class RequiredReminders:
    """Of one school. `calendars` add to the terms of school.yaml what the school publishes."""

    def __init__(
        self, knowledge: Callable[[], Knowledge], store: Store, calendars: KeptCalendars, address: str
    ) -> None:
        self._knowledge, self._store, self._calendars, self._address = knowledge, store, calendars, address

    @property
    def _rows(self) -> Required:
        return self._store.required(self._knowledge().school.id)

    def due(self, now: dt.datetime) -> tuple[RequiredLetter, ...]:
        """The letters of today; none on a day that is no school day. Raises StoreError."""
        knowledge = self._knowledge()
        today = now.astimezone(knowledge.school.opening.zone).date()
        texts = [each for each in self._rows.texts() if each.ended_on is None]
        if not texts:
            return ()
        table = Timetable(knowledge.school, {}, self._calendars.dates(knowledge.school))
        desk = RequiredDesk(self._knowledge, self._store, self._address)
        progress, found = self._rows.progress(), list[RequiredLetter]()

        def is_due(text: RequiredText, colleague: Colleague) -> bool:
            far = progress.get(text.id, {}).get(colleague.id) or Progress(text.id, colleague.id)
            return text.is_for(colleague) and is_letter_due(text, far, today, table.has)

        for colleague in desk.colleagues():
            if theirs := tuple(each for each in texts if is_due(each, colleague)):
                found.append(RequiredLetter(colleague, theirs, _letter(desk, colleague, theirs, today, now)))
        return tuple(found)

    def claim(self, letter: RequiredLetter, now: dt.datetime) -> bool:
        """Write down that it is sent today, before it is: of two processes one sends it. Whether this one is to."""
        today = now.astimezone(self._knowledge().school.opening.zone).date()
        claimed = [self._mark(text, letter.colleague, today, now) for text in letter.texts]
        return any(claimed)

    def not_sent(self, letter: RequiredLetter, now: dt.datetime) -> None:
        """It could not be sent on any way: it is tried again with the next look."""
        for text in letter.texts:
            self._rows.take(
                text.id, letter.colleague.id, lambda before: ProgressStep(replace(before, reminded=None)), now
            )

    def sent(self, letters: Sequence[RequiredLetter], now: dt.datetime) -> None:
        """Into the log, by text, how many were reminded."""
        for id_ in dict.fromkeys(text.id for each in letters for text in each.texts):
            many = sum(any(text.id == id_ for text in each.texts) for each in letters)
            people = "1 person" if many == 1 else f"{many} people"
            self._rows.note("required-reminded", ASKFIRST, Detail(reference=id_, text=people), now)

    def forget_old(self, now: dt.datetime) -> int:
        """Delete what is kept no longer than school.yaml says; how many rows went. Raises StoreError."""
        school = self._knowledge().school
        today = now.astimezone(school.opening.zone).date()
        return self._rows.forget_before(today - school.keep_required * _MONTH, now)

    def _mark(self, text: RequiredText, colleague: Colleague, today: dt.date, now: dt.datetime) -> bool:
        claimed = False

        def decide(before: Progress) -> ProgressStep:
            nonlocal claimed
            claimed = not before.done_at and (before.reminded is None or before.reminded < today)
            return ProgressStep(replace(before, reminded=today) if claimed else before)

        self._rows.take(text.id, colleague.id, decide, now)
        return claimed


def as_person(knowledge: Knowledge, colleague: Colleague) -> Person:
    """A colleague as somebody who can be written to: as school.yaml has them, where it does."""
    same = (each for each in knowledge.school.people.values() if each.email.casefold() == colleague.email.casefold())
    return next(same, Person("", colleague.name, colleague.role or "member of staff", "", colleague.email, {}))


def _letter(
    desk: RequiredDesk, colleague: Colleague, texts: Sequence[RequiredText], today: dt.date, now: dt.datetime
) -> Letter:
    first = texts[0]
    one = len(texts) == 1
    subject = f"To read {by_when(first, today)}: {first.title}" if one else f"{len(texts)} things to read"
    what = "\n".join(f"- “{each.title}”, {by_when(each, today)}" for each in texts)
    lines = (
        f"Please read {'this' if one else 'these'}, and answer the questions at the end:",
        what,
        f"The link is yours alone, and works until {day(today + LINK_LASTS)}. Don't pass it on. You need no "
        "account. You hear no more of it once it is done.",
    )
    press = RequiredPress("open", first.id) if one else RequiredPress("list")
    notice = f"required-{colleague.id}-{today.isoformat()}"
    return Letter(
        notice, "answer", "", False, subject, lines, desk.link_for(colleague, now), (READ_IT, to_value(press))
    )
