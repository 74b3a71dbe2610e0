"""Activities of the shape that Teams sends to a bot."""

from __future__ import annotations

import html
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.teams.world import BOT_ID, BOT_NAME, Conversation, Json, Member, Post

MENTION = f"<at>{BOT_NAME}</at>"
CLIENT = {"locale": "en-GB", "country": "GB", "platform": "Web", "timezone": "Europe/London", "type": "clientInfo"}


@dataclass(frozen=True)
class Place:
    """Where somebody acts: a chat, perhaps a thread in it, as seen from the service's address."""

    service_url: str
    conversation: Conversation
    thread: str = ""

    @property
    def id(self) -> str:
        """As Teams writes it: in a channel with the message that opened the thread."""
        return f"{self.conversation.id};messageid={self.thread}" if self.thread else self.conversation.id


def activity(kind: str, place: Place, member: Member, number: str, **more: object) -> Json:
    """What every activity has in common."""
    now = datetime.now(UTC)
    return {
        "type": kind,
        "id": number,
        "timestamp": _stamp(now),
        "localTimestamp": _stamp(now),
        "localTimezone": "Europe/London",
        "serviceUrl": place.service_url,
        "channelId": "msteams",
        "from": {"id": member.id, "name": member.name, "aadObjectId": member.aad},
        "conversation": _conversation(place),
        "recipient": {"id": BOT_ID, "name": BOT_NAME},
        "entities": [CLIENT],
        "channelData": _channel_data(place.conversation),
        "locale": "en-GB",
        **more,
    }


def message(place: Place, member: Member, number: str, text: str, mention: bool = False) -> Json:
    """Somebody typed this; in a shared chat the app hears only what mentions it."""
    typed = f"{MENTION} {text}" if mention else text
    body = f'<span itemscope itemtype="http://schema.skype.com/Mention" itemid="0">{BOT_NAME}</span> '
    content = f"<p>{body if mention else ''}{html.escape(text)}</p>"
    found = {"mentioned": {"id": BOT_ID, "name": BOT_NAME}, "text": MENTION, "type": "mention"}
    return activity(
        "message",
        place,
        member,
        number,
        text=typed,
        textFormat="plain",
        attachments=[{"contentType": "text/html", "content": content}],
        entities=[found, CLIENT] if mention else [CLIENT],
    )


def marked(sent: Json, flags: Json) -> Json:
    """The activity with what else Teams puts into it: things within its parts, such as recipient.isTargeted, and
    further entities."""
    found = dict(sent)
    for name, more in flags.items():
        if isinstance(more, dict):
            found[name] = {**(found.get(name) or {}), **more}
        else:
            found[name] = [*(found.get(name) or []), *more] if isinstance(more, list) else more
    return found


def submitted(place: Place, member: Member, number: str, value: Json, reply_to: str, text: str | None = None) -> Json:
    """An Action.Submit was pressed: a message without text, unless it was a messageBack."""
    sent = activity("message", place, member, number, value=value, replyToId=reply_to)
    sent["channelData"] |= {"source": {"name": "message"}, "legacy": {"replyToId": reply_to}}
    return sent | ({"text": text, "textFormat": "plain"} if text is not None else {})


def invoke(name: str, place: Place, member: Member, number: str, value: Json, reply_to: str = "") -> Json:
    """Something that Teams wants answered in the response itself."""
    sent = activity("invoke", place, member, number, name=name, value=value)
    sent["channelData"]["source"] = {"name": "message" if reply_to else "compose"}
    if reply_to:
        sent["replyToId"] = reply_to
        sent["channelData"]["legacy"] = {"replyToId": reply_to}
    return sent


def action_value(action: Json, data: Json, trigger: str) -> Json:
    """The value of adaptiveCard/action: the button with what was entered, pressed by hand or by Teams itself."""
    kept = {key: action[key] for key in ("type", "id", "title", "verb") if key in action}
    return {"action": {**kept, "data": data}, "trigger": trigger}


def task_value(data: Json) -> Json:
    return {"data": data, "context": {"theme": "default"}}


def extension_value(command: str, context: str, payload: Json | None, data: Json | None = None) -> Json:
    """The value of composeExtension/fetchTask and, with what was entered, of composeExtension/submitAction."""
    value: Json = {"commandId": command, "commandContext": context, "requestId": uuid.uuid4().hex}
    value |= {"messagePayload": payload} if payload is not None else {}
    value |= {"data": data} if data is not None else {}
    return value | {"context": {"theme": "default"}}


def message_payload(post: Post, author: Member | None) -> Json:
    """The message that an action was used on, as Graph describes messages; `author` is None for the app's own."""
    person = {"userIdentityType": "aadUser", "id": author.aad, "displayName": author.name} if author else None
    bot = {"applicationIdentityType": "bot", "id": BOT_ID.removeprefix("28:"), "displayName": BOT_NAME}
    content = next(
        (each["content"] for each in post.activity.get("attachments") or [] if each["contentType"] == "text/html"),
        f"<p>{html.escape(str(post.activity.get('text') or ''))}</p>",
    )
    return {
        "linkToMessage": f"https://teams.microsoft.com/l/message/{post.conversation}/{post.id}",
        "id": post.id,
        "replyToId": post.root if post.root != post.id else None,
        "createdDateTime": post.activity.get("timestamp") or _stamp(datetime.now(UTC)),
        "lastModifiedDateTime": None,
        "deleted": False,
        "subject": None,
        "summary": None,
        "importance": "normal",
        "locale": "en-gb",
        "body": {"contentType": "html", "content": content},
        "from": {"device": None, "conversation": None, "user": person, "application": None if author else bot},
        "reactions": [],
        "mentions": [],
        "attachments": [],
    }


def installation(place: Place, member: Member, number: str, action: str) -> Json:
    """The app was added ("add") or removed ("remove")."""
    sent = activity("installationUpdate", place, member, number, action=action)
    sent["channelData"]["settings"] = {"selectedChannel": {"id": place.conversation.id}}
    sent["channelData"]["source"] = {"name": "message"}
    return sent


def members_added(place: Place, member: Member, number: str) -> Json:
    """The app came into this chat; in a chat of its own the person did so too."""
    added = [{"id": BOT_ID}]
    added += [{"id": member.id, "aadObjectId": member.aad}] if place.conversation.personal else []
    sent = activity("conversationUpdate", place, member, number, membersAdded=added)
    if place.conversation.kind == "channel":
        sent["channelData"]["eventType"] = "teamMemberAdded"
    return sent


def _conversation(place: Place) -> Json:
    chat = place.conversation
    common: Json = {"conversationType": chat.kind, "tenantId": chat.tenant, "id": place.id}
    return common if chat.personal else {"isGroup": True, "name": chat.name, **common}


def _channel_data(chat: Conversation) -> Json:
    tenant: Json = {"tenant": {"id": chat.tenant}}
    if chat.kind != "channel":
        return tenant
    return {
        "teamsChannelId": chat.id,
        "teamsTeamId": chat.team,
        "channel": {"id": chat.id, **({"type": chat.sort} if chat.says_sort and chat.sort else {})},
        "team": {"id": chat.team},
        **tenant,
    }


def _stamp(now: datetime) -> str:
    return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
