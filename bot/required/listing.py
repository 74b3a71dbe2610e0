"""A new list of staff beside the one that is kept: who is new, who has changed, who has left, who is back. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.required.model import Colleague
from bot.required.staff_csv import ListedPerson

_MOST_NAMED = 50
_MANY = 0.25  # of those who are here: a list without so many is more likely a part of one


@dataclass(frozen=True)
class StaffChange:
    """The list as it is to be kept, and what is different, by name: nobody is ever taken off it here."""

    colleagues: tuple[Colleague, ...]
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    back: tuple[str, ...] = ()

    @property
    def loses_many(self) -> bool:
        """Whether so many have left that somebody should say that this is right."""
        were_here = sum(each.is_here for each in self.colleagues) + len(self.left) - len(self.new) - len(self.back)
        return len(self.left) > max(2, were_here * _MANY)

    @property
    def words(self) -> str:
        """The same in counts."""
        parts = (("new", self.new), ("changed", self.changed), ("left", self.left), ("back", self.back))
        said = ", ".join(f"{len(names)} {word}" for word, names in parts if names)
        here = sum(each.is_here for each in self.colleagues)
        return f"{here} on the list: {said or 'nothing has changed'}"

    @property
    def named(self) -> str:
        """The same with the names, those who were taken off first."""
        parts = (("Taken off", self.left), ("New", self.new), ("Changed", self.changed), ("Back", self.back))
        said = [f"{words}: {_first(names)}." for words, names in parts if names]
        return " ".join((f"{self.words}.", *said))


def _first(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def compared(
    kept: Sequence[Colleague], listed: Sequence[ListedPerson], today: dt.date, new_id: Callable[[], str]
) -> StaffChange:
    """People are the same by their address; whoever has another address now, by a name that nobody else here has. So
    what they have read stays theirs. An address that was given to somebody else since makes nobody the same. Who is not
    listed has left today, and stays kept."""
    found = _matched(kept, listed)
    people: list[Colleague] = []
    new, changed, back = list[str](), list[str](), list[str]()
    for person in listed:
        before = found.get(person.line)
        if before is None:
            people.append(Colleague(new_id(), person.name, person.email, person.role, person.team))
            new.append(person.name)
            continue
        after = replace(before, name=person.name, email=person.email, role=person.role, team=person.team, left_on=None)
        people.append(after)
        if not before.is_here:
            back.append(person.name)
        elif after != before:
            changed.append(person.name)
    listed_ids = {each.id for each in people}
    gone = [each for each in kept if each.id not in listed_ids]
    people += [each if not each.is_here else replace(each, left_on=today) for each in gone]
    left = tuple(each.name for each in gone if each.is_here)
    return StaffChange(tuple(people), tuple(new), tuple(changed), left, tuple(back))


def _matched(kept: Sequence[Colleague], listed: Sequence[ListedPerson]) -> Mapping[int, Colleague]:
    """By the line of each who is known: the colleague that they are."""
    names = {each.name.casefold() for each in listed}
    by_email = {each.email.casefold(): each for each in sorted(kept, key=lambda each: each.is_here)}
    found = {
        each.line: same
        for each in listed
        if (same := by_email.get(each.email.casefold())) and not _is_handed_on(same, each, names)
    }
    taken = {each.id for each in found.values()}
    others = [each for each in kept if each.is_here and each.id not in taken]
    for line, name in _once(each for each in listed if each.line not in found):
        same_name = [each for each in others if each.name.casefold() == name]
        if len(same_name) == 1:
            found[line] = same_name[0]
    return found


def _is_handed_on(before: Colleague, now: ListedPerson, names: Collection[str]) -> bool:
    """Whether an address went to somebody else: its holder had left, or stands on another line under their own name."""
    if before.name.casefold() == now.name.casefold():
        return False
    return not before.is_here or before.name.casefold() in names


def _once(listed: Iterator[ListedPerson]) -> Iterator[tuple[int, str]]:
    """(line, name in small letters) of those whose name stands there once."""
    lines: dict[str, list[int]] = {}
    for each in listed:
        lines.setdefault(each.name.casefold(), []).append(each.line)
    yield from ((its[0], name) for name, its in lines.items() if len(its) == 1)
