"""Slack as a channel: the listeners. Every rule is the core's."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncAssistant
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.arriving import SORRY
from adapters.chat.asking import PROMPTS
from adapters.chat.buttons import NotOursError
from adapters.chat.own_concerns import own_concerns
from adapters.chat.tips import TipTalk
from adapters.slack.accounts import SlackAccounts
from adapters.slack.alerts import ACKNOWLEDGE, OFFER, OPEN, PASS_ON
from adapters.slack.answering import SlackAnswering
from adapters.slack.arriving import SlackArrivals
from adapters.slack.asking import SlackQuestions
from adapters.slack.blocks import Block
from adapters.slack.carrying_out import carried_out, tell
from adapters.slack.casework import SlackCasework
from adapters.slack.faults import UNANSWERED, plainly
from adapters.slack.form import FIRST, REPORT, opened_from
from adapters.slack.greeting import TRY, Greeter, greeting, suggest
from adapters.slack.home import ASK_BOX, home_view
from adapters.slack.people import CHANNEL, SlackCaller, SlackDirectory, caller_of, team_of
from adapters.slack.record import TASK
from adapters.slack.replies import ANSWER, LOG_CONCERN, SOURCES, sources_view
from adapters.slack.reporting import SlackReporting
from adapters.slack.required import SlackRequired
from adapters.slack.session import at_rest
from adapters.slack.tip_buttons import TipButtons
from adapters.slack.tips import TIP_ASK, TIP_NOT_USEFUL
from adapters.slack.workspaces import Workspaces
from bot.answering.answers import answer_with
from bot.concerns import Advice
from bot.concerns.guidance import ring_instead
from bot.errors import AskFirstError
from bot.service.core import Core
from bot.store import Known

log = logging.getLogger("askfirst.slack")
COMMAND_ASK, COMMAND_CONCERN = "/ask", "/concern"
SHORTCUT, MESSAGE_SHORTCUT = "log_concern", "log_concern_about_message"
HOW_TO_ASK = f"Type your question after {COMMAND_ASK}, such as: {COMMAND_ASK} can I friend an ex-pupil?"
Payload = Mapping[str, Any]


class SlackChannel:
    """The listeners of the school's workspaces, around one core."""

    def __init__(self, core: Core, workspaces: Workspaces, clock: Callable[[], dt.datetime]) -> None:
        self._core, self._clock, self._workspaces = core, clock, workspaces
        self.directory = SlackDirectory(core.school, core.store)
        self._tips = TipTalk(core, CHANNEL, clock)
        self._asking = SlackQuestions(core, self.directory, self._tips, clock, workspaces.has_agent)
        self._tip_buttons = TipButtons(self._asking, self._tips)
        self._arriving = SlackArrivals(core, SlackAnswering(self._asking, workspaces.client), clock)
        self._greeter = Greeter(core)
        self._reporting = SlackReporting(core, self.directory, clock)
        self._ladder = SlackCasework(core, self.directory, clock)
        self._accounts = SlackAccounts(core, self.directory, clock)
        self._required = SlackRequired(core, self.directory, clock)

    def listen(self, app: AsyncApp) -> None:
        """Hang every listener into the app."""
        app.middleware(self._arriving.take)
        app.assistant(self._assistant())
        app.event("message")(self._arriving.work)
        app.event("app_mention")(self._arriving.work)
        app.event("app_home_opened")(self._opened_app)
        app.event("agent_session_stopped")(self._stopped)
        app.event("tokens_revoked")(self._gone)
        app.event("app_uninstalled")(self._gone)
        app.command(COMMAND_ASK)(self._ask)
        app.command(COMMAND_CONCERN)(self._concern)
        app.shortcut(SHORTCUT)(self._shortcut)
        app.shortcut(MESSAGE_SHORTCUT)(self._message_shortcut)
        self._listen_to_buttons(app)
        app.view(FIRST)(self._first)
        app.view(REPORT)(self._report)
        app.view(re.compile(f"^{TASK}.+"))(self._finish)
        self._accounts.listen(app)

    def _listen_to_buttons(self, app: AsyncApp) -> None:
        app.action(LOG_CONCERN)(self._shortcut)
        app.action(SOURCES)(self._sources)
        app.action(ASK_BOX)(self._ask_at_home)
        app.action(re.compile(rf"^{TRY}-\d$"))(self._try)
        app.action(TIP_ASK)(self._ask_about_tip)
        app.action(TIP_NOT_USEFUL)(self._tip_not_useful)
        app.action(re.compile(rf"^{ANSWER}-.+"))(self._pressed)
        app.action(ACKNOWLEDGE)(self._acknowledge)
        app.action(re.compile(rf"^{OPEN}(?:-.*)?$"))(self._open)
        app.action(PASS_ON)(self._pass_on)
        app.action(re.compile(f"^{TASK}.+"))(self._begin)
        app.action(re.compile(f"^{OFFER}"))(self._read_required)

    async def work_off(self) -> int:
        """Answer what a process took and never finished; how many there were."""
        return await self._arriving.work_off()

    async def tidy(self) -> None:
        """Throw away what was filled in for concerns that nobody went on to log, and for accounts."""
        await self._reporting.drafts.tidy()
        await self._accounts.answers.tidy()

    # --- events

    def _assistant(self) -> AsyncAssistant:
        """The pane of apps that were made with the manifest of version 0.1, for as long as Slack has it."""
        assistant = AsyncAssistant()

        async def started(set_suggested_prompts: Any) -> None:
            await set_suggested_prompts(prompts=[{"title": prompt, "message": prompt} for prompt in PROMPTS])

        async def asked(context: Any) -> None:
            await self._arriving.work(context)

        assistant.thread_started(started)
        assistant.user_message(asked)
        return assistant

    async def _opened_app(self, context: Any, event: Payload) -> None:
        caller = SlackCaller(context.client, team_of(context), event["user"])
        if event.get("tab") == "messages":
            try:
                await self._messages(caller, str(event.get("channel") or caller.user))
            except AskFirstError as fault:
                log.warning("somebody was not greeted: %s", plainly(fault))
        elif event.get("tab") in (None, "home"):
            await self._home(context, caller)

    async def _messages(self, caller: SlackCaller, channel: str) -> None:
        """Somebody opened their direct messages with the app."""
        known = await self.directory.who_or_as_given(caller)
        may_log, ring = self.directory.may_log(known), self._whom_to_ring(known)
        drawn = greeting(self._core.school(), ring, may_log)
        await self._greeter.greet(caller.client, caller.team, caller.user, channel, drawn)
        if await self._asking.is_agent(caller.team):
            await suggest(caller.client, channel)

    async def _stopped(self, context: Any, event: Payload) -> None:
        """Somebody pressed Slack's stop button. An answer is whole and comes at once: nothing is left to be stopped but
        what Slack shows."""
        if thread := event.get("thread_ts"):
            await at_rest(context.client, str(event.get("channel", "")), str(thread))

    def _whom_to_ring(self, known: Known) -> tuple[Advice, ...]:
        return ring_instead(self._core.school(), {}, known.person or None, self._clock())

    async def _home(self, context: Any, caller: SlackCaller) -> None:
        try:
            view = await self._home_of(caller)
            await context.client.views_publish(user_id=caller.user, view=view)
        except (AskFirstError, *UNANSWERED) as fault:
            log.error("the Home tab could not be shown: %s", plainly(fault))

    async def _home_of(self, caller: SlackCaller) -> Block:
        known = await self.directory.who_or_as_given(caller)
        own = await own_concerns(
            self._core, self.directory.reporter(known), self.directory.reader(known, self._clock())
        )
        tip, may_log = await self._tips.today(), self.directory.may_log(known)
        return home_view(self._core.school(), own, tip, self._whom_to_ring(known), may_log, staff=not known.outside)

    async def _gone(self, context: Any) -> None:
        log.error("the app was removed from Slack, or its token was withdrawn: alerts go by e-mail now, if at all")
        await self._workspaces.gone(str(context.team_id or ""))

    # --- asking

    async def _ask(self, ack: Any, context: Any, command: Payload) -> None:
        if not str(command.get("text", "")).strip():
            await ack(text=HOW_TO_ASK)
            return
        try:
            delivered = await self._arriving.take_command(command, team_of(context))
        except (AskFirstError, TimeoutError) as fault:
            log.error("a question could not be written down: %s", plainly(fault))
            await ack(text=SORRY)
            return
        await ack()
        if delivered is not None:
            await self._arriving.answer(delivered)

    async def _pressed(self, ack: Any, context: Any, body: Payload) -> None:
        await ack()
        await carried_out(context, body, self._asking.pressed(context.client, body, team_of(context)))

    async def _ask_at_home(self, ack: Any, context: Any, body: Payload) -> None:
        await ack()
        user, text = str(body["user"]["id"]), str(body["actions"][0].get("value") or "")
        await carried_out(context, body, self._asking.asked_at_home(context.client, user, team_of(context), text))

    async def _try(self, ack: Any, context: Any, body: Payload) -> None:
        await ack()
        await carried_out(context, body, self._asking.tried(context.client, body, team_of(context)))

    async def _ask_about_tip(self, ack: Any, context: Any, body: Payload) -> None:
        await ack()
        await carried_out(context, body, self._tip_buttons.ask(context.client, body, team_of(context)))

    async def _tip_not_useful(self, ack: Any, context: Any, body: Payload) -> None:
        await ack()
        await carried_out(context, body, self._tip_buttons.not_useful(body))

    async def _read_required(self, ack: Any, context: Any, body: Payload) -> None:
        await ack()
        await carried_out(context, body, self._required.pressed(caller_of(context, body), body))

    async def _sources(self, ack: Any, context: Any, body: Payload) -> None:
        await ack()
        await carried_out(context, body, self._opened_sources(context.client, body))

    async def _opened_sources(self, client: AsyncWebClient, body: Payload) -> None:
        base = self._core.base()
        entry = base.knowledge.find(str(body["actions"][0].get("value", "")))
        if entry is None:
            raise NotOursError
        answer = answer_with(base.knowledge, entry, {}, self._clock())
        await client.views_open(trigger_id=body["trigger_id"], view=sources_view(answer))

    # --- concerns

    async def _concern(self, ack: Any, context: Any, command: Payload) -> None:
        await ack()
        await self._opened(context, command, command, str(command.get("text", "")))

    async def _shortcut(self, ack: Any, context: Any, body: Payload) -> None:
        await ack()
        await self._opened(context, body, body)

    async def _message_shortcut(self, ack: Any, context: Any, body: Payload) -> None:
        await ack()
        message, channel = body["message"], body["channel"]["id"]
        link = f"https://slack.com/archives/{channel}/p{str(message.get('ts', '')).replace('.', '')}"
        await self._opened(context, body, body, str(message.get("text", "")), link)

    async def _opened(self, context: Any, whose: Payload, body: Payload, words: str = "", link: str = "") -> None:
        caller = caller_of(context, whose)
        try:
            await self._reporting.open(caller, body["trigger_id"], words, link)
        except (AskFirstError, *UNANSWERED) as fault:
            log.error("the concern form could not be opened: %s", plainly(fault))
            await tell(context.client, caller.user, body.get("response_url"), await self._reporting.not_opened(caller))

    async def _first(self, ack: Any, context: Any, body: Payload, view: Payload) -> None:
        await ack(await self._reporting.first_submitted(caller_of(context, body), view))

    async def _report(self, ack: Any, context: Any, body: Payload, view: Payload) -> None:
        caller = caller_of(context, body)
        answer, receipt = await self._reporting.submitted(caller, view)
        await ack(answer)
        if receipt is not None:
            submission = opened_from(view["private_metadata"]).submission
            await self._reporting.send_receipt(caller, receipt, submission)

    # --- the ladder

    async def _acknowledge(self, ack: Any, context: Any, body: Payload) -> None:
        await ack()
        await self._ladder.acknowledge(caller_of(context, body), body)

    async def _open(self, ack: Any, context: Any, body: Payload) -> None:
        await ack()
        await self._ladder.open(caller_of(context, body), body)

    async def _pass_on(self, ack: Any, context: Any, body: Payload) -> None:
        await ack()
        number = str(body["actions"][0].get("value", ""))
        await self._ladder.begin(caller_of(context, body), body, "pass-on", number)

    async def _begin(self, ack: Any, context: Any, body: Payload) -> None:
        await ack()
        task, _, number = str(body["actions"][0].get("value", "")).partition(" ")
        await self._ladder.begin(caller_of(context, body), body, task, number)

    async def _finish(self, ack: Any, context: Any, view: Payload, body: Payload) -> None:
        task = str(view["callback_id"]).removeprefix(TASK)
        await ack(await self._ladder.finish(caller_of(context, body), view, task))
