"""Who a Slack user is: somebody of school.yaml, other staff, or somebody from outside. Asked of Slack, then kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.casework import Casework
from bot.concerns import Account, Reader, Reporter, staff
from bot.knowledge import Person, School
from bot.store import Accounts, Known, Store

CHANNEL = "slack"


@dataclass(frozen=True)
class Caller:
    """Whoever did something on Slack: their id, their workspace, and the client that speaks to it."""

    client: AsyncWebClient
    team: str
    user: str

    def other(self, user: str) -> Caller:
        """Somebody else in the same workspace."""
        return replace(self, user=user)


def caller_of(client: AsyncWebClient, body: Mapping[str, Any]) -> Caller:
    """The body of a command, button, shortcut or view -> who did it."""
    user = body.get("user")
    if isinstance(user, Mapping):
        team = (body.get("team") or {}).get("id") or user.get("team_id") or ""
        return Caller(client, str(team), str(user["id"]))
    return Caller(client, str(body.get("team_id", "")), str(body.get("user_id", "")))


class Directory:
    """The people of the school's workspaces. What Slack says of them is kept in the store."""

    def __init__(self, school: Callable[[], School], store: Store) -> None:
        self._school, self._store = school, store
        self._casework = Casework(school, store)

    async def who(self, caller: Caller) -> Known:
        """Who this user is. Whoever holds a part is looked up anew each time: a part is not kept by an old record.
        Raises SlackApiError where Slack does not know them and nobody did before."""
        school = self._school()
        account = Account(CHANNEL, f"{caller.team}:{caller.user}")
        known = await asyncio.to_thread(self._accounts.who, account)
        if known is not None and not known.person:
            return known
        try:
            found = (await caller.client.users_info(user=caller.user)).get("user") or {}
        except (SlackApiError, OSError):
            if known is None:
                raise
            return known
        known = _known(found, account, caller.team, staff(school))
        await asyncio.to_thread(self._accounts.keep, known)
        return known

    async def user_of(self, client: AsyncWebClient, team: str, person: Person) -> str:
        """The Slack user id of somebody of school.yaml. Raises SlackApiError (users_not_found)."""
        if own := person.chats.get(CHANNEL):
            return own
        known = await asyncio.to_thread(self._accounts.of, CHANNEL, person.id)
        if known is not None and known.account.id.startswith(f"{team}:"):
            return known.account.id.partition(":")[2]
        if not person.email:
            raise SlackApiError("no address", {"ok": False, "error": "users_not_found"})  # type: ignore[no-untyped-call]
        found = (await client.users_lookupByEmail(email=person.email)).get("user") or {}
        account = Account(CHANNEL, f"{team}:{found['id']}")
        await asyncio.to_thread(self._accounts.keep, _known(found, account, team, (person,)))
        return str(found["id"])

    def reader(self, known: Known) -> Reader | None:
        """What somebody may read; None for whoever is not in school.yaml or from outside."""
        return self._casework.reader(known.person) if known.person and not known.outside else None

    def reporter(self, known: Known) -> Reporter:
        """Somebody as the reporter of a concern: they hear each step where they logged it."""
        return Reporter(known.name, known.role, known.person or None, known.account)

    def may_log(self, known: Known) -> bool:
        """Whether this person may log a concern: people from outside only with the school's setting."""
        return not known.outside or "log" in self._school().channels.get("outsiders", ())

    @property
    def _accounts(self) -> Accounts:
        return self._store.accounts(self._school().id)


def _known(user: Mapping[str, Any], account: Account, team: str, people: tuple[Person, ...]) -> Known:
    profile = user.get("profile") or {}
    outside = bool(
        user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("is_stranger")
        or user.get("deleted") or user.get("is_bot") or user.get("team_id", team) != team
    )  # fmt: skip
    email = str(profile.get("email") or "").casefold()
    own = account.id.partition(":")[2]
    person = None
    if not outside:
        person = next((each for each in people if _is(each, own, email)), None)
    name = person.name if person else str(profile.get("real_name") or user.get("real_name") or user.get("name"))
    role = person.role if person else str(profile.get("title") or "")
    return Known(account, person.id if person else "", name, role, outside)


def _is(person: Person, user: str, email: str) -> bool:
    if own := person.chats.get(CHANNEL):
        return own == user
    return bool(email) and person.email.casefold() == email
