"""The one door between AskFirst and the Bot Framework SDK: who is let in, and how Teams is written to.

Each thing that the SDK does wrong is put right here or in `keys`, `tokens` and `connector`, with a test that fails
without it: requests that answer 500 instead of 401 or 400, answers to buttons and dialogs serialised twice, and a
sender whose tenant nobody looks at. Nothing outside this package knows the SDK.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web
from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication
from botbuilder.schema import (
    Activity,
    Attachment,
    ChannelAccount,
    ConversationAccount,
    ConversationParameters,
    ConversationReference,
)
from botframework.connector.auth import (
    AuthenticateRequestResult,
    AuthenticationConstants,
    JwtTokenExtractor,
    PasswordServiceClientCredentialFactory,
)

from adapters.teams import trial
from adapters.teams.activities import ActivityBody, Arrival, MangledError, TeamsChat, arrival_from
from adapters.teams.cards import Card, to_json
from adapters.teams.connector import Connector, Connectors
from adapters.teams.faults import TeamsError, plainly
from adapters.teams.keys import Fetch, KeysUnavailableError, SigningKeys
from adapters.teams.refused import Refused, claims_of
from adapters.teams.tokens import Tokens
from bot.settings import Teams

log = logging.getLogger("askfirst.teams")
CARD = "application/vnd.microsoft.card.adaptive"
_READ_WITHIN = 15.0  # seconds
_ISSUER = AuthenticationConstants.TO_BOT_FROM_CHANNEL_TOKEN_ISSUER
_KEYS = AuthenticationConstants.TO_BOT_FROM_CHANNEL_OPENID_METADATA_URL
InvokeReply = Mapping[str, Any]
OnArrival = Callable[[Arrival], Awaitable[InvokeReply | None]]


class Gateway(CloudAdapter):  # type: ignore[misc]  # the SDK is untyped
    """The SDK's adapter for one app. `waits`: whether calls are tried again when Teams asks to wait; `http` is the way
    to Microsoft's sign-in (tests only); `refused` hears of requests that are not let in."""

    def __init__(self, settings: Teams, waits: bool = True, http: Any = None, refused: Refused | None = None) -> None:
        self._settings = settings
        self._refused = refused or Refused(settings.app_id)
        self._connectors = Connectors(Tokens(settings, http), waits)
        super().__init__(_Authentication(settings, self._connectors))

    # --- in

    def listen(self, fetch: Fetch | None = None) -> None:
        """Get ready to let Teams in. `fetch` is the way to Microsoft's keys (tests only). The SDK has one cache of keys
        for the whole process."""
        JwtTokenExtractor.metadataCache[_KEYS] = SigningKeys(_KEYS, fetch)

    async def process(self, request: web.Request, bot: OnArrival, ws_response: None = None) -> web.Response:
        """A request -> its answer: 401 for whoever is not Teams, 400 for what is no activity. Only an activity that was
        let in reaches `bot`, which gives the answer to a button or a dialog, or None."""
        header = request.headers.get("Authorization", "")
        if not self._may_knock(request, header):
            await self._refused.note(header, "it is from nobody whom AskFirst expects")
            return web.Response(status=401)
        if request.content_type != "application/json":
            return web.Response(status=415)
        try:
            async with asyncio.timeout(_READ_WITHIN):
                body = await request.read()
            arrival = arrival_from(_whole(body))
        except TimeoutError:
            return web.Response(status=408)
        except (MangledError, web.RequestPayloadError):
            return web.Response(status=400)
        return await self._let_in(arrival, header, bot)

    def _may_knock(self, request: web.Request, header: str) -> bool:
        """Whether it is worth reading: with a sign-in it is looked at; without one nobody else's machine comes in."""
        if self._settings.checked:
            return header.startswith("Bearer ") and claims_of(header).get("iss") == _ISSUER
        return trial.may_knock(request.remote or "", request.host, request.headers)

    async def _let_in(self, arrival: Arrival, header: str, bot: OnArrival) -> web.Response:
        try:
            if not self._settings.checked:
                arrival = trial.in_trial(arrival)
            activity = _for_sdk(arrival)
            who = await self.bot_framework_authentication.authenticate_request(activity, header or None)
        except KeysUnavailableError as fault:
            log.error("a request could not be checked: %s", plainly(fault))
            return web.Response(status=503)
        except Exception as fault:  # whatever the SDK raises for a token that is not good: it stays outside
            await self._refused.note(header, f"its token is not good, {type(fault).__name__}")
            return web.Response(status=401)
        return await self._turn(who, activity, arrival, bot)

    async def _turn(
        self, who: AuthenticateRequestResult, activity: Activity, arrival: Arrival, bot: OnArrival
    ) -> web.Response:
        async def on_turn(context: TurnContext) -> None:
            answer = await bot(arrival)
            if arrival.type == "invoke":
                body = Activity(type="invokeResponse", value=InvokeResponse(status=200, body=answer))
                await context.send_activity(body)

        found = await self.process_activity(who, activity, on_turn)
        if found is None:
            return web.Response(status=200)
        return web.json_response(found.body or {}, status=int(found.status), dumps=to_json)

    # --- out

    async def post(self, place: TeamsChat, card: Card) -> str:
        """Post a card; its id. Raises TeamsError or one of UNANSWERED, as all of these do."""
        sent: list[str] = []

        async def on_turn(context: TurnContext) -> None:
            context.activity.id = None  # no answer to anything
            response = await context.send_activity(_message(card))
            sent.append(response.id if response else "")

        await self.continue_conversation(self._reference(place), on_turn, self._settings.app_id)
        return sent[0]

    async def update(self, place: TeamsChat, message: str, card: Card) -> None:
        """Put a card in the place of one that was posted."""

        async def on_turn(context: TurnContext) -> None:
            activity = _message(card)
            activity.id = message
            await context.update_activity(activity)

        await self.continue_conversation(self._reference(place), on_turn, self._settings.app_id)

    async def post_anew(self, place: TeamsChat, card: Card) -> None:
        """A post of its own in a channel."""
        data = {"channel": {"id": place.channel}, "tenant": {"id": place.tenant}}
        parameters = ConversationParameters(
            is_group=True, bot=ChannelAccount(id=place.bot), channel_data=data, activity=_message(card)
        )
        await (await self._service_of(place)).create_conversation(parameters)

    async def own_chat(self, place: TeamsChat, user: str) -> TeamsChat:
        """The personal chat with somebody who is in this place."""
        parameters = ConversationParameters(
            is_group=False,
            bot=ChannelAccount(id=place.bot),
            members=[ChannelAccount(id=user)],
            tenant_id=place.tenant,
            channel_data={"tenant": {"id": place.tenant}},
        )
        found = await (await self._service_of(place)).create_conversation(parameters)
        return TeamsChat(place.service, place.tenant, found.id, "personal", place.bot, user)

    async def member(self, place: TeamsChat, user: str) -> ActivityBody:
        """Who somebody in this place is, as Teams says."""
        return await (await self._service_of(place)).member(place.channel, user)

    async def channels(self, place: TeamsChat) -> ActivityBody:
        """The channels of the team that this place is in, as far as Teams lists them."""
        return await (await self._service_of(place)).channels(place.team)

    async def _service_of(self, place: TeamsChat) -> Connector:
        return await self._connectors.create(self._believed(place).service)

    def _reference(self, place: TeamsChat) -> ConversationReference:
        return _reference(self._believed(place))

    def _believed(self, place: TeamsChat) -> TeamsChat:
        """Raises TeamsError for what was kept in a trial, where sign-ins are checked, and the other way round: nobody
        vouched for its address, and what goes there would carry the app's own token."""
        if self._settings.checked == (place.tenant == trial.TENANT):
            raise TeamsError("this chat is from trying Teams out. Nothing is sent there any more", 403)
        return place

    async def close(self) -> None:
        """Let go of the connections."""
        await self._connectors.close()


class _Authentication(ConfigurationBotFrameworkAuthentication):  # type: ignore[misc]  # the SDK is untyped
    """The SDK's check of who is asking, with our own way out."""

    def __init__(self, settings: Teams, connectors: Connectors) -> None:
        self._connectors = connectors
        credentials = PasswordServiceClientCredentialFactory(settings.app_id, settings.password, settings.tenant)
        super().__init__(object(), credentials_factory=credentials)

    async def authenticate_request(self, activity: Activity, auth_header: str | None) -> AuthenticateRequestResult:
        """Raises an exception, of any kind, where the token is not good."""
        found = await super().authenticate_request(activity, auth_header)
        found.connector_factory = self._connectors
        return found

    def create_connector_factory(self, claims_identity: object) -> Connectors:
        """Our own connectors."""
        return self._connectors

    async def create_user_token_client(self, claims_identity: object) -> None:
        """People's own tokens are not used; the SDK would fetch one for the app, at every turn."""


def _whole(body: bytes) -> object:
    try:
        return json.loads(body.decode())
    except (ValueError, RecursionError):
        raise MangledError from None


def _for_sdk(arrival: Arrival) -> Activity:
    """As much of an activity as the SDK needs."""
    place = arrival.place
    return Activity(
        type=arrival.type,
        id=arrival.id,
        channel_id="msteams",
        service_url=place.service,
        from_property=ChannelAccount(id=arrival.user.id),
        recipient=ChannelAccount(id=place.bot),
        conversation=_conversation(place),
    )


def _conversation(place: TeamsChat) -> ConversationAccount:
    return ConversationAccount(id=place.conversation, conversation_type=place.scope, tenant_id=place.tenant or None)


def _reference(place: TeamsChat) -> ConversationReference:
    return ConversationReference(
        channel_id="msteams",
        service_url=place.service,
        conversation=_conversation(place),
        bot=ChannelAccount(id=place.bot),
        user=ChannelAccount(id=place.user) if place.user else None,
    )


def _message(card: Card) -> Activity:
    attachment = Attachment(content_type=CARD, content=card.content)
    return Activity(type="message", summary=card.summary, attachments=[attachment], attachment_layout="list")
