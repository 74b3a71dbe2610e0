"""The school's own policies in a real browser: put in, looked over, held against the answers and compared, at both
widths, by keyboard, without a script; axe finds nothing on any page of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot.store import Store
from tests.browsing import DESK, EVERY_LOOK, PHONE, Opener, barriers, overflow, shoot
from tests.policies import making
from tests.web.answers.test_browser import press, reach
from tests.web.inbox.test_browser import base_of, enter
from tests.web.policies.test_pages import NAMED, NEXT

pytestmark = pytest.mark.browser


def desk(page: Page, store: Store, person: str, path: str = "") -> None:
    """Sign in as this person, and go to a page of the policies."""
    base = base_of(page)
    page.context.clear_cookies()
    enter(page, store, person, base)
    page.goto(f"{base}inbox/policies{path}")


def written(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.wide
@EVERY_LOOK
def test_no_page_has_barriers_or_is_cut_off(
    open_page: Opener, store: Store, tmp_path: Path, name: str, viewport: dict[str, int], scheme: str
) -> None:  # fmt: skip
    page = open_page(viewport, "inbox/sign-in", color_scheme=scheme)

    def look(what: str, heading: str) -> None:
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        page.wait_for_load_state("load")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert barriers(page) == [], what
        assert overflow(page) <= 0, what
        shoot(page, f"policies-{name}-{scheme}-{what}", whole=True)

    desk(page, store, "dsl")
    look("none", "Your own policies")
    page.get_by_role("link", name="Put a document in").last.click()
    press(page, "Read it")
    look("no-file", "Put a document in")
    page.locator("#file").set_input_files(written(tmp_path, "social-media.md", NAMED))
    press(page, "Read it")
    look("held-back", "Social media policy")
    press(page, "Take it in")
    look("no-reason", "Social media policy")
    page.locator("#because").fill("She runs our office line, and agreed to it.")
    press(page, "Take it in")
    page.locator("#force-social-media-02").select_option("must-not")
    page.locator("#all").select_option("must")
    press(page, "Keep what I picked")
    look("document", "Social media policy")
    page.get_by_role("link", name="Paragraph 2").click()
    agrees = page.get_by_role("button", name=re.compile("^They agree")).first
    with page.expect_navigation():
        agrees.click()
    look("clause", "Paragraph 2")
    page.goto(f"{base_of(page)}inbox/policies/own/social-media/near")
    look("near", "Social media policy")
    page.goto(f"{base_of(page)}inbox/policies/put-in?of=social-media")
    page.locator("#file").set_input_files(written(tmp_path, "next.md", NEXT))
    press(page, "Read it")
    look("compared", "Social media policy")
    press(page, "Yes, this is the new edition")
    look("changes", "Social media policy")
    page.get_by_role("link", name=re.compile("^Read it again")).first.click()
    look("again", "To approve")
    page.get_by_role("link", name="change it or take it out of use").click()
    expect(page.get_by_text("The policy that it rests on has changed.")).to_be_visible()
    assert barriers(page) == [] and overflow(page) <= 0
    shoot(page, f"policies-{name}-{scheme}-answer", whole=True)
    page.goto(f"{base_of(page)}inbox/policies")
    look("list", "Your own policies")
    page.get_by_role("link", name="National documents").click()
    look("national", "National documents")
    page.locator("main .plain-list a").first.click()
    expect(page.get_by_text("National document", exact=True)).to_be_visible()
    assert barriers(page) == []


def test_the_whole_way_on_a_phone_by_keyboard_and_without_a_script(
    open_page: Opener, store: Store, tmp_path: Path
) -> None:  # fmt: skip
    page = open_page(PHONE, "inbox/sign-in", java_script_enabled=False)
    desk(page, store, "dsl", "/put-in")
    page.locator("#file").set_input_files(written(tmp_path, "social-media.doc", making.MARKDOWN))
    page.locator("#file").focus()
    page.get_by_role("button", name="Read it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was taken in")
    page.locator("#file").set_input_files(written(tmp_path, "social-media.md", making.MARKDOWN))
    press(page, "Read it")
    expect(page.get_by_role("region", name="What was read")).to_contain_text(making.ITEMS[2])
    page.get_by_role("button", name="Take it in").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("It is taken in.")
    page.get_by_role("link", name="Paragraph 3").click()
    page.locator("#force").select_option("must")
    press(page, "Keep it, and go to the next one")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Paragraph 4")
    expect(page.get_by_role("status")).to_contain_text("Kept.")


@pytest.mark.wide
def test_every_step_is_reached_by_the_keyboard(open_page: Opener, store: Store, tmp_path: Path) -> None:
    page = open_page(DESK, "inbox/sign-in")
    desk(page, store, "head", "/put-in")
    page.locator("#file").set_input_files(written(tmp_path, "social-media.md", making.MARKDOWN))
    reach(page, "Read it")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Look at it before it is taken in")).to_be_visible()
    reach(page, "Take it in")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    reach(page, "Paragraph 2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Answers near it")).to_be_visible()
    reach(page, "They agree")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.get_by_text("said so on 23 November 2026")).to_be_visible()
