"""What Teams would not take, or would show badly, in what a bot sends."""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tests.teams import sheets
from tests.teams.world import ADAPTIVE, BOT_ID, Json

MOST_BYTES = 28 * 1024
NEWEST_VERSION = (1, 5)
KINDS = ("message", "typing")
CARDS = tuple(f"application/vnd.microsoft.card.{kind}" for kind in ("adaptive", "hero", "thumbnail", "signin", "oauth"))
FIELDS = frozenset(
    "type id timestamp localTimestamp localTimezone serviceUrl channelId from conversation recipient textFormat"
    " attachmentLayout text speak inputHint summary suggestedActions attachments entities channelData replyToId value"
    " name importance deliveryMode locale callerId expiration semanticAction listenFor label valueType code"
    " membersAdded membersRemoved reactionsAdded reactionsRemoved textHighlights".split()
)
BEARING = ("Action.Submit", "Action.Execute")
A_TURN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # the SDK's own, when a bot writes first
NO_CHOICES = "An Input.ChoiceSet must have at least one choice defined."
AN_ID = re.compile(r"[^\s<>\"']{0,1000}(?: [^\s<>\"']{1,200}){0,4}")  # one, or a few in a row


def of_activity(activity: Any, conversation: str, answerable: Callable[[str], bool]) -> Iterator[str]:
    """What is wrong with an activity for this conversation; `answerable` knows the ids that a reply may name."""
    if not isinstance(activity, dict):
        yield "the body is not a JSON object"
        return
    if activity.get("type") not in KINDS:
        yield f"type {activity.get('type')!r} is not one that a bot sends"
    yield from (f"an activity has no field '{name}'" for name in sorted(activity.keys() - FIELDS))
    yield from _addresses(activity, conversation, answerable)
    size = len(json.dumps(activity, ensure_ascii=False).encode())
    if size > MOST_BYTES:
        yield f"{size} bytes are more than Teams takes ({MOST_BYTES})"
    if activity.get("type") == "message":
        yield from _message(activity)


def of_card(card: Any) -> Iterator[str]:
    """What is wrong with an Adaptive Card, wherever it stands."""
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        yield "the content is no AdaptiveCard"
        return
    version = re.fullmatch(r"(\d+)\.(\d+)", str(card.get("version")))
    if not version or (int(version[1]), int(version[2])) > NEWEST_VERSION:
        yield f"version {card.get('version')!r}: Teams takes cards up to 1.5"
    for action in sheets.all_actions(card):
        yield from _action(action)
    for element in sheets.inputs(card):
        ruled = any(element.get(rule) is not None for rule in ("isRequired", "regex", "min", "max"))
        if ruled and not element.get("errorMessage"):
            yield f"input '{element.get('id')}' can be wrong, but has no errorMessage"
    yield from _published_faults(card)


def warm_up() -> None:
    """Start whatever checks cards now: the first card takes seconds, which must not count as the bot's."""
    list(of_card({"type": "AdaptiveCard", "version": "1.5", "body": []}))


def of_answer(answer: Any, name: str) -> Iterator[str]:
    """What is wrong with the body of an answer to an invoke of this name."""
    if name == "adaptiveCard/action":
        yield from _action_answer(answer)
    elif answer in (None, "", {}) and name in ("task/submit", "composeExtension/submitAction"):
        return
    elif not isinstance(answer, dict) or not isinstance(answer.get("task"), dict):
        if not (isinstance(answer, dict) and "composeExtension" in answer and name.startswith("composeExtension")):
            yield "the answer has no task"
    else:
        yield from _task(answer["task"])


def _addresses(activity: Json, conversation: str, answerable: Callable[[str], bool]) -> Iterator[str]:
    sender = (activity.get("from") or {}).get("id", BOT_ID)
    if sender != BOT_ID:
        yield f"it is from {sender}, which is not the app"
    named = (activity.get("conversation") or {}).get("id", conversation)
    if named.partition(";")[0] != conversation.partition(";")[0]:
        yield "it names another conversation than the address"
    reply_to = activity.get("replyToId")
    if reply_to and not answerable(reply_to) and not A_TURN.fullmatch(reply_to):
        yield "replyToId names nothing that stands in this chat"


def _message(activity: Json) -> Iterator[str]:
    attachments = activity.get("attachments") or []
    if not attachments and not activity.get("text"):
        yield "the message is empty"
    if attachments and not (activity.get("summary") or activity.get("text")):
        yield "a message with a card has neither summary nor text: the notification would say 'sent a card'"
    if activity.get("textFormat") not in (None, "plain", "markdown", "xml"):
        yield f"textFormat {activity['textFormat']!r}"
    for each in attachments:
        if each.get("contentType") not in CARDS:
            yield f"Teams shows no attachment of the type {each.get('contentType')!r}"
        if each.get("contentType") == ADAPTIVE:
            yield from of_card(each.get("content"))


def _action(action: Json) -> Iterator[str]:
    kind, title = action.get("type"), action.get("title")
    if kind not in BEARING:
        return
    data = action.get("data")
    if not isinstance(data, dict) and not (kind == "Action.Execute" and action.get("verb")):
        yield f"button '{title}' has no data"
    for leaf in _leaves({key: value for key, value in (data or {}).items() if key != "msteams"}):
        if isinstance(leaf, str) and not AN_ID.fullmatch(leaf):
            yield f"button '{title}' bears more than ids"


def _leaves(value: Any) -> Iterator[Any]:
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else None
    if inner is None:
        yield value
    else:
        for each in inner:
            yield from _leaves(each)


def _action_answer(answer: Any) -> Iterator[str]:
    if not isinstance(answer, dict) or not {"statusCode", "type", "value"} <= answer.keys():
        yield "the answer to adaptiveCard/action has not statusCode, type and value"
    elif answer["type"] == ADAPTIVE:
        yield from of_card(answer["value"])
    elif answer["type"] == "application/vnd.microsoft.activity.message":
        yield from () if isinstance(answer["value"], str) else ("a message must be a string",)
    elif answer["type"] == "application/vnd.microsoft.error":
        yield from () if {"code", "message"} <= answer["value"].keys() else ("an error has code and message",)
    else:
        yield f"Teams knows no answer of the type {answer['type']!r}"


def _task(task: Json) -> Iterator[str]:
    if task.get("type") == "message":
        yield from () if isinstance(task.get("value"), str) else ("a task of type message has a string",)
    elif task.get("type") != "continue":
        yield f"a task is of type continue or message, not {task.get('type')!r}"
    else:
        yield from _task_info(task.get("value"))


def _task_info(info: Any) -> Iterator[str]:
    card = info.get("card") if isinstance(info, dict) else None
    if not isinstance(card, dict) or card.get("contentType") != ADAPTIVE:
        yield "a dialog has a card, as an attachment with its contentType"
        return
    if not info.get("title"):
        yield "the dialog has no title"
    yield from of_card(card.get("content"))
    for action in sheets.all_actions(card.get("content") or {}):
        if action.get("type") == "Action.Execute":
            yield f"button '{action.get('title')}': a dialog knows Action.Submit only"
    if len(json.dumps(card, ensure_ascii=False).encode()) > MOST_BYTES:
        yield "the dialog's card is larger than Teams takes"


def _published_faults(card: Json) -> Iterator[str]:
    """Against the published schema and parser; without the packages from npm, only against the limits of Teams."""
    if not importlib.util.find_spec("tests.teams.cards"):
        return
    cards = importlib.import_module("tests.teams.cards")
    try:
        yield from (fault for fault in cards.faults_of(card) if not (fault == NO_CHOICES and _searches(card)))
    except pytest.skip.Exception:
        yield from cards.limit_faults(card)
    except pytest.fail.Exception as fault:  # a server's task is no place to end a test
        yield str(fault)


def _searches(card: Json) -> bool:
    """Whether a people picker has no choices of its own, as Teams documents it."""
    return all(each.get("choices") or each.get("choices.data") for each in sheets.inputs(card) if "choices" in each)
