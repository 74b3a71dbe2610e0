"""How a reply reads in the terminal."""

from __future__ import annotations

from adapters.console.chat import offered_by, render
from bot.answering.dialogue import Base, ask_once
from bot.messages import AskPolicy, Contact, Handover, Reply
from tests.conftest import NOW

CONCERN = "a girl in my form just told me her stepdad hits her with a belt"


def test_what_not_to_do_begins_with_a_capital_and_keeps_the_others() -> None:
    person = Contact("Ms Amara Bello", "DSL", "020 7946 0101")
    avoid = ("Do not copy an image. Leave the device. Tell Ms Bello, the DSL.",)
    shown = render(Reply("handover", handover=Handover("concern", "pupil", "First.", (person,), (), avoid, "Log it.")))
    assert "- Copy an image. Leave the device. Tell Ms Bello, the DSL." in shown


def test_the_policy_is_a_number_below_a_handover(base: Base) -> None:
    reply = ask_once(base, CONCERN, NOW).reply
    assert render(reply).endswith("1. My question was about the policy")
    assert isinstance(offered_by(reply)[0], AskPolicy)


def test_to_log_a_concern_names_the_command(base: Base) -> None:
    assert "/concern" in render(ask_once(base, "log a concern", NOW).reply)
