"""A person at Slack: what they do, what they see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.slack import forms, mrkdwn, payloads, responses
from tests.slack.deliveries import Delivery
from tests.slack.hands import Hands
from tests.slack.screens import Shown, ShownView
from tests.slack.workspace import BOT_NAME, BOT_USER, Conversation, Json, Pane, Session, User

if TYPE_CHECKING:
    from tests.slack.server import Slack

SLACK_ITSELF = "USLACKBOT"


class Person:
    """Whatever they do returns once the app has acknowledged it; `await slack.settled()` waits for what follows."""

    def __init__(self, slack: Slack, user: User) -> None:
        self._slack = slack
        self._user = user
        self._since = 0
        self._at_home = False
        self._thread: Pane | None = None
        self._hands = Hands(slack, user)
        self.troubles: list[str] = []  # what Slack told them about an app that does not answer

    @property
    def id(self) -> str:
        return self._user.id

    @property
    def direct(self) -> Conversation:
        """Their direct message with the app."""
        return self._slack.workspace.direct(self.id)

    # What they see.

    @property
    def messages(self) -> list[Shown]:
        """Every message that reached them, the newest last."""
        space = self._slack.workspace
        return [Shown(post, space.names()) for post in space.seen_by(self.id)]

    @property
    def modal(self) -> ShownView | None:
        """The modal before them: the topmost one."""
        stack = self._slack.workspace.modals.get(self.id)
        return ShownView(stack[-1], self._slack.workspace.names()) if stack else None

    @property
    def home(self) -> ShownView | None:
        """The app's home as it was last published for them."""
        view = self._slack.workspace.homes.get(self.id)
        return ShownView(view, self._slack.workspace.names()) if view else None

    @property
    def pane(self) -> Pane | None:
        """Their assistant thread: its status, title and suggested prompts."""
        return self._thread

    @property
    def errors(self) -> dict[str, str]:
        """What is said beside the fields of the modal."""
        return self.modal.errors if self.modal else {}

    def sees(self) -> str:
        """Everything that they have before them since they last did something: the modal, the home, new messages."""
        space = self._slack.workspace
        posts = [post for post in space.seen_by(self.id) if post.order > self._since and post.author != self.id]
        messages = [Shown(post, space.names()).text for post in posts]
        views = [view.text for view in (self.modal, self.home if self._at_home else None) if view]
        prompts = [prompt["title"] for prompt in self._prompts]
        return "\n".join([*views, *messages, *prompts])

    async def reads(self, text: str, within: float = 5.0) -> str:
        """Wait until this is to be seen; gives back all that is."""
        try:
            await self._slack.activity.until(lambda: text in self.sees(), within, text)
        except AssertionError:
            raise AssertionError(f"'{text}' is not to be seen within {within} s: {self.sees()}") from None
        return self.sees()

    @property
    def session(self) -> Session | None:
        """What Slack shows beside the last thread with an agent."""
        found = [each for (channel, _), each in self._slack.workspace.sessions.items() if channel == self.direct.id]
        return found[-1] if found else None

    @property
    def _prompts(self) -> list[Json]:
        return self._thread.prompts if self._thread else self._slack.workspace.suggested.get(self.direct.id, [])

    # What they say.

    async def says(self, text: str, in_channel: str | None = None, thread: str | Shown | None = None) -> Shown:
        """Type a message: to the app directly, or in a channel; `thread` is a message or its ts."""
        conversation = self._channel(in_channel) if in_channel else self.direct
        return await self._post(conversation, text, thread.thread or thread.ts if isinstance(thread, Shown) else thread)

    async def asks(self, command: str, text: str = "", in_channel: str | None = None) -> None:
        """Give a slash command."""
        self._acts()
        conversation = self._channel(in_channel) if in_channel else self.direct
        known = self._slack.desk.commands
        if known is not None and command not in known:
            self._told(conversation, f"{command} is not a valid command.")
            return
        address, url = self._hands.reply_address(conversation.id)
        trigger = self._slack.workspace.trigger(self.id)
        body = payloads.slash_command(self._user, command, text, conversation, url, trigger)
        delivery = await self._slack.sender.send("slash_commands", body)
        if delivery.answer:
            responses.to_command(self._slack.desk, command, address, delivery.answer)
        else:
            self._told(conversation, f"{command} failed because the app did not respond.")

    async def opens_assistant(self, in_channel: str | None = None) -> None:
        """Open the assistant's pane, perhaps while looking at a channel."""
        self._acts()
        space = self._slack.workspace
        root = space.add(self.direct, {"user": BOT_USER, "text": "New chat", "subtype": "assistant_app_thread"})
        root.raw["thread_ts"] = root.ts
        context = {"channel_id": in_channel, "team_id": self._user.team, "enterprise_id": None} if in_channel else {}
        self._thread = Pane(self.direct.id, root.ts, self.id, context)
        space.panes[(self.direct.id, root.ts)] = self._thread
        await self._tells(payloads.assistant_event("started", self._thread, space.next_ts()))

    async def looks_at(self, channel: str) -> None:
        """Move to another channel with the assistant's pane open."""
        assert self._thread, "the assistant's pane is not open"
        self._thread.context = {"channel_id": channel, "team_id": self._user.team, "enterprise_id": None}
        await self._tells(payloads.assistant_event("context_changed", self._thread, self._slack.workspace.next_ts()))

    async def says_in_assistant(self, text: str) -> Shown:
        assert self._thread, "the assistant's pane is not open"
        return await self._post(self.direct, text, self._thread.thread)

    async def edits(self, message: Shown, text: str) -> None:
        """Change something that they said."""
        self._acts()
        space, post = self._slack.workspace, message.post
        before, ts = dict(post.raw), space.next_ts()
        edited = {"edited": {"user": self.id, "ts": ts}, "text": mrkdwn.typed(text, {BOT_NAME: BOT_USER})}
        fresh = payloads.typed_message(self._user, "", text, {BOT_NAME: BOT_USER})["blocks"]
        post.raw = {**before, **edited, "blocks": fresh}
        await self._tells(payloads.changed_event(post, before, space.conversations[post.channel], ts))

    async def deletes(self, message: Shown) -> None:
        """Take back something that they said."""
        self._acts()
        space, post = self._slack.workspace, message.post
        post.gone = True
        await self._tells(payloads.deleted_event(post, space.conversations[post.channel], space.next_ts()))

    async def joins(self, channel: str) -> None:
        conversation = self._channel(channel)
        await self._tells(payloads.joined_event(self._user, conversation, self._slack.workspace.next_ts()))

    async def opens_home(self, tab: str = "home") -> None:
        """Open the app's home, or with "messages" its direct message."""
        self._acts()
        if self._shut_out():
            return
        self._at_home = tab == "home"
        view = self._slack.workspace.homes.get(self.id) if self._at_home else None
        ts = self._slack.workspace.next_ts()
        await self._tells(payloads.home_opened_event(self._user, self.direct.id, tab, view, ts))

    async def stops(self, thread: str) -> None:
        """Press Slack's own stop button beside a thread with an agent."""
        about = {"channel": self.direct.id, "thread_ts": thread, "user": self.id, "streaming_message_ts": []}
        await self._tells({"type": "agent_session_stopped", **about, "event_ts": self._slack.workspace.next_ts()})

    # What they press and fill.

    async def presses(self, label: str) -> None:
        """Press the button, choose the option or the prompt that bears these words, the newest first."""
        prompts = {prompt["title"]: prompt["message"] for prompt in self._prompts}
        modal = self.modal
        if modal and label in (modal.submit, modal.close) and label not in modal.labels:
            await (self.submits() if label == modal.submit and modal.raw["submit"] else self.closes_modal())
        elif not modal and label in prompts:
            await (self.says_in_assistant if self._thread else self.says)(prompts[label])
        else:
            place, control = self._hands.find(label, self._at_home)
            self._acts(stays=True)
            self._trouble_if(await self._hands.press(place, control))

    async def uses_shortcut(self, name: str) -> None:
        """A global shortcut, by its callback_id or by its name in the manifest."""
        self._acts()
        callback = self._slack.desk.shortcuts.get(name, name)
        body = payloads.shortcut(self._user, callback, self._slack.workspace.trigger(self.id))
        self._trouble_if(await self._slack.sender.send("interactive", body))

    async def uses_message_shortcut(self, name: str, message: Shown) -> None:
        """The shortcut in a message's menu."""
        self._acts()
        space = self._slack.workspace
        conversation = space.conversations[message.channel]
        _, url = self._hands.reply_address(conversation.id)
        callback = self._slack.desk.shortcuts.get(name, name)
        trigger = space.trigger(self.id)
        body = payloads.message_action(self._user, callback, message.post, conversation, url, trigger)
        self._trouble_if(await self._slack.sender.send("interactive", body))

    async def fills(self, values: Mapping[str, Any]) -> None:
        """Put values into fields, each known by its label or action_id. A menu is given the words of its option."""
        for name, value in values.items():
            for delivery in await self._hands.fill(name, value, self._at_home):
                self._trouble_if(delivery)

    async def submits(self) -> None:
        """Press the modal's button. What Slack itself finds wrong is not sent at all."""
        self._acts(stays=True)
        view = self._hands.open_modal()
        view.errors = forms.own_errors(view.raw["blocks"], view.values)
        if not view.errors:
            delivery = await self._hands.submit(view)
            self._trouble_if(delivery)
            if delivery.answer:
                responses.to_submission(self._slack.desk, view, delivery.answer)

    async def closes_modal(self, everything: bool = False) -> None:
        """Press the modal's close button; with `everything` its cross, which closes what lies below too."""
        self._acts(stays=True)
        view = self._hands.open_modal()
        stack = self._slack.workspace.modals[self.id]
        cleared = everything or bool(view.raw["clear_on_close"])
        stack[:] = [] if cleared else stack[:-1]
        if view.raw["notify_on_close"]:
            await self._slack.sender.send("interactive", payloads.view_closed(self._user, view, cleared))

    def leaves(self) -> None:
        """Their account is closed."""
        self._user.deleted = True

    def _acts(self, stays: bool = False) -> None:
        self._since = self._slack.workspace.next_order()
        self._at_home = self._at_home and stays

    async def _post(self, conversation: Conversation, text: str, thread: str | None) -> Shown:
        self._acts()
        if conversation.kind == "im" and self._shut_out():
            raise AssertionError(self.troubles[-1])
        space, bots = self._slack.workspace, {BOT_NAME: BOT_USER}
        sent = mrkdwn.typed(text, bots)
        raw = payloads.typed_message(self._user, sent, text, bots) | ({"thread_ts": thread} if thread else {})
        post = space.add(conversation, raw)
        if conversation.kind != "im" and f"<@{BOT_USER}>" in sent and BOT_USER in conversation.members:
            await self._tells(payloads.mention_event(post), conversation)
        if BOT_USER in conversation.members:
            await self._tells(payloads.message_event(post, conversation), conversation)
        return Shown(post, space.names())

    async def _tells(self, event: Json, conversation: Conversation | None = None) -> None:
        shared = bool(conversation and conversation.shared)
        await self._slack.tells(event, self._slack.workspace.home(self.id), shared)

    def _channel(self, name: str) -> Conversation:
        conversation = self._slack.channel(name)
        conversation.members.add(self.id)
        return conversation

    def _shut_out(self) -> bool:
        if out := self._slack.desk.shuts_out(self.id):
            self._told(self.direct, "Guests cannot use this app.")
        return out

    def _told(self, conversation: Conversation, text: str) -> None:
        self.troubles.append(text)
        self._slack.workspace.add(conversation, {"user": SLACK_ITSELF, "text": text}, only_for=self.id)

    def _trouble_if(self, delivery: Delivery | None) -> None:
        if delivery is not None and not delivery.acknowledged:
            self.troubles.append("We had some trouble connecting. Try again?")
