"""The questions that nobody could answer, as whoever looks after the base is shown them."""

from __future__ import annotations

import re

import pytest

from adapters.command.gap_lines import NOTHING_LIKE_IT
from adapters.command.gaps import NONE, gaps_report
from bot.answering.dialogue import Base
from bot.answering.topics import topic_of
from bot.store import Gap
from tests.conftest import NOW

PARKING = ("where do I park on Friday", "where can I park on Friday night")
FAR_OFF = "xylophone repair"
AT_RISK = "a boy in my class told me his dad hits him with a belt"


def report(base: Base, *asked: str, entry: str | None = None) -> list[str]:
    reason = "not-helpful" if entry else "no-answer"
    return gaps_report(base, [Gap(NOW.date(), text, entry, reason) for text in asked], NOW).splitlines()


def counts(lines: list[str], indent: str) -> list[int]:
    """How many stand in each group at this depth, from above."""
    found = (re.fullmatch(rf"{indent}\S.*: (\d+)(?: questions?)?", line) for line in lines[1:])
    return [int(each[1]) for each in found if each]


def test_they_stand_by_whom_to_ask_then_by_topic_the_largest_group_first(base: Base) -> None:
    outside = {
        role: [each.text for each in base.knowledge.outside if each.ask == role] for role in ("it-support", "site")
    }
    lines = report(base, *outside["site"][:2], *outside["it-support"][:8], *PARKING)
    roles, topics = counts(lines, ""), counts(lines, "  ")
    assert lines[0].endswith(" questions that no answer helped with, by whom to ask.")
    assert roles == sorted(roles, reverse=True) and sum(roles) == sum(topics) == int(lines[0].split()[0])
    assert any(line.startswith("IT support: ") for line in lines)
    titles = {NOTHING_LIKE_IT, *(topic_of(entry).title for entry in base.knowledge.entries.values())}
    assert {line.strip().rpartition(": ")[0] for line in lines if re.match(r"  \S", line)} <= titles


def test_like_questions_stand_together(base: Base) -> None:
    lines = report(base, PARKING[0], "who fixes the photocopier", PARKING[1])
    first = next(number for number, line in enumerate(lines) if "2 alike" in line)
    assert [line.split("  ")[-2] for line in lines[first + 1 : first + 3]] == list(PARKING)


def test_an_answer_that_did_not_help_is_named_by_its_title(base: Base) -> None:
    assert any(
        line.endswith('where do I park on Friday  ("The phone on a trip" did not help)')
        for line in report(base, PARKING[0], entry="trip-phone")
    )


def test_what_may_be_about_somebody_at_risk_is_counted_and_never_shown(base: Base) -> None:
    shown = "\n".join(report(base, AT_RISK, PARKING[0]))
    assert "belt" not in shown and PARKING[0] in shown
    assert "1 question not shown, which may be about somebody at risk." in shown
    assert "belt" not in "\n".join(report(base, AT_RISK))


def test_what_is_far_from_every_entry_is_under_no_topic(base: Base) -> None:
    """The entry that comes nearest by chance says nothing of it."""
    far, near = report(base, FAR_OFF), report(base, "may I tag a colleague in a photo")
    assert f"  {NOTHING_LIKE_IT}: 1" in far and not [line for line in far if "nearest: " in line]
    assert NOTHING_LIKE_IT not in "\n".join(near) and [line for line in near if line.startswith("    nearest: ")]
    named = report(base, FAR_OFF, entry="trip-phone")
    assert f"  {NOTHING_LIKE_IT}: 1" in named and "did not help" in named[-1]


@pytest.mark.parametrize("typed", ["where do\x1b[2J I park", "where do\nI park"])
def test_a_question_obeys_nobody_at_the_terminal(base: Base, typed: str) -> None:
    assert "\x1b" not in "\n".join(report(base, typed)) and len(report(base, typed)) == len(
        report(base, "where do I park")
    )


def test_no_gaps_are_a_sentence(base: Base) -> None:
    assert gaps_report(base, [], NOW) == NONE
