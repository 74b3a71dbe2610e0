"""Letters on their way to Slack: what is tried again, what goes by mail, and what `askfirst doctor` is told."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from adapters.delivering.mail import MailWay
from adapters.delivering.sender import UndeliveredError, unreachable
from adapters.slack import SlackWay, Workspaces
from bot.answering.dialogue import Base
from bot.knowledge import School
from bot.service.core import Core
from bot.store import Store
from tests.slack.school import AtSchool, settings_for
from tests.slack.server import Slack
from tests.test_sender import Served

DSL_MAIL = "a.bello@fernbank.example"


async def test_a_letter_that_slack_refuses_goes_by_mail(slack: Slack, over_http: AtSchool, mailbox: Served) -> None:
    box, mail = mailbox
    over_http["dsl"].leaves()
    number = over_http.log()
    await over_http.sends(MailWay(mail))
    (letter,) = box.to(DSL_MAIL)
    assert number in letter["Subject"]
    assert over_http.kinds(number)[-2:] == ["alert-failed", "alert-sent"]


async def test_somebody_whom_slack_does_not_know_is_sent_mail(
    slack: Slack, over_http: AtSchool, mailbox: Served
) -> None:
    box, mail = mailbox
    number = over_http.log()  # nobody of the ladder has an account
    await over_http.sends(MailWay(mail))
    assert len(box.to(DSL_MAIL)) == 1
    assert _reasons(over_http, number) == ["Slack knows nobody with this e-mail address"]


async def test_slack_that_cannot_be_reached_is_tried_again_and_then_mail(
    slack: Slack, over_http: AtSchool, mailbox: Served
) -> None:
    box, mail = mailbox
    dsl = over_http["dsl"]
    number = over_http.log()
    with slack.faults.outage():
        for _ in range(8):
            await over_http.sends(MailWay(mail))
            over_http.clock.moves(seconds=20)
    assert len(box.to(DSL_MAIL)) == 1
    assert "Slack cannot be reached" in _reasons(over_http, number)[0]
    assert dsl.messages == []


async def test_a_wait_that_slack_asks_for_is_kept(slack: Slack, over_http: AtSchool) -> None:
    dsl = over_http["dsl"]
    over_http.log()
    slack.faults.rate_limit("chat.postMessage", retry_after=30)
    await over_http.sends()
    over_http.clock.moves(seconds=29)
    await over_http.sends()
    assert dsl.messages == []
    over_http.clock.moves(seconds=2)
    await over_http.sends()
    assert len(dsl.messages) == 1


@pytest.mark.parametrize("kind", ["fail", "error", "drop"])
async def test_a_short_fault_delays_an_alert_and_loses_none(slack: Slack, over_http: AtSchool, kind: str) -> None:
    dsl = over_http["dsl"]
    over_http.log()
    if kind == "fail":
        slack.faults.fail("chat.postMessage")
    elif kind == "error":
        slack.faults.error("internal_error", "chat.postMessage")
    else:
        slack.faults.drop("chat.postMessage")
    await over_http.sends()
    over_http.clock.moves(seconds=30)
    await over_http.sends()
    assert len(dsl.messages) == 1


async def test_an_alert_that_may_be_there_already_says_that_it_is_a_repeat(slack: Slack, over_http: AtSchool) -> None:
    dsl = over_http["dsl"]
    over_http.log()
    slack.faults.lose_answer("chat.postMessage")
    await over_http.sends()
    assert len(dsl.messages) == 1, "it is not sent again in the same breath"
    over_http.clock.moves(seconds=30)
    await over_http.sends()
    first, second = dsl.messages
    assert ("repeat" in first.text, "repeat" in second.text) == (False, True)


async def test_a_token_that_was_withdrawn_is_noticed(slack: Slack, over_http: AtSchool, school: School) -> None:
    for who in ("dsl", "deputy-1", "head", "chair"):
        over_http[who]
    over_http.log()
    await over_http.sends()  # the account is known from now on, and yet the token is looked at
    assert await unreachable(school, (over_http.way,)) == {
        "deputy-2": "Slack: Slack knows nobody with this e-mail address"
    }
    await slack.revokes()
    found = await unreachable(school, (over_http.way,))
    assert found["dsl"] == "Slack: Slack has withdrawn the app's token. Install the app again"
    with pytest.raises(UndeliveredError) as fault:
        await over_http.way.look("person:dsl")
    assert fault.value.permanent


async def test_a_closed_account_is_noticed(slack: Slack, over_http: AtSchool) -> None:
    over_http["dsl"].leaves()
    with pytest.raises(UndeliveredError):
        await over_http.way.look("person:dsl")


async def test_a_part_that_passed_to_somebody_else_takes_its_alerts_along(
    slack: Slack, school: School, store: Store
) -> None:
    """The same id in school.yaml, another name and address: the old account hears nothing more."""
    old = slack.person("U0OLD", "Ms Amara Bello", DSL_MAIL)
    new = slack.person("U0NEW", "Ms Ira Nova", "i.nova@fernbank.example")
    successor = replace(school.people["dsl"], name="Ms Ira Nova", email="i.nova@fernbank.example")
    after = replace(school, people={**school.people, "dsl": successor})
    before_way = SlackWay(Workspaces(settings_for(slack), lambda: school, store))
    await before_way.look("person:dsl")
    after_way = SlackWay(Workspaces(settings_for(slack), lambda: after, store))
    await after_way.look("person:dsl")
    assert [call.arguments["user"] for call in slack.calls_to("users.info")] == [old.id, new.id]


async def test_an_address_that_was_put_right_in_the_file_takes_the_alerts_along(
    slack: Slack, school: School, store: Store
) -> None:
    """The same person, under the address of somebody else at first."""
    wrong = slack.person("U0WRONG", "Amir Bello", "amir.bello@fernbank.example")
    right = slack.person("U0RIGHT", "Ms Amara Bello", DSL_MAIL)
    before = _with_dsl(school, email="amir.bello@fernbank.example")
    for known in (before, school, school):
        await SlackWay(Workspaces(settings_for(slack), partial(_same, known), store)).look("person:dsl")
    asked = [call.arguments["user"] for call in slack.calls_to("users.info")]
    assert asked == [wrong.id, right.id, right.id]


@pytest.mark.parametrize("what", ["closed", "another address"])
async def test_an_account_that_is_theirs_no_more_is_looked_up_anew(
    slack: Slack, over_http: AtSchool, what: str
) -> None:
    old = over_http["dsl"]
    over_http.log()
    await over_http.sends()
    old.leaves() if what == "closed" else setattr(slack.workspace.users[old.id], "email", "gone@fernbank.example")
    new = slack.person("U0NEW", "Ms Amara Bello", DSL_MAIL)
    for submission in ("two", "three"):
        number = over_http.log(submission)
        await over_http.sends()
        assert number in new.messages[-1].text
    assert len(old.messages) == 1


async def test_whoever_was_taken_for_somebody_reads_nothing_once_the_file_is_right(
    slack: Slack, base: Base, store: Store
) -> None:
    """Slack does not answer just then: what it said last counts no longer."""
    wrong = slack.person("U0WRONG", "Amir Bello", "amir.bello@fernbank.example")
    known = [_with_dsl(base.knowledge.school, email="amir.bello@fernbank.example")]
    now = lambda: replace(base, knowledge=replace(base.knowledge, school=known[0]))  # noqa: E731
    school = AtSchool(slack, Core(now, store))
    async with school.open():
        number = school.log()
        await school.sends()
        await wrong.presses("Open")
        await wrong.reads("Zelda")
        await wrong.closes_modal()
        known[0] = base.knowledge.school
        slack.faults.error("internal_error", "users.info", times=None)
        await wrong.presses("Open")
        await slack.settled(lambda: wrong.modal and "One moment" not in wrong.modal.text)
        assert wrong.modal and "not yours to read" in wrong.modal.text
        assert school.kinds(number).count("opened") == 1


def _same(school: School) -> School:
    return school


def _with_dsl(school: School, email: str) -> School:
    return replace(school, people={**school.people, "dsl": replace(school.people["dsl"], email=email)})


def _reasons(school: AtSchool, number: str) -> list[str]:
    with school.core.store.concerns("fernbank").work_on_ladder(number) as case:
        return [event.detail.reason for event in case.events if event.kind == "alert-failed"]
