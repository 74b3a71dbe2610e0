"""The local Slack when things go wrong: late and lost answers, limits, outages, strangers, tokens taken away."""

from __future__ import annotations

import json

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack import payloads
from tests.slack.people import Person
from tests.slack.server import Slack
from tests.slack.serving import over_http, over_socket
from tests.slack.small_app import SmallApp
from tests.slack.workspace import BOT_USER, TEAM


async def test_a_late_answer_is_held_against_the_app_and_the_event_repeated(
    slack: Slack, small_app: SmallApp, teacher: Person
) -> None:
    slack.pace.patience = 0.2
    small_app.slow.clear()
    await teacher.says("hello")
    assert slack.missed
    small_app.slow.set()
    await teacher.reads("You said hello")
    await slack.settled()
    assert slack.missed[0].acknowledged
    assert [message.from_app for message in teacher.messages].count(True) == 1
    slack.expected("no answer within 0.2 s")


async def test_a_repeated_delivery_carries_the_same_event(slack: Slack, small_app: SmallApp, teacher: Person) -> None:
    slack.faults.repeat_delivery()
    await teacher.says("hello")
    await slack.settled()
    assert len(slack.deliveries[0].attempts) == 2
    assert [message.from_app for message in teacher.messages].count(True) == 1


async def test_a_rate_limit_is_obeyed(slack: Slack, teacher: Person) -> None:
    slack.faults.rate_limit("chat.postMessage", retry_after=0)
    await teacher.says("hello")
    await teacher.reads("You said")
    assert [call.ok for call in slack.calls_to("chat.postMessage")] == [False, True]


async def test_a_lost_answer_leaves_the_message_there(slack: Slack, small_app: SmallApp) -> None:
    teacher = slack.person("U1", "Priya Shah", "p.shah@fernbank.example")
    slack.faults.lose_answer("chat.postMessage")
    await small_app.bolt.client.chat_postMessage(channel="U1", text="Tip of the day")
    assert [message.text for message in teacher.messages] == ["Tip of the day"] * 2


async def test_an_outage_ends(slack: Slack, small_app: SmallApp) -> None:
    teacher = slack.person("U1", "Priya Shah", "p.shah@fernbank.example")
    with slack.faults.outage(), pytest.raises(aiohttp.ClientError):
        await small_app.bolt.client.chat_postMessage(channel="U1", text="Tip")
    await small_app.bolt.client.chat_postMessage(channel="U1", text="Tip")
    assert [message.text for message in teacher.messages] == ["Tip"]


async def test_the_same_share_of_calls_fails_for_the_same_seed(slack: Slack) -> None:
    client = AsyncWebClient(token=slack.token, base_url=slack.api_url)
    slack.faults.fail_share(0.5, "auth.test", seed=4, kind="error")
    for _ in range(20):
        try:
            await client.auth_test()
        except SlackApiError as error:
            assert error.response["error"] == "internal_error"
    assert "".join("." if call.ok else "x" for call in slack.calls) == "xxxxxx...x.xxxx....x"


async def test_a_revoked_token_is_refused_and_the_app_told(slack: Slack, small_app: SmallApp, teacher: Person) -> None:
    await slack.uninstalls()
    with pytest.raises(SlackApiError, match="token_revoked"):
        await small_app.bolt.client.chat_postMessage(channel="U1", text="Tip")
    assert [delivery.name for delivery in slack.deliveries] == ["app_uninstalled", "tokens_revoked"]


async def test_a_websocket_that_is_dropped_is_opened_again(slack: Slack, small_app: SmallApp) -> None:
    teacher = slack.person("U1", "Priya Shah", "p.shah@fernbank.example")
    async with over_socket(slack, small_app.bolt):
        for close in (slack.sockets.ask_to_reconnect, slack.sockets.drop):
            opened = slack.sockets.opened
            await close()
            await slack.settled(lambda: slack.sockets.opened > opened)  # noqa: B023
            await teacher.says("hello")
            await teacher.reads("You said hello")
        await slack.settled()


async def test_a_request_with_a_wrong_signature_is_not_ours(slack: Slack, small_app: SmallApp) -> None:
    body = json.dumps(payloads.url_verification("proof"))
    async with over_http(slack, small_app.bolt) as http:
        kind = {"Content-Type": "application/json"}
        good = await http.post(body, {**kind, **http.signed(body)}, 3)
        forged = await http.post(body, {**kind, **http.signed(body + " ")}, 3)
        old = await http.post(body, {**kind, **http.signed(body, at=1_700_000_000)}, 3)
    assert good.body == {"challenge": "proof"}
    assert (forged.status, old.status) == (401, 401)


async def test_an_app_that_is_down_is_tried_again_until_it_is_back(slack: Slack, small_app: SmallApp) -> None:
    teacher = slack.person("U1", "Priya Shah", "p.shah@fernbank.example")
    async with over_http(slack, small_app.bolt):
        pass
    await teacher.says("hello")
    await teacher.uses_shortcut("log_concern")
    assert teacher.troubles == ["We had some trouble connecting. Try again?"]
    async with over_http(slack, small_app.bolt):
        await teacher.reads("You said hello")
        await slack.settled()


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")  # slack_sdk's, with aiohttp 3.14
async def test_an_installation_gives_a_token_of_its_own(slack: Slack) -> None:
    code = slack.installs("T2", "Elm Park School")
    client = AsyncWebClient(base_url=slack.api_url)
    got = await client.oauth_v2_access(client_id="client", client_secret="client-secret", code=code)
    there = AsyncWebClient(token=got["access_token"], base_url=slack.api_url)
    assert (await there.auth_test())["team_id"] == "T2" != TEAM
    slack.person("U2", "Tom Reid", "t.reid@elm-park.example", team="T2")
    assert (await there.chat_postMessage(channel="U2", text="Welcome"))["ok"]
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await AsyncWebClient(token=slack.token, base_url=slack.api_url).chat_postMessage(channel="U2", text="Not mine")
    with pytest.raises(SlackApiError, match="invalid_code"):
        await client.oauth_v2_access(client_id="client", client_secret="client-secret", code=code)


async def test_people_and_messages_can_be_looked_up(slack: Slack) -> None:
    client = AsyncWebClient(token=slack.token, base_url=slack.api_url)
    teacher = slack.person("U1", "Priya Shah", "p.shah@fernbank.example", guest=True)
    slack.channel("C1", "staff", (teacher,))
    metadata = {"event_type": "tip", "event_payload": {"day": "2026-11-23"}}
    tip = await client.chat_postMessage(channel="C1", text="Tip", metadata=metadata)
    await client.chat_postMessage(channel="C1", text="More", thread_ts=tip["ts"])
    bare = await client.conversations_history(channel="C1")
    full = await client.conversations_history(channel="C1", include_all_metadata=True)
    thread = await client.conversations_replies(channel="C1", ts=tip["ts"])
    assert ["metadata" in message for message in (*bare["messages"], *full["messages"])] == [False, True]
    assert [message["text"] for message in thread["messages"]] == ["Tip", "More"]
    assert (await client.users_lookupByEmail(email="P.SHAH@fernbank.example"))["user"]["is_restricted"] is True
    assert (await client.users_list(limit=1))["members"][0]["id"] == BOT_USER
    assert (await client.conversations_members(channel="C1"))["members"] == [BOT_USER, "U1"]


async def test_an_address_for_replies_wears_out(slack: Slack, small_app: SmallApp, teacher: Person) -> None:
    await teacher.asks("/ask", "may I?")
    async with aiohttp.ClientSession() as session:
        url = slack.deliveries[0].body["response_url"]
        said = [await (await session.post(url, json={"text": "again"})).text() for _ in range(6)]
    assert said[:5] == ["ok"] * 5 and "expired_url" in said[5]
    slack.expected("more than five times")
