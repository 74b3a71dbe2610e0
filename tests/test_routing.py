"""Who hears of a concern and who never does, over every kind of subject, reporter and gap in the school's list."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from bot.concerns import Account, Adult, Pupil, Reader, Report, Reporter, Routing, pass_on, route, staff
from bot.concerns.guidance import ring_along
from bot.concerns.routing import READING_PARTS
from bot.knowledge import Ladders, Person, Role, Route, Rung, School
from bot.knowledge.schools.model import MAY_HEAR
from bot.service.casework import Casework
from bot.service.delivery import Delivery
from bot.store import Store, UnknownConcernError
from tests.conftest import NOW

NIGHT = dt.datetime(2026, 11, 28, 23, 0, tzinfo=dt.UTC)
ADULT = Adult("Joe Marsh", "Coach", None)
SOMEBODY = Reporter("Sam Teal", "Teaching assistant", None, Account("email", "s.teal@fernbank.example"))
PUPIL = Report(
    danger=False,
    told=False,
    pupils=(Pupil("Zoe Lark", "7B"),),
    adult=None,
    head=False,
    seen="She flinched.",
    words="",
    happened_on=None,
    happened_at="",
    where="",
    present="",
    done="",
    categories=(),
    link="",
    reporter=SOMEBODY,
)
LAST = {("staff", "chair")}  # a chair who is called at the end, and only reads once they are
PARTS = ("dsl", "deputy-dsl", "head", "chair")
# How long each part has before the next one hears, as school.yaml of the demo school says.
PATIENCE: dict[Route, dict[str, int]] = {
    "pupil": {"dsl": 15, "deputy-dsl": 30},
    "staff": {"head": 15},
    "dsl": {"head": 15},
    "head": {"chair": 15},
}


@dataclass(frozen=True)
class Situation:
    """One combination: at which school, what was reported, whom it is about, and what follows."""

    label: str
    school: School
    report: Report
    subjects: frozenset[str]
    routing: Routing

    @property
    def silent(self) -> frozenset[str | None]:
        """Who must not be called: whom it is about, and who logged it."""
        return self.subjects | {self.report.reporter.person}

    @property
    def ring(self) -> tuple[Person, ...]:
        """Whom its reporter is told to ring, in the middle of the night."""
        return ring_along(self.school, self.routing, self.report.reporter.person, NIGHT)

    @property
    def called(self) -> set[str]:
        return {person for call in self.routing.calls for person in call.people}

    def left(self, *roles: Role) -> set[str]:
        """Who holds one of these parts and may be called."""
        return {person.id for role in roles for person in self.school.holders(role)} - self.silent


def about(school: School, person: str) -> Report:
    """A report about an adult who is in the school's list, as the form reads it."""
    known = school.people[person]
    adult = Adult(known.name, known.role, person)
    return replace(PUPIL, pupils=(), adult=adult, head=person in school.roles["head"])


def logged_by(school: School, report: Report, person: str) -> Report:
    known = school.people[person]
    return replace(report, reporter=Reporter(known.name, known.role, person, known_by="signed-in"))


def without(school: School, *roles: str) -> School:
    """The school with nobody in these parts."""
    return replace(school, roles={**school.roles, **dict.fromkeys(roles, ())})


def with_rungs(school: School, kind: Route, *rungs: tuple[Role, int]) -> School:
    ladders: Ladders = school.ladders
    changed = {**ladders.rungs, kind: tuple(Rung(role, after) for role, after in rungs)}
    return replace(school, ladders=replace(ladders, rungs=changed))


def subjects_of(school: School) -> list[tuple[str, Report, frozenset[str]]]:
    heads = frozenset(school.roles["head"])
    alone = replace(PUPIL, pupils=())
    found = [
        ("a pupil", PUPIL, frozenset[str]()),
        ("a teacher", replace(alone, adult=ADULT), frozenset()),
        ("the headteacher", replace(alone, head=True), heads),
        ("a pupil and a teacher", replace(PUPIL, adult=ADULT), frozenset()),
        ("a teacher and the headteacher", replace(alone, adult=ADULT, head=True), heads),
    ]
    for person in staff(school):
        report = about(school, person.id)
        himself = frozenset({person.id})
        found.append((person.id, report, himself))
        found.append((f"a pupil and {person.id}", replace(report, pupils=PUPIL.pupils), himself))
        found.append((f"{person.id} and the headteacher", replace(report, head=True), himself | heads))
    return found


@pytest.fixture(scope="module")
def situations(school: School) -> list[Situation]:
    missing = [roles for count in range(len(PARTS) + 1) for roles in itertools.combinations(PARTS, count)]
    found = []
    for roles in missing:
        smaller = without(school, *roles)
        reporters = [SOMEBODY, *(logged_by(school, PUPIL, person.id).reporter for person in staff(school))]
        for (label, plain, subjects), reporter in itertools.product(subjects_of(smaller), reporters):
            report = replace(plain, reporter=reporter)
            whole = f"about {label}, logged by {reporter.person or 'somebody'}, nobody is {' or '.join(roles) or '-'}"
            found.append(Situation(whole, smaller, report, subjects, route(smaller, report)))
    return found


def of_kind(situations: Sequence[Situation], *kinds: Route) -> list[Situation]:
    return [each for each in situations if each.routing.kind in kinds]


# --- what holds for all of them


def test_every_combination_is_there(situations: list[Situation]) -> None:
    assert len(situations) == 16 * 9 * (5 + 3 * 8)
    assert len({each.label for each in situations}) == len(situations)


def test_whom_it_is_about_is_never_called_and_never_let_in(situations: list[Situation]) -> None:
    for each in situations:
        assert each.subjects <= each.routing.excluded, each.label
        assert not each.subjects & each.called, each.label
        assert not each.subjects & {person.id for person in each.routing.last_resort}, each.label
        assert not each.silent & {person.id for person in each.ring}, each.label


def test_nobody_is_shut_out_but_those_it_is_about(situations: list[Situation]) -> None:
    for each in situations:
        assert each.routing.excluded == each.subjects, each.label


def test_whoever_logged_it_is_never_called(situations: list[Situation]) -> None:
    for each in situations:
        assert each.report.reporter.person not in each.called, each.label
        assert each.report.reporter.person not in {person.id for person in each.routing.last_resort}, each.label


def test_the_strictest_kind_wins(situations: list[Situation]) -> None:
    for each in situations:
        report, roles = each.report, each.school.roles
        person = report.adult.person if report.adult else None
        if report.head or person in roles["head"]:
            expected = "head"
        elif person in roles["dsl"]:
            expected = "dsl"
        else:
            expected = "staff" if report.adult else "pupil"
        assert each.routing.kind == expected, each.label


def test_about_a_pupil_the_dsl_hears_first_if_there_is_one(situations: list[Situation]) -> None:
    for each in of_kind(situations, "pupil"):
        if each.left("dsl"):
            assert (each.routing.calls[0].role, each.routing.calls[0].after) == ("dsl", 0), each.label
            assert set(each.routing.calls[0].people) == each.left("dsl"), each.label


def test_about_a_pupil_everybody_who_deals_with_safeguarding_hears_in_the_end(situations: list[Situation]) -> None:
    for each in of_kind(situations, "pupil"):
        if each.left("dsl", "deputy-dsl", "head"):
            assert each.called == each.left("dsl", "deputy-dsl", "head"), each.label


def test_about_the_dsl_only_the_headteacher_hears(situations: list[Situation]) -> None:
    for each in of_kind(situations, "dsl"):
        if each.left("head"):
            assert each.called == each.left("head"), each.label
            assert each.routing.readers == ("head",), each.label


def test_about_an_adult_the_headteacher_hears_and_the_chair_only_if_nobody_answers(
    situations: list[Situation],
) -> None:
    for each in of_kind(situations, "staff"):
        if each.left("head"):
            assert each.called == each.left("head", "chair"), each.label
            assert each.routing.readers == ("head", "adult-concerns"), each.label
            assert {call.after for call in each.routing.calls if call.role == "chair"} <= {30}, each.label


def test_about_the_headteacher_only_the_chair_of_governors_hears(situations: list[Situation]) -> None:
    for each in of_kind(situations, "head"):
        assert each.called == each.left("chair"), each.label
        assert each.routing.readers == ("chair",), each.label


def test_where_nobody_is_left_the_reporter_is_shown_the_lado_and_the_chair_if_they_may_hear(
    situations: list[Situation],
) -> None:
    usual: dict[Route, tuple[Role, ...]] = {
        "pupil": ("dsl", "deputy-dsl", "head"), "staff": ("head",), "dsl": ("head",), "head": ("chair",),
    }  # fmt: skip
    for each in situations:
        shown = {person.id for person in each.routing.last_resort}
        if each.left(*usual[each.routing.kind]):
            assert not shown, each.label
        else:
            assert shown == {"lado"} | each.left("chair"), each.label
            assert each.called == each.left("chair"), each.label


def test_somebody_can_always_be_rung(situations: list[Situation]) -> None:
    for each in situations:
        ring = each.ring
        assert ring, each.label
        assert all(person.phone for person in ring), each.label
        if each.routing.kind != "pupil":
            assert {"lado", "duty"} & {person.id for person in ring}, each.label


def test_a_rung_is_never_empty_and_names_nobody_twice(situations: list[Situation]) -> None:
    for each in situations:
        for call in each.routing.calls:
            assert call.people, each.label
            assert len(set(call.people)) == len(call.people), each.label
            assert set(call.people) <= set(each.school.roles[call.role]), each.label


def test_nobody_waits_for_a_rung_on_which_nobody_is(situations: list[Situation]) -> None:
    for each in situations:
        clock = 0
        for call in each.routing.calls:
            assert call.after == clock, each.label
            clock += PATIENCE[each.routing.kind].get(call.role, 0)


def test_whoever_is_called_may_read(situations: list[Situation]) -> None:
    for each in situations:
        kind, readers = each.routing.kind, each.routing.readers
        roles = {call.role for call in each.routing.calls if (kind, call.role) not in LAST}
        assert roles <= set(readers), each.label


def test_every_part_that_a_concern_is_read_by_counts_as_one_that_reads(situations: list[Situation]) -> None:
    read_by = {part for each in situations for part in each.routing.readers}
    assert read_by <= READING_PARTS == {part for parts in MAY_HEAR.values() for part in parts}


def test_a_concern_passed_on_calls_that_person_first_and_then_the_ladder_as_it_was(
    situations: list[Situation],
) -> None:
    for each in situations:
        passed = pass_on(each.routing, "online")
        assert [(call.people, call.after) for call in passed.calls[:2]] == [(("online",), 0), (("online",), 15)]
        assert [(call.role, call.people) for call in passed.calls[2:]] == [
            (call.role, call.people) for call in each.routing.calls
        ]
        assert [call.after - 30 for call in passed.calls[2:]] == [call.after for call in each.routing.calls]
        assert (passed.readers, passed.excluded) == (each.routing.readers, each.routing.excluded)


# --- a few, to be read


def heard(school: School, report: Report) -> list[tuple[int, tuple[str, ...]]]:
    """After how many minutes who hears, by name."""
    routing = route(school, report)
    return [(call.after, tuple(school.people[person].name for person in call.people)) for call in routing.calls]


DSL, DEPUTIES, HEAD = ("Ms Amara Bello",), ("Mr Owen Pryce", "Mrs Hina Qureshi"), ("Mrs Ruth Calder",)
CHAIR = ("Mr Tomasz Zielinski",)


def test_about_a_pupil(school: School) -> None:
    assert heard(school, PUPIL) == [(0, DSL), (15, DSL), (30, DEPUTIES), (60, HEAD)]


def test_about_a_pupil_logged_by_the_dsl(school: School) -> None:
    assert heard(school, logged_by(school, PUPIL, "dsl")) == [(0, DEPUTIES), (30, HEAD)]


def test_about_a_pupil_logged_by_one_of_the_deputies(school: School) -> None:
    report = logged_by(school, PUPIL, "deputy-1")
    assert heard(school, report) == [(0, DSL), (15, DSL), (30, ("Mrs Hina Qureshi",)), (60, HEAD)]


def test_about_a_pupil_where_there_is_no_deputy(school: School) -> None:
    assert heard(without(school, "deputy-dsl"), PUPIL) == [(0, DSL), (15, DSL), (30, HEAD)]


def test_about_a_teacher(school: School) -> None:
    assert heard(school, replace(PUPIL, adult=ADULT)) == [(0, HEAD), (15, HEAD), (30, CHAIR)]


def test_about_a_deputy_the_dsl_does_not_hear(school: School) -> None:
    assert heard(school, about(school, "deputy-1")) == [(0, HEAD), (15, HEAD), (30, CHAIR)]


ONLINE = ("Mr Ben Ferreira",)


@pytest.mark.parametrize(
    ("subject", "by", "wanted"),
    [
        (None, None, [(0, HEAD), (15, HEAD), (30, ONLINE)]),
        ("deputy-1", None, [(0, HEAD), (15, HEAD), (30, ONLINE)]),
        ("online", None, [(0, HEAD), (15, HEAD), (30, CHAIR)]),  # about the named deputy
        (None, "online", [(0, HEAD), (15, HEAD), (30, CHAIR)]),  # logged by them
        (None, "head", [(0, ONLINE)]),
        ("chair", None, [(0, HEAD), (15, HEAD), (30, ONLINE)]),
        ("dsl", None, [(0, HEAD), (15, HEAD), (30, HEAD)]),
        ("head", None, [(0, CHAIR), (15, CHAIR), (30, CHAIR)]),
    ],
)
def test_with_a_named_deputy_for_adult_concerns(
    school: School, subject: str | None, by: str | None, wanted: list[tuple[int, tuple[str, ...]]]
) -> None:
    named = replace(school, roles={**school.roles, "adult-concerns": ("online",)})
    report = about(named, subject) if subject else replace(PUPIL, adult=ADULT)
    assert heard(named, logged_by(named, report, by) if by else report) == wanted


@pytest.mark.parametrize("title", ["Proprietor", "Chief executive of the trust"])
def test_a_proprietor_or_a_chief_executive_takes_the_place_of_a_chair(school: School, title: str) -> None:
    above = replace(school.people["chair"], id="above", name="Mr Idris Vane", role=title)
    own = replace(school, people={**school.people, "above": above}, roles={**school.roles, "chair": ("above",)})
    assert heard(own, replace(PUPIL, head=True)) == [(minute, ("Mr Idris Vane",)) for minute in (0, 15, 30)]
    assert heard(own, replace(PUPIL, adult=ADULT))[-1] == (30, ("Mr Idris Vane",))
    rung = ring_along(own, route(own, replace(PUPIL, head=True)), None, NOW)
    assert (rung[0].name, rung[0].role) == ("Mr Idris Vane", title)


def test_the_chair_reads_a_concern_about_an_adult_only_once_they_are_called(school: School, store: Store) -> None:
    casework, delivery = Casework(lambda: school, store), Delivery(lambda: {school.id: school}, store)
    filled = {"danger": ("no",), "told": ("no",), "about": ("adult",), "adult": ("online",), "seen": ("He shouted.",)}
    number = casework.log("key", {**filled, "you_name": ("Sam Teal",)}, NOW).number
    chair = reader(school, "chair")

    def seen() -> list[str]:
        return [each.number for each in store.inbox(school.id).summaries(chair)]

    assert delivery.claim(NOW) and seen() == []
    called = {each.recipient.person for each in delivery.claim(NOW + dt.timedelta(minutes=31))}
    assert "chair" in called and seen() == [number]


def test_about_a_teacher_logged_by_the_headteacher(school: School) -> None:
    report = logged_by(school, replace(PUPIL, adult=ADULT), "head")
    assert heard(school, report) == [(0, CHAIR)]
    assert [person.id for person in route(school, report).last_resort] == ["chair", "lado"]


def test_about_the_dsl(school: School) -> None:
    assert heard(school, about(school, "dsl")) == [(0, HEAD), (15, HEAD), (30, HEAD)]


def test_about_the_headteacher(school: School) -> None:
    assert heard(school, replace(PUPIL, head=True)) == [(0, CHAIR), (15, CHAIR), (30, CHAIR)]


def test_about_the_headteacher_logged_by_the_chair(school: School) -> None:
    report = logged_by(school, replace(PUPIL, head=True), "chair")
    assert heard(school, report) == []
    assert [person.id for person in route(school, report).last_resort] == ["lado"]


def test_about_the_chair_the_headteacher_hears(school: School) -> None:
    assert heard(school, about(school, "chair")) == [(0, HEAD), (15, HEAD)]


def test_about_the_headteacher_and_the_chair_only_the_lado_is_left(school: School) -> None:
    routing = route(school, replace(about(school, "chair"), head=True))
    assert routing.calls == ()
    assert [person.id for person in routing.last_resort] == ["lado"]


def test_a_slip_of_one_s_own_goes_to_the_headteacher(school: School) -> None:
    assert heard(school, logged_by(school, about(school, "deputy-1"), "deputy-1")) == [
        (0, HEAD),
        (15, HEAD),
        (30, CHAIR),
    ]
    assert heard(school, logged_by(school, about(school, "head"), "head")) == [(0, CHAIR), (15, CHAIR), (30, CHAIR)]


# --- people with two parts, and ladders of a school's own


def test_a_headteacher_who_is_the_dsl_too_is_never_called_about_themselves(school: School) -> None:
    small = replace(school, roles={**school.roles, "dsl": ("head",), "deputy-dsl": ("online",)})
    assert heard(small, about(small, "head")) == [(0, CHAIR), (15, CHAIR), (30, CHAIR)]
    assert heard(small, PUPIL) == [(0, HEAD), (15, HEAD), (30, ("Mr Ben Ferreira",)), (60, HEAD)]


def test_a_chair_who_is_a_deputy_too_never_hears_of_themselves(school: School) -> None:
    small = replace(school, roles={**school.roles, "head": (), "deputy-dsl": ("chair",)})
    routing = route(small, about(small, "chair"))
    assert routing.calls == ()
    assert [person.id for person in routing.last_resort] == ["lado"]


def test_one_of_two_headteachers_means_the_chair(school: School) -> None:
    shared = replace(school, roles={**school.roles, "head": ("head", "online")})
    assert heard(shared, about(shared, "online")) == [(0, CHAIR), (15, CHAIR), (30, CHAIR)]
    assert route(shared, replace(PUPIL, head=True)).excluded == {"head", "online"}


def test_one_of_two_dsls_is_not_called_about_the_other(school: School) -> None:
    shared = replace(school, roles={**school.roles, "dsl": ("dsl", "online")})
    assert heard(shared, about(shared, "online")) == [(0, HEAD), (15, HEAD), (30, HEAD)]
    assert heard(shared, logged_by(shared, PUPIL, "online"))[0] == (0, DSL)


def test_a_school_can_send_what_is_about_the_dsl_to_the_chair(school: School) -> None:
    own = with_rungs(school, "dsl", ("chair", 0), ("head", 20))
    assert heard(own, about(own, "dsl")) == [(0, CHAIR), (20, HEAD)]
    assert set(route(own, about(own, "dsl")).readers) == {"chair", "head"}


def test_a_ladder_that_begins_late_begins_at_once(school: School) -> None:
    own = with_rungs(school, "pupil", ("dsl", 10), ("deputy-dsl", 15), ("head", 15))
    assert heard(own, PUPIL) == [(0, DSL), (5, DEPUTIES), (5, HEAD)]


# --- and in the store


def reader(school: School, person: str) -> Reader:
    return Reader(person, school.roles_of(person))


@pytest.mark.parametrize("subject", ["dsl", "deputy-1", "deputy-2", "head", "chair", "online"])
def test_whom_it_is_about_cannot_read_it_and_does_not_see_that_it_is_there(
    school: School, store: Store, subject: str
) -> None:
    casework = Casework(lambda: school, store)
    filled = {"danger": ("no",), "told": ("no",), "about": ("pupil", "adult"), "pupils": ("Zoe Lark",)}
    report = {**filled, "seen": ("He shouted.",), "adult": (subject,), "you_name": ("Sam Teal",)}
    logged = casework.log("key", report, NOW)
    with pytest.raises(UnknownConcernError):
        casework.read(reader(school, subject), logged.number, NOW)
    assert store.inbox(school.id).summaries(reader(school, subject)) == ()
    for person in staff(school):
        may = person.id == ("chair" if subject == "head" else "head")
        assert bool(store.inbox(school.id).summaries(reader(school, person.id))) == may, person.id
    with pytest.raises(UnknownConcernError):  # whatever part they are given later
        casework.read(Reader(subject, frozenset(PARTS)), logged.number, NOW)
