"""The inbox over real HTTP: how people get in, what they can do there, and that nothing they do is lost."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator

import pytest

from adapters.web import Limits, make_app
from adapters.web.inbox.actions import ACTIONS
from adapters.web.inbox.figures import waited
from adapters.web.inbox.wording import DONE
from bot.answering.dialogue import Base, Conversation, NoteGap
from bot.concerns import Reader
from bot.service.letters import letter_for
from bot.store import Finished, Store, StoreError
from tests.conftest import NOW, SCHOOL
from tests.inboxing import ABOUT_AN_ADULT, COOKIE, UNKNOWN, World, answers, markers, opened

ANSWER = (
    "If this address belongs to somebody who reads concerns, a link is on its way. It works once, within 10 minutes."
)


@pytest.fixture
async def world(base: Base, store: Store) -> AsyncIterator[World]:
    async with opened(base, store) as served:
        yield served


def letters(world: World) -> list[str]:
    """What the sender would send now: each letter as a text."""
    due = world.core.delivery().claim(world.now)
    return [letter_for(world.school, notice, "http://x", world.now).text for notice in due]


# --- signing in


async def test_a_link_that_was_asked_for_opens_the_inbox(world: World) -> None:
    visitor = await world.visitor()
    assert "Your school e-mail address" in (await visitor.get("/inbox/sign-in")).text
    assert ANSWER in (await visitor.post("/inbox/sign-in", email=" A.Bello@Fernbank.example ")).text
    [letter] = letters(world)
    found = re.search(r"http://x(/inbox/enter\?token=\S+)", letter)
    assert found
    offered = await visitor.get(found.group(1))
    assert (offered.status, visitor.cookie()) == (200, "")
    token = re.search(r'name="token" value="([^"]+)"', offered.text)
    assert token
    entered = await visitor.post("/inbox/enter", token=token.group(1))
    assert (entered.status, entered.to) == (303, "/inbox")
    assert "You are signed in as <strong>Ms Amara Bello</strong>" in (await visitor.get("/inbox")).text


async def test_nobody_learns_whose_address_reads_concerns(world: World) -> None:
    visitor = await world.visitor()
    pages = {
        (await visitor.post("/inbox/sign-in", email=email)).body
        for email in ("a.bello@fernbank.example", "office@fernbank.example", "nobody@nowhere.example")
    }
    assert len(pages) == 1
    assert len(letters(world)) == 1, "only the DSL is sent a link"


async def test_what_is_no_address_is_said_beside_the_box(world: World) -> None:
    visitor = await world.visitor()
    page = await visitor.post("/inbox/sign-in", email='bello"><script>')
    assert page.status == 400
    assert "Write your e-mail address" in page.text
    assert "&#34;&gt;&lt;script&gt;" in page.text


async def test_asking_for_links_is_slowed_down(world: World) -> None:
    visitor = await world.visitor()
    statuses = [(await visitor.post("/inbox/sign-in", email="a@b.example")).status for _ in range(6)]
    assert statuses == [200] * 5 + [429]


async def test_a_scanner_of_emails_does_not_use_the_link_up(world: World) -> None:
    link = world.store.sign_in(SCHOOL).make_link("dsl", world.now)
    scanner, person = await world.visitor(), await world.visitor()
    for _ in range(3):
        assert (await scanner.get(f"/inbox/enter?token={link}")).status == 200
    assert (await person.post("/inbox/enter", token=link)).status == 303


async def test_a_link_works_once_and_for_ten_minutes(world: World) -> None:
    doors = world.store.sign_in(SCHOOL)
    used, old = doors.make_link("dsl", world.now), doors.make_link("dsl", world.now)
    visitor = await world.visitor()
    await visitor.post("/inbox/enter", token=used)
    refused = [await visitor.post("/inbox/enter", token=used), await visitor.post("/inbox/enter", token="x" * 43)]
    refused += [await visitor.post("/inbox/enter", token="<script>"), await visitor.get("/inbox/enter?token=<script>")]
    world.later(minutes=10)
    refused.append(await visitor.post("/inbox/enter", token=old))
    assert {page.status for page in refused} == {403}
    assert len({page.body for page in refused}) == 1
    assert "This link has been used or is too old" in refused[0].text
    assert 'href="/inbox/sign-in"' in refused[0].text


async def test_of_two_who_use_one_link_at_once_one_gets_in(world: World) -> None:
    link = world.store.sign_in(SCHOOL).make_link("dsl", world.now)
    visitors = [await world.visitor() for _ in range(8)]
    pages = await asyncio.gather(*(each.post("/inbox/enter", token=link) for each in visitors))
    assert sorted(page.status for page in pages) == [303, *[403] * 7]


async def test_a_new_link_ends_the_session_before_it(world: World) -> None:
    visitor = await world.signed_in("dsl")
    before = visitor.cookie()
    await visitor.post("/inbox/enter", token=world.store.sign_in(SCHOOL).make_link("head", world.now))
    assert visitor.cookie() != before
    assert world.store.sign_in(SCHOOL).who(before, world.now) is None


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(world: World) -> None:
    visitor = await world.signed_in("dsl")
    cookie = next(seen.headers["Set-Cookie"] for seen in visitor.seen if "Set-Cookie" in seen.headers)
    assert re.fullmatch(rf"{COOKIE}=[\w-]{{43}}; HttpOnly; Path=/; SameSite=Strict", cookie)


async def test_the_cookie_is_kept_to_https_where_asked(base: Base, store: Store) -> None:
    world = World(base, store)
    world.serve(make_app(world.core, lambda: NOW, key=b"k" * 32, secure_cookies=True, limits=Limits(burst=100)))
    async with world.server:
        visitor = await world.visitor()
        link = store.sign_in(SCHOOL).make_link("dsl", NOW)
        cookie = (await visitor.post("/inbox/enter", token=link)).headers["Set-Cookie"]
        await visitor.client.close()
    assert cookie.startswith("__Host-askfirst-inbox=")
    assert "; Secure" in cookie


async def test_signing_out_ends_the_session(world: World) -> None:
    visitor = await world.signed_in("dsl")
    session = visitor.cookie()
    assert (await visitor.post("/inbox/sign-out")).to == "/inbox/sign-in"
    assert visitor.cookie() == ""
    assert world.store.sign_in(SCHOOL).who(session, world.now) is None
    assert (await visitor.get("/inbox")).to == "/inbox/sign-in"


async def test_a_session_ends_after_half_an_hour_without_use(world: World) -> None:
    visitor = await world.signed_in("dsl")
    for _ in range(3):
        world.later(minutes=29)
        assert (await visitor.get("/inbox")).status == 200
    world.later(minutes=31)
    assert (await visitor.get("/inbox")).to == "/inbox/sign-in"


async def test_what_was_being_written_is_given_back_when_the_session_has_ended(world: World) -> None:
    number = world.log()
    visitor = await world.signed_in("dsl")
    await visitor.get(f"/inbox/concerns/{number}")
    world.later(minutes=31)
    page = await visitor.post(f"/inbox/concerns/{number}", action="note", text="A long note </textarea>")
    assert page.status == 403
    assert "nothing was saved" in page.text
    assert "A long note &lt;/textarea&gt;" in page.text
    assert "note" not in world.kinds(number)
    assert markers(page.text) == []
    forged = await visitor.post(f"/inbox/concerns/{number}", token="0" * 64, action="note", text="Somebody else’s")
    assert (forged.status, forged.to) == (303, "/inbox/sign-in")


@pytest.mark.parametrize("path", ["/inbox", "/inbox/concerns/7K2Q9", "/inbox/files/0123456789ab", "/inbox/figures"])
async def test_a_click_in_webmail_calls_our_own_page_up_once_more(world: World, path: str) -> None:
    visitor = await world.visitor()
    page = await visitor.get(path, Sec_Fetch_Site="cross-site")
    assert (page.status, page.title) == (200, "One moment, Fernbank Academy")
    assert f'<meta http-equiv="refresh" content="0;url={path}">' in page.text
    again = await visitor.get(path, Sec_Fetch_Site="same-origin")
    assert (again.status, again.to) == (303, "/inbox/sign-in")


@pytest.mark.parametrize(
    "path", ["/inbox/concerns/%22%3E%3Cscript%3E", "/inbox/concerns/x;url=evil", "/inbox/files/" + "x" * 99]
)
async def test_only_an_address_of_the_inbox_is_called_up_again(world: World, path: str) -> None:
    page = await (await world.visitor()).get(path, Sec_Fetch_Site="cross-site")
    assert 'content="0;url=/inbox">' in page.text


# --- the list


async def test_the_list_is_in_the_order_in_which_concerns_need_somebody(world: World) -> None:
    dsl = Reader("dsl", frozenset({"dsl"}))
    work, order = world.core.casework, []
    for day, danger in ((1, "no"), (2, "yes"), (3, "no"), (4, "yes"), (5, "no"), (6, "no")):
        world.now = NOW.replace(day=day)
        order.append(world.log(answers(danger=danger, date="")))
    old, urgent, newer, later_urgent, held, closed = order
    world.now = NOW
    work.acknowledge(dsl, held, NOW)
    work.acknowledge(dsl, urgent, NOW)
    work.close(dsl, closed, "Done", "Because", NOW.date(), NOW)
    visitor = await world.signed_in("dsl")
    shown = re.findall(r">Concern (\w{5})</a></h3>", visitor.seen[-1].text)
    assert shown == [later_urgent, old, newer, urgent, held]
    assert "Show closed concerns too (1)" in visitor.seen[-1].text
    with_closed = await visitor.get("/inbox?show=closed")
    assert re.findall(r">Concern (\w{5})</a></h3>", with_closed.text)[-1] == closed
    assert "Due for review" in visitor.seen[-1].text


async def test_a_line_says_what_is_needed_and_names_no_child(world: World) -> None:
    world.log(answers(danger="yes"))
    visitor = await world.signed_in("dsl")
    page = visitor.seen[-1].text
    assert markers(page) == []
    for words in ("Immediate", "About a pupil", "Nobody has acknowledged it yet", "Neglect, Online safety", "10:00"):
        assert words in page
    world.later(seconds=-60)
    assert "Next alert at 10:00." in (await visitor.get("/inbox")).text


async def test_whoever_logged_it_is_told_so_and_cannot_acknowledge_it(world: World) -> None:
    number = world.log(answers(you="dsl"))
    visitor = await world.signed_in("dsl")
    assert "You logged it" in visitor.seen[-1].text
    page = await visitor.get(f"/inbox/concerns/{number}")
    assert "somebody else has to acknowledge it" in page.text
    assert "Acknowledge: I have this" not in page.text
    refused = await visitor.post(f"/inbox/concerns/{number}", action="acknowledge")
    assert (refused.status, "you logged this one" in refused.text) == (409, True)


async def test_the_search_finds_words_anywhere_and_only_in_what_the_reader_may_see(world: World) -> None:
    pupil, adult = world.log(), world.log(ABOUT_AN_ADULT)
    dsl, head = await world.signed_in("dsl"), await world.signed_in("head")
    for wanted in ("zelda", "WORDSMARKER", "donemarker", pupil.lower()):
        page = await dsl.post("/inbox", wanted=wanted)
        assert re.findall(r">Concern (\w{5})</a></h3>", page.text) == [pupil], wanted
    assert set(re.findall(r">Concern (\w{5})</a></h3>", (await head.post("/inbox", wanted="seenmarker")).text)) == {
        pupil,
        adult,
    }
    assert adult not in (await dsl.post("/inbox", wanted=adult)).text.replace(f'value="{adult}"', "")
    page = await dsl.post("/inbox", wanted='"><script>')
    assert "No concern that you may read holds these words." in page.text
    assert 'value="&#34;&gt;&lt;script&gt;"' in page.text
    assert (await dsl.post("/inbox", wanted="  ")).to == "/inbox"


async def test_a_search_is_never_in_an_address_or_a_title(world: World) -> None:
    world.log()
    visitor = await world.signed_in("dsl")
    page = await visitor.post("/inbox", wanted="Zelda")
    assert page.title == "Concerns found, Fernbank Academy"
    assert '<form class="card search" method="post" action="/inbox"' in page.text
    assert (await visitor.get("/inbox?wanted=Zelda")).text.count("Zelda") == 0


# --- one concern


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
    assert DONE["acknowledged"] in (await visitor.act(number, "acknowledge")).text
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
    number = world.log(answers(you="deputy-1"))
    dsl, online = await world.signed_in("dsl"), await world.signed_in("online")
    assert (await online.get(f"/inbox/concerns/{number}")).status == 404
    page = await dsl.get(f"/inbox/concerns/{number}")
    assert '<option value="online">Mr Ben Ferreira, Online safety lead</option>' in page.text
    assert 'value="deputy-1"' not in page.text, "nobody is asked to look into what they logged themselves"
    assert 'value="dsl"' not in page.text
    page = await dsl.act(number, "reassign", person="online", reason="He knows the app.")
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
    assert DONE["deleted"] in page.text
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
    assert DONE["keep"] in (await head.act(number, "keep", reason="Not yet.")).text
    assert "has asked for this concern to be deleted" not in (await dsl.get(f"/inbox/concerns/{number}")).text


async def test_of_two_who_acknowledge_the_second_learns_who_was_quicker(world: World) -> None:
    number = world.log()
    dsl, head = await world.signed_in("dsl"), await world.signed_in("head")
    await dsl.act(number, "acknowledge")
    page = await head.act(number, "acknowledge")
    assert DONE["quicker"] in page.text
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
        ({"action": "reassign", "person": "", "reason": "Typed & kept"}, "reassign-person", "Typed &amp; kept"),
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
        {"action": "reassign", "person": "online", "reason": "Typed & kept"},
    ],
)
async def test_what_cannot_be_done_is_refused_with_the_reason(world: World, fields: dict[str, str]) -> None:
    number = world.log()
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


def test_every_action_has_words_for_what_was_done() -> None:
    assert set(ACTIONS) - {"acknowledge", "agree"} <= set(DONE)
    assert {"acknowledged", "quicker", "deleted"} <= set(DONE)


async def test_a_confirmation_is_one_of_a_list(world: World) -> None:
    number = world.log()
    visitor = await world.signed_in("dsl")
    assert "hacked" not in (await visitor.get(f"/inbox/concerns/{number}?done=hacked")).text
    assert "hacked" not in (await visitor.get("/inbox?done=hacked")).text


# --- files, exports, figures


async def test_a_childs_file_gathers_concerns_and_is_exported_whole(world: World) -> None:
    first, second, adult = world.log(), world.log(), world.log(ABOUT_AN_ADULT)
    head, dsl = await world.signed_in("head"), await world.signed_in("dsl")
    await head.act(first, "file", file="", name="Zelda P.")
    [file] = re.findall(r'href="/inbox/files/(\w+)"', (await head.get("/inbox/files")).text)
    for number in (second, adult):
        page = await head.get(f"/inbox/concerns/{number}")
        assert re.search(rf'<option value="{file}">Zelda P\. \(({first}|{second})', page.text)
        assert 'id="file-name" name="name" type="text" value="Zelda Pupilmarker"' in page.text
        await head.act(number, "file", file=file, name="")
    page = await head.get(f"/inbox/files/{file}")
    assert page.title == "Child’s file, Fernbank Academy"
    assert set(re.findall(r">Concern (\w{5})<", page.text)) == {first, second, adult}
    assert set(re.findall(r">Concern (\w{5})<", (await dsl.get(f"/inbox/files/{file}")).text)) == {first, second}
    export = await dsl.post(f"/inbox/files/{file}/export", way="csv")
    assert export.headers["Content-Disposition"] == f'attachment; filename="file-{file}.csv"'
    rows = list(csv.DictReader(io.StringIO(export.body.decode("utf-8-sig"))))
    assert {row["Concern"] for row in rows} == {first, second}
    assert [world.kinds(number).count("exported") for number in (first, second, adult)] == [1, 1, 0]
    pdf = await head.post(f"/inbox/files/{file}/export", way="pdf")
    assert (pdf.headers["Content-Type"], pdf.body[:5]) == ("application/pdf", b"%PDF-")


async def test_a_second_file_of_one_name_takes_a_decision(world: World) -> None:
    first, second = world.log(), world.log()
    visitor = await world.signed_in("dsl")
    await visitor.act(first, "file", file="", name="zelda pupilmarker")
    page = await visitor.get(f"/inbox/concerns/{second}")
    assert 'id="file-name" name="name" type="text" value=""' in page.text
    assert (await visitor.post(f"/inbox/concerns/{second}", action="file", file="", name="")).status == 400


async def test_an_export_is_never_kept_by_the_browser_and_its_name_tells_nothing(world: World) -> None:
    number = world.log()
    visitor = await world.signed_in("dsl")
    for way in ("pdf", "csv"):
        export = await visitor.post(f"/inbox/concerns/{number}/export", way=way)
        assert export.headers["Cache-Control"] == "no-store"
        assert export.headers["Content-Disposition"] == f'attachment; filename="concern-{number}.{way}"'
    assert (await visitor.post(f"/inbox/concerns/{number}/export", way="exe")).status == 400
    assert (await visitor.get(f"/inbox/concerns/{number}/export")).status == 405


async def test_the_figures_count_without_names_and_show_what_nobody_could_answer(world: World, store: Store) -> None:
    world.log()
    world.log(ABOUT_AN_ADULT)
    entry = next(iter(world.base.knowledge.entries.values()))
    talk = store.talk(SCHOOL)
    talk.finish_turn("c", Finished(Conversation(), entry=entry.id), NOW)
    talk.finish_turn("c", Finished(Conversation(), gaps=(NoteGap("may I <b>fly</b>?", None, "no-answer"),)), NOW)
    dsl, head = await world.signed_in("dsl"), await world.signed_in("head")
    page = (await dsl.get("/inbox/figures")).text
    assert markers(page) == []
    assert "may I &lt;b&gt;fly&lt;/b&gt;?" in page
    assert entry.title.split("’")[0] in page
    assert page.count("<svg") == 5
    assert re.search(r'<th scope="row" dir="auto">23 Nov</th><td class="number">1</td>', page)
    assert re.search(r">23 Nov</th><td class=\"number\">2</td>", (await head.get("/inbox/figures")).text)
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page)


def test_how_long_it_took_is_said_in_words() -> None:
    said = [waited(minutes) for minutes in (None, 0.2, 1.2, 30, 150, 5000)]
    assert said == ["", "less than a minute", "1 minute", "30 minutes", "2.5 hours", "3 days"]


# --- when something is wrong


async def test_a_database_that_is_down_says_whom_to_ring(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = await world.signed_in("dsl")

    def down(*_: object) -> None:
        raise StoreError("the database cannot be reached")

    monkeypatch.setattr("bot.store.signin.SignIn.who", down)
    page = await visitor.get("/inbox")
    assert page.status == 503
    assert world.school.holders("dsl")[0].phone in page.text


async def test_every_page_is_kept_out_of_caches_and_holds_nothing_inline(world: World) -> None:
    number = world.log()
    visitor = await world.signed_in("dsl")
    for path in ("/inbox/sign-in", "/inbox", f"/inbox/concerns/{number}", "/inbox/files", "/inbox/figures"):
        page = await visitor.get(path)
        assert page.headers["Cache-Control"] == "no-store"
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page.text), path
