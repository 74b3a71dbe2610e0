"""What the sender of every process does, but for the sending itself: claim what is due, move the ladders, mark.

Synchronous and without a clock: adapters/delivering/sender.py calls it, and hands the letters to the channels.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.concerns import Detail, staff
from bot.concerns.ladder.escalation import Recipient, Step
from bot.concerns.ladder.retrying import EVERY_MINUTE, Retry, after_failure, deserves_a_line, early_again
from bot.concerns.routing import called_in
from bot.concerns.standing_in import as_of
from bot.errors import without_content
from bot.knowledge import Person, School
from bot.service.casework import begin_round, routing_now
from bot.service.casework.handing_on import Begun
from bot.service.drills import send_drills
from bot.service.letters import CARRY_THE_HEAD
from bot.service.own_steps import lies_idle, nobody_there, ran_out
from bot.service.resting import Resting
from bot.service.restoring import tell_restored
from bot.service.summaries import write_summaries
from bot.service.unmarked import Unmarked
from bot.store import Health, Notice, Store, StoreError, UnknownConcernError

log = logging.getLogger("askfirst.sender")
WHOEVER_LOGGED_IT = "whoever logged it"
_LOOK_AGAIN = dt.timedelta(minutes=10)  # at what else can be done for somebody who cannot be reached
_IN_CHRONOLOGY = ("alert", "follow-up", "action-due")
# How long something is tried that nobody needs to know for ever: news to a reporter, and a link that lasts ten minutes.
_PATIENCE = {
    **dict.fromkeys(("news", "closed", "test", "cover", "answer", "account"), dt.timedelta(days=3)),
    "sign-in": dt.timedelta(minutes=10),
    "summary": dt.timedelta(hours=12),  # the next one says more
}


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
        self._resting, self._unmarked, self._begun = Resting(), Unmarked(), Begun(store)
        self._looked: dict[str, dt.datetime] = {}  # when the rest of the ladder was looked at last, by notice

    def claim(self, now: dt.datetime, limit: int = 20) -> tuple[Notice, ...]:
        """What is to be sent now. Steps that are AskFirst's own (a ladder that has run out, a concern that lies idle, a
        link that was asked for) are taken here. Raises StoreError where the database cannot be used; where it can only
        be read, what is due is sent without a mark."""
        try:
            return self._claimed(now, limit)
        except StoreError as fault:
            if found := self._unmarked.to_try(self._outbox.peek(now), now):
                log.error("%d alerts are sent and cannot be marked: %s", len(found), fault)
                return found
            raise

    def _claimed(self, now: dt.datetime, limit: int) -> tuple[Notice, ...]:
        self._mark_arrived(now)
        while notices := self._outbox.claim(now, limit):
            letters = [each for each in notices if _is_letter(each) and not self._is_sent_unmarked(each, now)]
            for notice in notices:
                if arrived := self._unmarked.arrived(notice):
                    self.sent(notice, arrived.way, arrived.at)
                # These may make letters that are due at once: the look is repeated until there is one, or nothing.
                elif not _is_letter(notice):
                    # Where it fails its lease runs out and it is tried again; it must keep no letter from being sent.
                    with _going_on(f"a step of kind {notice.kind}"):
                        self._advance(notice, now)
            if letters:
                for notice in letters:
                    with _going_on(f"letting somebody in for a step of kind {notice.kind}"):
                        self._let_in(notice, now)
                return tuple(letters)
        return ()

    def _mark_arrived(self, now: dt.datetime) -> None:
        """Before anything is claimed: else later rungs are called off for a letter that came before they were due."""
        left = self._unmarked.left()
        leased = self._outbox.regain([notice.id for notice, _ in left], now) if left else {}
        for notice, arrived in left:
            if notice.id not in leased:  # somebody else has sent it, or its concern was deleted
                self._unmarked.marked(notice)
            elif leased[notice.id]:
                with _going_on("the mark of an alert that was sent", but=StoreError):
                    self.sent(notice, arrived.way, arrived.at)

    def _is_sent_unmarked(self, notice: Notice, now: dt.datetime) -> bool:
        return self._unmarked.arrived(notice) is not None or self._unmarked.on_its_way(notice, now)

    def renew(self, now: dt.datetime) -> None:
        """Keep what was claimed and is still on its way."""
        self._outbox.renew(now)

    def next_due(self) -> dt.datetime | None:
        """When to look again at the latest."""
        return self._outbox.next_due()

    def school(self, notice: Notice) -> School:
        """The school that a notice belongs to."""
        return self._schools()[notice.school]

    def head(self, notice: Notice) -> str:
        """The end of the log in short, for a letter that carries it; empty where it is not known. No letter waits for
        it."""
        if notice.kind not in CARRY_THE_HEAD:
            return ""
        try:
            return self._store.audit(notice.school).head()
        except StoreError:
            return ""

    def person(self, notice: Notice) -> Person | None:
        """Whom a notice goes to, where it is somebody of school.yaml who is still there."""
        return self.school(notice).people.get(notice.recipient.person)

    def way(self, notice: Notice, ways: Sequence[str], now: dt.datetime) -> int | None:
        """Which of their ways (by name) is to be tried; None where all of them are left alone for now, or there is
        none."""
        rests = self._resting.of(notice, ways, now)
        following = [number for number in range(len(ways)) if number not in rests]
        return next((number for number in following if number >= notice.way), next(iter(following), None))

    def leave_alone(self, notice: Notice, ways: Sequence[str], now: dt.datetime) -> None:
        """Every way asked to be left alone: it waits until the first may be tried again."""
        rests = self._resting.of(notice, ways, now)
        first = min(rests, key=rests.__getitem__)
        self._outbox.put_off(notice, Retry(first, rests[first]), tries=notice.tries - 1)

    def sent(self, notice: Notice, way: str, now: dt.datetime) -> None:
        """It was handed over to `way`. Where that cannot be written down it is remembered: it is not sent again by this
        process, and marked when that is possible. Raises StoreError."""
        self._resting.works(notice, way)
        self._unmarked.sent(notice, way, now)
        marked = False
        try:
            marked = self._mark_sent(notice, way, now)
        finally:
            (self._unmarked.marked if marked else self._unmarked.not_marked)(notice)
        self._outbox.wake(notice.school, now)

    def _mark_sent(self, notice: Notice, way: str, now: dt.datetime) -> bool:
        if notice.kind not in _IN_CHRONOLOGY:
            return self._outbox.sent(notice)
        detail = Detail(who=self._who(notice), way=way, tries=notice.tries, notice=notice.id)
        return self._store.concerns(notice.school).delivered(self._outbox, notice, "alert-sent", detail, now)

    def failed(
        self, notice: Notice, way: str, ways: Sequence[str], reason: str, now: dt.datetime, *, permanent: bool = False,
        wait: float | None = None, uncertain: bool = False,
    ) -> None:  # fmt: skip
        """It could not be handed over to `way`, one of their `ways` by name: written down, then tried again on the next
        way, and after a pause on all of them. `reason` is in plain words; `wait` is how many seconds the channel asked
        for; `uncertain` that it may have arrived all the same. Raises StoreError."""
        self._resting.failed(notice, way, permanent, wait, now)
        self._unmarked.failed(notice)
        early = notice.due > now and notice.kind == "alert"
        over = self._is_of_no_use(notice, ways, now)
        # A try before its time uses up nothing, the record's patience neither; that nobody tries again is always told.
        if (not early and deserves_a_line(notice.tries)) or (over and notice.kind in _IN_CHRONOLOGY):
            who = self._who(notice)
            detail = Detail(who=who, way=way, tries=notice.tries, reason=reason, notice=notice.id, over=over)
            self._store.concerns(notice.school).delivered(self._outbox, notice, "alert-failed", detail, now)
        if over:
            self._outbox.end(notice)
            self._nobody_there(notice, now, for_good=True)
            return
        number, rests = ways.index(way) if way in ways else 0, self._resting.of(notice, ways, now)
        retry = after_failure(number, notice.tries, len(ways), rests, notice.urgent, now)
        if early and retry.over:
            retry = early_again(notice.due, now)
        if notice.kind == "news" and retry.over:
            retry = replace(retry, at=max(retry.at, now + EVERY_MINUTE))
        self._outbox.put_off(notice, retry, uncertain=uncertain, tries=0 if early and retry.over else None)
        if retry.slow:
            self._nobody_there(notice, now)

    def _is_of_no_use(self, notice: Notice, ways: Sequence[str], now: dt.datetime) -> bool:
        """Whether nothing that happens can make it arrive, or nobody needs it any more."""
        if notice.kind in _PATIENCE:
            return self._resting.all_shut(notice, ways, now) or now - notice.due > _PATIENCE[notice.kind]
        return self.person(notice) is None

    def _nobody_there(self, notice: Notice, now: dt.datetime, *, for_good: bool = False) -> None:
        looked = self._looked.get(notice.id)
        if notice.kind != "alert" or (looked and abs(now - looked) < _LOOK_AGAIN):
            return
        self._looked = {each: at for each, at in self._looked.items() if abs(now - at) < _LOOK_AGAIN}
        self._looked[notice.id] = now
        with (
            contextlib.suppress(UnknownConcernError),  # deleted meanwhile
            self._store.concerns(notice.school).work_on_ladder(notice.concern or "") as case,
        ):
            if case.state.status == "open":
                nobody_there(self._schools()[notice.school], case, self._outbox, notice, now, for_good=for_good)

    def health(self, now: dt.datetime) -> Health:
        """How the ladders stand."""
        return self._outbox.health(now)

    def watch(self, now: dt.datetime) -> Health:
        """Look for open concerns without a next step, and begin their ladder anew; write tests and summaries; forget
        the texts of old letters. Where that fails the log says it, and the next look finds the concern again."""
        health = self._outbox.health(now)
        for school, number in health.missing:
            with _going_on(f"the ladder of concern {number}"):
                self._begin_anew(school, number, now)
        for each in self._schools().values():
            with _going_on("calling those who stand in"):
                self._begun.look(each, now)
            with _going_on("the word that a backup was restored"):
                tell_restored(self._store, each, now)
            with _going_on("the monthly test alert"):
                send_drills(self._store, each, now)
            with _going_on("the daily summary"):
                write_summaries(self._store, each, now)
            with _going_on("forgetting the texts of old letters"):
                self._outbox.forget_texts(each.id, now - dt.timedelta(days=each.keep_letters))
        return health

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
            case.let_in_parts(called_in(routing_now(school, case, now), person), now)

    def _advance(self, notice: Notice, now: dt.datetime) -> None:
        if notice.kind == "sign-in":
            self._answer_request(notice, now)
            return
        school = self._schools()[notice.school]
        try:
            with self._store.concerns(notice.school).work_on_ladder(notice.concern or "") as case:
                if notice.kind == "ran-out" and case.state.status == "open":
                    ran_out(school, case, self._outbox, notice, now)
                # Called off or taken over meanwhile: then it is nobody's to take.
                elif case.take(self._outbox, notice) and notice.kind == "idle" and case.state.status == "acknowledged":
                    lies_idle(school, case, notice, now)
        except UnknownConcernError:  # deleted meanwhile
            self._outbox.sent(notice)

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
        if person := self.person(notice):
            return person.name
        return WHOEVER_LOGGED_IT if notice.recipient.account else "somebody who has left"


@contextlib.contextmanager
def _going_on(what: str, but: type[Exception] | tuple[()] = ()) -> Iterator[None]:
    """The boundary of one step: what is wrong with it is said in the log, and the others go on. Raises `but`."""
    try:
        yield
    except but:
        raise
    except Exception as fault:  # whatever it is, it is wrong with this one alone
        log.error("%s could not be taken on, and it is tried again: %s", what, without_content(fault))


def _is_letter(notice: Notice) -> bool:
    return not (notice.kind in ("ran-out", "idle") or (notice.kind == "sign-in" and not notice.recipient.person))
