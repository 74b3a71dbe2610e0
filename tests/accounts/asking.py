"""A request as the PE department fills it in, and how one is carried through to be in use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from bot.accounts import Registered
from bot.accounts.form import RISKS
from bot.concerns import Field, Reporter
from bot.concerns.actions import ActionField
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
    "pupils under the age of a well-known site": (
        {"years": ("year-4",), "age_limit": "0"},
        "years",
        "pupils-old-enough",
    ),
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


def filled_by_staff(**changes: str | tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The same by the people of the plays: the DSL is the line manager, and has a login beside the head."""
    return filled(**{"manager": "dsl", "holders": ("dsl", "head"), "cover": "Ms Amara Bello", **changes})


def labelled(fields: Iterable[Field], answers: Mapping[str, tuple[str, ...]]) -> dict[str, str | list[str]]:
    """Answers by the labels under which people find them, with the words of what is picked."""
    found: dict[str, str | list[str]] = {}
    for field in fields:
        labels = {option.value: option.label for option in field.options}
        values = [labels.get(value, value) for value in answers.get(field.id, ())]
        if values:
            found[field.label] = values if field.kind == "choices" else values[0]
    return found


class Typist:
    """Somebody who types what is asked for at a terminal, by the label of the field; of what is `wrong` they type that
    first, and the right answer when they are asked again."""

    def __init__(
        self,
        fields: Iterable[Field | ActionField],
        answers: Mapping[str, tuple[str, ...]],
        wrong: Mapping[str, str] | None = None,
    ) -> None:
        self._fields = tuple(fields)
        self._answers, self._wrong, self.shown, self._left = answers, dict(wrong or {}), list[str](), list[str]()

    def write(self, line: str) -> None:
        self.shown.append(line)
        said = " ".join(line.split())
        field = next((each for each in self._fields if said.startswith(each.label)), None)
        if field:
            values = (self._wrong.pop(field.id),) if field.id in self._wrong else self._answers.get(field.id, ())
            numbers = [str(n) for n, option in enumerate(field.options, 1) if option.value in values]
            if field.id == "years":  # 9 is Year 9
                numbers = [each.removeprefix("year-") for each in values]
            several = isinstance(field, Field) and field.kind == "text"
            self._left = [" ".join(numbers)] if field.options else [*values, *([""] if several else [])]

    def read(self, _: str) -> str:
        return self._left.pop(0) if self._left else ""


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
