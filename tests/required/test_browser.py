"""Reading by a personal link, and the inbox page about it, in a real browser: phone, desk, keyboard, no script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from bot.answering.dialogue import Base
from bot.service.core import Core
from bot.store import Store
from tests.browsing import DESK, NOW, PHONE, Opener, barriers, overflow, shoot
from tests.conftest import SCHOOL
from tests.required.world import ADDRESS, TEACHER, set_up

pytestmark = pytest.mark.browser


@pytest.fixture
def core(base: Base, store: Store) -> Core:
    return Core(lambda: base, store, address=ADDRESS)


@pytest.fixture
def link(core: Core) -> str:
    set_up(core, "summary:contact-pupils")
    colleague = core.required.by_email((TEACHER,))
    assert colleague
    return core.required.link_for(colleague, NOW).removeprefix(f"{ADDRESS}/")


def fine(page: Page, name: str) -> None:
    """No barrier, nothing beside the screen; a picture for whoever looks."""
    shoot(page, f"required-{name}", whole=True)
    assert barriers(page) == [], name
    assert overflow(page) <= 0, name


def right(base: Base, page: Page) -> str:
    heading = page.get_by_role("heading", level=1).inner_text()
    return next(check.right for check in base.knowledge.checks if check.question == heading)


def test_on_a_phone_it_is_read_and_answered_from_the_link(open_page: Opener, base: Base, link: str) -> None:
    page = open_page(PHONE, link, has_touch=True)
    expect(page.get_by_role("heading", level=1)).to_have_text("What you have to read")
    fine(page, "list")
    with page.expect_navigation():
        page.get_by_role("button", name="Contact with pupils: in short").tap()
    fine(page, "text")
    with page.expect_navigation():
        page.get_by_role("button", name="I have read this").tap()
    fine(page, "question")
    for left in ("5 questions are left", "4 questions are left", "3 questions are left", "2 questions", "the last"):
        expect(page.get_by_text(left)).to_be_visible()
        page.get_by_label(right(base, page)).check()
        page.get_by_role("button", name="This is my answer").tap()
        expect(page.get_by_role("heading", level=1)).to_have_text("That is what our school says")
        if left.startswith("5"):
            fine(page, "said")
        page.get_by_role("button", name=re.compile("Next question|Finish")).tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    expect(page.get_by_role("contentinfo")).to_contain_text("You are known here as Priya Shah, by your personal link")
    fine(page, "done")


def test_by_keyboard_alone_and_without_script(open_page: Opener, base: Base, link: str) -> None:
    page = open_page(DESK, link, java_script_enabled=False)
    page.get_by_role("button", name="Contact with pupils: in short").press("Enter")
    page.get_by_role("button", name="I have read this").press("Enter")
    page.get_by_role("button", name="This is my answer").focus()
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Our school says something else|That is what"))


def test_at_a_desk_the_dsl_sets_something_and_sees_who_has_read_it(
    open_page: Opener, core: Core, store: Store, link: str
) -> None:
    token = store.sign_in(SCHOOL).make_link("dsl", NOW)
    page = open_page(DESK, f"inbox/enter?token={token}")
    page.get_by_role("button").first.click()
    page.get_by_role("link", name="Reading").click()
    expect(page.get_by_text("0 of 3 staff have read")).to_be_visible()
    fine(page, "inbox")
    page.get_by_label("What is to be read").select_option(label="Danger, illness, searching, force: in short")
    page.get_by_label("By which day").fill("2026-12-11")
    page.get_by_label("Maths").check()
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_role("status")).to_contain_text("It is set")
    page.get_by_role("link", name="Contact with pupils: in short").click()
    expect(page.get_by_role("row", name=re.compile("Priya Shah"))).to_contain_text("Not yet")
    fine(page, "results")
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    fine(page, "results-phone")
    page.goto(page.url.rpartition("/")[0])
    fine(page, "inbox-phone")
