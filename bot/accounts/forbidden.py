"""What no request may hold, with the entry of the base that says so. It is said as soon as its screen is filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.accounts.model import Holder
from bot.concerns import Answers, IncompleteError

# What is for 13 and over by its own terms, whatever is written beside it.
_THIRTEEN = 13
_THIRTEEN_AND_OVER = re.compile(
    r"\b(?:facebook|instagram|twitter|tik ?tok|snap ?chat|threads|bluesky|pinterest|discord|reddit|whats ?app)\b|^x$",
    re.IGNORECASE,
)
# In Northern Ireland, and in Scotland where P1 is taken for Year 1, Year 1 begins a year earlier in life.
_YEAR_BEFORE = ("Northern Ireland", "Scotland")


@dataclass(frozen=True)
class Forbidden:
    """One thing that may not be: beside which field it is said, in which words, and which entry says so."""

    field: str
    words: str
    entry: str


class ForbiddenError(IncompleteError):
    """The request holds what is forbidden: `found` says what, by which entry."""

    def __init__(self, found: tuple[Forbidden, ...], problems: Mapping[str, str]) -> None:
        super().__init__(problems)
        self.found = found


def youngest(years: tuple[str, ...], nation: str) -> int | None:
    """How old the youngest pupils of these years may be in a nation; None where no year is named."""
    first = 4 if nation in _YEAR_BEFORE else 5
    ages = {"nursery": 3, "reception": 4, **{f"year-{number}": first + number - 1 for number in range(1, 14)}}
    return min((ages[year] for year in years if year in ages), default=None)


def forbidden_in(answers: Answers, holders: tuple[Holder, ...], nation: str) -> tuple[Forbidden, ...]:
    """Everything that is forbidden in what was filled in so far, at a school of this nation."""
    return (*_too_young(answers, nation), *(found for rule in _RULES for found in rule(answers, holders)))


def _one(answers: Answers, field: str) -> str:
    return (answers.get(field, ()) or ("",))[0].strip()


def _in_own_name(answers: Answers, _: tuple[Holder, ...]) -> Iterator[Forbidden]:
    if _one(answers, "whose") == "own":
        yield Forbidden(
            "whose", "It cannot be anybody’s own. Make it the school’s, or the department’s.", "whose-account"
        )


def _too_young(answers: Answers, nation: str) -> Iterator[Forbidden]:
    age, typed = youngest(answers.get("years", ()), nation), _one(answers, "age_limit")
    if "pupils" not in answers.get("audience", ()) or age is None or not typed.isdecimal():
        return
    limit = max(int(typed), _THIRTEEN if _THIRTEEN_AND_OVER.search(_one(answers, "tool")) else 0)
    if age < limit:
        said = f"The youngest of these pupils are {age}, and the tool is for {limit} and over."
        said = f"{said} Untick the years that are too young, or choose another tool."
        yield Forbidden("years", said, "pupils-old-enough")


def _profile(answers: Answers, _: tuple[Holder, ...]) -> Iterator[Forbidden]:
    if _one(answers, "kind") == "profile":
        yield Forbidden("kind", "A personal profile is not allowed. Use a page or a group.", "page-or-profile")


def _follows_pupils(answers: Answers, _: tuple[Holder, ...]) -> Iterator[Forbidden]:
    if _one(answers, "follows") == "pupils":
        yield Forbidden("follows", "It cannot follow pupils, even if they follow it.", "follow-pupils-back")


def _too_few_hands(answers: Answers, holders: tuple[Holder, ...]) -> Iterator[Forbidden]:
    if not ({"holders", "others"} & answers.keys()):
        return
    if len(holders) < 2:
        yield Forbidden("holders", "Two people at least need a login. Add another one.", "slt-access")
    elif not any(holder.leads for holder in holders):
        yield Forbidden("holders", "No senior leader has a login yet. Add one, with full access.", "slt-access")


def _one_password(answers: Answers, _: tuple[Holder, ...]) -> Iterator[Forbidden]:
    if _one(answers, "own_way") == "no":
        yield Forbidden("own_way", "A password cannot be passed round. Give each a login of their own.", "slt-access")


def _not_official(answers: Answers, _: tuple[Holder, ...]) -> Iterator[Forbidden]:
    if _one(answers, "official") == "no":
        yield Forbidden(
            "official", "Every post counts as the school speaking. Tell all who post first.", "counts-as-official"
        )


def _data_unasked(answers: Answers, _: tuple[Holder, ...]) -> Iterator[Forbidden]:
    if _one(answers, "data") == "unasked":
        yield Forbidden(
            "data", "Ask the data protection lead before pupils’ data goes in. Then come back to this.", "new-app"
        )


_Rule = Callable[[Answers, tuple[Holder, ...]], Iterator[Forbidden]]
_RULES: tuple[_Rule, ...] = (
    _in_own_name, _profile, _follows_pupils, _too_few_hands, _one_password, _not_official, _data_unasked,
)  # fmt: skip
