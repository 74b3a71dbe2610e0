"""Fixtures: `slack` is a fresh local Slack, `transport` the way in which it reaches the app, `fernbank` a school."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.slack import manifest
from bot.service.core import Core
from tests.slack import schema
from tests.slack.people import Person
from tests.slack.school import ADDRESS, AtSchool
from tests.slack.server import Slack
from tests.slack.serving import Way, serving
from tests.slack.small_app import SmallApp
from tests.test_sender import mailbox

__all__ = ["mailbox"]


@pytest.fixture(params=["http", "socket"])
def transport(request: pytest.FixtureRequest) -> Way:
    """A test that takes it runs both ways; `@pytest.mark.parametrize("transport", ["http"])` keeps it to one."""
    way: Way = request.param
    return way


@pytest.fixture
async def small_app(slack: Slack) -> SmallApp:
    return SmallApp(slack)


@pytest.fixture
async def teacher(slack: Slack, small_app: SmallApp, transport: Way) -> AsyncIterator[Person]:
    """A teacher at a school where the small app runs, by either transport."""
    async with serving(slack, small_app.bolt, transport):
        yield slack.person("U1", "Priya Shah", "p.shah@fernbank.example")
        await slack.settled()
        assert sent_as_documented(slack) == []


@pytest.fixture
async def fernbank(slack: Slack, core: Core, transport: Way) -> AsyncIterator[AtSchool]:
    """The demo school, with the app's own manifest, by either transport. What it sends must be as Slack wants it."""
    slack.uses(manifest(ADDRESS, socket=transport == "socket"))
    school = AtSchool(slack, core, transport)
    async with school.open():
        yield school
        await slack.settled()
        assert slack.untidy == []


@pytest.fixture
async def over_http(slack: Slack, core: Core) -> AsyncIterator[AtSchool]:
    """A school whose Slack sends over HTTP, for what does not turn on the transport."""
    slack.uses(manifest(ADDRESS, socket=False))
    school = AtSchool(slack, core)
    async with school.open():
        yield school


def sent_as_documented(slack: Slack) -> list[str]:
    """What in the payloads that were sent is not as in Slack's own types."""
    found = []
    for delivery in slack.deliveries:
        # The types know neither the nulls of a school that is in no enterprise, nor that a view has no response_url.
        body = {"response_url": "", **{key: value for key, value in delivery.body.items() if value is not None}}
        if delivery.kind == "slash_commands":
            found += schema.faults("slash_command", body, "command", closed=False)
        else:
            found += schema.faults(body["type"], body, body["type"], closed=False)
        if "event" in body:
            name = body["event"].get("subtype") or body["event"]["type"]
            found += schema.faults(name, body["event"], name, closed=False)
    return found
