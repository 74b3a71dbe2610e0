"""Whoever may read a concern: reading it, taking it on, and every line that is added until it is closed."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.concerns import Actor, ConcernState, Detail, EventKind, IncompleteError, Reader, Record, staff
from bot.concerns.chronology import open_actions
from bot.concerns.ladder.escalation import action_due, closed_for, idle_check, news
from bot.concerns.standing_in import as_of
from bot.concerns.typed import NOT_PICKED, PAST_DAY
from bot.service.casework.deleting import Deleting
from bot.service.casework.reporting import RefusedError, again, limited, needed
from bot.store import Case, GoneFileError, UnknownConcernError

Becomes = Literal["done", "cancelled", "kept"]  # what becomes of an action that is open when its concern is closed
_SETTLED: Mapping[str, EventKind] = {"done": "action-done", "cancelled": "action-cancelled", "kept": "action-kept"}


@dataclass(frozen=True)
class Export:
    """Records to be written to a file, with who asked for it."""

    records: tuple[Record, ...]
    by: Actor


class Casework(Deleting):
    """The concerns of the school that `school` gives at the time, for those who log and those who read them."""

    # --- whoever may read it

    def reader(self, person: str, now: dt.datetime | None = None) -> Reader | None:
        """Somebody of school.yaml -> what they may read by their parts, at `now` also by those of whoever they stand in
        for; None for nobody there."""
        school = self._school()
        if person not in {each.id for each in staff(school)}:
            return None
        standing_in = as_of(school, now).roles_of(person) if now else frozenset()
        return Reader(person, school.roles_of(person) | standing_in)

    def read(self, reader: Reader, number: str, now: dt.datetime, way: str = "") -> Record:
        """One concern, whole. The reading is written down, with the way if it was not the inbox on the page. Raises
        UnknownConcernError."""
        return self._concerns.read(number, reader, self._actor(reader), now, way)

    def worked_in_terminal(self, reader: Reader, action: str, number: str, way: str, now: dt.datetime) -> None:
        """Write down that something is about to be done as `reader` by `way`, at a terminal where nobody signs in."""
        detail = Detail(reference=f"{action} {number}", way=way)
        self._store.audit(self._school().id).note("in-terminal", self._actor(reader), detail, now)

    def acknowledge(self, reader: Reader, number: str, now: dt.datetime) -> ConcernState:
        """`reader` takes it on: the ladder stops and the reporter hears who has it. Where somebody was quicker, nothing
        changes; the state says who. Raises RefusedError for whoever logged it."""
        with self._concerns.work(number, reader) as case:
            self._acknowledge(case, reader, now)
            return case.state

    def acknowledge_notice(self, notice: str, way: str, now: dt.datetime) -> bool:
        """Whoever an alert (or a test of one) was sent to acknowledges it by `way`, without signing in: once, and only
        while it waits in the round in which it was sent. Raises RefusedError or StoreError."""
        found = self._store.outbox((self._school().id,)).find(notice)
        if found and found.kind == "test":
            return self._store.drills(found.school).answer(notice, now)
        reader = self.reader(found.recipient.person, now) if found and found.kind == "alert" else None
        if found is None or reader is None:
            return False
        try:
            with self._concerns.work(found.concern or "", reader) as case:
                if case.state.status != "open" or case.round != found.round:
                    return False
                self._acknowledge(case, reader, now, way)
                return True
        except UnknownConcernError:  # deleted, or not theirs any more
            return False

    def note(self, reader: Reader, number: str, text: str, now: dt.datetime) -> None:
        """A line of follow-up."""
        self._write(reader, number, "note", Detail(text=text.strip()), now, {"text": text})

    def action(self, reader: Reader, number: str, text: str, due: dt.date | None, now: dt.datetime) -> None:
        """Something to be done, by a day if there is one; whoever wrote it is reminded on that day."""
        needed({"text": text})
        self._not_past("due", due, now)
        with self._concerns.work(number, reader) as case:
            detail = Detail(text=text.strip(), due=due)
            if self._line(case, reader, "action", detail, now) and due:
                case.add_steps((action_due(self._school(), reader.person, due, case.events[-1].number),))

    def action_done(self, reader: Reader, number: str, about: int, now: dt.datetime) -> None:
        """An action was done; `about` is the number of its event."""
        with self._concerns.work(number, reader) as case:
            if not any(event.number == about and event.kind == "action" for event in case.events):
                raise RefusedError("there is no such action")
            # Two people may mark it, or one twice: it is done once.
            if not any(event.kind == "action-done" and event.detail.about == about for event in case.events):
                self._line(case, reader, "action-done", Detail(about=about), now)
                case.stop_reminder(about)

    def decide(self, reader: Reader, number: str, text: str, reason: str, now: dt.datetime) -> None:
        """A decision with its reason, a decision not to act too (practice-11)."""
        detail = Detail(text=text.strip(), reason=reason.strip())
        self._write(reader, number, "decision", detail, now, {"text": text, "reason": reason})

    def correct(self, reader: Reader, number: str, about: int, text: str, now: dt.datetime) -> None:
        """Put a line right: the new text supersedes, and the old one stays."""
        needed({"text": text})
        with self._concerns.work(number, reader) as case:
            if not any(event.number == about and event.detail != Detail() for event in case.events):
                raise RefusedError("there is no such line to put right")
            self._line(case, reader, "correction", Detail(text=text.strip(), about=about), now)

    def refer(self, reader: Reader, number: str, to: str, reference: str, text: str, now: dt.datetime) -> None:
        """Referred to somebody outside, such as children's social care or the LADO."""
        detail = Detail(text=text.strip(), who=to.strip(), reference=reference.strip())
        limited({"reference": reference, "text": text})
        self._write(reader, number, "referred", detail, now, {"to": to})

    def reassign(self, reader: Reader, number: str, person: str, reason: str, now: dt.datetime) -> None:
        """Pass it on: `person` may read it from now on and is called first, then the ladder as it was."""
        if not person:
            raise IncompleteError({"person": NOT_PICKED})
        needed({"reason": reason})
        school = self._school()
        with self._concerns.work(number, reader) as case:
            chosen = next((each for each in staff(school) if each.id == person), None)
            # As the store knows whom it is about, and not as the list in the form did: that may be older, or made up.
            if chosen is None or case.is_about(person) or person in (reader.person, case.report.reporter.checked):
                raise RefusedError("it cannot be passed on to this person. Pick somebody else")
            detail = Detail(reason=reason.strip(), who=chosen.name, reference=chosen.id)
            if again(case, "reassigned", self._actor(reader), detail, now):
                return
            case.append("reassigned", self._actor(reader), detail, now)
            # Before the ladder begins: nobody is called to what they cannot read.
            case.let_in(person)
            self._call_again(school, case, now)
            case.add_steps(news(case.report.reporter, f"It was passed on to {chosen.name}, {chosen.role}.", now))

    def close(
        self,
        reader: Reader,
        number: str,
        outcome: str,
        reason: str,
        review_on: dt.date | None,
        now: dt.datetime,
        becomes: Mapping[int, str] | None = None,
    ) -> None:
        """Close it with its outcome and the reason; `review_on` is when somebody looks at it again (practice-20).
        `becomes` says of each open action, by its number, whether it is done, cancelled, or kept with its reminder:
        closing must not lose a task in silence. Raises RefusedError where one is left out."""
        needed({"outcome": outcome, "reason": reason})
        self._not_past("review_on", review_on, now)
        with self._concerns.work(number, reader) as case:
            # By two people, or by two clicks: the first outcome stands.
            if case.state.status == "closed":
                return
            kept = self._settle(case, reader, becomes or {}, now)
            detail = Detail(text=outcome.strip(), reason=reason.strip(), due=review_on)
            if self._line(case, reader, "closed", detail, now):
                case.stop_everything(kept)
                closed = closed_for(self._passed_to(case, reader), now)
                case.add_steps((*closed, *news(case.report.reporter, "It has been followed up and closed.", now)))

    def reopen(self, reader: Reader, number: str, reason: str, now: dt.datetime) -> None:
        """Take a closed one up again."""
        needed({"reason": reason})
        with self._concerns.work(number, reader) as case:
            if case.state.status != "closed":
                raise RefusedError("it is not closed")
            case.append("reopened", self._actor(reader), Detail(reason=reason.strip()), now)
            # No ladder: whoever reopens it has it. Only that something comes of it is looked at.
            case.add_steps((idle_check(self._school(), now, case.round),))

    def file_under(self, reader: Reader, number: str, file: str, name: str, now: dt.datetime) -> str:
        """Put it into a child's file by a person's decision, never by a name alone: `file` is one that the reader may
        see, or empty for a new one called `name`. Gives the file's id."""
        if not file:
            needed({"name": name})
        with self._concerns.work(number, reader) as case:
            known = {each.id: each for each in case.files(reader)}
            # Known to this reader: whether there is such a file at all is not theirs to find out.
            if file and file not in known:
                raise RefusedError("there is no such child's file")
            if file and case.number in known[file].numbers:
                return file
            chosen = file or secrets.token_hex(6)
            case.append("linked", self._actor(reader), Detail(reference=chosen), now)
            try:
                case.file_under(chosen, None if file else name.strip())
            except GoneFileError as fault:
                raise RefusedError(str(fault)) from None
            return chosen

    def export(self, reader: Reader, numbers: Sequence[str], way: str, now: dt.datetime) -> Export:
        """The records to be written as `way` (pdf or csv); each export is a line in each of their chronologies."""
        by = self._actor(reader)
        # Written down first. An export that then fails is noted without need; one that nobody noted would be worse.
        for number in numbers:
            with self._concerns.work(number, reader) as case:
                case.append("exported", by, Detail(way=way), now)
        return Export(tuple(self.read(reader, number, now) for number in numbers), by)

    # --- within

    def _settle(self, case: Case, reader: Reader, becomes: Mapping[int, str], now: dt.datetime) -> tuple[int, ...]:
        """A line for each open action; the numbers of those that are kept."""
        actions = [event.number for event in open_actions(case.events)]
        if left_out := [number for number in actions if becomes.get(number) not in _SETTLED]:
            raise RefusedError(_still_open(left_out))
        for number in actions:
            self._line(case, reader, _SETTLED[becomes[number]], Detail(about=number), now)
        return tuple(number for number in actions if becomes[number] == "kept")

    def _passed_to(self, case: Case, reader: Reader) -> tuple[str, ...]:
        """To whom it was passed on, as far as they are still here: not whoever closes it."""
        people = dict.fromkeys(event.detail.reference for event in case.events if event.kind == "reassigned")
        return tuple(each for each in people if each != reader.person and each in self._school().people)

    def _not_past(self, field: str, day: dt.date | None, now: dt.datetime) -> None:
        if day is not None and day < now.astimezone(self._school().opening.zone).date():
            raise IncompleteError({field: PAST_DAY})

    def _acknowledge(self, case: Case, reader: Reader, now: dt.datetime, way: str = "") -> None:
        if case.state.status != "open":
            return
        if case.report.reporter.checked == reader.person:
            raise RefusedError("you logged this one, so somebody else has to acknowledge it")
        actor = self._actor(reader)
        case.append("acknowledged", actor, Detail(way=way), now)
        case.stop_ladder()
        local = now.astimezone(self._school().opening.zone)
        text = f"{actor.name} acknowledged it at {local:%H:%M} on {local.day} {local:%B}."
        case.add_steps((idle_check(self._school(), now, case.round), *news(case.report.reporter, text, now)))

    def _write(
        self, reader: Reader, number: str, kind: EventKind, detail: Detail, now: dt.datetime, texts: Mapping[str, str]
    ) -> None:
        needed(texts)
        with self._concerns.work(number, reader) as case:
            self._line(case, reader, kind, detail, now)

    def _line(self, case: Case, reader: Reader, kind: EventKind, detail: Detail, now: dt.datetime) -> bool:
        """Add a line; whoever works on a concern has acknowledged it. False where it stands there already."""
        if again(case, kind, self._actor(reader), detail, now):
            return False
        # Whoever logged it adds to it without stopping the alerts: somebody else has to know of it.
        if case.report.reporter.checked != reader.person:
            self._acknowledge(case, reader, now)
        elif kind == "closed" and case.state.status == "open":
            raise RefusedError("you logged this one, so somebody else has to read it before it can be closed")
        case.append(kind, self._actor(reader), detail, now)
        return True


def _still_open(numbers: Sequence[int]) -> str:
    which = " and ".join(f"no. {number}" for number in numbers)
    if len(numbers) == 1:
        return f"an action is still open ({which}). Say whether it is done, cancelled, or kept with its reminder"
    return f"actions are still open ({which}). Say of each whether it is done, cancelled, or kept with its reminder"
