"""The app's manifest: what Slack is asked for, each part with its reason. Pure.

https://docs.slack.dev/reference/app-manifest
"""

from __future__ import annotations

from typing import Any

from adapters.chat.asking import PROMPTS
from adapters.slack.accounts import ACCOUNT_SHORTCUT, COMMAND_ACCOUNT
from adapters.slack.channel import COMMAND_ASK, COMMAND_CONCERN, MESSAGE_SHORTCUT, SHORTCUT
from adapters.slack.scopes import AGENT_SCOPES, SCOPES

EVENTS = ("app_home_opened", "app_mention", "app_uninstalled", "message.im", "tokens_revoked")
AGENT_EVENTS = (*EVENTS, "agent_session_stopped")
_APPROVED = "Answers from the school’s approved policies, word for word."  # at most 300 characters


def manifest(address: str, socket: bool, agent: bool = False) -> dict[str, Any]:
    """The manifest for a page at `address`, or (with `socket`) for an app that calls Slack and needs no open port.
    With `agent` the app has Slack's agent feature: it needs a paid plan, and no guest may use the app then."""
    url = "" if socket else f"{address}/slack/events"
    settings: dict[str, Any] = {
        "event_subscriptions": {"bot_events": sorted(AGENT_EVENTS if agent else EVENTS)},
        "interactivity": {"is_enabled": True},
        "org_deploy_enabled": False,
        "socket_mode_enabled": socket,
        "token_rotation_enabled": False,
    }
    if not socket:
        settings["event_subscriptions"]["request_url"] = url
        settings["interactivity"]["request_url"] = url
    return {
        "display_information": {
            "name": "AskFirst",
            "description": "Ask before you act: answers from the school’s policies, and the concern form.",
            "background_color": "#1d4f73",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            **({"agent_view": _agent_view()} if agent else {}),
            "bot_user": {"display_name": "AskFirst", "always_online": True},
            "shortcuts": [
                _shortcut("Log a concern", "global", SHORTCUT, "Opens the safeguarding concern form"),
                _shortcut("New account or tool", "global", ACCOUNT_SHORTCUT, "Asks for a new account or tool"),
                _shortcut("Log a concern about this", "message", MESSAGE_SHORTCUT, "With a link to this message"),
            ],
            "slash_commands": [
                _command(COMMAND_ASK, "Ask before you act; only you see the answer", "can I friend an ex-pupil?", url),
                _command(COMMAND_CONCERN, "Log a safeguarding concern", "", url),
                _command(COMMAND_ACCOUNT, "Ask for a new account or tool", "", url),
            ],
        },
        "oauth_config": {
            "scopes": {"bot": sorted(AGENT_SCOPES if agent else SCOPES)},
            **({} if socket else {"redirect_urls": [f"{address}/slack/oauth_redirect"]}),
        },
        "settings": settings,
    }


def _agent_view() -> dict[str, Any]:
    prompts = [{"title": prompt, "message": prompt} for prompt in PROMPTS]
    return {"agent_description": _APPROVED, "suggested_prompts": prompts}


def _shortcut(name: str, kind: str, callback: str, description: str) -> dict[str, str]:
    return {"name": name, "type": kind, "callback_id": callback, "description": description}


def _command(command: str, description: str, hint: str, url: str) -> dict[str, Any]:
    made: dict[str, Any] = {"command": command, "description": description, "should_escape": True}
    if hint:
        made["usage_hint"] = hint
    if url:
        made["url"] = url
    return made
