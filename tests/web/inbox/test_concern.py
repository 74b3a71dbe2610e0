"""One concern in the inbox: what can be done, and that nothing of it is lost."""

from __future__ import annotations

import asyncio
import re

import pytest

from bot.service.casework import ACTIONS
from tests.conftest import SCHOOL
from tests.inboxing import UNKNOWN, World, answers


def said(key: str) -> str:
    """What the table of actions says of one that was carried out."""
    action = next(each for each in ACTIONS if each.id == key.removesuffix("-already"))
    return action.said_already if key.endswith("-already") else action.said


async def test_a_reading_is_recorded_and_said(world: World) -> None:
    number = world.log()
    visitor = await world.signed_in("dsl")
    page = await visitor.get(f"/inbox/concerns/{number}")
    assert "Your reading has been recorded." in page.text
    assert world.kinds(number) == ["logged", "opened"]
    assert page.title == f"Concern {number}, Fernbank Academy"


async def test_the_report_is_shown_whole_with_the_childs_words_apart(world: World) -> None:
    number = world.log()
    page = (await (await world.signed_in("dsl")).get(f"/inbox/concerns/{number}")).text
    words = page[page.index('<figure class="own-words">') : page.index("</figure>")]
    assert "The child’s own words" in words
    assert "Wordsmarker {{ 7*7 }}" in words
    for text in (
        "Zelda Pupilmarker, 7Groupmarker",
        "Seenmarker &lt;b&gt;&amp;amp;&lt;/b&gt;",
        "20 November 2026, Timemarker",
    ):
        assert text in page
    for text in ("Wheremarker", "Presentmarker", "Donemarker", "Mr Ben Ferreira, Online safety lead"):
        assert text in page
    assert "<code>https://link.example/Linkmarker</code>" in page, "a link is not to be followed by mistake"


async def test_a_concern_has_a_whole_life(world: World) -> None:
    number = world.log()
    path = f"/inbox/concerns/{number}"
    visitor = await world.signed_in("dsl")
    await visitor.get(path)
    assert said("acknowledge") in (await visitor.act(number, "acknowledge")).text
    await visitor.act(number, "note", text="Spoke to her <b>mother</b>.")
    await visitor.act(number, "action", text="Ring the nurse.", due="2026-11-25")
    page = await visitor.get(path)
    assert "By 25 November 2026" in page.text
    action = re.search(r'name="action" value="done">\s*<input type="hidden" name="about" value="(\d+)"', page.text)
    assert action
    await visitor.act(number, "done", about=action.group(1))
    await visitor.act(number, "decision", text="No referral yet.", reason="Mother asks for help.")
    await visitor.act(number, "refer", to="Early help", reference="EH-2291", text="They ring tomorrow.")
    await visitor.act(number, "file", file="", name="Zelda P.")
    await visitor.act(number, "close", outcome="Early help", reason="All agreed.", review_on="2033-09-01")
    page = await visitor.act(number, "reopen", reason="It went on.")
    assert (await visitor.post(f"{path}/export", way="pdf")).body.startswith(b"%PDF")
    page = await visitor.get(path)
    chronology = page.text[page.text.index('id="chronology"') : page.text.index("Who has read it")]
    lines = (
        "Logged", "Acknowledged", "Spoke to her &lt;b&gt;mother&lt;/b&gt;.", "Action to take by 25 November 2026",
        "Ring the nurse.", "was done", "No referral yet.", "Mother asks for help.",
        "Referred to Early help, reference EH-2291", "They ring tomorrow.", "Put into a child’s file",
        "Closed. To be looked at again on 1 September 2033", "All agreed.", "Reopened", "It went on.",
        "Exported as PDF",
    )  # fmt: skip
    places = [chronology.index(line) for line in lines]
    assert places == sorted(places)
    assert 'class="to-do"' not in page.text
    assert [kind for kind in world.kinds(number) if kind != "opened"] == [
        "logged", "acknowledged", "note", "action", "action-done", "decision", "referred", "linked", "closed",
        "reopened", "exported",
    ]  # fmt: skip


async def test_passing_on_lets_somebody_in_and_calls_them(world: World) -> None:
    number = world.log(answers(you="deputy-1"), signed_in="deputy-1")
    dsl, online = await world.signed_in("dsl"), await world.signed_in("online")
    assert (await online.get(f"/inbox/concerns/{number}")).status == 404
    page = await dsl.get(f"/inbox/concerns/{number}")
    assert '<option value="online">Mr Ben Ferreira, Online safety lead</option>' in page.text
    assert 'value="deputy-1"' not in page.text, "nobody is asked to look into what they logged themselves"
    assert 'value="dsl"' not in page.text
    page = await dsl.act(number, "pass-on", person="online", reason="He knows the app.")
    assert "Passed on to Mr Ben Ferreira, who has not acknowledged it yet" in page.text
    assert (await online.get(f"/inbox/concerns/{number}")).status == 200


async def test_a_correction_stands_beside_the_text_that_it_supersedes(world: World) -> None:
    number = world.log()
    visitor = await world.signed_in("dsl")
    await visitor.get(f"/inbox/concerns/{number}")
    page = await visitor.act(number, "note", text="On Friday.")
    note = re.findall(r'name="action" value="correct">\s*<input type="hidden" name="about" value="(\d+)"', page.text)[
        -1
    ]
    await visitor.act(number, "correct", about=note, text="On Thursday.")
    page = await visitor.act(number, "correct", about=note, text="On Wednesday.")
    line = page.text[page.text.index(f'id="line-{note}"') :]
    places = [
        line.index(text) for text in ("Superseded", "On Friday.", "superseded since", "On Thursday.", "On Wednesday.")
    ]
    assert places == sorted(places)
    page = await visitor.act(number, "correct", about="1", text="It was the other lesson.")
    report = page.text[page.text.index('id="report"') : page.text.index('id="chronology"')]
    assert "Seenmarker" in report
    assert report.index("Superseded in part") < report.index("It was the other lesson.")


async def test_deleting_takes_two_people(world: World) -> None:
    number = world.log()
    dsl, head = await world.signed_in("dsl"), await world.signed_in("head")
    await dsl.get(f"/inbox/concerns/{number}")
    refused = await dsl.post(f"/inbox/concerns/{number}", action="ask-deletion", reason="Twice.")
    assert (refused.status, "only a closed concern can be deleted" in refused.text) == (409, True)
    await dsl.act(number, "close", outcome="A mistake", reason="Logged twice.", review_on="")
    page = await dsl.act(number, "ask-deletion", reason="It is in another one.")
    assert "Somebody else has to agree." in page.text
    assert "Delete it for good" not in page.text
    alone = await dsl.post(f"/inbox/concerns/{number}", action="agree", reason="Me too.")
    assert (alone.status, "deleting takes two people" in alone.text) == (409, True)
    page = await head.get(f"/inbox/concerns/{number}")
    assert "Ms Amara Bello has asked for this concern to be deleted" in page.text
    assert "It is in another one." in page.text
    page = await head.act(number, "agree", reason="I have looked.")
    assert said("agree") in page.text
    unknown = await dsl.get(f"/inbox/concerns/{UNKNOWN}")
    assert (await dsl.get(f"/inbox/concerns/{number}")).body == unknown.body
    assert world.store.audit(SCHOOL).verify() == ()


async def test_a_deletion_can_be_refused(world: World) -> None:
    number = world.log()
    dsl, head = await world.signed_in("dsl"), await world.signed_in("head")
    await dsl.get(f"/inbox/concerns/{number}")
    await dsl.act(number, "close", outcome="Done", reason="Done.", review_on="")
    await dsl.act(number, "ask-deletion", reason="Old.")
    await head.get(f"/inbox/concerns/{number}")
    assert said("keep") in (await head.act(number, "keep", reason="Not yet.")).text
    assert "has asked for this concern to be deleted" not in (await dsl.get(f"/inbox/concerns/{number}")).text


async def test_of_two_who_acknowledge_the_second_learns_who_was_quicker(world: World) -> None:
    number = world.log()
    dsl, head = await world.signed_in("dsl"), await world.signed_in("head")
    await dsl.act(number, "acknowledge")
    page = await head.act(number, "acknowledge")
    assert said("acknowledge-already") in page.text
    assert "Acknowledged by Ms Amara Bello" in page.text


async def test_a_button_pressed_twice_counts_once(world: World) -> None:
    number = world.log()
    visitor = await world.signed_in("dsl")
    both = [visitor.post(f"/inbox/concerns/{number}", action="note", text="Rang home.") for _ in range(2)]
    assert [page.status for page in await asyncio.gather(*both)] == [303, 303]
    assert world.kinds(number).count("note") == 1


@pytest.mark.parametrize(
    ("fields", "wrong", "kept"),
    [
        ({"action": "note", "text": " "}, "note-text", ""),
        ({"action": "note", "text": "x" * 20_001}, "note-text", "x" * 20_001),
        ({"action": "decision", "text": "Typed & kept", "reason": ""}, "decision-reason", "Typed &amp; kept"),
        ({"action": "action", "text": "Typed & kept", "due": "soon"}, "action-due", "Typed &amp; kept"),
        ({"action": "refer", "to": "", "reference": "R1", "text": "Typed & kept"}, "refer-to", "Typed &amp; kept"),
        ({"action": "pass-on", "person": "", "reason": "Typed & kept"}, "pass-on-person", "Typed &amp; kept"),
        ({"action": "close", "outcome": "", "reason": "Typed & kept", "review_on": ""}, "close-outcome", "Typed &amp;"),
        ({"action": "correct", "about": "1", "text": ""}, "correct-text-1", ""),
        ({"action": "file", "file": "", "name": ""}, "file-name", ""),
    ],
)  # fmt: skip
async def test_what_is_missing_is_said_beside_the_field_and_nothing_typed_is_lost(
    world: World, fields: dict[str, str], wrong: str, kept: str
) -> None:
    number = world.log()
    visitor = await world.signed_in("dsl")
    page = await visitor.post(f"/inbox/concerns/{number}", **fields)
    assert page.status == 400
    assert f'id="{wrong}-wrong"' in page.text
    assert re.search(
        rf'id="{wrong}"[^>]* aria-describedby="[^"]*{wrong}-wrong" aria-invalid="true" autofocus', page.text
    )
    assert page.text.count('aria-invalid="true"') == 1
    assert kept in page.text
    assert set(world.kinds(number)) == {"logged", "opened"}


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "note"},
        {"action": "note", "text": "x", "more": "y"},
        {"action": "shred", "reason": "x"},
        {"action": "done", "about": "²"},
        {"action": "correct", "about": "-1", "text": "x"},
        {},
    ],
)
async def test_fields_that_the_page_never_sends_are_refused(world: World, fields: dict[str, str]) -> None:
    number = world.log()
    visitor = await world.signed_in("dsl")
    assert (await visitor.post(f"/inbox/concerns/{number}", **fields)).status == 400
    assert world.kinds(number) == ["logged"]


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "done", "about": "999"},
        {"action": "correct", "about": "999", "text": "Typed & kept"},
        {"action": "reopen", "reason": "Typed & kept"},
        {"action": "keep", "reason": "Typed & kept"},
        {"action": "file", "file": "0123456789ab", "name": ""},
        {"action": "pass-on", "person": "online", "reason": "Typed & kept"},
    ],
)
async def test_what_cannot_be_done_is_refused_with_the_reason(world: World, fields: dict[str, str]) -> None:
    number = world.log(signed_in="online")
    visitor = await world.signed_in("dsl")
    page = await visitor.post(f"/inbox/concerns/{number}", **fields)
    assert page.status == 409
    assert "That was not done:" in page.text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}])
async def test_a_form_from_another_site_is_refused(world: World, headers: dict[str, str]) -> None:
    number = world.log()
    visitor = await world.signed_in("dsl")
    data = {"token": visitor.token, "action": "acknowledge"}
    async with visitor.client.post(f"/inbox/concerns/{number}", data=data, headers=headers) as response:
        assert response.status == 403
    link = world.store.sign_in(SCHOOL).make_link("dsl", world.now)
    async with visitor.client.post("/inbox/enter", data={"token": link}, headers=headers) as response:
        assert response.status == 403
    assert world.kinds(number) == ["logged"]


async def test_a_form_without_its_token_is_refused(world: World) -> None:
    number = world.log()
    dsl, head = await world.signed_in("dsl"), await world.signed_in("head")
    for token in ("", "0" * 64, head.token, "é"):
        for path in (f"/inbox/concerns/{number}", "/inbox", "/inbox/sign-out", f"/inbox/concerns/{number}/export"):
            assert (await dsl.post(path, token=token, action="acknowledge", way="pdf", wanted="x")).status == 403
    assert world.kinds(number) == ["logged"]


async def test_a_confirmation_is_one_of_a_list(world: World) -> None:
    number = world.log()
    visitor = await world.signed_in("dsl")
    assert "hacked" not in (await visitor.get(f"/inbox/concerns/{number}?done=hacked")).text
    assert "hacked" not in (await visitor.get("/inbox?done=hacked")).text
