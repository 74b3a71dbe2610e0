"""The ladder of a concern, played through on a clock that is moved: who is told, when, and what ends it.

The world below is AskFirst's own casework and delivery on a real database; only the far end of each wire is made up.
"""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot.concerns import Actor, Answers, ConcernState, Detail, Event, Reader, Receipt
from bot.concerns.escalation import LEASE, Step
from bot.knowledge import Opening, Person, School, Term
from bot.service.casework import Casework, RefusedError
from bot.service.delivery import WHOEVER_LOGGED_IT, Delivery
from bot.service.letters import NO_DETAILS, REPEAT, Letter, letter_for
from bot.store import Notice, Store, StoreError, UnknownConcernError, open_store
from tests.conftest import KEY
from tests.databases import Cluster, wait_until

LONDON = ZoneInfo("Europe/London")
SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
SCHOOLS = itertools.count(1)
ADDRESS = "https://askfirst.fernbank.example"
PUPIL: dict[str, str] = {
    "danger": "no",
    "told": "no",
    "about": "pupil",
    "pupils": "Zoe Lark, 7B",
    "seen": "She flinched.",
    "you_name": "Sam Teal",
    "you_email": "s.teal@fernbank.example",
}
TEACHER = {**PUPIL, "about": "adult", "pupils": "", "adult_name": "Joe Marsh"}


@dataclass(frozen=True)
class Broken:
    """How a way fails: for good or for now, and how many seconds it asks to be left alone."""

    permanent: bool = False
    wait: float | None = None


@dataclass(frozen=True)
class Heard:
    """One letter that arrived, or a try that failed."""

    at: dt.datetime
    who: str
    way: str
    letter: Letter
    arrived: bool


ASKED_WITH = {"pupil": ("pupils",), "adult": ("adult", "adult_name", "adult_role")}


@dataclass
class World:
    """A school with its staff, their telephones and a clock. `ways` is how everybody is reached, in order; `broken`
    which of them fail, by (person, way)."""

    store: Store
    school: School
    now: dt.datetime
    ways: tuple[str, ...] = ("email",)
    broken: dict[tuple[str, str], Broken] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.casework = Casework(lambda: self.school, self.store)
        self.delivery = self.worker()

    def worker(self) -> Delivery:
        """What a process that is started now has."""
        return Delivery(lambda: {self.school.id: self.school}, self.store)

    # --- what people do

    def log(self, filled: dict[str, str] = PUPIL, **changes: str | tuple[str, ...]) -> Receipt:
        merged: dict[str, str | tuple[str, ...]] = {**filled, **changes}
        about = merged.get("about", ())
        unasked = {name for value, names in ASKED_WITH.items() if value not in about for name in names}
        answers: Answers = {
            name: (each,) if isinstance(each, str) else each
            for name, each in merged.items()
            if each and name not in unasked
        }
        return self.casework.log(f"{merged} {self.now}", answers, self.now)

    def reader(self, person: str) -> Reader:
        return Reader(person, self.school.roles_of(person))

    def acknowledge(self, person: str, number: str) -> ConcernState:
        return self.casework.acknowledge(self.reader(person), number, self.now)

    def chronology(self, number: str) -> list[Event]:
        """Every line so far but those that somebody read it."""
        with self.store.concerns(self.school.id).work_on_ladder(number) as case:
            return [event for event in case.events if event.kind != "opened"]

    def kinds(self, number: str) -> list[str]:
        return [event.kind for event in self.chronology(number)]

    # --- the far end

    def until(self, moment: str) -> None:
        """Let the clock run, and hand over whatever falls due."""
        end, idle = at(moment), 0
        for _ in range(1000):
            due = self.delivery.next_due()
            if due is None or max(due, self.now) > end:
                self.now = end
                return
            self.now = max(due, self.now)
            idle = 0 if self.hand_over() else idle + 1
            if idle > 1:  # what is due is in somebody else's hands
                self.now, idle = self.now + SECOND, 0
        pytest.fail(f"it never comes to rest: at {self.now} after {len(self.heard)} tries")

    def hand_over(self) -> bool:
        notices = self.delivery.claim(self.now)
        for notice in notices:
            self.post(notice)
        return bool(notices)

    def post(self, notice: Notice) -> None:
        """Try to hand one letter over, as the sender does."""
        who = notice.recipient.person or "reporter"
        ways = self.ways if notice.recipient.account or self.delivery.person(notice) else ()
        if notice.way >= len(ways):
            self.delivery.failed(notice, "no way", 0, "no way is set up", self.now, permanent=True)
            return
        way = ways[notice.way]
        fault = self.broken.get((who, way))
        letter = letter_for(self.school, notice, ADDRESS, self.now)
        self.heard.append(Heard(self.now, who, way, letter, fault is None))
        if fault is None:
            self.delivery.sent(notice, way, self.now)
        else:
            self.delivery.failed(
                notice, way, len(ways), "no answer", self.now, permanent=fault.permanent, wait=fault.wait
            )

    def story(self, since: str = "2000-01-01 00:00") -> list[str]:
        """What arrived, a line for each moment and kind."""
        lines: dict[str, list[str]] = {}
        for each in sorted(self.heard, key=lambda each: (each.at, each.letter.kind, each.who)):
            if each.arrived and each.at >= at(since):
                line = f"{each.at.astimezone(LONDON):%a %H:%M} {each.letter.kind}"
                lines.setdefault(line, []).append(each.who)
        return [f"{line}: {', '.join(people)}" for line, people in lines.items()]

    def tries(self) -> list[str]:
        """Every try of an alert, to the second."""
        return [
            f"{each.at.astimezone(LONDON):%H:%M:%S} {each.who} {each.way}"
            for each in self.heard
            if each.letter.kind == "alert"
        ]


def at(text: str) -> dt.datetime:
    """A moment by the clocks of London, unless it says how far it is from UTC."""
    moment = dt.datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=LONDON)).astimezone(dt.UTC)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Store]]:
    """One database of either kind for all the worlds of this file: opening one takes longer than most of the tests."""
    folder = tmp_path_factory.mktemp("ladder")
    url = f"sqlite:///{folder / 'ladder.db'}"
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres")
        url = cluster.new_database()
    opened = open_store(url, (KEY,), folder / "no.key")
    yield url, opened
    opened.close()


@pytest.fixture
def world(shared: tuple[str, Store], school: School) -> World:
    """Monday morning at ten, at a school of its own."""
    return World(shared[1], replace(school, id=f"school-{next(SCHOOLS)}"), at("2026-11-23 10:00"))


@pytest.fixture
def database(shared: tuple[str, Store]) -> str:
    """The URL of the world's database."""
    return shared[0]


def with_roles(school: School, **roles: tuple[str, ...]) -> School:
    return replace(school, roles={**school.roles, **{role.replace("_", "-"): who for role, who in roles.items()}})


def with_terms(school: School, *terms: Term) -> School:
    opening: Opening = replace(school.opening, terms=terms)
    return replace(school, opening=opening)


# --- as it usually goes


def test_about_a_pupil_on_a_monday_morning(world: World) -> None:
    logged = world.log()
    world.until("2026-11-23 11:40")
    assert world.story() == [
        "Mon 10:00 alert: dsl",
        "Mon 10:15 alert: dsl",
        "Mon 10:30 alert: deputy-1, deputy-2",
        "Mon 11:00 alert: head",
        "Mon 11:30 alert: dsl",
        "Mon 11:30 news: reporter",
    ]
    assert world.kinds(logged.number) == ["logged", *["alert-sent"] * 5, "ran-out", "alert-sent"]
    lines = world.chronology(logged.number)
    assert (lines[1].detail.who, lines[1].detail.way) == ("Ms Amara Bello", "email")
    assert world.delivery.health(world.now).well


def test_the_ladder_begins_again_until_a_person_ends_it(world: World) -> None:
    logged = world.log()
    world.until("2026-11-23 14:30")
    told = [line for line in world.story() if "news" in line]
    assert told == ["Mon 11:30 news: reporter", "Mon 13:00 news: reporter", "Mon 14:30 news: reporter"]
    assert world.story("2026-11-23 13:00")[:3] == [
        "Mon 13:00 alert: dsl",
        "Mon 13:00 news: reporter",
        "Mon 13:15 alert: dsl",
    ]
    world.acknowledge("head", logged.number)
    world.until("2026-11-23 20:00")
    assert world.story("2026-11-23 14:31") == []


def test_the_reporter_hears_whom_to_ring_when_nobody_has_answered(world: World) -> None:
    world.log()
    world.until("2026-11-23 11:30")
    (news,) = [each.letter for each in world.heard if each.letter.kind == "news"]
    for person in ("Ms Amara Bello on 020 7946 0101", "Mr Owen Pryce on 020 7946 0102", "Mrs Ruth Calder on"):
        assert person in news.text
    assert "call 999" in news.text


def test_a_reporter_without_an_address_is_sent_nothing_and_sees_it_by_the_receipt(world: World) -> None:
    logged = world.log(you_email="")
    world.until("2026-11-23 11:35")
    assert not [line for line in world.story() if "news" in line]
    followed = world.casework.follow(logged.receipt, world.now)
    assert followed
    assert "Nobody had answered by then." in [step.text for step in followed.steps]
    assert [person.id for person in followed.ring] == ["dsl", "deputy-1", "deputy-2", "head"]


def test_in_danger_at_night_the_first_two_parts_hear_at_once_and_every_two_minutes(world: World) -> None:
    world.now = at("2026-11-23 23:00")
    world.log(danger="yes")
    world.until("2026-11-23 23:13")
    three = "deputy-1, deputy-2, dsl"
    assert world.story() == [
        *(f"Mon 23:0{minute} alert: {three}" for minute in (0, 2, 4, 6, 8)),
        f"Mon 23:10 alert: {three}, head",
        "Mon 23:10 news: reporter",
        f"Mon 23:12 alert: {three}, head",
    ]


def test_in_danger_the_rest_joins_in_time_even_if_alerts_are_seldom_repeated(world: World) -> None:
    world.school = replace(world.school, ladders=replace(world.school.ladders, again=20, joined=10))
    world.log(danger="yes")
    world.until("2026-11-23 10:12")
    assert "head" in {each.who for each in world.heard}


def test_on_a_friday_afternoon_the_rest_of_the_ladder_waits_for_monday(world: World) -> None:
    world.now = at("2026-11-27 16:20")
    world.log()
    world.until("2026-11-30 09:25")
    assert world.story() == [
        "Fri 16:20 alert: dsl",
        "Mon 08:05 alert: dsl",
        "Mon 08:20 alert: deputy-1, deputy-2",
        "Mon 08:50 alert: head",
        "Mon 09:20 alert: dsl",
        "Mon 09:20 news: reporter",
    ]


@pytest.mark.parametrize(
    ("logged", "monday"),
    [
        ("2026-11-28 11:00", "2026-11-30"),  # a Saturday
        ("2026-10-24 11:00", "2026-11-02"),  # half-term, and the clocks go back
        ("2026-12-26 11:00", "2027-01-04"),  # Christmas, up to an INSET day
    ],
)
def test_while_the_school_is_closed_the_dsl_hears_at_once_and_the_rest_when_it_opens(
    world: World, logged: str, monday: str
) -> None:
    world.now = at(logged)
    receipt = world.log()
    assert receipt.closed_until == at(f"{monday} 08:00")
    assert [person.id for person in receipt.out_of_hours] == ["duty"]
    world.until(f"{monday} 09:25")
    assert world.story() == [
        f"{world.heard[0].at:%a} 11:00 alert: dsl",
        "Mon 08:15 alert: dsl",
        "Mon 08:30 alert: deputy-1, deputy-2",
        "Mon 09:00 alert: head",
    ]


def test_in_the_summer_the_rest_waits_for_september_where_its_term_is_known(world: World) -> None:
    autumn = Term("Autumn 1", dt.date(2027, 9, 2), dt.date(2027, 10, 22))
    world.school = with_terms(world.school, *world.school.opening.terms, autumn)
    world.now = at("2027-08-04 12:00")
    world.log()
    world.until("2027-09-02 08:31")
    assert world.story() == [
        "Wed 12:00 alert: dsl",
        "Thu 08:15 alert: dsl",
        "Thu 08:30 alert: deputy-1, deputy-2",
    ]


def test_in_the_summer_minutes_are_counted_by_the_clock_where_no_term_is_known(world: World) -> None:
    world.now = at("2027-08-04 12:00")
    world.log()
    world.until("2027-08-04 13:05")
    assert world.story() == [
        "Wed 12:00 alert: dsl",
        "Wed 12:15 alert: dsl",
        "Wed 12:30 alert: deputy-1, deputy-2",
        "Wed 13:00 alert: head",
    ]


@pytest.mark.parametrize(
    ("nation", "logged", "after"),
    [("England", "2026-10-23 16:20", "2026-10-26"), ("Scotland", "2027-03-25 16:50", "2027-03-29")],
)
def test_over_a_change_of_the_clocks_everybody_hears_by_the_clock_on_the_wall(
    world: World, nation: str, logged: str, after: str
) -> None:
    year = Term("All year", dt.date(2026, 9, 1), dt.date(2027, 7, 31))
    world.school = replace(with_terms(world.school, year), nation=nation)
    world.now = at(logged)
    world.log()
    world.until(f"{after} 09:00")
    assert world.story()[1:] == [
        "Mon 08:05 alert: dsl",
        "Mon 08:20 alert: deputy-1, deputy-2",
        "Mon 08:50 alert: head",
    ]


@pytest.mark.parametrize("night", ["2026-10-25 01:55", "2027-03-28 00:55"])
def test_in_danger_every_minute_counts_while_the_clocks_change(world: World, night: str) -> None:
    world.now = begin = at(night)
    world.log(danger="yes")
    world.until(f"{(begin + dt.timedelta(minutes=9)).astimezone(LONDON):%Y-%m-%d %H:%M%z}")
    assert sorted({(each.at - begin) // MINUTE for each in world.heard if each.who == "dsl"}) == [0, 2, 4, 6, 8]


# --- whoever covers the hours in which the school is closed


def test_whoever_covers_the_evening_and_may_read_it_hears_at_once(world: World) -> None:
    world.school = with_roles(world.school, out_of_hours=("deputy-2", "duty"))
    world.now = at("2026-11-28 11:00")
    world.log()
    world.until("2026-11-28 12:00")
    assert world.story() == ["Sat 11:00 alert: deputy-2, dsl"]


def test_in_school_hours_they_hear_when_it_is_their_turn(world: World) -> None:
    world.school = with_roles(world.school, out_of_hours=("deputy-2",))
    world.log()
    world.until("2026-11-23 10:14")
    assert world.story() == ["Mon 10:00 alert: dsl"]


@pytest.mark.parametrize("filled", [TEACHER, {**TEACHER, "adult": "deputy-2", "adult_name": ""}])
def test_they_hear_nothing_of_what_they_may_not_read(world: World, filled: dict[str, str]) -> None:
    world.school = with_roles(world.school, out_of_hours=("deputy-2", "duty"))
    world.now = at("2026-11-28 11:00")
    world.log(filled)
    world.log({**filled, "danger": "yes"})
    world.until("2026-11-28 11:11")
    assert {each.who for each in world.heard} == {"head", "reporter"}


def test_in_danger_whoever_covers_the_night_hears_in_the_first_minute_too(world: World) -> None:
    world.school = with_roles(world.school, out_of_hours=("head",))
    world.now = at("2026-11-28 23:00")
    world.log(danger="yes")
    world.until("2026-11-28 23:01")
    assert world.story() == ["Sat 23:00 alert: deputy-1, deputy-2, dsl, head"]


# --- processes that die, and processes that meet


@pytest.mark.parametrize(
    ("rung", "people"),
    [("10:00", ["dsl"]), ("10:15", ["dsl"]), ("10:30", ["deputy-1", "deputy-2"]), ("11:00", ["head"])],
)
def test_a_process_that_died_while_sending_is_made_up_for_by_the_next(
    world: World, rung: str, people: list[str]
) -> None:
    logged = world.log()
    _run_up_to(world, rung)
    taken = world.delivery.claim(world.now)  # and then the machine goes down
    dead, world.delivery = world.delivery, world.worker()
    before = len(world.heard)
    world.now += LEASE
    assert world.delivery.claim(world.now) == ()
    world.now += SECOND
    again = world.delivery.claim(world.now)
    assert {notice.id for notice in again} == {notice.id for notice in taken}
    assert sorted(notice.recipient.person for notice in again) == people
    assert [notice.repeat for notice in taken + again] == [False] * len(taken) + [True] * len(again)
    for notice in again:
        world.post(notice)
    assert all(REPEAT in each.letter.text for each in world.heard[before:])
    lines = world.kinds(logged.number)
    for notice in taken:  # the dead one was only slow
        dead.sent(notice, "email", world.now)
    assert world.kinds(logged.number) == lines


def _run_up_to(world: World, clock: str) -> None:
    """Everything before this moment, and then the moment itself, with nothing of it handed over."""
    moment = at(f"2026-11-23 {clock}")
    world.until((moment - SECOND).astimezone(LONDON).strftime("%Y-%m-%d %H:%M:%S"))
    world.now = moment


def test_after_a_restart_the_ladder_goes_on_where_it_was(world: World) -> None:
    world.log()
    for clock in ("10:05", "10:20", "10:45", "11:15", "11:31"):
        world.until(f"2026-11-23 {clock}")
        world.delivery = world.worker()
    assert world.story() == [
        "Mon 10:00 alert: dsl",
        "Mon 10:15 alert: dsl",
        "Mon 10:30 alert: deputy-1, deputy-2",
        "Mon 11:00 alert: head",
        "Mon 11:30 alert: dsl",
        "Mon 11:30 news: reporter",
    ]


def test_after_a_long_pause_nobody_is_passed_over(world: World) -> None:
    """Nothing was sent from ten to a quarter to twelve: everybody whose time has come hears at once."""
    world.log()
    world.now = at("2026-11-23 11:45")
    world.until("2026-11-23 11:46")
    assert world.story() == ["Mon 11:45 alert: deputy-1, deputy-2, dsl, dsl, dsl, head", "Mon 11:45 news: reporter"]


def test_two_processes_at_once_never_take_the_same_letter(world: World) -> None:
    for number in range(4):
        world.log(danger="yes", seen=f"She flinched {number} times.")
    taken: list[str] = []
    ready = threading.Barrier(2)

    def work() -> None:
        delivery = world.worker()
        ready.wait()
        while notices := delivery.claim(world.now, limit=1):
            taken.extend(notice.id for notice in notices)
            delivery.sent(notices[0], "email", world.now)

    _at_once(work, work)
    assert len(taken) == len(set(taken)) == 12


def test_two_people_who_acknowledge_at_once_leave_one_holder(world: World) -> None:
    logged = world.log()
    holders: list[str] = []
    ready = threading.Barrier(2)

    def answer(person: str) -> Callable[[], None]:
        def run() -> None:
            ready.wait()
            holder = world.acknowledge(person, logged.number).holder
            holders.append(holder.person if holder else "")

        return run

    _at_once(answer("dsl"), answer("head"))
    assert len(holders) == 2
    assert len(set(holders)) == 1
    assert world.kinds(logged.number) == ["logged", "acknowledged"]


def _at_once(*runs: Callable[[], None]) -> None:
    threads = [threading.Thread(target=run) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# --- somebody answers while a letter is on its way


def test_a_letter_on_its_way_is_written_down_after_somebody_answered_and_is_the_last(world: World) -> None:
    logged = world.log()
    _run_up_to(world, "10:30")
    on_their_way = world.delivery.claim(world.now)
    world.acknowledge("dsl", logged.number)
    for notice in on_their_way:
        world.post(notice)
    world.until("2026-11-23 17:00")
    assert world.kinds(logged.number) == [
        "logged", "alert-sent", "alert-sent", "acknowledged", "alert-sent", "alert-sent",
    ]  # fmt: skip
    assert world.story("2026-11-23 10:31") == []


@pytest.mark.parametrize("permanent", [False, True])
def test_a_letter_that_fails_after_somebody_answered_is_not_tried_again(world: World, permanent: bool) -> None:
    logged = world.log()
    (on_its_way,) = world.delivery.claim(world.now)
    world.acknowledge("dsl", logged.number)
    world.broken["dsl", "email"] = Broken(permanent)
    world.post(on_its_way)
    world.until("2026-11-23 17:00")
    assert world.kinds(logged.number) == ["logged", "acknowledged", "alert-failed"]
    assert world.story() == ["Mon 10:00 news: reporter"]


def test_answering_and_marking_a_letter_at_the_same_moment_get_in_nobody_s_way(world: World, database: str) -> None:
    logged = world.log()
    (on_its_way,) = world.delivery.claim(world.now)
    faults: list[StoreError] = []

    def mark() -> None:
        try:
            world.delivery.sent(on_its_way, "email", world.now)
        except StoreError as fault:
            faults.append(fault)

    marking = threading.Thread(target=mark)
    with world.store.concerns(world.school.id).work(logged.number, world.reader("dsl")) as case:
        case.append("acknowledged", Actor("dsl", "Ms Amara Bello"), Detail(), world.now)
        marking.start()
        if database.startswith("postgresql"):
            wait_until(lambda: _somebody_waits(database))
        case.stop_ladder()
    marking.join()
    assert faults == []
    assert world.kinds(logged.number) == ["logged", "acknowledged", "alert-sent"]


def _somebody_waits(database: str) -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(_ask(database, waiting))


def _ask(database: str, statement: str) -> object:
    engine = sa.create_engine(database)
    with engine.begin() as connection:
        result = connection.execute(sa.text(statement))
        found = result.scalar() if result.returns_rows else None
    engine.dispose()
    return found


def test_a_step_that_was_called_off_after_it_was_claimed_is_not_taken(world: World) -> None:
    """Else a ladder that was passed on in that moment would run twice, and tell the reporter that nobody answered."""
    logged = world.log()
    _run_up_to(world, "11:30")
    outbox = world.store.outbox((world.school.id,))
    (ran_out,) = [notice for notice in outbox.claim(world.now) if notice.kind == "ran-out"]
    world.casework.reassign(world.reader("dsl"), logged.number, "online", "He knows her.", world.now)
    with world.store.concerns(world.school.id).work_on_ladder(logged.number) as case:
        assert not case.take(outbox, ran_out)


# --- answering, and what comes after it


def test_answering_stops_the_ladder_and_the_reporter_hears_who_has_it(world: World) -> None:
    world.now = at("2026-09-03 10:00")  # summer time
    logged = world.log()
    world.until("2026-09-03 10:05")
    state = world.acknowledge("deputy-1", logged.number)
    world.until("2026-09-03 17:00")
    assert (state.status, state.holder) == ("acknowledged", Actor("deputy-1", "Mr Owen Pryce"))
    assert world.story() == ["Thu 10:00 alert: dsl", "Thu 10:05 news: reporter"]
    assert "Mr Owen Pryce acknowledged it at 10:05 on 3 September." in world.heard[-1].letter.text


def test_whoever_answers_and_does_nothing_is_reminded_and_then_everybody(world: World) -> None:
    logged = world.log()
    world.until("2026-11-23 10:05")
    world.acknowledge("deputy-1", logged.number)
    world.until("2026-11-26 10:00")
    assert world.story("2026-11-23 10:06") == [
        "Tue 10:05 follow-up: deputy-1",
        "Wed 10:05 follow-up: deputy-1, deputy-2, dsl, head",
    ]
    world.casework.note(world.reader("dsl"), logged.number, "Spoke to home.", world.now)
    world.until("2026-12-04 17:00")
    assert world.story("2026-11-26 10:00") == []


def test_a_reminder_waits_for_the_next_school_day(world: World) -> None:
    world.now = at("2026-10-23 10:00")
    logged = world.log()
    world.acknowledge("dsl", logged.number)
    world.until("2026-11-02 11:00")
    assert world.story()[-1] == "Mon 10:00 follow-up: dsl"


def test_a_reminder_of_a_concern_about_an_adult_goes_to_nobody_else(world: World) -> None:
    logged = world.log(TEACHER)
    world.acknowledge("head", logged.number)
    world.until("2026-11-27 11:00")
    assert {each.who for each in world.heard if each.letter.kind == "follow-up"} == {"head"}


DOINGS: dict[str, Callable[[World, str], None]] = {
    "note": lambda w, n: w.casework.note(w.reader("dsl"), n, "Spoke to home.", w.now),
    "action": lambda w, n: w.casework.action(w.reader("dsl"), n, "Ring home", None, w.now),
    "decision": lambda w, n: w.casework.decide(w.reader("dsl"), n, "No referral", "Not needed", w.now),
    "referral": lambda w, n: w.casework.refer(w.reader("dsl"), n, "Children's social care", "R1", "", w.now),
    "correction": lambda w, n: w.casework.correct(w.reader("dsl"), n, 1, "It was Tuesday.", w.now),
    "closing": lambda w, n: w.casework.close(w.reader("dsl"), n, "Spoke to home", "All well", None, w.now),
}


@pytest.mark.parametrize("doing", DOINGS)
def test_doing_something_about_it_stops_the_reminders_and_counts_as_answering(world: World, doing: str) -> None:
    logged = world.log()
    DOINGS[doing](world, logged.number)
    world.until("2026-11-27 17:00")
    assert {each.letter.kind for each in world.heard} == {"news"}
    assert "acknowledged" in world.kinds(logged.number)


def test_only_reading_it_does_not_stop_them(world: World) -> None:
    logged = world.log()
    world.acknowledge("dsl", logged.number)
    world.casework.read(world.reader("dsl"), logged.number, world.now)
    world.until("2026-11-24 10:00")
    assert world.story()[-1] == "Tue 10:00 follow-up: dsl"


def test_only_reading_it_does_not_stop_the_ladder_either(world: World) -> None:
    logged = world.log()
    world.casework.read(world.reader("dsl"), logged.number, world.now)
    world.until("2026-11-23 10:31")
    assert world.story()[-1] == "Mon 10:30 alert: deputy-1, deputy-2"


def test_one_that_is_taken_up_again_is_reminded_of_again(world: World) -> None:
    logged = world.log()
    DOINGS["closing"](world, logged.number)
    world.until("2026-12-01 12:00")
    world.casework.reopen(world.reader("deputy-2"), logged.number, "Heard more.", world.now)
    world.until("2026-12-02 12:00")
    assert world.story("2026-12-01 12:00") == ["Wed 12:00 follow-up: deputy-2"]


# --- passing it on


def test_whoever_it_is_passed_to_is_called_first_and_then_the_ladder_as_it_was(world: World) -> None:
    logged = world.log()
    world.until("2026-11-23 10:05")
    world.acknowledge("dsl", logged.number)
    with pytest.raises(UnknownConcernError):
        world.casework.read(world.reader("online"), logged.number, world.now)
    world.casework.reassign(world.reader("dsl"), logged.number, "online", "He knows her.", world.now)
    world.until("2026-11-23 12:06")
    assert world.story("2026-11-23 10:05") == [
        "Mon 10:05 alert: online",
        "Mon 10:05 news: reporter, reporter",
        "Mon 10:20 alert: online",
        "Mon 10:35 alert: dsl",
        "Mon 10:50 alert: dsl",
        "Mon 11:05 alert: deputy-1, deputy-2",
        "Mon 11:35 alert: head",
        "Mon 12:05 alert: online",
        "Mon 12:05 news: reporter",
    ]
    assert world.casework.read(world.reader("online"), logged.number, world.now).state.passed_to == "online"
    world.acknowledge("online", logged.number)
    world.until("2026-11-23 17:00")
    assert world.story("2026-11-23 12:06") == ["Mon 12:06 news: reporter"]


def test_more_from_the_reporter_does_not_take_it_from_whoever_it_was_passed_to(world: World) -> None:
    logged = world.log()
    world.casework.reassign(world.reader("dsl"), logged.number, "online", "He knows her.", world.now)
    world.casework.add(logged.receipt, "It was on Tuesday.", world.now)
    world.until("2026-11-23 12:10")
    assert [each.who for each in world.heard if each.at == at("2026-11-23 12:00")].count("online") == 1


@pytest.mark.parametrize("person", ["deputy-1", "online", "dsl", "lado", "nobody"])
def test_it_cannot_be_passed_to_whom_it_is_about_who_logged_it_oneself_or_nobody(world: World, person: str) -> None:
    about_adult = world.log(TEACHER, adult="deputy-1", adult_name="", you="online", you_name="")
    head = world.reader("head")
    with pytest.raises(RefusedError):
        world.casework.reassign(head, about_adult.number, "head" if person == "dsl" else person, "x", world.now)
    world.until("2026-11-23 13:00")
    assert {each.who for each in world.heard} == {"head", "reporter"}


# --- more from the reporter


def test_more_from_the_reporter_calls_whoever_has_it_again_and_then_the_others(world: World) -> None:
    logged = world.log()
    world.acknowledge("deputy-1", logged.number)
    world.until("2026-11-23 13:00")
    world.casework.add(logged.receipt, "He said it again.", world.now)
    world.until("2026-11-23 14:01")
    assert world.story("2026-11-23 12:00") == [
        "Mon 13:00 alert: deputy-1",
        "Mon 13:15 alert: deputy-1",
        "Mon 13:30 alert: dsl",
        "Mon 13:45 alert: dsl",
        "Mon 14:00 alert: deputy-1, deputy-2",
    ]


def test_more_from_the_reporter_about_one_that_was_closed_calls_again_too(world: World) -> None:
    logged = world.log()
    DOINGS["closing"](world, logged.number)
    world.until("2026-11-24 13:00")
    world.casework.add(logged.receipt, "He said it again.", world.now)
    world.until("2026-11-24 13:01")
    assert world.story("2026-11-24 12:00") == ["Tue 13:00 alert: dsl"]
    assert world.acknowledge("dsl", logged.number).status == "acknowledged"


def test_more_from_the_reporter_before_anybody_answered_leaves_the_ladder_as_it_is(world: World) -> None:
    logged = world.log()
    world.until("2026-11-23 10:20")
    world.casework.add(logged.receipt, "He said it again.", world.now)
    world.until("2026-11-23 10:31")
    assert world.story() == ["Mon 10:00 alert: dsl", "Mon 10:15 alert: dsl", "Mon 10:30 alert: deputy-1, deputy-2"]


# --- an action with a day


def test_an_action_is_reminded_of_on_the_morning_of_its_day(world: World) -> None:
    logged = world.log()
    world.casework.action(world.reader("dsl"), logged.number, "Ring home", dt.date(2026, 12, 2), world.now)
    world.until("2026-12-04 17:00")
    assert world.story("2026-11-24 00:00") == ["Wed 08:00 action-due: dsl"]


def test_an_action_that_was_done_is_not_reminded_of(world: World) -> None:
    logged = world.log()
    world.casework.action(world.reader("dsl"), logged.number, "Ring home", dt.date(2026, 12, 2), world.now)
    (action,) = [event for event in world.chronology(logged.number) if event.kind == "action"]
    world.casework.action_done(world.reader("dsl"), logged.number, action.number, world.now)
    world.until("2026-12-04 17:00")
    assert world.story("2026-11-24 00:00") == []


def test_nothing_is_sent_about_a_concern_that_was_deleted(world: World) -> None:
    logged = world.log()
    world.casework.action(world.reader("dsl"), logged.number, "Ring home", dt.date(2026, 12, 2), world.now)
    DOINGS["closing"](world, logged.number)
    world.casework.ask_deletion(world.reader("dsl"), logged.number, "Logged by mistake", world.now)
    world.casework.answer_deletion(world.reader("head"), logged.number, True, "Agreed", world.now)
    world.until("2026-12-04 17:00")
    assert world.story("2026-11-24 00:00") == []


# --- letters that cannot be handed over


def test_a_way_is_tried_three_times_and_then_the_next_one_is(world: World) -> None:
    world.ways = ("slack", "email")
    world.broken["dsl", "slack"] = Broken()
    logged = world.log()
    world.until("2026-11-23 10:14")
    assert world.tries() == ["10:00:00 dsl slack", "10:00:05 dsl slack", "10:00:25 dsl slack", "10:00:25 dsl email"]
    lines = world.chronology(logged.number)[1:]
    assert [(line.kind, line.detail.way, line.detail.tries, line.detail.who) for line in lines] == [
        ("alert-failed", "slack", 1, "Ms Amara Bello"),
        ("alert-failed", "slack", 2, "Ms Amara Bello"),
        ("alert-failed", "slack", 3, "Ms Amara Bello"),
        ("alert-sent", "email", 1, "Ms Amara Bello"),
    ]
    assert {line.detail.reason for line in lines[:3]} == {"no answer"}
    assert not any(each.letter.text.count(REPEAT) for each in world.heard)


def test_when_every_way_has_failed_the_next_rung_is_called_at_once(world: World) -> None:
    world.ways = ("slack", "email")
    for person, way in (("dsl", "slack"), ("dsl", "email")):
        world.broken[person, way] = Broken()
    logged = world.log()
    world.until("2026-11-23 10:10")
    assert world.tries()[:7] == [
        "10:00:00 dsl slack", "10:00:05 dsl slack", "10:00:25 dsl slack",
        "10:00:25 dsl email", "10:00:30 dsl email", "10:00:50 dsl email",
        "10:00:50 dsl slack",
    ]  # fmt: skip
    assert world.story() == ["Mon 10:01 alert: deputy-1, deputy-2"]
    assert world.kinds(logged.number).count("alert-failed") == 12
    assert world.delivery.health(world.now).undelivered == 2


def test_a_way_that_is_shut_for_good_is_left_at_once(world: World) -> None:
    world.ways = ("slack", "email")
    world.broken["dsl", "slack"] = Broken(permanent=True)
    world.log()
    world.until("2026-11-23 10:01")
    assert world.tries() == ["10:00:00 dsl slack", "10:00:00 dsl email"]


@pytest.mark.parametrize(
    ("wait", "tries"),
    [
        (1, ["10:00:00 dsl slack", "10:00:05 dsl slack", "10:00:25 dsl slack", "10:00:25 dsl email"]),
        (90, ["10:00:00 dsl slack", "10:01:30 dsl slack", "10:03:00 dsl slack", "10:03:00 dsl email"]),
        (300, ["10:00:00 dsl slack", "10:00:00 dsl email"]),
        (86400, ["10:00:00 dsl slack", "10:00:00 dsl email"]),
    ],
)
def test_a_way_that_asks_for_patience_gets_a_little_and_no_more(world: World, wait: float, tries: list[str]) -> None:
    world.ways = ("slack", "email")
    world.broken["dsl", "slack"] = Broken(wait=wait)
    world.log()
    world.until("2026-11-23 10:14")
    assert world.tries() == tries


def test_a_way_that_comes_back_is_used(world: World) -> None:
    world.broken["dsl", "email"] = Broken()
    world.log()
    world.until("2026-11-23 10:00:10")
    world.broken.clear()
    world.until("2026-11-23 10:14")
    assert world.tries() == ["10:00:00 dsl email", "10:00:05 dsl email", "10:00:25 dsl email"]
    assert world.story() == ["Mon 10:00 alert: dsl"]


def test_while_one_of_two_on_a_rung_was_told_nothing_is_brought_forward(world: World) -> None:
    world.broken["deputy-1", "email"] = Broken()
    world.log()
    world.until("2026-11-23 10:59")
    assert world.story()[-1] == "Mon 10:30 alert: deputy-2"
    world.until("2026-11-23 11:00")
    assert world.story()[-1] == "Mon 11:00 alert: head"


def test_while_one_of_two_on_a_rung_is_still_being_tried_nothing_is_brought_forward(world: World) -> None:
    world.broken["deputy-1", "email"] = Broken(permanent=True)
    world.broken["deputy-2", "email"] = Broken()
    world.log()
    world.until("2026-11-23 10:30:10")
    del world.broken["deputy-2", "email"]
    world.until("2026-11-23 10:59")
    assert world.story() == ["Mon 10:00 alert: dsl", "Mon 10:15 alert: dsl", "Mon 10:30 alert: deputy-2"]


def test_somebody_who_has_left_is_passed_over_at_once(world: World) -> None:
    logged = world.log()
    people = {name: person for name, person in world.school.people.items() if name != "dsl"}
    world.school = replace(with_roles(world.school, dsl=()), people=people)
    world.until("2026-11-23 10:01")
    assert world.story() == ["Mon 10:00 alert: deputy-1, deputy-2"]
    assert world.chronology(logged.number)[1].detail.who == "somebody who has left"


def test_news_that_cannot_be_delivered_is_written_down_and_stops_nothing(world: World) -> None:
    world.broken["reporter", "email"] = Broken(permanent=True)
    logged = world.log()
    world.acknowledge("dsl", logged.number)
    world.until("2026-11-23 10:05")
    (line,) = [line for line in world.chronology(logged.number) if line.kind == "alert-failed"]
    assert line.detail.who == WHOEVER_LOGGED_IT


@pytest.mark.parametrize("danger", ["no", "yes"])
def test_while_nobody_at_all_can_be_reached_the_ladder_goes_round_at_a_walk(world: World, danger: str) -> None:
    """It must neither stop nor fill the record with thousands of lines."""
    for person in ("dsl", "deputy-1", "deputy-2", "head"):
        world.broken[person, "email"] = Broken(permanent=True)
    logged = world.log(danger=danger)
    claims = 0
    while (due := world.delivery.next_due()) and due <= at("2026-11-23 10:10") and claims < 60:
        world.now = max(due, world.now)
        world.hand_over()
        claims += 1
    assert claims < 60, f"by {world.now.astimezone(LONDON):%H:%M:%S}, {len(world.tries())} letters had been tried"
    assert "ran-out" in world.kinds(logged.number)


# --- whoever logged it


BY_THE_DSL = {**PUPIL, "you": "dsl", "you_name": "", "you_email": ""}


def test_a_dsl_who_logs_a_concern_is_not_called_about_it_and_others_must_answer(world: World) -> None:
    logged = world.log(BY_THE_DSL)
    with pytest.raises(RefusedError, match="you logged this one"):
        world.acknowledge("dsl", logged.number)
    with pytest.raises(RefusedError, match="you logged this one"):
        DOINGS["closing"](world, logged.number)
    world.casework.note(world.reader("dsl"), logged.number, "I rang home.", world.now)
    world.until("2026-11-23 12:05")
    assert world.story() == [
        "Mon 10:00 alert: deputy-1, deputy-2",
        "Mon 10:30 alert: head",
        "Mon 11:00 alert: deputy-1, deputy-2",
        "Mon 11:00 news: reporter",
        "Mon 11:30 alert: head",
        "Mon 12:00 alert: deputy-1, deputy-2",
        "Mon 12:00 news: reporter",
    ]


def test_a_dsl_who_closed_what_they_logged_is_still_not_called_about_it(world: World) -> None:
    logged = world.log(BY_THE_DSL)
    world.acknowledge("deputy-1", logged.number)
    DOINGS["closing"](world, logged.number)
    world.until("2026-11-24 10:00")
    world.casework.add(logged.receipt, "It happened again.", world.now)
    world.until("2026-11-24 10:01")
    assert world.story("2026-11-24 10:00") == ["Tue 10:00 alert: deputy-1, deputy-2"]


# --- when people change their parts


def test_whoever_takes_a_part_over_is_called_from_the_next_round_on(world: World) -> None:
    logged = world.log()
    world.until("2026-11-23 10:20")
    fresh = Person("dsl-2", "Mr Idris Vaughan", "Designated Safeguarding Lead", "020 7946 0106", "i@fernbank.example")
    people = {**world.school.people, "dsl-2": fresh}
    world.school = replace(with_roles(world.school, dsl=("dsl-2",)), people=people)
    world.until("2026-11-23 11:31")
    assert world.story("2026-11-23 11:30") == ["Mon 11:30 alert: dsl-2", "Mon 11:30 news: reporter"]
    assert world.acknowledge("dsl-2", logged.number).status == "acknowledged"


@pytest.mark.parametrize("change", ["the headteacher left", "the deputy became headteacher"])
def test_whoever_is_called_in_a_later_round_can_read_it(world: World, change: str) -> None:
    logged = world.log(TEACHER, adult="deputy-1", adult_name="")
    head = () if change == "the headteacher left" else ("deputy-1",)
    world.school = with_roles(world.school, head=head)
    world.until("2026-11-23 11:01")
    called = [each.who for each in world.heard if each.at == at("2026-11-23 11:00") and each.who != "reporter"]
    assert called == ["chair"]
    assert world.acknowledge("chair", logged.number).status == "acknowledged"


# --- the watchdog


def test_a_concern_whose_steps_are_gone_is_found_and_its_ladder_begun_anew(world: World, database: str) -> None:
    lost, kept, answered = world.log(), world.log(seen="He fell."), world.log(seen="They fought.")
    world.acknowledge("dsl", answered.number)
    world.until("2026-11-23 10:05")
    for number in (lost.number, answered.number):
        _ask(database, f"DELETE FROM notices WHERE school = '{world.school.id}' AND concern = '{number}'")
    health = world.delivery.health(world.now)
    assert health.missing == ((world.school.id, lost.number),)
    assert not health.well
    assert world.delivery.watch(world.now).missing == health.missing
    assert world.delivery.health(world.now).well
    assert world.delivery.watch(world.now).missing == ()
    world.until("2026-11-23 10:21")
    assert world.story("2026-11-23 10:05") == [
        "Mon 10:05 alert: dsl",
        "Mon 10:15 alert: dsl",
        "Mon 10:20 alert: dsl",
    ]
    assert {each.letter.number for each in world.heard if each.at == at("2026-11-23 10:05")} == {lost.number}
    assert {each.letter.number for each in world.heard if each.at == at("2026-11-23 10:15")} == {kept.number}


def test_a_step_is_late_when_a_minute_has_passed(world: World) -> None:
    world.log()
    assert world.delivery.health(world.now + 60 * SECOND).late == 0
    late = world.delivery.health(world.now + 61 * SECOND)
    assert (late.late, late.well, late.missing) == (1, False, ())
    world.until("2026-11-23 10:01")
    assert world.delivery.health(world.now + 61 * SECOND).well


def test_what_goes_as_it_should_is_never_late_and_never_missing(world: World) -> None:
    logged = world.log()
    for clock in ("10:00", "10:15", "10:30", "11:00", "11:30", "12:30"):
        world.until(f"2026-11-23 {clock}")
        assert world.delivery.health(world.now).well
    world.acknowledge("dsl", logged.number)
    world.until("2026-11-24 11:30")
    assert world.delivery.health(world.now).well
    DOINGS["closing"](world, logged.number)
    world.until("2026-11-24 11:31")
    assert world.delivery.health(world.now).waiting == 0


# --- the letters

PLANTED = {
    "pupils": "Zelda Pupilmarker, Classmarker",
    "adult_name": "Yolanda Adultmarker",
    "adult_role": "Rolemarker",
    "seen": "Seenmarker",
    "words": "Wordsmarker",
    "time": "Timemarker",
    "where": "Wheremarker",
    "present": "Presentmarker",
    "done": "Donemarker",
    "link": "Linkmarker",
    "you_name": "Xenia Reportermarker",
    "you_role": "Yourolemarker",
}


def live_through(world: World, danger: str) -> Receipt:
    """One concern through everything that sends somebody a line, with a marker in whatever is typed."""
    filled = {**PUPIL, **PLANTED, "danger": danger, "date": "1999-12-31"}
    logged = world.log(filled, about=("pupil", "adult"), categories=("Neglect", "Conduct of an adult"))
    number, head = logged.number, world.reader("head")
    world.until("2026-11-23 11:35")  # alerts, and nobody answered
    world.acknowledge("head", number)
    world.until("2026-11-25 12:00")  # reminders
    world.casework.action(head, number, "Actionmarker", dt.date(2026, 11, 27), world.now)
    world.casework.note(head, number, "Notemarker", world.now)
    world.casework.decide(head, number, "Decisionmarker", "Whymarker", world.now)
    world.casework.refer(head, number, "Tomarker", "Refmarker", "Textmarker", world.now)
    world.until("2026-11-27 09:00")
    world.casework.add(logged.receipt, "Addedmarker", world.now)
    world.until("2026-11-27 09:20")
    world.casework.reassign(head, number, "online", "Passmarker", world.now)
    world.until("2026-11-27 09:40")
    world.casework.close(head, number, "Outmarker", "Becausemarker", None, world.now)
    world.until("2026-11-27 10:00")
    return logged


@pytest.fixture(scope="module", params=["no", "yes"], ids=["ordinary", "immediate"])
def letters(
    request: pytest.FixtureRequest, school: School, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, bool, Sequence[Letter]]]:
    """Everything that is sent for one concern: its number, whether it is immediate, and the letters."""
    folder = tmp_path_factory.mktemp("letters")
    store = open_store(f"sqlite:///{folder / 'letters.db'}", (KEY,), folder / "no.key")
    world = World(store, school, at("2026-11-23 10:00"))
    number = live_through(world, request.param).number
    yield number, request.param == "yes", [each.letter for each in world.heard]
    store.close()


def test_every_kind_of_letter_is_among_them(letters: tuple[str, bool, Sequence[Letter]]) -> None:
    assert {letter.kind for letter in letters[2]} == {"alert", "follow-up", "action-due", "news"}


def test_no_letter_says_anything_that_was_written(letters: tuple[str, bool, Sequence[Letter]]) -> None:
    categories = ("neglect", "conduct")
    for letter in letters[2]:
        whole = f"{letter.subject} {letter.text} {letter.link}".casefold()
        for planted in ("marker", "zelda", "yolanda", "xenia", "1999", *categories):
            assert planted not in whole, letter


def test_every_letter_names_the_concern_by_its_number(letters: tuple[str, bool, Sequence[Letter]]) -> None:
    for letter in letters[2]:
        assert letter.number == letters[0]
        assert letters[0] in letter.subject
        assert letters[0] in letter.text


@pytest.mark.parametrize("kind", ["alert", "follow-up", "action-due"])
def test_every_letter_to_a_reader_says_how_urgent_it_is(letters: tuple[str, bool, Sequence[Letter]], kind: str) -> None:
    number, urgent, sent = letters
    found = [letter for letter in sent if letter.kind == kind]
    assert found
    for letter in found:
        assert letter.urgent == urgent
        assert "immediate" in letter.text.casefold(), letter.text
        assert ("not marked as immediate" in letter.text) != urgent
        assert ("IMMEDIATE" in letter.subject) == urgent
        assert NO_DETAILS in letter.text
        assert letter.link == f"{ADDRESS}/inbox/concerns/{number}"


def test_a_letter_to_the_reporter_leads_to_the_receipt_and_not_to_the_inbox(
    letters: tuple[str, bool, Sequence[Letter]],
) -> None:
    for letter in letters[2]:
        if letter.kind == "news":
            assert letter.link == f"{ADDRESS}/concern/receipt"
            assert "inbox" not in letter.text


@pytest.mark.parametrize("about", ["deputy-1", "dsl", "head", "chair"])
def test_no_letter_names_an_adult_of_the_list_whom_it_is_about_or_who_logged_it(world: World, about: str) -> None:
    logged = world.log(TEACHER, adult=about, adult_name="", you="online", you_name="")
    world.until("2026-11-23 11:05")
    world.acknowledge("chair" if about == "head" else "head", logged.number)
    world.until("2026-11-25 12:00")
    assert {each.letter.kind for each in world.heard} == {"alert", "follow-up", "news"}
    for each in world.heard:
        for person in (about, "online"):
            assert world.school.people[person].name not in f"{each.letter.subject} {each.letter.text}"


def test_a_link_for_signing_in_goes_to_whoever_may_have_one_and_to_nobody_else(world: World) -> None:
    outbox = world.store.outbox((world.school.id,))
    for address in (" A.Bello@Fernbank.example ", "office@fernbank.example", "stranger@mail.example", ""):
        outbox.add(world.school.id, None, (Step("sign-in", world.now, text=address),))
    world.until("2026-11-23 10:01")
    (heard,) = world.heard
    assert (heard.who, heard.letter.kind, heard.letter.number) == ("dsl", "sign-in", "")
    token = heard.letter.link.rpartition("token=")[2]
    session = world.store.sign_in(world.school.id).use_link(token, world.now)
    assert session
    assert world.store.sign_in(world.school.id).who(session, world.now) == "dsl"
