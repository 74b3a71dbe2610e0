"""The form for a new account or tool as Slack views, screen by screen, and an account of the register. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from adapters.chat.requesting import OPEN_ACCOUNT, as_menu, head_lines, sent_lines
from adapters.slack.blocks import (
    VIEW_BLOCKS,
    Block,
    button,
    buttons,
    heading,
    modal,
    paragraphs,
    plain,
    small,
)
from adapters.slack.form import input_of
from adapters.slack.record import TOO_LONG, action_input
from bot.accounts import AccountForm, Registered
from bot.accounts.acts import RegisterAct
from bot.concerns.actions import MENUS, ActionField
from bot.service.accounts import SeenAccount

STEP, ACT, DO = "account-step", "account-act", "account-do"
_TITLE = "New account or tool"
FIRST_WORDS = (
    "Your line manager decides first, then a senior leader (SLT). Nothing is in use before both have agreed. "
    "What you answer is kept for a day until you send it."
)


def step_view(form: AccountForm, submission: str, number: int) -> Block:
    """One screen of the form, empty."""
    screen, last = form.screens[number], number == len(form.screens) - 1
    blocks = [heading(f"Step {number + 1} of {len(form.screens)}: {screen.title}")]
    blocks += paragraphs(FIRST_WORDS) if not number else []
    blocks += [block for field in screen.fields for block in input_of(as_menu(field), "")]
    metadata = json.dumps({"submission": submission, "step": number})
    return modal(_TITLE, blocks, STEP, "Send it" if last else "Continue", metadata)


def step_from(metadata: str) -> tuple[str, int]:
    """A view's private metadata -> the form's key and the place of the screen. Raises ValueError for none of ours."""
    data = json.loads(metadata)
    if not isinstance(data, dict) or not isinstance(data.get("submission"), str) or not isinstance(data["step"], int):
        raise ValueError("not ours")
    return data["submission"], data["step"]


def sent_view(found: Registered) -> Block:
    """It was sent."""
    return modal("Sent", [block for line in sent_lines(found) for block in paragraphs(line)], "account-sent")


def told_view(metadata: str, text: str) -> Block:
    """One sentence in the place of a form or an account."""
    return modal(_TITLE, paragraphs(text), "account-told", metadata=metadata)


def account_view(seen: SeenAccount, facts: Iterable[tuple[str, str]], decisions: Iterable[tuple[str, str]]) -> Block:
    """One account, as far as Slack can show it, with what its reader can do."""
    blocks = [heading(seen.found.title)]
    for line in head_lines(seen):
        blocks += paragraphs(line)
    blocks += buttons([button(act.title, f"{ACT}-{act.id}", f"{act.id} {seen.found.number}") for act in seen.acts])
    for line, reason in decisions:
        blocks += [heading(line), *plain(reason)]
    blocks += [block for label, text in facts for block in plain(f"{label}\n{text}")]
    if len(blocks) > VIEW_BLOCKS:
        blocks = [*blocks[: VIEW_BLOCKS - 1], small(TOO_LONG)]
    return modal(f"Account {seen.found.number}", blocks, "account", metadata=seen.found.number)


def act_view(number: str, act: RegisterAct, fields: Sequence[ActionField]) -> Block:
    """The form of one act. A menu with nothing in it is left out, because Slack takes none."""
    blocks = [action_input(field) for field in fields if field.kind not in MENUS or field.options]
    return modal(f"Account {number}", blocks, DO, act.send, f"{act.id} {number}")


def done_view(number: str, said: str) -> Block:
    """Something was done."""
    blocks = [*paragraphs(said), *buttons([button("Open", OPEN_ACCOUNT, number)])]
    return modal(f"Account {number}", blocks, "account-done")
