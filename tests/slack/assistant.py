"""assistant.threads.* and agents.sessions.*: what an app puts beside a conversation with it. An app of before has a
pane; one with agent_view has sessions, to which the methods of the pane still lead."""

from __future__ import annotations

from collections.abc import Iterator

from tests.slack.desk import Desk, Handler, RefusedError
from tests.slack.limits import SUGGESTED_PROMPTS
from tests.slack.workspace import Json, Pane, Session

LOADING_MESSAGES = 10
TITLE = 200


STATUSES = ("active", "processing", "suspended", "closed")


def set_session_status(desk: Desk, arguments: Json, team: str) -> Json:
    if arguments["status"] not in STATUSES:
        desk.insist("arguments", "agents.sessions.setStatus", ["status: none of Slack's"], "invalid_arguments")
    _note(_session(desk, arguments, team), arguments["status"])
    return {}


def rename_session(desk: Desk, arguments: Json, team: str) -> Json:
    if not 1 <= len(arguments["title"]) <= TITLE:
        desk.insist("arguments", "agents.sessions.rename", ["title: 1 to 200 characters"], "invalid_arguments")
    _session(desk, arguments, team).title = arguments["title"]
    return {}


def set_status(desk: Desk, arguments: Json, team: str) -> Json:
    if len(arguments.get("loading_messages") or []) > LOADING_MESSAGES:
        fault = f"loading_messages: more than {LOADING_MESSAGES}"
        desk.insist("arguments", "assistant.threads.setStatus", [fault], "invalid_arguments")
    if desk.feature == "agent_view":
        _note(_session(desk, arguments, team), "processing" if arguments["status"] else "active")
    else:
        _pane(desk, arguments, team).status = arguments["status"]
    return {}


def set_title(desk: Desk, arguments: Json, team: str) -> Json:
    place = _session if desk.feature == "agent_view" else _pane
    place(desk, arguments, team).title = arguments["title"]
    return {}


def set_suggested_prompts(desk: Desk, arguments: Json, team: str) -> Json:
    prompts = arguments["prompts"]
    desk.insist("arguments", "assistant.threads.setSuggestedPrompts", _faults(prompts), "invalid_arguments")
    if desk.feature == "agent_view" and not arguments.get("thread_ts"):
        desk.workspace.suggested[desk.conversation(arguments["channel_id"], team).id] = list(prompts)
        return {}
    pane = _pane(desk, arguments, team)
    pane.prompts, pane.prompts_title = list(prompts), arguments.get("title") or ""
    return {}


def _faults(prompts: object) -> Iterator[str]:
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= SUGGESTED_PROMPTS:
        yield f"prompts: must be a list of 1 to {SUGGESTED_PROMPTS}"
        return
    for number, prompt in enumerate(prompts):
        if set(prompt) != {"title", "message"} or not all(prompt.values()):
            yield f"prompts[{number}]: must have a title and a message, and nothing else"


def _session(desk: Desk, arguments: Json, team: str) -> Session:
    """Only apps that are declared as agents have sessions, and each is of one thread."""
    if desk.feature != "agent_view":
        raise RefusedError("not_an_agent")
    conversation = desk.conversation(arguments["channel_id"], team)
    thread = str(arguments.get("thread_ts") or "")
    if conversation.post(thread) is None:
        raise RefusedError("invalid_thread_ts")
    return desk.workspace.sessions.setdefault((conversation.id, thread), Session())


def _note(session: Session, status: str) -> None:
    session.status = status
    session.was.append(status)


def _pane(desk: Desk, arguments: Json, team: str) -> Pane:
    channel = desk.conversation(arguments["channel_id"], team).id
    pane = desk.workspace.panes.get((channel, str(arguments.get("thread_ts"))))
    if pane is None:
        raise RefusedError("invalid_thread_ts")
    return pane


METHODS: dict[str, Handler] = {
    "agents.sessions.rename": rename_session,
    "agents.sessions.setStatus": set_session_status,
    "assistant.threads.setStatus": set_status,
    "assistant.threads.setSuggestedPrompts": set_suggested_prompts,
    "assistant.threads.setTitle": set_title,
}
