"""Whoever is called first on a ladder hears that a backup was put back: by the ordinary ways, without content."""

from __future__ import annotations

import datetime as dt

from bot.concerns import Reader
from bot.concerns.ladder.escalation import Recipient, Step, first_called
from bot.concerns.standing_in import as_of
from bot.concerns.words import day_and_time
from bot.knowledge import School
from bot.store import Restored, Store

_NOT_COUNTED = (
    "At least one concern in it cannot be opened, so they are not counted here: ask whoever looks after AskFirst to "
    "run askfirst audit verify."
)


def tell_restored(store: Store, school: School, now: dt.datetime) -> None:
    """Write the letters, once for each restore, while nobody has said what is to become of it. Raises StoreError."""
    restores = store.restores(school.id)
    last = restores.last()
    if last is None or last.looked_at is not None:
        return
    said = {person: _text(store, school, last, person) for person in first_called(school, now)}
    restores.tell(last, [Step("restored", now, Recipient(person), text=text) for person, text in said.items()])


def _text(store: Store, school: School, last: Restored, person: str) -> str:
    concerns = _counted(store, school, Reader(person, as_of(school, last.restored_at).roles_of(person)))
    taken, until = (day_and_time(at, school.opening.zone) for at in (last.taken_at, last.until))
    return (
        f"The safeguarding log of {school.name} was restored from a backup of {taken}. {concerns}\n\n"
        "Whatever was logged or done after that is not here: ask staff whether they logged anything since, and have it "
        "logged again.\n\n"
        f"Alerts about what was open stand still until {until}, then they go on by themselves. "
        "Open the inbox to look, and to say whether they go on now or wait."
    )


def _counted(store: Store, school: School, reader: Reader) -> str:
    """How many are open. Only what they may read: a number too high would tell of a concern that is kept from them."""
    found = store.inbox(school.id).summaries(reader, ("open",))
    if any(each.kind is None for each in found):
        return _NOT_COUNTED
    count = len(found)
    return f"{count} concern{'s' * (count != 1)} that you may read {'are' if count != 1 else 'is'} open in it."
