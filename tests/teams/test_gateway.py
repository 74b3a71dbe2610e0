"""Who and what gets through the gateway between AskFirst and Teams. Each part says what botbuilder does by itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest
import sqlalchemy as sa
from aiohttp import web

from adapters.teams import MESSAGES, gateway
from adapters.teams.activities import Arrival
from adapters.teams.gateway import Gateway
from adapters.teams.keys import fetched
from bot.settings import Teams as TeamsSettings
from tests.slack.serving import listening
from tests.teams import payloads, tokens
from tests.teams.entra import SECRET
from tests.teams.school import MARKERS, STAFF, AtSchool
from tests.teams.server import Teams
from tests.teams.tokens import FORGERIES, key_set
from tests.teams.world import APP_ID, TENANT, Json

EX_PUPIL = "can I friend an ex-pupil?"
ELSEWHERE = "5c0d5a4e-7f7e-4b6f-9a59-0c1f2f6f3b11"  # another tenant
GOOD = "a good token"
_WORK = "SELECT (SELECT count(*) FROM received) + (SELECT count(*) FROM concerns) + (SELECT count(*) FROM accounts)"


def work(school: AtSchool) -> int:
    """Everything that the app did: rows, and calls of Teams'."""
    with school.core.store._database.reading() as connection:
        return int(connection.execute(sa.text(_WORK)).scalar_one()) + len(school.teams.calls)


@pytest.fixture
async def door(teams: Teams) -> AsyncIterator[list[Arrival]]:
    """The gateway alone: what it let in."""
    let_in: list[Arrival] = []
    made = Gateway(TeamsSettings(APP_ID, SECRET, TENANT))
    made.listen(lambda address: fetched(address if address.startswith(teams.desk.address) else teams.openid_url))

    async def bot(arrival: Arrival) -> None:
        let_in.append(arrival)

    async def messages(request: web.Request) -> web.Response:
        return await made.process(request, bot)

    pages = web.Application()
    pages.router.add_post(MESSAGES, messages)
    async with listening(pages) as address:
        teams.posts_to(address + MESSAGES)
        yield let_in
    await made.close()


def question(teams: Teams, **changes: Any) -> Json:
    """A message of the teacher's, as Teams sends it."""
    teacher = teams.person(*STAFF["teacher"])
    asked = payloads.message(teams.place(teacher.chat.id), teacher.member, teams.world.next_id(), EX_PUPIL)
    return {**asked, **changes}


async def status(teams: Teams, body: object, header: str | None = GOOD, content: str = "application/json") -> int:
    """What a request is answered: by itself with a good token."""
    shown = f"Bearer {teams.tokens.good()}" if header == GOOD else header
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return (await teams.sender.post(text, shown, content)).status


# botbuilder serialises the answer to an invoke twice, which ends in 500.

SUBMITTED: Mapping[str, Json] = {
    "task/fetch": payloads.task_value({"do": "log"}),
    "task/submit": payloads.task_value({"do": "first", "submission": "one"}),
    "composeExtension/fetchTask": payloads.extension_value("logConcern", "compose", None),
    "composeExtension/submitAction": payloads.extension_value("logConcern", "compose", None, {"do": "nothing of ours"}),
    "adaptiveCard/action": payloads.action_value({"type": "Action.Execute"}, {"do": "nothing of ours"}, "manual"),
}


@pytest.mark.parametrize("name", SUBMITTED)
async def test_what_is_asked_by_button_or_dialog_is_answered_in_the_response(fernbank: AtSchool, name: str) -> None:
    await fernbank.everybody("teacher")
    place, member = fernbank.teams.place(fernbank["teacher"].chat.id), fernbank["teacher"].member
    sent = payloads.invoke(name, place, member, "f:1", SUBMITTED[name])
    answer = await fernbank.teams.sender.post(json.dumps(sent), f"Bearer {fernbank.teams.tokens.good()}")
    assert answer.status == 200
    assert answer.body["value" if name.startswith("adaptive") else "task"]


# botbuilder answers 500 to what is forged or mangled.


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_token_is_refused_and_nothing_is_done(fernbank: AtSchool, forgery: str) -> None:
    place, member = fernbank.teams.place(fernbank["teacher"].chat.id), fernbank["teacher"].member
    invoked = payloads.invoke("task/fetch", place, member, "f:1", payloads.task_value({"do": "log"}))
    for sent in (question(fernbank.teams), invoked, payloads.installation(place, member, "f:2", "add")):
        assert await status(fernbank.teams, sent, fernbank.teams.tokens.forged(forgery)) == 401
    await fernbank.service.channel.finish()
    assert work(fernbank) == 0


async def test_a_key_that_may_not_speak_for_teams_is_refused(
    fernbank: AtSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = {"keys": [{**key_set()["keys"][0], "endorsements": ["webchat"]}]}
    monkeypatch.setattr(tokens, "key_set", lambda: others)
    assert await status(fernbank.teams, question(fernbank.teams)) == 401
    assert work(fernbank) == 0


@pytest.mark.parametrize("address", ["https://smba.teams.example/uk/", "http://127.0.0.1:9/uk/"])
async def test_a_service_that_the_token_is_not_from_is_refused(fernbank: AtSchool, address: str) -> None:
    assert await status(fernbank.teams, question(fernbank.teams, serviceUrl=address)) == 401
    assert work(fernbank) == 0


MANGLED = {
    "nothing": "", "half": '{"type": "message"', "a list": "[]", "null": "null", "a text": '"x"', "a number": "3",
    "an empty object": "{}", "no text at all": b"\xff\xfe\x00", "a number without end": "9" * 5000,
    "lists without end": "[" * 100_000, "lists in lists": "[" * 900 + "]" * 900,
}  # fmt: skip


@pytest.mark.parametrize("name", MANGLED)
async def test_what_is_no_activity_is_refused(teams: Teams, door: list[Arrival], name: str) -> None:
    assert await status(teams, MANGLED[name]) == 400
    assert not door


DEEP: Any = json.loads('{"x":' * 400 + "1" + "}" * 400)
MISSHAPEN: Mapping[str, Json] = {
    "no channel": {"channelId": None}, "another channel": {"channelId": "webchat"}, "a list of channels": {
        "channelId": ["msteams"]}, "no service": {"serviceUrl": ""}, "no address": {"serviceUrl": "smba"},
    "another kind of address": {"serviceUrl": "file:///etc/passwd"}, "a broken address": {"serviceUrl": "http://[x/"},
    "nobody": {"from": None}, "nobody's id": {"from": {"id": {}}}, "no chat": {"conversation": []},
    "no bot": {"recipient": "28:x"}, "no type": {"type": 5}, "an endless tenant": {
        "channelData": {"tenant": {"id": "x" * 3000}}}, "an endless id": {"from": {"id": "x" * 3000}},
    "things within things": {"value": DEEP},
}  # fmt: skip


@pytest.mark.parametrize("name", MISSHAPEN)
async def test_an_activity_without_what_it_needs_is_refused(teams: Teams, door: list[Arrival], name: str) -> None:
    assert await status(teams, question(teams, **MISSHAPEN[name])) == 400
    assert not door


async def test_half_a_character_is_answered_like_any_other(fernbank: AtSchool) -> None:
    await fernbank.everybody("teacher")
    assert await status(fernbank.teams, question(fernbank.teams, text=f"{EX_PUPIL} \ud83d \0", id="1\udc00")) == 200
    await fernbank["teacher"].reads("Rests on:")


@pytest.mark.parametrize("content", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
async def test_another_content_type_is_refused(teams: Teams, door: list[Arrival], content: str) -> None:
    assert await status(teams, question(teams), content=content) == 415
    assert not door


async def test_far_too_much_is_refused(fernbank: AtSchool) -> None:
    assert await status(fernbank.teams, question(fernbank.teams, text="x" * 300_000)) == 413
    assert work(fernbank) == 0


async def test_a_body_that_does_not_end_is_not_waited_for(
    teams: Teams, door: list[Arrival], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "_READ_WITHIN", 0.05)
    never = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"{"
        await never.wait()

    assert await _raw(teams, slowly(), {}) == 408
    assert not door


async def test_a_body_that_cannot_be_unpacked_is_refused(teams: Teams, door: list[Arrival]) -> None:
    assert await _raw(teams, b"not packed", {"Content-Encoding": "gzip"}) == 400
    assert not door


async def _raw(teams: Teams, body: AsyncIterator[bytes] | bytes, headers: Mapping[str, str]) -> int:
    good = {"Authorization": f"Bearer {teams.tokens.good()}", "Content-Type": "application/json"}
    sending = aiohttp.request("POST", teams.sender.url, data=body, headers={**good, **headers}, compress=None)
    async with sending as answer:
        return answer.status


# botbuilder never looks at the sender's tenant.


async def test_somebody_of_another_tenant_gets_a_polite_refusal_and_nothing_else(
    teams: Teams, fernbank: AtSchool
) -> None:
    stranger = teams.person("Sam Marsh", "s.marsh@elsewhere.example", tenant=ELSEWHERE)
    await stranger.installs()
    await fernbank.settled()
    assert not teams.calls, "nobody is welcomed"
    await stranger.says("Zelda Pupilmarker has bruises")
    assert "I am here for the staff of" in await stranger.reads("call 999")
    await stranger.uses_compose_action()
    await stranger.reads("Guests and people of other organisations cannot log a concern here")
    await fernbank.settled()
    assert [call.name for call in teams.calls] == ["send"]
    assert not fernbank.numbers()
    assert not any(marker in str(teams.calls) for marker in MARKERS)


@pytest.mark.parametrize("tenant", [{}, {"id": ""}, {"id": None}, {"id": [TENANT]}, [TENANT]])
async def test_a_message_that_names_no_tenant_gets_no_answer(fernbank: AtSchool, tenant: object) -> None:
    await fernbank.everybody("teacher")
    asked = question(fernbank.teams, channelData={"tenant": tenant})
    asked["conversation"].pop("tenantId")
    assert await status(fernbank.teams, asked) == 200
    await fernbank["teacher"].reads("I am here for the staff of")
    assert "Rests on:" not in fernbank["teacher"].sees()
