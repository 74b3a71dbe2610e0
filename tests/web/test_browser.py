"""The chat page in a real browser: by keyboard, by touch, without scripts, and with axe-core looking for barriers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from bot.answering.dialogue import Base, ask_once
from bot.knowledge import School
from bot.store import Store
from tests.browsing import DESK, EVERY_LOOK, NOW, PHONE, SMALL, Opener, barriers, overflow, shoot
from tests.store.made import remarked

pytestmark = pytest.mark.browser

EX_PUPIL = "can I friend an ex-pupil?"
AT_RISK = "She told me her uncle hits her"


def ask(page: Page, text: str) -> None:
    """Type a question, send it by Enter, wait for its reply."""
    replies = page.locator(".reply").count()
    page.get_by_label("Ask before you act").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator(".reply")).to_have_count(replies + 1)


def test_asking_by_keyboard_alone(open_page: Opener) -> None:
    page = open_page()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the question box")).to_be_focused()
    page.keyboard.press("Enter")
    box = page.get_by_label("Ask before you act")
    expect(box).to_be_focused()
    page.keyboard.type("can I friend")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("an ex-pupil?")
    assert box.input_value() == "can I friend\nan ex-pupil?"
    page.keyboard.press("Enter")
    expect(page.locator(".reply")).to_have_count(1)
    expect(page.get_by_role("log")).to_contain_text("You asked: can I friend")
    expect(box).to_be_focused()
    assert box.input_value() == ""


def test_the_replies_stay_as_a_conversation(open_page: Opener) -> None:
    page = open_page()
    ask(page, EX_PUPIL)
    ask(page, "why?")
    expect(page.locator(".asked")).to_have_text([f"You asked: {EX_PUPIL}", "You asked: why?"])
    expect(page.get_by_role("heading", name="Why:")).to_be_visible()
    expect(page.locator("#examples")).to_be_hidden()


def test_an_example_asks_its_question(open_page: Opener) -> None:
    page = open_page()
    page.get_by_role("button", name="Can I friend an ex-pupil?").click()
    expect(page.locator(".reply-answer")).to_be_visible()


def test_a_fact_button_answers_and_takes_the_focus_to_the_answer(open_page: Opener) -> None:
    page = open_page()
    ask(page, EX_PUPIL)
    button = page.locator(".question button").first
    label = button.inner_text()
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".reply")).to_have_count(2)
    expect(page.locator(".asked").last).to_contain_text(label)
    expect(page.locator(".reply").last.locator("h2")).to_be_focused()


def test_a_choice_is_pressed_and_answered(open_page: Opener, base: Base) -> None:
    page = open_page()
    ask(page, unclear(base))
    choice = page.locator(".reply-choices .column button").first
    title = choice.inner_text()
    choice.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".reply-answer h2")).to_be_focused()
    expect(page.locator(".reply-answer .title")).to_have_text(title)
    expect(page.locator(".asked").last).to_contain_text(title)
    assert barriers(page) == []
    shoot(page, "desk-choice", whole=True)


def unclear(base: Base) -> str:
    """A question that the base answers with choices, whatever its entries are just now."""
    words = "photos parents facebook whatsapp accounts pupils followers comments passwords friends groups posts".split()
    texts = [*words, *(f"{one} and {two}" for one in words for two in words if one != two)]
    return next(text for text in texts if ask_once(base, text, NOW).reply.kind == "choices")


def test_the_sources_open_and_close(open_page: Opener) -> None:
    page = open_page()
    ask(page, EX_PUPIL)
    summary = page.locator("summary")
    expect(page.locator(".sources li").first).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".sources li").first).to_be_visible()
    expect(page.locator(".approval")).to_contain_text("Nobody at this school has approved")
    shoot(page, "desk-sources", whole=True)


def test_feedback_is_thanked_for_where_it_was_given(open_page: Opener) -> None:
    page = open_page()
    ask(page, EX_PUPIL)
    page.get_by_role("button", name="This helped", exact=True).click()
    expect(page.get_by_text("Thank you")).to_be_focused()
    expect(page.locator(".reply")).to_have_count(1)
    expect(page.locator(".feedback")).to_have_count(0)


def test_an_answer_that_did_not_help_leads_on(open_page: Opener) -> None:
    page = open_page()
    ask(page, "can parents have my mobile number?")
    page.get_by_role("button", name="This didn’t help").click()
    expect(page.locator(".reply")).to_have_count(2)
    expect(page.locator(".reply").last.locator(".person")).to_be_visible()
    expect(page.locator(".reply").last.get_by_role("link", name="Log a concern")).to_be_visible()
    page.locator(".reply").last.locator("button").first.click()
    expect(page.locator(".reply")).to_have_count(3)
    expect(page.locator(".reply").last.locator(".badge")).to_be_visible()


def test_the_policy_is_one_press_below_a_handover(open_page: Opener) -> None:
    page = open_page()
    ask(page, AT_RISK)
    page.get_by_role("button", name="My question was about the policy").click()
    expect(page.locator(".reply")).to_have_count(2)
    expect(page.locator(".reply-handover")).to_be_attached()


def test_a_hand_over_takes_the_focus_and_can_be_rung(open_page: Opener, school: School) -> None:
    page = open_page(PHONE, has_touch=True)
    ask(page, AT_RISK)
    expect(page.locator(".reply-handover h2")).to_be_focused()
    expect(page.locator(".reply-handover h2")).to_be_in_viewport()
    dsl = school.holders("dsl")[0]
    link = page.locator(".people").get_by_role("link", name=f"Ring {dsl.name} on {dsl.phone}")
    expect(link).to_have_attribute("href", re.compile(r"^tel:\d+$"))
    shoot(page, "phone-handover")
    shoot(page, "phone-handover-whole", whole=True)


def test_asking_without_scripts(open_page: Opener) -> None:
    page = open_page(PHONE, java_script_enabled=False)
    page.get_by_label("Ask before you act").fill(EX_PUPIL)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".asked")).to_contain_text(EX_PUPIL)
    expect(page.locator(".reply-answer .badge")).to_be_visible()
    page.locator(".question button").first.click()
    expect(page.locator(".reply-answer")).to_be_visible()
    expect(page.locator(".question")).to_have_count(0)
    shoot(page, "phone-no-script", whole=True)
    page.reload()  # sends the same button once more, and does no harm
    expect(page.locator(".reply-answer")).to_be_visible()


def test_a_question_that_is_too_long_stays_in_the_box(open_page: Opener) -> None:
    page = open_page()
    typed = ("abcd " * 900).strip()
    box = page.get_by_label("Ask before you act")
    box.fill(typed)
    page.keyboard.press("Enter")
    expect(page.locator(".reply")).to_contain_text("too long for one question")
    assert box.input_value() == typed
    ask(page, EX_PUPIL)
    assert box.input_value() == ""


def test_a_lost_connection_keeps_the_question_and_says_whom_to_tell(open_page: Opener, school: School) -> None:
    page = open_page()
    page.context.set_offline(True)
    box = page.get_by_label("Ask before you act")
    box.fill(EX_PUPIL)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("No answer came back")
    expect(page.get_by_role("alert")).to_contain_text(school.holders("dsl")[0].phone)
    assert box.input_value() == EX_PUPIL
    page.context.set_offline(False)
    page.keyboard.press("Enter")
    expect(page.locator(".reply-answer")).to_be_visible()


def test_a_page_whose_cookie_was_replaced_renews_itself(open_page: Opener) -> None:
    page = open_page()
    page.context.clear_cookies()
    ask(page, EX_PUPIL)
    expect(page.locator(".reply-answer")).to_be_visible()


def test_what_is_typed_is_never_run(open_page: Opener) -> None:
    page = open_page()
    ask(page, "<img src=x onerror=\"document.title='run'\">")
    expect(page.locator(".asked")).to_contain_text("<img src=x")
    assert page.title() != "run"


@EVERY_LOOK
def test_no_barriers_and_nothing_cut_off(open_page: Opener, name: str, viewport: dict[str, int], scheme: str) -> None:
    page = open_page(viewport, color_scheme=scheme)
    assert barriers(page) == []
    shoot(page, f"{name}-{scheme}-start")
    for question in (EX_PUPIL, "who says so?", AT_RISK, "what colour is a quark?", "hello"):
        ask(page, question)
    assert barriers(page) == []
    assert overflow(page) <= 0
    shoot(page, f"{name}-{scheme}-whole", whole=True)
    shoot(page, f"{name}-{scheme}-view")


def test_everything_that_is_pressed_is_big_enough_to_touch(open_page: Opener) -> None:
    page = open_page(SMALL)
    ask(page, EX_PUPIL)
    ask(page, AT_RISK)
    for control in page.locator("button:visible, summary:visible, .ring:visible, textarea:visible").all():
        size = control.bounding_box()
        assert size is not None
        assert size["height"] >= 44 and size["width"] >= 44, control.inner_text()


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 900}], ids=["phone", "desk"])
def test_the_way_to_the_form_is_in_sight_however_long_the_conversation(
    open_page: Opener, viewport: dict[str, int]
) -> None:
    page = open_page(viewport)
    button = page.get_by_role("banner").get_by_role("link", name="Log a concern")
    expect(button).to_be_in_viewport(ratio=1)
    for _ in range(3):
        ask(page, EX_PUPIL)
        expect(button).to_be_in_viewport(ratio=1)
    page.evaluate("scrollTo(0, 0)")
    expect(button).to_be_in_viewport(ratio=1)
    shoot(page, f"chat-bar-{viewport['width']}")


def test_beside_a_handover_the_button_in_sight_stands_out_where_the_form_is_next(open_page: Opener) -> None:
    page = open_page(PHONE)
    colour = "element => getComputedStyle(element).backgroundColor"
    button = page.get_by_role("banner").get_by_role("link", name="Log a concern")
    plain = button.evaluate(colour)
    ask(page, EX_PUPIL)
    expect(page.locator(".reply")).to_have_count(1)
    assert button.evaluate(colour) == plain
    ask(page, "i keep thinking about ending my life")
    expect(page.locator(".reply-handover")).to_have_count(1)
    assert button.evaluate(colour) == plain, "of an adult at risk nothing is logged"
    ask(page, AT_RISK)
    expect(page.locator(".reply-handover")).to_have_count(2)
    expect(button).to_be_in_viewport(ratio=1)
    assert button.evaluate(colour) == page.get_by_role("button", name="Ask", exact=True).evaluate(colour) != plain


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 900}], ids=["phone", "desk"])
def test_a_handover_shows_first_whom_to_ring_then_the_form_then_what_to_do(
    open_page: Opener, viewport: dict[str, int]
) -> None:
    page = open_page(viewport)
    ask(page, AT_RISK)
    shoot(page, f"handover-child-{viewport['width']}")
    form = page.locator(".reply").get_by_role("link", name="Log this concern")
    first = page.locator(".reply .ring").first
    expect(first).to_be_in_viewport(ratio=1)
    expect(first).to_have_attribute("href", "tel:02079460101")
    steps = page.locator(".reply ul").first
    tops = [each.bounding_box() for each in (page.locator(".reply .wording"), first, form, steps)]
    assert [box["y"] for box in tops if box] == sorted(box["y"] for box in tops if box)
    shoot(page, f"handover-child-{viewport['width']}-whole", whole=True)


# --- wrong or out of date?

TELL_AUTHOR = "Wrong or out of date? Tell the author"


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_an_answer_is_called_out_of_date_by_keyboard_and_stays_where_it_was(
    open_page: Opener, store: Store, viewport: dict[str, int]
) -> None:
    page, size = open_page(viewport), viewport["width"]
    ask(page, EX_PUPIL)
    line = page.get_by_role("button", name=TELL_AUTHOR)
    shoot(page, f"remark-{size}-line", whole=True)
    above = [box for part in (".wording", ".sources", ".feedback") if (box := page.locator(part).bounding_box())]
    below = line.bounding_box()
    assert below and len(above) == 3 and all(box["y"] + box["height"] <= below["y"] for box in above)
    line.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nobody sees that it was you")).to_be_focused()
    expect(line).to_have_count(0)
    assert barriers(page) == [] and overflow(page) <= 0
    shoot(page, f"remark-{size}-reasons", whole=True)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="It is out of date")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("somebody thinks it is out of date")).to_be_focused()
    expect(page.locator(".reply")).to_have_count(1)
    expect(page.locator(".asked")).to_have_count(1)
    expect(page.locator(".wording")).to_be_visible()
    assert barriers(page) == [] and overflow(page) <= 0
    shoot(page, f"remark-{size}-thanks", whole=True)
    assert remarked(store, NOW.date()) == {"friend-ex-pupil": {"out-of-date": 1}}


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_an_answer_is_called_hard_to_understand_without_a_script(
    open_page: Opener, store: Store, viewport: dict[str, int]
) -> None:
    page = open_page(viewport, java_script_enabled=False)
    page.get_by_label("Ask before you act").fill(EX_PUPIL)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_role("button", name=TELL_AUTHOR).click()
    shoot(page, f"remark-{viewport['width']}-no-script", whole=True)
    page.get_by_role("button", name="It is hard to understand").click()
    expect(page.get_by_text("somebody finds it hard to understand")).to_be_visible()
    assert remarked(store, NOW.date()) == {"friend-ex-pupil": {"unclear": 1}}
