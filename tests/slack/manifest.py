"""An app's manifest: what it may do, what it hears of, and what people find in Slack's menus."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

from tests.slack import schema
from tests.slack.desk import Desk
from tests.slack.workspace import Json

_READ = {"channels", "groups", "im", "mpim"}

# A method -> the bot's scopes, any one of which it needs.
SCOPES: dict[str, frozenset[str]] = {
    "agents.sessions.rename": frozenset({"chat:write"}),
    "agents.sessions.setStatus": frozenset({"chat:write"}),
    "assistant.threads.setStatus": frozenset({"assistant:write", "chat:write"}),
    "assistant.threads.setSuggestedPrompts": frozenset({"assistant:write"}),
    "assistant.threads.setTitle": frozenset({"assistant:write"}),
    "bots.info": frozenset({"users:read"}),
    "chat.delete": frozenset({"chat:write"}),
    "chat.postEphemeral": frozenset({"chat:write"}),
    "chat.postMessage": frozenset({"chat:write"}),
    "chat.update": frozenset({"chat:write"}),
    "conversations.history": frozenset(f"{kind}:history" for kind in _READ),
    "conversations.info": frozenset(f"{kind}:read" for kind in _READ),
    "conversations.list": frozenset(f"{kind}:read" for kind in _READ),
    "conversations.members": frozenset(f"{kind}:read" for kind in _READ),
    "conversations.open": frozenset({"im:write", "mpim:write", "channels:manage", "groups:write"}),
    "conversations.replies": frozenset(f"{kind}:history" for kind in _READ),
    "team.info": frozenset({"team:read"}),
    "users.info": frozenset({"users:read"}),
    "users.list": frozenset({"users:read"}),
    "users.lookupByEmail": frozenset({"users:read.email"}),
}

# An event -> the scopes, any one of which it needs.
EVENT_SCOPES = {
    "app_mention": {"app_mentions:read"},
    "assistant_thread_context_changed": {"assistant:write"},
    "assistant_thread_started": {"assistant:write"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
}

# Where a text stands -> how long it may be.
LENGTHS = {
    ("display_information", "name"): 35,
    ("display_information", "description"): 140,
    ("display_information", "long_description"): 4_000,
    ("features", "bot_user", "display_name"): 80,
}


# An event -> the feature that it is of.
EVENT_FEATURES = {
    "agent_session_stopped": "agent_view",
    "assistant_thread_context_changed": "assistant_view",
    "assistant_thread_started": "assistant_view",
}


def install(desk: Desk, manifest: Json, old: bool = False) -> None:
    """Let this manifest decide what the app may do and hears of. An `old` app was made before July 2026."""
    desk.hold("manifest", "manifest", faults(manifest, old))
    desk.feature = feature_of(manifest)
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    desk.scopes = frozenset(_scopes(manifest))
    desk.subscribed = frozenset(_events(manifest))
    desk.commands = frozenset(command["command"] for command in features.get("slash_commands", ()))
    desk.shortcuts = {each["name"]: each["callback_id"] for each in features.get("shortcuts", ())}
    interactive = settings.get("interactivity", {}).get("is_enabled")
    if desk.shortcuts and not interactive:
        desk.hold("manifest", "settings.interactivity", ["shortcuts need it, and it is not enabled"])


def before_july_2026(manifest: Json) -> Json:
    """A manifest as AskFirst 0.1 printed it: with the pane, which only apps of that time still have."""
    made = copy.deepcopy(manifest)
    made["features"]["assistant_view"] = {"assistant_description": "Answers from the school’s approved policies."}
    made["oauth_config"]["scopes"]["bot"].append("assistant:write")
    made["settings"]["event_subscriptions"]["bot_events"] += [
        "assistant_thread_context_changed", "assistant_thread_started",
    ]  # fmt: skip
    return made


def feature_of(manifest: Json) -> str:
    """Which of the two features the app has, if any."""
    features = manifest.get("features", {})
    return next((name for name in ("agent_view", "assistant_view") if name in features), "")


def faults(manifest: Json, old: bool = False) -> Iterator[str]:
    """What Slack would not take, or what would never work."""
    yield from _shape_faults(manifest)
    yield from _agent_faults(manifest, old)
    for path, most in LENGTHS.items():
        text = _at(manifest, path) or ""
        if len(text) > most:
            yield f"{'.'.join(path)}: {len(text)} characters, at most {most}"
    scopes = set(_scopes(manifest))
    for event in _events(manifest):
        needed = EVENT_SCOPES.get(event, set())
        if needed and not needed & scopes:
            yield f"the event {event} needs a scope of {sorted(needed)}"
    features = manifest.get("features", {})
    if (features.get("slash_commands") or features.get("shortcuts")) and "commands" not in scopes:
        yield "slash commands and shortcuts need the scope commands"
    yield from _menu_faults(features)


def _shape_faults(manifest: Json) -> Iterator[str]:
    """By both of Slack's own schemas, and by the types of its SDK. Version 2 knows no pane."""
    for version in ("1", "2"):
        if version == "1" or "assistant_view" not in manifest.get("features", {}):
            whole = {"_metadata": {"major_version": int(version)}, **manifest}
            yield from (
                f"schema {version}: {'.'.join(map(str, error.absolute_path))}: {error.message[:200]}"
                for error in Draft7Validator(_published()[version]).iter_errors(whole)
            )
    yield from schema.faults("app_manifest", _as_typed(manifest), "manifest")


def _as_typed(manifest: Json) -> Json:
    """Without the names that the lists of scopes and events in the SDK leave out; the schemas list none."""
    typed = copy.deepcopy(manifest)
    _leave_out(typed, ("oauth_config", "scopes"), "bot", {"assistant:write"})
    _leave_out(typed, ("settings", "event_subscriptions"), "bot_events", set(EVENT_FEATURES))
    return typed


def _leave_out(typed: Json, path: tuple[str, ...], key: str, names: set[str]) -> None:
    place = _at(typed, path)
    if place and key in place:
        place[key] = [name for name in place[key] if name not in names]


@functools.cache
def _published() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(__file__).with_name("manifest_schema.json").read_text(encoding="utf-8"))
    return found


def _agent_faults(manifest: Json, old: bool) -> Iterator[str]:
    feature, scopes = feature_of(manifest), _scopes(manifest)
    if feature == "assistant_view" and not old:
        yield "features.assistant_view: new apps have agent_view, or neither"
    if feature and "assistant:write" not in scopes:
        yield f"features.{feature}: needs the scope assistant:write"
    if "assistant:write" in scopes and not feature:
        yield "the scope assistant:write is only for apps with the agent feature"
    for event in _events(manifest):
        if EVENT_FEATURES.get(event, feature) != feature:
            yield f"the event {event} is only for apps with {EVENT_FEATURES[event]}"


def _menu_faults(features: Json) -> Iterator[str]:
    for command in features.get("slash_commands", ()):
        name = command["command"]
        if not name.startswith("/") or name != name.lower() or len(name) > 32:
            yield f"{name}: must be a /, then small letters, at most 32 characters in all"
        if not command.get("description"):
            yield f"{name}: description is missing"
    for shortcut in features.get("shortcuts", ()):
        if len(shortcut["name"]) > 24 or len(shortcut["callback_id"]) > 255:
            yield f"the shortcut {shortcut['name']}: name or callback_id is too long"
        if shortcut["type"] not in ("global", "message"):
            yield f"the shortcut {shortcut['name']}: type must be global or message"


def _scopes(manifest: Json) -> list[str]:
    return _at(manifest, ("oauth_config", "scopes", "bot")) or []


def _events(manifest: Json) -> list[str]:
    return _at(manifest, ("settings", "event_subscriptions", "bot_events")) or []


def _at(node: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        node = node.get(key) if isinstance(node, dict) else None
    return node
