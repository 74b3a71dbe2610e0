"""What each call of the Bot Connector does."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.teams import checks
from tests.teams.desk import REFUSALS, Desk, RefusedError
from tests.teams.world import BOT_ID, Conversation, Json, Member, Post


@dataclass(frozen=True)
class Asked:
    """One call: the names in its address, its query and its body."""

    name: str
    conversation: str = ""
    other: str = ""  # an activity or a member
    query: Mapping[str, str] | None = None
    body: Json | None = None


def create(desk: Desk, asked: Asked) -> Json:
    """A chat with one person; or, with a channel and an activity, a new post in it."""
    given = asked.body or {}
    channel = ((given.get("channelData") or {}).get("channel") or {}).get("id")
    if channel:
        return _new_thread(desk, channel, given)
    chat = desk.world.personal(_invited(desk, given))
    sent = _send(desk, chat, "", given["activity"], "create") if given.get("activity") else None
    return {"id": chat.id, "serviceUrl": desk.service_url, **({"activityId": sent.id} if sent else {})}


def send(desk: Desk, asked: Asked) -> Json:
    chat, thread = _chat(desk, asked)
    return {"id": _told(desk, chat, thread, asked)}


def reply(desk: Desk, asked: Asked) -> Json:
    """In a channel the reply goes into the thread of what it answers."""
    chat, thread = _chat(desk, asked)
    answered = desk.world.posts.get(asked.other)
    return {"id": _told(desk, chat, answered.root if answered else thread, asked)}


def update(desk: Desk, asked: Asked) -> Json:
    """What stands there is replaced, for everybody: what single people saw in its place is gone too."""
    chat, _ = _chat(desk, asked)
    post = _own_post(desk, asked)
    _check(desk, chat, asked)
    post.activity = {**(asked.body or {}), "id": post.id}
    post.order = desk.world.next_order()
    post.views.clear()
    return {"id": post.id}


def delete(desk: Desk, asked: Asked) -> Json:
    _chat(desk, asked)
    _own_post(desk, asked).gone = True
    return {}


def member(desk: Desk, asked: Asked) -> Json:
    chat, _ = _chat(desk, asked)
    found = desk.world.member(asked.other)
    if found is None or found.id not in chat.members:
        raise RefusedError(404, "MemberNotFoundInConversation", "The member was not found in the conversation.")
    return _profile(found)


def members(desk: Desk, asked: Asked) -> Json:
    """A page of them; the token says how many have been given."""
    chat, _ = _chat(desk, asked)
    query = asked.query or {}
    start, size = int(query.get("continuationToken") or 0), int(query.get("pageSize") or 200)
    inside = sorted(chat.members)
    page = [_profile(desk.world.members[each]) for each in inside[start : start + size]]
    more = {"continuationToken": str(start + size)} if start + size < len(inside) else {}
    return {**more, "members": page}


def channels(desk: Desk, asked: Asked) -> Json:
    """The standard channels of a team, as a bot gets them, and those of another sort that the app was added to."""
    inside = [each for each in desk.world.conversations.values() if each.team == asked.other and each.app]
    if not inside:
        raise RefusedError(*REFUSALS["not installed"])
    return {"conversations": [_listed(each) for each in inside]}


def _listed(chat: Conversation) -> Json:
    said = {"type": chat.sort} if chat.lists_sort else {}
    return {"id": chat.id, "name": chat.name, **said}


CALLS: dict[str, Callable[[Desk, Asked], Json]] = {
    "create": create,
    "send": send,
    "reply": reply,
    "update": update,
    "delete": delete,
    "member": member,
    "members": members,
    "channels": channels,
}


def _invited(desk: Desk, given: Json) -> Member:
    named = [each.get("id", "") for each in given.get("members") or []]
    found = desk.world.member(named[0]) if len(named) == 1 else None
    tenant = given.get("tenantId") or ((given.get("channelData") or {}).get("tenant") or {}).get("id")
    if given.get("isGroup") or found is None:
        raise desk.refuse("create", 400, "BadArgument", "a chat is made with one person, known by Teams or Entra id")
    if tenant != found.tenant:
        raise desk.refuse("create", 400, "BadSyntax", "tenantId is missing, or not that of the person")
    _admitted(desk, desk.world.personal(found))
    return found


def _new_thread(desk: Desk, channel: str, given: Json) -> Json:
    chat = desk.world.conversations.get(channel)
    if chat is None or not given.get("isGroup") or not given.get("activity"):
        raise desk.refuse("create", 400, "BadSyntax", "a post needs a channel that is there, isGroup and an activity")
    _admitted(desk, chat)
    post = _send(desk, chat, "", given["activity"], "create")
    return {"id": f"{chat.id};messageid={post.id}", "activityId": post.id, "serviceUrl": desk.service_url}


def _chat(desk: Desk, asked: Asked) -> tuple[Conversation, str]:
    chat, thread = desk.world.found(asked.conversation)
    if chat is None:
        raise desk.refuse(asked.name, 404, "ConversationNotFound", "there is no such conversation")
    _admitted(desk, chat)
    return chat, thread


def _admitted(desk: Desk, chat: Conversation) -> None:
    if chat.refusal:
        raise RefusedError(*REFUSALS[chat.refusal])
    if not desk.world.has_app(chat):
        raise RefusedError(*REFUSALS["not installed"])


def _told(desk: Desk, chat: Conversation, thread: str, asked: Asked) -> str:
    sent = _send(desk, chat, thread, asked.body, asked.name)
    return sent.id if sent.activity["type"] == "message" else ""


def _send(desk: Desk, chat: Conversation, thread: str, activity: Json | None, name: str) -> Post:
    _check(desk, chat, Asked(name, chat.id, body=activity))
    made = {key: value for key, value in (activity or {}).items() if key != "id"}
    if made["type"] == "message":
        return desk.world.add(chat, BOT_ID, made, root=thread if chat.kind == "channel" else "")
    return Post("", chat.id, BOT_ID, made, "", 0)  # typing stands nowhere


def _check(desk: Desk, chat: Conversation, asked: Asked) -> None:
    answerable = functools.partial(desk.world.answerable, chat)
    desk.hold(asked.name, checks.of_activity(asked.body, chat.id, answerable))
    if not isinstance(asked.body, dict) or asked.body.get("type") not in checks.KINDS:
        raise RefusedError(400, "BadSyntax", "Invalid activity")
    if len(json.dumps(asked.body).encode()) > checks.MOST_BYTES:
        raise RefusedError(413, "MessageSizeTooBig", "Message size too large.")


def _own_post(desk: Desk, asked: Asked) -> Post:
    post = desk.world.posts.get(asked.other)
    if post is None or post.gone or post.conversation != asked.conversation.partition(";")[0]:
        raise RefusedError(404, "ActivityNotFoundInConversation", "Activity not found in the conversation.")
    if post.author != BOT_ID:
        raise desk.refuse(asked.name, 403, "BadArgument", "it was not the app that wrote this")
    return post


def _profile(found: Member) -> Json:
    first, _, last = found.name.partition(" ")
    return {
        "id": found.id,
        "name": found.name,
        "objectId": found.aad,
        "givenName": first,
        "surname": last,
        "email": found.email if found.shows_email else "",
        "userPrincipalName": found.principal,
        "tenantId": found.tenant if found.shows_tenant else "",
        "userRole": "guest" if found.guest else "user",
    }
