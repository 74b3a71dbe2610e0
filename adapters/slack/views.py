"""Views that open, change and answer a click, and what is said where Slack does not show them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from adapters.chat.tasks import NOT_SHOWN
from adapters.slack.blocks import Block, Drawn
from adapters.slack.faults import UNANSWERED, error_of, plainly
from adapters.slack.people import SlackCaller
from adapters.slack.posting import in_words, post_to, respond
from bot.errors import AskFirstError

log = logging.getLogger("askfirst.slack")


async def shown(caller: SlackCaller, body: Mapping[str, Any], view: Block, on_top: bool = False) -> str:
    """The id of the view that shows what follows: the modal that is open, one on top of it, or a new one. Empty
    where Slack did not open it, and whoever pressed was told so. Slack lets three lie on one another."""
    opened = modal_of(body)
    if opened and not on_top:
        return opened
    call = caller.client.views_push if opened else caller.client.views_open
    try:
        return str((await call(trigger_id=body["trigger_id"], view=view))["view"]["id"])
    except UNANSWERED as fault:
        log.warning("a view could not be opened: %s", plainly(fault))
        if not opened:
            await say(caller, body, in_words(NOT_SHOWN))
        return opened


async def update(caller: SlackCaller, body: Mapping[str, Any], view: str, drawn: Block) -> None:
    """Put another view in the place of this one."""
    try:
        await caller.client.views_update(view_id=view, view=drawn)
    except UNANSWERED as fault:
        log.error("a view could not be shown: %s", plainly(fault))
        if error_of(fault) != "not_found":  # they have closed it
            await say(caller, body, in_words(NOT_SHOWN))


def wrong(view: Mapping[str, Any], problems: Mapping[str, str], instead: Callable[[str, str], Block]) -> dict[str, Any]:
    """What is wrong, beside its field; what belongs to none of them beside the first. Where there is no field at all
    a view with the problems (made by `instead`, of the metadata and the text) takes the place of the form."""
    fields = view["state"]["values"]
    if not fields:
        return {"response_action": "update", "view": instead(view["private_metadata"], " ".join(problems.values()))}
    first = next(iter(fields))
    beside = {(name if name in fields else first): why for name, why in problems.items()}
    return {"response_action": "errors", "errors": beside}


def value_of(body: Mapping[str, Any]) -> str:
    """What the button that was pressed carries."""
    return str(body["actions"][0].get("value", ""))


def modal_of(body: Mapping[str, Any]) -> str:
    """The id of the modal in which something was pressed; empty on the Home tab and in messages."""
    view = body.get("view") or {}
    return str(view["id"]) if view.get("type") == "modal" else ""


async def say(caller: SlackCaller, body: Mapping[str, Any], drawn: Drawn, replace: bool = False) -> None:
    """Answer whoever clicked: where they clicked, or in a direct message where Slack does not take that."""
    try:
        if url := body.get("response_url"):
            await respond(url, drawn, replace=replace)
            return
    except (AskFirstError, *UNANSWERED) as fault:
        log.warning("a click could not be answered in its place: %s", plainly(fault))
    try:
        await post_to(caller.client, caller.user, drawn)
    except UNANSWERED as fault:
        log.error("a click could not be answered: %s", plainly(fault))
