"""The page of the Playground, and the hand that works it: writes, presses, fills in, reads."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import Browser, Locator, Page, Route, expect
from playwright.sync_api import TimeoutError as TooLong

from tests.browsing import shoot
from tests.teams.playground import Playground

VIEW = {"width": 1400, "height": 950}  # narrower than 1400 hides its menus
PATIENCE = 20_000  # milliseconds until something must have shown up in the page
_EMPTY, _SETTLES = 3_000, 700  # milliseconds after which a dialog counts as empty, and as there to stay
_TRIES = 4
PERSONAL = "Personal Chat"
# What stands in the chat and in a dialog, without the list of chats, which repeats the newest line of each.
READ = """() => {
  const aside = [...document.querySelectorAll('[role=tree], [role=toolbar]')];
  aside.forEach((each) => { each.style.display = 'none'; });
  const text = document.body.innerText;
  aside.forEach((each) => { each.style.display = ''; });
  return text;
}"""


class Client:
    """The page of a Playground, and what a person does there. Everything waits for the page as long as it must."""

    def __init__(self, page: Page, bot_name: str) -> None:
        self._page, self._bot = page, bot_name

    def goes_to(self, chat: str = PERSONAL) -> None:
        """Opens a chat or a channel by its name in the list on the left."""
        self._page.get_by_role("treeitem", name=re.compile(re.escape(chat))).first.click()

    def says(self, words: str) -> None:
        """Writes this in the open chat and sends it, without a mention."""
        self._writes(words)
        self._sends()

    def mentions(self, words: str, *, in_thread: bool = False) -> None:
        """Mentions the bot and says this to it: in the group chat, as a new post in a channel, or as a reply there."""
        self._box(in_thread).click()
        self._page.keyboard.type(f"@{self._bot[:2]}")
        self._page.get_by_role("menuitem", name=self._bot).click()
        self._page.keyboard.type(f" {words}")
        self._sends(in_thread)

    def presses(self, label: str) -> None:
        """Presses the newest button of this name, in a dialog where one is open."""
        self._here().get_by_role("button", name=label, exact=True).last.click()

    def fills(self, label: str, value: str) -> None:
        """Fills in a text, a date (2026-11-20) or a time (09:30, in half hours), or chooses one of several.

        The field is found by what stands beside it; the newest one of that name is taken.
        """
        field = self._field(label)
        if field.get_attribute("role") == "radiogroup":
            field.get_by_label(value, exact=True).check()
        elif field.get_attribute("role") != "combobox":
            field.fill(value)
        elif field.get_attribute("placeholder") == "Select a date...":  # pressed, it would lay a calendar over all
            field.fill(dt.date.fromisoformat(value).strftime("%m/%d/%Y"))
            field.press("Tab")
        elif field.get_attribute("placeholder") == "Select a time...":
            written = f"{dt.time.fromisoformat(value):%I:%M %p}".lstrip("0")
            field.click()
            field.fill(written)
            field.press("Tab")
            expect(field).to_have_value(written)
        else:
            field.click()
            self._page.get_by_role("option", name=value, exact=True).click()

    def ticks(self, title: str) -> None:
        """Ticks the newest box with this title."""
        self._here().get_by_role("checkbox", name=title).last.check()

    def holds(self, label: str) -> str:
        """What stands in a text field."""
        return self._field(label).input_value()

    def finds(self, label: str, value: str) -> None:
        """Waits until this stands in a text field."""
        expect(self._field(label)).to_have_value(value)

    def opens_message_action(self, command: str, *, on: str | None = None) -> None:
        """Starts a message action: on the newest message with these words, or from the box for writing. The Playground
        leaves the dialog empty, now and then, where the answer comes quickly: then once more."""
        for _ in range(_TRIES):
            self._asks_for_the_dialog(command, on)
            card = self._page.get_by_role("dialog").locator(".ac-adaptiveCard")
            with suppress(TooLong):
                card.wait_for(timeout=_EMPTY)
                self._page.wait_for_timeout(_SETTLES)  # it may vanish again
                if card.is_visible():
                    return
            self.closes_the_dialog()
        raise AssertionError(f"the dialog stayed empty: {self.seen()}")

    def _asks_for_the_dialog(self, command: str, on: str | None) -> None:
        if on is None:
            self._page.get_by_label("Trigger Message Extension App").first.click()
        else:
            words = self._page.get_by_text(on, exact=True).last
            nearest = words.locator("xpath=ancestor::*[.//button][1]")  # the message, and nothing around it
            nearest.get_by_role("button", name="Show more information").click()
        self._page.get_by_role("menuitem", name="Action Command").click()
        self._page.get_by_placeholder("Input command id or leave blanks").fill(command)
        self._page.get_by_role("button", name="Create", exact=True).click()

    def submits(self, label: str) -> None:
        """Presses a button of the open dialog."""
        self._page.get_by_role("dialog").get_by_role("button", name=label, exact=True).click()

    def closes_the_dialog(self) -> None:
        self._page.get_by_role("dialog").get_by_role("button", name="Close").click()
        self._page.get_by_role("dialog").wait_for(state="detached")

    def reads(self, words: str, times: int = 1) -> None:
        """Waits until these words stand in the chat or in the dialog, so often. Fails with all that stands there
        instead."""
        self._waits(f"([read, words]) => eval(read)().split(words).length > {times}", words)

    def no_longer_reads(self, words: str) -> None:
        """Waits until these words are gone, such as those of a card that was replaced."""
        self._waits("([read, words]) => !eval(read)().includes(words)", words)

    def seen(self) -> str:
        """All that stands in the open chat and in a dialog now."""
        return str(self._page.evaluate(READ))

    def shoot(self, name: str) -> None:
        shoot(self._page, name)

    def _waits(self, until: str, words: str) -> None:
        try:
            self._page.wait_for_function(until, arg=[READ, words], polling=100)
        except TooLong:
            raise AssertionError(f"waited in vain for {words!r}; there is: {self.seen()}") from None

    def _here(self) -> Page | Locator:
        dialog = self._page.get_by_role("dialog")
        return dialog.last if dialog.count() else self._page

    def _field(self, label: str) -> Locator:
        fields = self._page.locator("input, textarea, select, [role=radiogroup], [role=combobox]")
        return self._here().get_by_label(label, exact=True).and_(fields).last

    def _box(self, in_thread: bool = False) -> Locator:
        boxes = self._page.locator('[contenteditable="true"]')
        return boxes.last if in_thread else boxes.first

    def _writes(self, words: str) -> None:
        self._box().click()
        for number, line in enumerate(words.split("\n")):
            if number:
                self._page.keyboard.press("Shift+Enter")
            self._page.keyboard.type(line)

    def _sends(self, in_thread: bool = False) -> None:
        post = self._page.get_by_role("button", name="Post", exact=True)
        if post.count() and not in_thread:
            post.click()
        else:
            self._page.keyboard.press("Enter")


@contextmanager
def at_the_desk_of(browser: Browser, playground: Playground) -> Iterator[Client]:
    """The page of this Playground, once the app is installed for its person: installing is what the page does first.

    The browser context reaches nothing but this machine.
    """
    context = browser.new_context(viewport=VIEW, reduced_motion="reduce")  # type: ignore[arg-type]
    context.route(re.compile(r"^https?://(?!127\.0\.0\.1|localhost)"), _refuse)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(playground.address)
    page.get_by_role("button", name="Send Message").wait_for(timeout=30_000)
    page.get_by_text("conversationUpdate").first.wait_for()  # the log's: the bot has answered
    page.get_by_role("button", name="Hide log panel").click()
    try:
        yield Client(page, playground.school.bot_name)
    finally:
        context.close()


def _refuse(route: Route) -> None:
    route.abort()
