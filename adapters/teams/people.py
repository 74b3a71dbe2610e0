"""Who somebody on Teams is: somebody of school.yaml, other staff, or somebody from outside; and where they are reached.
Asked of Teams, then kept."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from adapters.chat.people import is_still, meant_by, owner_of
from adapters.teams import trial
from adapters.teams.activities import ActivityBody, ChannelKind, TeamsChat, User, place_from
from adapters.teams.faults import UNANSWERED, TeamsError, plainly
from adapters.teams.gateway import Gateway
from bot.concerns import Account, KnownBy, Reader, Reporter, staff
from bot.concerns.guidance import may_log
from bot.errors import AskFirstError
from bot.knowledge import Person, School
from bot.service.casework import Casework
from bot.settings import Teams
from bot.store import Accounts, Known, Places, Store
from bot.store import Place as Kept

log = logging.getLogger("askfirst.teams")
CHANNEL = "teams"
_WITHIN = 2.0  # seconds that Teams has to say who somebody is ...
_AGAIN_WITHIN = 0.8  # ... of whom it has said so before
_KEPT_WITHIN = 0.4  # seconds that the store has to say it, or to keep it
_ASKED = (TeamsError, *UNANSWERED)
_OWN_ROLES = ("user", "member", "owner")  # not guest, anonymous, or whatever Teams may come to call others


@dataclass(frozen=True)
class TeamsCaller:
    """Whoever did something in Teams, and where."""

    place: TeamsChat
    user: User

    @property
    def account(self) -> Account:
        """How they are known here: by their tenant and their object id in Entra."""
        return Account(CHANNEL, f"{self.place.tenant}:{self.user.aad or self.user.id}")


class TeamsDirectory:
    """The people of the school's tenants. What Teams says of them is kept in the store."""

    def __init__(self, gateway: Gateway, settings: Teams, school: Callable[[], School], store: Store) -> None:
        self._gateway, self._settings, self._school, self._store = gateway, settings, school, store
        self._casework = Casework(school, store)

    def is_ours(self, place: TeamsChat, user: User | None = None) -> bool:
        """Whether this chat, and the tenant that somebody in it is said to be of, are the school's."""
        of = user.tenant if user else ""
        return place.tenant in self._tenants and (not of or of in self._tenants)

    async def who(self, caller: TeamsCaller) -> Known:
        """Who this is, as Teams says now, or as it said last where it does not answer. Raises TeamsError or one of
        UNANSWERED where nobody ever said."""
        known, kept = await self._asked(caller, _WITHIN)
        if known != kept:
            await self._keep_account(known)
        return known

    async def person_at_once(self, caller: TeamsCaller) -> str | None:
        """The id in school.yaml of whoever this is, as far as that shows at once; None for everybody else. It never
        fails: nobody is kept from the form because the store or Teams is slow."""
        try:
            known, _ = await self._asked(caller, _AGAIN_WITHIN)
        except _ASKED:
            return None
        return known.person or None

    async def who_so_far(self, caller: TeamsCaller) -> Known:
        """Who this is, without asking again about staff who are known: enough for answering a question. Somebody who
        was from outside may have become staff. Where strangers may be, it is asked every time, and whoever nobody can
        tell is from outside."""
        if caller.place.strangers:
            return await self._who_or_a_stranger(caller, stranger=True)
        kept = self._as_it_is(await asyncio.to_thread(self._accounts.who, caller.account))
        return kept if kept and not kept.outside else await self.who_or_as_given(caller)

    async def who_or_as_given(self, caller: TeamsCaller) -> Known:
        """Who this is; where nobody can say, what came with the request: nobody is kept from logging a concern because
        Teams does not answer. Where strangers may be that is somebody from outside: staff have a chat of their own."""
        return await self._who_or_a_stranger(caller, stranger=caller.place.strangers)

    async def seems_outside(self, caller: TeamsCaller) -> bool:
        """Whether this is somebody from outside, as Teams says now, or said last; nothing of it is kept. Whoever has no
        tenant is taken for one of the school's. Raises TeamsError or one of UNANSWERED."""
        among_staff = replace(caller.place, scope="channel", kind="standard")
        known, _ = await self._asked(replace(caller, place=among_staff), _AGAIN_WITHIN)
        return known.outside

    async def _who_or_a_stranger(self, caller: TeamsCaller, stranger: bool) -> Known:
        try:
            return await self.who(caller)
        except _ASKED:
            return Known(caller.account, "", caller.user.name or "somebody on Teams", "", outside=stranger)

    async def picked(self, place: TeamsChat, aad: str) -> Known | None:
        """Somebody who was picked from the directory as the adult, where anybody can say who that is; with `person` for
        a guest's account too, for whoever a concern is about is shut out."""
        people = staff(self._school())
        if own := meant_by(people, CHANNEL, aad, ()):
            return Known(Account(CHANNEL, f"{place.tenant}:{aad}"), own.id, own.name, own.role, outside=False)
        try:
            known = await self.who(TeamsCaller(place, User(aad, aad, "")))
        except _ASKED:
            return None
        if known.outside and not known.emails:  # kept before addresses were: it may be anybody
            return None
        meant = meant_by(people, CHANNEL, aad, known.emails)
        return replace(known, person=meant.id, name=meant.name, role=meant.role) if meant else known

    def reader(self, known: Known, now: dt.datetime) -> Reader | None:
        """What somebody may read at the time; None for whoever is not in school.yaml or from outside."""
        return self._casework.reader(known.person, now) if known.person and not known.outside else None

    def reporter(self, known: Known) -> Reporter:
        """Somebody as the reporter of a concern: they hear each step where they logged it."""
        known_by: KnownBy = "teams" if self._settings.checked else "teams-trial"
        return Reporter(known.name, known.role, known.person or None, known.account, known_by)

    def may_log(self, known: Known) -> bool:
        """Whether this person may log a concern: people from outside only with the school's setting."""
        return may_log(self._school(), known.outside)

    def person(self, name: str) -> Person | None:
        """Somebody of school.yaml by their id."""
        return self._school().people.get(name)

    def places(self, kind: str) -> Places:
        """Places of one kind."""
        return self._store.places(self._school().id, kind)

    # --- where they are reached

    async def remember(self, caller: TeamsCaller) -> None:
        """Keep the personal chat with somebody, where it is new or has moved. Raises StoreError."""
        await self._keep(self._places, caller.account.id, caller.place)

    async def remember_channel(self, place: TeamsChat) -> None:
        """Keep how the channels of this tenant, and this one, are reached, and what sort it is. Raises StoreError."""
        if not place.kind:
            place = replace(place, kind=await asyncio.to_thread(self.kind_of, place))
        await self._keep(self._channels, place.channel, place.outside_threads())
        await self._keep(self._channels, place.tenant, replace(place.outside_threads(), kind=""))

    def kind_of(self, place: TeamsChat) -> ChannelKind:
        """What sort of channel this is, as it was said before; empty where it never was. Raises StoreError."""
        found = self._channels.find(place.channel)
        return place_from(found).kind if found else ""

    async def forget(self, account: str) -> None:
        """The app was removed there. Raises StoreError."""
        await asyncio.to_thread(self._places.forget, account)

    async def chat_of(self, account: str) -> TeamsChat | None:
        """The personal chat of an account. Raises StoreError."""
        found = await asyncio.to_thread(self._places.find, account)
        return place_from(found) if found else None

    async def channel_at(self, name: str) -> TeamsChat | None:
        """A channel by its id ("19:…"), where the app has ever been in its team or tenant. Raises StoreError."""
        if found := await asyncio.to_thread(self._channels.find, name):
            return place_from(found)
        for tenant in sorted(self._tenants):
            if found := await asyncio.to_thread(self._channels.find, tenant):
                return replace(place_from(found), conversation=name, scope="channel", kind="")
        return None

    def known(self, account: str) -> Known | None:
        """Who an account is, as Teams said last. Raises StoreError."""
        return self._accounts.who(Account(CHANNEL, account)) if self._believes(account) else None

    def account_of(self, person: Person) -> str | None:
        """The account of somebody of school.yaml, where Teams has ever said who they are. Raises StoreError."""
        if own := person.chats.get(CHANNEL, "").lower():
            places = (place.name for place in self._places.all() if self._believes(place.name))
            accounts = [name for name in places if name.endswith(f":{own}")]
        else:
            found = (each for each in self._accounts.of(CHANNEL, person.id) if self._believes(each.account.id))
            kept = (each for each in found if is_still(person, each))
            # Where somebody had an account before this one, the app has no chat with it any more.
            accounts = sorted((each.account.id for each in kept), key=lambda each: self._places.find(each) is None)
        return next(iter(accounts), None)

    def is_outside(self, account: str) -> bool:
        """Whether Teams said last that this is a guest's account, or another organisation's. Raises StoreError."""
        known = self.known(account)
        return known is not None and known.outside

    def counts_on(self, person: Person) -> bool:
        """Whether Teams is a way to somebody of school.yaml: to everybody where it is set up; where it is only being
        tried out, to those who have a chat with it. Raises StoreError."""
        if self._settings.checked:
            return True
        account = self.account_of(person)
        return account is not None and self._places.find(account) is not None

    async def _asked(self, caller: TeamsCaller, within: float) -> tuple[Known, Known | None]:
        """Who this is, and who they were before; Teams has so many seconds where it is asked for the first time. Raises
        TeamsError or one of UNANSWERED."""
        kept = await self._kept(caller.account)
        if not self._settings.checked:  # whoever answers at the address that came with a request may say anything
            return trial.who(self._school(), caller.account, caller.user.name), kept
        try:
            async with asyncio.timeout(within if kept is None else _AGAIN_WITHIN):
                found = await self._gateway.member(caller.place, caller.user.id)
        except _ASKED:
            if kept is None:
                raise
            return kept, kept
        return self._known(found, caller), kept

    async def _kept(self, account: Account) -> Known | None:
        """What Teams said last. It is a help where Teams does not answer: nobody is turned away where it fails."""
        try:
            async with asyncio.timeout(_KEPT_WITHIN):
                return self._as_it_is(await asyncio.to_thread(self._accounts.who, account))
        except (AskFirstError, TimeoutError) as fault:
            log.warning("what Teams said last of somebody could not be read: %s", plainly(fault))
            return None

    def _as_it_is(self, kept: Known | None) -> Known | None:
        """What was kept, without the person where the file names somebody else since."""
        if kept and kept.person and not is_still(self._school().people.get(kept.person), kept):
            return replace(kept, person="")
        return kept

    async def _keep_account(self, known: Known) -> None:
        """A help for the next time: nobody waits for it, or is turned away where it fails."""
        try:
            async with asyncio.timeout(_KEPT_WITHIN):
                await asyncio.to_thread(self._accounts.keep, known)
        except (AskFirstError, TimeoutError) as fault:
            log.warning("what Teams said of somebody could not be kept: %s", plainly(fault))

    async def _keep(self, places: Places, name: str, place: TeamsChat) -> None:
        kept, text = await asyncio.to_thread(places.find, name), place.to_text()
        if kept != text:
            await asyncio.to_thread(places.keep, Kept(name, text))

    def _known(self, found: ActivityBody, caller: TeamsCaller) -> Known:
        # Where people of other organisations may be, whoever has no tenant is not taken for one of this one.
        usual = "" if caller.place.strangers else caller.place.tenant
        tenant, account = str(found.get("tenantId") or usual).lower(), caller.account
        name = str(found.get("userPrincipalName") or "").casefold()
        role = str(found.get("userRole") or "user").casefold()
        outside = "#ext#" in name or role not in _OWN_ROLES or tenant != caller.place.tenant
        emails = _emails_of(str(found.get("email") or "").casefold(), name)
        aad = account.id.partition(":")[2]
        person = owner_of(staff(self._school()), CHANNEL, aad, emails) if not outside else None
        given = str(found.get("name") or caller.user.name or "somebody on Teams")
        return Known(
            account,
            person.id if person else "",
            person.name if person else given,
            person.role if person else "",
            outside,
            emails,
        )

    def _believes(self, account: str) -> bool:
        """Whether an account is of a tenant of the school's: of any other, nothing that is kept counts."""
        return account.partition(":")[0] in self._tenants

    @property
    def _tenants(self) -> frozenset[str]:
        if not self._settings.checked:
            return frozenset({trial.TENANT})
        named = {each.lower() for each in self._school().channels.get(CHANNEL, ())}
        return frozenset(named | {self._settings.tenant}) - {""}

    @property
    def _accounts(self) -> Accounts:
        return self._store.accounts(self._school().id)

    @property
    def _places(self) -> Places:
        return self.places(CHANNEL)

    @property
    def _channels(self) -> Places:
        return self.places(f"{CHANNEL}-channel")


def _emails_of(email: str, principal: str) -> tuple[str, ...]:
    """The addresses of an account. A guest's own stands in the principal name as Entra writes it: a.b_c.org#EXT#@d."""
    name, _, domain = principal.partition("#ext#")[0].rpartition("_")
    own = f"{name}@{domain}" if "#ext#" in principal and name else principal
    return tuple(sorted({email, own} - {""}))
