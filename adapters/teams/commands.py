"""The commands of the app's menu, and what is shown for each. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from adapters.chat.tips import ASK, HEADING, NOT_USEFUL, rule_of, to_value
from adapters.teams.cards import Card, Part, card, heading, opener, press, rows, small, text
from adapters.teams.record import OPEN
from adapters.teams.replies import LOG_CONCERN
from bot.concerns import Summary
from bot.concerns.words import STATUS_WORDS
from bot.knowledge import School
from bot.tips import TipCard

COMMANDS = ("ask", "log a concern", "my concerns", "tip")
TIP_ASKED, TIP_NOT_USEFUL = "ask-tip", "not-useful"
NO_TIP = "There is no tip today."
PROMPTS = (
    "Can I friend an ex-pupil?",
    "Can I post photos of a school trip?",
    "A parent is complaining about me online. What do I do?",
)
_MOST = 20


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
        text("If a child or adult is in danger, call 999 first."),
        *rows([opener("Log a concern", LOG_CONCERN)]),
    ]
    return card(parts, "Ask before you act: type a question.")


def log_a_concern(school: School) -> Card:
    """The way to the form, and to people."""
    people = (*school.holders("dsl"), *school.holders("deputy-dsl"))
    parts = [
        heading("Log a concern", large=True),
        text("If anyone is in danger, call 999 first. Then tell one of these people, in person or by phone:"),
        *(text(f"{person.name}, {person.role}: {person.phone}".rstrip(": ")) for person in people),
        *rows([opener("Open the form", LOG_CONCERN, "positive")]),
    ]
    return card(parts, "Log a concern. If anyone is in danger, call 999 first.")


def my_concerns(school: School, logged: Sequence[tuple[str, dt.datetime, str]], waiting: Sequence[Summary]) -> Card:
    """`logged` is what the person has logged (number, when, status); `waiting` what they may read and is not closed."""
    zone, parts = school.opening.zone, list[Part]()
    if waiting:
        parts.append(heading("Waiting for you"))
    for each in sorted(waiting, key=lambda each: (not each.state.urgent, each.state.status != "open"))[:_MOST]:
        urgency = "IMMEDIATE" if each.state.urgent else "not marked as immediate"
        parts.append(
            text(f"{each.number}: {urgency}, logged {_day(each.logged_at, zone)}. {STATUS_WORDS[each.state.status]}.")
        )
        parts += rows([opener(f"Open {each.number}", f"{OPEN} {each.number}")])
    if len(waiting) > _MOST:
        parts.append(small(f"{len(waiting) - _MOST} more are in the inbox on the page."))
    parts.append(heading("Concerns that you logged"))
    for number, at, status in logged[-_MOST:]:
        parts.append(text(f"{number}: logged {_day(at, zone)}. {STATUS_WORDS[status]}."))  # type: ignore[index]
    if not logged:
        parts.append(text("None so far."))
    return card([*parts, *rows([opener("Log a concern", LOG_CONCERN)])], "Your concerns")


def tip_card(tip: TipCard) -> Card:
    """The tip of the day."""
    value = to_value(tip)
    row = [press(ASK, f"{TIP_ASKED} {value}"), press(NOT_USEFUL, f"{TIP_NOT_USEFUL} {value}")]
    return card(
        [heading(HEADING, large=True), text(tip.text), small(rule_of(tip)), *rows(row)], f"{HEADING}: {tip.text}"
    )


def _day(at: dt.datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%b, %H:%M}"
