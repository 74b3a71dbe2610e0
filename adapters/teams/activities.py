"""What Teams sends -> Arrival; nothing that it holds is taken on trust. Pure.

https://learn.microsoft.com/microsoftteams/platform/bots/build-conversational-capability
"""

from __future__ import annotations

import hashlib
import html
import ipaddress
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from adapters.teams.said import files_in, quoted_in

ActivityBody = Mapping[str, Any]
Scope = Literal["personal", "groupChat", "channel"]
_SCOPES: Mapping[str, Scope] = {"personal": "personal", "groupChat": "groupChat", "channel": "channel"}
ChannelKind = Literal["", "standard", "private", "shared"]
_KINDS: Mapping[str, ChannelKind] = {"standard": "standard", "private": "private", "shared": "shared"}
_LONGEST = 2_000  # characters of an id or an address
_DEEPEST = 60  # things within things; Teams' own go down to about ten
_NO_TEXT = re.compile("[\ud800-\udfff\\0]")  # halves of characters, and what a database does not take


class MangledError(ValueError):
    """This is no activity of Teams'."""


@dataclass(frozen=True)
class TeamsChat:
    """A chat, and what it takes to write there: the address of Teams' service, the tenant, the conversation (in a
    channel with its thread), and the bot's own id in it. `user` is the one person of a personal chat, or who wrote.
    `kind` is what sort of channel it is, empty where nobody has said so yet, and for what is no channel."""

    service: str
    tenant: str
    conversation: str
    scope: Scope
    bot: str
    user: str = ""
    team: str = ""
    kind: ChannelKind = ""

    @property
    def shared(self) -> bool:
        """Whether others are there."""
        return self.scope != "personal"

    @property
    def strangers(self) -> bool:
        """Whether people of other organisations may be there without having become guests of the school: in a shared
        channel, in one of which nobody has said what sort it is, and in the chat of a group or a meeting."""
        return self.scope == "groupChat" or (self.scope == "channel" and self.kind in ("", "shared"))

    @property
    def answers_show(self) -> bool:
        """Whether an answer may stand here for the others to read. Private and shared channels get none."""
        return self.scope == "groupChat" or (self.scope == "channel" and self.kind == "standard")

    @property
    def channel(self) -> str:
        """The channel or chat without a thread in it."""
        return self.conversation.partition(";")[0]

    def to_text(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self))

    def outside_threads(self) -> TeamsChat:
        """The channel without the thread, for a post of its own."""
        return replace(self, conversation=self.channel)


def place_from(text: str) -> TeamsChat:
    """What was kept -> Place."""
    return TeamsChat(**json.loads(text))


@dataclass(frozen=True)
class User:
    """Who did something: Teams' own id of them, their object id in Entra (perhaps empty), the name that came with
    it, and the tenant that they are said to be of (perhaps empty: it does not stand in every activity)."""

    id: str
    aad: str
    name: str
    tenant: str = ""


@dataclass(frozen=True)
class Arrival:
    """One activity. `value` is what came with a button, a dialog or a message extension; `replied_to` the message that
    a button stands in; `added` and `removed` the ids of who came and went. `targeted`: only its sender and the app see
    it, though it stands where others are. `quoted` is what others wrote that stands in a message, `files` the names of
    what is attached to it, `attached` whether anything is."""

    type: str
    id: str
    name: str
    action: str
    place: TeamsChat
    user: User
    text: str
    value: ActivityBody
    replied_to: str
    added: Sequence[str] = field(default=())
    removed: Sequence[str] = field(default=())
    targeted: bool = False
    quoted: Sequence[str] = field(default=())
    files: Sequence[str] = field(default=())
    attached: bool = False

    @property
    def brings(self) -> bool:
        """Whether there is more in it than typed words."""
        return bool(self.quoted or self.files or self.attached)

    @property
    def changed(self) -> bool:
        """Whether somebody changed a message that they had sent before."""
        return self.type == "messageUpdate" and self.action == "editMessage"

    @property
    def alone(self) -> bool:
        """Whether what is answered to this belongs into its sender's own chat, whatever it says."""
        return self.targeted or not self.place.answers_show

    @property
    def conversation(self) -> str:
        """The id of the conversation for the core: one person in one chat or thread."""
        parts = (self.place.tenant, self.place.conversation, self.user.aad or self.user.id)
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()


def arrival_from(found: object) -> Arrival:
    """The body of a request -> Arrival. Raises MangledError."""
    body = _sound(found, _DEEPEST)
    if not isinstance(body, dict) or word(body, "channelId") != "msteams":
        raise MangledError
    sender, bot, chat = part(body, "from"), part(body, "recipient"), part(body, "conversation")
    data, place = part(body, "channelData"), _place(body)
    needed = (word(body, "type"), word(sender, "id"), word(bot, "id"), word(chat, "id"))
    others = (word(sender, "aadObjectId"), place.service, place.tenant, place.team)
    if not all(needed) or any(len(each) > _LONGEST for each in (*needed, *others)):
        raise MangledError
    attachments = _parts(body, "attachments")
    files, attached = files_in(attachments)
    if place.scope == "personal":
        place = replace(place, user=word(sender, "id"))
    return Arrival(
        type=word(body, "type"),
        id=word(body, "id")[:_LONGEST],
        name=word(body, "name"),
        action=word(body, "action") or word(data, "eventType"),
        place=place,
        user=_user(sender),
        text=_typed(body, word(bot, "id")),
        value=part(body, "value"),
        replied_to=word(body, "replyToId")[:_LONGEST],
        added=_ids(body, "membersAdded"),
        removed=_ids(body, "membersRemoved"),
        targeted=_is_targeted(body),
        quoted=tuple(filter(None, map(plain_text, quoted_in(attachments)))),
        files=files,
        attached=attached,
    )


def _user(sender: ActivityBody) -> User:
    aad, name, tenant = word(sender, "aadObjectId"), word(sender, "name"), word(sender, "tenantId")
    return User(word(sender, "id"), aad.lower(), name[:_LONGEST], tenant.lower()[:_LONGEST])


def _is_targeted(body: ActivityBody) -> bool:
    """Whether anything in it says that only its sender sees it. Read widely: a private answer to what was for all to
    see does no harm, and the other way round it does.
    https://learn.microsoft.com/microsoftteams/platform/agents-in-teams/targeted-messages"""
    parts = (body, *(part(body, name) for name in ("recipient", "channelData", "conversation")))
    if any(_says_yes(each.get(name)) for each in parts for name in ("isTargeted", "isTargetedActivity", "is_targeted")):
        return True
    entities = _parts(body, "entities")
    return any("targeted" in word(each, name).lower() for each in entities for name in ("type", "treatment"))


def _says_yes(value: object) -> bool:
    return value not in (None, False, 0, "", "false", "False")


def is_here(address: str) -> bool:
    """Whether an address is on this machine."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _place(body: ActivityBody) -> TeamsChat:
    chat, data, address = part(body, "conversation"), part(body, "channelData"), word(body, "serviceUrl")
    try:
        parts = urlsplit(address)
    except ValueError:
        raise MangledError from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not address.isprintable():
        raise MangledError
    tenant = word(part(data, "tenant"), "id") or word(chat, "tenantId")
    team, channel = word(part(data, "team"), "id"), part(data, "channel")
    scope = _scope(chat, bool(team))
    kind = _KINDS.get(word(channel, "type").lower(), "") if scope == "channel" else ""
    if word(channel, "id") != word(chat, "id").partition(";")[0]:  # said of another channel than this one
        kind = ""
    bot = word(part(body, "recipient"), "id")
    return TeamsChat(address, tenant.lower(), word(chat, "id"), scope, bot, team=team, kind=kind)


def _scope(chat: ActivityBody, in_team: bool) -> Scope:
    """Where Teams does not say it, a place counts as one where others are, if anything looks like it."""
    if (said := _SCOPES.get(word(chat, "conversationType"))) is not None:
        return said
    if in_team or "@thread.tacv2" in word(chat, "id"):
        return "channel"
    return "groupChat" if chat.get("isGroup") is True or word(chat, "id").startswith("19:") else "personal"


def _typed(body: ActivityBody, bot: str) -> str:
    """What was typed, without the mention of the app in it. Others who are mentioned stay as names."""
    text = word(body, "text")
    for mention in _parts(body, "entities"):
        marked = word(mention, "text") if mention.get("type") == "mention" else ""
        if marked and word(part(mention, "mentioned"), "id") == bot:
            text = text.replace(marked, " ")
    text = re.sub(r"</?at(?:\s[^<>]{0,200})?>", "", text)
    return html.unescape(text).replace("\xa0", " ").strip()


def plain_text(markup: str) -> str:
    """The words of a message in Teams' own HTML."""
    text = re.sub(r"(?i)<(?:br|/p|/div|/li|/tr)\b[^<>]{0,200}>", "\n", markup)
    text = html.unescape(re.sub(r"<[^<>]{0,2000}>", "", text)).replace("\xa0", " ")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in text.splitlines())).strip()


def _sound(found: object, deepest: int) -> object:
    """JSON -> JSON whose texts a database takes. Raises MangledError where things lie too deep in one another."""
    if isinstance(found, str):
        return _NO_TEXT.sub("\ufffd", found)
    if isinstance(found, dict | list) and not deepest:
        raise MangledError
    if isinstance(found, dict):
        return {_NO_TEXT.sub("\ufffd", key): _sound(each, deepest - 1) for key, each in found.items()}
    return [_sound(each, deepest - 1) for each in found] if isinstance(found, list) else found


def _ids(body: ActivityBody, name: str) -> tuple[str, ...]:
    return tuple(word(member, "id") for member in _parts(body, name))


def _parts(body: ActivityBody, name: str) -> tuple[ActivityBody, ...]:
    found = body.get(name)
    return tuple(each for each in found if isinstance(each, dict)) if isinstance(found, list) else ()


def part(body: ActivityBody, name: str) -> ActivityBody:
    """What lies under this name; empty where there is nothing of the kind."""
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def word(body: ActivityBody, name: str) -> str:
    """The text under this name; empty where there is none."""
    found = body.get(name)
    return found if isinstance(found, str) else ""
