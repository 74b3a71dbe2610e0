"""Every control that a person can press or fill, and what the app is then told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.people import Person
from tests.slack.server import Slack
from tests.slack.serving import Way, serving
from tests.slack.small_app import choice, field, plain, section

Json = dict[str, Any]

CLASSES = ["7 Elm", "7 Oak", "8 Ash"]
SHEET: Json = {
    "type": "modal",
    "callback_id": "sheet",
    "title": plain("Everything"),
    "submit": plain("Send"),
    "blocks": [
        field("class", "Class", {"type": "external_select", "min_query_length": 1}),
        field("seen", "What you saw", {"type": "checkboxes", "options": [choice("A bruise"), choice("A cut")]}),
        field("who", "Who else knows", {"type": "users_select"}, optional=True),
        field("day", "Day", {"type": "datepicker", "initial_date": "2026-11-23"}),
        field("place", "Where", {"type": "static_select", "options": [choice("Yard"), choice("Hall")]}),
        field("mail", "Your email", {"type": "email_text_input"}, optional=True),
        section(
            "Shall it be anonymous?", accessory={"type": "overflow", "action_id": "how", "options": [choice("Yes")]}
        ),
        field("kind", "Kind", {"type": "static_select", "options": [choice("Worry")]}, dispatch_action=True),
    ],
}


@pytest.fixture
async def teacher(slack: Slack, transport: Way) -> AsyncIterator[Person]:
    """A teacher with the sheet open; what the app hears of is in the calls of the app's own method."""
    app = AsyncApp(
        client=AsyncWebClient(token=slack.token, base_url=slack.api_url), signing_secret=slack.signing_secret
    )

    @app.shortcut("sheet")
    async def opened(ack: Any, shortcut: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=SHEET)

    @app.options("it")
    async def classes(ack: Any, payload: Json) -> None:
        await ack(options=[choice(name) for name in CLASSES if payload["value"] in name])

    @app.action("how")
    async def pushed(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        below = {"type": "modal", "title": plain("Anonymous"), "blocks": [section("Nobody will know.")]}
        await client.views_push(trigger_id=body["trigger_id"], view=below)

    @app.action("it")
    async def changed(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        more = {**SHEET, "blocks": [*SHEET["blocks"], section("A worry is enough.")]}
        await client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=more)

    @app.view("sheet")
    async def sent(ack: Any) -> None:
        await ack(response_action="clear")

    async with serving(slack, app, transport):
        person = slack.person("U1", "Priya Shah", "p.shah@fernbank.example")
        await person.uses_shortcut("sheet")
        await slack.settled(lambda: person.modal)
        yield person


async def test_every_field_is_filled_by_what_is_written_on_it(slack: Slack, teacher: Person) -> None:
    colleague = slack.person("U2", "Tom Reid", "t.reid@fernbank.example")
    await teacher.fills({"Class": "7 Oak", "What you saw": ["A cut"], "who": colleague, "Where": "Hall"})
    await teacher.fills({"Kind": "Worry"})
    await teacher.reads("A worry is enough.")
    await teacher.submits()
    assert teacher.modal is None
    held = {name: value["it"] for name, value in slack.deliveries[-1].body["view"]["state"]["values"].items()}
    assert held["class"]["selected_option"]["text"]["text"] == "7 Oak"
    assert [chosen["value"] for chosen in held["seen"]["selected_options"]] == ["a cut"]
    assert held["who"]["selected_user"] == "U2"
    assert held["day"]["selected_date"] == "2026-11-23"
    assert held["mail"]["value"] is None


async def test_a_view_lies_over_another_until_it_is_closed(slack: Slack, teacher: Person) -> None:
    await teacher.presses("Yes")
    await teacher.reads("Nobody will know.")
    assert teacher.modal and "Class" not in teacher.sees()
    await teacher.closes_modal()
    assert teacher.modal and teacher.modal.title == "Everything"


async def test_what_is_not_there_cannot_be_pressed_or_chosen(slack: Slack, teacher: Person) -> None:
    with pytest.raises(AssertionError, match="nothing to press says 'No'; there is: \\['Yes'\\]"):
        await teacher.presses("No")
    with pytest.raises(AssertionError, match="'Gym' is not offered at 'Where'"):
        await teacher.fills({"Where": "Gym"})
    with pytest.raises(AssertionError, match="no field is called 'Shoe size'"):
        await teacher.fills({"Shoe size": "9"})


async def test_slack_itself_says_what_is_wrong_with_an_email(slack: Slack, teacher: Person) -> None:
    await teacher.fills({"Class": "8 Ash", "mail": "not one", "seen": ["A cut"], "place": "Yard", "kind": "Worry"})
    await teacher.submits()
    assert teacher.errors["Your email"] == "Please enter a valid email address."
    assert slack.deliveries[-1].name != "view_submission"
