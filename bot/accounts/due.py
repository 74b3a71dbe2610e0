"""What a day brings: a review that falls due, somebody with a login who has left or is marked as leaving."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from bot.accounts.model import AGREED, Holder, Registered
from bot.knowledge import School

_AGAIN = dt.timedelta(days=7)


def as_of_day(found: Registered, today: dt.date) -> Registered:
    """How it stands on a day: in use and past its review is due for review."""
    past = found.state in ("live", "handed-over") and found.review_on <= today
    return replace(found, state="due") if past else found


def to_hand_over(school: School, found: Registered, today: dt.date) -> tuple[Holder, ...]:
    """Whose login is to be handed over: whoever is no longer in school.yaml, is marked as leaving there, or was said
    to leave."""
    return tuple(each for each in found.holders if found.state in AGREED and _leaves(school, found, each, today))


def wants_a_look(found: Registered, today: dt.date) -> bool:
    """Whether the day of its review has come: of what is in use, and of what was approved and may be in use unsaid."""
    return found.state in AGREED and found.review_on <= today


def wants_a_reminder(school: School, found: Registered, today: dt.date) -> bool:
    """Whether somebody is to be reminded of it today: weekly, until it is reviewed and handed over."""
    waits = wants_a_look(found, today) or bool(to_hand_over(school, found, today))
    return waits and (found.reminded_on is None or found.reminded_on + _AGAIN <= today)


def reminded(found: Registered, today: dt.date) -> Registered:
    """The same, once somebody was reminded of it."""
    return replace(found, reminded_on=today)


def _leaves(school: School, found: Registered, holder: Holder, today: dt.date) -> bool:
    if holder.name in found.leaving:
        return True
    if not holder.person:
        return False
    person = school.people.get(holder.person)
    # Another name under the same id is somebody new in the same part: the account was not given to them.
    gone = person is None or person.name != holder.name
    return gone or bool(person and person.leaving)
