"""What a workspace holds: people, channels, messages, views, installed apps. No web in here."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

TEAM, APP, BOT_USER, BOT, BOT_NAME = "T0SCHOOL", "A0ASKFIRST", "U0ASKFIRST", "B0ASKFIRST", "AskFirst"
TRIGGER_SECONDS = 3.0
PUSHED_VIEWS = 3


@dataclass
class User:
    """Somebody with an account, or an app's bot."""

    id: str
    name: str
    email: str
    team: str = TEAM
    guest: bool = False
    bot: bool = False
    deleted: bool = False
    single_channel: bool = False  # with guest: one of a single channel
    workspaces: tuple[str, ...] = ()  # in an organisation: all that they belong to

    def belongs_to(self, team: str) -> bool:
        return team == self.team or team in self.workspaces

    @property
    def handle(self) -> str:
        return self.name.lower().replace(" ", ".")


@dataclass
class Conversation:
    """A channel or a direct message."""

    id: str
    name: str
    members: set[str]
    kind: str = "channel"  # as channel_type has it: channel, group or im
    messages: list[Post] = field(default_factory=list)
    shared: bool = False  # with another organisation

    def post(self, ts: str) -> Post | None:
        return next((post for post in self.messages if post.ts == ts and not post.gone), None)


@dataclass
class Post:
    """A message. `order` tells what is newest on the screen, and moves on when the message is changed."""

    raw: Json
    channel: str
    order: int
    only_for: str | None = None
    gone: bool = False

    @property
    def ts(self) -> str:
        return str(self.raw["ts"])

    @property
    def thread(self) -> str | None:
        return self.raw.get("thread_ts")

    @property
    def author(self) -> str:
        return str(self.raw["user"])


@dataclass
class Trigger:
    """What allows one modal, for a short while after somebody acted."""

    user: str
    issued: float
    used: bool = False
    view: str | None = None

    def fault(self, now: float) -> str | None:
        if self.used:
            return "exchanged_trigger_id"
        return "expired_trigger_id" if now - self.issued > TRIGGER_SECONDS else None


@dataclass
class ReplyAddress:
    """A response_url: where it leads, and how often it may still be used."""

    user: str
    channel: str
    post: Post | None = None
    left: int = 5
    until: float = field(default_factory=lambda: time.monotonic() + 1800)


@dataclass
class OpenView:
    """A view that somebody has before them, with what they have entered."""

    raw: Json
    user: str
    order: int
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(self.raw["id"])


@dataclass
class Pane:
    """An assistant thread: what the app has put beside the conversation."""

    channel: str
    thread: str
    user: str
    context: Json
    status: str = ""
    title: str = ""
    prompts: list[Json] = field(default_factory=list)
    prompts_title: str = ""


@dataclass
class Session:
    """What is shown beside a thread with an agent, and every status that it had."""

    status: str = ""
    title: str = ""
    was: list[str] = field(default_factory=list)


class Workspace:
    """Everything that is remembered, for all teams at once."""

    def __init__(self) -> None:
        self._counter = itertools.count(1)
        self._stamps = itertools.count(int(time.time()) * 1_000_000)
        self.users = {BOT_USER: User(BOT_USER, BOT_NAME, "", bot=True)}
        self.teams = {TEAM: "Fernbank School"}
        self.conversations: dict[str, Conversation] = {}
        self.tokens: dict[str, str] = {}  # a bot's token -> its team
        self.app_tokens: set[str] = set()
        self.revoked: set[str] = set()
        self.codes: dict[str, str] = {}  # an installation's code -> the team
        self.triggers: dict[str, Trigger] = {}
        self.addresses: dict[str, ReplyAddress] = {}
        self.modals: dict[str, list[OpenView]] = {}  # a person -> the stack, the topmost last
        self.homes: dict[str, OpenView] = {}
        self.panes: dict[tuple[str, str], Pane] = {}
        self.sessions: dict[tuple[str, str], Session] = {}  # of an agent: by channel and thread
        self.suggested: dict[str, list[Json]] = {}  # what stands in an agent's empty conversation

    def home(self, user: str) -> str:
        """The team whose installation hears of this person; a stranger's own may not have the app."""
        team = self.users[user].team
        return team if team in self.tokens.values() else TEAM

    def reaches(self, team: str, user: str) -> bool:
        """Whether the app, as installed in this team, may know of this person."""
        return user in self.users and self.home(user) == team

    def within(self, team: str, conversation: Conversation) -> bool:
        people = conversation.members - {BOT_USER}
        return not people or any(self.reaches(team, user) for user in people if user in self.users)

    def next_order(self) -> int:
        return next(self._counter)

    def next_id(self, letter: str) -> str:
        return f"{letter}{next(self._counter):08d}"

    def next_ts(self) -> str:
        stamp = next(self._stamps)
        return f"{stamp // 1_000_000}.{stamp % 1_000_000:06d}"

    def trigger(self, user: str, view: str | None = None) -> str:
        name = f"{self.next_id('')}.{self.next_id('')}.{self.next_id('a')}"
        self.triggers[name] = Trigger(user, time.monotonic(), view=view)
        return name

    def direct(self, user: str) -> Conversation:
        """The direct message between a person and the app."""
        name = "D" + user[1:]
        return self.conversations.setdefault(name, Conversation(name, "directmessage", {user, BOT_USER}, "im"))

    def add(self, conversation: Conversation, raw: Json, only_for: str | None = None) -> Post:
        complete = {"type": "message", "ts": self.next_ts(), **raw}
        post = Post(complete, conversation.id, self.next_order(), only_for)
        conversation.messages.append(post)
        return post

    def seen_by(self, user: str) -> list[Post]:
        """Every message that reached this person, the newest last."""
        return sorted(self._seen_by(user), key=lambda post: post.order)

    def _seen_by(self, user: str) -> Iterator[Post]:
        for conversation in self.conversations.values():
            if user in conversation.members:
                yield from (post for post in conversation.messages if _shown(post, user))

    def views(self) -> Iterator[OpenView]:
        for stack in self.modals.values():
            yield from stack
        yield from self.homes.values()

    def view(self, view_id: str | None = None, external_id: str | None = None) -> OpenView | None:
        wanted = ("id", view_id) if view_id else ("external_id", external_id)
        return next((view for view in self.views() if view.raw.get(wanted[0]) == wanted[1]), None)

    def names(self) -> dict[str, str]:
        people = {user.id: user.name for user in self.users.values()}
        return people | {each.id: each.name for each in self.conversations.values()}


def _shown(post: Post, user: str) -> bool:
    return not post.gone and post.only_for in (None, user) and post.raw.get("subtype") != "assistant_app_thread"
