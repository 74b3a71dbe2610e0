"""What `askfirst doctor` says about Slack: what was not answered, and which channel takes no tips."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.command.doctor import examine
from adapters.command.serve import announcement
from adapters.command.ways import ways
from bot.answering.dialogue import Base
from bot.service.delivery import Reach
from bot.settings import Settings, read_settings
from bot.store import StoreError, open_for
from tests.conftest import KEY, KNOWLEDGE, NOW, SCHOOL


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    school = folder / "school.yaml"
    text = school.read_text(encoding="utf-8").replace("channels: [web]", 'channels: [web, "slack:C0STAFF"]')
    school.write_text(text, encoding="utf-8")
    return read_settings(
        {"ASKFIRST_DATA": str(tmp_path), "ASKFIRST_KNOWLEDGE": str(folder), "ASKFIRST_KEYS": KEY,
         "ASKFIRST_MODEL": "none", "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "secret"}
    )  # fmt: skip


def _said(settings: Settings, about: str) -> Iterator[str]:
    _, lines = examine(settings, lambda _: {}, NOW)
    return (line for line in lines if f" {about}: " in line)


def test_the_rule_for_people_from_outside_is_said(settings: Settings) -> None:
    (line,) = _said(settings, "outsiders")
    assert line.startswith("ok ") and "may not log concerns in Slack and Teams" in line


def test_all_is_well_where_everything_was_answered(settings: Settings) -> None:
    (line,) = _said(settings, "messages")
    assert line.startswith("ok ")


def test_what_was_not_answered_is_counted_with_the_time_and_no_content(settings: Settings) -> None:
    store = open_for(settings)
    for number in range(3):
        taken = store.received(SCHOOL, "slack").take(f"Ev{number}", "Seenmarker", NOW)
        assert taken
        store.received(SCHOOL, "slack").give_up(taken)
    store.close()
    (line,) = _said(settings, "messages")
    assert line.startswith("FAULT")
    assert "3 from Slack since 23 Nov 2026, 10:00" in line
    assert "arker" not in line


def test_a_channel_that_has_not_taken_its_tip_is_named_with_what_to_do(settings: Settings) -> None:
    store = open_for(settings)
    post = store.tips(SCHOOL).claim("slack:C0STAFF", NOW.date(), "tip-what-aim", NOW)
    assert post
    store.tips(SCHOOL).put_off(post, NOW)
    store.close()
    (line,) = _said(settings, "tips")
    assert "slack:C0STAFF has not taken today's tip" in line
    assert "/invite @AskFirst" in line


def test_where_the_database_is_away_everything_else_is_still_said(settings: Settings) -> None:
    def away(_: object) -> dict[str, Reach]:
        raise StoreError("the database cannot be reached")

    well, lines = examine(settings, away, NOW)
    assert not well and "FAULT  people: nobody can say how they are reached. the database cannot be reached" in lines
    assert any(line.startswith("ok     knowledge: ") for line in lines)
    assert any("dsl: Ms Amara Bello" in line for line in lines)


def test_where_alerts_go_by_slack_nothing_says_that_they_go_nowhere(settings: Settings, base: Base) -> None:
    with contextlib.closing(open_for(settings)) as store:
        found = ways(settings, lambda: base.knowledge.school, store)
    (said,) = [line for line in announcement(settings, base, found) if "alerts" in line.lower()]
    assert said == "Alerts: by Slack"
    assert list(_said(settings, "e-mail")) == ["off    e-mail: not set up (ASKFIRST_SMTP)"]
