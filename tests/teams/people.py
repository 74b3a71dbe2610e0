"""A person in Teams: what they do, what they see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.teams import forms, payloads, sheets
from tests.teams.dialogs import Dialog, Extension
from tests.teams.hands import Hands
from tests.teams.sheets import Sheet
from tests.teams.world import BOT_ID, Conversation, Json, Member, Post

if TYPE_CHECKING:
    from tests.teams.server import Teams

COMMAND = "logConcern"


@dataclass(frozen=True)
class Shown:
    """A message as one person sees it."""

    post: Post
    sheets: tuple[Sheet, ...]

    @property
    def id(self) -> str:
        return self.post.id

    @property
    def from_app(self) -> bool:
        return self.post.author == BOT_ID

    @property
    def thread(self) -> str:
        """The id of the message that it answers; its own if it opened the thread."""
        return self.post.root

    @property
    def text(self) -> str:
        """The words of the message, then of its cards."""
        activity = self.post.activity
        words = str(activity.get("text") or "")
        own = words if activity.get("textFormat") == "plain" else sheets.plain(words)
        return "\n".join(part for part in (own, *(sheet.text for sheet in self.sheets)) if part)

    @property
    def buttons(self) -> list[str]:
        return [str(action.get("title")) for sheet in self.sheets for action, _ in sheet.actions()]

    @property
    def cards(self) -> list[Json]:
        return [sheet.card for sheet in self.sheets]


class Person:
    """Whatever they do returns once the bot has answered; `await teams.settled()` waits for what follows."""

    def __init__(self, teams: Teams, member: Member) -> None:
        self._teams, self._member = teams, member
        self._since = 0
        self._hands = Hands(teams, member)

    @property
    def id(self) -> str:
        """Their Teams id, 29:…"""
        return self._member.id

    @property
    def aad(self) -> str:
        """Their Entra object id."""
        return self._member.aad

    @property
    def member(self) -> Member:
        return self._member

    @property
    def chat(self) -> Conversation:
        """Their own chat with the app."""
        return self._teams.world.personal(self._member)

    # What they see.

    @property
    def messages(self) -> list[Shown]:
        """Every message that they can read, the oldest first."""
        return [self._shown(post) for post in self._teams.world.posts_for(self._member)]

    @property
    def dialog(self) -> Dialog | None:
        return self._hands.dialog

    @property
    def errors(self) -> dict[str, str]:
        """What Teams says beside the inputs of the card on which they pressed something last, by input id."""
        return dict(self._hands.last.errors) if self._hands.last else {}

    @property
    def troubles(self) -> list[str]:
        """What Teams told them about the app: that it cannot be reached, or what it said went wrong."""
        return [text for _, text in self._hands.notices]

    @property
    def opened(self) -> list[str]:
        """Web addresses that they followed."""
        return list(self._hands.opened)

    def sees(self) -> str:
        """Everything that they have before them since they last did something: the dialog, new messages, notices."""
        posts = self._teams.world.posts_for(self._member)
        fresh = [post for post in posts if post.order_for(self.id) > self._since and post.author != self.id]
        fresh.sort(key=lambda post: post.order_for(self.id))
        notices = [text for order, text in self._hands.notices if order > self._since]
        dialog = [self.dialog.text] if self.dialog else []
        return "\n".join([*dialog, *(self._shown(post).text for post in fresh), *notices])

    async def reads(self, text: str, within: float = 5.0) -> str:
        """Wait until this is to be seen; gives back all that is."""
        try:
            await self._teams.activity.until(lambda: text in self.sees(), within, text)
        except AssertionError:
            raise AssertionError(f"'{text}' is not to be seen within {within} s: {self.sees()}") from None
        return self.sees()

    # What they say.

    async def installs(self) -> None:
        """Add the app for themselves."""
        self._acts()
        self._member.installed = True
        await self._tells("add")
        place = self._teams.place(self.chat.id)
        number = self._teams.world.next_event_id(self.chat)
        await self._teams.sender.send(payloads.members_added(place, self._member, number))

    async def uninstalls(self) -> None:
        """Remove it. The chat stays, but takes nothing more."""
        self._acts()
        await self._tells("remove")
        self._member.installed = False

    async def says(self, text: str, chat: Conversation | None = None, thread: Shown | None = None) -> Shown:
        """Type a message to the app; or in another chat without mentioning it, of which the app hears nothing."""
        self._acts()
        assert chat or self._teams.world.has_app(self.chat), f"{self._member.name} has no chat with the app: installs()"
        place = self._teams.place((chat or self.chat).id, thread.thread if thread else "")
        return self._shown(await self._teams.says(self._member, place, text))

    async def mentions(self, text: str, chat: Conversation, thread: Shown | None = None) -> Shown:
        """Type @AskFirst and a message, in a channel or a group chat; with `thread` as a reply."""
        self._acts()
        chat.members.add(self.id)
        place = self._teams.place(chat.id, thread.thread if thread else "")
        return self._shown(await self._teams.says(self._member, place, text, mention=True))

    async def whispers(self, text: str, chat: Conversation, flags: Json | None = None) -> Shown:
        """Write to the app in a channel or a group chat so that nobody else sees it, as the / menu offers it."""
        self._acts()
        place = self._teams.place(chat.id)
        marks = flags if flags is not None else {"recipient": {"isTargeted": True}}
        return self._shown(await self._teams.says(self._member, place, text, flags=marks))

    # What they press and fill.

    async def presses(self, label: str) -> None:
        """Press the button that bears these words: in the dialog if one is open, else on the newest card."""
        found = self._hands.find(label)
        if not self._hands.stays_here(found):
            self._acts()
            await self._hands.press(found)

    async def refreshes(self, by_hand: bool = False) -> int:
        """Cards with `refresh` come into view: Teams asks for those that name this person; says for how many.

        With `by_hand` they choose "Refresh card" instead, which any card with `refresh` offers.
        """
        asked = [(post, card["refresh"]) for post in self._posts() for card in _refreshing(post, self.id)]
        due = [(post, refresh) for post, refresh in asked if by_hand or self.id in refresh.get("userIds", ())]
        for post, refresh in due:
            action = refresh["action"]
            await self._hands.execute(
                post, action, dict(action.get("data") or {}), "manual" if by_hand else "automatic"
            )
        return len(due)

    async def fills(self, **values: Any) -> None:
        """Put values into inputs, each known by its id or label: in the dialog if one is open, else on the newest card.

        A choice is given by its title or value, several as a list; a people picker takes people or Entra ids.
        """
        for name, value in values.items():
            cards = [sheet for sheet, _ in self._hands.reachable()]
            sheet = next((each for each in cards if forms.find(each, name)), None)
            assert sheet, f"no input is called '{name}' on: {[each.text for each in cards[:1]]}"
            forms.fill(sheet, name, value)

    async def submits(self, label: str | None = None) -> None:
        """Press the dialog's button; the first Action.Submit unless it is named."""
        assert self.dialog and self.dialog.sheet, "no dialog with a card is open"
        titles = [action["title"] for action, _ in self.dialog.sheet.actions() if action["type"] == "Action.Submit"]
        assert titles, "the dialog has nothing to submit with"
        await self.presses(label or titles[0])

    def closes_dialog(self) -> None:
        """By its cross: the bot hears nothing of it."""
        assert self._hands.dialog, "no dialog is open"
        self._hands.dialog = None

    async def uses_message_action(self, message: Shown, command: str = COMMAND) -> None:
        """The app's command in a message's menu."""
        self._acts()
        author = self._teams.world.members.get(message.post.author)
        payload = payloads.message_payload(message.post, author)
        place = self._teams.place(message.post.conversation, message.post.root)
        await self._extend(place, Extension(command, "message", payload))

    async def uses_compose_action(self, command: str = COMMAND, chat: Conversation | None = None) -> None:
        """The app's command beside the box in which one types."""
        self._acts()
        await self._extend(self._teams.place((chat or self.chat).id), Extension(command, "compose", None))

    async def _extend(self, place: payloads.Place, made: Extension) -> None:
        value = payloads.extension_value(made.command, made.context, made.payload)
        await self._hands.fetch("composeExtension/fetchTask", place, value, extension=made)

    async def _tells(self, action: str) -> None:
        number = self._teams.world.next_event_id(self.chat)
        place = self._teams.place(self.chat.id)
        await self._teams.sender.send(payloads.installation(place, self._member, number, action))

    def _acts(self) -> None:
        self._since = self._teams.world.next_order()

    def _posts(self) -> list[Post]:
        return self._teams.world.posts_for(self._member)

    def _shown(self, post: Post) -> Shown:
        return Shown(post, tuple(self._hands.sheets(post)))


def _refreshing(post: Post, person: str) -> list[Json]:
    return [card for card in post.cards_for(person) if "refresh" in card]
