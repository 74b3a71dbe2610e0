"""Where the calls of an app are judged: what is held against it, and how it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tests.slack.workspace import Conversation, Json, Workspace

# What an app hears of unless its manifest says otherwise; not of every message in a channel.
SUBSCRIBED = frozenset(
    {
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "assistant_thread_context_changed",
        "assistant_thread_started",
        "member_joined_channel",
        "message.im",
        "tokens_revoked",
    }
)
MESSAGES_IN = {"im": "message.im", "channel": "message.channels", "group": "message.groups"}


@dataclass(frozen=True)
class Violation:
    """Something that Slack would not take, or not take kindly."""

    kind: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}: {self.what}"


class RefusedError(Exception):
    """The answer is ok: false, with this error."""

    def __init__(self, error: str, messages: Iterable[str] = ()) -> None:
        super().__init__(error)
        self.error = error
        self.messages = tuple(messages)


@dataclass
class Desk:
    """What the methods of the Web API work with. `emit` sends an event to the app without waiting for it."""

    workspace: Workspace
    emit: Callable[[Json, str], None]
    address: str = ""
    client_id: str = "client"
    client_secret: str = "client-secret"
    signing_secret: str = "signing-secret"
    violations: list[Violation] = field(default_factory=list)
    subscribed: frozenset[str] = SUBSCRIBED
    scopes: frozenset[str] | None = None  # None: all of them
    commands: frozenset[str] | None = None  # None: any
    shortcuts: Mapping[str, str] = field(default_factory=dict)  # what people read -> callback_id
    feature: str = ""  # "agent_view", "assistant_view" (an app of before) or none of both
    organisation: bool = False  # the workspaces belong to an Enterprise organisation
    org_wide: bool = False  # the app is installed for a whole Enterprise organisation
    history_left: int | None = None  # how often the history may still be read this minute; None: there is no limit

    def hold(self, kind: str, where: str, faults: Iterable[str]) -> bool:
        """Hold these faults against the app; whether there were any."""
        found = [Violation(kind, where, fault) for fault in faults]
        self.violations.extend(found)
        return bool(found)

    def insist(self, kind: str, where: str, faults: Iterable[str], error: str) -> None:
        """Refuse the call if there is any fault."""
        found = list(faults)
        if self.hold(kind, where, found):
            raise RefusedError(error, (f"[ERROR] {fault}" for fault in found))

    def shuts_out(self, user: str) -> bool:
        """Guests may not use an app that has the agent feature."""
        return bool(self.feature) and self.workspace.users[user].guest

    def hears(self, event: Json) -> bool:
        """Whether the app has subscribed to events like this one."""
        if event["type"] == "message":
            return MESSAGES_IN[event["channel_type"]] in self.subscribed
        return event["type"] in self.subscribed

    def conversation(self, name: str, team: str) -> Conversation:
        """The channel that a call names: by id, by the id of a person, or by #name. Another school's is not found."""
        space = self.workspace
        if name in space.users and space.reaches(team, name):
            return space.direct(name)
        found = space.conversations.get(name) or next(
            (each for each in space.conversations.values() if f"#{each.name}" == name), None
        )
        if found is None or not space.within(team, found):
            raise RefusedError("channel_not_found")
        return found


Handler = Callable[[Desk, Json, str], Json]
