"""The commands of the app's menu, and what is shown for each. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.chat.asking import PROMPTS
from adapters.chat.own_concerns import MOST, OwnConcerns, logged_line, more_line, waiting_line
from adapters.chat.reporting import above_form
from adapters.chat.requesting import ASK_ACCOUNT
from adapters.chat.tips import ASK, HEADING, NOT_USEFUL, rule_of, to_value
from adapters.teams.account_form import FIRST_WORDS
from adapters.teams.cards import Card, Part, card, heading, opener, press, rows, small, text
from adapters.teams.form import drawn
from adapters.teams.record import OPEN
from adapters.teams.replies import LOG_CONCERN
from bot.accounts.words import ASK_FOR_ACCOUNT
from bot.concerns import Advice
from bot.concerns.guidance import CALL_999
from bot.knowledge import School
from bot.tips import TipCard

COMMANDS = ("ask", "log a concern", "my concerns", "new account", "tip")
TIP_ASKED, TIP_NOT_USEFUL = "ask-tip", "not-useful"
STAYS = (
    "What you type here stays in Teams’ chat, and those who run it for the school can find it. What you write in the "
    "form does not: use it for a concern about a real person."
)
NO_TIP = "There is no tip today."


def command_of(words: str) -> str:
    """What was typed -> the command that it is; empty for a question."""
    said = " ".join(words.casefold().strip(" .!/").split())
    return said if said in COMMANDS else ""


def how_to_ask(school: School) -> Card:
    """What AskFirst is for, with a few questions to begin with."""
    parts = [
        heading("Ask before you act", large=True),
        text(f"Type a question. I answer from the policies of {school.name}, and show the rule behind each answer."),
        text("Such as:"),
        *(text(f"• {prompt}") for prompt in PROMPTS),
        text(CALL_999),
        *rows([opener("Log a concern", LOG_CONCERN)]),
        small(STAYS),
    ]
    return card(parts, "Ask before you act: type a question.")


def log_a_concern(advice: Sequence[Advice]) -> Card:
    """The way to the form, and to people."""
    parts = [
        heading("Log a concern", large=True),
        *drawn(above_form(advice)),
        *rows([opener("Open the form", LOG_CONCERN, "positive")]),
    ]
    return card(parts, f"Log a concern. {CALL_999}")


def new_account() -> Card:
    """The way to the form for a new account or tool."""
    parts = [
        heading(ASK_FOR_ACCOUNT, large=True),
        text(FIRST_WORDS),
        *rows([opener("Open the form", ASK_ACCOUNT, "positive")]),
    ]
    return card(parts, ASK_FOR_ACCOUNT)


def my_concerns(school: School, own: OwnConcerns) -> Card:
    """What waits for somebody, and what they logged."""
    zone, parts = school.opening.zone, list[Part]()
    if own.waiting:
        parts.append(heading("Waiting for you"))
    for each in own.waiting[:MOST]:
        parts.append(text(waiting_line(each, zone)))
        parts += rows([opener(f"Open {each.number}", f"{OPEN} {each.number}")])
    if more := more_line(own.waiting):
        parts.append(small(more))
    parts.append(heading("Concerns that you logged"))
    parts += [text(logged_line(each, zone)) for each in own.logged[:MOST]] or [text("None so far.")]
    return card([*parts, *rows([opener("Log a concern", LOG_CONCERN)])], "Your concerns")


def tip_card(tip: TipCard) -> Card:
    """The tip of the day."""
    value = to_value(tip)
    row = [press(ASK, f"{TIP_ASKED} {value}"), press(NOT_USEFUL, f"{TIP_NOT_USEFUL} {value}")]
    return card(
        [heading(HEADING, large=True), text(tip.text), small(rule_of(tip)), *rows(row)], f"{HEADING}: {tip.text}"
    )
