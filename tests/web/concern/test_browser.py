"""Logging a concern in a real browser: by keyboard, by touch, without scripts, in the dark, and with a dead store."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from bot.knowledge import School
from bot.service.core import Core
from tests.browsing import DESK, EVERY_LOOK, PHONE, SMALL, Opener, barriers, overflow, shoot

pytestmark = pytest.mark.browser

SEEN = "A bruise on the left arm. It was not there on Friday."


def first_screen(page: Page, danger: str = "No", told: str = "Yes") -> None:
    """Answer the first screen and go on."""
    page.get_by_role("group", name="Is anyone in danger now?").get_by_label(danger).check()
    page.get_by_role("group", name="Have you told someone in person?").get_by_label(told).check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("What did you see or hear?")).to_be_visible()


def fill_in(page: Page, seen: str = SEEN) -> None:
    """The least that a report about a pupil needs."""
    page.get_by_label("A pupil or pupils").check()
    page.locator("[name=pupils]").fill("Robin Vale, 8B")
    page.get_by_label("What did you see or hear?").fill(seen)
    page.get_by_label("your full name").fill("Jo Marsh")
    page.get_by_label("your role").fill("Teacher")


def check(page: Page) -> None:
    """Press the form's button."""
    page.locator("form").get_by_role("button", name="Check before sending").click()


def checked(page: Page) -> None:
    """Press it, and wait for what it leads to."""
    check(page)
    expect(page.get_by_role("region", name="What you wrote")).to_be_visible()


def send(page: Page) -> None:
    """Press the form's button, and send what is shown then."""
    check(page)
    page.get_by_role("button", name="Send").last.click()


def logged(page: Page) -> str:
    """Log a concern about a pupil -> its receipt."""
    first_screen(page)
    fill_in(page)
    send(page)
    return page.locator(".receipt").inner_text()


def count(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("SELECT count(*) FROM concerns").fetchone()[0])


@pytest.fixture
def file(core: Core, tmp_path: Path) -> Path:
    return tmp_path / "askfirst.db"


@pytest.fixture
def break_store(file: Path) -> Iterator[Callable[[bool], None]]:
    """break_store(True) takes the table of concerns away, break_store(False) brings it back."""

    def turn(broken: bool) -> None:
        one, other = ("concerns", "gone") if broken else ("gone", "concerns")
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA legacy_alter_table = ON")
            connection.execute(f"ALTER TABLE {one} RENAME TO {other}")

    yield turn


def test_logging_a_concern_by_keyboard_alone(open_page: Opener, core: Core) -> None:
    page = open_page(path="concern")
    keys = page.keyboard
    keys.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    keys.press("Enter")
    keys.press("Tab")
    expect(page.get_by_role("radio", name="Yes").first).to_be_focused()
    keys.press("ArrowRight")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Tab")
    expect(page.get_by_role("button", name="Continue")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Log a concern")).to_be_focused()
    keys.press("Tab")  # 999
    keys.press("Tab")
    expect(page.get_by_label("A pupil or pupils")).to_be_focused()
    keys.press("Space")
    for _ in range(3):
        keys.press("Tab")
    expect(page.locator("[name=pupils]")).to_be_focused()
    keys.type("Robin Vale, 8B")
    keys.press("Tab")
    expect(page.get_by_label("What did you see or hear?")).to_be_focused()
    keys.type(SEEN)
    while page.evaluate("document.activeElement.name") != "you":
        keys.press("Tab")
    keys.type("Mr Ben")
    expect(page.locator("[name=you_name]")).to_be_hidden()
    keys.press("Tab")
    expect(page.get_by_label("Your work e-mail address")).to_be_focused()
    keys.press("Tab")
    expect(page.get_by_role("button", name="Check before sending")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Check before you send")).to_be_focused()
    keys.press("Tab")  # 999
    keys.press("Tab")
    expect(page.get_by_role("button", name="Send")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Logged.")).to_be_focused()
    found = core.casework.follow(page.locator(".receipt").inner_text(), core.store.now())
    assert found is not None and found.status == "open"


@pytest.mark.parametrize(("danger", "told"), [("No", "Yes"), ("No", "No"), ("Yes", "No")])
def test_the_first_question_is_on_the_first_screen_of_a_phone(open_page: Opener, danger: str, told: str) -> None:
    page = open_page(PHONE, "concern")
    first_screen(page, danger, told)
    shoot(page, f"concern-phone-{danger}-{told}")
    expect(page.get_by_text("Whom is it about?")).to_be_in_viewport()
    if (danger, told) != ("No", "Yes"):
        expect(page.get_by_role("link", name="Call 999")).to_be_in_viewport()
        expect(page.get_by_role("link", name="Ring Ms Amara Bello")).to_be_in_viewport()
        expect(page.get_by_text("Mr Owen Pryce").first).to_be_hidden()
        page.get_by_text("Others to ring").click()
        expect(page.locator(".people").get_by_text("Mr Owen Pryce").first).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "plain"])
@pytest.mark.parametrize(("name", "viewport"), [("phone", PHONE), ("desk", DESK)])
def test_what_was_written_is_checked_changed_and_sent_once(
    open_page: Opener, file: Path, core: Core, name: str, viewport: dict[str, int], scripts: bool
) -> None:
    page = open_page(viewport, "concern", java_script_enabled=scripts)
    first_screen(page, told="No")
    fill_in(page, "x\n\n  y")
    check(page)
    written = page.get_by_role("region", name="What you wrote")
    for words in ("A pupil or pupils", "Robin Vale, 8B", "Jo Marsh", "Teacher"):
        expect(written).to_contain_text(words)
    expect(page.get_by_role("region", name="Not marked as immediate")).to_contain_text("Ms Amara Bello")
    expect(page.get_by_role("link", name="Call 999")).to_be_in_viewport()
    assert overflow(page) <= 0
    shoot(page, f"concern-check-{name}-{'script' if scripts else 'plain'}", whole=True)
    page.reload()  # sends the form once more, and logs nothing
    page.get_by_role("button", name="Change something").click()
    box = page.get_by_label("What did you see or hear?")
    expect(box).to_have_value("x\n\n  y")
    assert count(file) == 0
    box.fill(SEEN)
    shoot(page, f"concern-change-{name}-{'script' if scripts else 'plain'}", whole=True)
    send(page)
    receipt = page.locator(".receipt").inner_text()
    page.reload()
    expect(page.locator(".receipt")).to_have_text(receipt)
    assert count(file) == 1
    reader = core.casework.reader("dsl")
    assert reader and core.casework.read(reader, receipt.split("-")[0], core.store.now()).report.seen == SEEN


def test_nothing_of_the_chat_is_carried_into_the_form(open_page: Opener) -> None:
    page = open_page(PHONE)
    page.get_by_label("Ask before you act").fill("a girl in my form just told me her stepdad hits her with a belt")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_role("link", name="Log this concern").click()
    first_screen(page)
    written = page.evaluate("[...document.querySelectorAll('textarea, input[type=text]')].map((box) => box.value)")
    assert set(written) == {""}


def test_without_scripts_everything_works(open_page: Opener) -> None:
    page = open_page(PHONE, "concern", java_script_enabled=False)
    shoot(page, "concern-no-script-first", whole=True)
    first_screen(page, told="No")
    expect(page.locator("[name=adult_name]")).to_be_visible()
    shoot(page, "concern-no-script-report", whole=True)
    fill_in(page, "")
    check(page)
    expect(page.get_by_role("alert")).to_contain_text("Not logged yet")
    page.get_by_role("alert").get_by_role("link", name="What did you see or hear?").click()
    box = page.get_by_label("What did you see or hear?")
    expect(box).to_be_focused()
    assert page.locator("[name=pupils]").input_value() == "Robin Vale, 8B"
    box.fill(SEEN)
    send(page)
    receipt = page.locator(".receipt").inner_text()
    page.reload()  # sends the form once more, and does no harm
    assert page.locator(".receipt").inner_text() == receipt
    page.get_by_role("link", name="Look up or add to it").click()
    page.get_by_label("Receipt number").fill(receipt.lower())
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_text("Nobody has acknowledged it yet.")).to_be_visible()
    page.get_by_label("What else should be known?").fill("He said it again.")
    page.get_by_role("button", name="Add this").click()
    expect(page.get_by_role("heading", name="It was added.")).to_be_visible()
    assert receipt not in page.url


def test_only_what_is_asked_is_shown_but_never_hidden_once_filled(open_page: Opener) -> None:
    page = open_page(PHONE, "concern")
    first_screen(page)
    pupils, name = page.locator("[name=pupils]"), page.locator("[name=adult_name]")
    expect(pupils).to_be_hidden()
    expect(name).to_be_hidden()
    page.get_by_label("An adult at the school").check()
    expect(name).to_be_visible()
    page.get_by_label("The adult", exact=True).select_option("online")
    expect(name).to_be_hidden()
    page.get_by_label("The adult", exact=True).select_option("")
    name.fill("Lee Ashdown")
    page.get_by_label("An adult at the school").uncheck()
    expect(name).to_be_visible()
    name.fill("")
    expect(name).to_be_hidden()


def test_a_problem_takes_the_focus_and_leads_to_its_field(open_page: Opener) -> None:
    page = open_page(PHONE, "concern")
    first_screen(page)
    fill_in(page, "x" * 3001)
    page.get_by_label("your full name").fill("")
    check(page)
    expect(page.get_by_role("heading", name="Not logged yet")).to_be_focused()
    expect(page.get_by_role("heading", name="Not logged yet")).to_be_in_viewport()
    shoot(page, "concern-problems")
    assert barriers(page) == []
    page.get_by_role("alert").get_by_role("link", name="What did you see or hear?").click()
    box = page.get_by_label("What did you see or hear?")
    expect(box).to_be_focused()
    expect(box).to_have_accessible_description(re.compile("Facts first.*3,001 characters long", re.S))
    expect(page.locator("#e-seen")).to_be_in_viewport()
    assert len(box.input_value()) == 3001
    shoot(page, "concern-problem-beside")
    shoot(page, "concern-problems-whole", whole=True)


def test_characters_are_counted_only_near_the_limit_and_as_the_server_does(open_page: Opener) -> None:
    page = open_page(path="concern")
    first_screen(page)
    box, left = page.get_by_label("What did you see or hear?"), page.locator("[data-left=f-seen]")
    box.fill("👩" * 2800)
    expect(left).to_be_hidden()
    box.fill("👩" * 2999 + "  ")
    expect(left).to_have_text("1 character left")
    box.fill("👩" * 3002)
    expect(left).to_have_text("2 characters too many")
    assert len(box.input_value()) == 3002


def test_a_double_click_is_one_concern(open_page: Opener, file: Path) -> None:
    page = open_page(path="concern")
    first_screen(page)
    fill_in(page)
    check(page)
    page.get_by_role("button", name="Send").dblclick()
    expect(page.get_by_role("heading", name="Logged.")).to_be_visible()
    assert count(file) == 1


def test_leaving_with_something_typed_is_asked_about_and_after_logging_is_not(open_page: Opener) -> None:
    page = open_page(path="concern")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    first_screen(page)
    fill_in(page)
    page.get_by_role("link", name="ask a question").click()
    expect(page.get_by_label("What did you see or hear?")).to_have_value(SEEN)
    assert asked == ["beforeunload"]
    check(page)
    page.get_by_role("link", name="ask a question").click()
    expect(page.get_by_text(SEEN)).to_be_visible()
    assert asked == ["beforeunload"] * 2
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Logged.")).to_be_visible()
    page.get_by_role("link", name="ask a question").click()
    expect(page.get_by_label("Ask before you act")).to_be_visible()
    assert asked == ["beforeunload"] * 2


def test_a_lost_connection_says_not_logged_and_keeps_the_page(open_page: Opener, school: School, file: Path) -> None:
    page = open_page(PHONE, "concern")
    first_screen(page)
    fill_in(page)
    page.context.set_offline(True)
    check(page)
    alert = page.locator("#offline")
    expect(alert).to_contain_text("This was NOT logged: the connection is down.")
    expect(alert).to_contain_text(school.holders("dsl")[0].phone)
    expect(alert.get_by_role("heading")).to_be_focused()
    expect(page.get_by_label("What did you see or hear?")).to_have_value(SEEN)
    assert barriers(page) == []
    shoot(page, "concern-offline")
    assert count(file) == 0
    page.context.set_offline(False)
    checked(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Send").click()
    expect(alert).to_contain_text("This was NOT logged: the connection is down.")
    expect(page.get_by_text(SEEN)).to_be_visible()
    page.get_by_role("button", name="Change something").click()
    expect(alert.get_by_role("heading")).to_be_focused()
    shoot(page, "concern-check-offline")
    page.context.set_offline(False)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Logged.")).to_be_visible()
    assert count(file) == 1


def test_a_server_that_answers_late_does_not_lock_the_button_for_ever(open_page: Opener) -> None:
    page = open_page(path="concern")
    first_screen(page)
    fill_in(page)

    def refuse(route: Route) -> None:
        route.fulfill(status=502, body="bad gateway")

    page.route("**/health", refuse)
    check(page)
    expect(page.locator("#offline")).to_contain_text("This was NOT logged")
    expect(page.get_by_role("button", name="Check before sending")).not_to_have_attribute("aria-disabled", "true")


@EVERY_LOOK
def test_no_barriers_and_nothing_cut_off(
    open_page: Opener,
    break_store: Callable[[bool], None],
    name: str,
    viewport: dict[str, int],
    scheme: str,
) -> None:
    page = open_page(viewport, "concern", color_scheme=scheme)

    def look(step: str) -> None:
        assert barriers(page) == []
        assert overflow(page) <= 0
        shoot(page, f"concern-{name}-{scheme}-{step}", whole=True)

    look("1-first")
    first_screen(page, danger="Yes", told="No")
    look("2-danger")
    page.goto(page.url)
    first_screen(page, told="No")
    page.get_by_label("An adult at the school").check()
    page.get_by_label("A pupil or pupils").check()
    look("3-report")
    page.get_by_label("An adult at the school").uncheck()
    fill_in(page)
    page.get_by_label("your full name").fill("")
    check(page)
    expect(page.get_by_role("heading", name="Not logged yet")).to_be_focused()
    look("4-problem")
    page.get_by_label("your full name").fill("Jo Marsh")
    checked(page)
    look("4-check")
    break_store(True)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="This was NOT logged")).to_be_focused()
    look("5-not-logged")
    break_store(False)
    page.get_by_role("button", name="Try again").first.click()
    expect(page.get_by_role("heading", name="Logged.")).to_be_visible()
    look("6-logged")
    receipt = page.locator(".receipt").inner_text()
    page.get_by_role("link", name="Look up or add to it").click()
    look("7-look-up")
    page.get_by_label("Receipt number").fill("0" * 10)
    page.get_by_role("button", name="Look it up").click()
    look("8-unknown")
    page.get_by_label("Receipt number").fill(receipt)
    page.get_by_role("button", name="Look it up").click()
    look("9-steps")


def test_a_concern_in_danger_at_night_is_shown_whole(open_page: Opener) -> None:
    page = open_page(PHONE, "concern")
    first_screen(page, danger="Yes", told="No")
    expect(page.get_by_role("heading", name="Someone is in danger")).to_be_focused()
    expect(page.get_by_role("link", name="Call 999")).to_be_in_viewport()
    shoot(page, "concern-danger-view")
    fill_in(page)
    check(page)
    expect(page.get_by_role("heading", name="Someone is in danger")).to_be_focused()
    expect(page.get_by_role("link", name="Call 999")).to_be_in_viewport()
    expect(page.get_by_role("link", name="Ring Ms Amara Bello")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Send").first).to_be_in_viewport()
    assert barriers(page) == []
    shoot(page, "concern-danger-check")
    page.get_by_role("button", name="Send").first.click()
    expect(page.get_by_role("heading", name="Logged.")).to_be_focused()
    expect(page.get_by_role("link", name="Call 999")).to_be_visible()
    assert barriers(page) == []
    shoot(page, "concern-danger-logged", whole=True)


@pytest.mark.parametrize("step", ["first", "report", "check", "receipt"])
def test_everything_that_is_pressed_is_big_enough_to_touch(open_page: Opener, step: str) -> None:
    page = open_page(SMALL, "concern")
    if step == "receipt":
        logged(page)
    elif step == "check":
        first_screen(page)
        fill_in(page)
        checked(page)
    elif step == "report":
        first_screen(page)
        page.get_by_label("An adult at the school").check()
    pressed = "button:visible, .ring:visible, .back:visible, textarea:visible, select:visible, .option:visible"
    for control in page.locator(f"{pressed}, .field input[type=text]:visible, .concern-foot a:visible").all():
        size = control.bounding_box()
        assert size is not None
        assert size["height"] >= 44 and size["width"] >= 44, control.inner_text()


def test_with_forced_colours_what_is_ticked_can_be_seen(open_page: Opener) -> None:
    page = open_page(PHONE, "concern", forced_colors="active")
    first_screen(page)
    page.get_by_label("A pupil or pupils").check()
    assert barriers(page) == []
    shoot(page, "concern-forced-colours")


def test_the_receipt_is_printed_without_what_cannot_be_pressed_on_paper(open_page: Opener) -> None:
    page = open_page(DESK, "concern", color_scheme="dark")
    logged(page)
    page.emulate_media(media="print")
    expect(page.locator(".receipt")).to_be_visible()
    expect(page.get_by_role("link", name="Log another concern")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.querySelector('.receipt')).color") == "rgb(0, 0, 0)"
    shoot(page, "concern-print", whole=True)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_chat_leads_to_the_form(open_page: Opener, scripts: bool) -> None:
    page = open_page(PHONE, java_script_enabled=scripts)
    page.get_by_label("Ask before you act").fill("She told me her uncle hits her")
    page.get_by_role("button", name="Ask", exact=True).click()
    link = page.locator(".reply-handover").get_by_role("link", name="Log this concern")
    expect(link).to_be_visible()
    if scripts:
        shoot(page, "concern-from-chat", whole=True)
    link.click()
    expect(page.get_by_role("group", name="Is anyone in danger now?")).to_be_visible()
