"""A request in Slack: who may ask and decide, and what waits in the store until it is sent."""

from __future__ import annotations

from dataclasses import replace

from bot.answering.dialogue import Base
from tests.accounts.asking import ASKER, filled_by_staff, labelled
from tests.conftest import SCHOOL
from tests.slack.people import Person
from tests.slack.school import AtSchool
from tests.slack.server import Slack

DECISION = {"What do you decide?": "Agreed"}


async def first_screen(person: Person, school: AtSchool) -> None:
    await person.asks("/account")
    await person.reads("Step 1 of 6")
    await person.fills(labelled(school.core.accounts.form().screens[0].fields, filled_by_staff()))
    await person.submits()


async def test_a_guest_is_turned_away_before_they_answer_more(slack: Slack, over_http: AtSchool) -> None:
    guest = slack.person("U0GUEST", "Gil Guest", "g@mail.example", guest=True)
    await first_screen(guest, over_http)
    assert "Only staff of the school" in " ".join(guest.errors.values())


async def test_answers_wait_in_the_store_for_a_day_and_then_the_form_says_so(slack: Slack, over_http: AtSchool) -> None:
    teacher = over_http["teacher"]
    await first_screen(teacher, over_http)
    await teacher.reads("Step 2 of 6")
    over_http.clock.moves(days=2)
    await over_http.service.channel.tidy()
    await teacher.fills(labelled(over_http.core.accounts.form().screens[1].fields, filled_by_staff()))
    await teacher.submits()
    assert "no longer kept" in " ".join(teacher.errors.values())


async def test_who_decides_must_have_a_part_and_give_a_reason_and_decides_once(
    slack: Slack, over_http: AtSchool
) -> None:
    dsl, desk = over_http["dsl"], over_http.core.accounts
    found = desk.ask("one", filled_by_staff(), over_http.clock(), ASKER)
    await over_http.sends()
    await dsl.presses("Read and decide")
    await dsl.reads("Riskmarker")
    await dsl.presses("Decide")
    await dsl.reads("Why?")
    await dsl.fills({**DECISION, "Why?": "A clear aim."})
    desk.act("dsl", found.number, "decide", {"decision": "yes", "reason": "On the page."}, over_http.clock())
    await dsl.submits()
    assert "not yours to see" in " ".join(dsl.errors.values())
    kept = over_http.core.store.register(SCHOOL).find(found.number)
    assert kept and [each.reason for each in kept.decisions] == ["On the page."]
    # What stands in a message holds nothing of what was answered.
    assert not any("Riskmarker" in message.text for message in dsl.messages)


async def test_a_button_of_somebody_who_has_no_part_any_more_shows_nothing(
    slack: Slack, over_http: AtSchool, base: Base
) -> None:
    dsl, school = over_http["dsl"], over_http.core.school()
    over_http.core.accounts.ask("one", filled_by_staff(), over_http.clock(), ASKER)
    await over_http.sends()
    # Somebody else has her place in school.yaml now: by her address Slack says that she is nobody there.
    people = {**school.people, "dsl": replace(school.people["dsl"], name="Ms New", email="new@fernbank.example")}
    changed = replace(base, knowledge=replace(base.knowledge, school=replace(school, people=people)))
    over_http.core._files = lambda: changed
    await dsl.presses("Read and decide")
    shown = await dsl.reads("not yours to see")
    assert "Riskmarker" not in shown
