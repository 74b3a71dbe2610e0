"""Whom the store knows by an account in Slack or Teams, so that what is kept of leavers can be seen and removed.

A concern's record is no part of that: who logged, read and worked on it stays with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.concerns import Account, Actor, Detail, Reporter
from bot.errors import AskFirstError
from bot.knowledge import School
from bot.store import Known, Store, alert_parts, alerts_of

CHANNELS = ("slack", "teams")
UNKNOWN = "somebody whose name was not kept"
Standing = Literal["listed", "left", "staff", "outside"]


@dataclass(frozen=True)
class Kept:
    """What is kept of one human being: their accounts and the addresses that these gave, where the app can write to
    them (`chats`), and the alerts that stand there. `person` is the id that they had in school.yaml; their standing is
    "listed" in it, "left" where they were, "staff" and from "outside" where they never were."""

    person: str
    name: str
    standing: Standing
    accounts: tuple[Account, ...]
    emails: frozenset[str] = frozenset()
    chats: tuple[Account, ...] = ()
    alerts: tuple[tuple[str, str], ...] = ()  # channel, name of the place

    @property
    def id(self) -> str:
        """By which they can be named."""
        return self.person or self.accounts[0].id


class KeptPeople:
    """The people of one school, as its store knows them."""

    def __init__(self, school: School, store: Store) -> None:
        self._school, self._store = school, store

    def all(self) -> tuple[Kept, ...]:
        """Everybody of whom something is kept. Raises StoreError."""
        found: list[Kept] = []
        kept = self._store.accounts(self._school.id).all()
        for known in sorted(kept, key=lambda each: (each.account.channel, each.account.id)):
            same = next((each for each in found if _is_same(each, known)), None)
            if same is None:
                found.append(Kept(known.person, known.name, "staff", (known.account,), frozenset(known.emails)))
            else:
                both = (*same.accounts, known.account)
                found[found.index(same)] = replace(same, accounts=both, emails=same.emails | set(known.emails))
        found += self._without_account({account for each in found for account in each.accounts})
        return tuple(replace(self._with_places(each), standing=self._standing(each)) for each in found)

    def find(self, wanted: str) -> Kept:
        """Who is meant by an id of school.yaml, a name or the id of an account; of two who had one id, whoever left.
        Raises AskFirstError where that is nobody, or may be several."""
        asked = wanted.strip().casefold()
        found = [each for each in self.all() if asked in _names(each)]
        found = [each for each in found if each.standing == "left"] or found
        if not found:
            raise AskFirstError(f"nothing is kept of '{wanted}'. askfirst people lists of whom something is")
        if len(found) > 1:
            ids = ", ".join(each.accounts[0].id for each in found)
            raise AskFirstError(f"'{wanted}' may be several people. Name one of them by an account: {ids}")
        return found[0]

    def needed_for(self, kept: Kept) -> int:
        """For how many concerns what is kept of somebody is needed: they logged it, and it is open; they are still to
        hear of it; or nobody has acknowledged it, and its alert stands in their chat."""
        inbox = self._store.inbox(self._school.id)
        needed = set(inbox.awaiting(kept.accounts))
        for reporter in _as_reporters(kept):
            logged = inbox.logged_by(reporter)
            needed |= {number for number, _, status in logged if status in ("open", "acknowledged")}
        return len(needed | (inbox.not_acknowledged() & {alert_parts(name)[0] for _, name in kept.alerts}))

    def forget(self, kept: Kept, now: dt.datetime) -> None:
        """Remove what is kept of them, sign them out, and write that into the log. Raises AskFirstError where they are
        in school.yaml, or an open concern needs it: then nothing is removed."""
        if kept.standing == "listed":
            raise AskFirstError(
                f"{kept.name} is in school.yaml, and alerts may hang on this. Take them out of the file first"
            )
        if needed := self.needed_for(kept):
            raise AskFirstError(
                f"nothing was removed: it is needed for {needed} concern{'s' * (needed > 1)} that "
                f"{'is' if needed == 1 else 'are'} still open. Ask the DSL to see to that, then run this again"
            )
        school, where = self._school.id, ", ".join(sorted({account.channel for account in kept.accounts}))
        self._store.audit(school).note("forgotten", Actor("", "the terminal"), Detail(who=kept.person, way=where), now)
        for account in kept.accounts:
            self._store.places(school, account.channel).forget(account.id)
            self._store.accounts(school).forget(account)
        for channel, name in kept.alerts:
            self._store.places(school, alerts_of(channel)).forget(name)
        if kept.person:
            self._store.sign_in(school).end_all(kept.person)

    def _without_account(self, known: set[Account]) -> Iterator[Kept]:
        """Chats and alerts of accounts of which nothing else is known."""
        places = self._store.places
        for channel in CHANNELS:
            chats = {place.name for place in places(self._school.id, channel).all()}
            alerted = {alert_parts(place.name)[1] for place in places(self._school.id, alerts_of(channel)).all()}
            for name in sorted(chats | alerted):
                if (account := Account(channel, name)) not in known:
                    yield Kept("", UNKNOWN, "staff", (account,))

    def _with_places(self, kept: Kept) -> Kept:
        places, chats, alerts = self._store.places, list[Account](), list[tuple[str, str]]()
        for account in kept.accounts:
            if places(self._school.id, account.channel).find(account.id) is not None:
                chats.append(account)
            stand = places(self._school.id, alerts_of(account.channel)).all()
            alerts += [(account.channel, each.name) for each in stand if alert_parts(each.name)[1] == account.id]
        return replace(kept, chats=tuple(chats), alerts=tuple(alerts))

    def _standing(self, kept: Kept) -> Standing:
        own = {account.id.rpartition(":")[2].casefold() for account in kept.accounts}
        for person in self._school.people.values():
            is_theirs = bool(person.email) and person.email.casefold() in kept.emails
            is_named = bool(own & {each.casefold() for each in person.chats.values()})
            if is_theirs or is_named or (person.id == kept.person and person.name == kept.name):
                return "listed"
        if kept.person:
            return "left"
        known = (self._store.accounts(self._school.id).who(account) for account in kept.accounts)
        return "outside" if any(each and each.outside for each in known) else "staff"


def _is_same(kept: Kept, known: Known) -> bool:
    """Whether an account is of the same human being: one name, and one line of school.yaml or one address."""
    if (kept.name, kept.person) != (known.name, known.person):
        return False
    return bool(known.person) or bool(kept.emails & set(known.emails))


def _names(kept: Kept) -> Sequence[str]:
    named = (kept.person, kept.name, *(account.id for account in kept.accounts))
    return [name.casefold() for name in named if name]


def _as_reporters(kept: Kept) -> Iterator[Reporter]:
    """As whom they may have logged something: by each account, and as a person of school.yaml."""
    yield from (Reporter(kept.name, "", None, account) for account in kept.accounts)
    if kept.person:
        yield Reporter(kept.name, "", kept.person)
