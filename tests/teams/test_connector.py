"""The service that a bot calls: what it takes, what it holds against the bot, how it fails when a test wants it to."""

from __future__ import annotations

import time
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from botbuilder.core import TurnContext
from botbuilder.integration.aiohttp import CloudAdapter
from botbuilder.schema import Activity, ConversationReference, ErrorResponseException

from tests.slack.serving import listening
from tests.teams import cards, checks
from tests.teams.people import Person
from tests.teams.server import Teams
from tests.teams.small_bot import TOKEN, SmallBot, button, card, running, words
from tests.teams.world import ADAPTIVE, APP_ID, TENANT, Conversation, Json

Call = tuple[int, Json]


class Wire:
    """The service as it is on the wire, without an SDK between."""

    def __init__(self, teams: Teams, token: str = "") -> None:
        self._teams, self._headers = teams, {"Authorization": f"Bearer {token}"} if token else {}

    async def call(self, method: str, path: str, body: Any = None) -> Call:
        url = f"{self._teams.service_url}v3/conversations{path}"
        async with (
            aiohttp.ClientSession(headers=self._headers) as session,
            session.request(method, url, json=body) as answer,
        ):
            return answer.status, await answer.json(content_type=None) if answer.status != 502 else {}

    async def says(self, chat: Conversation, **activity: Any) -> Call:
        return await self.call("POST", f"/{chat.id}/activities", {"type": "message", **activity})


def carded(**more: Any) -> Json:
    return {"summary": "A card", "attachments": [{"contentType": ADAPTIVE, "content": card(words("x"), **more)}]}


@pytest.fixture
def wire(teams: Teams) -> Wire:
    return Wire(teams)


@pytest.fixture
async def lead(teams: Teams) -> Person:
    """Somebody who has the app; how it came there does not matter here."""
    person = teams.person("Ada Field", "a.field@fernbank.example")
    person.member.installed = True
    return person


async def test_a_message_is_sent_changed_and_taken_back(wire: Wire, lead: Person) -> None:
    _, sent = await wire.says(lead.chat, text="Concern 7")
    assert lead.sees() == "Concern 7"
    at = f"/{lead.chat.id}/activities/{sent['id']}"
    assert (await wire.call("PUT", at, {"type": "message", "text": "Taken"}))[0] == 200
    assert lead.sees() == "Taken"
    assert (await wire.call("DELETE", at))[0] == 200
    assert lead.sees() == ""
    assert (await wire.call("PUT", at, {"type": "message", "text": "Late"}))[0] == 404


async def test_a_changed_card_is_the_same_for_everybody_again(teams: Teams, bot: SmallBot, teacher: Person) -> None:
    await teacher.says("may I?")
    await teacher.reads("You said")
    await teacher.presses("More")
    await Wire(teams, TOKEN).call(
        "PUT", f"/{teacher.chat.id}/activities/{teacher.messages[-1].id}", carded() | {"type": "message"}
    )
    assert teacher.sees() == "x"


async def test_a_chat_is_made_with_somebody_who_never_wrote(teams: Teams, wire: Wire, lead: Person) -> None:
    asked = {"members": [{"id": lead.aad}], "tenantId": TENANT, "isGroup": False}
    status, made = await wire.call("POST", "", asked)
    assert (status, made["id"]) == (201, lead.chat.id)
    stranger = teams.person("Kay Moss", "k.moss@fernbank.example")
    status, refused = await wire.call("POST", "", {**asked, "members": [{"id": stranger.id}]})
    assert (status, refused["error"]["code"]) == (403, "BotNotInConversationRoster")
    teams.channel("Staff room", lead, stranger)
    status, _ = await wire.call("POST", "", {**asked, "members": [{"id": stranger.id}]})
    assert status == 201


async def test_who_has_removed_the_app_is_written_to_no_more(wire: Wire, lead: Person) -> None:
    assert (await wire.says(lead.chat, text="x"))[0] == 201
    lead.member.installed = False
    assert (await wire.says(lead.chat, text="x"))[0] == 403


async def test_a_new_post_is_made_in_a_channel(teams: Teams, wire: Wire, lead: Person) -> None:
    staff = teams.channel("Staff room", lead)
    post = {"type": "message", "text": "Tip of the day"}
    asked = {"isGroup": True, "channelData": {"channel": {"id": staff.id}}, "activity": post}
    _, made = await wire.call("POST", "", asked)
    assert made["id"] == f"{staff.id};messageid={made['activityId']}"
    assert lead.sees() == "Tip of the day"
    await wire.call("POST", f"/{made['id']}/activities", {"type": "message", "text": "More"})
    assert lead.messages[-1].thread == made["activityId"]


async def test_members_are_told_by_any_of_their_ids_and_by_the_page(teams: Teams, wire: Wire, lead: Person) -> None:
    guest = teams.person("Jo Vane", "jo@elsewhere.example", guest=True)
    staff = teams.channel("Staff room", lead, guest)
    _, found = await wire.call("GET", f"/{staff.id}/members/{lead.aad}")
    assert found["userPrincipalName"] == found["email"] == "a.field@fernbank.example"
    _, found = await wire.call("GET", f"/{staff.id}/members/{guest.id}")
    assert found["userRole"] == "guest" and "#EXT#" in found["userPrincipalName"]
    _, first = await wire.call("GET", f"/{staff.id}/pagedmembers?pageSize=1")
    _, second = await wire.call(
        "GET", f"/{staff.id}/pagedmembers?pageSize=1&continuationToken={first['continuationToken']}"
    )
    assert {each["id"] for each in (*first["members"], *second["members"])} == {lead.id, guest.id}
    assert "continuationToken" not in second
    assert (await wire.call("GET", f"/{lead.chat.id}/members/{guest.id}"))[0] == 404


async def test_the_sdk_writes_first_to_a_stored_reference(teams: Teams, lead: Person) -> None:
    stored = {
        "bot": {"id": f"28:{APP_ID}"},
        "conversation": {"id": lead.chat.id, "conversationType": "personal", "tenantId": TENANT},
        "channelId": "msteams",
        "serviceUrl": teams.service_url,
    }

    async def alert(turn: TurnContext) -> None:
        await turn.send_activity(Activity(type="typing"))
        await turn.send_activity("Concern 7 needs you.")

    async with running(teams, SmallBot()) as adapter:
        await _continued(adapter, stored, alert)
        assert lead.sees() == "Concern 7 needs you."
        teams.blocks(lead)
        with pytest.raises(ErrorResponseException) as refused:
            await _continued(adapter, stored, alert)
    assert refused.value.response.status_code == 403


async def _continued(adapter: CloudAdapter, stored: Json, work: Any) -> None:
    await adapter.continue_conversation(ConversationReference.deserialize(stored), work, APP_ID)


@pytest.mark.parametrize(
    ("why", "status"), [("blocked", 403), ("disabled", 403), ("not installed", 403), ("gone", 404)]
)
async def test_a_chat_can_refuse_and_take_again(teams: Teams, wire: Wire, lead: Person, why: str, status: int) -> None:
    teams.blocks(lead, why)
    assert (await wire.says(lead.chat, text="x"))[0] == status
    teams.unblocks(lead)
    assert (await wire.says(lead.chat, text="x"))[0] == 201


@pytest.mark.parametrize(
    ("wrong", "trouble"),
    [
        ({"type": "trace"}, "not one that a bot sends"),
        ({}, "the message is empty"),
        ({"text": "x", "blocks": []}, "no field 'blocks'"),
        ({"text": "x", "from": {"id": "28:other"}}, "which is not the app"),
        ({"text": "x", "conversation": {"id": "19:other"}}, "names another conversation"),
        ({"text": "x", "replyToId": "17"}, "replyToId names nothing"),
        ({"text": "x" * 29_000}, "more than Teams takes"),
        ({"text": "x", "attachments": 7}, "it could not be read"),
        ({"text": "x", "attachments": [{"contentType": "text/csv"}]}, "no attachment of the type"),
        ({**carded(), "summary": ""}, "neither summary nor text"),
        (carded(version="1.6"), "cards up to 1.5"),
        (carded(actions=(button("Submit", "Go"),)), "'Go' has no data"),
        (
            carded(actions=(button("Submit", "Go", data={"said": "He told me that they had hurt him."}),)),
            "'Go' bears more than ids",
        ),
    ],
)
async def test_what_teams_would_not_take_is_held_against_the_bot(
    teams: Teams, wire: Wire, lead: Person, wrong: Json, trouble: str
) -> None:
    await wire.says(lead.chat, **wrong)
    assert len(teams.expected(trouble)) >= 1
    teams.troubles.clear()


def test_without_the_packages_from_npm_cards_are_held_to_the_limits_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "schema_faults", lambda _: pytest.skip("no packages"))
    crowded = card(words("x"), actions=tuple(button("OpenUrl", str(n), url="https://x.example") for n in range(7)))
    assert any("7 actions" in fault for fault in checks.of_card(crowded))


async def test_a_conversation_that_is_not_there_is_held_against_the_bot(teams: Teams, wire: Wire) -> None:
    status, _ = await wire.call("POST", "/19:nowhere@thread.v2/activities", {"type": "message", "text": "x"})
    assert status == 404
    teams.expected("there is no such conversation")


async def test_with_a_token_every_call_must_show_it(lead: Person, teams: Teams) -> None:
    teams.desk.token = TOKEN
    assert (await Wire(teams).says(lead.chat, text="x"))[0] == 401
    teams.expected("without the token of the app")
    assert (await Wire(teams, TOKEN).says(lead.chat, text="x"))[0] == 201


async def test_the_service_can_limit_fail_and_hang_up(teams: Teams, wire: Wire, lead: Person) -> None:
    teams.faults.rate_limit("send", retry_after=7)
    assert (await wire.says(lead.chat, text="1"))[0] == 429
    teams.faults.fail("send", status=502)
    assert (await wire.says(lead.chat, text="2"))[0] == 502
    with teams.faults.outage(), pytest.raises(aiohttp.ClientError):
        await wire.says(lead.chat, text="3")
    teams.faults.lose_answer("send")
    with pytest.raises(aiohttp.ClientError):
        await wire.says(lead.chat, text="4")
    assert lead.sees() == "4"
    assert [call.status for call in teams.calls_to("send")] == [429, 502, 0, 0]


async def test_the_service_can_be_slow(teams: Teams, wire: Wire, lead: Person) -> None:
    teams.faults.delay(0.2, "send")
    began = time.monotonic()
    await wire.says(lead.chat, text="x")
    assert time.monotonic() - began >= 0.2


async def test_an_activity_can_come_twice(teams: Teams, bot: SmallBot, teacher: Person) -> None:
    teams.faults.repeat_delivery()
    await teacher.says("may I?")
    await teams.settled()
    assert bot.heard[-2:] == ["message", "message"]
    assert len(teams.deliveries[-1].answers) == 2


async def test_a_bot_that_cannot_be_reached_is_told_of_to_whoever_pressed(
    teams: Teams, bot: SmallBot, teacher: Person
) -> None:
    await teacher.says("may I?")
    await teacher.reads("You said")
    teams.posts_to(teams.service_url)  # nobody takes activities there
    await teacher.presses("More")
    assert teacher.troubles == ["Unable to reach app. Please try again."]
    assert "Unable to reach app" in teacher.sees()
    teams.expected("adaptiveCard/action: answered 404")
    teams.expected("the service has nothing here")


async def test_a_bot_that_is_late_is_held_to_its_time(teams: Teams, bot: SmallBot, teacher: Person) -> None:
    await teacher.uses_compose_action()
    await teacher.fills(what="He was crying", day="2026-11-21", how="Now")
    teams.sender.pace.invoke = 0.05
    bot.free.clear()
    await teacher.submits()
    assert "Unable to reach app" in teacher.sees() and "He was crying" in teacher.sees()
    bot.free.set()
    teams.expected("composeExtension/submitAction: no answer within 0.05 s")


async def test_an_answer_that_is_no_dialog_is_held_against_the_bot(teams: Teams, lead: Person) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"task": {"type": "continue", "value": {"title": "A form"}}})

    pages = web.Application()
    pages.router.add_post("/api/messages", answer)
    async with listening(pages) as address:
        teams.posts_to(f"{address}/api/messages")
        await lead.uses_compose_action()
    assert lead.dialog and lead.dialog.message == "Unable to reach app. Please try again."
    teams.expected("composeExtension/fetchTask: a dialog has a card")
