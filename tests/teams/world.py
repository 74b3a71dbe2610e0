"""What a Teams organisation holds: people, chats and what stands in them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["personal", "groupChat", "channel"]

APP_ID = "7c1f0a52-3d84-4b6e-9a57-2e6f8d1b0c35"
BOT_ID = f"28:{APP_ID}"
BOT_NAME = "AskFirst"
TENANT = "3b9d6c1e-52a7-4f08-8e41-6d0a7c9f2b18"
ADAPTIVE = "application/vnd.microsoft.card.adaptive"
FIRST_ID = 1_790_000_000_000


@dataclass
class Member:
    """Somebody with an account: their Teams id is another one for every app, their Entra id is not."""

    name: str
    email: str
    aad: str
    tenant: str = TENANT
    guest: bool = False
    installed: bool = False
    shows_tenant: bool = True  # whether Teams says of what tenant they are
    shows_email: bool = True  # whether Teams gives the address beside the principal name

    @property
    def id(self) -> str:
        return "29:1" + hashlib.sha256(f"{APP_ID} {self.aad}".encode()).hexdigest()

    @property
    def principal(self) -> str:
        """Their user principal name; a guest's holds #EXT#, as Entra writes it."""
        return f"{self.email.replace('@', '_')}#EXT#@fernbank.example" if self.guest else self.email


@dataclass
class Conversation:
    """A chat with the app, a group chat or a channel."""

    id: str
    kind: Kind
    tenant: str
    members: set[str]  # Teams ids
    name: str = ""
    team: str = ""
    sort: str = ""  # of a channel: "standard", "private" or "shared"
    says_sort: bool = True  # whether activities from it name its sort: Teams does not promise to
    lists_sort: bool = True  # whether the team's list of channels names its sort: Teams did not always
    app: bool = True  # whether it was added to a shared chat; a personal one: World.has_app
    refusal: str = ""  # why Teams takes nothing for it, one of connector.REFUSALS

    @property
    def personal(self) -> bool:
        return self.kind == "personal"


@dataclass
class Post:
    """What stands in a chat: the newest version of an activity, and what single people see in its place."""

    id: str
    conversation: str
    author: str
    activity: Json
    root: str  # the post that opened the thread: its own id unless it is a reply
    order: int
    gone: bool = False
    views: dict[str, tuple[Json, int]] = field(default_factory=dict)  # a person -> their card, and since when

    def cards_for(self, person: str) -> list[Json]:
        """The cards in it, as this person sees them."""
        own = self.views.get(person)
        if own:
            return [own[0]]
        attached = self.activity.get("attachments") or []
        return [each["content"] for each in attached if each.get("contentType") == ADAPTIVE and "content" in each]

    def order_for(self, person: str) -> int:
        return max(self.order, self.views[person][1]) if person in self.views else self.order


class World:
    """Everything that the stand-in knows."""

    def __init__(self) -> None:
        self.members: dict[str, Member] = {}
        self.conversations: dict[str, Conversation] = {}
        self.posts: dict[str, Post] = {}
        self.events: dict[str, str] = {}  # ids of what the bot was told besides posts -> the chat
        self._order = 0

    def next_order(self) -> int:
        self._order += 1
        return self._order

    def next_id(self) -> str:
        """As Teams numbers messages: by milliseconds."""
        return str(FIRST_ID + self.next_order())

    def next_event_id(self, conversation: Conversation) -> str:
        """For what stands nowhere: an event or an invoke. A bot may answer to it."""
        name = f"f:{uuid.uuid4()}"
        self.events[name] = conversation.id
        return name

    def personal(self, member: Member) -> Conversation:
        """Their chat with the app, which Teams opens when it is first needed."""
        name = "a:1" + hashlib.sha256(f"chat {member.id}".encode()).hexdigest()
        made = Conversation(name, "personal", member.tenant, {member.id})
        return self.conversations.setdefault(name, made)

    def has_app(self, chat: Conversation) -> bool:
        """Whether the app may write there: to a person also where both are in the same team or group chat."""
        if not chat.personal:
            return chat.app
        person = next(iter(chat.members))
        shared = (each for each in self.conversations.values() if not each.personal and each.app)
        return self.members[person].installed or any(person in each.members for each in shared)

    def add_shared(
        self, kind: Kind, name: str, members: Iterable[str], team: str, app: bool, sort: str = "standard"
    ) -> Conversation:
        """A group chat, or a channel of a team."""
        domain = "thread.tacv2" if kind == "channel" else "thread.v2"
        made = Conversation(f"19:{_digest(name)}@{domain}", kind, TENANT, set(members), name, app=app)
        made.team = f"19:{_digest(team)}@thread.tacv2" if kind == "channel" else ""
        made.sort = sort if kind == "channel" else ""
        return self.conversations.setdefault(made.id, made)

    def add(self, conversation: Conversation, author: str, activity: Json, root: str = "") -> Post:
        """Something new stands in a chat."""
        name = activity.get("id") or self.next_id()
        post = Post(name, conversation.id, author, {**activity, "id": name}, root or name, self.next_order())
        self.posts[name] = post
        return post

    def found(self, conversation: str) -> tuple[Conversation | None, str]:
        """The chat of this id, and the thread in it that the id names, if any."""
        name, _, thread = conversation.partition(";messageid=")
        return self.conversations.get(name), thread

    def member(self, name: str) -> Member | None:
        """By Teams id, Entra id or user principal name, as the connector takes all of them."""
        for member in self.members.values():
            if name in (member.id, member.aad, member.principal):
                return member
        return None

    def answerable(self, conversation: Conversation, name: str) -> bool:
        """Whether an answer in this chat may name this id."""
        post = self.posts.get(name)
        return (post.conversation if post else self.events.get(name)) == conversation.id

    def posts_for(self, member: Member) -> list[Post]:
        """What this person can read, the oldest first."""
        inside = {chat.id for chat in self.conversations.values() if member.id in chat.members}
        return [post for post in self.posts.values() if post.conversation in inside and not post.gone]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
