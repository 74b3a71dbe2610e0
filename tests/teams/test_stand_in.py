"""The local Teams, tried with a small bot: what people do and see."""

from __future__ import annotations

import pytest

from tests.teams.people import Person
from tests.teams.server import Teams
from tests.teams.sheets import plain
from tests.teams.small_bot import SmallBot


async def test_who_adds_the_app_is_greeted(bot: SmallBot, teacher: Person) -> None:
    assert await teacher.reads("Hello") == "Hello. Ask me before you act."
    assert bot.heard == ["installationUpdate", "conversationUpdate"]


async def test_a_message_is_answered_with_a_card(teacher: Person) -> None:
    await teacher.says("is 5 < 6 & 7?")
    assert "You said is 5 < 6 & 7?" in await teacher.reads("You said")
    assert teacher.messages[-1].buttons == ["More", "Log a concern", "Plain", "Sources", "Not right?"]


async def test_what_is_hidden_or_folded_away_is_read_once_it_is_opened(teams: Teams, teacher: Person) -> None:
    await teacher.says("may I?")
    await teacher.reads("You said")
    assert "clause 4" not in teacher.sees() and "Tell us why" not in teacher.sees()
    told = len(teams.deliveries)
    await teacher.presses("Sources")
    await teacher.presses("Not right?")
    assert "See clause 4" in teacher.sees() and "Tell us why" in teacher.sees()
    await teacher.presses("Sources")
    assert "clause 4" not in teacher.sees()
    assert len(teams.deliveries) == told


async def test_an_executed_button_replaces_the_card_for_whoever_pressed_it(teams: Teams, teacher: Person) -> None:
    colleague = teams.person("Tom Reid", "t.reid@fernbank.example")
    staff = teams.channel("Staff room", teacher, colleague)
    await teacher.mentions("may I?", staff)
    await teacher.reads("You said may I?")
    await teacher.presses("More")
    assert teacher.sees() == "more for ex-pupils, manual"
    assert "You said may I?" in colleague.sees()


async def test_a_plain_submit_reaches_the_bot_as_a_message_without_text(teams: Teams, teacher: Person) -> None:
    await teacher.says("may I?")
    await teacher.reads("You said")
    await teacher.presses("Plain")
    await teacher.reads("'choice': 'b'")
    sent = teams.deliveries[-1].activity
    assert "text" not in sent and sent["value"] == {"choice": "b"} and sent["replyToId"]


async def test_a_mention_is_answered_in_its_thread_and_seen_by_the_channel(teams: Teams, teacher: Person) -> None:
    colleague = teams.person("Tom Reid", "t.reid@fernbank.example")
    outsider = teams.person("Kay Moss", "k.moss@fernbank.example")
    staff = teams.channel("Staff room", teacher, colleague)
    asked = await teacher.mentions("may I?", staff)
    await colleague.reads("You said may I?")
    assert colleague.messages[-1].thread == asked.id
    assert not outsider.messages
    await teacher.says("not for the app", staff)
    heard = [each.activity for each in teams.deliveries if each.name == "message"]
    assert [each["text"] for each in heard] == ["<at>AskFirst</at> may I?"]
    assert heard[0]["conversation"]["id"] == f"{staff.id};messageid={asked.id}"


async def test_a_group_chat_is_told_of_the_app_and_answers_to_its_name(teams: Teams, teacher: Person) -> None:
    group = teams.group("Year 9", teacher, app=False)
    await teams.adds_app(group, teacher)
    await teacher.mentions("may I?", group)
    await teacher.reads("You said may I?")
    assert teams.deliveries[-1].activity["conversation"]["conversationType"] == "groupChat"


async def test_a_card_is_refreshed_for_those_whom_it_names(teams: Teams, teacher: Person) -> None:
    colleague = teams.person("Tom Reid", "t.reid@fernbank.example")
    staff = teams.channel("Staff room", teacher, colleague)
    await teacher.mentions("may I?", staff)
    await teacher.reads("You said may I?")
    assert await colleague.refreshes() == 0
    assert await teacher.refreshes() == 1
    assert "refresh for e1, automatic" in teacher.sees()
    assert await colleague.refreshes(by_hand=True) == 1
    assert "refresh for e1, manual" in colleague.sees()


async def test_a_dialog_is_filled_refused_checked_and_submitted(teacher: Person) -> None:
    await teacher.says("may I?")
    await teacher.reads("You said")
    await teacher.presses("Log a concern")
    assert teacher.dialog and teacher.dialog.title == "Log a concern"
    await teacher.submits()
    assert teacher.errors == {"what": "What happened?", "day": "Which day?", "how": "How urgent?"}
    assert "How urgent?" in teacher.sees()
    await teacher.fills(what="bad", day="2026-11-21", how="Today")
    await teacher.submits()
    assert "Say more" in teacher.sees()
    await teacher.fills(what="He was crying", day="2026-11-21", how="Now", who="0a1b")
    await teacher.presses("Check")
    assert teacher.sees() == "Is this right?\n1 2026-11-21 0a1b\nLog it"
    await teacher.submits("Log it")
    assert teacher.dialog and teacher.dialog.message == "Logged"
    teacher.closes_dialog()
    assert teacher.dialog is None


async def test_the_form_takes_only_what_teams_would_let_people_enter(teams: Teams, teacher: Person) -> None:
    await teacher.uses_compose_action()
    for wrong in ({"what": "x" * 201}, {"how": "Tomorrow"}, {"nobody": "x"}, {"day": "21/11/2026"}):
        with pytest.raises((AssertionError, ValueError)):
            await teacher.fills(**wrong)
    await teacher.fills(what="He was crying", day="2027-01-01", how="2", who=teacher)
    await teacher.submits()
    assert teacher.errors == {"day": "Which day?"}


async def test_a_message_action_carries_the_message(teams: Teams, teacher: Person) -> None:
    colleague = teams.person("Tom Reid", "t.reid@fernbank.example")
    staff = teams.channel("Staff room", teacher, colleague, app=False)
    said = await colleague.says("look & see", staff)
    await teacher.uses_message_action(said, command="logConcern")
    assert teacher.dialog and "About: <p>look & see</p>" in teacher.dialog.text
    value = teams.deliveries[-1].activity["value"]
    assert value["messagePayload"]["body"] == {"contentType": "html", "content": "<p>look &amp; see</p>"}
    assert (value["commandId"], value["commandContext"]) == ("logConcern", "message")
    assert value["messagePayload"]["from"]["user"]["id"] == colleague.aad
    await teacher.fills(what="bad", day="2026-11-21", how="Today")
    await teacher.submits()
    assert teams.deliveries[-1].name == "composeExtension/submitAction"
    assert "Say more" in teacher.sees()


async def test_the_app_reaches_nobody_who_has_removed_it(teams: Teams, bot: SmallBot, teacher: Person) -> None:
    await teacher.uninstalls()
    assert teams.deliveries[-1].activity["action"] == "remove"
    assert teacher.sees() == ""
    with pytest.raises(AssertionError, match="has no chat with the app"):
        await teacher.says("may I?")


def test_markdown_is_read_as_it_is_shown() -> None:
    assert plain(r"**No.** See [clause 4](https://fernbank.example/4) \*now\*") == "No. See clause 4 *now*"
    assert plain("2 * 3 * 4 and snake_case_name") == "2 * 3 * 4 and snake_case_name"
