"""assistant.threads.*: what an app puts beside a conversation in the assistant's pane."""

from __future__ import annotations

from collections.abc import Iterator

from tests.slack.desk import Desk, Handler, RefusedError
from tests.slack.limits import SUGGESTED_PROMPTS
from tests.slack.workspace import Json, Pane

LOADING_MESSAGES = 10


def set_status(desk: Desk, arguments: Json, team: str) -> Json:
    if len(arguments.get("loading_messages") or []) > LOADING_MESSAGES:
        fault = f"loading_messages: more than {LOADING_MESSAGES}"
        desk.insist("arguments", "assistant.threads.setStatus", [fault], "invalid_arguments")
    _pane(desk, arguments, team).status = arguments["status"]
    return {}


def set_title(desk: Desk, arguments: Json, team: str) -> Json:
    _pane(desk, arguments, team).title = arguments["title"]
    return {}


def set_suggested_prompts(desk: Desk, arguments: Json, team: str) -> Json:
    pane, prompts = _pane(desk, arguments, team), arguments["prompts"]
    desk.insist("arguments", "assistant.threads.setSuggestedPrompts", _faults(prompts), "invalid_arguments")
    pane.prompts, pane.prompts_title = list(prompts), arguments.get("title") or ""
    return {}


def _faults(prompts: object) -> Iterator[str]:
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= SUGGESTED_PROMPTS:
        yield f"prompts: must be a list of 1 to {SUGGESTED_PROMPTS}"
        return
    for number, prompt in enumerate(prompts):
        if set(prompt) != {"title", "message"} or not all(prompt.values()):
            yield f"prompts[{number}]: must have a title and a message, and nothing else"


def _pane(desk: Desk, arguments: Json, team: str) -> Pane:
    channel = desk.conversation(arguments["channel_id"], team).id
    pane = desk.workspace.panes.get((channel, str(arguments.get("thread_ts"))))
    if pane is None:
        raise RefusedError("invalid_thread_ts")
    return pane


METHODS: dict[str, Handler] = {
    "assistant.threads.setStatus": set_status,
    "assistant.threads.setSuggestedPrompts": set_suggested_prompts,
    "assistant.threads.setTitle": set_title,
}
