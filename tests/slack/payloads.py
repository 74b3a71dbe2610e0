"""What Slack sends to an app, in the shape that it documents; test_stand_in.py holds each to Slack's own types."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

from tests.slack import mrkdwn
from tests.slack.workspace import APP, BOT, BOT_USER, TEAM, Conversation, Json, OpenView, Pane, Post, User

VERIFICATION = "not-used-any-more"
DOMAIN = "fernbank-school"
_event = itertools.count(1)


def url_verification(challenge: str) -> Json:
    return {"token": VERIFICATION, "challenge": challenge, "type": "url_verification"}


def event_callback(event: Json, team: str = TEAM, shared: bool = False) -> Json:
    return {
        "token": VERIFICATION,
        "team_id": team,
        "context_team_id": team,
        "context_enterprise_id": None,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{next(_event):08d}",
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": "4-context",
    }


def typed_message(user: User, text: str, raw: str, bots: dict[str, str]) -> Json:
    """A message as somebody typed it. `raw` is what they typed, `text` what Slack made of it."""
    elements = list(_rich(raw, bots))
    return {
        "type": "message",
        "user": user.id,
        "client_msg_id": f"00000000-0000-4000-8000-{next(_event):012d}",
        "text": text,
        "team": user.team,
        "blocks": [
            {
                "type": "rich_text",
                "block_id": f"typed{next(_event)}",
                "elements": [{"type": "rich_text_section", "elements": elements}],
            }
        ],
    }


def _rich(raw: str, bots: dict[str, str]) -> Iterator[Json]:
    for number, word in enumerate(raw.split(" ")):
        gap = " " if number else ""
        if word.startswith("@") and word[1:] in bots:
            if gap:
                yield {"type": "text", "text": gap}
            yield {"type": "user", "user_id": bots[word[1:]]}
        else:
            yield {"type": "text", "text": gap + word}


def message_event(post: Post, conversation: Conversation) -> Json:
    return {
        **post.raw,
        "channel": conversation.id,
        "event_ts": post.ts,
        "channel_type": conversation.kind,
    }


def mention_event(post: Post) -> Json:
    kept = {key: value for key, value in post.raw.items() if key != "type"}
    return {"type": "app_mention", **kept, "channel": post.channel, "event_ts": post.ts}


def changed_event(post: Post, before: Json, conversation: Conversation, ts: str) -> Json:
    about = {"channel": conversation.id, "channel_type": conversation.kind}
    changed = {"type": "message", "subtype": "message_changed", "hidden": True, "ts": ts, "event_ts": ts}
    return {
        **changed,
        "message": {**post.raw, **about, "event_ts": ts},
        "previous_message": {**before, **about, "event_ts": before["ts"]},
        **about,
    }


def deleted_event(post: Post, conversation: Conversation, ts: str) -> Json:
    about = {"channel": conversation.id, "channel_type": conversation.kind}
    deleted = {"type": "message", "subtype": "message_deleted", "hidden": True, "ts": ts, "event_ts": ts}
    return {**deleted, "deleted_ts": post.ts, "previous_message": {**post.raw, **about, "event_ts": post.ts}, **about}


def home_opened_event(user: User, channel: str, tab: str, view: OpenView | None, ts: str) -> Json:
    event = {"type": "app_home_opened", "user": user.id, "channel": channel, "tab": tab, "event_ts": ts}
    return event | ({"view": view.raw} if view else {})


def assistant_event(kind: str, pane: Pane, ts: str) -> Json:
    thread = {
        "user_id": pane.user,
        "context": pane.context,
        "channel_id": pane.channel,
        "thread_ts": pane.thread,
    }
    return {"type": f"assistant_thread_{kind}", "assistant_thread": thread, "event_ts": ts}


def joined_event(user: User, conversation: Conversation, ts: str) -> Json:
    kind = "C" if conversation.kind == "channel" else "G"
    about = {"user": user.id, "channel": conversation.id, "channel_type": kind, "team": user.team}
    return {"type": "member_joined_channel", **about, "event_ts": ts}


def tokens_revoked_event(bots: list[str]) -> Json:
    return {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": bots}}


def uninstalled_event() -> Json:
    return {"type": "app_uninstalled"}


def slash_command(
    user: User, command: str, text: str, conversation: Conversation, response_url: str, trigger: str
) -> Json:
    return {
        "token": VERIFICATION,
        "team_id": user.team,
        "team_domain": DOMAIN,
        "channel_id": conversation.id,
        "channel_name": conversation.name,
        "user_id": user.id,
        "user_name": user.handle,
        "command": command,
        "text": mrkdwn.escaped(text),
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger,
    }


def block_actions(user: User, action: Json, origin: Json, trigger: str) -> Json:
    """`origin` is where the control stands: see message_origin and view_origin."""
    acted = {**action, "action_ts": f"{time.time():.6f}"}
    common = _interaction("block_actions", user, trigger)
    return {**common, **origin, "actions": [acted]}


def message_origin(post: Post, conversation: Conversation, values: Json, response_url: str) -> Json:
    """Slack leaves the message out where it is an ephemeral one."""
    container = {
        "type": "message",
        "message_ts": post.ts,
        "channel_id": conversation.id,
        "is_ephemeral": post.only_for is not None,
    }
    origin: Json = {
        "container": container | ({"thread_ts": post.thread} if post.thread else {}),
        "channel": {"id": conversation.id, "name": conversation.name},
        "state": {"values": values},
        "response_url": response_url,
    }
    return origin if post.only_for else origin | {"message": post.raw}


def view_origin(view: OpenView) -> Json:
    return {"container": {"type": "view", "view_id": view.id}, "view": with_state(view)}


def with_state(view: OpenView) -> Json:
    return {**view.raw, "state": {"values": view.values}}


def view_submission(user: User, view: OpenView, trigger: str) -> Json:
    return {**_interaction("view_submission", user, trigger), "view": with_state(view), "response_urls": []}


def view_closed(user: User, view: OpenView, cleared: bool) -> Json:
    body = _interaction("view_closed", user, "")
    del body["trigger_id"]
    return {**body, "view": with_state(view), "is_cleared": cleared}


def shortcut(user: User, callback: str, trigger: str) -> Json:
    return {**_interaction("shortcut", user, trigger), "callback_id": callback, "action_ts": f"{time.time():.6f}"}


def message_action(
    user: User, callback: str, post: Post, conversation: Conversation, response_url: str, trigger: str
) -> Json:
    return {
        **_interaction("message_action", user, trigger),
        "callback_id": callback,
        "action_ts": f"{time.time():.6f}",
        "message_ts": post.ts,
        "message": post.raw,
        "channel": {"id": conversation.id, "name": conversation.name},
        "response_url": response_url,
    }


def block_suggestion(user: User, element: Json, block: str, typed: str, origin: Json) -> Json:
    body = _interaction("block_suggestion", user, "")
    del body["trigger_id"]
    asked = {"action_id": element["action_id"], "block_id": block, "value": typed}
    kept: Json = {key: origin[key] for key in ("container", "channel", "message", "view") if key in origin}
    return {**body, **asked, **kept}


def _interaction(kind: str, user: User, trigger: str) -> Json:
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.handle, "name": user.handle, "team_id": user.team},
        "api_app_id": APP,
        "token": VERIFICATION,
        "trigger_id": trigger,
        "team": {"id": user.team, "domain": DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def bot_message(team: str) -> Json:
    profile = {"id": BOT, "app_id": APP, "name": "AskFirst", "icons": {}, "deleted": False, "updated": 0}
    return {
        "type": "message",
        "user": BOT_USER,
        "bot_id": BOT,
        "app_id": APP,
        "team": team,
        "bot_profile": {**profile, "team_id": team},
    }


def new_view(sent: Json, view_id: str, team: str, root: str | None = None, previous: str | None = None) -> Json:
    """What Slack gives back for a view: what was sent, with all that was left out."""
    defaults: Json = {"private_metadata": "", "callback_id": "", "external_id": "", "submit": None, "close": None}
    if sent["type"] == "home":
        defaults["title"] = {"type": "plain_text", "text": "View Title"}  # nobody sees it, yet Slack sends it
    return {
        **defaults,
        "clear_on_close": False,
        "notify_on_close": False,
        **sent,
        "blocks": with_ids(sent["blocks"]),
        "id": view_id,
        "team_id": team,
        "state": {"values": {}},
        "hash": f"{time.time():.4f}.{next(_event):08x}",
        "root_view_id": root or view_id,
        "previous_view_id": previous,
        "app_id": APP,
        "app_installed_team_id": team,
        "bot_id": BOT,
    }


def with_ids(blocks: list[Json]) -> list[Json]:
    """Slack names the blocks and controls that an app left without a name."""
    return [_with_action_ids({"block_id": f"b{next(_event)}", **block}) for block in blocks]


def _with_action_ids(block: Json) -> Json:
    named = dict(block)
    for key in ("element", "accessory"):
        if isinstance(block.get(key), dict):
            named[key] = _named(block[key])
    if block.get("type") in ("actions", "context_actions"):
        named["elements"] = [_named(element) for element in block["elements"]]
    return named


def _named(element: Json) -> Json:
    return element if element.get("type") == "image" else {"action_id": f"a{next(_event)}", **element}
