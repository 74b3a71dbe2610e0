"""Getting into the inbox over real HTTP."""

from __future__ import annotations

import asyncio
import re

import pytest

from adapters.web.app import make_app
from adapters.web.security import Limits
from bot.answering.dialogue import Base
from bot.service.letters import letter_for
from bot.store import Store
from tests.conftest import NOW, SCHOOL
from tests.inboxing import COOKIE, World, markers

ANSWER = (
    "If this address belongs to somebody who reads concerns, a link is on its way. It works once, within 10 minutes."
)


def letters(world: World) -> list[str]:
    """What the sender would send now: each letter as a text."""
    due = world.core.delivery().claim(world.now)
    return [letter_for(world.school, notice, "http://x", world.now).text for notice in due]


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
    answers = [await visitor.post("/inbox/sign-in", email="a@b.example") for _ in range(6)]
    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 90, "nobody's letter box is filled with links"


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
    cookies = [seen.headers["Set-Cookie"] for seen in visitor.seen if "Set-Cookie" in seen.headers]
    door, cookie = cookies[:2]
    assert re.fullmatch(r"askfirst-door=[0-9a-f]{32}; HttpOnly; Path=/; SameSite=Strict", door)
    assert re.fullmatch(rf"{COOKIE}=[\w-]{{43}}; HttpOnly; Path=/; SameSite=Strict", cookie)


async def test_the_cookie_is_kept_to_https_where_asked(base: Base, store: Store) -> None:
    world = World(base, store)
    world.serve(make_app(world.core, lambda: NOW, key=b"k" * 32, secure_cookies=True, limits=Limits(burst=100)))
    async with world.server:
        visitor = await world.visitor()
        link = store.sign_in(SCHOOL).make_link("dsl", NOW)
        page = await visitor.get("/inbox/sign-in")
        door, form = page.headers["Set-Cookie"], re.search(r'name="form" value="([0-9a-f]{64})"', page.text)
        assert form  # the browser of the tests has no https, and keeps no such cookie
        fields, headers = {"token": link, "form": form.group(1)}, {"Cookie": door.partition(";")[0]}
        cookie = (await visitor.post_all("/inbox/enter", fields, headers)).headers["Set-Cookie"]
        await visitor.client.close()
    assert door.startswith("__Host-askfirst-door=") and "Secure" in door
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


# Browsers that say nothing of where a form comes from: older ones, and a page that keeps its address to itself.
@pytest.mark.parametrize("headers", [{}, {"Origin": "null"}], ids=str)
@pytest.mark.parametrize("form", ["", "0" * 64, "another browser's"])
async def test_nobody_is_signed_in_by_a_form_of_another_site(world: World, headers: dict[str, str], form: str) -> None:
    attacker, victim = await world.visitor(), await world.visitor()
    page = await attacker.get("/inbox/sign-in")
    found = re.search(r'name="form" value="([0-9a-f]{64})"', page.text)
    assert found
    await victim.get("/inbox/sign-in")  # so that they have a cookie of their own
    link = world.store.sign_in(SCHOOL).make_link("dsl", world.now)
    given = found.group(1) if form == "another browser's" else form
    for path, fields in (("/inbox/enter", {"token": link}), ("/inbox/sign-in", {"email": "a@b.example"})):
        refused = await victim.post_all(path, {**fields, "form": given}, headers)
        assert refused.status == 403
    assert victim.cookie() == ""
    assert (await attacker.post("/inbox/enter", token=link)).status == 303, "the link was not used up"


async def test_a_link_in_an_email_leaves_the_chat_as_it_was(world: World) -> None:
    visitor = await world.visitor()
    await visitor.get("/")
    before = {each.value for each in visitor.client.cookie_jar if each.key == "askfirst"}
    await visitor.get(f"/inbox/enter?token={'x' * 43}")
    assert {each.value for each in visitor.client.cookie_jar if each.key == "askfirst"} == before


async def test_people_behind_one_address_do_not_wait_for_each_others_links(world: World) -> None:
    visitor = await world.visitor()
    statuses = [(await visitor.post("/inbox/sign-in", email=f"{name}@b.example")).status for name in range(20)]
    assert statuses == [200] * 20
