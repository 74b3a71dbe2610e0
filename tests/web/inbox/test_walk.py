"""Every route of the page x every part that somebody holds x another school: exactly this, and nothing else."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

import adapters
from adapters.web.app import make_app
from adapters.web.security import Limits
from bot.concerns import Detail
from tests.conftest import NOW
from tests.inboxing import COOKIE, KEY, NONE, UNKNOWN, Seen, Visitor, World, markers
from tests.store.made import DSL, DSL_ACTOR, log
from tests.web.inbox.test_access import CONCERNS

READERS, TIPS, COVER = "dsl deputy-1 head", "dsl deputy-1 head", "dsl deputy-1 head chair"
ANSWERS = "dsl deputy-1 head online"
EVERYBODY = "dsl deputy-1 head chair online"
PEOPLE = ("nobody", "of another school", *EVERYBODY.split())
# Signed in, but without the part that this takes: as if it were not there.
GONE = 404
LOOK = {"action": "look", "receipt": "AAAAA-AAAAA"}

Walked = tuple[str, str, Mapping[str, str], int, str]
# Behind the sign-in: what is sent, the status for whoever holds one of these parts, and theirs. All others who are
# signed in get GONE; whoever is not is led to sign in.
INSIDE: tuple[Walked, ...] = (
    ("GET", "/inbox", NONE, 200, EVERYBODY),
    ("POST", "/inbox", {"wanted": "Zelda"}, 200, EVERYBODY),
    ("GET", "/inbox/concerns/{number}", NONE, 200, READERS),
    ("POST", "/inbox/concerns/{number}", {"action": "note", "text": "x"}, 303, READERS),
    ("POST", "/inbox/concerns/{number}/export", {"way": "csv"}, 200, READERS),
    ("GET", "/inbox/files", NONE, 200, EVERYBODY),  # theirs alone are in it
    ("GET", "/inbox/files/{file}", NONE, 200, READERS),
    ("POST", "/inbox/files/{file}/export", {"way": "csv"}, 200, READERS),
    ("GET", "/inbox/figures", NONE, 200, EVERYBODY),
    ("GET", "/inbox/tips", NONE, 200, TIPS),
    ("POST", "/inbox/tips", {"action": "pause"}, 303, TIPS),
    ("GET", "/inbox/cover", NONE, 200, COVER),
    ("POST", "/inbox/cover", {"action": "end", "about": "1"}, 409, COVER),  # there is none with this number
    # One account, by everybody with a part in it and everybody else, is walked in tests/accounts/test_pages.py.
    ("GET", "/inbox/accounts", NONE, 200, EVERYBODY),
    ("POST", "/inbox/accounts/csv", NONE, 200, EVERYBODY),
    ("GET", "/inbox/accounts/{account}", NONE, GONE, EVERYBODY),
    ("POST", "/inbox/accounts/{account}", {"action": "close", "reason": "x"}, GONE, EVERYBODY),
    ("POST", "/inbox/accounts/{account}/pdf", NONE, GONE, EVERYBODY),
    ("GET", "/inbox/required", NONE, 200, TIPS),
    ("POST", "/inbox/required", {"action": "end", "text": "0" * 12}, 303, TIPS),
    ("GET", "/inbox/required/{text}", NONE, GONE, ""),  # what is set is walked in tests/required/test_page.py
    ("POST", "/inbox/required/{text}/export", NONE, GONE, ""),
    ("POST", "/inbox/restored", {"action": "run"}, GONE, ""),  # walked after a restore in tests/backup/test_page.py
    # A draft, and what waits for approval, are walked in tests/web/answers/test_pages.py: here there is none.
    ("GET", "/inbox/answers", NONE, 200, ANSWERS),
    ("POST", "/inbox/answers", {"action": "words", "text": "pupil"}, 200, ANSWERS),
    ("GET", "/inbox/answers/entries/{entry}", NONE, 200, ANSWERS),
    ("POST", "/inbox/answers/entries/{entry}", {"action": "edit"}, 409, ANSWERS),  # here no file is written
    ("GET", "/inbox/answers/new", NONE, 200, ANSWERS),
    ("POST", "/inbox/answers/new", {"action": "look", "text": "x", "clause": "", "file": ""}, 200, ANSWERS),
    ("GET", "/inbox/answers/drafts/{draft}", NONE, GONE, ANSWERS),
    ("POST", "/inbox/answers/drafts/{draft}", {"action": "drop"}, GONE, ANSWERS),
    ("GET", "/inbox/answers/drafts/{draft}/try", NONE, GONE, ANSWERS),
    ("POST", "/inbox/answers/drafts/{draft}/try", {"action": "ask", "text": "x"}, GONE, ANSWERS),
    ("GET", "/inbox/answers/waiting", NONE, 200, ANSWERS),
    ("GET", "/inbox/answers/waiting/{key}", NONE, GONE, ANSWERS),
    ("POST", "/inbox/answers/waiting/{key}", {"action": "send-back", "remark": "x"}, GONE, ANSWERS),
    ("GET", "/inbox/answers/health", NONE, 200, ANSWERS),
    # A document of the school's own is walked in tests/web/policies/test_pages.py: here there is none.
    ("GET", "/inbox/policies", NONE, 200, ANSWERS),
    ("GET", "/inbox/policies/put-in", NONE, 200, ANSWERS),
    ("POST", "/inbox/policies/put-in", NONE, 400, ANSWERS),  # a form with a file it is not
    ("GET", "/inbox/policies/national", NONE, 200, ANSWERS),
    ("GET", "/inbox/policies/national/{document}", NONE, 200, ANSWERS),
    ("POST", "/inbox/policies/national/{document}", {"action": "take-over", "seen": "x"}, GONE, ANSWERS),  # nothing new
    ("GET", "/inbox/policies/own/{document}", NONE, GONE, ANSWERS),
    ("POST", "/inbox/policies/own/{document}", {"all": "", "edition": "x", "show": "", "from": "0"}, GONE, ANSWERS),
    ("GET", "/inbox/policies/own/{document}/clauses/{clause}", NONE, GONE, ANSWERS),
    ("POST", "/inbox/policies/own/{document}/clauses/{clause}", {"action": "join"}, GONE, ANSWERS),
    ("GET", "/inbox/policies/own/{document}/near", NONE, GONE, ANSWERS),
    ("GET", "/inbox/policies/own/{document}/changes", NONE, GONE, ANSWERS),
    ("POST", "/inbox/policies/own/{document}/changes", {"action": "withhold"}, GONE, ANSWERS),
    # What is written and approved is walked in tests/web/documents/test_pages.py: here no file is written.
    ("GET", "/inbox/documents", NONE, 200, ANSWERS),
    ("GET", "/inbox/documents/questions", NONE, 200, ANSWERS),
    ("GET", "/inbox/documents/questions/{question}", NONE, 200, ANSWERS),
    ("POST", "/inbox/documents/questions/{question}", {"action": "look", "was": "", "value": "21"}, 409, ANSWERS),
    ("GET", "/inbox/documents/read/{document}", NONE, 200, ANSWERS),
    ("POST", "/inbox/documents/read/{document}", {"action": "approve"}, 400, ANSWERS),
    ("GET", "/inbox/documents/read/{document}/{kind}", NONE, 200, ANSWERS),
    # No edition is in force here; the file of one is taken away in tests/web/documents/test_pages.py.
    ("GET", "/inbox/documents/read/{document}/in-force/{kind}", NONE, 404, ANSWERS),
    # Governors have the PDFs alone. Reviews are walked in tests/web/readiness/: here none was begun.
    ("GET", "/inbox/readiness", NONE, 200, EVERYBODY),
    ("POST", "/inbox/readiness", {"action": "close"}, 409, ANSWERS),
    ("GET", "/inbox/readiness/parts/{part}", NONE, 409, ANSWERS),
    ("POST", "/inbox/readiness/parts/{part}", {"action": "save", "review": "1"}, 409, ANSWERS),
    ("GET", "/inbox/readiness/reviews/{review}", NONE, GONE, ANSWERS),
    ("POST", "/inbox/readiness/reviews/{review}", {"action": "pdf"}, GONE, EVERYBODY),
    ("POST", "/inbox/sign-out", NONE, 303, EVERYBODY),
)  # fmt: skip
# Open to all: what is said there is the same for everybody, or rests on a receipt or a token that nobody else holds.
OUTSIDE: tuple[Walked, ...] = tuple(
    (method, path, fields, status, "")
    for method, path, fields, status in (
        ("GET", "/", NONE, 200),
        ("POST", "/", {"action": "ask", "text": "x"}, 200),
        ("GET", "/concern", NONE, 200),
        ("POST", "/concern", NONE, 400),
        ("GET", "/concern/receipt", NONE, 200),
        ("POST", "/concern/receipt", LOOK, 400),  # there is no such receipt
        ("GET", "/account", NONE, 200),
        ("POST", "/account", NONE, 400),  # a form without its key
        ("GET", "/required/{key}", NONE, 403),  # a personal link that nobody was given
        ("GET", "/required/{key}/{text}", NONE, 403),
        ("POST", "/required/{key}", {"press": "required list"}, 403),
        ("GET", "/privacy", NONE, 200),
        ("GET", "/livez", NONE, 200),
        ("GET", "/health", NONE, 200),
        ("GET", "/healthz", NONE, 200),
        ("GET", "/static", NONE, 403),
        ("POST", "/alerts/acknowledge", NONE, 401),  # walked with a gateway in tests/test_gateway.py
        ("GET", "/inbox/sign-in", NONE, 200),
        ("POST", "/inbox/sign-in", {"email": "nobody@mail.example"}, 200),
        ("GET", "/inbox/enter", NONE, 403),
        ("POST", "/inbox/enter", {"token": "x" * 43}, 403),
        ("GET", "/inbox/test-alert", NONE, 200),
        ("POST", "/inbox/test-alert", NONE, 410),
    )
)
# The chats bring doors of their own, walked in tests/slack/test_forged.py, test_installing.py and tests/teams/.
OF_CHATS = {"slack/start.py": 3, "teams/start.py": 1}


@pytest.fixture
async def world(world: World) -> AsyncIterator[World]:
    """Served with every route that can be set up."""
    world.serve(whole(world))
    async with world.server:
        yield world


def whole(world: World) -> web.Application:
    """The page with all that can be set up."""
    generous = Limits(a_minute=6000, burst=1000)
    return make_app(world.core, lambda: world.now, key=KEY, limits=generous, webhook_secret="s" * 32)


def routes_of(app: web.Application) -> Iterator[tuple[str, str]]:
    yield from (
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource and route.method != "HEAD"
    )


def test_every_route_is_walked_once(world: World) -> None:
    walked = [(method, path) for method, path, *_ in (*INSIDE, *OUTSIDE)]
    assert sorted(routes_of(world.app)) == sorted(walked)


def test_what_is_walked_as_behind_the_sign_in_is_all_of_the_inbox_but_its_entrance() -> None:
    open_to_all = {path for _, path, *_ in OUTSIDE if path.startswith("/inbox")}
    assert open_to_all == {"/inbox/sign-in", "/inbox/enter", "/inbox/test-alert"}


def test_no_route_is_made_anywhere_else() -> None:
    folder = Path(adapters.__file__).parent
    made = re.compile(
        r"\bweb\.(?:get|post|put|patch|delete|head|view|route|static)\(|\.add_(?:get|post|put|route|view)\("
    )
    found = {
        path.relative_to(folder).as_posix(): len(made.findall(path.read_text(encoding="utf-8")))
        for path in sorted(folder.rglob("*.py"))
        if not path.is_relative_to(folder / "web")
    }
    assert {name: count for name, count in found.items() if count} == OF_CHATS


async def arrived(world: World, person: str) -> Visitor:
    """Somebody with what they have: nothing, a session of this school, or one of another school that uses it here."""
    if person in EVERYBODY.split():
        return await world.signed_in(person)
    visitor = await world.visitor()
    if person == "of another school":
        theirs = world.store.sign_in("elsewhere")
        session = theirs.use_link(theirs.make_link("dsl", world.now), world.now)
        assert session
        visitor.client.cookie_jar.update_cookies({COOKIE: session}, world.server.make_url("/"))
    await visitor.get("/")
    return visitor


async def ask(visitor: Visitor, walked: Walked, number: str, file: str) -> Seen:
    method, path, fields, *_ = walked
    none = dict.fromkeys(("draft", "key"), "0" * 32) | {"clause": "phones-01", "question": "ex-pupil-age"}
    none |= {
        "part": "people",
        "review": "1",
        "kind": "docx",
        "entry": "friend-ex-pupil",
        "account": "A-0000",
        "text": "0" * 12,
    }
    document = "letter-to-parents" if "/documents/" in path else "phones"
    address = path.format(number=number, file=file, document=document, **none)
    if address == "/concern/receipt" and method == "POST":
        await visitor.get(address)
    return await (visitor.get(address) if method == "GET" else visitor.post(address, **fields))


def expected(person: str, walked: Walked) -> tuple[int, bool]:
    """The status, and whether it leads to the sign-in."""
    _, path, _, status, parts = walked
    if walked in OUTSIDE:
        return status, False
    if person not in EVERYBODY.split():
        return 303, True
    return (status, path == "/inbox/sign-out") if person in parts.split() else (GONE, False)


@pytest.mark.parametrize("person", PEOPLE)
async def test_everybody_gets_exactly_this_from_every_route(world: World, person: str) -> None:
    number = world.log()
    file = world.core.casework.file_under(DSL, number, "", "Filemarker", world.now)
    visitor = await arrived(world, person)
    for walked in (*OUTSIDE, *INSIDE):  # the last one signs out
        seen = await ask(visitor, walked, number, file)
        assert (seen.status, seen.to == "/inbox/sign-in") == expected(person, walked), walked
        if person not in walked[-1].split():
            assert markers(seen.text) == [] and number not in seen.text, walked


@pytest.mark.parametrize("person", PEOPLE)
async def test_no_page_outside_the_inbox_shows_a_concern_to_anybody(world: World, person: str) -> None:
    numbers = [world.log(given) for given, _ in CONCERNS.values()]
    visitor = await arrived(world, person)
    for walked in OUTSIDE:
        seen = await ask(visitor, walked, "", "")
        assert markers(seen.text) == [] and not [each for each in numbers if each in seen.text], walked
    assert [kind for number in numbers for kind in world.kinds(number)] == ["logged"] * len(numbers)


@pytest.mark.parametrize("person", PEOPLE)
async def test_a_concern_of_another_school_is_as_if_it_did_not_exist(world: World, person: str) -> None:
    """In the same database, logged there by the same people in the same parts."""
    own = log(world.store, world.school).receipt
    receipt, theirs, file = _elsewhere(world)
    visitor = await arrived(world, person)
    for walked in INSIDE[:-1]:
        seen = await ask(visitor, walked, theirs, file)
        unknown = await ask(visitor, walked, UNKNOWN, "0" * 12)
        assert (seen.status, seen.body) == (unknown.status, unknown.body), walked
        assert "Theirmarker" not in seen.text and theirs not in seen.text, walked
    for given, status in ((receipt, 400), (own, 200)):
        await visitor.get("/concern/receipt")
        looked = await visitor.post("/concern/receipt", action="look", receipt=given)
        assert (looked.status, "You logged it" in looked.text) == (status, status == 200)
    assert {line.kind for line in world.store.audit("elsewhere").lines()} == {"logged", "linked"}


def _elsewhere(world: World) -> tuple[str, str, str]:
    """Receipt, number and file of a concern of another school."""
    logged, file = log(world.store, replace(world.school, id="elsewhere")), "f" * 12
    with world.store.concerns("elsewhere").work(logged.number, DSL) as case:
        case.file_under(file, "Theirmarker")
        case.append("linked", DSL_ACTOR, Detail(reference=file), NOW)
    return logged.receipt, logged.number, file
