"""What a person says after a restore: whatever waited in the backup goes on now, or it waits for a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from bot.concerns import Actor
from bot.concerns.words import day_and_time
from bot.knowledge import School
from bot.store import Restored, Store

LOOK = (
    "Look into the inbox, then say what is to become of the alerts: askfirst restored --run-now, or askfirst restored "
    "--hold"
)
HELD_FOR = dt.timedelta(hours=24)  # a hold that nobody remembers must not lose a concern
_MAY_DECIDE = frozenset({"dsl", "deputy-dsl", "head"})


def may_decide(roles: Collection[str]) -> bool:
    """Whether somebody with these roles says what becomes of the alerts."""
    return bool(_MAY_DECIDE & set(roles))


def let_run(store: Store, school: School, by: Actor, now: dt.datetime) -> None:
    """Alerts go on now. That somebody said so stands in the log. Raises StoreError."""
    store.restores(school.id).let_run(by, "alerts go on", now)


def hold(store: Store, school: School, by: Actor, now: dt.datetime) -> dt.datetime:
    """Alerts about what was in the backup wait. Returns until when. Raises StoreError."""
    until = now + HELD_FOR
    text = f"alerts are held until {day_and_time(until, school.opening.zone)}"
    store.restores(school.id).hold(by, text, now, until)
    return until


def standing(school: School, last: Restored, now: dt.datetime) -> str:
    """How it stands, in a sentence or two, for the doctor, the terminal and the inbox."""
    zone = school.opening.zone
    put_back, taken = day_and_time(last.restored_at, zone), day_and_time(last.taken_at, zone)
    said = f"The log was restored on {put_back} from a backup of {taken}. What was logged or done between is not here."
    if not last.stands_still(now):
        return f"{said} Alerts about what was open have gone on."
    kept = "held" if last.held else "standing still"
    return f"{said} Alerts about what was open are {kept} until {day_and_time(last.until, zone)}."
