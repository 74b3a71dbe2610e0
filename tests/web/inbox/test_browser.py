"""The inbox in a real browser: from the link in an e-mail to a closed concern, by keyboard, touch, without script."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from bot.concerns import Asked
from bot.service.core import Core
from bot.store import Store
from tests.browsing import DESK, EVERY_LOOK, NOW, PHONE, SMALL, Opener, barriers, overflow, shoot
from tests.conftest import SCHOOL
from tests.inboxing import answers

pytestmark = pytest.mark.browser

BLANK = dict.fromkeys(("present", "link", "time", "where", "done", "words"), "")
LONG = "She has come in without a coat three times this week and has fallen asleep in the first lesson twice. " * 3


def log(core: Core, submission: str, before: dt.timedelta = dt.timedelta(), **changes: str | tuple[str, ...]) -> str:
    filled = answers(**{**BLANK, "pupils": "Maya Lindqvist, 7B", "seen": LONG, "date": "2026-10-20", **changes})
    asked = Asked("typed", "dsl")  # so that what the DSL logs is theirs
    return core.casework.log(submission, filled, NOW - before, asked=asked).number


@pytest.fixture
def number(core: Core) -> str:
    """A concern that nobody has acknowledged."""
    return log(
        core, "one", dt.timedelta(minutes=20), words="“I don’t want to go home tonight.”", time="about 8:45",
        where="Form room", present="Two other pupils", done="I stayed with her and told nobody else.",
    )  # fmt: skip


@pytest.fixture
def many(core: Core, number: str) -> Iterator[str]:
    """A working week: one that is followed up with everything that can be done to it, and others around it."""
    log(core, "urgent", dt.timedelta(minutes=3), danger="yes", categories=("Physical harm", "Missing or out of school"))
    adult = log(
        core,
        "adult",
        dt.timedelta(days=2),
        about=("pupil", "adult"),
        adult="deputy-1",
        categories=("Conduct of an adult",),
    )
    assert adult
    mine = log(core, "mine", dt.timedelta(days=9), you="dsl", categories=())
    old = log(core, "old", dt.timedelta(days=30), pupils="Zoë Verylongsurname-Fitzwilliam-Oyelaran, 11 Green")
    dsl, head = core.casework.reader("dsl"), core.casework.reader("deputy-1")
    assert dsl and head
    work = core.casework
    work.note(head, mine, "Rang home; nobody answered.", NOW - dt.timedelta(days=8))
    work.acknowledge(dsl, old, NOW - dt.timedelta(days=30))
    work.close(dsl, old, "Early help", "The family agreed.", dt.date(2026, 11, 1), NOW - dt.timedelta(days=29))
    file = work.file_under(dsl, old, "", "Maya Lindqvist", NOW - dt.timedelta(days=29))
    work.acknowledge(dsl, number, NOW - dt.timedelta(minutes=15))
    work.note(dsl, number, "Spoke to her mother, who said that the heating is broken.\nShe was calm.", NOW)
    earlier = NOW - dt.timedelta(days=4)
    work.action(dsl, number, "Ring the school nurse about her weight.", earlier.date() + dt.timedelta(days=1), earlier)
    work.action(dsl, number, "Ask the form tutor for a log of what she wears.", NOW.date() + dt.timedelta(days=4), NOW)
    work.decide(dsl, number, "No referral today.", "Her mother is asking for help herself.", NOW)
    work.refer(dsl, number, "Early help", "EH-2291", "They will ring the family tomorrow.", NOW)
    record = work.read(head, number, NOW)
    note = next(event.number for event in record.events if event.kind == "note")
    work.correct(dsl, number, note, "Spoke to her grandmother, who said that the heating is broken.", NOW)
    work.correct(dsl, number, record.events[0].number, "It was on Thursday, not on Friday.", NOW)
    work.file_under(dsl, number, file, "", NOW)
    yield number


def enter(page: Page, store: Store, person: str, base: str) -> None:
    """Sign in by a link, as the person does."""
    link = store.sign_in(SCHOOL).make_link(person, NOW)
    page.goto(f"{base}inbox/enter?token={link}")
    page.get_by_role("button", name="Open the inbox").click()
    expect(page.get_by_role("heading", level=1, name="Concerns")).to_be_visible()


def base_of(page: Page) -> str:
    found = re.match(r"http://[^/]+/", page.url)
    assert found
    return found.group(0)


@EVERY_LOOK
def test_no_barriers_and_nothing_cut_off(
    open_page: Opener, store: Store, many: str, name: str, viewport: dict[str, int], scheme: str
) -> None:  # fmt: skip
    page = open_page(viewport, "inbox/sign-in", color_scheme=scheme)
    base = base_of(page)

    def look(what: str, heading: str, *, unfolded: bool = False) -> None:
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        page.wait_for_load_state("load")
        if unfolded:
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert barriers(page) == [], what
        assert overflow(page) <= 0, what
        shoot(page, f"inbox-{name}-{scheme}-{what}", whole=True)

    look("sign-in", "Safeguarding inbox")
    page.get_by_label("Your school e-mail address").fill("a.bello@fernbank.example")
    page.keyboard.press("Enter")
    look("sent", "Look into your e-mails")
    page.goto(f"{base}inbox/enter?token={'x' * 43}")
    look("enter", "Safeguarding inbox")
    page.get_by_role("button", name="Open the inbox").click()
    look("too-old", "This link has been used")
    enter(page, store, "dsl", base)
    look("list", "Concerns")
    page.get_by_role("link", name="Show closed").click()
    expect(page.get_by_role("heading", name="Closed (1)")).to_be_visible()
    look("list-closed", "Concerns")
    page.get_by_label("Look for a name").fill("zoë")
    page.keyboard.press("Enter")
    look("search", "Concerns found")
    page.goto(f"{base}inbox/concerns/{many}")
    look("concern", f"Concern {many}")
    look("concern-open", f"Concern {many}", unfolded=True)
    page.goto(f"{base}inbox/concerns/ZZZZZ")
    look("gone", "There is nothing here")
    page.goto(f"{base}inbox/files")
    look("files", "Children’s files")
    page.locator(".entry a").first.click()
    look("file", "Child’s file")
    page.goto(f"{base}inbox/figures")
    look("figures", "Figures", unfolded=True)


def test_a_concern_that_waits_says_first_what_to_do(open_page: Opener, core: Core, store: Store) -> None:
    waiting = log(core, "urgent", danger="yes")
    page = open_page(PHONE, "inbox/sign-in")
    enter(page, store, "dsl", base_of(page))
    page.get_by_role("link", name=f"Concern {waiting}").click()
    button = page.get_by_role("button", name="Acknowledge: I have this")
    place = button.bounding_box()
    assert place and place["y"] + place["height"] < PHONE["height"] * 0.6
    expect(page.locator("main .send:visible")).to_have_count(1)
    shoot(page, "inbox-phone-waiting")
    button.click()
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("The alerts have stopped")
    expect(page.get_by_role("button", name="Acknowledge: I have this")).to_have_count(0)
    expect(page.locator("main .send:visible")).to_have_text(["Add the note"])
    shoot(page, "inbox-phone-acknowledged")


def test_the_link_in_an_email_works_although_the_cookie_stays_away_from_other_sites(
    open_page: Opener, store: Store, number: str
) -> None:  # fmt: skip
    page = open_page(PHONE, "inbox/sign-in")
    base = base_of(page)
    letter = f'<a href="{base}inbox/concerns/{number}">read it</a>'
    page.context.route("http://mail.example/**", lambda route: route.fulfill(body=letter, content_type="text/html"))
    asked: list[str] = []
    page.on(
        "request",
        lambda request: asked.append(request.url) if "/inbox" in request.url and "static" not in request.url else None,
    )

    def follow() -> None:
        page.goto("http://mail.example/")
        asked.clear()
        page.get_by_role("link", name="read it").click()

    follow()
    expect(page.get_by_role("heading", level=1, name="Safeguarding inbox")).to_be_visible()
    assert len(asked) == 3  # without the cookie, once more with it, to the sign-in page: never round and round
    enter(page, store, "dsl", base)
    follow()
    expect(page.get_by_role("heading", level=1, name=f"Concern {number}")).to_be_visible()
    assert asked == [f"{base}inbox/concerns/{number}"] * 2
    cookie = next(each for each in page.context.cookies() if each.get("name") == "askfirst-inbox")
    assert (cookie.get("sameSite"), cookie.get("httpOnly"), cookie.get("path")) == ("Strict", True, "/")


def test_a_form_on_another_site_does_nothing(open_page: Opener, store: Store, number: str) -> None:
    page = open_page(PHONE, "inbox/sign-in")
    base = base_of(page)
    enter(page, store, "dsl", base)
    forged = (
        f'<form method="post" action="{base}inbox/concerns/{number}"><input name="action" value="acknowledge">'
        "<button>win a prize</button></form>"
    )
    page.context.route("http://evil.example/**", lambda route: route.fulfill(body=forged, content_type="text/html"))
    page.goto("http://evil.example/")
    page.get_by_role("button", name="win a prize").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This page has gone out of date.")
    assert not any(line.kind == "acknowledged" for line in store.audit(SCHOOL).lines())


def test_everything_by_keyboard_alone(open_page: Opener, store: Store, number: str) -> None:
    page = open_page(DESK, "inbox/sign-in")
    enter(page, store, "dsl", base_of(page))

    def to(name: str) -> None:
        """Press Tab until something with this name has the focus."""
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("(document.activeElement.labels?.[0] ?? document.activeElement).innerText")[:60] == name:
                return
        pytest.fail(f"the keyboard does not reach '{name}'")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    to(f"Concern {number}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=f"Concern {number}")).to_be_visible()
    to("Acknowledge: I have this")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_focused()
    to("Follow it up")
    page.keyboard.press("Enter")
    to("Note")
    page.keyboard.type("Spoke to her.")
    to("Add the note")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("The note was added.")
    to("Add a decision")
    page.keyboard.press("Enter")
    to("Decision")
    page.keyboard.type("No referral.")
    to("Add the decision")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Reason").first).to_be_focused()
    expect(page.get_by_text("Write a few words.")).to_be_visible()
    assert page.get_by_label("Decision").input_value() == "No referral."
    assert barriers(page) == []
    shoot(page, "inbox-desk-incomplete")
    page.keyboard.type("Her mother helps.")
    to("Add the decision")
    page.keyboard.press("Enter")
    expect(page.locator("#chronology ~ .lines")).to_contain_text("Her mother helps.")
    to("Sign out")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Safeguarding inbox")).to_be_visible()


def test_a_whole_concern_without_a_script(open_page: Opener, store: Store, number: str) -> None:
    page = open_page(PHONE, "inbox/sign-in", java_script_enabled=False)
    enter(page, store, "dsl", base_of(page))
    page.get_by_role("link", name=f"Concern {number}").click()
    page.get_by_role("button", name="Acknowledge: I have this").click()
    said = page.get_by_role("status")

    def fold(title: str) -> None:
        page.locator("summary", has_text=title).first.click()

    page.get_by_label("Note", exact=True).fill("Spoke to her mother.")
    page.get_by_role("button", name="Add the note").click()
    expect(said).to_have_text("The note was added.")
    fold("Add an action")
    page.get_by_label("What is to be done").fill("Ring the nurse.")
    page.get_by_label("By when?").fill("2026-11-24")
    page.get_by_role("button", name="Add the action").click()
    expect(page.locator(".to-do")).to_contain_text("By 24 November 2026")
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".to-do")).to_have_count(0)
    fold("Put no.")
    page.get_by_label("How it should read").locator("visible=true").fill("Spoke to her grandmother.")
    page.get_by_role("button", name="Put it right").locator("visible=true").click()
    expect(page.locator(".lines .superseded")).to_contain_text("Spoke to her mother.")
    expect(page.locator(".lines .correction")).to_contain_text("Spoke to her grandmother.")
    fold("Put it into a child")
    assert page.get_by_label("Name for a new file").input_value() == "Maya Lindqvist"
    page.get_by_role("button", name="Put it into this file").click()
    fold("Close it")
    assert page.get_by_label("Look at it again on").input_value() == "2033-09-01"
    page.get_by_label("Outcome").fill("Early help")
    page.get_by_label("Reason").locator("visible=true").fill("The family agreed.")
    page.get_by_role("button", name="Close it").click()
    expect(page.locator(".standing")).to_contain_text("Closed by Ms Amara Bello")
    fold("Ask for it to be deleted")
    page.get_by_label("Reason").locator("visible=true").fill("Logged twice.")
    page.get_by_role("button", name="Ask for it to be deleted").click()
    expect(page.locator(".deletion")).to_contain_text("Somebody else has to agree.")
    shoot(page, "inbox-phone-deletion", whole=True)
    fold("Export it")
    with page.expect_download() as given:
        page.get_by_role("button", name="As a PDF").click()
    assert given.value.suggested_filename == f"concern-{number}.pdf"


def test_what_is_refused_is_said_in_a_friendly_box(open_page: Opener, store: Store, number: str) -> None:
    page = open_page(PHONE, "inbox/sign-in")
    enter(page, store, "dsl", base_of(page))
    page.get_by_role("link", name=f"Concern {number}").click()
    page.evaluate("document.querySelector('#pass-on-person').add(new Option('her', 'nobody-here'))")
    page.locator("summary", has_text="Pass it on").click()
    page.get_by_label("To whom").locator("visible=true").select_option("nobody-here")
    page.get_by_label("Reason").locator("visible=true").fill("She knows the family.")
    page.get_by_role("button", name="Pass it on").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be passed on to this person")
    expect(page.get_by_role("alert")).to_be_focused()
    assert page.get_by_label("Reason").locator("visible=true").input_value() == "She knows the family."
    assert barriers(page) == []
    shoot(page, "inbox-phone-refused")


def test_what_was_being_written_is_not_lost_with_the_session(open_page: Opener, store: Store, number: str) -> None:
    page = open_page(PHONE, "inbox/sign-in")
    enter(page, store, "dsl", base_of(page))
    page.get_by_role("link", name=f"Concern {number}").click()
    page.locator("summary", has_text="Add a note").click()
    page.get_by_label("Note", exact=True).fill("Spoke to her mother for half an hour.\nShe cried.")
    [session] = [each["value"] for each in page.context.cookies() if each["name"] == "askfirst-inbox"]
    store.sign_in(SCHOOL).end(session)
    page.get_by_role("button", name="Add the note").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("nothing was saved")
    assert page.get_by_label("What you wrote").input_value() == "Spoke to her mother for half an hour.\nShe cried."
    assert barriers(page) == []
    shoot(page, "inbox-phone-not-saved")


def test_everything_that_is_pressed_is_big_enough_to_touch(open_page: Opener, store: Store, many: str) -> None:
    page = open_page(SMALL, "inbox/sign-in")
    base = base_of(page)
    enter(page, store, "dsl", base)
    for path in ("inbox", f"inbox/concerns/{many}", "inbox/files", "inbox/figures", "inbox/sign-in"):
        page.goto(base + path)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        for control in page.locator(
            "button:visible, .fold > summary:visible, main :is(input, select, textarea):visible"
        ).all():
            size = control.bounding_box()
            assert size and size["height"] >= 44 and size["width"] >= 44, control.inner_text()
        for control in page.locator(
            ".jump a:visible, .entry a:visible, nav a:visible, .plain-list a:visible, summary:visible"
        ).all():
            size = control.bounding_box()
            assert size and size["height"] >= 24, control.inner_text()


def test_the_figures_can_be_printed(open_page: Opener, store: Store, many: str) -> None:
    page = open_page(DESK, "inbox/sign-in")
    enter(page, store, "head", base_of(page))
    page.get_by_role("link", name="Figures").click()
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(page.get_by_role("cell", name="2", exact=True).first).to_be_visible()
    shoot(page, "inbox-figures-print", whole=True)
