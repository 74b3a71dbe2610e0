"""The app's manifest: what Teams shows of AskFirst, and where staff may call it. Pure.

https://learn.microsoft.com/microsoft-365/extensibility/schema/
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

SCHEMA = "1.27"
COLOUR_ICON, OUTLINE_ICON = "color.png", "outline.png"
SCOPES = ("personal", "team", "groupChat")

COMMANDS: dict[str, str] = {
    "ask": "How to ask, with a few examples. Or just type your question",
    "log a concern": "Open the safeguarding concern form",
    "my concerns": "See what has become of the concerns that you logged; only you see it",
    "tip": "Today’s tip from the school’s policies",
}
MESSAGE_ACTION = "logConcern"

_SHORT = "Ask before you act: answers from the school’s policies, and the concern form."
_FULL = (
    "Ask a question in your own words and get the answer that your school has approved, word for word: what to do, "
    "why, the policy it rests on and when it is next due for review. Where AskFirst does not know, it says so and "
    "names a person to ask.\n\n"
    "Log a safeguarding concern here, or from the menu of a message. It goes to the Designated Safeguarding Lead, or "
    "to whoever your school’s policy names, until somebody acknowledges it. Where somebody is in danger now, ring 999 "
    "first."
)


def manifest(app_id: str, address: str, version: str) -> dict[str, Any]:
    """The manifest of the app registration `app_id`, for a page that is served at the https `address`.

    `version` is the package's own; Teams takes a changed package only with a higher one.
    """
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "version": version,
        "id": app_id,
        "localizationInfo": {"defaultLanguageTag": "en-gb"},
        "developer": {
            "name": "AskFirst",
            "websiteUrl": address,
            "privacyUrl": address,
            "termsOfUseUrl": address,
        },
        "name": {"short": "AskFirst", "full": "AskFirst: ask before you act"},
        "description": {"short": _SHORT, "full": _FULL},
        "icons": {"color": COLOUR_ICON, "outline": OUTLINE_ICON},
        "accentColor": "#1d4f73",
        "bots": [_bot(app_id)],
        "composeExtensions": [_message_extension(app_id)],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [urlsplit(address).hostname],
        "defaultInstallScope": "personal",
    }


def _bot(app_id: str) -> dict[str, Any]:
    commands = [{"title": title, "description": description} for title, description in COMMANDS.items()]
    return {
        "botId": app_id,
        "scopes": list(SCOPES),
        "isNotificationOnly": False,
        "supportsFiles": False,
        "supportsCalling": False,
        "supportsVideo": False,
        "commandLists": [{"scopes": [scope], "commands": commands} for scope in SCOPES],
    }


def _message_extension(app_id: str) -> dict[str, Any]:
    log = {
        "id": MESSAGE_ACTION,
        "type": "action",
        "title": "Log a concern about this message",
        "description": "Opens the safeguarding concern form, with a link to the message",
        "context": ["message", "compose", "commandBox"],
        "fetchTask": True,
    }
    return {"botId": app_id, "commands": [log]}
