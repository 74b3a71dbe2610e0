"""The daily summary to whoever leads on safeguarding: how many concerns are open, and where the log stands.

Counts alone, and only of what its reader may read: a number too high would tell of a concern that is kept from them.
"""

from __future__ import annotations

import datetime as dt

from bot.concerns import Reader
from bot.concerns.ladder.escalation import Recipient, Step
from bot.concerns.standing_in import as_of
from bot.hours import is_open
from bot.knowledge import School
from bot.store import Store

_NOT_COUNTED = "At least one concern cannot be opened, so none are counted here."


def summary_due(school: School, now: dt.datetime) -> str:
    """The day whose summary is to go out now, such as "2026-12-01": a school day, while the school is open. Empty where
    there is none, or the school wants none, or keeps its concerns elsewhere."""
    wanted = school.summaries and school.elsewhere is None and is_open(school, now)
    return now.astimezone(school.opening.zone).date().isoformat() if wanted else ""


def write_summaries(store: Store, school: School, now: dt.datetime) -> None:
    """The summary of this day to each DSL, or to whoever stands in; once, whichever process looks first. Raises
    StoreError."""
    if not (day := summary_due(school, now)):
        return
    present, kept = as_of(school, now), store.summaries(school.id)
    for person in present.holders("dsl"):
        if not kept.written(day, person.id):
            text = _counted(store, school, Reader(person.id, present.roles_of(person.id)))
            kept.add(day, Step("summary", now, Recipient(person.id), text=text))


def _counted(store: Store, school: School, reader: Reader) -> str:
    found = store.inbox(school.id).summaries(reader, ("open", "acknowledged"))
    if any(each.kind is None for each in found):
        return _NOT_COUNTED
    waiting = sum(each.state.status == "open" for each in found)
    return (
        f"Waiting to be acknowledged: {waiting}. Acknowledged and not closed yet: {len(found) - waiting}. "
        "Only concerns that you may read are counted."
    )
