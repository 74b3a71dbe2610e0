"""The app's manifest: what Teams shows of AskFirst, and where staff may call it. Pure.

Which version, and why: from 1.25 on Teams refuses an app for teams that does not say how it copes with every sort of
channel (`supportsChannelFeatures`), though no published schema demands it. 1.24 would do without, and so keep AskFirst
out of private and shared channels; but it knows no suggested questions (1.27 does), and it would only put off what a
school asks for first, a private channel of its own leaders. So this is 1.27 with "tier1", and what follows from that
is done: in private and shared channels every answer goes into the asker's own chat, and who asks is looked up each
time, with their tenant (see `kinds` and `people`). Nothing here needs 1.28 or later, and a validator knows an older
version sooner.

Slash commands and messages that only the app sees need `supportsTargetedMessages` (1.29). It is left out: when last
looked up it was a public preview in one of Microsoft's pages and none in another, and it could not be tried. Should
such a message come all the same, it is answered in the sender's own chat.

https://learn.microsoft.com/microsoft-365/extensibility/schema/
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from adapters.chat.asking import PROMPTS

SCHEMA = "1.27"
COLOUR_ICON, OUTLINE_ICON = "color.png", "outline.png"
SCOPES = ("personal", "team", "groupChat")

COMMANDS: dict[str, str] = {
    "ask": "How to ask, with a few examples. Or just type your question",
    "log a concern": "Open the safeguarding concern form",
    "my concerns": "See what has become of the concerns that you logged; only you see it",
    "new account": "Ask for a new account or tool, such as an Instagram of your department",
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


PRIVACY = "/privacy"  # on the page: what is kept of what, and whom to ask


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
            "privacyUrl": address + PRIVACY,
            "termsOfUseUrl": address + PRIVACY,
        },
        "name": {"short": "AskFirst", "full": "AskFirst: ask before you act"},
        "description": {"short": _SHORT, "full": _FULL},
        "icons": {"color": COLOUR_ICON, "outline": OUTLINE_ICON},
        "accentColor": "#1d4f73",
        "supportsChannelFeatures": "tier1",
        "bots": [_bot(app_id)],
        "composeExtensions": [_message_extension(app_id)],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [urlsplit(address).hostname],
        "defaultInstallScope": "personal",
    }


def _bot(app_id: str) -> dict[str, Any]:
    commands = [{"title": title, "description": description} for title, description in COMMANDS.items()]
    prompts = [{"type": "prompt", "title": prompt, "prompt": prompt} for prompt in PROMPTS]
    return {
        "botId": app_id,
        "scopes": list(SCOPES),
        "isNotificationOnly": False,
        "supportsFiles": False,
        "supportsCalling": False,
        "supportsVideo": False,
        "commandLists": [{"scopes": [scope], "commands": [*commands, *prompts]} for scope in SCOPES],
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
