"""The steps of a ladder that AskFirst takes itself: it has run out, nobody could be reached, or nothing was done since.

Each is carried out on a concern that is locked; `bot.service.delivery` says when.
"""

from __future__ import annotations

import datetime as dt

from bot.concerns import ASKFIRST, Detail, Event, acted_on
from bot.concerns.guidance import CALL_999, ring_along
from bot.concerns.ladder.escalation import (
    NOT_ANSWERED,
    NOT_REACHED,
    end_waits_until,
    follow_ups,
    idle_check,
    news,
)
from bot.concerns.ladder.retrying import EVERY_MINUTE
from bot.concerns.routing import ring_route
from bot.concerns.standing_in import as_of
from bot.knowledge import School
from bot.service.casework import begin_round, routing_now
from bot.service.casework.reporting import present
from bot.store import Case, Notice, Outbox

_NOBODY_ANSWERED = "Nobody has answered yet. {call} Please do not wait: ring {ring}. The alerts go on."
_NOBODY_REACHED = (
    "Nobody could be reached yet: the alerts cannot be delivered at the moment. {call} Please do not wait: ring "
    "{ring}. The alerts are tried again and again."
)


def ran_out(school: School, case: Case, outbox: Outbox, notice: Notice, now: dt.datetime) -> None:
    """The ladder has come to its end and nobody has answered: tell the reporter whom to ring, and begin again at the
    time at which it would have ended. While nobody on it could be told it waits, and uses up nothing."""
    if until := _end_waits(school, case, outbox, notice, now):
        case.put_off(outbox, notice, until)
        return
    # Acknowledged meanwhile, or taken over: a ladder that was called off must not begin again.
    if not case.take(outbox, notice):
        return
    if case.rungs(outbox, notice).was_heard(notice.round):
        case.append("ran-out", ASKFIRST, Detail(), now)
        _tell_reporter(school, case, _NOBODY_ANSWERED, NOT_ANSWERED, now)
    begin_round(school, case, max(now, notice.due))


def nobody_there(
    school: School, case: Case, outbox: Outbox, notice: Notice, now: dt.datetime, *, for_good: bool = False
) -> None:
    """Whoever this notice is for cannot be reached on any way: the next rung is tried before its time. Where nobody at
    all can be reached the reporter is told so, once, with the numbers to ring."""
    rungs = case.rungs(outbox, notice)
    if rungs.call_next(notice, now, for_good=for_good) != "nobody" or rungs.was_heard(notice.round):
        return
    if any(event.kind == "not-reached" for event in _since_somebody_heard(case)):
        return
    case.append("not-reached", ASKFIRST, Detail(), now)
    _tell_reporter(school, case, _NOBODY_REACHED, NOT_REACHED, now)


def lies_idle(school: School, case: Case, notice: Notice, now: dt.datetime) -> None:
    """Remind whoever acknowledged; the second time everybody on the ladder, because they may be away."""
    if acted_on(case.events) or case.state.holder is None:
        return
    routing = routing_now(school, case, now)
    # Not a chair who has not been called: they are let in by an alert alone.
    calls = [call for call in routing.calls if call.role in ("", *routing.readers)]
    everybody = [person for call in calls for person in call.people]
    holder = present(school, routing, case.state.holder.person, now)
    people = dict.fromkeys([holder, *(everybody if notice.rung else [])])
    again = idle_check(school, now, case.round, notice.rung + 1)
    case.add_steps((*follow_ups(tuple(people), now, case.round), again))


def _end_waits(school: School, case: Case, outbox: Outbox, notice: Notice, now: dt.datetime) -> dt.datetime | None:
    """Until when the end of the ladder waits; None where it does not."""
    rungs = case.rungs(outbox, notice)
    if rungs.was_heard(notice.round):
        last = max((event.at for event in case.events if event.kind == "alert-sent"), default=notice.due)
        until = end_waits_until(school, case.state.urgent, min(last, now))
        return until if until > now else None
    called = {person for call in routing_now(school, case, now).calls for person in call.people}
    # Whoever holds a part on the ladder by now, and is not being tried yet, is called by a new round.
    return now + EVERY_MINUTE if called and called <= rungs.untold(now) else None


def _since_somebody_heard(case: Case) -> tuple[Event, ...]:
    heard = max((i for i, event in enumerate(case.events) if event.kind == "alert-sent"), default=-1)
    return case.events[heard + 1 :]


def _tell_reporter(school: School, case: Case, text: str, passing: int, now: dt.datetime) -> None:
    # Whoever logged it is taken at their word where it is only about whom they ring: nobody rings themselves.
    taken = ring_route(as_of(school, now), case.report) if case.report.reporter.claimed else None
    people = ring_along(school, taken or routing_now(school, case, now), case.report.reporter.person, now)
    ring = ", ".join(f"{person.name} on {person.phone}" for person in people)
    case.drop_passing_news()
    case.add_steps(news(case.report.reporter, text.format(call=CALL_999, ring=ring), now, passing))
