"""Who and what there is: people, channels and their messages, teams, and the app itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from tests.slack import payloads
from tests.slack.arguments import truth
from tests.slack.desk import Desk, Handler, RefusedError
from tests.slack.workspace import APP, BOT, BOT_NAME, BOT_USER, Conversation, Json, User

T = TypeVar("T")
PAGE = 100
HISTORY_PAGE = 15  # where the history is limited


def auth_test(desk: Desk, arguments: Json, team: str) -> Json:
    return {
        "url": f"https://{payloads.DOMAIN}.slack.com/",
        "team": desk.workspace.teams[team],
        "user": BOT_NAME.lower(),
        "team_id": team,
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": desk.org_wide,
    }


def team_info(desk: Desk, arguments: Json, team: str) -> Json:
    wanted = arguments.get("team") or team
    if wanted not in desk.workspace.teams:
        raise RefusedError("team_not_found")
    name = desk.workspace.teams[wanted]
    return {"team": {"id": wanted, "name": name, "domain": payloads.DOMAIN, "email_domain": "", "icon": {}}}


def bots_info(desk: Desk, arguments: Json, team: str) -> Json:
    if arguments.get("bot", BOT) != BOT:
        raise RefusedError("bot_not_found")
    bot = {"id": BOT, "deleted": False, "name": BOT_NAME, "updated": 0, "app_id": APP, "user_id": BOT_USER, "icons": {}}
    return {"bot": bot}


def users_info(desk: Desk, arguments: Json, team: str) -> Json:
    user = desk.workspace.users.get(arguments["user"])
    if user is None or not desk.workspace.reaches(team, user.id):
        raise RefusedError("user_not_found")
    return {"user": _user(desk, user, team)}


def users_lookup_by_email(desk: Desk, arguments: Json, team: str) -> Json:
    wanted = arguments["email"].lower()
    found = [user for user in _members(desk, team) if user.email.lower() == wanted and not (user.deleted or user.bot)]
    if not found:
        raise RefusedError("users_not_found")
    return {"user": _user(desk, found[0], team)}


def users_list(desk: Desk, arguments: Json, team: str) -> Json:
    some, cursor = _page(_members(desk, team), arguments)
    return {"members": [_user(desk, user, team) for user in some], **cursor}


def conversations_open(desk: Desk, arguments: Json, team: str) -> Json:
    wanted = str(arguments.get("users") or arguments.get("channel") or "").split(",")
    if len(wanted) != 1 or not wanted[0]:
        raise RefusedError("invalid_user_combination")
    if wanted[0] not in desk.workspace.users and wanted[0] not in desk.workspace.conversations:
        raise RefusedError("user_not_found" if arguments.get("users") else "channel_not_found")
    conversation = desk.conversation(wanted[0], team)
    other = next(iter(conversation.members - {BOT_USER}), "")
    if desk.workspace.users[other].deleted:
        raise RefusedError("user_disabled")
    whole = _conversation(conversation)
    return {"channel": whole if truth(arguments.get("return_im")) else {"id": conversation.id}}


def conversations_info(desk: Desk, arguments: Json, team: str) -> Json:
    conversation = _visible(desk, arguments["channel"], team)
    count = {"num_members": len(conversation.members)} if truth(arguments.get("include_num_members")) else {}
    return {"channel": {**_conversation(conversation), **count}}


def conversations_list(desk: Desk, arguments: Json, team: str) -> Json:
    kinds = str(arguments.get("types") or "public_channel").split(",")
    wanted = {"public_channel": "channel", "private_channel": "group", "im": "im"}
    several = [
        each for each in desk.workspace.conversations.values() if each.kind in [wanted.get(kind) for kind in kinds]
    ]
    some, cursor = _page([each for each in several if each.kind == "channel" or BOT_USER in each.members], arguments)
    return {"channels": [_conversation(each) for each in some], **cursor}


def conversations_members(desk: Desk, arguments: Json, team: str) -> Json:
    some, cursor = _page(sorted(_visible(desk, arguments["channel"], team).members), arguments)
    return {"members": some, **cursor}


def conversations_history(desk: Desk, arguments: Json, team: str) -> Json:
    conversation = _readable(desk, arguments["channel"], team)
    _spend(desk, "conversations.history", arguments)
    top = [raw for raw in _messages(conversation, arguments) if raw.get("thread_ts") in (None, raw["ts"])]
    some, cursor = _page(top[::-1], arguments)
    return {"messages": some, **cursor}


def conversations_replies(desk: Desk, arguments: Json, team: str) -> Json:
    conversation, ts = _readable(desk, arguments["channel"], team), arguments["ts"]
    _spend(desk, "conversations.replies", arguments)
    if conversation.post(ts) is None:
        raise RefusedError("thread_not_found")
    parent = [raw for raw in _messages(conversation, {**arguments, "oldest": None}) if raw["ts"] == ts]
    replies = [raw for raw in _messages(conversation, arguments) if raw.get("thread_ts") == ts and raw["ts"] != ts]
    some, cursor = _page(parent + replies, arguments)
    return {"messages": some, **cursor}


def _spend(desk: Desk, method: str, arguments: Json) -> None:
    """Where the history is limited: one call a minute, 15 messages at most."""
    if desk.history_left is None:
        return
    if int(arguments.get("limit") or HISTORY_PAGE) > HISTORY_PAGE:
        desk.insist("limit", method, [f"more than {HISTORY_PAGE} messages"], "invalid_limit")
    if not desk.history_left:
        raise RefusedError("ratelimited")
    desk.history_left -= 1


def _messages(conversation: Conversation, arguments: Json) -> list[Json]:
    """Oldest first, between `oldest` and `latest`. No ephemerals; metadata only for who asks for it."""
    oldest, latest = float(arguments.get("oldest") or 0), float(arguments.get("latest") or "inf")
    ends = truth(arguments.get("inclusive"))
    hidden = () if truth(arguments.get("include_all_metadata")) else ("metadata",)
    return [
        {key: value for key, value in post.raw.items() if key not in hidden}
        for post in conversation.messages
        if not post.gone and post.only_for is None
        if oldest < float(post.ts) < latest or (ends and float(post.ts) in (oldest, latest))
    ]


def _visible(desk: Desk, name: str, team: str) -> Conversation:
    conversation = desk.conversation(name, team)
    if conversation.kind == "group" and BOT_USER not in conversation.members:
        raise RefusedError("channel_not_found")
    return conversation


def _readable(desk: Desk, name: str, team: str) -> Conversation:
    conversation = _visible(desk, name, team)
    if BOT_USER not in conversation.members:
        raise RefusedError("not_in_channel")
    return conversation


def _members(desk: Desk, team: str) -> list[User]:
    return [user for user in desk.workspace.users.values() if user.belongs_to(team)]


def _page(everything: Sequence[T], arguments: Json) -> tuple[list[T], Json]:
    start, size = int(arguments.get("cursor") or 0), int(arguments.get("limit") or PAGE)
    end = start + size
    more = end < len(everything)
    following = {"next_cursor": str(end) if more else ""}
    return list(everything[start:end]), {"has_more": more, "response_metadata": following}


def _user(desk: Desk, user: User, team: str) -> Json:
    profile = {"real_name": user.name, "display_name": user.handle, "team": user.team}
    return {
        "id": user.id,
        "team_id": user.team,
        "name": user.handle,
        "real_name": user.name,
        "deleted": user.deleted,
        "tz": "Europe/London",
        "is_bot": user.bot,
        "is_app_user": False,
        "is_restricted": user.guest,
        "is_ultra_restricted": user.guest and user.single_channel,
        "is_stranger": not user.belongs_to(team),
        "is_admin": False,
        **({"enterprise_user": _in_organisation(user)} if user.workspaces else {}),
        "profile": profile | ({"email": user.email} if user.email and _may_read_email(desk) else {}),
    }


def _in_organisation(user: User) -> Json:
    return {
        "id": f"W{user.id[1:]}",
        "enterprise_id": "E0TRUST",
        "enterprise_name": "The trust",
        "teams": list(user.workspaces),
    }


def _may_read_email(desk: Desk) -> bool:
    return desk.scopes is None or "users:read.email" in desk.scopes


def _conversation(conversation: Conversation) -> Json:
    direct = conversation.kind == "im"
    named = {"user": next(iter(conversation.members - {BOT_USER}), "")} if direct else {"name": conversation.name}
    return {
        "id": conversation.id,
        **named,
        "is_channel": conversation.kind == "channel",
        "is_group": conversation.kind == "group",
        "is_im": direct,
        "is_mpim": False,
        "is_private": conversation.kind != "channel",
        "is_archived": False,
        "is_member": BOT_USER in conversation.members,
        "is_shared": conversation.shared,
        "is_ext_shared": conversation.shared,
        "created": 0,
    }


METHODS: dict[str, Handler] = {
    "auth.test": auth_test,
    "bots.info": bots_info,
    "conversations.history": conversations_history,
    "conversations.info": conversations_info,
    "conversations.list": conversations_list,
    "conversations.members": conversations_members,
    "conversations.open": conversations_open,
    "conversations.replies": conversations_replies,
    "team.info": team_info,
    "users.info": users_info,
    "users.list": users_list,
    "users.lookupByEmail": users_lookup_by_email,
}
