"""views.*: modals and homes that an app opens, changes and publishes."""

from __future__ import annotations

import time

from tests.slack import checks, forms, payloads
from tests.slack.desk import Desk, Handler, RefusedError
from tests.slack.workspace import PUSHED_VIEWS, Json, OpenView, Trigger


def open_modal(desk: Desk, arguments: Json, team: str) -> Json:
    _check(desk, "views.open", arguments["view"], "modal")
    trigger = _exchange(desk, "views.open", arguments["trigger_id"], team)
    view = _new(desk, arguments["view"], trigger.user, team)
    desk.workspace.modals[trigger.user] = [view]
    return {"view": view.raw}


def push_modal(desk: Desk, arguments: Json, team: str) -> Json:
    _check(desk, "views.push", arguments["view"], "modal")
    trigger = _exchange(desk, "views.push", arguments["trigger_id"], team)
    if trigger.view is None or not desk.workspace.modals.get(trigger.user):
        desk.insist("trigger", "views.push", ["not from a modal that is open"], "invalid_trigger_id")
    return {"view": pushed(desk, arguments["view"], trigger.user, team).raw}


def update(desk: Desk, arguments: Json, team: str) -> Json:
    view = desk.workspace.view(arguments.get("view_id"), arguments.get("external_id"))
    if view is None or view.raw["team_id"] != team:
        raise RefusedError("not_found")
    if arguments.get("hash") not in (None, view.raw["hash"]):
        raise RefusedError("hash_conflict")
    _check(desk, "views.update", arguments["view"], view.raw["type"], replaced=view)
    replace(desk, view, arguments["view"])
    return {"view": view.raw}


def publish(desk: Desk, arguments: Json, team: str) -> Json:
    user = arguments["user_id"]
    if not desk.workspace.reaches(team, user):
        raise RefusedError("user_not_found")
    before = desk.workspace.homes.get(user)
    if before is not None and arguments.get("hash") not in (None, before.raw["hash"]):
        raise RefusedError("hash_conflict")
    _check(desk, "views.publish", arguments["view"], "home", replaced=before)
    desk.workspace.homes[user] = _new(desk, arguments["view"], user, team)
    return {"view": desk.workspace.homes[user].raw}


def pushed(desk: Desk, sent: Json, user: str, team: str) -> OpenView:
    """On top of what the person has open."""
    stack = desk.workspace.modals[user]
    if len(stack) >= PUSHED_VIEWS:
        raise RefusedError("push_limit_reached")
    stack.append(_new(desk, sent, user, team, stack[0].id, stack[-1].id))
    return stack[-1]


def replace(desk: Desk, view: OpenView, sent: Json) -> None:
    """In the place of an open view. What was entered stays where block_id and action_id are the same."""
    old = view.raw
    view.raw = payloads.new_view(sent, view.id, old["team_id"], old["root_view_id"], old["previous_view_id"])
    entered = forms.initial_values(view.raw["blocks"])
    for block, actions in entered.items():
        for action, value in view.values.get(block, {}).items():
            if actions.get(action, {}).get("type") == value["type"]:
                actions[action] = value
    view.values, view.errors, view.order = entered, {}, desk.workspace.next_order()


def _exchange(desk: Desk, method: str, name: str, team: str) -> Trigger:
    trigger = desk.workspace.triggers.get(name)
    known = trigger is not None and desk.workspace.reaches(team, trigger.user)
    fault = trigger.fault(time.monotonic()) if trigger and known else "invalid_trigger_id"
    if trigger is None or fault:
        desk.insist("trigger", method, [str(fault)], str(fault))
        raise AssertionError("refused above")
    trigger.used = True
    return trigger


def _check(desk: Desk, method: str, sent: Json, surface: str, replaced: OpenView | None = None) -> None:
    desk.insist("view", method, checks.view_faults(sent, surface), "invalid_arguments")
    named = desk.workspace.view(external_id=sent.get("external_id")) if sent.get("external_id") else None
    if named is not None and named is not replaced:
        desk.insist("view", method, ["external_id is in use"], "duplicate_external_id")


def _new(
    desk: Desk, sent: Json, user: str, team: str, root: str | None = None, previous: str | None = None
) -> OpenView:
    raw = payloads.new_view(sent, desk.workspace.next_id("V"), team, root, previous)
    return OpenView(raw, user, desk.workspace.next_order(), forms.initial_values(raw["blocks"]))


METHODS: dict[str, Handler] = {
    "views.open": open_modal,
    "views.publish": publish,
    "views.push": push_modal,
    "views.update": update,
}
