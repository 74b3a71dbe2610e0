"""What somebody filled in about a statement -> Judged, or what is wrong with it beside each field. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from bot.concerns import IncompleteError
from bot.concerns.naming.children import children_named
from bot.concerns.naming.names import TITLES, name_words
from bot.concerns.naming.private import private_persons
from bot.concerns.typed import NOT_PICKED, PAST_DAY, day_in, too_long
from bot.readiness.model import RATINGS, Judged, KnownFact

FIELDS = ("rating", "evidence", "plan", "owner", "due", "differs")
LIMITS: Mapping[str, int] = {"evidence": 2_000, "plan": 1_000, "owner": 100, "differs": 1_000}
SHOW_IT = "Say in a few words what shows it."
SAY_WHY = "Say why you see it otherwise than AskFirst."
_NAMED = "Governors read this, so it names no child and gives nobody’s private details. Take out: {words}"


def read_judged(
    given: Mapping[str, str], fact: KnownFact | None, people: Iterable[str], today: dt.date, before: Judged
) -> Judged:
    """FIELDS by name -> Judged. `people` are the names of school.yaml, which may stand in it; `before` is what was
    saved last: its day may have passed meanwhile. Raises IncompleteError with every problem, by field."""
    texts = {name: given.get(name, "").strip() for name in FIELDS}
    rating = next((each for each in RATINGS if each == texts["rating"]), None)
    problems: dict[str, str] = {}
    if rating is None and (texts["rating"] or (fact is None and any(texts.values()))):
        problems["rating"] = NOT_PICKED
    if rating == "yes" and not texts["evidence"] and (fact is None or fact.rating != rating):
        problems["evidence"] = SHOW_IT
    if rating and fact and rating != fact.rating and not texts["differs"]:
        problems["differs"] = SAY_WHY
    problems |= _of_texts(texts, tuple(people))
    due = _due(texts["due"], today, before, problems)
    if problems:
        raise IncompleteError({name: problems[name] for name in FIELDS if name in problems})
    differs = texts["differs"] if rating and fact and rating != fact.rating else ""
    return Judged(rating, texts["evidence"], texts["plan"], texts["owner"], due, differs)


def _of_texts(texts: Mapping[str, str], people: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, limit in LIMITS.items():
        if wrong := of_text(texts[name], people if name != "owner" else None, limit):
            found[name] = wrong
    return found


def of_text(text: str, people: Iterable[str] | None, limit: int) -> str:
    """What is wrong with a text that governors will read; empty for nothing. Without `people` any name may stand in
    it."""
    if len(text) > limit:
        return too_long(limit)
    words = _private(text, people) if people is not None else ""
    return _NAMED.format(words=words) if words else ""


def _private(text: str, people: Iterable[str]) -> str:
    """What looks like a child, or like somebody's private details. "Ms Patel" may be named: she is on the staff."""
    people = tuple(people)
    if child := next(children_named(text, people), ""):
        return f"“{child}”."
    lines = [(line, "") for line in text.splitlines()]
    found = [each for each in private_persons(lines, people) if not (each.kind == "name" and _is_titled(each.words))]
    return f"“{found[0].words}”." if found else ""


def _is_titled(words: str) -> bool:
    first = words.split()[0].rstrip(".").casefold()
    return first in TITLES and len(name_words(words)) > 0


def _due(typed: str, today: dt.date, before: Judged, problems: dict[str, str]) -> dt.date | None:
    try:
        due = day_in("due", typed)
    except IncompleteError as fault:
        problems |= fault.problems
        return None
    if due is not None and due < today and due != before.due:
        problems["due"] = PAST_DAY
    return due
