"""The register as channels see it: one call for each thing that somebody does, one transaction each.

`person` is always an id of school.yaml whom a channel has signed in, or knows by their account.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.accounts.acts import RegisterAct, fields_of, offered
from bot.accounts.changing import after
from bot.accounts.due import as_of_day, reminded, to_hand_over, wants_a_look, wants_a_reminder
from bot.accounts.forbidden import ForbiddenError
from bot.accounts.form import AccountForm, account_form
from bot.accounts.model import AGREED, WAITING, Holder, Registered
from bot.accounts.parts import parts_of, reads_whole, sees_line
from bot.accounts.reading import read_asker, read_asking, read_screen
from bot.accounts.telling import it_was_asked, it_was_changed, it_was_decided, it_was_taken_back, reminders
from bot.concerns import Actor, Answers, Asked, Detail, IncompleteError, Reporter, Screen, reported_by
from bot.concerns.actions import ActionField
from bot.errors import AskFirstError
from bot.knowledge import Knowledge, Person, School
from bot.store import RegisterStep, Store

_YOURSELF = "You cannot be your own line manager here. Pick who you report to."
_TOLD = {
    "live": "it is in use now", "review": "it was reviewed", "leaving": "{name} has a login and leaves. Hand it over",
    "hand-over": "it was handed over", "close": "it was closed",
}  # fmt: skip


class NotInRegisterError(AskFirstError):
    """It is not there, or not theirs to see: nobody is told which."""

    def __init__(self) -> None:
        super().__init__("there is no such account in the register, or it is not yours to see")


@dataclass(frozen=True)
class SeenAccount:
    """A line of the register in front of somebody. `whole` says that they may read all of it; `acts` is what they can
    do; `to_hand_over` are those whose login somebody else must take over."""

    found: Registered
    whole: bool
    acts: tuple[RegisterAct, ...] = ()
    to_hand_over: tuple[Holder, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether there is something for them to do: to decide, to say that it is in use, to review it, to hand it
        over."""
        acts = {act.id for act in self.acts}
        due = self.found.state == "due" and "review" in acts
        return due or not acts.isdisjoint({"decide", "live"}) or bool(self.to_hand_over)


@dataclass(frozen=True)
class AccountFigures:
    """How many accounts are agreed, wait for a decision, and are due for a review or a hand-over."""

    agreed: int
    waiting: int
    due: int


class AccountDesk:
    """The accounts of the school that `knowledge` gives at the time."""

    def __init__(self, knowledge: Callable[[], Knowledge], store: Store) -> None:
        self._knowledge, self._store = knowledge, store

    # --- asking

    def form(self) -> AccountForm:
        """What is asked."""
        return account_form(self._school)

    def check(self, screen: Screen, answers: Answers, now: dt.datetime) -> None:
        """Whether one screen is filled in as it must be. What is forbidden is said with the answer of the base that
        says so. Raises IncompleteError."""
        with_answers = self._with_answers
        try:
            read_screen(self._school, screen, answers, self._today(now))
        except ForbiddenError as fault:
            raise with_answers(fault) from None

    def ask(
        self, submission: str, answers: Answers, now: dt.datetime, asker: Reporter | None = None,
        asked: Asked | None = None,
    ) -> Registered:  # fmt: skip
        """Keep a request, and tell the line manager. `submission` is the key that was made when the form was opened:
        the same form twice is one request. `asker` is who it is where the channel knows; where the form asks, `asked`
        says how. Raises IncompleteError with the problems of the first screen that has any, and StoreError."""
        school, form = self._school, self.form()
        try:
            asking = read_asking(school, form, answers, self._today(now))
        except ForbiddenError as fault:
            raise self._with_answers(fault) from None
        who = asker or read_asker(school, form, answers, asked or Asked())
        if who.person == asking.manager:
            raise IncompleteError({"manager": _YOURSELF})

        def made(number: str) -> RegisterStep:
            found = Registered(number, "asked", asking, who, now, asking.holders, asking.review_on)
            return RegisterStep(found, "account-asked", reported_by(who), Detail(), it_was_asked(found, now))

        return self._store.register(school.id).add(submission, made, now)

    # --- looking

    def listed(self, person: str, now: dt.datetime) -> tuple[SeenAccount, ...]:
        """The lines that somebody may see, what waits for them first."""
        school = self._school
        found = (each for each in self._store.register(school.id).all() if sees_line(school, each, person))
        seen = [self._seen(each, person, now) for each in found]
        return tuple(sorted(seen, key=lambda each: (not each.waits, each.found.asked_at, each.found.number)))

    def view(self, person: str, number: str, now: dt.datetime, way: str = "") -> SeenAccount:
        """One of them. Reading a whole request is written down; once the line manager has read it, it says so. Raises
        NotInRegisterError."""
        found = self._there(self._store.register(self._school.id).find(as_number(number)), person)
        if reads_whole(self._school, found, person):
            found = self._read(found, person, now, way)
        return self._seen(found, person, now)

    def fields(self, seen: SeenAccount, act: RegisterAct) -> tuple[ActionField, ...]:
        """The fields of an act, with what can be picked in them."""
        return fields_of(self._school, seen.found, act)

    # --- doing

    def act(
        self, person: str, number: str, act: str, given: Mapping[str, str], now: dt.datetime, way: str = ""
    ) -> RegisterAct:
        """Do it, with what was filled in by field id. Raises IncompleteError (by field id), NotInRegisterError for what
        is not theirs to do, and StoreError; then nothing was done."""
        school, by = self._school, self._actor(person)
        done: list[RegisterAct] = []

        def step(stored: Registered | None) -> RegisterStep:
            found = as_of_day(self._there(stored, person), self._today(now))
            may = next((each for each in offered(school, found, person) if each.id == act), None)
            if may is None:
                raise NotInRegisterError
            made = after(school, found, may, given, by, now)
            done.append(may)
            decided = may.id == "decide"
            letters = (
                it_was_decided(school, made, now) if decided
                else it_was_taken_back(school, found, person, now) if found.state in WAITING
                else it_was_changed(school, made, person, _TOLD[may.id].format(name="".join(made.leaving[-1:])), now)
            )  # fmt: skip
            text = made.decisions[-1].decided_as if decided else may.id
            outcome = f"{text}, {'agreed' if made.decisions[-1].agreed else 'refused'}" if decided else text
            return RegisterStep(
                made, "account-decided" if decided else "account-changed", by, Detail(text=outcome, way=way), letters
            )

        self._store.register(school.id).change(as_number(number), step, now)
        return done[0]

    def exported(self, person: str, what: str, now: dt.datetime, way: str = "") -> tuple[SeenAccount, ...]:
        """The lines that somebody may see, to be written to a file; that is written down."""
        detail = Detail(text=what, way=way)
        self._store.register(self._school.id).note("account-exported", self._actor(person), detail, now)
        return self.listed(person, now)

    def remind(self, now: dt.datetime) -> int:
        """Remind whoever must look at a review that is due, or hand a login over; how many accounts there were. Once a
        week each, however many processes ask. Raises StoreError."""
        school, today, count = self._school, self._today(now), 0

        def step(found: Registered | None) -> RegisterStep | None:
            if found is None or not wants_a_reminder(school, found, today):
                return None
            return RegisterStep(reminded(found, today), letters=reminders(school, found, today, now))

        register = self._store.register(school.id)
        for each in register.all(AGREED):
            if wants_a_reminder(school, each, today):
                register.change(each.number, step, now)
                count += 1
        return count

    def counted(self, now: dt.datetime) -> AccountFigures:
        """How many there are, for whoever looks after it. Raises StoreError."""
        school, today = self._school, self._today(now)
        found = [as_of_day(each, today) for each in self._store.register(school.id).all()]
        due = sum(wants_a_look(each, today) or bool(to_hand_over(school, each, today)) for each in found)
        states = [each.state for each in found]
        return AccountFigures(sum(each in AGREED for each in states), sum(each in WAITING for each in states), due)

    # --- inside

    @property
    def _school(self) -> School:
        return self._knowledge().school

    def _today(self, now: dt.datetime) -> dt.date:
        return now.astimezone(self._school.opening.zone).date()

    def _person(self, person: str) -> Person:
        found = self._school.people.get(person)
        if found is None:
            raise NotInRegisterError
        return found

    def _actor(self, person: str) -> Actor:
        return Actor(person, self._person(person).name)

    def _there(self, found: Registered | None, person: str) -> Registered:
        if found is None or not sees_line(self._school, found, person):
            raise NotInRegisterError
        return found

    def _seen(self, found: Registered, person: str, now: dt.datetime) -> SeenAccount:
        school, today = self._school, self._today(now)
        now_so = as_of_day(found, today)
        whole = reads_whole(school, now_so, person)
        leaving = to_hand_over(school, now_so, today) if whole else ()
        return SeenAccount(now_so, whole, offered(school, now_so, person), leaving)

    def _read(self, found: Registered, person: str, now: dt.datetime, way: str) -> Registered:
        """Written down; and that its manager has it."""
        school, read = self._school, [found]

        def step(stored: Registered | None) -> RegisterStep:
            kept = self._there(stored, person)
            if kept.state == "asked" and "manager" in parts_of(school, kept, person):
                kept = replace(kept, state="manager")
            read[0] = kept
            return RegisterStep(kept, "account-read", self._actor(person), Detail(way=way))

        self._store.register(school.id).change(found.number, step, now)
        return read[0]

    def _with_answers(self, fault: ForbiddenError) -> IncompleteError:
        """The same problems, each with the answer of the base that says so."""
        problems = dict(fault.problems)
        for each in fault.found:
            entry = self._knowledge().find(each.entry)
            if entry and entry.served_in(self._school.nation):
                problems[each.field] = f"{each.words} Your school’s answer, “{entry.title}”: {entry.badge}."
        return ForbiddenError(fault.found, problems)


def as_number(typed: str) -> str:
    """A number in the register as somebody typed it."""
    plain = "".join(char for char in typed.upper() if char.isascii() and char.isalnum())
    return f"A-{plain.removeprefix('A').translate(str.maketrans('OIL', '011'))}" if plain else ""
