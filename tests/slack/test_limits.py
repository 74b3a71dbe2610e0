"""What Slack would not take is refused and held against the app: one case for each limit, at it and just past it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from tests.slack import manifest, mrkdwn
from tests.slack.server import Slack

Json = dict[str, Any]
Make = Callable[[int], Json]


def plain(size: int) -> Json:
    return {"type": "plain_text", "text": "x" * size}


def button(number: int = 1, **more: Any) -> Json:
    return {"type": "button", "action_id": f"a{number}", "text": plain(1), **more}


def actions(*elements: Json) -> Json:
    return {"blocks": [{"type": "actions", "elements": list(elements)}]}


def section(**more: Any) -> Json:
    return {"blocks": [{"type": "section", "text": plain(1), **more}]}


def option(number: int = 1, **more: Any) -> Json:
    return {"text": plain(1), "value": str(number), **more}


def menu(*options: Json, kind: str = "static_select", **more: Any) -> Json:
    return actions({"type": kind, "action_id": "a", "options": list(options), **more})


def options(size: int) -> list[Json]:
    return [option(number) for number in range(size)]


def confirm(**more: Any) -> Json:
    asked = {"title": plain(1), "text": plain(1), "confirm": plain(1), "deny": plain(1), **more}
    return actions(button(confirm=asked))


def field(element: Json | None = None, **more: Any) -> Json:
    typed = {"type": "plain_text_input", "action_id": "a", **(element or {})}
    return {"blocks": [{"type": "input", "label": plain(1), "element": typed, **more}]}


def dividers(size: int) -> list[Json]:
    return [{"type": "divider"}] * size


MESSAGES: dict[str, tuple[int, Make]] = {
    "blocks": (50, lambda size: {"blocks": dividers(size)}),
    "text": (40_000, lambda size: {"text": "x" * size}),
    "block_id": (255, lambda size: section(block_id="x" * size)),
    "action_id": (255, lambda size: actions(button(action_id="x" * size))),
    "section text": (3_000, lambda size: section(text=plain(size))),
    "fields": (10, lambda size: section(fields=[plain(1)] * size)),
    "field": (2_000, lambda size: section(fields=[plain(size)])),
    "header": (150, lambda size: {"blocks": [{"type": "header", "text": plain(size)}]}),
    "context": (10, lambda size: {"blocks": [{"type": "context", "elements": [plain(1)] * size}]}),
    "actions": (25, lambda size: actions(*(button(number) for number in range(size)))),
    "button text": (75, lambda size: actions(button(text=plain(size)))),
    "button value": (2_000, lambda size: actions(button(value="x" * size))),
    "button url": (3_000, lambda size: actions(button(url="x" * size))),
    "button accessibility_label": (75, lambda size: actions(button(accessibility_label="x" * size))),
    "placeholder": (150, lambda size: menu(option(), placeholder=plain(size))),
    "options": (100, lambda size: menu(*options(size))),
    "option text": (75, lambda size: menu(option(text=plain(size)))),
    "option value": (150, lambda size: menu(option(value="x" * size))),
    "option description": (75, lambda size: menu(option(description=plain(size)))),
    "overflow": (5, lambda size: menu(*options(size), kind="overflow")),
    "radio buttons": (10, lambda size: menu(*options(size), kind="radio_buttons")),
    "checkboxes": (10, lambda size: menu(*options(size), kind="checkboxes")),
    "confirm title": (100, lambda size: confirm(title=plain(size))),
    "confirm text": (300, lambda size: confirm(text=plain(size))),
    "confirm button": (30, lambda size: confirm(confirm=plain(size))),
    "image alt_text": (
        2_000,
        lambda size: {"blocks": [{"type": "image", "image_url": "https://s.example/a.png", "alt_text": "x" * size}]},
    ),
    "markdown": (12_000, lambda size: {"blocks": [{"type": "markdown", "text": "x" * size}]}),
}

MODALS: dict[str, tuple[int, Make]] = {
    "blocks": (100, lambda size: {"blocks": dividers(size)}),
    "title": (24, lambda size: {"title": plain(size)}),
    "submit": (24, lambda size: {"submit": plain(size)}),
    "close": (24, lambda size: {"close": plain(size)}),
    "private_metadata": (3_000, lambda size: {"private_metadata": "x" * size}),
    "callback_id": (255, lambda size: {"callback_id": "x" * size}),
    "external_id": (255, lambda size: {"external_id": "x" * size}),
    "label": (2_000, lambda size: field(label=plain(size))),
    "hint": (2_000, lambda size: field(hint=plain(size))),
    "max_length": (3_000, lambda size: field({"max_length": size})),
    "min_length": (3_000, lambda size: field({"min_length": size})),
    "initial_value": (10, lambda size: field({"initial_value": "x" * size, "max_length": 10})),
}

REFUSED: dict[str, tuple[Json, str]] = {
    "an unknown block": ({"blocks": [{"type": "sektion", "text": plain(1)}]}, "of no known kind: type 'sektion'"),
    "an unknown element": (section(accessory={"type": "knob"}), "of no known kind: type 'knob'"),
    "a misspelt key": (actions(button(vlaue="1")), "'vlaue' was unexpected"),
    "mrkdwn on a button": (actions(button(text={"type": "mrkdwn", "text": "x"})), "'plain_text' was expected"),
    "two blocks of one name": ({"blocks": section(block_id="a")["blocks"] * 2}, "block_id 'a' is there 2 times"),
    "two controls of one name": (actions(button(), button()), "action_id 'a1' is there 2 times"),
    "an empty text": (section(text=plain(0)), "text: empty"),
    "no options": (menu(), "0, must be 1 to 100"),
    "blocks without words for a notification": ({**section(), "text": " "}, "nothing but it"),
    "neither text nor blocks": ({"text": ""}, "neither text nor blocks"),
    "metadata without a type": ({"metadata": {"event_payload": {}}}, "'event_type' is a required property"),
    "a thread that is none": ({"thread_ts": "1.000000"}, "no message of that channel"),
    "an unknown argument": ({"blcoks": []}, "blcoks is not an argument of chat.postMessage"),
    "no channel": ({"channel": ""}, "channel is missing"),
}

REFUSED_MODALS: dict[str, tuple[Json, str]] = {
    "an input and no submit": ({**field(), "submit": None}, "there is an input to submit"),
    "a home": ({"type": "home"}, "must be 'modal' here"),
    "no title": ({"title": None}, "None is not of type 'object'"),
    "no room": (field({"max_length": 0}), "must be 1 to 3000"),
    "bounds that cross": (field({"min_length": 9, "max_length": 8}), "above max_length"),
    "too many bytes": ({"blocks": [{"type": "section", "text": plain(2_999)}] * 90}, "over 250000 bytes"),
}


async def call(slack: Slack, method: str, token: str | None = None, **arguments: Any) -> Json:
    """As slack_sdk does it, without slack_sdk's own warnings."""
    headers = {"Authorization": f"Bearer {slack.token if token is None else token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        response = await session.post(slack.api_url + method, json=arguments)
        found: Json = await response.json()
        return found


async def post(slack: Slack, message: Json) -> Json:
    slack.person("U1", "Priya Shah", "p.shah@fernbank.example")
    return await call(slack, "chat.postMessage", **{"channel": "U1", "text": "words", **message})


async def open_modal(slack: Slack, view: Json, trigger: str | None = None) -> Json:
    whole = {"type": "modal", "title": plain(1), "submit": plain(1), "blocks": dividers(1), **view}
    slack.person("U1", "Priya Shah", "p.shah@fernbank.example")
    given = trigger or slack.workspace.trigger("U1")
    return await call(slack, "views.open", trigger_id=given, view=whole)


@pytest.mark.parametrize("name", MESSAGES)
async def test_a_message_at_the_limit_is_taken_and_past_it_refused(slack: Slack, name: str) -> None:
    limit, make = MESSAGES[name]
    assert (await post(slack, make(limit))).get("error") is None
    refused = await post(slack, make(limit + 1))
    assert refused["error"] == "invalid_blocks"
    assert slack.expected("message: chat.postMessage")


@pytest.mark.parametrize("name", MODALS)
async def test_a_modal_at_the_limit_is_taken_and_past_it_refused(slack: Slack, name: str) -> None:
    limit, make = MODALS[name]
    assert (await open_modal(slack, make(limit))).get("error") is None
    refused = await open_modal(slack, make(limit + 1))
    assert refused["error"] == "invalid_arguments"
    assert slack.expected("view: views.open")


@pytest.mark.parametrize("name", REFUSED)
async def test_a_faulty_message_is_refused(slack: Slack, name: str) -> None:
    message, fault = REFUSED[name]
    assert not (await post(slack, message))["ok"]
    assert slack.expected(fault)
    slack.violations.clear()


@pytest.mark.parametrize("name", REFUSED_MODALS)
async def test_a_faulty_modal_is_refused(slack: Slack, name: str) -> None:
    view, fault = REFUSED_MODALS[name]
    assert not (await open_modal(slack, view))["ok"]
    assert slack.expected(fault)
    slack.violations.clear()


@pytest.mark.parametrize(
    ("method", "token", "error"),
    [
        ("auth.test", "", "invalid_auth"),
        ("auth.test", "xoxb-nobody", "invalid_auth"),
        ("auth.test", "xapp-school", "not_allowed_token_type"),
        ("apps.connections.open", "xoxb-school", "not_allowed_token_type"),
        ("chat.postPigeon", "xoxb-school", "unknown_method"),
        ("users.info", "xoxb-school", "invalid_arguments"),
    ],
)
async def test_a_call_that_no_app_should_make_is_refused(slack: Slack, method: str, token: str, error: str) -> None:
    assert (await call(slack, method, token))["error"] == error
    assert slack.expected(method)


async def test_a_trigger_opens_one_modal_and_soon(slack: Slack) -> None:
    slack.person("U1", "Priya Shah", "p.shah@fernbank.example")
    trigger = slack.workspace.trigger("U1")
    assert (await open_modal(slack, {}, trigger))["ok"]
    assert (await open_modal(slack, {}, trigger))["error"] == "exchanged_trigger_id"
    late = slack.workspace.trigger("U1")
    slack.workspace.triggers[late].issued = time.monotonic() - 3.1
    assert (await open_modal(slack, {}, late))["error"] == "expired_trigger_id"
    assert (await open_modal(slack, {}, "made.up"))["error"] == "invalid_trigger_id"
    assert len(slack.expected("trigger: views.open")) == 3


async def test_a_changed_message_takes_less_text(slack: Slack) -> None:
    sent = await post(slack, {"text": "x" * 4_001})
    changed = await call(slack, "chat.update", channel=sent["channel"], ts=sent["ts"], text="x" * 4_001)
    assert changed["error"] == "msg_too_long"
    assert slack.expected("4000")


async def test_an_external_id_is_for_one_view(slack: Slack) -> None:
    assert (await open_modal(slack, {"external_id": "one"}))["ok"]
    assert (await open_modal(slack, {"external_id": "one"}))["error"] == "duplicate_external_id"
    assert slack.expected("external_id is in use")


async def test_a_view_changed_meanwhile_is_left_alone(slack: Slack) -> None:
    view = (await open_modal(slack, {}))["view"]
    newer = {"type": "modal", "title": plain(2), "blocks": dividers(1)}
    assert (await call(slack, "views.update", view_id=view["id"], hash=view["hash"], view=newer))["ok"]
    late = await call(slack, "views.update", view_id=view["id"], hash=view["hash"], view=newer)
    assert late["error"] == "hash_conflict"


async def test_a_channel_without_the_app_cannot_be_posted_to(slack: Slack) -> None:
    slack.channel("C1", "staff", app=False)
    assert (await post(slack, {"channel": "C1"}))["error"] == "not_in_channel"
    assert (await post(slack, {"channel": "C9"}))["error"] == "channel_not_found"


async def test_what_the_manifest_does_not_ask_for_is_refused(slack: Slack) -> None:
    slack.uses({"display_information": {"name": "Small"}, "oauth_config": {"scopes": {"bot": ["users:read"]}}})
    assert (await post(slack, {}))["error"] == "missing_scope"
    assert slack.expected("chat:write")
    assert (await call(slack, "users.info", user="U1"))["ok"]
    assert (await call(slack, "users.lookupByEmail", email="p.shah@fernbank.example"))["error"] == "missing_scope"
    assert slack.expected("users:read.email")


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        ({"display_information": {"name": "x" * 36}}, "display_information.name"),
        ({"settings": {"event_subscriptions": {"bot_events": ["message.im"]}}}, "message.im needs a scope"),
        ({"features": {"slash_commands": [{"command": "/Ask", "description": "x"}]}}, "small letters"),
        ({"features": {"shortcuts": [{"name": "x" * 25, "callback_id": "a", "type": "global"}]}}, "is too long"),
    ],
)
def test_a_faulty_manifest_is_told(part: Json, fault: str) -> None:
    assert any(fault in found for found in manifest.faults(part))


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("*Not advised* for _anybody_", "Not advised for anybody"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("ask <@U1|Ms Bello> or <mailto:dsl@s.example|dsl@s.example>", "ask @Ms Bello or dsl@s.example"),
        ("<https://s.example/p|the policy> &amp; more", "the policy & more"),
        ("<!date^1^{date}|1 Jan 1970> <!here>", "1 Jan 1970 @here"),
    ],
)
def test_people_see_words_and_no_markup(written: str, seen: str) -> None:
    assert mrkdwn.visible(written) == seen


@pytest.mark.parametrize(
    "slip", ["**bold**", "[text](https://s.example)", "# Heading", "R&D", "&amp;amp;", "a < b", "a > b"]
)
def test_slips_in_mrkdwn_are_found(slip: str) -> None:
    assert mrkdwn.untidy(slip)


def test_tidy_mrkdwn_is_left_alone() -> None:
    assert not mrkdwn.untidy("*bold* &amp; <https://s.example/?a=1&amp;b=2|text> &lt; <@U1>\n> quoted\n• # 5")
