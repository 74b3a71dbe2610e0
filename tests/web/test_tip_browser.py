"""Tips in a real browser: the card on the chat page and the part of the inbox where they are decided about."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from adapters.delivering.poster import TipPoster
from adapters.web.tip import WebTips
from bot.answering.dialogue import Base
from bot.service.core import Core
from bot.store import Store
from bot.tips import TipCard
from tests.browsing import DESK, EVERY_LOOK, NOW, PHONE, Opener, barriers, overflow, shoot
from tests.conftest import SCHOOL

pytestmark = pytest.mark.browser

FRIDAY, TODAY = dt.date(2026, 11, 20), dt.date(2026, 11, 23)


@pytest.fixture
def core(lexical: Base, store: Store) -> Core:
    """The school with a channel in Slack beside the page."""
    school = lexical.knowledge.school
    tips = replace(school.tips, channels=("web", "slack:C0123456"))
    base = replace(lexical, knowledge=replace(lexical.knowledge, school=replace(school, tips=tips)))
    return Core(lambda: base, store)


@pytest.fixture
def tip(core: Core) -> TipCard:
    """Today's tip, posted on the page by the poster."""
    off_the_loop(lambda: asyncio.run(TipPoster(core.tips, [WebTips()], lambda: NOW).post_due()))
    shown = core.tips.today(SCHOOL, "web", NOW)
    assert shown
    return shown


def off_the_loop(work: Callable[[], object]) -> None:
    """The browser has this thread's event loop: what needs one of its own runs in another."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


@pytest.fixture
def term(core: Core, store: Store, tip: TipCard) -> Iterator[TipCard]:
    """Weeks of tips with what staff made of them, one on hold, one pinned, one left out."""
    posts, tips = store.tips(SCHOOL), core.base().knowledge.tips
    days = [day for number in range(1, 12) if (day := TODAY - dt.timedelta(days=number)).weekday() < 5]
    for day, each in zip(days, tips[20:], strict=False):
        post = posts.claim("web", day, each.id, NOW)
        assert post
        (posts.leave_out if day == FRIDAY else posts.posted)(post, NOW)
        posts.count(each.id, day, "asked")
    for _ in range(3):
        posts.count(tips[20].id, FRIDAY, "not_useful")
    core.tips.skip(SCHOOL, tips[2].id, "Mrs Ruth Calder", None, NOW)
    core.tips.pin(SCHOOL, "tip-danger-999", dt.date(2026, 11, 25), "", "Ms Amara Bello", NOW)
    yield tip


def enter(page: Page, store: Store, person: str = "dsl") -> None:
    """Sign in by a link and go to the tips."""
    found = re.match(r"http://[^/]+/", page.url)
    assert found
    link = store.sign_in(SCHOOL).make_link(person, NOW)
    page.goto(f"{found.group(0)}inbox/enter?token={link}")
    page.get_by_role("button", name="Open the inbox").click()
    page.get_by_role("link", name="Tips", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Tips")).to_be_visible()


def reach(page: Page, name: str) -> None:
    """Press Tab until something with this name has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        label = page.evaluate("(document.activeElement.labels?.[0] ?? document.activeElement).innerText")
        if label.startswith(name):
            return
    pytest.fail(f"the keyboard does not reach '{name}'")


# --- the card on the chat page


@EVERY_LOOK
def test_the_card_has_no_barriers_and_nothing_is_cut_off(
    open_page: Opener, tip: TipCard, name: str, viewport: dict[str, int], scheme: str
) -> None:  # fmt: skip
    page = open_page(viewport, color_scheme=scheme)
    card = page.get_by_role("region", name="Today’s tip")
    expect(card).to_contain_text(tip.text)
    expect(card).to_contain_text(tip.rule)
    assert barriers(page) == []
    assert overflow(page) <= 0
    for button in card.get_by_role("button").all():
        size = button.bounding_box()
        assert size and size["height"] >= 44 and size["width"] >= 44
    shoot(page, f"tip-{name}-{scheme}", whole=True)
    card.get_by_role("button", name="Not useful").click()
    expect(card.get_by_text("Thank you.")).to_be_focused()
    assert barriers(page) == []
    shoot(page, f"tip-{name}-{scheme}-thanks", whole=True)


def test_ask_about_this_starts_the_answer_by_keyboard(open_page: Opener, core: Core, tip: TipCard) -> None:
    page = open_page()
    reach(page, "Ask about this")
    page.keyboard.press("Enter")
    expect(page.locator(".reply-answer .title")).to_have_text(tip.title)
    expect(page.locator(".reply-answer h2")).to_be_focused()
    expect(page.locator(".asked")).to_contain_text(tip.title)
    assert barriers(page) == []
    shoot(page, "tip-desk-asked", whole=True)
    [opinion] = core.tips.seen(SCHOOL, TODAY, NOW).opinions
    assert (opinion.tip, opinion.asked, opinion.not_useful) == (tip.tip, 1, 0)


def test_not_useful_is_thanked_for_by_keyboard_and_counted_once(open_page: Opener, core: Core, tip: TipCard) -> None:
    page = open_page(PHONE)
    reach(page, "Not useful")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you.")).to_be_focused()
    expect(page.get_by_role("button", name="Not useful")).to_have_count(0)
    expect(page.locator(".reply, .asked")).to_have_count(0)
    [opinion] = core.tips.seen(SCHOOL, TODAY, NOW).opinions
    assert (opinion.tip, opinion.asked, opinion.not_useful) == (tip.tip, 0, 1)


def test_the_card_works_without_scripts(open_page: Opener, tip: TipCard) -> None:
    page = open_page(PHONE, java_script_enabled=False)
    page.get_by_role("button", name="Ask about this").click()
    expect(page.locator(".reply-answer .title")).to_have_text(tip.title)
    page.go_back()
    page.get_by_role("button", name="Not useful").click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    shoot(page, "tip-phone-no-script", whole=True)


# --- the inbox


@EVERY_LOOK
def test_the_inbox_has_no_barriers_and_nothing_is_cut_off(
    open_page: Opener, store: Store, term: TipCard, name: str, viewport: dict[str, int], scheme: str
) -> None:  # fmt: skip
    page = open_page(viewport, "inbox/sign-in", color_scheme=scheme)
    enter(page, store)
    assert barriers(page) == []
    assert overflow(page) <= 0
    shoot(page, f"inbox-tips-{name}-{scheme}", whole=True)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert barriers(page) == []
    assert overflow(page) <= 0
    for control in page.locator("button:visible, summary:visible, main :is(input, select):visible").all():
        size = control.bounding_box()
        assert size and size["height"] >= 44 and size["width"] >= 44, control.inner_text()
    shoot(page, f"inbox-tips-{name}-{scheme}-open", whole=True)
    page.get_by_role("button", name="No tips until I say so").click()
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.locator("main")).to_contain_text("Paused by Ms Amara Bello on 23 November 2026.")
    assert barriers(page) == []
    shoot(page, f"inbox-tips-{name}-{scheme}-paused", whole=True)


def test_everything_about_tips_by_keyboard_alone(open_page: Opener, core: Core, store: Store, term: TipCard) -> None:
    page = open_page(DESK, "inbox/sign-in")
    enter(page, store)
    said = page.get_by_role("status")
    reach(page, "No tips this week")
    page.keyboard.press("Enter")
    expect(said).to_be_focused()
    expect(page.locator("main")).to_contain_text("No tips until 29 November 2026, which is included.")
    reach(page, "Let the tips start again")
    page.keyboard.press("Enter")
    expect(said).to_have_text("Tips are posted again.")
    reach(page, "Choose the tip of a day")
    page.keyboard.press("Enter")
    reach(page, "Which tip")
    page.keyboard.press("ArrowDown")
    reach(page, "On which day")
    page.keyboard.type("12122026")  # a Saturday, whichever way round the browser wants it
    reach(page, "Pin it to this day")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("no school day")
    assert barriers(page) == []
    shoot(page, "inbox-tips-desk-refused", whole=True)
    page.get_by_label("On which day").fill("2026-11-26")
    page.get_by_role("button", name="Pin it to this day").press("Enter")
    expect(said).to_have_text("The tip has its day.")
    planned = {each.day: each.pinned for each in core.tips.coming(SCHOOL, "web", 5, NOW)}
    assert planned[dt.date(2026, 11, 26)]
    reach(page, "Take it off hold")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Every tip may be posted.")


def test_the_inbox_decides_about_tips_without_scripts(
    open_page: Opener, core: Core, store: Store, term: TipCard
) -> None:  # fmt: skip
    page = open_page(PHONE, "inbox/sign-in", java_script_enabled=False)
    enter(page, store, "head")
    page.get_by_role("button", name=re.compile("Put it on hold.*Tuesday 24 November")).first.click()
    expect(page.get_by_role("heading", name="On hold or left out (2)")).to_be_visible()
    page.locator("summary", has_text="No tips until a day").click()
    page.get_by_role("button", name="Pause until then").click()
    expect(page.get_by_text("Pick a day.")).to_be_visible()
    page.get_by_label("Last day without tips").fill("2026-11-27")
    page.get_by_role("button", name="Pause until then").click()
    expect(page.locator("main")).to_contain_text("Paused by Mrs Ruth Calder on 23 November 2026.")
    assert core.tips.coming(SCHOOL, "web", 1, NOW)[0].day == dt.date(2026, 11, 30)
