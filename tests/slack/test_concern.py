"""Logging a concern on Slack: from the command or a shortcut to the receipt, and what happens when something fails."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from adapters.slack import manifest
from bot.answering.dialogue import Base
from bot.concerns import Reader
from bot.service.core import Core
from bot.store import Store
from tests.slack.people import Person
from tests.slack.school import (
    ADDRESS,
    WRITTEN,
    AtSchool,
    changed,
    first_screen,
    last_submission,
    logs_a_concern,
    record_of,
)
from tests.slack.server import Slack

AN_ADULT = ("An adult at the school",)
SEEN = {"What did you see or hear?": "Seenmarker"}


async def test_the_command_leads_through_the_form_to_a_receipt(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.asks("/concern")
    shown = await teacher.reads("Is anyone in danger now?")
    assert "Whom is it about?" not in shown
    await logs_a_concern(teacher, slack)
    (number,) = fernbank.numbers()
    assert teacher.modal and "Logged. Your receipt:" in teacher.modal.text
    assert "Ms Amara Bello" in teacher.modal.text
    await slack.settled(lambda: teacher.messages)
    (receipt,) = teacher.messages
    assert number in receipt.text
    assert receipt.channel == teacher.direct.id
    record = record_of(fernbank, number, "dsl")
    assert record.report.seen == "Seenmarker <!channel> *bold*"
    assert (record.report.reporter.name, record.report.reporter.person) == ("Priya Shah", None)
    assert "arker" not in " ".join(fernbank.posts()).replace("Bookmarker", "")


async def test_danger_says_999_first(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.uses_shortcut("Log a concern")
    await teacher.reads("Is anyone in danger now?")
    await teacher.fills({"Is anyone in danger now?": "Yes", "Have you told someone in person?": "No"})
    await teacher.submits()
    assert teacher.modal
    text = teacher.modal.text
    assert text.index("Call 999 now") < text.index("020 7946 0101") < text.index("Whom is it about?")
    await teacher.fills({"Whom is it about?": ["A pupil or pupils"], **WRITTEN})
    await teacher.submits()
    assert "call 999 now" in teacher.modal.text


async def test_words_after_the_command_are_filled_in_on_the_second_screen(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.asks("/concern", "Seenmarker & <more>")
    await teacher.reads("Is anyone in danger now?")
    await slack.settled()
    await teacher.fills({"Is anyone in danger now?": "No", "Have you told someone in person?": "Yes"})
    await teacher.submits()
    assert teacher.modal and teacher.modal.fields["What did you see or hear?"] == "Seenmarker & <more>"


async def test_a_message_is_filled_in_with_its_link(slack: Slack, fernbank: AtSchool) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    slack.channel("C1", "staffroom", (teacher, colleague))
    said = await colleague.says("Seenmarker in the yard https://clip.example/1", in_channel="C1")
    await teacher.uses_message_shortcut("Log a concern about this", said)
    await teacher.reads("Is anyone in danger now?")
    await slack.settled()
    assert teacher.modal and "arker" not in json.dumps(teacher.modal.raw)
    await teacher.fills({"Is anyone in danger now?": "No", "Have you told someone in person?": "Yes"})
    await teacher.submits()
    fields = teacher.modal.fields
    assert fields["What did you see or hear?"] == "Seenmarker in the yard https://clip.example/1"
    assert fields["Link to a message or a post"] == f"https://slack.com/archives/C1/p{said.ts.replace('.', '')}"


@pytest.mark.parametrize("slack_answers", [True, False])
async def test_whoever_is_mentioned_stays_in_what_is_filled_in(
    slack: Slack, over_http: AtSchool, slack_answers: bool
) -> None:
    teacher, colleague = over_http["teacher"], over_http["colleague"]
    slack.channel("C1", "staffroom", (teacher, colleague))
    said = await colleague.says("@AskFirst hit a pupil", in_channel="C1")
    said.post.raw["text"] = (
        "<@U0ASKFIRST> I saw <@U0DEPUTY|owen.pryce> and <@U0TEACHER> &amp; <@U0ASKFIRST> by the gate"
    )
    if not slack_answers:
        slack.faults.error("internal_error", "users.info", times=None)
    await teacher.uses_message_shortcut("Log a concern about this", said)
    await teacher.reads("Is anyone in danger now?")
    await slack.settled()
    await first_screen(teacher)
    named = "Priya Shah" if slack_answers else "U0TEACHER"
    assert teacher.modal
    words = " ".join(teacher.modal.fields["What did you see or hear?"].split())
    assert words == f"I saw @owen.pryce and @{named} & by the gate"


async def test_private_metadata_holds_ids_only(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.asks("/concern", "Seenmarker")
    await logs_a_concern(teacher, slack)
    kept = [delivery.body["view"]["private_metadata"] for delivery in slack.deliveries if "view" in delivery.body]
    assert len(kept) == 2
    for each in kept:
        assert set(json.loads(each)) == {"submission", "danger", "told"}
        assert "arker" not in each


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.asks("/concern")
    wrong = {**WRITTEN, "On which day did it happen?": "2027-01-01", "Pupil or pupils": ""}
    await logs_a_concern(teacher, slack, written=wrong)
    assert set(teacher.errors) == {"Pupil or pupils", "On which day did it happen?"}
    assert teacher.modal and teacher.modal.fields["What did you see or hear?"] == "Seenmarker <!channel> *bold*"
    assert fernbank.numbers() == []
    await teacher.fills({"Pupil or pupils": "Zelda Pupilmarker", "On which day did it happen?": "2026-11-20"})
    await teacher.submits()
    assert len(fernbank.numbers()) == 1


async def test_a_picked_adult_neither_hears_of_it_nor_reads_it(slack: Slack, fernbank: AtSchool) -> None:
    teacher, deputy = fernbank["teacher"], fernbank["deputy-1"]
    await teacher.asks("/concern")
    await logs_a_concern(teacher, slack, about=AN_ADULT, written={**SEEN, "The adult": deputy})
    (number,) = fernbank.numbers()
    adult = record_of(fernbank, number, "head").report.adult
    assert adult and adult.person == "deputy-1"
    assert teacher.modal and "Mrs Ruth Calder" in teacher.modal.text
    await fernbank.sends()
    assert deputy.messages == []
    inbox = fernbank.core.store.inbox("fernbank")
    assert inbox.summaries(Reader("deputy-1", fernbank.core.school().roles_of("deputy-1"))) == ()


async def test_the_head_as_the_adult_goes_to_the_chair(slack: Slack, fernbank: AtSchool) -> None:
    teacher, head, chair = fernbank["teacher"], fernbank["head"], fernbank["chair"]
    await teacher.asks("/concern")
    await logs_a_concern(teacher, slack, about=AN_ADULT, written={**SEEN, "The adult": head})
    await fernbank.sends()
    assert head.messages == []
    assert "Safeguarding concern" in chair.messages[-1].text


@pytest.mark.parametrize("how", ["a guest", "another organisation", "a second account, beside the one in the file"])
async def test_a_picked_adult_is_shut_out_whatever_account_of_theirs_was_picked(
    slack: Slack, base: Base, store: Store, how: str
) -> None:
    """Slack calls them Bob, the school's file Owen: only the account's address says that they are the same."""
    slack.uses(manifest(ADDRESS, socket=False))
    in_file = {"slack": "U0DEPUTY"} if "second" in how else {}
    owen = replace(base.knowledge.school.people["deputy-1"], chats=in_file)
    people = {**base.knowledge.school.people, "deputy-1": owen}
    known = replace(base, knowledge=replace(base.knowledge, school=replace(base.knowledge.school, people=people)))
    school = AtSchool(slack, Core(lambda: known, store))
    async with school.open():
        other = {"team": "T0OTHER"} if "organisation" in how else {"guest": True}
        bob = slack.person("U0BOB", "Bob", "O.Pryce@fernbank.example", **other)
        teacher = school["teacher"]
        slack.channel("C1", "joint", (teacher, bob))
        await teacher.asks("/concern")
        await logs_a_concern(teacher, slack, about=AN_ADULT, written={**SEEN, "The adult": bob})
        (number,) = school.numbers()
        adult = record_of(school, number, "head").report.adult
        assert adult and adult.person == "deputy-1"
        school.clock.moves(days=2)
        await school.sends()
        assert bob.messages == []


async def test_a_picked_adult_whose_last_name_fits_can_be_written_in_the_next_try(
    slack: Slack, over_http: AtSchool
) -> None:
    teacher = over_http["teacher"]
    pryce = slack.person("U0PRYCE", "O Pryce", "pryce@elsewhere.example", guest=True)
    await teacher.asks("/concern")
    await logs_a_concern(teacher, slack, about=AN_ADULT, written={**SEEN, "The adult": pryce})
    assert "pick them from the list or write that name" in " ".join(teacher.errors.values())
    await teacher.fills({"Not in the list: full name": "Owen Pryce"})
    await teacher.submits()
    (number,) = over_http.numbers()
    adult = record_of(over_http, number, "head").report.adult
    assert adult and adult.person == "deputy-1"


async def test_an_adult_who_is_in_no_file_is_named_by_slack(slack: Slack, fernbank: AtSchool) -> None:
    teacher, colleague = fernbank["teacher"], fernbank["colleague"]
    await teacher.asks("/concern")
    await logs_a_concern(teacher, slack, about=AN_ADULT, written={**SEEN, "The adult": colleague})
    (number,) = fernbank.numbers()
    adult = record_of(fernbank, number, "head").report.adult
    assert adult and adult.name == "Dev Anand"


@pytest.mark.parametrize("where", ["guest", "stranger"])
async def test_people_from_outside_are_refused(slack: Slack, over_http: AtSchool, where: str) -> None:
    outsider = _outsider(slack, where)
    await outsider.asks("/concern")
    await outsider.reads("cannot log a concern here")
    assert over_http.numbers() == []


async def test_a_guest_who_was_let_in_while_slack_was_silent_is_refused_in_the_end(
    slack: Slack, over_http: AtSchool
) -> None:
    guest = _outsider(slack, "guest")
    slack.faults.error("internal_error", "users.info", times=2)
    await guest.asks("/concern")
    await logs_a_concern(guest, slack)
    assert "cannot log a concern here" in guest.errors["Whom is it about?"]
    assert over_http.numbers() == []


@pytest.mark.parametrize("what", ["users.info", "views.update"])
async def test_a_guest_who_saw_the_form_is_refused_before_they_write(
    slack: Slack, over_http: AtSchool, what: str
) -> None:
    guest = _outsider(slack, "guest")
    slack.faults.error("internal_error", what, times=1)
    await guest.asks("/concern")
    await slack.settled(lambda: guest.modal is not None)
    await first_screen(guest)
    assert guest.modal and "cannot log a concern here" in guest.modal.text
    assert "Whom is it about?" not in guest.modal.text
    assert "could not be opened" not in guest.sees()


async def test_an_adult_who_was_picked_and_not_ticked_is_said_as_such(slack: Slack, over_http: AtSchool) -> None:
    teacher, colleague = over_http["teacher"], over_http["colleague"]
    await teacher.asks("/concern")
    await logs_a_concern(teacher, slack, written={**WRITTEN, "The adult": colleague})
    problems = " ".join(teacher.errors.values())
    assert "“The adult”" in problems
    assert "full name" not in problems
    assert over_http.numbers() == []


async def test_the_school_may_let_people_from_outside_log(slack: Slack, base: Base, store: Store) -> None:
    slack.uses(manifest(ADDRESS, socket=False))
    open_base = changed(base, outsiders=("log",))
    school = AtSchool(slack, Core(lambda: open_base, store))
    async with school.open():
        guest = _outsider(slack, "guest")
        await guest.asks("/concern")
        await logs_a_concern(guest, slack)
        assert len(school.numbers()) == 1


async def test_the_same_form_repeated_is_one_concern_with_one_receipt(slack: Slack, fernbank: AtSchool) -> None:
    teacher = fernbank["teacher"]
    await teacher.asks("/concern")
    await logs_a_concern(teacher, slack)
    first = last_submission(slack).body
    again = [slack.sender.send("interactive", first) for _ in range(3)]
    answers = [delivery.answer for delivery in await asyncio.gather(*again)]
    await slack.settled(lambda: teacher.messages)
    assert len(fernbank.numbers()) == 1
    assert all(answer and "Logged. Your receipt" in str(answer.body) for answer in answers)
    assert len(teacher.messages) == 1


async def test_what_was_filled_in_and_never_sent_is_thrown_away(
    slack: Slack, over_http: AtSchool, store: Store
) -> None:
    teacher = over_http["teacher"]
    await teacher.asks("/concern", "Seenmarker")
    await teacher.reads("Is anyone in danger now?")
    await slack.settled()
    opened = json.loads(teacher.modal.raw["private_metadata"]) if teacher.modal else {}
    drafts = store.received("fernbank", "slack-draft")
    over_http.clock.moves(minutes=30)
    await over_http.service.channel.tidy()
    assert drafts.kept(opened["submission"])
    over_http.clock.moves(hours=1)
    await over_http.service.channel.tidy()
    assert drafts.kept(opened["submission"]) is None


def _outsider(slack: Slack, where: str) -> Person:
    if where == "guest":
        return slack.person("U0GUEST", "Gus Guest", "gus@elsewhere.example", guest=True)
    return slack.person("U0STRANGE", "Ms Amara Bello", "a.bello@fernbank.example", team="T0OTHER")
