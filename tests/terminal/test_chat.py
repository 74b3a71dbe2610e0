"""How a reply reads in the terminal."""

from __future__ import annotations

from adapters.console.chat import offered_by, render
from bot.answering.dialogue import Base, ask_once
from bot.presses import AskPolicy
from tests.conftest import NOW

CONCERN = "a girl in my form just told me her stepdad hits her with a belt"


def test_what_not_to_do_can_be_read_by_itself(base: Base) -> None:
    shown = render(ask_once(base, CONCERN, NOW).reply)
    _, forbidden = shown.split("What not to do:")
    lines = [line for line in forbidden.splitlines() if line.startswith("  - ")]
    assert lines and all(line.startswith(("  - Do not ", "  - Never ")) for line in lines)


def test_the_policy_is_a_number_below_a_handover(base: Base) -> None:
    reply = ask_once(base, CONCERN, NOW).reply
    assert render(reply).endswith("1. My question was about the policy")
    assert isinstance(offered_by(reply)[0], AskPolicy)


def test_to_log_a_concern_names_the_command(base: Base) -> None:
    assert "/concern" in render(ask_once(base, "log a concern", NOW).reply)
