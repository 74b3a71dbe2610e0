"""Deleting a concern, which takes two people who may read it, and a reason from each."""

from __future__ import annotations

import datetime as dt

from bot.concerns import Actor, Detail, IncompleteError, Reader
from bot.concerns.naming.names import full_name_in
from bot.service.casework.reporting import RefusedError, Reporting, needed
from bot.store import Case

NAMES_SOMEBODY = "This reason stays in the audit for good. Write it without “{name}”, which is a name in the concern."

OPEN_AGAIN = "it is open again: more was added since deletion was asked for. Read it, and keep it"


class Deleting(Reporting):
    """The concerns of the school that `school` gives at the time, for those who end what is no longer to be kept."""

    def ask_deletion(self, reader: Reader, number: str, reason: str, now: dt.datetime) -> None:
        """The first of two: only what is closed, and only with a reason (practice-20)."""
        needed({"reason": reason})
        with self._concerns.work(number, reader) as case:
            if case.state.status != "closed":
                raise RefusedError("only a closed concern can be deleted")
            if case.state.deletion_by is None:
                self._names_nobody(case, reason)
                case.append("deletion-asked", self._actor(reader), Detail(reason=reason.strip()), now)

    def answer_deletion(self, reader: Reader, number: str, agreed: bool, reason: str, now: dt.datetime) -> None:
        """The second of two: deletes it for good, wherever it is kept, or keeps it. The lines of the log stay either
        way, and of a deletion both reasons: so none of them may name whom it was about."""
        needed({"reason": reason})
        with self._concerns.work(number, reader) as case:
            first = case.state.deletion_by
            if first is None:
                raise RefusedError("nobody has asked for it to be deleted")
            if not agreed:
                case.append("deletion-refused", self._actor(reader), Detail(reason=reason.strip()), now)
                return
            if case.state.status != "closed":
                raise RefusedError(OPEN_AGAIN)
            if first.person == reader.person:
                raise RefusedError("somebody else has to agree: deleting takes two people")
            if self._name_in(case, _asked_because(case)):
                raise RefusedError(
                    "the reason that was given first names somebody, and it would stay in the audit. Keep the concern, "
                    "and ask again with another reason"
                )
            self._names_nobody(case, reason)
            case.delete(self._actor(reader), reason.strip(), now, self._also(case))

    def _names_nobody(self, case: Case, reason: str) -> None:
        if name := self._name_in(case, reason):
            raise IncompleteError({"reason": NAMES_SOMEBODY.format(name=name)})

    def _name_in(self, case: Case, reason: str) -> str:
        """A name of those it is about, or the whole name of whoever logged it: that goes from the log, too."""
        reporter = case.report.reporter.name
        found = case.traces(self._also(case)).name_in(reason)
        return found or (reporter if full_name_in(reporter, reason) else "")

    def _also(self, case: Case) -> tuple[str, ...]:
        """A report about the headteacher does not hold their name."""
        heads = self._school().holders("head")
        return tuple(person.name for person in heads) if case.report.head else ()

    def _actor(self, reader: Reader) -> Actor:
        return Actor(reader.person, self._school().people[reader.person].name)


def _asked_because(case: Case) -> str:
    return next(event for event in reversed(case.events) if event.kind == "deletion-asked").detail.reason
