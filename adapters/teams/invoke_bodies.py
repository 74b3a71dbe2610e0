"""What came with a button or a dialog, and the shape of the answers to it. Pure."""

from __future__ import annotations

from adapters.teams.account_form import DONE, STEP
from adapters.teams.activities import Arrival, part, word
from adapters.teams.cards import Card
from adapters.teams.form import FIRST, REPORT
from adapters.teams.gateway import InvokeReply
from adapters.teams.record import TASK_DONE
from adapters.teams.replies import LOG_CONCERN

_CARD = "application/vnd.microsoft.card.adaptive"
_MESSAGE = "application/vnd.microsoft.activity.message"
_DIALOGS = ("task/fetch", "task/submit", "composeExtension/fetchTask", "composeExtension/submitAction")
_FORM = (LOG_CONCERN, FIRST, REPORT)


def is_dialog(arrival: Arrival) -> bool:
    """Whether a dialog opens, or goes on."""
    return arrival.name in _DIALOGS


def is_form(arrival: Arrival) -> bool:
    """Whether this is about the concern form, which everybody of the school may fill in."""
    about_it = word(part(arrival.value, "data"), "do") in _FORM
    return arrival.name == "composeExtension/fetchTask" or (is_dialog(arrival) and about_it)


def is_filled_in(arrival: Arrival) -> bool:
    """Whether a form was filled in to its end, and sent: the concern form, a screen of that for an account, or that
    of an action."""
    verb = word(part(arrival.value, "data"), "do").partition(" ")[0]
    return is_dialog(arrival) and verb in (REPORT, TASK_DONE, STEP, DONE)


def value_of(arrival: Arrival) -> str:
    """What a button of a card carries; empty for none of ours."""
    return word(part(part(arrival.value, "action"), "data"), "do")


def spoken(words: str) -> InvokeReply:
    """A word to whoever pressed; the card stays."""
    return {"statusCode": 200, "type": _MESSAGE, "value": words}


def shown(card: Card) -> InvokeReply:
    """A card in the place of the one with the button, for whoever pressed."""
    return {"statusCode": 200, "type": _CARD, "value": card.content}
