"""Writing to Teams: waiting as long as it asks, trying again where that helps, and an end to it.

botbuilder gives up at the first "later" or "not now", and waits without an end for a service that hangs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.teams import connector
from adapters.teams.activities import TeamsChat
from adapters.teams.faults import UNANSWERED, TeamsError, plainly, refusal
from adapters.teams.gateway import Gateway
from adapters.teams.replies import in_words
from bot.settings import Teams as TeamsSettings
from tests.teams.entra import SECRET, Entra
from tests.teams.people import Person
from tests.teams.school import TOKEN
from tests.teams.server import Teams
from tests.teams.world import APP_ID, BOT_ID, TENANT

SETTINGS = TeamsSettings(APP_ID, SECRET, TENANT)
CARD = in_words("Hello.")


@pytest.fixture
async def gateway(teams: Teams) -> AsyncIterator[Gateway]:
    """Gateways try again by themselves, unless they only send letters."""
    teams.desk.token = TOKEN
    made = Gateway(SETTINGS, http=Entra(TOKEN))
    yield made
    await made.close()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Teams names no pause, it is a short one."""
    monkeypatch.setattr(connector, "_PAUSE", 0.001)


@pytest.fixture
def lead(teams: Teams) -> Person:
    person = teams.person("Ada Field", "a.field@fernbank.example")
    person.member.installed = True
    return person


def chat(teams: Teams, person: Person) -> TeamsChat:
    """Their own chat with the app."""
    return TeamsChat(teams.service_url, TENANT, person.chat.id, "personal", BOT_ID, person.id)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_not_now_is_tried_again(teams: Teams, gateway: Gateway, lead: Person, status: int) -> None:
    teams.faults.fail("send", times=2, status=status)
    assert await gateway.post(chat(teams, lead), CARD) == lead.messages[-1].id
    assert [call.status for call in teams.calls] == [status, status, 201]


@pytest.mark.usefixtures("hurried")
async def test_a_dropped_connection_is_tried_again(teams: Teams, gateway: Gateway, lead: Person) -> None:
    teams.faults.drop("send", times=2)
    await gateway.post(chat(teams, lead), CARD)
    assert lead.sees() == "Hello."


@pytest.mark.usefixtures("hurried")
async def test_trying_again_ends(teams: Teams, gateway: Gateway, lead: Person) -> None:
    teams.faults.fail("send", times=None, status=503)
    with pytest.raises(TeamsError, match="status 503"):
        await gateway.post(chat(teams, lead), CARD)
    assert len(teams.calls) == 4


@pytest.mark.parametrize("wait", [0, 1])
async def test_later_is_as_late_as_teams_says(teams: Teams, gateway: Gateway, lead: Person, wait: int) -> None:
    teams.faults.rate_limit("send", times=1, retry_after=wait)
    began = asyncio.get_running_loop().time()
    await gateway.post(chat(teams, lead), CARD)
    assert wait <= asyncio.get_running_loop().time() - began < wait + 0.9
    assert [call.status for call in teams.calls] == [429, 201]


async def test_a_long_wait_is_left_to_whoever_sends(teams: Teams, gateway: Gateway, lead: Person) -> None:
    teams.faults.rate_limit("send", times=1, retry_after=600)
    with pytest.raises(TeamsError) as refused:
        await gateway.post(chat(teams, lead), CARD)
    assert refused.value.wait == 600
    assert not refused.value.for_good
    assert len(teams.calls) == 1


async def test_who_only_sends_letters_is_told_at_once_what_teams_said(teams: Teams, lead: Person) -> None:
    teams.desk.token = TOKEN
    gateway = Gateway(SETTINGS, waits=False, http=Entra(TOKEN))
    teams.faults.rate_limit("send", times=1, retry_after=1)
    with pytest.raises(TeamsError) as refused:
        await gateway.post(chat(teams, lead), CARD)
    assert refused.value.wait == 1
    teams.faults.drop("send", times=1)
    with pytest.raises(UNANSWERED):
        await gateway.post(chat(teams, lead), CARD)
    await gateway.post(chat(teams, lead), CARD)


async def test_who_only_sends_letters_fetches_a_token_that_is_no_longer_taken_anew(teams: Teams, lead: Person) -> None:
    entra = Entra(TOKEN)
    gateway = Gateway(SETTINGS, waits=False, http=entra)
    await gateway.post(chat(teams, lead), CARD)
    teams.desk.token = entra.token = "another-token"
    await asyncio.gather(*(gateway.post(chat(teams, lead), CARD) for _ in range(5)))
    assert entra.asked == 2
    teams.expected("without the token of the app")


async def test_a_new_token_that_is_not_taken_either_is_the_end(teams: Teams, gateway: Gateway, lead: Person) -> None:
    teams.desk.token = "what-nobody-has"
    with pytest.raises(TeamsError, match="Check TEAMS_APP_ID"):
        await gateway.post(chat(teams, lead), CARD)
    assert len(teams.calls) == 2
    teams.expected("without the token of the app")


@pytest.mark.usefixtures("hurried")
async def test_a_service_that_hangs_is_given_up(
    teams: Teams, gateway: Gateway, lead: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connector, "_ONCE", 0.05)
    teams.faults.delay(30, "send", times=None)
    with pytest.raises(UNANSWERED):
        await asyncio.wait_for(gateway.post(chat(teams, lead), CARD), 2)


async def test_all_tries_together_have_an_end_too(
    teams: Teams, gateway: Gateway, lead: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connector, "_ALTOGETHER", 0.1)
    teams.faults.rate_limit("send", times=None, retry_after=14)
    with pytest.raises(UNANSWERED):
        await asyncio.wait_for(gateway.post(chat(teams, lead), CARD), 2)


@pytest.mark.parametrize(("why", "words"), [("blocked", "403"), ("not installed", "403"), ("gone", "404")])
async def test_a_chat_that_is_closed_to_the_app_is_not_tried_again(
    teams: Teams, gateway: Gateway, lead: Person, why: str, words: str
) -> None:
    teams.blocks(lead, why)
    with pytest.raises(TeamsError) as refused:
        await gateway.post(chat(teams, lead), CARD)
    assert refused.value.for_good
    assert str(refused.value.status) == words
    assert "Install" in plainly(refused.value)
    assert len(teams.calls) == 1


async def test_a_sign_in_that_refuses_the_app_is_not_asked_again_and_again(teams: Teams, lead: Person) -> None:
    gateway = Gateway(TeamsSettings(APP_ID, "another secret", TENANT), http=Entra(TOKEN))
    with pytest.raises(TeamsError, match="Check TEAMS_APP_PASSWORD"):
        await asyncio.wait_for(gateway.post(chat(teams, lead), CARD), 0.4)
    assert not teams.calls
    await gateway.close()


@pytest.mark.parametrize("named", ["", "soon", "²", "-1", "nan", "1e99", "Wed, 21 Oct 2026 07:28:00 GMT", "9" * 400])
def test_a_pause_that_is_no_number_is_a_usual_one(named: str) -> None:
    assert refusal(429, named).wait == 20
    assert refusal(503, named).wait is None


@pytest.mark.parametrize(("named", "wait"), [("0", 0), ("7", 7), (" 2 ", 2), ("0.5", 0.5)])
def test_a_pause_is_read_as_teams_writes_it(named: str, wait: float) -> None:
    assert refusal(429, named).wait == wait
    assert refusal(503, named).wait == wait


def test_what_went_wrong_is_said_without_a_word_that_people_wrote() -> None:
    assert plainly(ValueError("Zelda Pupilmarker")) == "Teams cannot be reached (ValueError)"
