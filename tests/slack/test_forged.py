"""Requests that Slack never sent, or not like this: refused, and nothing is done."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from tests.slack import payloads
from tests.slack.school import AtSchool
from tests.slack.server import Slack
from tests.slack.transports import HttpTransport
from tests.slack.workspace import User

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
_WHO = User("U0TEACHER", "Priya Shah", "p.shah@fernbank.example")
_EVENT = {
    "type": "event_callback", "team_id": "T0SCHOOL", "event_id": "Ev1", "api_app_id": "A0ASKFIRST",
    "event": {"type": "message", "channel": "D0TEACHER", "channel_type": "im", "user": "U0TEACHER", "ts": "1.2",
              "text": "can I friend an ex-pupil?"},
}  # fmt: skip
_COMMAND = {"command": "/ask", "text": "hello", "user_id": "U0TEACHER", "channel_id": "D0TEACHER", "trigger_id": "1"}
_PRESSED = payloads.shortcut(_WHO, "log_concern", "1.2.3")
GENUINE: tuple[tuple[str, str], ...] = (
    (JSON, json.dumps(_EVENT)),
    (FORM, urlencode(_COMMAND)),
    (FORM, urlencode({"payload": json.dumps(_PRESSED)})),
)
TYPES = st.sampled_from([JSON, FORM, "text/plain", "application/json; charset=no-such", "multipart/form-data", ""])
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from("type event view user team team_id channel actions container id payload ssl_check".split()),
        inner, max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip
Bodies = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(str.encode),
    ANY_JSON.map(json.dumps).map(str.encode),
    ANY_JSON.map(lambda made: urlencode({"payload": json.dumps(made)})).map(str.encode),
)
_ODD = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40)
# How a request is signed: a name, and what makes its headers out of (transport, body as text, something odd).
Signer = Callable[[HttpTransport, str, str], dict[str, str]]
SIGNERS: tuple[Signer, ...] = (
    lambda transport, body, odd: {},
    lambda transport, body, odd: {**transport.signed(body), "X-Slack-Signature": f"v0={odd}"},
    lambda transport, body, odd: {**transport.signed(body), "X-Slack-Request-Timestamp": odd},
    lambda transport, body, odd: transport.signed(body, at=int(time.time()) - 400),
    lambda transport, body, odd: transport.signed(body, at=int(time.time()) + 400),
    lambda transport, body, odd: transport.signed(body + "x"),
    lambda transport, body, odd: {**transport.signed(body), "X-Slack-Signature": _signed_by_another(transport, body)},
)


def _signed_by_another(transport: HttpTransport, body: str) -> str:
    stamp = transport.signed(body)["X-Slack-Request-Timestamp"]
    return str(SignatureVerifier("another-secret").generate_signature(timestamp=stamp, body=body))


@pytest.fixture
async def sent(slack: Slack, over_http: AtSchool) -> HttpTransport:
    """The way to the school's address."""
    transport = slack.sender.transport
    assert isinstance(transport, HttpTransport)
    over_http["teacher"]
    return transport


async def _status(transport: HttpTransport, body: bytes | io.BytesIO, headers: dict[str, str]) -> int:
    async with transport._session.post(transport._url, data=body, headers=headers) as answer:
        await answer.read()
        return answer.status


def _work(slack: Slack, school: AtSchool) -> int:
    """Everything that the app did: calls of Slack's, and rows."""
    with school.core.store._database.reading() as connection:
        rows = connection.execute(sa.text("SELECT (SELECT count(*) FROM received) + (SELECT count(*) FROM concerns)"))
        return int(rows.scalar_one()) + sum(call.method != "auth.test" for call in slack.calls)


@pytest.mark.parametrize("signer", SIGNERS)
@pytest.mark.parametrize(("content", "body"), GENUINE)
async def test_what_is_not_signed_now_by_slack_is_refused(
    slack: Slack, over_http: AtSchool, sent: HttpTransport, content: str, body: str, signer: Signer
) -> None:
    headers = {"Content-Type": content, **signer(sent, body, "123")}
    assert await _status(sent, body.encode(), headers) == 401
    await slack.settled()
    assert _work(slack, over_http) == 0


@pytest.mark.parametrize(("content", "body"), GENUINE)
async def test_the_genuine_ones_are_taken(
    slack: Slack, over_http: AtSchool, sent: HttpTransport, content: str, body: str
) -> None:
    assert await _status(sent, body.encode(), {"Content-Type": content, **sent.signed(body)}) == 200
    await slack.settled()
    slack.violations.clear()  # a shortcut's trigger that was never given out


async def _refused(
    slack: Slack, school: AtSchool, sent: HttpTransport, signer: int, which: int, body: bytes, content: str, odd: str
) -> None:
    """One request: signed wrongly around something genuine, or signed rightly around what is no payload at all."""
    if signer < len(SIGNERS):
        content, genuine = GENUINE[which]
        headers = {"Content-Type": content, **SIGNERS[signer](sent, genuine, odd)}
        assert await _status(sent, genuine.encode(), headers) == 401
    else:
        text = body.decode(errors="replace")
        headers = {"Content-Type": content, **sent.signed(text)} if content else sent.signed(text)
        assert await _status(sent, body, headers) < 500
    assert _work(slack, school) == 0


def _with(examples: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    checked = settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True
    )
    mangled = given(
        signer=st.integers(0, 2 * len(SIGNERS)), which=st.integers(0, len(GENUINE) - 1), body=Bodies, content=TYPES,
        odd=_ODD,
    )  # fmt: skip
    return lambda test: checked(mangled(test))


@pytest.mark.slow
@_with(4_000)
async def test_whatever_arrives_nothing_breaks_and_nothing_is_done(
    slack: Slack, over_http: AtSchool, sent: HttpTransport, signer: int, which: int, body: bytes, content: str, odd: str
) -> None:
    await _refused(slack, over_http, sent, signer, which, body, content, odd)


async def test_a_replayed_request_is_taken_and_answered_once(
    slack: Slack, over_http: AtSchool, sent: HttpTransport
) -> None:
    teacher = over_http["teacher"]
    await teacher.says("hello")
    await teacher.reads("Hello")
    body = json.dumps(slack.deliveries[0].body)
    headers = {"Content-Type": JSON, **sent.signed(body)}
    statuses = await asyncio.gather(*(_status(sent, body.encode(), headers) for _ in range(5)))
    assert set(statuses) == {200}
    await slack.settled()
    assert [message.from_app for message in teacher.messages].count(True) == 1


async def test_an_endless_body_is_cut_off(slack: Slack, over_http: AtSchool, sent: HttpTransport) -> None:
    try:
        status = await _status(sent, io.BytesIO(b"x" * 5_000_000), {"Content-Type": JSON})
    except aiohttp.ClientError:
        return
    assert status in (401, 413)
