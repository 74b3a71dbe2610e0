"""The app's Home tab: how to ask, the person's own concerns, and for people on a ladder what is waiting. Pure."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from adapters.chat.own_concerns import MOST, OwnConcerns, logged_line, more_line, waiting_line
from adapters.chat.requesting import ASK_ACCOUNT
from adapters.chat.tips import ASK, rule_of, to_value
from adapters.slack.alerts import OPEN
from adapters.slack.blocks import Block, button, buttons, heading, paragraphs, small, words
from adapters.slack.greeting import suggested, worried
from adapters.slack.tips import TIP_ASK
from bot.accounts.words import ASK_FOR_ACCOUNT
from bot.concerns import Advice, Summary
from bot.knowledge import School
from bot.tips import TipCard

ASK_BOX = "ask-at-home"


def home_view(
    school: School,
    own: OwnConcerns,
    tip: TipCard | None,
    ring: tuple[Advice, ...],
    may_log: bool = True,
    staff: bool = True,
) -> Block:
    """The tab of one person; `tip` is today's, where there is one, `ring` whom to ring where somebody is at risk;
    `staff` says that they are of the school."""
    zone = school.opening.zone
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Ask before you act", "emoji": False}},
        *paragraphs(f"Ask me here, or type /ask and your question. I answer from the policies of {school.name}."),
        _ask_box(),
        *suggested(),
        *(buttons([button(ASK_FOR_ACCOUNT, ASK_ACCOUNT)]) if staff else ()),
        {"type": "divider"},
        *worried(ring, may_log),
    ]
    if tip:
        blocks += [{"type": "divider"}, heading("Today’s tip"), *paragraphs(tip.text), small(rule_of(tip))]
        blocks += [*buttons([button(ASK, TIP_ASK, to_value(tip))]), small("The answer comes under Messages.")]
    if own.waiting:
        blocks += [{"type": "divider"}, heading("Waiting for you")]
        for each in own.waiting[:MOST]:
            blocks += _waiting(each, zone)
        if more := more_line(own.waiting):
            blocks.append(small(more))
    if own.logged:
        blocks += [{"type": "divider"}, heading("Concerns that you logged")]
        blocks += [small(logged_line(each, zone)) for each in own.logged[:MOST]]
    return {"type": "home", "blocks": blocks[:100]}


def _ask_box() -> Block:
    """A line that is sent with the Enter key."""
    sent = {"trigger_actions_on": ["on_enter_pressed"]}
    element = {"type": "plain_text_input", "action_id": ASK_BOX, "max_length": 3000, "dispatch_action_config": sent}
    return {
        "type": "input",
        "block_id": ASK_BOX,
        "dispatch_action": True,
        "optional": True,
        "label": words("Your question", 2000),
        "hint": words("The answer comes as a message, under Messages.", 2000),
        "element": element,
    }


def _waiting(each: Summary, zone: ZoneInfo) -> list[Block]:
    opens = button(f"Open {each.number}", f"{OPEN}-{each.number}", each.number)
    return [*paragraphs(waiting_line(each, zone)), *buttons([opens])]
