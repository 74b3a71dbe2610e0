"""Trying Teams out on one computer, where nobody's sign-in is checked: who may be whom, and what is taken in.

Everything about it is apart from the real thing: an address of its own with a secret in it, people from a list that
nobody's request can add to, and a tenant that no organisation has, so that nothing that was kept while trying out is
ever taken for what Microsoft has vouched for.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapters.teams.activities import Arrival, is_here
from bot.concerns import Account, staff
from bot.knowledge import Person, School
from bot.settings import on_loopback
from bot.store import Known

TENANT = "try-out"  # Entra's are all ids of 36 characters
_LIST = uuid.UUID("5d1b8b1e-6c1a-4d0e-9a55-2f8f4c6f0a11")
_COLLEAGUES = {"teacher-1": "Teacher One", "teacher-2": "Teacher Two", "teacher-3": "Teacher Three"}
# What proxies and browsers add: neither has any business here.
_FROM_ELSEWHERE = (
    "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Origin", "Sec-Fetch-Site",
)  # fmt: skip


def identity(name: str) -> str:
    """The object id under which a trial knows somebody: an id of school.yaml, or teacher-1 to teacher-3."""
    return str(uuid.uuid5(_LIST, name))


def may_knock(peer: str, host: str, headers: Mapping[str, str]) -> bool:
    """Whether a request comes from a program on this computer itself."""
    return on_loopback(peer) and is_here(f"http://{host}") and not any(name in headers for name in _FROM_ELSEWHERE)


def in_trial(arrival: Arrival) -> Arrival:
    """What came in, as of a trial: whatever tenant it names. Raises PermissionError where the answer would not go to a
    plain address on this computer."""
    place = arrival.place
    if not is_here(place.service) or any(mark in place.service for mark in "?#@"):
        raise PermissionError
    return replace(arrival, place=replace(place, tenant=TENANT), user=replace(arrival.user, tenant=""))


def who(school: School, account: Account, given: str) -> Known:
    """Somebody of the list; whoever is not on it is from outside, under the name that was `given`."""
    asked = account.id.partition(":")[2]
    for person in staff(school):
        if identity(person.id) == asked:
            return Known(account, person.id, person.name, person.role, outside=False)
    for name, shown in _COLLEAGUES.items():
        if identity(name) == asked:
            return Known(account, "", shown, "", outside=False)
    return Known(account, "", given or "somebody on Teams", "", outside=True)


def playground(school: School, me: str) -> str:
    """The file with which Microsoft's Playground plays one of the list, `me`, with the others as colleagues: YAML, as
    JSON. Raises KeyError for whoever is not on it."""
    people: dict[str, str] = {person.id: person.name for person in staff(school)} | _COLLEAGUES
    accounts = {name: _account(name, shown, school.people.get(name)) for name, shown in people.items()}
    own = accounts.pop(me)
    thread = "19:askfirst-{}@thread.tacv2".format
    channel = {"id": thread("staff"), "name": "Staff room"}
    team = {"id": thread("team"), "name": school.name, "aadGroupId": identity("team"), "channels": [channel]}
    found: dict[str, Any] = {
        "version": "0.1.1",
        "tenantId": identity("tenant"),
        "bot": {"id": f"28:{identity('bot')}", "name": "AskFirst"},
        "currentUser": own,
        "users": list(accounts.values()),
        "personalChat": {"id": f"a:{own['aadObjectId']}"},
        "groupChat": {"id": thread("group"), "name": "Year 7 team"},
        "team": team,
    }
    return json.dumps(found, indent=1)


def _account(name: str, shown: str, person: Person | None) -> dict[str, str]:
    """The address is only shown: nobody is known by it."""
    given, _, surname = shown.rpartition(" ")
    email = (person.email if person else "") or f"{name}@example.org"
    names = {"name": shown, "givenName": given, "surname": surname}
    reached = {"userPrincipleName": email, "email": email}  # the Playground's own spelling
    return {"id": f"29:{identity(name)}", "aadObjectId": identity(name), **names, **reached}
