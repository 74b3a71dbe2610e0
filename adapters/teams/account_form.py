"""The form for a new account or tool as Teams dialogs, screen by screen, and an account of the register. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from adapters.chat.requesting import OPEN_ACCOUNT, as_menu, head_lines, sent_lines
from adapters.teams.activities import ActivityBody
from adapters.teams.cards import Part, dialog, heading, paragraphs, problem, rows, sender, small, text
from adapters.teams.form import chosen, input_of
from adapters.teams.record import action_input
from bot.accounts import AccountForm, Registered
from bot.accounts.acts import RegisterAct
from bot.concerns import Answers, Field, Screen
from bot.concerns.actions import ActionField
from bot.service.accounts import SeenAccount

STEP, BACK, ACT, DONE = "account-step", "account-back", "account-act", "account-done"
_TITLE = "A new account or tool"
FIRST_WORDS = "Your line manager decides first, then a senior leader (SLT). Nothing is in use before both have agreed."
_LONGEST_ID = 80


def step_dialog(form: AccountForm, submission: str, number: int, given: Answers, problems: Mapping[str, str]) -> Part:
    """One screen, with what was typed before and what is wrong with it."""
    screen, last = form.screens[number], number == len(form.screens) - 1
    parts: list[Part] = [heading(f"Step {number + 1} of {len(form.screens)}: {screen.title}")]
    parts += [text(FIRST_WORDS)] if not number and not problems else []
    known = {field.id for field in screen.fields}
    parts += [problem(words) for name, words in problems.items() if name not in known]
    if known & problems.keys():
        parts.append(problem("Not yet. Look at the lines below that begin with ✗."))
    parts += [
        part for field in screen.fields for part in input_of(as_menu(field), given, problems, _only(screen, field))
    ]
    data = {"submission": submission, "step": str(number)}
    buttons = [sender("Send it to your line manager" if last else "Continue", {"do": STEP, **data})]
    if number:
        back = {"type": "Action.Submit", "title": "Back", "associatedInputs": "none", "data": {"do": BACK, **data}}
        buttons.append(back)
    return dialog(_TITLE, [*parts, *rows(buttons)], whole=True)


def step_from(form: AccountForm, data: ActivityBody) -> tuple[str, int]:
    """What came with the button that sent a screen -> the form's key, and the place of the screen. Raises ValueError
    for none of ours."""
    submission, step = data.get("submission"), data.get("step")
    if not isinstance(submission, str) or not 0 < len(submission) <= _LONGEST_ID or not isinstance(step, str):
        raise ValueError("not ours")
    number = int(step)
    if not 0 <= number < len(form.screens):
        raise ValueError("not ours")
    return submission, number


def answers_of(screen: Screen, data: ActivityBody) -> dict[str, tuple[str, ...]]:
    """What was filled in on a screen."""
    found: dict[str, tuple[str, ...]] = {}
    for field in screen.fields:
        value = data.get(field.id)
        if isinstance(value, str) and value:
            found[field.id] = chosen(field, value) if field.kind == "choices" else (value,)
    return found


def sent_dialog(found: Registered) -> Part:
    """It was sent."""
    return dialog("Sent", [text(line) for line in sent_lines(found)], "medium")


def told_dialog(words: str) -> Part:
    """One sentence in the place of a form or an account."""
    return dialog(_TITLE, paragraphs(words), "medium")


def account_dialog(seen: SeenAccount, facts: Iterable[tuple[str, str]], decisions: Iterable[tuple[str, str]]) -> Part:
    """One account, as far as Teams can show it, with what its reader can do."""
    number = seen.found.number
    acts = [
        {"type": "Action.Submit", "title": act.title, "data": {"do": f"{ACT} {act.id} {number}"}} for act in seen.acts
    ]
    parts: list[Part] = [heading(seen.found.title), *(text(line) for line in head_lines(seen)), *_said(decisions)]
    parts += [part for label, words in facts for part in (small(label), *paragraphs(words))]
    return dialog(f"Account {number}", [*parts, *rows(acts)])


def act_dialog(
    number: str,
    act: RegisterAct,
    fields: Sequence[ActionField],
    given: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> Part:
    """The form of one act, with what was typed before and what is wrong."""
    wrong = problems or {}
    parts = [problem(words) for name, words in wrong.items() if name not in {field.id for field in fields}]
    for field in fields:
        if field.id in wrong:
            parts.append(problem(f"{field.label} {wrong[field.id]}"))
        parts += action_input(field, (given or {}).get(field.id, ""))
    buttons = [
        sender(act.send, {"do": f"{DONE} {act.id} {number}"}),
        {
            "type": "Action.Submit",
            "title": "Back",
            "associatedInputs": "none",
            "data": {"do": f"{OPEN_ACCOUNT} {number}"},
        },
    ]
    return dialog(f"Account {number}", [*parts, *rows(buttons)], whole=True)


def done_dialog(number: str, said: str) -> Part:
    """Something was done."""
    return dialog(
        f"Account {number}", [text(said), *rows([sender("Open", {"do": f"{OPEN_ACCOUNT} {number}"})])], "medium"
    )


def _said(decisions: Iterable[tuple[str, str]]) -> Iterator[Part]:
    for line, reason in decisions:
        yield heading(line)
        yield from paragraphs(reason)


def _only(screen: Screen, field: Field) -> str:
    """When a field is to be filled in at all: a dialog cannot hide it until then."""
    if field.only_with is None:
        return ""
    owner, value = field.only_with
    options = next(each.options for each in screen.fields if each.id == owner)
    return f"Only if you picked “{next(each.label for each in options if each.value == value)}”."
