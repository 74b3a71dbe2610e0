"""The workbench in a real browser: an answer is found, changed, tried, sent and approved, at both widths, by keyboard,
without a script; axe finds nothing on any page of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from bot.knowledge.authoring import EntryText
from bot.messages import Message
from bot.presses import GiveRemark
from bot.service.core import Core
from bot.store import Store
from tests.browsing import DESK, EVERY_LOOK, NOW, PHONE, Opener, barriers, overflow, shoot
from tests.conftest import SCHOOL
from tests.web.answers.making import EX_PUPIL, FULL, QUESTION, begun, sent
from tests.web.inbox.test_browser import base_of, enter

pytestmark = pytest.mark.browser

CHANGED = "Ask before you answer one: here an ex-pupil under 21 counts as a pupil."


def work(page: Page, store: Store, person: str, path: str = "") -> None:
    """Sign in as this person, and go to a page of the workbench."""
    base = base_of(page)
    page.context.clear_cookies()
    enter(page, store, person, base)
    page.goto(f"{base}inbox/answers{path}")


def reach(page: Page, name: str) -> None:
    """Press Tab until something with this name has the focus."""
    for _ in range(150):
        page.keyboard.press("Tab")
        label = page.evaluate("(document.activeElement.labels?.[0] ?? document.activeElement).innerText ?? ''")
        if label.strip().startswith(name):
            return
    pytest.fail(f"the keyboard does not reach '{name}'")


def press(page: Page, name: str) -> None:
    """Press this button, and wait for the page that follows."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).last.click()


# --- how it looks


@EVERY_LOOK
def test_no_page_has_barriers_or_is_cut_off(
    open_page: Opener, core: Core, store: Store, name: str, viewport: dict[str, int], scheme: str
) -> None:  # fmt: skip
    begun(core, "deputy-1", EX_PUPIL)
    core.assistant.handle(Message("", "visitor", GiveRemark(EX_PUPIL, "out-of-date")), NOW)
    waiting = sent(core, "online", EX_PUPIL, why=CHANGED, confirm=("Our acceptable use policy says 21",))
    page = open_page(viewport, "inbox/sign-in", color_scheme=scheme)

    def look(what: str, heading: str, *, unfolded: bool = True) -> None:
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        page.wait_for_load_state("load")
        if unfolded:
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert barriers(page) == [], what
        assert overflow(page) <= 0, what
        shoot(page, f"answers-{name}-{scheme}-{what}", whole=True)

    work(page, store, "deputy-1")
    look("list", "Answers", unfolded=False)
    page.locator("#ask").fill(QUESTION)
    press(page, "Ask")
    look("asked", "Answers found")
    page.goto(f"{base_of(page)}inbox/answers/entries/{EX_PUPIL}")
    look("entry", "Connecting with ex-pupils online")
    page.get_by_role("link", name="Go on with your draft").click()
    look("draft", "Connecting with ex-pupils online")
    page.locator("#badge").fill("No, not under 21")
    page.locator("#answer").fill("word " * 91)
    press(page, "Check")
    look("draft-wrong", "Connecting with ex-pupils online")
    press(page, "Save and try it")
    page.locator("#text").fill(QUESTION)
    press(page, "Ask both")
    look("try", "Connecting with ex-pupils online")
    page.goto(f"{base_of(page)}inbox/answers/drafts/{waiting}")
    look("read", "Connecting with ex-pupils online")
    for path, heading in (("waiting", "Waiting for approval"), ("health", "Health"), ("new", "Write a new answer")):
        page.goto(f"{base_of(page)}inbox/answers/{path}")
        look(path, heading)
    page.locator("#text").fill("can i vape in my car")
    press(page, "Look what is there")
    look("new-near", "Write a new answer")
    work(page, store, "dsl", f"/waiting/{waiting}")
    look("approve", "Connecting with ex-pupils online")
    press(page, "Approve: staff get it now")
    look("approve-not-ticked", "Connecting with ex-pupils online")


def test_on_a_phone_the_draft_stands_below_what_is_live_and_beside_it_where_there_is_room(
    open_page: Opener, core: Core, store: Store
) -> None:  # fmt: skip
    draft = begun(core, "online", EX_PUPIL, why=CHANGED)
    page = open_page(DESK, "inbox/sign-in")
    work(page, store, "online", f"/drafts/{draft}/try")
    page.locator("#text").fill(QUESTION)
    press(page, "Ask both")
    now, then = (page.locator(f"section[aria-labelledby={each}]") for each in ("now", "then"))
    expect(now).to_contain_text("under 19")
    expect(then).to_contain_text("under 21")
    left, right = now.bounding_box(), then.bounding_box()
    assert left and right and left["y"] == right["y"] and left["x"] < right["x"]
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    above, below = now.bounding_box(), then.bounding_box()
    assert above and below and above["x"] == below["x"] and above["y"] < below["y"]


# --- the whole way


def test_an_answer_is_changed_tried_sent_and_approved_without_a_script_and_what_the_policy_decides_is_not(
    open_page: Opener, core: Core, store: Store
) -> None:  # fmt: skip
    page = open_page(PHONE, "inbox/sign-in", java_script_enabled=False)
    work(page, store, "online")
    page.locator("#words").fill("ex-pupils online")
    press(page, "Search")
    page.get_by_role("link", name="Connecting with ex-pupils online", exact=True).click()
    press(page, "Change the words")
    page.locator("#why").fill(CHANGED)
    page.locator("#badge").fill("No, not under 21")
    press(page, "Send for approval")
    expect(page.get_by_role("alert")).to_contain_text("It was saved, and not sent.")
    page.get_by_role("alert").get_by_role("link", name="In a few words").first.click()
    expect(page.locator("#badge")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert")).to_contain_text("follows what your school decided in its own policy")
    page.locator("#badge").fill("Under 19: don't. From 19: not advised")
    press(page, "Save and try it")
    page.locator("#text").fill(QUESTION)
    press(page, "Ask both")
    expect(page.locator("section[aria-labelledby=then]")).to_contain_text("under 21")
    page.get_by_role("link", name="Back to the draft").click()
    press(page, "Send for approval")
    expect(page.get_by_role("status")).to_contain_text("It is sent.")
    assert "under 21" not in served(core)

    work(page, store, "dsl")
    first = page.get_by_role("region", name="Waiting for you").get_by_role("link").first
    expect(first).to_have_text("Connecting with ex-pupils online")
    first.click()
    answer = page.locator(".difference > div", has=page.get_by_text("Why", exact=True))
    expect(answer.locator("del").first).to_be_attached()
    expect(answer.locator("ins").first).to_contain_text("Ask before you answer one")
    press(page, "Approve: staff get it now")
    expect(page.get_by_role("status")).to_contain_text("Approved. Staff get the new words within seconds.")
    assert "under 21" in served(core)


def served(core: Core) -> str:
    """What staff get for the question now."""
    view = core.workbench.view(SCHOOL, "dsl", EX_PUPIL, NOW)
    answer = view.reply.answer if view.reply else None
    return f"{answer.answer} {answer.why}" if answer else ""


def test_everything_by_keyboard_alone(open_page: Opener, core: Core, store: Store) -> None:
    page = open_page(DESK, "inbox/sign-in")
    work(page, store, "online", f"/entries/{EX_PUPIL}")
    reach(page, "Change the words")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Change an answer")).to_be_visible()
    reach(page, "Why")
    page.keyboard.press("Control+A")
    page.keyboard.type("Younger brothers and sisters are still here.")
    reach(page, "Check")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    reach(page, "Send for approval")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    work(page, store, "head", "/waiting")
    reach(page, "Connecting with ex-pupils online")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Approve it")).to_be_visible()
    reach(page, "What is to be changed")
    page.keyboard.type("Say it more briefly.")
    reach(page, "Send it back")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    work(page, store, "online")
    expect(page.get_by_role("region", name="Your drafts")).to_contain_text("Say it more briefly.")


def test_a_question_that_nobody_could_answer_becomes_an_answer(open_page: Opener, core: Core, store: Store) -> None:
    page = open_page(DESK, "inbox/sign-in")
    work(page, store, "dsl", "/new")
    page.locator("#text").fill("am i allowed to vape in my own car on site")
    press(page, "Look what is there")
    expect(page.get_by_role("heading", name="This may be answered already")).to_be_focused()
    page.locator("#file").select_option(label="Your own accounts and private life")
    press(page, "Begin a new answer")
    expect(page.locator("#phrasings")).to_have_value("am i allowed to vape in my own car on site")
    for field in ("title", "badge", "answer", "why", "instead"):
        page.locator(f"#{field}").fill(getattr(FULL, field))
    page.locator("#ruling").select_option(FULL.ruling)
    page.locator("#phrasings").fill("\n".join(FULL.phrasings))
    page.locator("#opposites").fill("\n".join(FULL.opposites))
    for number, each in enumerate(FULL.not_this):
        page.locator(f"#like-{number}-text").fill(each.text)
        page.locator(f"#like-{number}-target").fill("None of our answers")
    page.locator("#clause_words").fill("private life conduct")
    press(page, "Find rules")
    page.locator(".rule input[type=checkbox]").first.check()
    press(page, "Send for approval")
    expect(page.get_by_role("status")).to_contain_text("It is sent.")
    [draft] = core.workbench.drafts(SCHOOL, "dsl")
    assert (draft.state, draft.new, draft.text.title) == ("sent", True, FULL.title)
    assert draft.text.phrasings == FULL.phrasings


# --- with a script


def test_the_counts_follow_what_is_typed_and_nothing_is_saved_by_it(
    open_page: Opener, core: Core, store: Store
) -> None:  # fmt: skip
    draft = begun(core, "online", EX_PUPIL)
    page = open_page(DESK, "inbox/sign-in")
    work(page, store, "online", f"/drafts/{draft}")
    page.locator("#badge").fill("No " + "x" * 60)
    expect(page.locator("#count-badge")).to_have_text("3 characters too many")
    expect(page.get_by_role("heading", name="to be put right first")).to_be_visible()
    expect(page.locator("#badge")).to_be_focused()
    assert core.workbench.draft(SCHOOL, "online", draft).version == 1


# --- two at once


def test_the_second_tab_loses_nothing_and_sees_what_was_saved(open_page: Opener, core: Core, store: Store) -> None:
    draft = begun(core, "online", EX_PUPIL)
    page = open_page(DESK, "inbox/sign-in")
    work(page, store, "online", f"/drafts/{draft}")
    there = core.workbench.draft(SCHOOL, "online", draft)
    core.workbench.save(
        SCHOOL, "online", draft, there.version, EntryText(**{**vars(there.text), "why": "Saved in the other tab."}), NOW
    )
    page.locator("#why").fill(CHANGED)
    press(page, "Save")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Saved in the other tab.")
    expect(page.locator("#why")).to_have_value(CHANGED)
    assert barriers(page) == []
    shoot(page, "answers-desk-second-tab")
    press(page, "Save")
    expect(page.get_by_role("status").first).to_contain_text("Your changes are kept")
    assert core.workbench.draft(SCHOOL, "online", draft).text.why == CHANGED


def test_the_second_author_sees_what_the_first_changed_and_keeps_their_own_words(
    open_page: Opener, core: Core, store: Store
) -> None:  # fmt: skip
    mine = begun(core, "online", EX_PUPIL)
    theirs = sent(core, "deputy-1", EX_PUPIL, fact_ask="How old is the ex-pupil today?")
    page = open_page(DESK, "inbox/sign-in")
    work(page, store, "dsl", f"/waiting/{theirs}")
    press(page, "Approve: staff get it now")
    work(page, store, "online", f"/drafts/{mine}")
    changed = page.get_by_role("region", name=re.compile("This answer was changed since you began"))
    expect(changed.locator(".difference ins").last).to_contain_text("today?")
    page.locator("#why").fill(CHANGED)
    press(page, "Send for approval")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("#why")).to_have_value(CHANGED)
    assert barriers(page) == []
    press(page, "Go on from the new words")
    expect(page.locator("#why")).to_have_value(CHANGED)
    expect(page.locator("#fact_ask")).to_have_value("How old is the ex-pupil today?")
    press(page, "Send for approval")
    expect(page.get_by_role("status")).to_contain_text("It is sent.")
