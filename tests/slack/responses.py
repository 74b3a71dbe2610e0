"""What an app answers: to a response_url, to a slash command in the same breath, and to a submitted modal."""

from __future__ import annotations

import time

from tests.slack import chat, checks, views
from tests.slack.desk import Desk, RefusedError
from tests.slack.transports import Answer
from tests.slack.workspace import Json, OpenView, ReplyAddress

TAKEN = {
    *("text", "blocks", "response_type", "replace_original", "delete_original", "thread_ts", "metadata", "mrkdwn"),
    *("unfurl_links", "unfurl_media", "attachments"),
}
SURFACES = {"update", "push", "clear", "errors"}


def to_address(desk: Desk, address: ReplyAddress, message: Json) -> None:
    """A message posted to a response_url, five times within half an hour."""
    if address.left <= 0 or time.monotonic() > address.until:
        desk.insist("response", "response_url", ["used more than five times, or too late"], "expired_url")
    unknown = [f"{name} is not known there" for name in message if name not in TAKEN]
    if address.post and not {"replace_original", "delete_original"} & set(message):
        unknown.append("say whether it replaces the original: what happens otherwise differs from place to place")
    desk.insist("response", "response_url", unknown, "invalid_arguments")
    address.left -= 1
    conversation = desk.workspace.conversations[address.channel]
    if message.get("delete_original") and address.post:
        chat.remove(desk, conversation, address.post)
    elif message.get("replace_original") and address.post:
        _check(desk, "response_url", message)
        chat.change(desk, conversation, address.post, message)
    else:
        _check(desk, "response_url", message)
        _show(desk, address, message)


def to_command(desk: Desk, command: str, address: ReplyAddress, answer: Answer) -> None:
    """What stands in the answer to a slash command is shown to the person who gave it."""
    message = {"text": answer.body} if isinstance(answer.body, str) else answer.body
    if not message or not any(message.values()):
        return
    if not desk.hold("message", command, checks.message_faults(message)):
        _show(desk, address, message)


def to_submission(desk: Desk, view: OpenView, answer: Answer) -> None:
    """The modal closes, changes or shows what is wrong with it."""
    body = answer.body or {}
    action = body.get("response_action") if isinstance(body, dict) else None
    stack = desk.workspace.modals[view.user]
    if not body:
        stack.remove(view)
    elif action not in SURFACES:
        desk.hold("response", "view_submission", [f"response_action {action!r} is none of Slack's"])
    elif action == "clear":
        stack.clear()
    elif action == "errors":
        _set_errors(desk, view, body.get("errors"))
    else:
        _change(desk, view, str(action), body.get("view") or {})


def _change(desk: Desk, view: OpenView, action: str, sent: Json) -> None:
    if desk.hold("view", f"view_submission {action}", checks.view_faults(sent, "modal")):
        return
    if action == "update":
        views.replace(desk, view, sent)
        return
    try:
        views.pushed(desk, sent, view.user, view.raw["team_id"])
    except RefusedError as refused:
        desk.hold("view", "view_submission push", [refused.error])


def _set_errors(desk: Desk, view: OpenView, errors: object) -> None:
    inputs = {block["block_id"] for block in view.raw["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        desk.hold("response", "view_submission errors", ["no errors in it"])
        return
    desk.hold("response", "view_submission errors", [f"no input {name!r}" for name in errors if name not in inputs])
    desk.hold("response", "view_submission errors", [f"{name!r}: empty" for name in errors if not errors[name]])
    view.errors = dict(errors)


def _check(desk: Desk, where: str, message: Json) -> None:
    desk.insist("message", where, checks.message_faults(message), "invalid_blocks")


def _show(desk: Desk, address: ReplyAddress, message: Json) -> None:
    conversation = desk.workspace.conversations[address.channel]
    for_all = message.get("response_type") == "in_channel"
    team = desk.workspace.users[address.user].team
    chat.publish(desk, conversation, message, team, only_for=None if for_all else address.user)
