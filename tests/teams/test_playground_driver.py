"""The hand that works the Playground, tried on a small bot: a Teams client that nobody here wrote does what we say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browsing import browser
from tests.teams.playground import Person, Playground, School
from tests.teams.playground_bot import Bot, Served
from tests.teams.playground_page import Client, at_the_desk_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.wide]
__all__ = ["browser"]  # a fixture, found by its name

TEACHER = Person("Tessa Teacher", "t.teacher@fernbank.example", "7e57ac4e-0000-4000-8000-000000000001")
LEAD = Person("Leo Lead", "l.lead@fernbank.example", "7e57ac4e-0000-4000-8000-000000000002")
SCHOOL = School(colleagues=(TEACHER, LEAD))
Seat = Callable[[Person], tuple[Playground, Client]]


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
def served(bot: Bot) -> Served:
    return Served(bot.app())


@pytest.fixture
def seat(browser: Browser, served: Served, tmp_path: Path) -> Iterator[Seat]:
    """seat(person) -> their Playground and its page, against the same bot as everybody's."""
    with ExitStack() as stack:
        endpoint = stack.enter_context(served.running())

        def seated(person: Person) -> tuple[Playground, Client]:
            folder = tmp_path / person.entra_id
            playground = stack.enter_context(Playground(endpoint, person, folder, SCHOOL))
            return playground, stack.enter_context(at_the_desk_of(browser, playground))

        yield seated


def test_a_person_writes_to_the_bot_and_reads_its_answer(seat: Seat, bot: Bot) -> None:
    _, teacher = seat(TEACHER)
    teacher.says("May I give a lift?")
    teacher.reads("You said: May I give a lift?")
    [message] = bot.of("message")
    assert message["from"] == {"id": TEACHER.id, "name": TEACHER.name, "aadObjectId": TEACHER.entra_id}
    assert message["channelData"]["tenant"]["id"] == SCHOOL.tenant
    assert (message["conversation"]["conversationType"], message["channelId"]) == ("personal", "msteams")
    assert [each["type"] for each in bot.received[:2]] == ["installationUpdate", "conversationUpdate"]


def test_a_button_replaces_its_card_and_another_one_sends_what_was_typed(seat: Seat, bot: Bot) -> None:
    playground, teacher = seat(TEACHER)
    teacher.says("buttons")
    teacher.reads("Did this help?")
    teacher.presses("Not helpful")
    teacher.reads("You chose: not helpful")
    teacher.fills("Why?", "Clear and short")
    teacher.presses("Helpful")
    teacher.reads("Thank you. Clear and short")
    teacher.no_longer_reads("Did this help?")
    teacher.shoot("playground-card")
    [pressed] = bot.of("adaptiveCard/action")
    assert pressed["value"]["action"]["verb"] == "helpful"
    assert pressed["value"]["action"]["data"] == {"entry": "e-1", "why": "Clear and short"}
    assert ("adaptiveCard/action", 200) in [(each.name, each.status) for each in playground.exchanges()]


def test_in_the_group_chat_and_in_a_channel_the_bot_hears_what_mentions_it(seat: Seat, bot: Bot) -> None:
    _, teacher = seat(TEACHER)
    teacher.goes_to(SCHOOL.group_chat)
    teacher.says("Not for the bot")
    teacher.mentions("for the bot")
    teacher.reads("You said: for the bot")
    teacher.goes_to("Staff room")
    teacher.mentions("a new post")
    teacher.reads("You said: a new post")
    teacher.mentions("a reply", in_thread=True)
    teacher.reads("You said: a reply")
    teacher.shoot("playground-channel")
    heard = bot.of("message")
    assert [each["conversation"]["conversationType"] for each in heard] == ["groupChat", "channel", "channel"]
    assert all("<at>AskFirst</at>" in each["text"] for each in heard)


def test_a_message_action_opens_a_dialog_that_keeps_what_was_typed_beside_an_error(seat: Seat, bot: Bot) -> None:
    _, teacher = seat(TEACHER)
    teacher.says("a first message")
    teacher.reads("You said: a first message")
    teacher.opens_message_action("logConcern", on="You said: a first message")
    teacher.fills("Where was it?", "In the corridor")
    teacher.submits("Send")
    teacher.reads("Say what happened.")
    assert teacher.holds("Where was it?") == "In the corridor"
    teacher.shoot("playground-dialog")
    teacher.fills("What happened?", "A made-up fall")
    teacher.fills("Is anybody in danger now?", "No")
    teacher.fills("Which lesson?", "Drama")
    teacher.fills("On which day?", "2026-11-20")
    teacher.fills("At what time?", "09:30")
    teacher.ticks("I have read it through")
    teacher.submits("Send")
    teacher.reads("Logged: A made-up fall")
    teacher.closes_the_dialog()
    asked, sent = bot.of("composeExtension/fetchTask")[-1], bot.of("composeExtension/submitAction")
    assert asked["value"]["commandId"] == "logConcern"
    assert "a first message" in asked["value"]["messagePayload"]["body"]["content"]
    assert sent[-1]["value"]["data"] == {
        "form": "concern",
        "what": "A made-up fall",
        "where": "In the corridor",
        "danger": "no",
        "lesson": "drama",
        "day": "2026-11-20",
        "time": "09:30",
        "sure": "true",
    }


def test_the_dialog_opens_from_the_box_for_writing_too(seat: Seat, bot: Bot) -> None:
    _, teacher = seat(TEACHER)
    teacher.opens_message_action("logConcern")
    teacher.reads("What happened?")
    teacher.closes_the_dialog()
    assert "messagePayload" not in bot.of("composeExtension/fetchTask")[0]["value"]


def test_the_bot_speaks_first_to_one_of_two_people_at_their_own_desks(seat: Seat, bot: Bot, served: Served) -> None:
    _, teacher = seat(TEACHER)
    _, lead = seat(LEAD)
    installed = {each["from"]["aadObjectId"]: each for each in bot.of("installationUpdate")}
    served.carry_out(bot.tell(installed[LEAD.entra_id], "A concern is waiting for you."))
    lead.reads("A concern is waiting for you.")
    lead.shoot("playground-proactive")
    assert "A concern is waiting" not in teacher.seen()


def test_what_does_not_come_is_said_with_what_is_there(seat: Seat) -> None:
    _, teacher = seat(TEACHER)
    teacher.says("hello")
    teacher.reads("You said: hello")
    teacher._page.set_default_timeout(300)
    with pytest.raises(AssertionError, match=r"(?s)waited in vain for 'Goodbye'; there is: .*You said: hello"):
        teacher.reads("Goodbye")
