"""The documents in a real browser: a question is answered, what it changes is read, a document is approved, at both
widths, by keyboard, without a script; axe finds nothing on any page of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from bot.service.core import Core
from bot.store import Store
from tests.browsing import DESK, NOW, PHONE, Opener, barriers, overflow, shoot
from tests.conftest import SCHOOL
from tests.web.answers.test_browser import press, reach
from tests.web.inbox.test_browser import base_of, enter

pytestmark = pytest.mark.browser


def work(page: Page, store: Store, person: str, path: str = "") -> None:
    """Sign in as this person, and go to a page of the documents."""
    base = base_of(page)
    page.context.clear_cookies()
    enter(page, store, person, base)
    page.goto(f"{base}inbox/documents{path}")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "viewport", "scheme"), [("desk", DESK, "light"), ("phone", PHONE, "dark")])
def test_no_page_has_barriers_or_is_cut_off_on_the_way_from_an_answer_to_an_edition(
    open_page: Opener, core: Core, store: Store, name: str, viewport: dict[str, int], scheme: str
) -> None:  # fmt: skip
    page = open_page(viewport, "inbox/sign-in", color_scheme=scheme)

    def look(what: str, heading: str) -> None:
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        page.wait_for_load_state("load")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert barriers(page) == [], what
        assert overflow(page) <= 0, what
        shoot(page, f"documents-{name}-{what}", whole=True)

    work(page, store, "head")
    look("list", "The school’s own policy")
    page.get_by_role("link", name="Social media and online safety").click()
    page.locator("#read").check()
    press(page, "Put it into force")
    expect(page.get_by_role("status")).to_contain_text("in force from today")
    look("in-force", "Social media and online safety")
    page.get_by_role("link", name="Questionnaire").click()
    look("questions", "Questionnaire")
    page.get_by_role("link", name=re.compile("Which accounts does the school have")).click()
    look("rows", "Which accounts does the school have")
    page.goto(f"{base_of(page)}inbox/documents/questions/ex-pupil-age")
    page.locator("#answer").fill("12")
    press(page, "Show what it changes")
    expect(page.get_by_role("alert")).to_be_focused()
    look("wrong", "Below which age")
    page.locator("#answer").fill("21")
    press(page, "Show what it changes")
    look("foreseen", "Below which age")
    press(page, "Keep this answer")
    expect(page.get_by_role("status")).to_contain_text("The answer is kept.")
    page.goto(f"{base_of(page)}inbox/documents/read/staff-policy")
    press(page, "Approve these words")
    expect(page.get_by_role("alert")).to_contain_text("Tick that you have read it")
    look("draft", "Social media and online safety")


def test_everything_by_keyboard_alone_and_without_a_script(open_page: Opener, core: Core, store: Store) -> None:
    page = open_page(DESK, "inbox/sign-in", java_script_enabled=False)
    work(page, store, "dsl", "/questions/own-phones")
    page.get_by_label("lock or store them away").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("section[aria-labelledby=in-staff-policy] ins").first).to_contain_text("Lock or store")
    press(page, "Back to the question")
    expect(page.get_by_label("lock or store them away")).to_be_checked()
    press(page, "Show what it changes")
    press(page, "Keep this answer")
    expect(page.get_by_role("status")).to_contain_text("The answer is kept.")
    work(page, store, "dsl", "/read/staff-policy")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Word file (.docx)").click()
    assert taken.value.suggested_filename == "staff-policy-draft.docx"


def test_the_keyboard_reaches_the_answer_and_the_approval(open_page: Opener, core: Core, store: Store) -> None:
    page = open_page(DESK, "inbox/sign-in")
    work(page, store, "head", "/questions/complaint-days")
    reach(page, "Within how many school days")
    page.keyboard.press("Control+A")
    page.keyboard.type("7")
    reach(page, "Show what it changes")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    reach(page, "Keep this answer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    work(page, store, "head", "/read/letter-to-parents")
    reach(page, "I have read it")
    page.keyboard.press("Space")
    reach(page, "Approve these words")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    documents = {each.id: each for each in core.documents.documents(SCHOOL, NOW)}
    texts = [each.text for each in documents["letter-to-parents"].clauses()]
    assert any("within seven school days" in each for each in texts)
    assert not documents["letter-to-parents"].is_draft
