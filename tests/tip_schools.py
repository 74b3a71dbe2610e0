"""What the tests of the tips share: school years of every nation, a base whose answers are fresh, a channel that keeps
what it was sent."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from adapters.delivering.poster import NotPostedError
from bot.knowledge import Knowledge, School, Term, TipRules
from bot.tips import TipCard

NATIONS = ("England", "Wales", "Scotland", "Northern Ireland")
CHANNELS = ("web", "slack:C01", "teams:T01")
YEARS = (2026, 2027, 2028)
# (first, last) of each term in a school year, as (years after its first, month, day).
_SOUTH = (
    ((0, 9, 2), (0, 10, 23)), ((0, 11, 2), (0, 12, 18)), ((1, 1, 4), (1, 2, 11)), ((1, 2, 21), (1, 3, 24)),
    ((1, 4, 10), (1, 5, 26)), ((1, 6, 5), (1, 7, 21)),
)  # fmt: skip
_TERMS = {
    "England": _SOUTH,
    "Wales": _SOUTH,
    "Scotland": (
        ((0, 8, 17), (0, 10, 9)),
        ((0, 10, 26), (0, 12, 22)),
        ((1, 1, 5), (1, 4, 1)),
        ((1, 4, 18), (1, 6, 25)),
    ),
    "Northern Ireland": (((0, 9, 1), (0, 12, 21)), ((1, 1, 4), (1, 3, 16)), ((1, 3, 18), (1, 6, 30))),
}


def fresh(knowledge: Knowledge, school: School) -> Knowledge:
    """The base with this school, and with no answer that falls due for review."""
    entries = {name: replace(entry, review_by=dt.date(2040, 1, 1)) for name, entry in knowledge.entries.items()}
    return replace(knowledge, entries=entries, school=school)


def three_years(school: School, nation: str, channels: tuple[str, ...] = CHANNELS) -> School:
    """The school in this nation, with the terms of three years."""
    terms = tuple(
        Term(f"{year}-{number}", dt.date(year + one[0], *one[1:]), dt.date(year + two[0], *two[1:]))
        for year in YEARS
        for number, (one, two) in enumerate(_TERMS[nation])
    )
    rules = TipRules(channels=channels, residentials=frozenset({dt.date(2027, 5, 15)}))
    inset = frozenset(dt.date(year, 8, 31) for year in YEARS)
    opening = replace(school.opening, terms=terms, inset_days=inset, closed=frozenset({dt.date(2026, 12, 9)}))
    return replace(school, nation=nation, opening=opening, tips=rules)


class Board:
    """A chat in memory. `tells` says whether it can be asked what is there; `fails` is raised at the next posts, before
    the post is there or (with `after`) once it is."""

    def __init__(self, name: str = "slack", tells: bool = True) -> None:
        self.name, self.tells = name, tells
        self.posts: list[tuple[str, str, TipCard]] = []
        self.fails: list[BaseException] = []
        self.after = False

    async def post(self, channel: str, tip: TipCard, key: str) -> None:
        fault = self.fails.pop(0) if self.fails else None
        if fault and not self.after:
            raise fault
        self.posts.append((channel, key, tip))
        if fault:
            raise fault

    async def has(self, channel: str, key: str) -> bool | None:
        return any(kept == key for _, kept, _ in self.posts) if self.tells else None


def refusal(wait: float | None = None) -> NotPostedError:
    return NotPostedError("too many at once", wait=wait)
