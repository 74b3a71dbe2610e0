"""chat.*: messages that an app posts, changes and deletes."""

from __future__ import annotations

from tests.slack import checks, payloads
from tests.slack.desk import Desk, Handler, RefusedError
from tests.slack.limits import TEXT_RECOMMENDED
from tests.slack.workspace import BOT_USER, Conversation, Json, Post

KEPT = ("text", "blocks", "thread_ts", "metadata", "attachments")


def post_message(desk: Desk, arguments: Json, team: str) -> Json:
    conversation = _open_to_app(desk, arguments["channel"], team)
    _read_by_somebody(desk, conversation)
    _check(desk, "chat.postMessage", arguments, conversation)
    post = publish(desk, conversation, arguments, team)
    return {"channel": conversation.id, "ts": post.ts, "message": post.raw}


def post_ephemeral(desk: Desk, arguments: Json, team: str) -> Json:
    conversation = _open_to_app(desk, arguments["channel"], team)
    if arguments["user"] not in conversation.members:
        raise RefusedError("user_not_in_channel")
    _check(desk, "chat.postEphemeral", arguments, conversation)
    thread = arguments.get("thread_ts")
    if thread and not any(_answers(post, thread) for post in conversation.messages):
        desk.hold("message", "chat.postEphemeral", ["nobody sees it: the thread has no answer yet"])
    post = publish(desk, conversation, arguments, team, only_for=arguments["user"])
    return {"message_ts": post.ts}


def update(desk: Desk, arguments: Json, team: str) -> Json:
    conversation, post = _own(desk, arguments, team, "cant_update_message")
    _check(desk, "chat.update", arguments, conversation)
    if len(arguments.get("text") or "") > TEXT_RECOMMENDED:
        desk.insist(
            "message", "chat.update", ["text: over 4000 characters, which only a new message takes"], "msg_too_long"
        )
    change(desk, conversation, post, arguments)
    return {"channel": conversation.id, "ts": post.ts, "text": post.raw.get("text", ""), "message": post.raw}


def delete(desk: Desk, arguments: Json, team: str) -> Json:
    conversation, post = _own(desk, arguments, team, "cant_delete_message")
    remove(desk, conversation, post)
    return {"channel": conversation.id, "ts": post.ts}


def get_permalink(desk: Desk, arguments: Json, team: str) -> Json:
    conversation = desk.conversation(arguments["channel"], team)
    if conversation.post(arguments["message_ts"]) is None:
        raise RefusedError("message_not_found")
    stamp = arguments["message_ts"].replace(".", "")
    address = f"https://{payloads.DOMAIN}.slack.com/archives/{conversation.id}/p{stamp}"
    return {"channel": conversation.id, "permalink": address}


def publish(desk: Desk, conversation: Conversation, message: Json, team: str, only_for: str | None = None) -> Post:
    """Put the app's message where people see it, and let the app hear of its own message, as Slack does."""
    raw = {**payloads.bot_message(team), "text": "", **_kept(message)}
    post = desk.workspace.add(conversation, raw, only_for)
    pane = desk.workspace.panes.get((conversation.id, str(post.thread)))
    if pane is not None:
        pane.status = ""
    if only_for is None:
        desk.emit(payloads.message_event(post, conversation), team)
    return post


def change(desk: Desk, conversation: Conversation, post: Post, message: Json) -> None:
    """What is not given stays as it was, blocks too."""
    before = dict(post.raw)
    ts = desk.workspace.next_ts()
    post.raw = {**before, **_kept(message), "ts": post.ts, "edited": {"user": post.author, "ts": ts}}
    post.order = desk.workspace.next_order()
    if post.only_for is None:
        desk.emit(payloads.changed_event(post, before, conversation, ts), str(post.raw.get("team")))


def remove(desk: Desk, conversation: Conversation, post: Post) -> None:
    post.gone = True
    if post.only_for is None:
        ts = desk.workspace.next_ts()
        desk.emit(payloads.deleted_event(post, conversation, ts), str(post.raw.get("team")))


def _kept(message: Json) -> Json:
    kept = {key: message[key] for key in KEPT if message.get(key) is not None}
    return kept | ({"blocks": payloads.with_ids(kept["blocks"])} if "blocks" in kept else {})


def _check(desk: Desk, method: str, arguments: Json, conversation: Conversation) -> None:
    if not any(arguments.get(key) for key in ("text", "blocks", "attachments", "markdown_text")):
        desk.insist("message", method, ["neither text nor blocks"], "no_text")
    desk.insist("message", method, checks.message_faults(arguments), "invalid_blocks")
    thread = arguments.get("thread_ts")
    if thread and conversation.post(thread) is None:
        desk.insist("message", method, [f"thread_ts {thread} is no message of that channel"], "thread_not_found")


def _read_by_somebody(desk: Desk, conversation: Conversation) -> None:
    """What Slack does with a message that nobody can read is not documented: nothing may hang on it."""
    for user in conversation.members - {BOT_USER} if conversation.kind == "im" else ():
        person = desk.workspace.users[user]
        if person.bot:
            raise RefusedError("cannot_dm_bot")
        if desk.shuts_out(user) or person.deleted:
            desk.hold("nobody", "chat.postMessage", [f"{person.name} cannot read it in Slack"])


def _answers(post: Post, thread: str) -> bool:
    return post.thread == thread and post.ts != thread and post.only_for is None and not post.gone


def _open_to_app(desk: Desk, name: str, team: str) -> Conversation:
    conversation = desk.conversation(name, team)
    if BOT_USER not in conversation.members:
        raise RefusedError("not_in_channel")
    return conversation


def _own(desk: Desk, arguments: Json, team: str, otherwise: str) -> tuple[Conversation, Post]:
    conversation = desk.conversation(arguments["channel"], team)
    post = conversation.post(arguments["ts"])
    if post is None or post.only_for is not None:
        raise RefusedError("message_not_found")
    if post.author != BOT_USER:
        raise RefusedError(otherwise)
    return conversation, post


METHODS: dict[str, Handler] = {
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
    "chat.postEphemeral": post_ephemeral,
    "chat.postMessage": post_message,
    "chat.update": update,
}
