"""A letter of the core as a direct message on Slack, and what becomes of its buttons. An alert holds no details."""

from __future__ import annotations

import asyncio
import logging

from slack_sdk.web.async_client import AsyncWebClient

from adapters.delivering.sender import UndeliveredError
from adapters.slack.blocks import Block, Drawn, button, buttons, escaped, heading, paragraphs, small
from adapters.slack.faults import FOR_GOOD, UNANSWERED, SlackError, error_of, may_be_there, plainly, wait_of
from adapters.slack.people import CHANNEL, SlackDirectory
from adapters.slack.standing import Standing, remark_on, standing_of, why_not_alerted
from adapters.slack.workspaces import Workspaces
from bot.knowledge import Person
from bot.service.letters import Letter

log = logging.getLogger("askfirst.slack")
_LOOKED_WITHIN = 2.0  # seconds that Slack has to say what kind of account somebody has, before a letter goes there
ACKNOWLEDGE, OPEN, PASS_ON = "acknowledge", "open", "pass-on"


def render(letter: Letter) -> Drawn:
    """Letter -> message. Only those about a concern that its reader works on carry buttons; their value is the number.
    The address leads to the inbox on the page, for when a button does not work."""
    blocks: list[Block] = [heading(letter.subject)]
    for line in letter.lines:
        blocks += paragraphs(line)
    if letter.kind in ("alert", "follow-up", "action-due"):
        row = [button("Open", OPEN, letter.number)]
        if letter.kind == "alert":
            row.insert(0, button("Acknowledge", ACKNOWLEDGE, letter.number, "primary"))
            row.append(button("Pass on", PASS_ON, letter.number))
        blocks += buttons(row)
    if letter.link:
        blocks.append(small(letter.link))
    return Drawn(tuple(blocks), escaped(letter.subject))


def answered(subject: str, text: str) -> Drawn:
    """An alert whose concern somebody has acknowledged: the same words, without buttons."""
    return Drawn((heading(subject), *paragraphs(text)), escaped(f"{subject}: {text}"))


class SlackWay:
    """Letters by direct message. Where Slack asks to wait, the core is told so and decides."""

    name = "Slack"
    channel = CHANNEL

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces.hurried()
        self._directory = SlackDirectory(workspaces.school, workspaces.store)

    def address_of(self, person: Person) -> str | None:
        """By their id in school.yaml: Slack is asked who that is when a letter is sent."""
        return f"person:{person.id}" if person.email or person.chats.get(CHANNEL) else None

    async def send(self, letter: Letter, to: str) -> None:
        """Post it. Raises UndeliveredError."""
        drawn = render(letter)
        metadata = {"event_type": "askfirst_notice", "event_payload": {"id": letter.notice}}
        try:
            client, user, team = await self._user(to)
            await self._refuse_who_would_not_read_it(client, user, team)
            await client.chat_postMessage(
                channel=user, text=drawn.text, blocks=list(drawn.blocks), metadata=metadata, unfurl_links=False
            )
        except (SlackError, *UNANSWERED) as fault:
            raise undelivered(fault, uncertain=may_be_there(fault)) from None

    async def look(self, to: str) -> str:
        """Ask Slack whether the app's token still holds, and what kind of account this is. Raises UndeliveredError."""
        try:
            client, user, team = await self._user(to)
            await client.auth_test()
            standing = standing_of((await client.users_info(user=user)).get("user") or {}, team)
        except (SlackError, *UNANSWERED) as fault:
            raise undelivered(fault) from None
        await self._refuse(standing, team)
        return remark_on(standing)

    async def _refuse_who_would_not_read_it(self, client: AsyncWebClient, user: str, team: str) -> None:
        """Slack may take a message that nobody can read, and it would count as delivered: so Slack says first what
        kind of account this is. Where it does not say, the letter goes: most accounts are members'."""
        try:
            async with asyncio.timeout(_LOOKED_WITHIN):
                found = (await client.users_info(user=user)).get("user") or {}
        except UNANSWERED as fault:
            log.warning("Slack did not say what kind of account a letter goes to: %s", plainly(fault))
            return
        await self._refuse(standing_of(found, team), team)

    async def _refuse(self, standing: Standing, team: str) -> None:
        agent = await self._workspaces.has_agent(team) if standing == "guest" else None
        if why := why_not_alerted(standing, agent):
            raise UndeliveredError(why, permanent=True)

    async def _user(self, to: str) -> tuple[AsyncWebClient, str, str]:
        """Whom a letter goes to: the client, the user, and the workspace."""
        kind, _, name = to.partition(":")
        if kind != "person":
            return await self._workspaces.client(kind), name, kind  # an account: team and user
        team = await self._workspaces.home()
        client = await self._workspaces.client(team)
        person = self._workspaces.school().people.get(name)
        if person is None:
            raise UndeliveredError("they are no longer in school.yaml", permanent=True)
        return client, await self._directory.user_of(client, team, person), team


def undelivered(fault: Exception, uncertain: bool = False) -> UndeliveredError:
    """What Slack said, in words, and whether trying again helps."""
    permanent = error_of(fault) in FOR_GOOD
    return UndeliveredError(plainly(fault), permanent=permanent, wait=wait_of(fault), uncertain=uncertain)
