"""What the tests of the tips in Slack share: a school with two channels that get tips, its poster, what people see."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from adapters.delivering.poster import TipPoster
from adapters.slack import SlackTips, Workspaces
from bot.answering.dialogue import Base
from tests.slack.people import Person
from tests.slack.school import AtSchool
from tests.slack.screens import Shown
from tests.slack.server import Slack
from tests.tip_schools import fresh

DAY = dt.date(2026, 11, 23)
STAFFROOM, OFFICE = "slack:C0STAFF", "slack:C0OFFICE"


def with_tips(base: Base) -> Base:
    """The school with two channels of Slack that get tips, and answers that are all fresh."""
    school = base.knowledge.school
    knowledge = fresh(base.knowledge, replace(school, tips=replace(school.tips, channels=(STAFFROOM, OFFICE))))
    return replace(base, knowledge=knowledge)


def wall() -> dt.datetime:
    """The local Slack dates its messages by the clock of this machine."""
    return dt.datetime.now(dt.UTC)


def slack_tips(school: AtSchool) -> SlackTips:
    return SlackTips(Workspaces(school.settings, school.core.school, school.core.store), wall)


def poster(school: AtSchool) -> TipPoster:
    return TipPoster(school.core.tips, [slack_tips(school)], school.clock)


def channels(slack: Slack, school: AtSchool, app: bool = True) -> tuple[Person, Person]:
    """A teacher who is in one of the channels, and a colleague who is in both."""
    teacher, colleague = school["teacher"], school["colleague"]
    slack.channel("C0STAFF", "staffroom", (teacher, colleague), app=app)
    slack.channel("C0OFFICE", "office", (colleague,), private=True)
    return teacher, colleague


def tips_of(person: Person) -> list[Shown]:
    """The tips that reached this person."""
    return [message for message in person.messages if "Tip of the day" in message.text]
