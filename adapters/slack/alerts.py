"""A letter of the core as a direct message on Slack, and what becomes of its buttons. An alert holds no details."""

from __future__ import annotations

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.sender import UndeliveredError
from adapters.slack.blocks import Block, Drawn, button, buttons, heading, paragraphs, small
from adapters.slack.people import CHANNEL, Directory
from adapters.slack.workspaces import Workspaces
from bot.knowledge import Person
from bot.letters import Letter

ACKNOWLEDGE, OPEN, PASS_ON = "acknowledge", "open", "pass-on"
_WAIT = 20.0  # seconds, where Slack says "later" and not when
# What trying again does not mend.
_FOR_GOOD = frozenset(
    "users_not_found user_not_found channel_not_found cannot_dm_bot user_disabled is_archived token_revoked "
    "account_inactive invalid_auth not_authed token_expired missing_scope org_login_required ekm_access_denied "
    "restricted_action messages_tab_disabled".split()
)
_SAID = {
    "token_revoked": "Slack has withdrawn the app's token; install the app again",
    "account_inactive": "the app was removed from Slack; install it again",
    "invalid_auth": "Slack does not accept the app's token",
    "users_not_found": "Slack knows nobody with this e-mail address",
    "ratelimited": "Slack asks to wait",
}


def render(letter: Letter) -> Drawn:
    """Letter -> message. Only alerts about a concern carry buttons; their value is the number."""
    blocks: list[Block] = [heading(letter.subject)]
    for line in letter.lines:
        blocks += paragraphs(line)
    if letter.kind in ("alert", "follow-up", "action-due"):
        row = [button("Open", OPEN, letter.number)]
        if letter.kind == "alert":
            row.insert(0, button("Acknowledge", ACKNOWLEDGE, letter.number, "primary"))
            row.append(button("Pass on", PASS_ON, letter.number))
        blocks += buttons(row)
    elif letter.link:
        blocks.append(small(letter.link))
    return Drawn(tuple(blocks), letter.subject)


def answered(subject: str, text: str) -> Drawn:
    """An alert whose concern somebody has acknowledged: the same words, without buttons."""
    return Drawn((heading(subject), *paragraphs(text)), f"{subject}: {text}")


class SlackWay:
    """Letters by direct message."""

    name = "Slack"
    channel = CHANNEL

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self._directory = Directory(workspaces.school, workspaces.store)

    def address_of(self, person: Person) -> str | None:
        """By their id in school.yaml: Slack is asked who that is when a letter is sent."""
        return f"person:{person.id}"

    async def send(self, letter: Letter, to: str) -> None:
        """Post it. Raises UndeliveredError."""
        drawn = render(letter)
        metadata = {"event_type": "askfirst_notice", "event_payload": {"id": letter.notice}}
        try:
            client, user = await self._user(to)
            await client.chat_postMessage(
                channel=user, text=drawn.text, blocks=list(drawn.blocks), metadata=metadata, unfurl_links=False
            )
        except SlackApiError as fault:
            raise undelivered(fault) from None
        except (TimeoutError, aiohttp.ClientError, OSError) as fault:
            raise UndeliveredError(f"Slack cannot be reached ({type(fault).__name__})") from None

    async def look(self, to: str) -> None:
        """Ask Slack whether it knows this person. Raises UndeliveredError."""
        try:
            await self._user(to)
        except SlackApiError as fault:
            raise undelivered(fault) from None
        except (TimeoutError, aiohttp.ClientError, OSError) as fault:
            raise UndeliveredError(f"Slack cannot be reached ({type(fault).__name__})") from None

    async def _user(self, to: str) -> tuple[AsyncWebClient, str]:
        kind, _, name = to.partition(":")
        if kind != "person":
            return await self._workspaces.client(kind), name  # an account: team and user
        team = await self._workspaces.home()
        client = await self._workspaces.client(team)
        person = self._workspaces.school().people.get(name)
        if person is None:
            raise UndeliveredError("they are no longer in school.yaml", permanent=True)
        return client, await self._directory.user_of(client, team, person)


def undelivered(fault: SlackApiError) -> UndeliveredError:
    """What Slack said, in words, and whether trying again helps."""
    error = str(fault.response.get("error", ""))
    headers = getattr(fault.response, "headers", None) or {}
    wait = headers.get("Retry-After") or headers.get("retry-after")
    asked = float(wait) if wait and str(wait).isdigit() else (_WAIT if error == "ratelimited" else None)
    reason = _SAID.get(error, f"Slack answered: {error}" if error.replace("_", "").isalnum() else "Slack refused")
    return UndeliveredError(reason, permanent=error in _FOR_GOOD, wait=asked)
