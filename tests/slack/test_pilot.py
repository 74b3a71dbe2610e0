"""A pilot in Slack: whoever takes part is answered, everybody else hears that it is being tried."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bot.answering.dialogue import Base
from bot.knowledge.schools.model import Pilot
from bot.service.core import Core
from bot.store import Store
from tests.slack.school import AtSchool

ASKED = "can parents have my mobile number?"
CONCERN = "a girl in my class has bruises and says her dad did it"
TRIED = "being tried by some colleagues until 18 December 2026"


@pytest.fixture
def core(base: Base, store: Store) -> Core:
    """Whose school tries it out with one teacher, by e-mail address."""
    pilot = Pilot(dt.date(2026, 12, 18), frozenset({"p.shah@fernbank.example"}))
    school = replace(base.knowledge.school, pilot=pilot)
    return Core(lambda: replace(base, knowledge=replace(base.knowledge, school=school)), store)


async def test_whoever_takes_part_is_answered(over_http: AtSchool) -> None:
    await over_http["teacher"].says(ASKED)
    await over_http["teacher"].reads("This helped")
    await over_http["teacher"].asks("/ask", ASKED)
    await over_http["teacher"].reads("Rests on:")


async def test_everybody_else_is_told_that_it_is_tried_and_handed_over_all_the_same(over_http: AtSchool) -> None:
    colleague = over_http["colleague"]
    await colleague.says(ASKED)
    shown = await colleague.reads(TRIED)
    assert "The school office" in shown
    assert not [message for message in colleague.messages if "This helped" in message.labels]
    await colleague.says(CONCERN)
    await colleague.reads("Log this concern")
    await colleague.asks("/ask", ASKED)
    await colleague.reads(TRIED)
