"""Handovers and notes at every hour of a week, in every nation: who is named, who never is, and what is said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.answering.handover import hand_over, note
from bot.concerns.guidance import whom_to_ring
from bot.hours import is_open, line_open
from bot.knowledge import Handovers, Knowledge, Person, School, Translation
from bot.messages import HANDOVER_KINDS, Contact, Handover, HandoverKind
from tests.conftest import NOW
from tests.handing_over import ELSEWHERE, NIGHT, PERILS, handed_over, noted, wording

NATIONS = ("England", "Wales", "Scotland", "Northern Ireland")
MOST_WORDS = 250  # people and numbers counted in: what is read in haste
READ_FIRST = 45  # words of what stands before the first button
OUTSIDE = ("LADO", "local authority designated officer")
WEEK = [dt.datetime(2026, 11, 23, tzinfo=dt.UTC) + dt.timedelta(hours=hour) for hour in range(7 * 24)]
HALF_TERM = [dt.datetime(2026, 10, 26, tzinfo=dt.UTC) + dt.timedelta(hours=hour) for hour in range(0, 5 * 24, 3)]
HOLIDAY = [dt.datetime(2026, 12, 25, hour, tzinfo=dt.UTC) for hour in range(0, 24, 3)]
Cards = list[tuple[School, dt.datetime, HandoverKind, Handover]]


def of_nation(school: School, nation: str) -> School:
    """The same school there: what serves one nation alone is not offered in another."""
    return replace(school, nation=nation)


def shown(handover: Handover) -> set[str]:
    return {person.name for person in handover.people}


def names(school: School, *roles: str) -> set[str]:
    return {school.people[person].name for role in roles for person in school.roles.get(role, ())}


def read(handover: Handover) -> str:
    """Everything, in reading order."""
    parts = [*handover.above, handover.heading, handover.first]
    for each in handover.ring:
        parts += [each.heading, *(f"{who.name} {who.role} {who.hours} {who.phone}" for who in each.people)]
    return " ".join([*parts, *handover.steps, *handover.avoid, handover.log])


def every_hour(school: School) -> Iterator[tuple[School, dt.datetime]]:
    for nation in NATIONS:
        there = of_nation(school, nation)
        for now in (*WEEK, *HALF_TERM, *HOLIDAY):
            yield there, now


@pytest.fixture(scope="module")
def cards(school: School) -> Cards:
    """Every kind in every nation at every hour, drawn once for all who look."""
    return [
        (there, now, kind, handed_over(there, kind, now))
        for there, now in every_hour(school)
        for kind in HANDOVER_KINDS
    ]


def _of(cards: Cards, kind: HandoverKind) -> Iterator[tuple[School, dt.datetime, Handover]]:
    return ((there, now, handover) for there, now, each, handover in cards if each == kind)


def test_at_every_hour_and_in_every_nation_nobody_is_sent_to_a_shut_line(cards: Cards, school: School) -> None:
    by_name = {person.name: person for person in school.people.values()}
    for there, now, kind, handover in cards:
        for name in shown(handover):
            person = by_name[name]
            assert person.line is None or line_open(there, person.line, now), (kind, name, now)
            assert not person.nations or there.nation in person.nations, (kind, name, there.nation)


def test_who_can_be_reached_stands_before_who_cannot(cards: Cards) -> None:
    for there, now, kind, handover in cards:
        away = [who for each in handover.ring if each.heading == wording().closed for who in each.people]
        assert not away or (not is_open(there, now) and not any(who.hours for who in away)), (kind, now)
        assert handover.ring, (kind, now)


def test_no_number_stands_twice_on_a_card(cards: Cards) -> None:
    for _, now, kind, handover in cards:
        people = [who for each in handover.ring for who in each.people]
        numbers = [who.phone for who in people if who.phone]
        assert len(numbers) == len(set(numbers)), (kind, now)
        again = [who for who in people if not who.phone]
        numbered = {who.name for who in people if who.phone} if again else set()
        assert all(who.name in numbered and who.role.endswith("(number above)") for who in again), (kind, now)


def test_about_the_headteacher_the_chair_is_named_first_at_every_hour(cards: Cards) -> None:
    for there, now, handover in _of(cards, "head"):
        first, *others = handover.ring
        assert (first.heading, {who.name for who in first.people}) == ("Ring now", names(there, "chair")), now
        if not is_open(there, now):
            assert "harmed while you wait" in others[0].heading and others[0].people, now
            instead = next(
                each for each in others if each.heading.endswith("cannot be reached, is involved or does nothing")
            )
            assert {who.name for who in instead.people} & names(there, "out-of-hours", "social-care"), now
        assert noted(there, "head", now).people[0].name in names(there, "chair"), now
        assert whom_to_ring(there, {"about": ("head",)}, None, now)[0].id in there.roles["chair"], now


@pytest.mark.parametrize("kind", ["child", "danger", "adult", "dsl"])
def test_out_of_hours_the_team_on_duty_is_named_first(kind: HandoverKind, cards: Cards) -> None:
    for there, now, handover in _of(cards, kind):
        first = handover.ring[0].people[0]
        if not is_open(there, now):
            wanted = {"The emergency duty team", "Children's social care"} | (
                {"The emergency contact"} if kind == "danger" else set()
            )
            assert first.name in wanted, (now, first.name)


def test_the_person_it_may_be_about_is_never_named(school: School, cards: Cards) -> None:
    head, dsl = names(school, "head"), names(school, "dsl", "deputy-dsl")
    hidden = {"adult": dsl, "dsl": dsl, "head": head}
    for _, now, kind, handover in cards:
        assert not shown(handover) & hidden.get(kind, set()), (kind, now)
    for there, now in every_hour(school):
        for kind in PERILS:
            assert not shown(handed_over(there, kind, now, "head")) & head, (kind, now)
            assert not shown(handed_over(there, kind, now, "staff")) & dsl, (kind, now)


def test_where_the_head_leads_safeguarding_a_worry_about_the_one_goes_past_both(school: School) -> None:
    both = replace(school, roles={**school.roles, "dsl": ("head",)})
    handover = handed_over(both, "dsl")
    assert (handover.kind, shown(handover) & names(both, "dsl", "head")) == ("head", set())


@pytest.mark.parametrize("cover", ["deputy-1", "dsl", "head"])
def test_staff_who_cover_the_night_are_named_only_for_what_they_hear_of(cover: str, school: School) -> None:
    covered = replace(school, roles={**school.roles, "out-of-hours": (cover, "duty")})
    name = school.people[cover].name
    named = {kind for kind in ("child", "adult", "dsl", "head") if name in shown(handed_over(covered, kind, NIGHT))}
    noticed = {
        kind for kind in ("child", "adult", "head") if name in {who.name for who in noted(covered, kind, NIGHT).people}
    }
    assert named == ({"child", "adult", "dsl"} if cover == "head" else {"child"})
    assert noticed == ({"adult"} if cover == "head" else {"child"})


def test_in_danger_999_comes_first(school: School) -> None:
    for kind in PERILS:
        handover = handed_over(school, kind)
        assert "999" in handover.first and handover.call_999, kind
    assert all("999" in handed_over(school, kind).first for kind in HANDOVER_KINDS)


def test_a_missing_child_is_a_call_before_a_search(school: School) -> None:
    first = handed_over(school, "missing").first
    assert first.startswith("Call 999 at once, before searching")
    for grave in ("very young", "water, road or rail", "gone with somebody", "harm themselves"):
        assert grave in first


def test_a_child_whom_nobody_collected_is_not_taken_for_a_missing_one(school: School) -> None:
    handover = handed_over(school, "missing", NOW)
    assert any(step.startswith("Not collected: stay with the child") for step in handover.steps)
    assert "if the missing child is very young" in handover.first
    assert "missing" in handover.steps[0]


def test_what_was_swallowed_is_an_emergency_however_well_they_seem(school: School) -> None:
    assert handed_over(school, "overdose").first.startswith("Call 999 now, however well they seem.")


@pytest.mark.parametrize("kind", PERILS)
def test_nobody_in_danger_is_told_how_to_hear_a_disclosure(kind: HandoverKind, school: School) -> None:
    said = read(handed_over(school, kind)).lower()
    assert not [words for words in ("listen", "own words", "leading question", "nude", "secret") if words in said]


def test_the_officer_outside_stands_only_where_the_head_is_no_way(school: School) -> None:
    for kind in HANDOVER_KINDS:
        for each in handed_over(school, kind).ring:
            outside = {who.name for who in each.people} & names(school, "lado", "whistleblowing")
            if outside:
                assert each.heading.startswith("If the ") and "cannot be reached, is involved or does" in each.heading
    by_day = handed_over(school, "adult").ring[-1]
    assert names(school, "lado", "whistleblowing") <= {who.name for who in by_day.people}


@pytest.mark.parametrize("nation", ["Scotland", "Northern Ireland"])
def test_there_is_no_lado_in_scotland_and_northern_ireland(nation: str, school: School) -> None:
    there = of_nation(school, nation)
    for kind in HANDOVER_KINDS:
        assert not [word for word in OUTSIDE if word in read(handed_over(there, kind))], kind
    assert names(school, "social-care") <= shown(handed_over(there, "head"))
    ring = whom_to_ring(there, {"about": ("head",)}, None, NOW)
    assert [person.id for person in ring] == ["chair", "social-care"]


@pytest.mark.parametrize("kind", ["child", "adult", "dsl", "head"])
def test_while_a_child_could_be_harmed_there_is_a_way_that_waits_for_nobody(kind: HandoverKind, cards: Cards) -> None:
    for _, now, handover in _of(cards, kind):
        (way,) = [each for each in handover.ring if "harmed while you wait" in each.heading]
        assert "999" in way.heading and way.people, now


def test_an_adult_at_risk_is_asked_and_not_reported(school: School, cards: Cards) -> None:
    for _, now, handover in _of(cards, "adult-at-risk"):
        assert not handover.form
        assert shown(handover) <= names(school, "staff-support") and "Samaritans" in shown(handover), now
    said = read(handed_over(school, "adult-at-risk"))
    assert "116 123" in said and "look into it" not in said


def test_a_slip_of_ones_own_is_told_today(school: School) -> None:
    handover = handed_over(school, "own-conduct")
    assert handover.first.startswith("Tell the headteacher today, before anyone else does.")
    assert "the person it is about" not in read(handover)


@pytest.mark.parametrize("kind", HANDOVER_KINDS)
def test_it_is_short_and_can_be_read_aloud(kind: HandoverKind, school: School) -> None:
    for nation in NATIONS:
        for now in (NOW, NIGHT):
            handover = handed_over(of_nation(school, nation), kind, now)
            assert len(read(handover).split()) <= MOST_WORDS
            assert len(handover.first.split()) <= (60 if kind == "missing" else READ_FIRST)
            assert not handover.first.lower().startswith(("yes", "no ", "no,", "no."))
            assert "{" not in read(handover)
            assert not [line for line in handover.steps if line.startswith(("Do not", "Never"))]
            assert all(line.startswith(("Do not", "Never")) and ". " not in line for line in handover.avoid)


def test_the_device_is_left_as_it_is_under_what_to_do(school: School) -> None:
    handover = handed_over(school, "child")
    assert [line for line in handover.steps if "leave the device as it is" in line]
    assert not [line for kind in HANDOVER_KINDS for line in handed_over(school, kind).avoid if "device" in line]


@pytest.mark.parametrize("kind", ["child", "adult", "dsl", "head"])
def test_what_must_not_be_done_with_a_nude_picture_stands_high_up(kind: HandoverKind, school: School) -> None:
    said = hand_over(school, wording(), kind, "concern", None, NOW, picture=True).first
    assert said.endswith("Do not look at the picture, copy it, send it on or delete it. Leave it where it is.")
    assert "picture" not in handed_over(school, kind, NOW).first


def test_the_terms_are_those_of_the_nation(school: School) -> None:
    first = {nation: handed_over(of_nation(school, nation), "child").first for nation in NATIONS}
    assert "Designated Safeguarding Lead (DSL)" in first["England"]
    assert "Designated Safeguarding Person (DSP)" in first["Wales"]
    assert "child protection co-ordinator" in first["Scotland"]
    assert "designated teacher" in first["Northern Ireland"]


def test_other_languages_are_shown_only_once_somebody_has_approved_them(school: School) -> None:
    assert wording().translations and not any(each.approved_by for each in wording().translations)
    assert handed_over(school, "not-english").above == ()
    approved = _approved(wording(), "cy", "Mrs Non Pugh")
    above = hand_over(school, approved, "not-english", "immediate", "pupil", NOW).above
    assert len(above) == 1 and "ffoniwch 999" in above[0]
    assert hand_over(school, approved, "child", "concern", "pupil", NOW).above == ()


def _approved(words: Handovers, code: str, who: str) -> Handovers:
    def named(each: Translation) -> Translation:
        return replace(each, approved_by=who) if each.code == code else each

    return replace(words, translations=tuple(map(named, words.translations)))


def test_where_concerns_are_kept_elsewhere_it_leads_there(school: School) -> None:
    away = replace(school, elsewhere=ELSEWHERE)
    for kind in HANDOVER_KINDS:
        handover = handed_over(away, kind)
        assert not handover.form
        assert handover.elsewhere == (None if kind == "adult-at-risk" else ELSEWHERE)
        assert "concern form" not in handover.log
    assert not noted(away, "child").form


# --- the note


def test_the_note_names_the_reader_that_fits(school: School) -> None:
    first = {kind: noted(school, kind).people[0].name for kind in ("child", "adult", "dsl", "head", "own-conduct")}
    assert first == {
        "child": "Ms Amara Bello",
        "adult": "Mrs Ruth Calder",
        "dsl": "Mrs Ruth Calder",
        "own-conduct": "Mrs Ruth Calder",
        "head": "Mr Tomasz Zielinski",
    }
    assert {who.name for who in noted(school).people} == names(school, "dsl", "head", "chair")
    by_about = note(school, wording(), None, "head", NOW)
    assert by_about == noted(school, "head")


def test_the_note_names_first_who_can_be_reached_at_this_hour(school: School) -> None:
    assert noted(school, "child", NIGHT).people[0].name == "The emergency duty team"
    for there, now in every_hour(school):
        for kind in (None, *HANDOVER_KINDS):
            said = note(there, wording(), kind, None, now)
            assert "999" in said.text and said.people, (kind, now)
            hidden = {"head": names(school, "head"), "dsl": names(school, "dsl", "deputy-dsl")}.get(kind or "", set())
            assert not {who.name for who in said.people} & hidden, (kind, now)


# --- the file


def test_every_number_outside_says_when_it_is_open_and_when_it_was_checked(knowledge: Knowledge) -> None:
    outside = [person for person in knowledge.school.people.values() if _outside(knowledge.school, person)]
    assert len(outside) == 7
    assert [person.name for person in outside if person.line is None or person.checked is None] == []


def _outside(school: School, person: Person) -> bool:
    roles = school.roles_of(person.id)
    return roles <= {"lado", "social-care", "out-of-hours", "police", "whistleblowing", "staff-support"}


def test_a_contact_carries_the_hours_of_its_line(school: School) -> None:
    people = {who.name: who for who in handed_over(school, "adult").people}
    assert people["NSPCC Whistleblowing Advice Line"] == Contact(
        "NSPCC Whistleblowing Advice Line", "If the school does not act", "0800 028 0285", "Mon-Fri 08:00-20:00"
    )
