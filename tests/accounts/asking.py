"""A request as the PE department fills it in, and how one is carried through to be in use."""

from __future__ import annotations

import datetime as dt

from bot.accounts import Registered
from bot.accounts.form import RISKS
from bot.concerns import Reporter
from bot.service.accounts import AccountDesk
from tests.conftest import NOW

ASKER = Reporter("Mr Joel Asante", "IT support", "it-support", None, "slack")
MANAGER, LEADER, HOLDER, OTHER = "deputy-2", "head", "online", "chair"
REVIEW = dt.date(2027, 6, 1)
_FILLED: dict[str, str | tuple[str, ...]] = {
    "tool": "Twitter", "name": "PE", "whose": "department", "audience": ("pupils", "parents"),
    "years": ("year-9", "year-10"), "age_limit": "13",
    "purpose": "Fixtures and results.", "why_this": "Parents of our teams read it.",
    "without": "By email, and on the board.",
    "kind": "account", "open_to": "members", "followers": "approved", "follows": "organisations",
    "holders": ("online", "head"), "others": "Priya Shah, Head of PE", "own_way": "yes", "moderator": "Priya Shah",
    "how_often": "daily", "cover": "Mr Ben Ferreira", "comments": "approved", "official": "yes", "pictures": "none",
    "data": "no", "training": "14 September", "review": REVIEW.isoformat(),
    "ending": "In July, with all posts deleted.",
    "manager": MANAGER, **{name: f"Riskmarker {name}" for name, _, _ in RISKS},
}  # fmt: skip
FORBIDDEN: dict[str, tuple[dict[str, str | tuple[str, ...]], str, str]] = {
    "an account in one's own name": ({"whose": "own"}, "whose", "whose-account"),
    "pupils under the age limit": ({"years": ("year-7", "year-9")}, "years", "pupils-old-enough"),
    "following pupils": ({"follows": "pupils"}, "follows", "follow-pupils-back"),
    "one holder": ({"holders": ("head",), "others": ""}, "holders", "slt-access"),
    "no senior leader": ({"holders": ("online",)}, "holders", "slt-access"),
    "one password for all": ({"own_way": "no"}, "own_way", "slt-access"),
    "a personal profile": ({"kind": "profile"}, "kind", "page-or-profile"),
    "posts that are not official": ({"official": "no"}, "official", "counts-as-official"),
    "pupils' data before anybody was asked": ({"data": "unasked"}, "data", "new-app"),
}


def filled(**changes: str | tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The whole form, as it must be but for the changes."""
    whole = {**_FILLED, **changes}
    return {name: (value,) if isinstance(value, str) else value for name, value in whole.items()}


def asked(desk: AccountDesk, now: dt.datetime = NOW, **changes: str | tuple[str, ...]) -> Registered:
    """A request that was sent."""
    return desk.ask(f"form {sorted(changes.items())}", filled(**changes), now, ASKER)


def agreed(desk: AccountDesk, now: dt.datetime = NOW, **changes: str | tuple[str, ...]) -> Registered:
    """One to which both have agreed."""
    found = asked(desk, now, **changes)
    for person in (MANAGER, LEADER):
        desk.act(person, found.number, "decide", {"decision": "yes", "reason": f"Reasonmarker of {person}"}, now)
    return desk.view(LEADER, found.number, now).found


def in_use(desk: AccountDesk, now: dt.datetime = NOW, **changes: str | tuple[str, ...]) -> Registered:
    """One that is in use."""
    found = agreed(desk, now, **changes)
    desk.act(HOLDER, found.number, "live", {"address": "@fernbankPE"}, now)
    return desk.view(LEADER, found.number, now).found
