"""What staff must read: set, read and answered, looked at. Each call is one transaction of the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.concerns import Actor, Detail
from bot.errors import AskFirstError
from bot.knowledge import Knowledge, School
from bot.required.listing import StaffChange, compared
from bot.required.model import Colleague, KnownHow, Progress, RequiredText, subject_of
from bot.required.presses import RequiredPress, to_required
from bot.required.results import RequiredResults, for_governors, results_of
from bot.required.staff_csv import StaffListError, read_staff
from bot.required.taking import answered, drawn, going_on, has_read, is_right, settled
from bot.required.views import (
    RequiredView,
    ViewPart,
    done_view,
    gone_view,
    list_view,
    question_view,
    said_view,
    text_view,
)
from bot.service.required.subjects import SubjectText, said_of, text_of
from bot.store import ProgressStep, Required, Store, new_colleague_id

_SEE = frozenset({"dsl", "deputy-dsl", "head"})
LINK_LASTS = dt.timedelta(days=21)
_LONGEST_AHEAD = dt.timedelta(days=730)


class RequiredError(AskFirstError):
    """It was not done; the text says why, and what to do."""


@dataclass(frozen=True)
class ReadCount:
    """Of the staff who are to read something, how many have, and had by its day: `line` says so without a name."""

    text: str
    subject: str
    title: str
    due: dt.date
    done: int
    done_in_time: int
    of: int
    line: str


def may_see_required(roles: Collection[str]) -> bool:
    """Whether somebody with these parts sees who has read what, and sets it."""
    return not _SEE.isdisjoint(roles)


class RequiredDesk:
    """Of one school. `knowledge` is its live base; `address` that of the page, empty where nobody knows it."""

    def __init__(self, knowledge: Callable[[], Knowledge], store: Store, address: str = "") -> None:
        self._knowledge, self._store, self.address = knowledge, store, address

    @property
    def _school(self) -> School:
        return self._knowledge().school

    @property
    def _rows(self) -> Required:
        return self._store.required(self._school.id)

    # --- staff

    def take_staff(
        self, content: bytes, by: Actor, way: str, now: dt.datetime, *, leavers: bool = False
    ) -> StaffChange:
        """Take over the office's list (CSV). Without `leavers` a list without a quarter of the staff is refused: it may
        be a part of one. Raises StaffListError and StoreError."""
        listed = read_staff(content)

        def decide(kept: tuple[Colleague, ...]) -> StaffChange:
            change = compared(kept, listed, self._today(now), new_colleague_id)
            if change.loses_many and not leavers:
                names = ", ".join(change.left[:5]) + (" …" if len(change.left) > 5 else "")
                said = f"{len(change.left)} people are not in it, such as {names}. If they have all left, tick that"
                raise StaffListError([(0, f"{said} (in the terminal: --leavers)")])
            return change

        return self._rows.change_staff(decide, by, way, now)

    def colleagues(self) -> tuple[Colleague, ...]:
        """Everybody who is on the list now, by name. Raises StoreError."""
        return tuple(each for each in self._rows.colleagues() if each.is_here)

    def by_email(self, emails: Iterable[str]) -> Colleague | None:
        """Whose address one of these is, of those who are on the list now. Raises StoreError."""
        wanted = {each.casefold() for each in emails if each}
        return next((each for each in self.colleagues() if each.email.casefold() in wanted), None) if wanted else None

    # --- setting

    def set(self, written: str, due: dt.date, teams: Sequence[str], by: Actor, now: dt.datetime) -> RequiredText:
        """Set something to be read by a day, by these teams or (none) by everybody. Raises RequiredError."""
        subject, today = subject_of(written), self._today(now)
        found = text_of(self._knowledge(), subject, now) if subject else None
        if found is None:
            raise RequiredError(f"there is nothing '{written}' to read. askfirst required subjects lists what there is")
        if found.why_not:
            raise RequiredError(f"“{found.title}” cannot be set: {found.why_not}")
        if not today <= due <= today + _LONGEST_AHEAD:
            raise RequiredError(f"{due.isoformat()} is not a day from today on, within two years. Choose another day")
        there = {each.team.casefold(): each.team for each in self.colleagues()}
        if strange := [each for each in teams if each.casefold() not in there]:
            known = ", ".join(sorted(filter(None, there.values()))) or "none yet: take over the list of staff first"
            raise RequiredError(f"there is no team '{strange[0]}'. The teams are: {known}")
        named = tuple(dict.fromkeys(there[each.casefold()] for each in teams))
        if (again := self._set_already(written, found.standing, named)) and again.due != due:
            said = f"“{found.title}” is set already, to be read by {again.due.isoformat()}"
            raise RequiredError(f"{said}. Take that back first, so that nobody has two days for one text")
        text = RequiredText("", written, found.title, found.standing, due, today, named, by.person)
        return self._rows.set(text, by, now)

    def _set_already(self, written: str, standing: str, teams: Sequence[str]) -> RequiredText | None:
        """The same in the same edition, set for some of the same people and not ended."""
        same = (each for each in self._rows.texts() if (each.subject, each.standing) == (written, standing))
        running = (each for each in same if each.ended_on is None)
        return next((each for each in running if not (teams and each.teams) or set(teams) & set(each.teams)), None)

    def end(self, id_: str, by: Actor, now: dt.datetime) -> bool:
        """Nobody needs to read it any more; whether that was not so before. Raises StoreError."""
        return self._rows.end(id_, self._today(now), by, now)

    # --- seeing

    def all_results(self) -> tuple[RequiredResults, ...]:
        """How it stands with everything that was set, the newest first. Raises StoreError."""
        people, progress = self._rows.colleagues(), self._rows.progress()
        return tuple(results_of(text, people, progress.get(text.id, {})) for text in self._rows.texts())

    def results(self, id_: str, by: Actor, way: str, now: dt.datetime) -> RequiredResults | None:
        """Who has read one of them, by name; None where there is none. That somebody looked is written down. Raises
        StoreError."""
        found = next((each for each in self.all_results() if each.text.id == id_), None)
        if found:
            self._rows.note("required-seen", by, Detail(reference=id_, way=way), now)
        return found

    def have_read(self, now: dt.datetime) -> tuple[ReadCount, ...]:
        """Of everything that is set and not ended: how many of how many have read it. Without a name, for whoever
        reports to governors. Raises StoreError."""
        return tuple(self.count_of(each, now) for each in self.all_results() if not each.text.ended_on)

    def count_of(self, results: RequiredResults, now: dt.datetime) -> ReadCount:
        """The same of one."""
        text, zone = results.text, self._school.opening.zone
        line = for_governors(results, self._today(now), zone)
        in_time = results.done_by(text.due, zone)
        return ReadCount(text.id, text.subject, text.title, text.due, results.done, in_time, results.of, line)

    # --- reading and answering

    def link_for(self, colleague: Colleague, now: dt.datetime) -> str:
        """A personal link that needs no account, for three weeks; empty where the address of the page is not known."""
        key = self._rows.key_for(colleague.id, now + LINK_LASTS)
        return f"{self.address}/required/{key}" if self.address else ""

    def colleague_of(self, key: str, now: dt.datetime) -> Colleague | None:
        """Whose personal link this is; None where it is over, or nobody's. Raises StoreError."""
        return self._rows.colleague_of(key, now)

    def mine(self, colleague: Colleague) -> tuple[tuple[RequiredText, Progress], ...]:
        """What somebody is to read, what is due first coming first. Raises StoreError."""
        progress = self._rows.progress()
        texts = [each for each in self._rows.texts() if each.ended_on is None and each.is_for(colleague)]
        found = ((each, progress.get(each.id, {}).get(colleague.id)) for each in texts)
        with_progress = ((each, its or Progress(each.id, colleague.id)) for each, its in found)
        return tuple(sorted(with_progress, key=lambda pair: (pair[0].due, pair[0].title)))

    def take(self, colleague: Colleague, value: str, how: KnownHow, now: dt.datetime) -> RequiredView:
        """What somebody pressed (the value of a button, or nothing) -> what they see then. What is no button of theirs
        leads to the list, or to the words that there is nothing. Raises StoreError."""
        press = to_required(value) or RequiredPress("list")
        mine = self.mine(colleague)
        if press.verb == "list":
            return list_view(mine, self._today(now))
        text = next((text for text, _ in mine if text.id == press.text), None)
        subject = subject_of(text.subject) if text else None
        found = text_of(self._knowledge(), subject, now) if subject else None
        if text is None or found is None:
            return gone_view()
        if found.why_not:
            return _not_now(text)
        progress = self._rows.take(text.id, colleague.id, lambda before: _step(before, press, found, how, now), now)
        others = any(not its.done_at for other, its in mine if other.id != text.id)
        return self._view(colleague, text, progress, found, others, now)

    def _view(
        self,
        colleague: Colleague,
        text: RequiredText,
        progress: Progress,
        found: SubjectText,
        others: bool,
        now: dt.datetime,
    ) -> RequiredView:
        if progress.read_at is None:
            asked = len(drawn(found.first, found.others, progress))
            view = text_view(text, found.parts, asked, self._today(now))
            return replace(view, link=self.link_for(colleague, now))
        if progress.said:
            check = found.question(progress.said)
            parts = said_of(self._knowledge(), check, now) if check else ()
            return said_view(text, progress, check, parts)
        check = found.question(progress.turn[0]) if progress.turn else None
        if check is None:
            return done_view(text, progress, others, self._school.opening.zone)
        return question_view(text, progress, check)

    def _today(self, now: dt.datetime) -> dt.date:
        return now.astimezone(self._school.opening.zone).date()


def _step(before: Progress, press: RequiredPress, found: SubjectText, how: KnownHow, now: dt.datetime) -> ProgressStep:
    """What a press makes of somebody's progress; the log hears of it once, when it is done."""
    after = before
    if press.verb == "read":
        after = has_read(before, drawn(found.first, found.others, before), found.standing, how, now)
    elif press.verb == "pick" and (check := found.question(press.question)):
        right = is_right(check, before, press.option)
        after = answered(before, press.question, right, how, now) if right is not None else before
    elif press.verb == "next":
        after = going_on(before)
    there = {each.id for each in (*found.first, *found.others)}
    after = settled(after, there, now)
    if after.done_at and not before.done_at:
        return ProgressStep(after, "required-done", Detail(reference=after.text, who=after.colleague, way=how))
    return ProgressStep(after)


def _not_now(text: RequiredText) -> RequiredView:
    lead = "It is being changed, and nobody has approved the new words yet. You are reminded once they are there."
    return RequiredView("gone", f"“{text.title}” cannot be read just now", (ViewPart(lead),))
