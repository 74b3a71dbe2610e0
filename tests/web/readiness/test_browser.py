"""The review in a real browser: begun, answered and closed on a phone without a script and by keyboard at a desk; axe
finds nothing on any page of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from bot.service.core import Core
from bot.store import Store
from tests.browsing import DESK, NOW, PHONE, Opener, barriers, overflow, shoot
from tests.conftest import SCHOOL
from tests.readiness.reviewing import Reviewing
from tests.web.inbox.test_browser import base_of, enter

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def ready(page: Page, store: Store, person: str, path: str = "") -> None:
    """Sign in as this person, and go to a page of the review."""
    base = base_of(page)
    page.context.clear_cookies()
    enter(page, store, person, base)
    page.goto(f"{base}inbox/readiness{path}")


def press(page: Page, name: str) -> None:
    """Press this button, and wait for the page that follows."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def look(page: Page, what: str) -> None:
    """No barriers, and nothing cut off at either width."""
    page.wait_for_load_state("load")
    for name, viewport in (("phone", PHONE), ("desk", DESK)):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        assert overflow(page) <= 0, (what, name)
        shoot(page, f"readiness-{name}-{what}", whole=True)
    assert barriers(page) == [], what


def test_on_a_phone_without_a_script_it_is_begun_answered_and_closed(
    open_page: Opener, core: Core, store: Store
) -> None:  # fmt: skip
    page = open_page(PHONE, "inbox/sign-in", java_script_enabled=False)
    ready(page, store, "dsl")
    press(page, "Begin")
    expect(page.get_by_role("status")).to_contain_text("The review is begun.")
    page.get_by_role("link", name="Parents", exact=True).click()
    asked = page.get_by_role("group", name="Parents were asked")
    asked.get_by_label("Yes").check()
    press(page, "Save, then the next part")
    page.get_by_role("alert").get_by_role("link", name="Parents were asked").click()
    expect(page.locator("#parents-asked-evidence")).to_have_attribute("aria-invalid", "true")
    page.locator("#parents-asked-evidence").fill("A survey in May 2026.")
    other = page.get_by_role("group", name="Families who are not online")
    other.get_by_label("Not yet").check()
    other.get_by_text("The plan, where it does not hold yet").click()
    other.get_by_label("Who does it").fill("Mr Ben Ferreira")
    other.get_by_label("By which day").fill("2027-01-15")
    press(page, "Save, then the next part")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Moderation and safety")
    here = Reviewing(core.base().knowledge, store)
    here.fill_in("online")
    here.fill_in("dsl")
    here.save("dsl", "answers-current", rating="yes", evidence="All are approved.")
    page.get_by_role("link", name="The whole review").click()
    expect(page.get_by_text("27 of 27 answered")).to_be_visible()
    press(page, "Close review 1")
    expect(page.get_by_role("status")).to_contain_text("The review is closed, and kept as it was.")


def test_at_a_desk_it_is_worked_by_keyboard_and_no_page_of_it_has_barriers(
    open_page: Opener, core: Core, store: Store
) -> None:  # fmt: skip
    here = Reviewing(core.base().knowledge, store)
    here.desk.begin(SCHOOL, "dsl", NOW)
    here.fill_in()
    here.save("dsl", "answers-current", rating="yes", evidence="All are approved.")
    here.desk.close(SCHOOL, "head", NOW)
    page = open_page(DESK, "inbox/sign-in")
    ready(page, store, "chair")
    look(page, "chair")
    ready(page, store, "online")
    page.get_by_text("This is done").first.click()
    look(page, "closed")
    page.goto(f"{base_of(page)}inbox/readiness/reviews/1")
    look(page, "kept")
    page.goto(f"{base_of(page)}inbox/readiness")
    page.get_by_role("button", name="Begin", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    page.goto(f"{base_of(page)}inbox/readiness/parts/parents")
    page.locator("#parents-asked").get_by_label("Not yet").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#parents-asked").get_by_label("Partly")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Only Year 6 was asked.")
    here.save("dsl", "parents-asked", rating="yes", evidence="A survey in May 2026.")
    page.get_by_role("button", name="Save", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("#parents-asked-theirs")).to_contain_text("A survey in May 2026.")
    look(page, "clash")
    page.get_by_role("button", name="Save", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    page.goto(f"{base_of(page)}inbox/readiness")
    press(page, "Close review 2")
    look(page, "not-closed")
