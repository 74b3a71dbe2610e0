"""Files and messages that somebody shares, of the shape that Slack gives them."""

from __future__ import annotations

from tests.slack.payloads import DOMAIN
from tests.slack.workspace import TEAM, Json


def plain_message(user: str) -> Json:
    """What every message has that somebody sent, without rich text."""
    return {"type": "message", "user": user, "team": TEAM, "text": ""}


def shared_file(user: str, name: str, mimetype: str) -> Json:
    """A file in a file_share message. https://docs.slack.dev/reference/objects/file-object"""
    kind = name.rpartition(".")[2]
    address = f"https://files.slack.com/files-pri/{TEAM}-F01/{name}"
    return {
        "id": "F01",
        "created": 1_795_430_000,
        "timestamp": 1_795_430_000,
        "name": name,
        "title": name.rpartition(".")[0],
        "mimetype": mimetype,
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": user,
        "user_team": TEAM,
        "editable": False,
        "size": 41_000,
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "url_private": address,
        "url_private_download": address,
        "permalink": address,
        "permalink_public": address,
        "is_starred": False,
        "has_rich_preview": False,
        "file_access": "visible",
    }


def passed_on(text: str) -> Json:
    """A message that was forwarded, as it stands in the one that passes it on."""
    link = f"https://{DOMAIN}.slack.com/archives/C01/p1795430000000100"
    return {
        "ts": "1795430000.000100",
        "author_id": "U0OTHER",
        "author_name": "Dev Anand",
        "channel_id": "C01",
        "channel_team": TEAM,
        "is_msg_unfurl": True,
        "is_share": True,
        "from_url": link,
        "original_url": link,
        "text": text,
        "fallback": f"[November 23rd, 2026] dev.anand: {text}",
        "mrkdwn_in": ["text"],
        "footer": "Direct message",
    }
