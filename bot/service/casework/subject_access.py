"""What is recorded under somebody's name, for an answer to a subject access request: by a reader, with a second person.

Only what the reader may read is looked at, and nothing that is about the second one. Whether there is more is never
said: the same sentence stands under every answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from bot.concerns import Actor, Detail, Reader, Record
from bot.concerns.naming.marking import has_name, is_under, marked, same_name
from bot.concerns.naming.names import untitled
from bot.concerns.routing import READING_PARTS
from bot.errors import AskFirstError
from bot.knowledge import Person, School
from bot.service.casework.reporting import RefusedError
from bot.service.casework.work import Casework
from bot.store import Store

WAY = "subject-access"  # of the line in the chronology of each concern
_NO_PART = "{name} holds no part that reads concerns. Name somebody who does: {known}"


@dataclass(frozen=True)
class SubjectAccess:
    """What was found under `name`: `records` with the names of others marked, and the numbers in which the name only
    stands (`named_in`), and of which something cannot be opened (`unreadable`). `ask` is who may know of more; it
    follows from the parts alone, never from what there is."""

    name: str
    records: tuple[Record, ...]
    named_in: tuple[str, ...]
    unreadable: tuple[str, ...]
    by: Person
    second: Person
    ask: tuple[Person, ...]
    at: dt.datetime


class SubjectRequests:
    """Requests at one school."""

    def __init__(self, school: School, store: Store, casework: Casework) -> None:
        self._school, self._store, self._casework = school, store, casework

    def people(self, by: str, second: str, now: dt.datetime) -> tuple[Person, Person]:
        """These two, by their ids, where they may gather something together; for a name of their own `gather` refuses
        them. Raises AskFirstError."""
        one, two = self._person(by, now), self._person(second, now)
        if one.id == two.id or same_name(one.name, two.name):
            raise RefusedError("it takes two people: name somebody else with --second")
        return one, two

    def gather(self, name: str, by: str, second: str, way: str, now: dt.datetime) -> SubjectAccess:
        """Look, write into the log that it was done (by whom, with whom, `way`, how many; not under which name), and
        read each concern. Raises AskFirstError, which says nothing of whether anything is there."""
        one, two = self.people(by, second, now)
        self._not_theirs(name, one, two)
        reader = self._reader(one, now)
        under, named, unreadable = self._found(reader, name, two.id)
        actor, count = Actor(one.id, one.name), len(under)
        # Before anything is shown: whoever has seen it and lost the connection has seen it.
        detail = Detail(text=f"{count} concern{'s' * (count != 1)}", who=two.name, reference=two.id, way=way)
        self._store.audit(self._school.id).note("subject-access", actor, detail, now)
        records = tuple(marked(each, name, self._heads) for each in self._read(reader, actor, two, under, now))
        return SubjectAccess(name, records, named, unreadable, one, two, self._to_ask(name, one), now)

    def _not_theirs(self, name: str, one: Person, two: Person) -> None:
        if not untitled(name):
            raise AskFirstError("give the name under which it is recorded: --name")
        if same_name(one.name, name) or same_name(two.name, name):
            ask = ask_words(self._to_ask(name, one))
            raise RefusedError(f"nobody gathers what may be recorded about themselves. {ask}")

    def _found(
        self, reader: Reader, name: str, second: str
    ) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """The numbers of what is under a name, of what holds it, and of what nobody can open."""
        inbox = self._store.inbox(self._school.id)
        reports, files, heads = inbox.reports(reader, unless_about=second), inbox.files(reader), self._heads
        unreadable = inbox.unreadable(reader, unless_about=second)
        under = tuple(
            number
            for number, report in reports
            if number not in unreadable
            and is_under(report, (file for file in files if number in file.numbers), name, heads)
        )
        holding = inbox.search(reader, untitled(name)) - {*under, *unreadable}
        return under, tuple(number for number, _ in reports if number in holding), unreadable

    def _read(
        self, reader: Reader, actor: Actor, second: Person, numbers: tuple[str, ...], now: dt.datetime
    ) -> Iterator[Record]:
        detail = Detail(way=WAY, who=second.name, reference=second.id)
        for number in numbers:
            with self._store.concerns(self._school.id).work(number, reader) as case:
                case.append("exported", actor, detail, now)
            yield self._casework.read(reader, number, now)

    @property
    def _heads(self) -> tuple[str, ...]:
        return tuple(person.name for person in self._school.holders("head"))

    def _person(self, wanted: str, now: dt.datetime) -> Person:
        reading = [each.id for each in self._school.people.values() if self._reads(each.id, now)]
        if wanted not in self._school.people:
            raise AskFirstError(f"there is no '{wanted}' in school.yaml. Those who read concerns: {', '.join(reading)}")
        if wanted not in reading:
            raise RefusedError(_NO_PART.format(name=self._school.people[wanted].name, known=", ".join(reading)))
        return self._school.people[wanted]

    def _reads(self, person: str, now: dt.datetime) -> bool:
        reader = self._casework.reader(person, now)
        return reader is not None and bool(reader.roles & READING_PARTS)

    def _reader(self, person: Person, now: dt.datetime) -> Reader:
        reader = self._casework.reader(person.id, now)
        if reader is None:  # `_person` has looked
            raise AskFirstError(f"there is no '{person.id}' in school.yaml")
        return reader

    def _to_ask(self, name: str, by: Person) -> tuple[Person, ...]:
        """Who reads what others may not: never whoever asks, nor whoever it is about."""
        found = (self._school.holders("head") or ())[:1] + (self._school.holders("chair") or ())[:1]
        return tuple(each for each in dict.fromkeys(found) if each.id != by.id and not has_name(each.name, name))


def ask_words(people: tuple[Person, ...]) -> str:
    """That there may be more, in the same words whether there is or not."""
    named = " or ".join(f"{person.name} ({person.role})" for person in people)
    return (
        "There may be more that you may not read, or there may not: AskFirst does not say. Ask "
        f"{named or 'the local authority, through the school office'}."
    )
