"""An app's manifest: what it may do, what it hears of, and what people find in Slack's menus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.slack.desk import Desk
from tests.slack.workspace import Json

_READ = {"channels", "groups", "im", "mpim"}

# A method -> the bot's scopes, any one of which it needs.
SCOPES: dict[str, frozenset[str]] = {
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


def install(desk: Desk, manifest: Json) -> None:
    """Let this manifest decide what the app may do and hears of."""
    desk.hold("manifest", "manifest", faults(manifest))
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    desk.scopes = frozenset(_scopes(manifest))
    desk.subscribed = frozenset(_events(manifest))
    desk.commands = frozenset(command["command"] for command in features.get("slash_commands", ()))
    desk.shortcuts = {each["name"]: each["callback_id"] for each in features.get("shortcuts", ())}
    interactive = settings.get("interactivity", {}).get("is_enabled")
    if desk.shortcuts and not interactive:
        desk.hold("manifest", "settings.interactivity", ["shortcuts need it, and it is not enabled"])


def faults(manifest: Json) -> Iterator[str]:
    """What Slack would not take, or what would never work."""
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
