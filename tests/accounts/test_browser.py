"""The request and the register in a real browser: on a phone, at a desk, by keyboard without a script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from bot.accounts.form import RISKS
from bot.service.core import Core
from bot.store import Store
from tests.accounts.asking import MANAGER, asked, filled, in_use
from tests.browsing import DESK, NOW, PHONE, Opener, barriers, overflow, shoot
from tests.conftest import SCHOOL

pytestmark = pytest.mark.browser
_WRITTEN = filled(others="Priya Shah, Head of PE")


def fill(page: Page, core: Core, number: int, **instead: str) -> None:
    """One screen, as the PE department fills it in."""
    for field in core.accounts.form().screens[number].fields:
        values = (instead[field.id],) if field.id in instead else _WRITTEN.get(field.id, ())
        for value in values:
            if field.kind in ("choice", "choices"):
                page.locator(f'input[name="{field.id}"][value="{value}"]').check()
            elif field.kind == "person":
                page.locator(f"#f-{field.id}").select_option(value)
            else:
                page.locator(f"#f-{field.id}").fill(value)


def wide(page: Page) -> list[str]:
    """Whether the page is wider than its window."""
    return [f"{over} pixels too wide"] if (over := overflow(page)) > 0 else []


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


@pytest.mark.slow
def test_on_a_phone_it_is_asked_step_by_step_and_what_is_forbidden_is_said_at_once(
    open_page: Opener, core: Core
) -> None:
    page = open_page(PHONE, "account")
    assert page.locator("[name=years]").first.is_hidden()
    shoot(page, "account-phone-1", whole=True)
    fill(page, core, 0, whose="own")
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Not yet"))
    expect(page.locator("#e-whose")).to_contain_text("It cannot be anybody’s own")
    shoot(page, "account-phone-forbidden", whole=True)
    found = [*barriers(page), *wide(page)]
    page.locator('input[name="whose"][value="department"]').check()
    go_on(page)
    for number in range(1, len(core.accounts.form().screens)):
        expect(page.get_by_role("heading", level=2, name=f"Step {number + 1} of 7")).to_be_visible()
        if number == 4:  # what was answered is still there
            page.get_by_role("button", name="Back").click()
            expect(page.get_by_role("heading", level=2, name="Step 4 of 7")).to_be_visible()
            expect(page.locator('input[name="official"][value="yes"]')).to_be_checked()
            go_on(page)
            expect(page.get_by_role("heading", level=2, name="Step 5 of 7")).to_be_visible()
        fill(page, core, number)
        if number in (2, 4):
            shoot(page, f"account-phone-{number + 1}", whole=True)
            found += [*barriers(page), *wide(page)]
        go_on(page)
    page.get_by_label("Who are you?").select_option("it-support")
    shoot(page, "account-phone-7", whole=True)
    page.get_by_role("button", name="Send it to your line manager").click()
    expect(page.get_by_role("heading", level=1, name="Sent")).to_be_visible()
    shoot(page, "account-phone-sent", whole=True)
    assert [*found, *barriers(page), *wide(page)] == []
    [seen] = core.accounts.listed(MANAGER, NOW)
    assert (seen.found.asking.name, seen.found.asked_by.known_by, len(RISKS)) == ("PE", "typed", 7)


@pytest.mark.slow
def test_at_a_desk_the_manager_decides_and_the_register_is_read(open_page: Opener, core: Core, store: Store) -> None:
    in_use(core.accounts, NOW, name="Year 6 trip", tool="Padlet", age_limit="0", years=("year-6",))
    found = asked(core.accounts)
    page = open_page(DESK)
    enter(page, store, MANAGER)
    page.get_by_role("link", name="Accounts").click()
    expect(page.get_by_role("heading", name="For you to do")).to_be_visible()
    shoot(page, "accounts-desk", whole=True)
    seen = [*barriers(page), *wide(page)]
    page.get_by_role("link", name=found.title).click()
    page.get_by_label("What do you decide?").select_option("yes")
    page.get_by_role("button", name="Keep the decision").click()  # without a reason
    expect(page.locator("#decide-reason-wrong")).to_be_visible()
    shoot(page, "account-desk-wrong", whole=True)
    seen += [*barriers(page), *wide(page)]
    page.get_by_label("Why?").fill("A clear aim.")
    page.get_by_role("button", name="Keep the decision").click()
    expect(page.get_by_role("status")).to_have_text(
        "Your decision is kept. The asker hears of it, if they can be written to from here."
    )
    shoot(page, "account-desk-decided", whole=True)
    with page.expect_download() as download:
        page.get_by_role("button", name="Risk assessment as a PDF").click()
    assert download.value.suggested_filename == f"account-{found.number}.pdf"
    page.set_viewport_size({"width": 390, "height": 844})
    shoot(page, "account-phone-decided", whole=True)
    assert [*seen, *barriers(page), *wide(page)] == []


def test_by_keyboard_without_a_script(open_page: Opener, core: Core, store: Store) -> None:
    page = open_page(DESK, "account", java_script_enabled=False)
    page.locator("#f-tool").focus()
    for key in ("Padlet", "Tab", "Year 6", "Tab", "Space", "Tab", "Space"):
        if key in ("Tab", "Space"):
            page.keyboard.press(key)
        else:
            page.keyboard.type(key)
    page.locator("#f-age_limit").press("Enter")
    expect(page.locator("#e-years")).to_have_text(re.compile("Tick each year"))
    expect(page.locator("#f-tool")).to_have_value("Padlet")
    found = in_use(core.accounts, NOW)
    enter(page, store, "head")
    page.goto(f"{page.url.split('/inbox')[0]}/inbox/accounts/{found.number}")
    page.locator("summary", has_text="Close it").press("Enter")
    page.locator("#close-reason").fill("It is done.")
    page.locator("#close-reason").press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("It is closed.")


def enter(page: Page, store: Store, person: str) -> None:
    base = page.url.split("/account")[0].rstrip("/")
    page.goto(f"{base}/inbox/enter?token={store.sign_in(SCHOOL).make_link(person, NOW)}")
    page.get_by_role("button", name="Open the inbox").click()
    expect(page.get_by_role("link", name="Accounts")).to_be_visible()
