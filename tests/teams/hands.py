"""A person's hands: finding a button among what they see, and what Teams sends when it is pressed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.teams import dialogs, forms, payloads
from tests.teams.deliveries import Delivery
from tests.teams.dialogs import UNREACHED, Dialog, Extension
from tests.teams.payloads import Place
from tests.teams.sheets import Sheet
from tests.teams.world import ADAPTIVE, Json, Member, Post

if TYPE_CHECKING:
    from tests.teams.server import Teams

MESSAGE = "application/vnd.microsoft.activity.message"
LOCAL = ("Action.ShowCard", "Action.ToggleVisibility", "Action.OpenUrl")
Found = tuple[Sheet, Json, Json, Post | None]  # a card before them, a button, the card of its inputs, where it stands


class Hands:
    """Of one person, who can only reach what they see."""

    def __init__(self, teams: Teams, member: Member) -> None:
        self._teams, self._member = teams, member
        self._sheets: dict[tuple[str, int], Sheet] = {}
        self.dialog: Dialog | None = None
        self.last: Sheet | None = None  # the card on which something was pressed last
        self.notices: list[tuple[int, str]] = []
        self.opened: list[str] = []  # addresses of Action.OpenUrl

    def sheets(self, post: Post) -> list[Sheet]:
        """The cards of a message as they lie before this person; a new card is a new sheet."""
        found = []
        for number, card in enumerate(post.cards_for(self._member.id)):
            kept = self._sheets.get((post.id, number))
            self._sheets[(post.id, number)] = kept if kept and kept.card is card else Sheet(card)
            found.append(self._sheets[(post.id, number)])
        return found

    def reachable(self) -> Iterator[tuple[Sheet, Post | None]]:
        """The newest first. A dialog hides whatever is behind it."""
        if self.dialog:
            if self.dialog.sheet:
                yield self.dialog.sheet, None
            return
        posts = self._teams.world.posts_for(self._member)
        for post in sorted(posts, key=lambda post: -post.order_for(self._member.id)):
            for sheet in self.sheets(post):
                yield sheet, post

    def find(self, label: str) -> Found:
        offered: list[str] = []
        for sheet, post in self.reachable():
            for action, card in sheet.actions():
                if action.get("title") == label:
                    return sheet, action, card, post
                offered.append(str(action.get("title")))
        raise AssertionError(f"nothing to press says '{label}'; there is: {offered}")

    def stays_here(self, found: Found) -> bool:
        """Whether Teams does it without the bot; also when it finds something wrong with what was entered."""
        sheet, action, card, _ = found
        self.last = sheet
        kind = action["type"]
        if kind == "Action.ShowCard":
            sheet.unfold(action)
        elif kind == "Action.ToggleVisibility":
            sheet.toggle(action)
        elif kind == "Action.OpenUrl":
            self.opened.append(action["url"])
        else:
            sheet.errors = forms.own_errors(sheet, action, card)
        return kind in LOCAL or bool(sheet.errors)

    async def press(self, found: Found) -> None:
        """Tell the bot."""
        sheet, action, card, post = found
        data = forms.data(sheet, action, card)
        if post is None:
            await self._submit(data)
        elif action["type"] == "Action.Execute":
            await self.execute(post, action, data, "manual")
        elif (data.get("msteams") or {}).get("type") == "task/fetch":
            await self.fetch("task/fetch", self._place(post), payloads.task_value(data), post.id)
        else:
            await self._message(post, data)

    async def execute(self, post: Post, action: Json, data: Json, trigger: str) -> None:
        """adaptiveCard/action: the card that comes back stands in its place for this person alone."""
        value = payloads.action_value(action, data, trigger)
        delivery = await self._invoke("adaptiveCard/action", self._place(post), value, post.id)
        if not delivery.taken or not isinstance(delivery.answer.body, dict):
            self._note(UNREACHED)
            return
        kind, answer = delivery.answer.body.get("type"), delivery.answer.body.get("value")
        if kind == ADAPTIVE and isinstance(answer, dict):
            post.views[self._member.id] = (answer, self._teams.world.next_order())
        else:
            said = answer if kind == MESSAGE or not isinstance(answer, dict) else answer.get("message", UNREACHED)
            self._note(str(said))

    async def fetch(
        self, name: str, place: Place, value: Json, reply_to: str = "", extension: Extension | None = None
    ) -> None:
        """Ask the bot for a dialog."""
        delivery = await self._invoke(name, place, value, reply_to)
        self.dialog = dialogs.after(delivery, place, extension, None)

    async def _submit(self, data: Json) -> None:
        dialog = self.dialog
        assert dialog
        place, made = dialog.place, dialog.extension
        name, value = "task/submit", payloads.task_value(data)
        if made:
            name = "composeExtension/submitAction"
            value = payloads.extension_value(made.command, made.context, made.payload, data)
        delivery = await self._invoke(name, place, value, "")
        self.dialog = dialogs.after(delivery, place, made, dialog)

    async def _message(self, post: Post, data: Json) -> None:
        """Any other Action.Submit: a message that only the bot sees, unless the button says otherwise."""
        told = data.get("msteams") or {}
        place, world = self._place(post), self._teams.world
        text = told.get("text") if told.get("type") == "messageBack" else None
        value = told.get("value", data) if told.get("type") == "messageBack" else data
        if told.get("type") == "imBack":
            await self._teams.says(self._member, place, str(told["value"]))
            return
        name = world.next_id()
        world.events[name] = post.conversation
        sent = payloads.submitted(place, self._member, name, value, post.id, text)
        if not (await self._teams.sender.send(sent)).taken:
            self._note(UNREACHED)

    async def _invoke(self, name: str, place: Place, value: Json, reply_to: str) -> Delivery:
        number = self._teams.world.next_event_id(place.conversation)
        return await self._teams.sender.send(
            payloads.invoke(name, place, self._member, number, value, reply_to=reply_to)
        )

    def _place(self, post: Post) -> Place:
        return self._teams.place(post.conversation, post.root)

    def _note(self, text: str) -> None:
        self.notices.append((self._teams.world.next_order(), text))
