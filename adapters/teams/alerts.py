"""A letter of the core as a card in somebody's own chat. An alert holds no details."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict

from adapters.chat.requesting import OPEN_ACCOUNT
from adapters.delivering.sender import UndeliveredError
from adapters.teams.cards import Card, Part, card, heading, link, opener, paragraphs, press, refreshed, rows, text
from adapters.teams.faults import UNANSWERED, TeamsError, plainly
from adapters.teams.finding import account_by_email
from adapters.teams.gateway import Gateway
from adapters.teams.people import CHANNEL, TeamsDirectory
from adapters.teams.record import ACKNOWLEDGE, OPEN, TASK_FORM
from bot.knowledge import Person
from bot.service.letters import Letter
from bot.store import Place, Places, StoreError, alert_name, alerts_of

REFRESH = "alert"
ALERTS = alerts_of(CHANNEL)
NOT_MET = (
    "the app is not installed for them in Teams. Install it for them in the Teams admin centre, or ask them "
    "to open AskFirst in Teams and say hello"
)

OUTSIDE = "this is a guest's account in Teams, whose buttons refuse them. Give them an account of the school's own"


def render(letter: Letter, user: str = "") -> Card:
    """Letter -> card. Only those about an account, and about a concern that its reader works on, carry buttons. The
    address leads to the inbox on the page, for when another button does not work. `user` is asked to look again when
    they come to see it."""
    parts: list[Part] = [heading(letter.subject, large=letter.urgent)]
    parts += [part for lines in letter.lines for part in paragraphs(lines)]
    alert, buttons = letter.kind == "alert", list[Part]()
    if alert or letter.kind in ("follow-up", "action-due"):
        row = [opener("Open", f"{OPEN} {letter.number}")]
        if alert:
            row.insert(0, press("Acknowledge", f"{ACKNOWLEDGE} {letter.number}", "positive"))
            row.append(opener("Pass on", f"{TASK_FORM} pass-on {letter.number}"))
        buttons += row
    if letter.kind == "account":
        buttons.append(opener("Read and decide", f"{OPEN_ACCOUNT} {letter.number}", "positive"))
    if letter.offer:
        buttons.append(press(*letter.offer, "positive"))
    if letter.link:
        buttons.append(link("Open it on the page", letter.link))
    parts += rows(buttons)
    refresh = refreshed(f"{REFRESH} {letter.number}", [user]) if alert and user else None
    return card(parts, letter.subject, refresh)


def as_sent(kept: str) -> Card:
    """An alert as it was kept when it was sent."""
    return Card(**json.loads(kept))


def answered(number: str, words: str) -> Card:
    """An alert whose concern somebody has acknowledged: who has it, and no buttons but to open it."""
    subject = f"Safeguarding concern {number}"
    row = rows([opener("Open", f"{OPEN} {number}")])
    return card([heading(subject), text(words), *row], f"{subject}: {words}")


class TeamsWay:
    """Letters into personal chats. Where Teams asks to wait, the core is told so and decides."""

    name = "Teams"
    channel = CHANNEL

    def __init__(self, gateway: Gateway, directory: TeamsDirectory) -> None:
        self._gateway, self._directory = gateway, directory

    def address_of(self, person: Person) -> str | None:
        """By their id in school.yaml: which chat that is shows when a letter is sent. Where Teams is only being tried
        out, it is no way to those who have never written to it. Other staff are found by their e-mail address. Raises
        StoreError."""
        to = f"person:{person.id}" if person.id else f"mail:{person.email}"
        return to if self._directory.counts_on(person) else None

    async def send(self, letter: Letter, to: str) -> None:
        """Post it. Raises UndeliveredError."""
        account = await self._account(to)
        chat = await self._directory.chat_of(account)
        if chat is None:
            raise UndeliveredError(NOT_MET, permanent=True)
        try:
            drawn = render(letter, chat.user)
            message = await self._gateway.post(chat, drawn)
        except (TeamsError, *UNANSWERED) as fault:
            raise undelivered(fault) from None
        if letter.kind == "alert" and message:
            await self._remember(alert_name(letter.number, account, message), drawn)

    async def look(self, to: str) -> None:
        """Ask Teams whether their chat is still there. Raises UndeliveredError."""
        chat = await self._directory.chat_of(await self._account(to))
        if chat is None:
            raise UndeliveredError(NOT_MET, permanent=True)
        try:
            await self._gateway.member(chat, chat.user)
        except (TeamsError, *UNANSWERED) as fault:
            raise undelivered(fault) from None

    async def _account(self, to: str) -> str:
        """Raises UndeliveredError where Teams has never met them."""
        kind, _, name = to.partition(":")
        if kind == "mail":
            if (found := await account_by_email(self._directory, name)) is None:
                raise UndeliveredError(NOT_MET, permanent=True)
            return found
        if kind != "person":
            return to
        person = self._directory.person(name)
        if person is None:
            raise UndeliveredError("they are no longer in school.yaml", permanent=True)
        account = await asyncio.to_thread(self._directory.account_of, person)
        if account is None:
            raise UndeliveredError(NOT_MET, permanent=True)
        if await asyncio.to_thread(self._directory.is_outside, account):
            raise UndeliveredError(OUTSIDE, permanent=True)
        return account

    async def _remember(self, name: str, drawn: Card) -> None:
        """Where the alert stands, so that its buttons go when somebody has acknowledged. It was sent, whether or not
        that can be written down."""
        try:
            await asyncio.to_thread(self._alerts.keep_alert, Place(name, json.dumps(asdict(drawn))))
        except StoreError:
            return

    @property
    def _alerts(self) -> Places:
        return self._directory.places(ALERTS)


def undelivered(fault: Exception) -> UndeliveredError:
    """What Teams said, in words, and whether trying again helps."""
    if isinstance(fault, TeamsError):
        uncertain = fault.status >= 500  # it may have failed after the card was posted
        return UndeliveredError(plainly(fault), permanent=fault.for_good, wait=fault.wait, uncertain=uncertain)
    return UndeliveredError(plainly(fault), uncertain=True)
