"""A tip goes with its answer: it is not posted, pinned or shown while nobody has approved what it rests on."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.knowledge import Tip
from bot.service.calendars import KeptCalendars
from bot.service.tip_desk import TipDesk, TipError
from bot.store import Store
from tests.approvals.giving import Folder
from tests.conftest import SCHOOL

EIGHT_TEN = dt.datetime(2026, 11, 23, 8, 10, tzinfo=dt.UTC)
TODAY = EIGHT_TEN.date()
FRIDAY = TODAY + dt.timedelta(days=4)
WAITS = "its answer 'trip-phone' was changed, and waits for approval"
NOBODY = "nobody has approved its answer 'trip-phone' yet"


class Tips:
    """The desk on the base that stands in the folder at the time, and a tip of trip-phone's that is today's."""

    def __init__(self, folder: Folder, store: Store) -> None:
        self.folder = folder
        self.base = folder.load()
        self.desk = TipDesk(lambda: {SCHOOL: self.base}, store, KeptCalendars(None))

    @property
    def tip(self) -> Tip:
        return next(tip for tip in self.base.tips if tip.entry == "trip-phone")

    def edited(self, reason: str) -> None:
        """The words of its answer are changed by hand; or its approval is taken away."""
        if reason == WAITS:
            self.folder.change_words()
        else:
            self.folder.approvals.unlink()
        self.base = self.folder.load()

    def left_out(self) -> str:
        seen = self.desk.seen(SCHOOL, TODAY, EIGHT_TEN)
        return {tip.id: reason for tip, reason in seen.left_out}.get(self.tip.id, "")


@pytest.fixture
def tips(begun: Folder, store: Store) -> Tips:
    """With one tip, of no theme, so that it is every day's."""
    file = begun.path / "tips.yaml"
    file.write_text("tips:\n  - {id: tip-phone, entry: trip-phone, text: Take the school phone.}\n", encoding="utf-8")
    begun.approve()
    return Tips(begun, store)


@pytest.mark.parametrize("reason", [WAITS, NOBODY])
def test_it_is_neither_planned_nor_posted_nor_pinned_and_the_reason_is_said(tips: Tips, reason: str) -> None:
    (slot,) = tips.desk.due(("web",), EIGHT_TEN)
    assert (tips.left_out(), [day.tip for day in tips.desk.coming(SCHOOL, "web", 1, EIGHT_TEN)]) == ("", [tips.tip])
    tips.edited(reason)
    assert tips.left_out() == reason
    assert [day.tip for day in tips.desk.coming(SCHOOL, "web", 1, EIGHT_TEN)] == [None]
    assert tips.desk.claim(slot, EIGHT_TEN) is None
    with pytest.raises(TipError, match=reason):
        tips.desk.pin(SCHOOL, tips.tip.id, FRIDAY, "", "the terminal", EIGHT_TEN)


@pytest.mark.parametrize("reason", [WAITS, NOBODY])
def test_what_was_claimed_before_is_not_sent_after(tips: Tips, reason: str) -> None:
    (slot,) = tips.desk.due(("web",), EIGHT_TEN)
    post = tips.desk.claim(slot, EIGHT_TEN)
    assert post and tips.desk.card(post, EIGHT_TEN)
    tips.edited(reason)
    assert tips.desk.card(post, EIGHT_TEN) is None


@pytest.mark.parametrize("reason", [WAITS, NOBODY])
def test_what_was_posted_before_is_not_shown_as_todays_any_more(tips: Tips, reason: str) -> None:
    (slot,) = tips.desk.due(("web",), EIGHT_TEN)
    post = tips.desk.claim(slot, EIGHT_TEN)
    assert post and tips.desk.posted(post, EIGHT_TEN)
    assert tips.desk.today(SCHOOL, "web", EIGHT_TEN)
    tips.edited(reason)
    assert tips.desk.today(SCHOOL, "web", EIGHT_TEN) is None


def test_it_comes_again_once_the_new_words_are_approved(tips: Tips) -> None:
    tips.edited(WAITS)
    tips.folder.approve(["trip-phone"])
    tips.base = tips.folder.load()
    assert tips.left_out() == ""
