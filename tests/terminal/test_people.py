"""`askfirst people`: whose accounts are kept, and removing those of somebody who left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.concerns import Account, Reporter
from bot.knowledge import School
from bot.store import Known, Place, alert_name
from tests.conftest import NOW, SCHOOL
from tests.store.made import log, report_of
from tests.terminal.driving import Desk

SLACK, TEAMS = Account("slack", "T1:U1"), Account("teams", "tenant:jo")
STAFF = Account("slack", "T1:U2")


@pytest.fixture
def known(desk: Desk) -> Desk:
    """A desk whose store knows the DSL, a deputy who has left with an account in each chat, and another teacher."""
    with desk.store() as store:
        accounts = store.accounts(SCHOOL)
        accounts.keep(
            Known(Account("slack", "T1:U9"), "dsl", "Ms Amara Bello", "", False, ("a.bello@fernbank.example",))
        )
        for account in (SLACK, TEAMS):
            accounts.keep(Known(account, "deputy-9", "Jo Marsh", "", False, ("j.marsh@fernbank.example",)))
        accounts.keep(Known(STAFF, "", "Priya Shah", "", False, ("p.shah@fernbank.example",)))
        store.places(SCHOOL, "teams").keep(Place(TEAMS.id, '{"conversation": "a:1"}'))
        store.places(SCHOOL, "teams-alert").keep(Place(alert_name("K7Q2-9XM4", TEAMS.id, "1"), "{}"))
        store.sign_in(SCHOOL).make_link("deputy-9", NOW)
    return desk


def left(desk: Desk) -> set[str]:
    """The names of those of whom an account is kept."""
    with desk.store() as store:
        return {each.name for each in store.accounts(SCHOOL).all()}


def logged_by(desk: Desk, school: School, account: Account, person: str | None = None) -> str:
    """The number of a concern that somebody has logged with an account."""
    with desk.store() as store:
        report = replace(report_of(), reporter=Reporter("Jo Marsh", "", person, account))
        return log(store, school, report=report).number


def test_everybody_is_listed_with_what_is_kept_and_no_content(known: Desk) -> None:
    shown = known.run("people").shown
    assert shown.splitlines()[:3] == [
        "deputy-9  Jo Marsh: Slack account T1:U1, Teams account tenant:jo, how to write to them in Teams, "
        "1 alert that stands there; no longer in school.yaml",
        "dsl  Ms Amara Bello: Slack account T1:U9; in school.yaml",
        "T1:U2  Priya Shah: Slack account T1:U2; other staff",
    ]
    for hidden in ("fernbank.example", "a:1", "K7Q2"):
        assert hidden not in shown


@pytest.mark.parametrize("named", ["deputy-9", "jo marsh", "tenant:jo"])
def test_what_is_kept_of_somebody_who_left_is_removed_once_it_is_meant(known: Desk, named: str) -> None:
    assert known.run("people", "--forget", named, typed="no\n").status == 1
    assert known.run("people", "--forget", named).status == 1, "the end of what is typed is a no"
    assert "Jo Marsh" in left(known)
    done = known.run("people", "--forget", named, typed="yes\n")
    assert done.status == 0 and "Removed: Slack account T1:U1, Teams account tenant:jo" in done.shown
    assert left(known) == {"Ms Amara Bello", "Priya Shah"}
    with known.store() as store:
        assert not store.places(SCHOOL, "teams").all() and not store.places(SCHOOL, "teams-alert").all()
        assert store.sign_in(SCHOOL).end_all("deputy-9") == 0, "the link was taken back"
        assert store.audit(SCHOOL).verify() == ()
    assert [(kind, by) for _, kind, by in known.log()] == [("forgotten", "the terminal")]
    assert "nothing is kept of" in known.run("people", "--forget", named).complained


def test_other_staff_can_be_forgotten_too(known: Desk) -> None:
    assert known.run("people", "--forget", "Priya Shah", "--yes").status == 0
    assert "Priya Shah" not in left(known)


def test_somebody_in_the_schools_file_is_not_forgotten(known: Desk) -> None:
    done = known.run("people", "--forget", "dsl", "--yes")
    assert done.status == 1 and "is in school.yaml" in done.complained
    assert "Ms Amara Bello" in left(known) and not known.log()


@pytest.mark.parametrize("person", [None, "deputy-9"])
def test_what_an_open_concern_needs_is_kept_and_said(known: Desk, school: School, person: str | None) -> None:
    number = logged_by(known, school, TEAMS, person)
    done = known.run("people", "--forget", "deputy-9", "--yes")
    assert done.status == 1
    assert "nothing was removed: it is needed for 1 concern that is still open" in done.complained
    assert number not in done.shown + done.complained
    assert "Jo Marsh" in left(known) and "forgotten" not in [kind for _, kind, _ in known.log()]


def test_an_alert_that_nobody_has_acknowledged_is_kept(known: Desk, school: School) -> None:
    number = logged_by(known, school, Account("email", "marker@mail.example"))
    with known.store() as store:
        store.places(SCHOOL, "teams-alert").keep(Place(alert_name(number, TEAMS.id, "2"), "{}"))
    assert "is needed for 1 concern" in known.run("people", "--forget", "deputy-9", "--yes").complained


def test_two_of_one_name_are_not_taken_for_one(known: Desk) -> None:
    with known.store() as store:
        store.accounts(SCHOOL).keep(
            Known(Account("slack", "T1:U3"), "", "Priya Shah", "", False, ("p2@fernbank.example",))
        )
    done = known.run("people", "--forget", "priya shah", "--yes")
    assert done.status == 1 and "Name one of them by an account: T1:U2, T1:U3" in done.complained
    assert known.run("people", "--forget", "T1:U3", "--yes").status == 0
    assert len([name for name in left(known) if name == "Priya Shah"]) == 1


def test_a_chat_without_an_account_is_listed_and_can_be_removed(desk: Desk) -> None:
    assert desk.run("people").shown == "Nothing is kept of anybody's account in Slack or Teams.\n"
    with desk.store() as store:
        store.places(SCHOOL, "teams").keep(Place("tenant:nobody", "{}"))
    assert "tenant:nobody  somebody whose name was not kept" in desk.run("people").shown
    assert desk.run("people", "--forget", "tenant:nobody", "--yes").status == 0
    with desk.store() as store:
        assert not store.places(SCHOOL, "teams").all()
