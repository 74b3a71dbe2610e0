"""Everybody on a ladder has some kind of account: what `askfirst doctor` says of it is what becomes of an alert."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.command.doctor import examine
from adapters.delivering.mail import MailWay
from adapters.delivering.sender import reach_of
from adapters.slack import SlackWay, Workspaces, manifest
from adapters.slack.alerts import ON_THE_PAGE
from bot.answering.dialogue import Base
from bot.service.core import Core
from bot.settings import Settings, read_settings
from bot.store import Store
from tests.conftest import KEY, KNOWLEDGE, NOW
from tests.slack.manifest import before_july_2026
from tests.slack.school import ADDRESS, AtSchool, changed, logs_a_concern
from tests.slack.server import Slack
from tests.slack.workspace import TEAM
from tests.test_sender import Served

DSL = ("U0DSL", "Ms Amara Bello", "a.bello@fernbank.example")
SHUT_OUT = "Not by Slack: this is a guest's account, and Slack lets no guest use an app with the agent feature"
GUEST: Mapping[str, Any] = {"guest": True}
# The account; whether the app has the agent feature; whether the alert comes in Slack; what the doctor says.
ACCOUNTS: Mapping[str, tuple[Mapping[str, Any], bool, bool, str]] = {
    "a member": ({}, False, True, ""),
    "a member, with the agent feature": ({}, True, True, ""),
    "a guest": (GUEST, False, True, "Slack: a guest's account: alerted in Slack, and reads in the inbox on the page"),
    "a guest of one channel": ({**GUEST, "single_channel": True}, False, True, "a guest's account: alerted in Slack"),
    "a guest, with the agent feature": (GUEST, True, False, SHUT_OUT),
    "a guest of one channel, with the agent feature": ({**GUEST, "single_channel": True}, True, False, SHUT_OUT),
    "a closed account": ({"deleted": True}, False, False, "Not by Slack: this person's Slack account is closed"),
    "an app": ({"bot": True}, False, False, "Not by Slack: this account is an app's, which reads nothing"),
    "a colleague of another workspace": (
        {"team": "T0SISTER", "workspaces": ("T0SISTER", TEAM)}, False, True,
        "at home in another workspace of the organisation: alerted in Slack, and reads there",
    ),
    "somebody of another organisation": (
        {"team": "T0OTHER"}, False, False, "Not by Slack: this account is of another organisation",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ACCOUNTS)
async def test_an_alert_goes_where_the_doctor_says(
    kind: str, slack: Slack, base: Base, store: Store, mailbox: Served, settings: Settings
) -> None:
    more, agent, in_slack, said = ACCOUNTS[kind]
    box, mail = mailbox
    slack.uses(manifest(ADDRESS, socket=False, agent=agent))
    person = slack.person(*DSL, **more)
    school = AtSchool(slack, Core(lambda: _by_id(base, person.id), store))
    async with school.open():
        number = school.log()
        await school.sends(MailWay(mail))
        assert [number in message.text for message in person.messages] == [True] * in_slack
        assert len(box.to(DSL[2])) == (not in_slack), "what Slack does not bring goes by mail at once"
        (line,) = await _doctor(school, MailWay(mail), settings)
    assert line.startswith("ok ") and said in line
    assert ("Alerts to them go another way" in line) is not in_slack


async def test_without_another_way_the_doctor_says_that_the_next_on_the_ladder_is_called(
    slack: Slack, base: Base, store: Store, settings: Settings
) -> None:
    slack.uses(manifest(ADDRESS, socket=False, agent=True))
    slack.person(*DSL, guest=True)
    deputy = slack.person("U0DEPUTY", "Mr Owen Pryce", "o.pryce@fernbank.example")
    school = AtSchool(slack, Core(lambda: base, store))
    async with school.open():
        (line,) = await _doctor(school, None, settings)
        assert line.startswith("FAULT") and "the next on the ladder is called" in line
        number = school.log()
        await school.sends()
        assert number in deputy.messages[-1].text, "though their time has not come yet"


@pytest.mark.parametrize("setting", [None, True, False])
async def test_where_slack_does_not_say_whether_guests_are_shut_out_only_the_setting_lets_an_alert_count_on_it(
    slack: Slack, base: Base, store: Store, mailbox: Served, setting: bool | None
) -> None:
    """Slack answers without the header that names the permissions."""
    box, mail = mailbox
    guest = slack.person(*DSL, guest=True)
    school = AtSchool(slack, Core(lambda: base, store))
    school.way = SlackWay(Workspaces(replace(school.settings, agent=setting), lambda: base.knowledge.school, store))
    async with school.open():
        school.log()
        await school.sends(MailWay(mail))
    assert (len(guest.messages), len(box.to(DSL[2]))) == ((1, 0) if setting is False else (0, 1))


async def test_a_guests_alert_has_no_buttons_that_would_refuse_and_leads_to_the_page(
    slack: Slack, over_http: AtSchool
) -> None:
    guest, deputy = slack.person(*DSL, guest=True), over_http["deputy-1"]
    number = over_http.log()
    await over_http.sends()
    (alert,) = guest.messages
    assert number in alert.text and alert.labels == []
    assert ON_THE_PAGE in alert.text and f"{ADDRESS}/inbox" in alert.text.split(ON_THE_PAGE)[1]
    over_http.clock.moves(minutes=31)
    await over_http.sends()
    assert deputy.messages[-1].labels == ["Acknowledge", "Open", "Pass on"]
    assert ON_THE_PAGE not in deputy.messages[-1].text


@pytest.mark.parametrize("account", [{"guest": True}, {"team": "T0OTHER"}], ids=["guest", "other organisation"])
async def test_whoever_logged_it_from_outside_hears_what_became_of_it(
    slack: Slack, base: Base, store: Store, account: Mapping[str, Any]
) -> None:
    """Slack does not say whether the app has the agent feature: for an alert that would be no way to a guest."""
    school = AtSchool(slack, Core(lambda: changed(base, outsiders=("log",)), store))
    async with school.open():
        outsider, dsl = slack.person("U0OUT", "Gus Guest", "gus@elsewhere.example", **account), school["dsl"]
        slack.channel("C1", "joint", (outsider, dsl))
        await outsider.asks("/concern", in_channel="C1")
        await logs_a_concern(outsider, slack)
        await school.sends()
        await dsl.presses("Acknowledge")
        await dsl.reads("Ms Amara Bello acknowledged it")
        await school.sends()
        assert "Ms Amara Bello acknowledged it" in outsider.messages[-1].text


async def test_an_app_of_before_shuts_guests_out_too(slack: Slack, base: Base, store: Store, mailbox: Served) -> None:
    box, mail = mailbox
    slack.uses(before_july_2026(manifest(ADDRESS, socket=False)), old=True)
    guest = slack.person(*DSL, guest=True)
    school = AtSchool(slack, Core(lambda: base, store))
    async with school.open():
        school.log()
        await school.sends(MailWay(mail))
    assert (guest.messages, len(box.to(DSL[2]))) == ([], 1)


async def test_where_slack_does_not_say_what_kind_of_account_it_is_the_alert_goes(
    slack: Slack, over_http: AtSchool
) -> None:
    dsl = over_http["dsl"]
    number = over_http.log()
    slack.faults.error("internal_error", "users.info", times=None)
    await over_http.sends()
    assert number in dsl.messages[-1].text


async def test_a_colleague_of_another_workspace_of_the_organisation_is_no_outsider(
    slack: Slack, over_http: AtSchool
) -> None:
    number = over_http.log()
    dsl = slack.person(*DSL, team="T0SISTER", workspaces=("T0SISTER", TEAM))
    await dsl.opens_home()
    shown = await dsl.reads("Waiting for you")
    assert number in shown and "Log a concern" in shown


async def test_somebody_of_a_workspace_that_the_school_is_not_in_is_one(slack: Slack, over_http: AtSchool) -> None:
    over_http.log()
    stranger = slack.person(*DSL, team="T0SISTER", workspaces=("T0SISTER", "T0THIRD"))
    await stranger.opens_home()
    await slack.settled(lambda: stranger.home)
    assert stranger.home and "Waiting for you" not in stranger.home.text


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    kept = {"ASKFIRST_KNOWLEDGE": str(KNOWLEDGE), "ASKFIRST_DATA": str(tmp_path / "doctor"), "ASKFIRST_KEYS": KEY}
    return read_settings({**kept, "ASKFIRST_MODEL": "none"})


def _by_id(base: Base, user: str) -> Base:
    """The DSL by their Slack id, so that it does not hang on whether Slack finds their address."""
    school = base.knowledge.school
    dsl = replace(school.people["dsl"], chats={"slack": user})
    known = replace(school, people={**school.people, "dsl": dsl})
    return replace(base, knowledge=replace(base.knowledge, school=known))


async def _doctor(school: AtSchool, mail: MailWay | None, settings: Settings) -> list[str]:
    """What `askfirst doctor` prints about the DSL."""
    ways = (school.way, mail) if mail else (school.way,)
    found = await reach_of(school.core.school(), ways)
    _, lines = examine(settings, lambda _: found, NOW)
    return list(_about_the_dsl(lines))


def _about_the_dsl(lines: list[str]) -> Iterator[str]:
    return (line for line in lines if " dsl: Ms Amara Bello" in line)
