"""Who a Slack user is: somebody of school.yaml, other staff, or somebody from outside. Asked of Slack, then kept."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.people import is_still, meant_by, owner_of
from adapters.slack.faults import UNANSWERED, plainly
from adapters.slack.standing import is_outside, standing_of
from bot.concerns import Account, Reader, Reporter, staff
from bot.concerns.guidance import may_log
from bot.errors import AskFirstError
from bot.knowledge import Person, School
from bot.service.casework import Casework
from bot.store import Accounts, Known, Store

CHANNEL = "slack"
_WITHIN = 0.8  # seconds that Slack has to say who somebody is ...
_KEPT_WITHIN = 0.4  # ... and that the store has to say it, or to keep it
log = logging.getLogger("askfirst.slack")


@dataclass(frozen=True)
class SlackCaller:
    """Whoever did something on Slack: the client and the id of the workspace that has the app, their own id, the name
    and the workspace that Slack gave with what they did, and the app's own user id where it is known."""

    client: AsyncWebClient
    team: str
    user: str
    name: str = ""
    own_team: str = ""
    app: str = ""

    def other(self, user: str) -> SlackCaller:
        """Somebody else in the same workspace."""
        return replace(self, user=user, name="", own_team="")


def team_of(context: Any) -> str:
    """The workspace that has the app, whoever's workspace the person is from."""
    return str(context["authorize_result"].team_id or context.team_id or "")


def caller_of(context: Any, body: Mapping[str, Any]) -> SlackCaller:
    """The body of a command, button, shortcut or view -> who did it."""
    user, team, app = body.get("user"), team_of(context), str(context.bot_user_id or "")
    if isinstance(user, Mapping):
        name = str(user.get("name") or user.get("username") or "")
        return SlackCaller(context.client, team, str(user["id"]), name, str(user.get("team_id") or team), app)
    own = str(body.get("team_id") or team)
    return SlackCaller(context.client, team, str(body.get("user_id", "")), str(body.get("user_name", "")), own, app)


class SlackDirectory:
    """The people of the school's workspaces. What Slack says of them is kept in the store."""

    def __init__(self, school: Callable[[], School], store: Store) -> None:
        self._school, self._store = school, store
        self._casework = Casework(school, store)

    async def who(self, caller: SlackCaller) -> Known:
        """Who this user is, as Slack says now, or as it said last where it does not answer. Raises one of UNANSWERED
        where nobody ever said."""
        known, kept = await self._asked(caller)
        if known != kept:
            await self._keep(known)
        return known

    async def at_once(self, caller: SlackCaller) -> Known:
        """Who this user is, as far as that shows at once. It never fails: nobody is kept from the form because the
        store or Slack is slow."""
        try:
            known, _ = await self._asked(caller)
        except UNANSWERED:
            return _as_given(caller)
        return known

    async def who_or_as_given(self, caller: SlackCaller) -> Known:
        """Who this user is; where nobody can say, what came with the request: nobody is kept from logging a concern
        because Slack does not answer."""
        try:
            return await self.who(caller)
        except UNANSWERED:
            return _as_given(caller)

    async def user_of(self, client: AsyncWebClient, team: str, person: Person) -> str:
        """The Slack user id of somebody of school.yaml. Raises SlackApiError (users_not_found)."""
        if own := person.chats.get(CHANNEL):
            return own
        kept = await asyncio.to_thread(self._accounts.of, CHANNEL, person.id)
        ours = (each for each in kept if each.account.id.startswith(f"{team}:") and is_still(person, each))
        if known := next(ours, None):
            return known.account.id.partition(":")[2]
        return await self.user_by_email(client, team, person)

    async def user_by_email(self, client: AsyncWebClient, team: str, person: Person) -> str:
        """The Slack user id that belongs to somebody's address now. Raises SlackApiError (users_not_found)."""
        if not person.email:
            raise SlackApiError("no address", {"ok": False, "error": "users_not_found"})  # type: ignore[no-untyped-call]
        found = (await client.users_lookupByEmail(email=person.email)).get("user") or {}
        account = Account(CHANNEL, f"{team}:{found['id']}")
        await asyncio.to_thread(self._accounts.keep, _known(found, account, team, (person,)))
        return str(found["id"])

    def is_no_longer(self, person: Person, user: Mapping[str, Any]) -> bool:
        """Whether Slack's word about the user who was taken for somebody shows that the account is theirs no more: it
        has another address, or is closed. Who is named by their id in school.yaml is whoever has that id."""
        email = str((user.get("profile") or {}).get("email") or "").casefold()
        changed = bool(email) and email != person.email.casefold()
        return not person.chats.get(CHANNEL) and bool(person.email) and (changed or bool(user.get("deleted")))

    def reader(self, known: Known, now: dt.datetime) -> Reader | None:
        """What somebody may read at the time; None for whoever is not in school.yaml or from outside."""
        return self._casework.reader(known.person, now) if known.person and not known.outside else None

    def reporter(self, known: Known) -> Reporter:
        """Somebody as the reporter of a concern: they hear each step where they logged it."""
        return Reporter(known.name, known.role, known.person or None, known.account, "slack")

    def may_log(self, known: Known) -> bool:
        """Whether this person may log a concern: people from outside only with the school's setting."""
        return may_log(self._school(), known.outside)

    async def picked(self, caller: SlackCaller) -> tuple[Known, Person | None]:
        """Somebody who was picked as the adult, and whom of school.yaml their account stands for: a guest's account
        counts too, for whoever a concern is about is shut out. Raises one of UNANSWERED."""
        known = await self.who(caller)
        return known, meant_by(staff(self._school()), CHANNEL, caller.user, known.emails)

    async def name_of(self, caller: SlackCaller) -> str:
        """What somebody is called on Slack. Raises one of UNANSWERED."""
        return _name_of((await caller.client.users_info(user=caller.user)).get("user") or {})

    async def _asked(self, caller: SlackCaller) -> tuple[Known, Known | None]:
        """Who this user is, and who they were before. Raises one of UNANSWERED."""
        account = Account(CHANNEL, f"{caller.team}:{caller.user}")
        kept = await self._kept(account)
        try:
            async with asyncio.timeout(_WITHIN):
                found = (await caller.client.users_info(user=caller.user)).get("user") or {}
        except UNANSWERED:
            if kept is None:
                raise
            return kept, kept
        return _known(found, account, caller.team, staff(self._school())), kept

    async def _kept(self, account: Account) -> Known | None:
        """What Slack said last. It is a help where Slack does not answer: nobody is turned away where it fails."""
        try:
            async with asyncio.timeout(_KEPT_WITHIN):
                kept = await asyncio.to_thread(self._accounts.who, account)
        except (AskFirstError, TimeoutError) as fault:
            log.warning("what Slack said last of somebody could not be read: %s", plainly(fault))
            return None
        if kept and kept.person and not is_still(self._school().people.get(kept.person), kept):
            return replace(kept, person="")  # the file names somebody else since
        return kept

    async def _keep(self, known: Known) -> None:
        """A help for the next time: nobody waits for it, or is turned away where it fails."""
        try:
            async with asyncio.timeout(_KEPT_WITHIN):
                await asyncio.to_thread(self._accounts.keep, known)
        except (AskFirstError, TimeoutError) as fault:
            log.warning("what Slack said of somebody could not be kept: %s", plainly(fault))

    @property
    def _accounts(self) -> Accounts:
        return self._store.accounts(self._school().id)


def _as_given(caller: SlackCaller) -> Known:
    account = Account(CHANNEL, f"{caller.team}:{caller.user}")
    elsewhere = bool(caller.own_team) and caller.own_team != caller.team  # Slack does not give it with everything
    return Known(account, "", caller.name or "somebody on Slack", "", elsewhere)


def _known(user: Mapping[str, Any], account: Account, team: str, people: tuple[Person, ...]) -> Known:
    profile = user.get("profile") or {}
    outside = is_outside(standing_of(user, team))
    email = str(profile.get("email") or "").casefold()
    own = account.id.partition(":")[2]
    emails = (email,) if email else ()
    person = owner_of(people, CHANNEL, own, emails) if not outside else None
    name = person.name if person else _name_of(user)
    role = person.role if person else str(profile.get("title") or "")
    return Known(account, person.id if person else "", name, role, outside, emails)


def _name_of(user: Mapping[str, Any]) -> str:
    profile = user.get("profile") or {}
    return str(profile.get("real_name") or user.get("real_name") or user.get("name"))
