"""What the sender of every process does, but for the sending itself: claim what is due, move the ladders, mark.

Synchronous and without a clock; adapters/delivering/sender.py calls it, hands the letters to the channels and says
how it went.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.concerns import ASKFIRST, Detail, acted_on, staff
from bot.concerns.drills import drill_due, on_a_ladder
from bot.concerns.escalation import Recipient, Retry, Step, after_failure, follow_ups, idle_check, news
from bot.concerns.guidance import CALL_999, ring_along
from bot.concerns.routing import called_in
from bot.concerns.standing_in import as_of
from bot.errors import without_content
from bot.knowledge import Person, School
from bot.service.casework import begin_round, routing_now
from bot.service.casework.reporting import present
from bot.store import Case, Health, Notice, Store, UnknownConcernError

log = logging.getLogger("askfirst.sender")
WHOEVER_LOGGED_IT = "whoever logged it"
_IN_CHRONOLOGY = ("alert", "follow-up", "action-due")


@dataclass(frozen=True)
class Reach:
    """Whether somebody can be reached on any way; `troubles` says on which they cannot, and why; `remarks` what else is
    to be known about the ways that lead there."""

    reached: bool
    troubles: str
    remarks: str = ""


class Delivery:
    """The outbox of the schools that `schools` gives at the time, for one process."""

    def __init__(self, schools: Callable[[], Mapping[str, School]], store: Store) -> None:
        self._schools, self._store = schools, store
        self._outbox = store.outbox(tuple(schools()))

    def claim(self, now: dt.datetime, limit: int = 20) -> tuple[Notice, ...]:
        """What is to be sent now. Steps that are AskFirst's own (a ladder that has run out, a concern that lies idle, a
        link that was asked for) are taken here."""
        while notices := self._outbox.claim(now, limit):
            for notice in notices:
                # These may make letters that are due at once: the look is repeated until there is one, or nothing.
                if not _is_letter(notice):
                    # Where it fails its lease runs out and it is tried again; it must keep no letter from being sent.
                    with _going_on(f"a step of kind {notice.kind}"):
                        self._advance(notice, now)
            if letters := tuple(notice for notice in notices if _is_letter(notice)):
                for notice in letters:
                    with _going_on(f"letting somebody in for a step of kind {notice.kind}"):
                        self._let_in(notice, now)
                return letters
        return ()

    def renew(self, now: dt.datetime) -> None:
        """Keep what was claimed and is still on its way."""
        self._outbox.renew(now)

    def next_due(self) -> dt.datetime | None:
        """When to look again at the latest."""
        return self._outbox.next_due()

    def school(self, notice: Notice) -> School:
        """The school that a notice belongs to."""
        return self._schools()[notice.school]

    def person(self, notice: Notice) -> Person | None:
        """Whom a notice goes to, where it is somebody of school.yaml who is still there."""
        return self.school(notice).people.get(notice.recipient.person)

    def sent(self, notice: Notice, way: str, now: dt.datetime) -> None:
        """It was handed over to `way`."""
        if notice.kind not in _IN_CHRONOLOGY:
            self._outbox.sent(notice)
            return
        detail = Detail(who=self._who(notice), way=way, tries=notice.tries)
        self._store.concerns(notice.school).delivered(self._outbox, notice, "alert-sent", detail, now)

    def failed(
        self, notice: Notice, way: str, ways: int, reason: str, now: dt.datetime, *, permanent: bool = False,
        wait: float | None = None, uncertain: bool = False,
    ) -> None:  # fmt: skip
        """It could not be handed over: written down, then tried again, on the next way, or given up in favour of the
        next rung. `reason` is in plain words; `wait` is how many seconds the channel asked for; `uncertain` that it may
        have arrived all the same."""
        detail = Detail(who=self._who(notice), way=way, tries=notice.tries, reason=reason)
        self._store.concerns(notice.school).delivered(self._outbox, notice, "alert-failed", detail, now)
        retry = after_failure(notice.way, notice.tries, ways, permanent, wait, now)
        # The next rung is not made to wait for its minutes because of a line that is dead.
        if retry.way is None:
            self._outbox.given_up(notice, now)
        else:
            self._outbox.put_off(notice, Retry(retry.way, retry.at), uncertain=uncertain)

    def health(self, now: dt.datetime) -> Health:
        """How the ladders stand."""
        return self._outbox.health(now)

    def watch(self, now: dt.datetime) -> Health:
        """Look for open concerns without a next step, and begin their ladder anew; send the test alerts of the month.
        Where that fails it is said in the
        log, and the next look finds the concern again."""
        health = self._outbox.health(now)
        for school, number in health.missing:
            with _going_on(f"the ladder of concern {number}"):
                self._begin_anew(school, number, now)
        for each in self._schools().values():
            with _going_on("the monthly test alert"):
                self._drill(each, now)
        return health

    def _drill(self, school: School, now: dt.datetime) -> None:
        """The test alert of this month, once its time has come: to everybody on a ladder, once."""
        if month := drill_due(school, now):
            steps = [Step("test", now, Recipient(person)) for person in on_a_ladder(school, now)]
            self._store.drills(school.id).add(month, steps)

    def _begin_anew(self, school: str, number: str, now: dt.datetime) -> None:
        with self._store.concerns(school).work_on_ladder(number) as case:
            # Under the lock: somebody may have acknowledged it since the look.
            if case.state.status == "open":
                case.stop_ladder()
                begin_round(self._schools()[school], case, now)

    def _let_in(self, notice: Notice, now: dt.datetime) -> None:
        """Whoever is called by a part that could not read it so far can from now on, before the letter goes."""
        school, person = self._schools()[notice.school], notice.recipient.person
        if notice.kind != "alert" or "chair" not in as_of(school, now).roles_of(person):
            return
        with self._store.concerns(notice.school).work_on_ladder(notice.concern or "") as case:
            case.let_in_parts(called_in(routing_now(school, case, now), person))

    def _advance(self, notice: Notice, now: dt.datetime) -> None:
        if notice.kind == "sign-in":
            self._answer_request(notice, now)
            return
        try:
            with self._store.concerns(notice.school).work_on_ladder(notice.concern or "") as case:
                # Acknowledged meanwhile, or taken over: a ladder that was called off must not begin again.
                if not case.take(self._outbox, notice):
                    return
                if notice.kind == "ran-out" and case.state.status == "open":
                    self._ran_out(self._schools()[notice.school], case, notice, now)
                elif notice.kind == "idle" and case.state.status == "acknowledged":
                    self._idle(self._schools()[notice.school], case, notice, now)
        except UnknownConcernError:  # deleted meanwhile
            self._outbox.sent(notice)

    def _ran_out(self, school: School, case: Case, notice: Notice, now: dt.datetime) -> None:
        """Tell the reporter that nobody has answered and whom to ring, and begin again: at the time at which the ladder
        would have ended, so that one on which nobody can be reached is not run through over and over."""
        case.append("ran-out", ASKFIRST, Detail(), now)
        people = ring_along(school, routing_now(school, case, now), case.report.reporter.person, now)
        ring = ", ".join(f"{person.name} on {person.phone}" for person in people)
        text = f"Nobody has answered yet. {CALL_999} Please do not wait: ring {ring}. The alerts go on."
        case.add_steps(news(case.report.reporter, text, now))
        begin_round(school, case, max(now, notice.due))

    def _idle(self, school: School, case: Case, notice: Notice, now: dt.datetime) -> None:
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

    def _answer_request(self, notice: Notice, now: dt.datetime) -> None:
        """A link was asked for: made and sent only if the address is somebody's who may have one."""
        school = self._schools()[notice.school]
        wanted = notice.text.strip().casefold()
        person = next((each for each in staff(school) if each.email and each.email.casefold() == wanted), None)
        # Marked first: where the process dies now no link goes out, and whoever wants one asks again. Two links would
        # be two keys.
        if not self._outbox.sent(notice) or person is None:
            return
        token = self._store.sign_in(school.id).make_link(person.id, now)
        self._outbox.add(school.id, None, (Step("sign-in", now, Recipient(person.id), text=token),))

    def _who(self, notice: Notice) -> str:
        person = self.person(notice)
        if person:
            return person.name
        return WHOEVER_LOGGED_IT if notice.recipient.account else "somebody who has left"


@contextlib.contextmanager
def _going_on(what: str) -> Iterator[None]:
    """The boundary of one step: what is wrong with it is said in the log, and the others go on."""
    try:
        yield
    except Exception as fault:  # whatever it is, it is wrong with this one alone
        log.error("%s could not be taken on, and it is tried again: %s", what, without_content(fault))


def _is_letter(notice: Notice) -> bool:
    own = notice.kind in ("ran-out", "idle") or (notice.kind == "sign-in" and not notice.recipient.person)
    return not own
