"""A letter of the core as a direct message on Slack, and what becomes of its buttons. An alert holds no details."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.requesting import OPEN_ACCOUNT
from adapters.delivering.sender import UndeliveredError
from adapters.slack.blocks import Block, Drawn, button, buttons, escaped, heading, paragraphs, small
from adapters.slack.faults import FOR_GOOD, UNANSWERED, SlackError, error_of, may_be_there, plainly, wait_of
from adapters.slack.people import CHANNEL, SlackDirectory
from adapters.slack.standing import Standing, is_outside, remark_on, standing_of, why_not_alerted, why_not_told
from adapters.slack.workspaces import Workspaces
from bot.knowledge import Person
from bot.service.letters import Letter

log = logging.getLogger("askfirst.slack")
_LOOKED_WITHIN = 2.0  # seconds that Slack has to say what kind of account somebody has, before a letter goes there
ACKNOWLEDGE, OPEN, PASS_ON = "acknowledge", "open", "pass-on"
OFFER = "required"  # how the names of buttons begin that lead to what somebody must read
ON_THE_PAGE = "Do it on the page, with the link below: in Slack a guest cannot."
NO_PAGE = "Do it in the inbox on AskFirst’s page: in Slack a guest cannot."


def render(letter: Letter, buttons_work: bool = True) -> Drawn:
    """Letter -> message. Only those about an account, and about a concern that its reader works on, carry buttons;
    their value is the number. The address leads to the inbox on the page, for when a button does not work, and for
    guests, whose buttons do not: they get none."""
    blocks: list[Block] = [heading(letter.subject)]
    for line in letter.lines:
        blocks += paragraphs(line)
    works_on_it = letter.kind in ("alert", "follow-up", "action-due")
    if works_on_it and buttons_work:
        row = [button("Open", OPEN, letter.number)]
        if letter.kind == "alert":
            row.insert(0, button("Acknowledge", ACKNOWLEDGE, letter.number, "primary"))
            row.append(button("Pass on", PASS_ON, letter.number))
        blocks += buttons(row)
    if letter.kind == "account" and buttons_work:
        blocks += buttons([button("Read and decide", OPEN_ACCOUNT, letter.number, "primary")])
    if works_on_it and not buttons_work:
        blocks += paragraphs(ON_THE_PAGE if letter.link else NO_PAGE)
    if letter.offer and buttons_work:
        blocks += buttons([button(letter.offer[0], OFFER, letter.offer[1], "primary")])
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
        """By their id in school.yaml, or other staff by their e-mail address: Slack is asked who that is when a letter
        is sent."""
        if not person.id:
            return f"mail:{person.email}"
        return f"person:{person.id}" if person.email or person.chats.get(CHANNEL) else None

    async def send(self, letter: Letter, to: str) -> None:
        """Post it. Raises UndeliveredError."""
        metadata = {"event_type": "askfirst_notice", "event_payload": {"id": letter.notice}}
        try:
            client, user, standing = await self._reader_of(to)
            drawn = render(letter, buttons_work=not is_outside(standing))
            await client.chat_postMessage(
                channel=user, text=drawn.text, blocks=list(drawn.blocks), metadata=metadata, unfurl_links=False
            )
        except (SlackError, *UNANSWERED) as fault:
            raise undelivered(fault, uncertain=may_be_there(fault)) from None

    async def look(self, to: str) -> str:
        """Ask Slack whether the app's token still holds, and what kind of account this is. Raises UndeliveredError."""
        try:
            await (await self._workspaces.client(await self._team_of(to))).auth_test()
            _, _, standing = await self._reader_of(to, surely=True)
        except (SlackError, *UNANSWERED) as fault:
            raise undelivered(fault) from None
        return remark_on(standing)

    async def _team_of(self, to: str) -> str:
        kind, _, _ = to.partition(":")
        return await self._workspaces.home() if kind in ("person", "mail") else kind  # else an account: team and user

    async def _reader_of(self, to: str, surely: bool = False) -> tuple[AsyncWebClient, str, Standing]:
        """Whom a letter goes to, and the standing of their account. Raises UndeliveredError for one that would not be
        read, and one of UNANSWERED; where Slack does not say what kind of account it is only with `surely`."""
        kind, _, name = to.partition(":")
        team = await self._team_of(to)
        client = await self._workspaces.client(team)
        if kind == "mail":
            name = await self._directory.user_by_email(client, team, Person("", name, "", "", name))
        if kind != "person":
            standing = standing_of(await self._account(client, name, surely), team)
            _refuse(why_not_told(standing))
            return client, name, standing
        person = self._workspaces.school().people.get(name)
        if person is None:
            raise UndeliveredError("they are no longer in school.yaml", permanent=True)
        user = await self._directory.user_of(client, team, person)
        found = await self._account(client, user, surely)
        if found and self._directory.is_no_longer(person, found):
            user = await self._directory.user_by_email(client, team, person)
            found = await self._account(client, user, surely)
        standing = standing_of(found, team)
        _refuse(why_not_alerted(standing, await self._workspaces.has_agent(team) if standing == "guest" else None))
        return client, user, standing

    async def _account(self, client: AsyncWebClient, user: str, surely: bool) -> Mapping[str, Any]:
        """What Slack says of an account. It may take a message that nobody can read, and that would count as delivered,
        so it is asked first. Where it does not say, the letter goes: most accounts are members'."""
        try:
            async with asyncio.timeout(_LOOKED_WITHIN):
                return (await client.users_info(user=user)).get("user") or {}
        except UNANSWERED as fault:
            if surely:
                raise
            log.warning("Slack did not say what kind of account a letter goes to: %s", plainly(fault))
            return {}


def _refuse(why: str) -> None:
    if why:
        raise UndeliveredError(why, permanent=True)


def undelivered(fault: Exception, uncertain: bool = False) -> UndeliveredError:
    """What Slack said, in words, and whether trying again helps."""
    permanent = error_of(fault) in FOR_GOOD
    return UndeliveredError(plainly(fault), permanent=permanent, wait=wait_of(fault), uncertain=uncertain)
