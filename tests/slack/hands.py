"""A person's hands: finding a control among what they see, pressing it, filling it, submitting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.slack import forms, payloads
from tests.slack.deliveries import Delivery
from tests.slack.forms import Control
from tests.slack.workspace import Json, OpenView, Post, ReplyAddress, User

if TYPE_CHECKING:
    from tests.slack.server import Slack

Values = dict[str, dict[str, Json]]


@dataclass(frozen=True)
class Place:
    """Where controls stand: a view or a message, with what is entered there."""

    blocks: list[Json]
    values: Values
    view: OpenView | None = None
    post: Post | None = None


class Hands:
    """Of one person, who can only reach what they see."""

    def __init__(self, slack: Slack, user: User) -> None:
        self._slack = slack
        self._user = user
        self._values: dict[str, Values] = {}  # a message -> what this person has chosen in it

    def find(self, label: str, at_home: bool) -> tuple[Place, Control]:
        """What bears these words; the newest message first. A modal hides whatever is behind it."""
        offered: list[str] = []
        for place in self._places(at_home):
            for control in forms.pressable(place.blocks):
                if label in (control.label, control.element.get("accessibility_label")):
                    return place, control
                offered.append(control.label)
        raise AssertionError(f"nothing to press says '{label}'; there is: {offered}")

    async def press(self, place: Place, control: Control) -> Delivery:
        held = None
        if control.kind in forms.HELD and control.option is not None:
            held = self._chosen(place, control, control.option)
            place.values[control.block["block_id"]][control.element["action_id"]] = held
        return await self._acted(place, forms.action(control, held))

    async def fill(self, name: str, value: Any, at_home: bool) -> list[Delivery]:
        """Put a value into a field; the app hears of it at once only where it asked to."""
        place, control = self._field(name, at_home)
        offered = forms.options(control.element)
        if control.kind == "external_select" and value is not None:
            offered = await self._suggested(place, control, str(value))
        held = forms.entered(control, value, offered)
        place.values[control.block["block_id"]][control.element["action_id"]] = held
        if control.block["type"] == "input" and not control.block.get("dispatch_action"):
            return []
        return [await self._acted(place, forms.action(control, held))]

    def open_modal(self) -> OpenView:
        stack = self._slack.workspace.modals.get(self._user.id)
        assert stack, "no modal is open"
        return stack[-1]

    async def submit(self, view: OpenView) -> Delivery:
        trigger = self._slack.workspace.trigger(self._user.id, view.id)
        return await self._slack.sender.send("interactive", payloads.view_submission(self._user, view, trigger))

    def reply_address(self, channel: str, post: Post | None = None) -> tuple[ReplyAddress, str]:
        """A new response_url."""
        name = self._slack.workspace.next_id("r")
        address = ReplyAddress(self._user.id, channel, post)
        self._slack.workspace.addresses[name] = address
        return address, f"{self._slack.desk.address}/respond/{name}"

    def _places(self, at_home: bool) -> Iterator[Place]:
        space = self._slack.workspace
        stack, home = space.modals.get(self._user.id), space.homes.get(self._user.id)
        if stack:
            yield Place(stack[-1].raw["blocks"], stack[-1].values, view=stack[-1])
            return
        if at_home and home:
            yield Place(home.raw["blocks"], home.values, view=home)
        for post in reversed(space.seen_by(self._user.id)):
            blocks = post.raw.get("blocks") or []
            yield Place(blocks, self._entered(post, blocks), post=post)

    def _entered(self, post: Post, blocks: list[Json]) -> Values:
        fresh = forms.initial_values(blocks)
        kept = self._values.get(post.ts, {})
        self._values[post.ts] = {block: kept.get(block, actions) for block, actions in fresh.items()}
        return self._values[post.ts]

    def _field(self, name: str, at_home: bool) -> tuple[Place, Control]:
        labels: list[str] = []
        for place in self._places(at_home):
            for control in forms.fillable(place.blocks):
                if name in control.names:
                    return place, control
                labels.append(control.label)
        raise AssertionError(f"no field is called '{name}'; there is: {labels}")

    def _chosen(self, place: Place, control: Control, option: Json) -> Json:
        """One option, or one more or one less where several can be chosen."""
        key, _ = forms.HELD[control.kind]
        if key not in forms.LISTS:
            return {"type": control.kind, key: option}
        before = place.values[control.block["block_id"]][control.element["action_id"]][key]
        after = [each for each in before if each != option] if option in before else [*before, option]
        return {"type": control.kind, key: after}

    async def _acted(self, place: Place, action: Json) -> Delivery:
        trigger = self._slack.workspace.trigger(self._user.id, place.view.id if place.view else None)
        body = payloads.block_actions(self._user, action, self._origin(place), trigger)
        return await self._slack.sender.send("interactive", body)

    def _origin(self, place: Place) -> Json:
        if place.view is not None:
            return payloads.view_origin(place.view)
        assert place.post is not None
        conversation = self._slack.workspace.conversations[place.post.channel]
        _, url = self.reply_address(conversation.id, place.post)
        return payloads.message_origin(place.post, conversation, place.values, url)

    async def _suggested(self, place: Place, control: Control, typed: str) -> list[Json]:
        """What the app offers while somebody types."""
        origin, block = self._origin(place), control.block["block_id"]
        body = payloads.block_suggestion(self._user, control.element, block, typed, origin)
        delivery = await self._slack.sender.send("interactive", body)
        assert delivery.answer, "the app offered nothing in time"
        return forms.options(delivery.answer.body)
