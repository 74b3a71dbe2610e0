"""Logging a concern on the page and following it, over real HTTP with a real store."""

from __future__ import annotations

import datetime as dt
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from adapters.web import make_app
from adapters.web.concern.pages import ConcernPages
from adapters.web.concern.view import FormPage, answers_of, moment, to_tell
from adapters.web.pages import tel
from adapters.web.security import token_for
from adapters.web.site import Site
from bot.concerns import Record, form_for
from bot.concerns.form import IN_DANGER, NO_PICTURES, TELL_FIRST
from bot.knowledge import School
from bot.service.casework import Casework
from bot.service.core import Core
from bot.store import Concerns, Store
from tests.conftest import NOW
from tests.drawn import Drawn

KEY = b"k" * 32
SUNDAY = dt.datetime(2026, 11, 29, 20, 0, tzinfo=dt.UTC)
Client = TestClient[web.Request, web.Application]
Fields = Mapping[str, str | tuple[str, ...]]
FIRST = {"danger": "no", "told": "yes"}
YOU = {"you_name": "Jo Marsh", "you_role": "Teacher"}
PUPIL = {**FIRST, "about": "pupil", "pupils": "Robin Vale, 8B", "seen": "A bruise on the left arm.", **YOU}
NOBODY_LEFT: Fields = {**FIRST, **YOU, "about": ("adult", "head"), "adult": "chair", "seen": "Something."}
EVERYTHING: Fields = {
    "danger": "no",
    "told": "no",
    "about": ("pupil", "adult"),
    "pupils": "Robin Vale, 8B\nSam Poole, 8C",
    "adult_name": "Lee Ashdown",
    "adult_role": "Coach",
    "seen": "A bruise on the left arm.\nIt was not there on Friday.",
    "words": "“He grabbed me.”",
    "date": "2026-11-20",
    "time": "after lunch",
    "where": "The gym",
    "present": "Nobody else",
    "done": "I rang the office.",
    "categories": ("Physical harm", "Conduct of an adult"),
    "link": "https://example.org/post",
    "you_name": "Jo Marsh",
    "you_role": "Teacher",
    "you_email": "j.marsh@fernbank.example",
}


@asynccontextmanager
async def served(core: Core, now: dt.datetime = NOW) -> AsyncIterator[Client]:
    async with TestClient(TestServer(make_app(core, lambda: now, key=KEY))) as opened:
        yield opened


@pytest.fixture
async def client(core: Core) -> AsyncIterator[Client]:
    async with served(core) as opened:
        yield opened


@pytest.fixture
def file(core: Core, tmp_path: Path) -> Path:
    """The database that the page writes to."""
    return tmp_path / "askfirst.db"


async def start(client: Client, fields: Fields | None = None) -> dict[str, tuple[str, ...]]:
    """GET /concern -> the fields of a report, with the token and the key of the form."""
    drawn = Drawn(await (await client.get("/concern")).text())
    made = {name: drawn.fields[name] for name in ("token", "submission")}
    return made | {"step": ("report",)} | {name: _tuple(value) for name, value in (fields or {}).items()}


async def post(client: Client, fields: Fields, path: str = "/concern") -> ClientResponse:
    return await client.post(path, data=[(name, value) for name, values in fields.items() for value in _tuple(values)])


async def log(client: Client, fields: Fields = PUPIL) -> str:
    """Log a concern -> its receipt."""
    response = await post(client, await start(client, fields))
    page = await response.text()
    assert response.status == 200, Drawn(page).texts.get("summary", page)
    return receipt_in(page)


async def look(client: Client, receipt: str, **more: str) -> ClientResponse:
    token = Drawn(await (await client.get("/concern/receipt")).text()).fields["token"]
    return await post(client, {"token": token, "action": "look", "receipt": receipt, **more}, "/concern/receipt")


def receipt_in(page: str) -> str:
    return page.split('<p class="receipt">')[1].split("<")[0]


def count(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("SELECT count(*) FROM concerns").fetchone()[0])


@pytest.fixture
def break_store(file: Path) -> Callable[[bool], None]:
    """break_store(True) takes the table of concerns away, break_store(False) brings it back."""

    def turn(broken: bool) -> None:
        one, other = ("concerns", "gone") if broken else ("gone", "concerns")
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA legacy_alter_table = ON")
            connection.execute(f"ALTER TABLE {one} RENAME TO {other}")

    return turn


def stored(core: Core, receipt: str, person: str = "dsl") -> Record:
    reader = core.casework.reader(person)
    assert reader is not None
    return core.casework.read(reader, receipt.split("-")[0], NOW)


def _tuple(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _kept(fields: Fields) -> dict[str, tuple[str, ...]]:
    return {name: _tuple(value) for name, value in fields.items()}


# --- the first screen


async def test_the_first_screen_comes_alone_with_numbers_to_ring(client: Client, school: School) -> None:
    response = await client.get("/concern")
    page = await response.text()
    drawn = Drawn(page)
    assert set(drawn.controls) == {"token", "step", "submission", "danger", "told"}
    assert response.headers["Cache-Control"] == "no-store"
    assert "HttpOnly" in response.headers["Set-Cookie"]
    for person in (*school.holders("dsl"), *school.holders("deputy-dsl"), *school.holders("head")):
        assert f'href="{tel(person.phone)}"' in page
    assert "tel:999" in drawn.links


async def test_every_form_has_its_own_key(client: Client) -> None:
    keys = [(await start(client))["submission"] for _ in range(3)]
    assert len(set(keys)) == 3
    assert all(len(key[0]) == 32 for key in keys)


async def test_outside_school_hours_the_first_screen_shows_who_covers(core: Core, school: School) -> None:
    async with served(core, SUNDAY) as client:
        page = await (await client.get("/concern")).text()
    assert school.holders("out-of-hours")[0].phone in page


@pytest.mark.parametrize("given", [{}, {"danger": "no"}, {"told": "yes"}])
async def test_both_first_questions_need_an_answer(client: Client, given: dict[str, str]) -> None:
    fields = await start(client, given) | {"step": ("first",)}
    response = await post(client, fields)
    drawn = Drawn(await response.text())
    assert response.status == 400
    for name in {"danger", "told"} - set(given):
        assert drawn.texts[f"e-{name}"] == "Error: Pick an answer."
        assert drawn.controls[name]["aria-invalid"] == "true"
        assert f"#f-{name}" in drawn.links
    assert drawn.filled == _kept(fields)
    assert "pupils" not in drawn.controls


async def test_after_no_danger_and_somebody_told_comes_the_form(client: Client) -> None:
    fields = await start(client, FIRST) | {"step": ("first",)}
    response = await post(client, fields)
    drawn = Drawn(await response.text())
    assert response.status == 200
    assert drawn.filled == _kept(fields) | {"step": ("report",)}
    assert {"about", "pupils", "adult", "seen", "words", "categories", "you", "you_email"} <= set(drawn.controls)
    assert "tell" not in drawn.texts and "danger" not in drawn.texts


async def test_in_danger_999_comes_first_and_the_form_is_marked(client: Client, school: School) -> None:
    page = await (
        await post(client, await start(client, {"danger": "yes", "told": "no"}) | {"step": ("first",)})
    ).text()
    text = page.replace("&#39;", "'")
    order = ["call 999 now", 'class="ring emergency" href="tel:999"', IN_DANGER, school.holders("dsl")[0].phone]
    order += ["Marked immediate", "Whom is it about?"]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert TELL_FIRST not in text


async def test_whoever_told_nobody_is_sent_to_somebody_first(client: Client, school: School) -> None:
    page = await (await post(client, await start(client, {"danger": "no", "told": "no"}) | {"step": ("first",)})).text()
    assert page.index(TELL_FIRST) < page.index(school.holders("dsl")[0].phone) < page.index("Whom is it about?")
    assert "Marked immediate" not in page


async def test_where_one_would_attach_a_picture_the_form_says_why_not(client: Client) -> None:
    page = await (await post(client, await start(client, FIRST) | {"step": ("first",)})).text()
    assert page.index("Link to a message") < page.index(NO_PICTURES) < page.index("Who are you?")
    assert 'type="file"' not in page


async def test_fields_that_may_not_apply_stand_under_their_own_heading(client: Client) -> None:
    page = await (await post(client, await start(client, FIRST) | {"step": ("first",)})).text()
    assert page.index("If it is about a pupil") < page.index('name="pupils"')
    assert page.index("If it is about an adult") < page.index('name="adult"') < page.index("What happened")
    assert page.index('<option value="">Not in the list</option>') < page.index('<option value="dsl">')
    assert 'max="2026-11-23"' in page
    assert "maxlength" not in page


# --- what is wrong stands beside its field, and nothing is lost

_WRONG: tuple[tuple[dict[str, str | tuple[str, ...]], str, str], ...] = (
    ({"danger": ""}, "danger", "Pick an answer"),
    ({"told": ""}, "told", "Pick an answer"),
    ({"about": ""}, "about", "Pick an answer"),
    ({"about": "adult"}, "about", "You filled in “Pupil or pupils”"),
    ({"about": "pupil"}, "about", "You filled in “Not in the list"),
    ({"pupils": ""}, "pupils", "Write the pupil’s name"),
    ({"pupils": "x" * 501}, "pupils", "501 characters long"),
    ({"adult_name": ""}, "adult_name", "Pick the adult"),
    ({"adult_name": "R Calder"}, "adult_name", "Is this Mrs Ruth Calder"),
    ({"adult": "online"}, "adult_name", "You picked Mr Ben Ferreira"),
    ({"adult": "online", "adult_name": ""}, "adult_role", "You picked Mr Ben Ferreira"),
    ({"adult_role": "Headteacher"}, "adult_role", "tick “The headteacher”"),
    ({"adult_role": "DSL"}, "adult_role", "Designated Safeguarding Lead"),
    ({"seen": ""}, "seen", "Write a few words"),
    ({"seen": "é" * 3001}, "seen", "3,001 characters long"),
    ({"words": "x" * 3001}, "words", "3,001 characters long"),
    ({"date": "last Friday"}, "date", "This is not a day"),
    ({"date": "2026-11-24"}, "date", "still to come"),
    ({"date": "0206-11-20"}, "date", "too long ago"),
    ({"time": "x" * 61}, "time", "61 characters long"),
    ({"where": "x" * 201}, "where", "201 characters long"),
    ({"present": "x" * 501}, "present", "501 characters long"),
    ({"done": "x" * 3001}, "done", "3,001 characters long"),
    ({"link": "x" * 501}, "link", "501 characters long"),
    ({"you_name": ""}, "you_name", "Pick yourself"),
    ({"you_name": "Bello"}, "you_name", "Are you Ms Amara Bello"),
    ({"you": "online"}, "you_name", "You picked Mr Ben Ferreira"),
    ({"you": "online", "you_name": ""}, "you_role", "You picked Mr Ben Ferreira"),
    ({"you_email": "jo at school"}, "you_email", "not an e-mail address"),
)


@pytest.mark.parametrize(("changed", "field", "says"), _WRONG, ids=lambda value: str(value)[:40])
async def test_each_problem_stands_beside_its_field_and_everything_typed_is_kept(
    client: Client, file: Path, changed: dict[str, str | tuple[str, ...]], field: str, says: str
) -> None:
    fields = await start(client, {**EVERYTHING, **changed})
    response = await post(client, fields)
    drawn = Drawn(await response.text())
    assert response.status == 400
    assert says in drawn.texts[f"e-{field}"]
    control = drawn.controls[field]
    assert control["aria-invalid"] == "true"
    assert f"e-{field}" in control["aria-describedby"].split()
    assert f"#f-{field}" in drawn.links and "summary" in drawn.texts
    assert drawn.filled == {name: values for name, values in _kept(fields).items() if any(values)}
    assert count(file) == 0


@pytest.mark.parametrize("field", ["adult", "you", "categories", "about"])
async def test_what_is_not_in_a_list_is_refused(client: Client, file: Path, field: str) -> None:
    response = await post(client, await start(client, {**EVERYTHING, field: "nobody"}))
    assert response.status == 400
    assert Drawn(await response.text()).texts[f"e-{field}"] == "Error: Pick from the list."
    assert count(file) == 0


async def test_all_problems_are_shown_at_once_and_a_mended_form_is_logged(client: Client, core: Core) -> None:
    wrong = await start(client, {**EVERYTHING, "seen": "", "date": "2027-01-01", "you_name": ""})
    drawn = Drawn(await (await post(client, wrong)).text())
    assert {"e-seen", "e-date", "e-you_name"} <= set(drawn.texts)
    mended = {**drawn.filled, "seen": ("A bruise.",), "date": ("2026-11-23",), "you_name": ("Jo Marsh",)}
    receipt = receipt_in(await (await post(client, mended)).text())
    assert stored(core, receipt, "head").report.seen == "A bruise."


# --- logged


async def test_everything_that_was_filled_in_is_in_the_record(client: Client, core: Core) -> None:
    report = stored(core, await log(client, EVERYTHING), "head").report
    assert [(pupil.name, pupil.group) for pupil in report.pupils] == [("Robin Vale", "8B"), ("Sam Poole", "8C")]
    assert report.adult is not None and (report.adult.name, report.adult.role) == ("Lee Ashdown", "Coach")
    assert (report.danger, report.told, report.head) == (False, False, False)
    for name in ("seen", "words", "where", "present", "done", "link"):
        assert getattr(report, name) == EVERYTHING[name]
    assert (report.happened_on, report.happened_at) == (dt.date(2026, 11, 20), "after lunch")
    assert report.categories == EVERYTHING["categories"]
    assert (report.reporter.name, report.reporter.role) == ("Jo Marsh", "Teacher")
    assert report.reporter.account is not None and report.reporter.account.id == EVERYTHING["you_email"]


_ABOUT_WHOM: tuple[tuple[dict[str, str], str, str], ...] = (
    ({"about": "pupil", "pupils": "Robin Vale"}, "dsl", "pupil"),
    ({"about": "adult", "adult_name": "Lee Ashdown"}, "head", "staff"),
    ({"about": "adult", "adult": "online"}, "head", "staff"),
    ({"about": "adult", "adult": "dsl"}, "head", "dsl"),
    ({"about": "adult", "adult": "head"}, "chair", "head"),
    ({"about": "head"}, "chair", "head"),
)


@pytest.mark.parametrize(("about", "reader", "kind"), _ABOUT_WHOM)
async def test_the_receipt_names_whoever_hears_of_it_first(
    client: Client, core: Core, school: School, about: dict[str, str], reader: str, kind: str
) -> None:
    response = await post(client, await start(client, {**FIRST, **about, "seen": "Something.", **YOU}))
    page = await response.text()
    told = school.people[reader]
    assert response.status == 200
    assert "Logged." in Drawn(page).texts["logged"]
    assert page.index("Logged.") < page.index(receipt_in(page)) < page.index("Keep this number") < page.index(told.name)
    assert told.role in page and f'href="{tel(told.phone)}"' in page
    assert "The person it is about is not told and cannot read it." in page
    assert stored(core, receipt_in(page), reader).kind == kind
    if about.get("adult") in ("head", "dsl"):
        assert school.people[about["adult"]].name not in page


async def test_in_danger_the_receipt_says_999_and_whom_to_ring(client: Client, school: School) -> None:
    page = await (await post(client, await start(client, {**PUPIL, "danger": "yes"}))).text()
    assert page.index("Logged.") < page.index("tel:999") < page.index(school.holders("dsl")[0].phone)


async def test_where_nobody_is_left_the_receipt_says_whom_to_ring(client: Client, school: School) -> None:
    page = await (await post(client, await start(client, NOBODY_LEFT))).text()
    assert "Nobody at school is left to tell" in page
    assert f'href="{tel(school.holders("lado")[0].phone)}"' in page
    assert school.holders("chair")[0].name not in page and school.holders("head")[0].name not in page


async def test_when_the_school_is_closed_the_receipt_says_until_when(core: Core, school: School) -> None:
    async with served(core, SUNDAY) as client:
        page = await (await post(client, await start(client, PUPIL))).text()
    assert "It opens again on Monday 30 November at 08:00." in page
    assert school.holders("out-of-hours")[0].phone in page


async def test_the_same_form_sent_twice_is_one_concern_with_one_receipt(client: Client, file: Path) -> None:
    fields = await start(client, EVERYTHING)
    pages = [await (await post(client, fields)).text() for _ in range(3)]
    assert len({receipt_in(page) for page in pages}) == 1
    assert count(file) == 1


async def test_a_form_filled_in_anew_after_going_back_loses_nothing(client: Client, core: Core, file: Path) -> None:
    fields = await start(client, PUPIL)
    first = receipt_in(await (await post(client, fields)).text())
    more = receipt_in(await (await post(client, fields | {"seen": ("He said it again.",)})).text())
    assert first == more and count(file) == 1
    assert any("He said it again." in event.detail.text for event in stored(core, first).events)
    other = receipt_in(await (await post(client, fields | {"pupils": ("Another Child, 8C",)})).text())
    assert other != first and count(file) == 2


# --- when it cannot be stored


async def test_without_a_store_the_page_says_not_logged_and_keeps_everything(
    client: Client, school: School, file: Path, break_store: Callable[[bool], None]
) -> None:
    fields = await start(client, EVERYTHING)
    break_store(True)
    response = await post(client, fields)
    page = await response.text()
    drawn = Drawn(page)
    assert response.status == 503
    assert "This was NOT logged" in drawn.texts["trouble"] and "NOT logged" in drawn.title
    assert "receipt" not in drawn.texts and "Try again" in page
    assert page.index("This was NOT logged: AskFirst could not save it.") < page.index(school.holders("head")[0].phone)
    assert "tel:999" in drawn.links
    assert drawn.filled == _kept(fields)
    break_store(False)
    again = await post(client, drawn.filled)
    assert again.status == 200
    assert receipt_in(await again.text()) == receipt_in(await (await post(client, fields)).text())
    assert count(file) == 1


@pytest.mark.parametrize(
    ("about", "rung", "silent"),
    [
        ({"about": "pupil", "pupils": "Robin Vale"}, ("dsl", "deputy-dsl", "head"), ()),
        ({"about": "head"}, ("chair", "lado"), ("head",)),
        ({"about": "adult", "adult": "dsl"}, ("head", "lado"), ("dsl",)),
    ],
)
async def test_not_logged_never_sends_anyone_to_the_person_it_is_about(
    client: Client,
    school: School,
    break_store: Callable[[bool], None],
    about: dict[str, str],
    rung: tuple[str, ...],
    silent: tuple[str, ...],
) -> None:
    fields = await start(client, {**FIRST, **about, "seen": "Something.", **YOU})
    break_store(True)
    page = await (await post(client, fields)).text()
    panel = page[page.index('class="panel alarm"') : page.index("</section>")]
    assert all(school.holders(role)[0].phone in panel for role in rung)
    assert all(school.holders(role)[0].phone not in panel for role in silent)


@pytest.fixture
async def hasty(core: Core) -> AsyncIterator[Client]:
    """The pages with no patience."""
    site = Site(core.school, lambda: NOW, KEY)
    app = web.Application(middlewares=[site.boundary()])
    app.add_routes(ConcernPages(site, core.casework, seconds=0.3).routes())
    async with TestClient(TestServer(app)) as opened:
        yield opened


@pytest.fixture
def locked(file: Path) -> Iterator[sqlite3.Connection]:
    """Somebody else holds the database; commit() lets go."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


async def test_a_store_that_is_too_slow_counts_as_not_logged_and_is_never_logged_twice(
    hasty: Client, locked: sqlite3.Connection, file: Path
) -> None:
    fields = await start(hasty, EVERYTHING)
    response = await post(hasty, fields)
    page = await response.text()
    assert response.status == 503
    assert "<p>We cannot say that it was logged, so treat it as NOT logged." in page
    assert Drawn(page).filled == _kept(fields)
    locked.commit()
    receipts: set[str] = set()
    while not receipts:  # the first try may still hold the lock
        again = await post(hasty, fields)
        receipts |= {receipt_in(await again.text())} if again.status == 200 else set()
    assert count(file) == 1


class FaultyStore(Store):
    """A store with a defect that nobody expected, whose text repeats what was written."""

    def concerns(self, school: str) -> Concerns:
        raise RuntimeError(PUPIL["seen"])


async def test_an_unexpected_fault_keeps_everything_too_and_is_noted_without_it(
    core: Core, caplog: pytest.LogCaptureFixture
) -> None:
    core.casework = Casework(core.school, FaultyStore(core.store._database))
    async with served(core) as client:
        fields = await start(client, PUPIL)
        response = await post(client, fields)
        assert response.status == 500
        drawn = Drawn(await response.text())
    assert "This was NOT logged" in drawn.texts["trouble"] and drawn.filled == _kept(fields)
    assert "RuntimeError" in caplog.text and "bruise" not in caplog.text


async def test_a_flood_is_held_back_honestly_and_keeps_what_was_typed(client: Client, file: Path) -> None:
    fields = await start(client, PUPIL)
    assert {(await post(client, fields)).status for _ in range(20)} == {200}
    response = await post(client, fields)
    drawn = Drawn(await response.text())
    assert response.status == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 6
    assert "This was NOT logged yet" in drawn.texts["trouble"]
    assert any(link.startswith("tel:0") for link in drawn.links)
    assert drawn.filled == _kept(fields)
    assert (await client.get("/concern")).status == 200
    assert count(file) == 1


async def test_far_too_much_text_is_not_logged_and_says_so(client: Client) -> None:
    response = await post(client, await start(client, {**PUPIL, "seen": "x" * 300_000}))
    page = await response.text()
    assert response.status == 413
    assert "This was NOT logged: it did not arrive whole" in page and "tel:999" in page


# --- forged


@pytest.mark.parametrize("token", ["", "0" * 64, token_for(KEY, "0" * 32), token_for(b"x" * 32, "0" * 32)])
async def test_a_form_with_a_forged_token_is_not_logged_but_not_lost(client: Client, file: Path, token: str) -> None:
    fields = await start(client, EVERYTHING) | {"token": (token,)}
    response = await post(client, fields)
    drawn = Drawn(await response.text())
    assert response.status == 403
    assert "This was NOT logged yet" in drawn.texts["trouble"]
    assert count(file) == 0
    assert drawn.filled["token"] != (token,)
    assert drawn.filled | {"token": ()} == _kept(fields) | {"token": ()}
    assert (await post(client, drawn.filled)).status == 200  # once its owner presses the button


async def test_a_form_whose_cookie_is_gone_is_not_logged_but_not_lost(client: Client, file: Path) -> None:
    fields = await start(client, PUPIL)
    client.session.cookie_jar.clear()
    response = await post(client, fields)
    assert response.status == 403 and count(file) == 0
    assert (await post(client, Drawn(await response.text()).filled)).status == 200


async def test_in_danger_an_old_page_still_leads_on_to_999(client: Client) -> None:
    fields = await start(client, {"danger": "yes", "told": "no"}) | {"step": ("first",), "token": ("",)}
    response = await post(client, fields)
    assert response.status == 403
    assert "tel:999" in await response.text()


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}], ids=["fetch", "origin"]
)
async def test_a_form_from_another_site_is_refused(client: Client, file: Path, headers: dict[str, str]) -> None:
    fields = [(name, value) for name, values in (await start(client, PUPIL)).items() for value in values]
    for path in ("/concern", "/concern/receipt"):
        response = await client.post(path, data=fields, headers=headers)
        assert response.status == 403
        assert "Robin" not in await response.text()
    assert count(file) == 0


@pytest.mark.parametrize("changed", [{"submission": "x"}, {"submission": ""}, {"step": "last"}, {"step": ""}])
async def test_a_form_that_the_page_never_made_is_refused(client: Client, file: Path, changed: dict[str, str]) -> None:
    response = await post(client, {**await start(client, PUPIL), **changed})
    assert response.status == 400 and count(file) == 0


# --- what is typed is only ever text, and nobody else sees it

_HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><b>x",
    "{{ 7*7 }}",
    "ש\u202eabc 👩🏽‍🏫 \u0000",
)


@pytest.mark.parametrize("typed", [*_HOSTILE, "’é👩" * 1000])
async def test_hostile_and_odd_text_comes_back_as_text(client: Client, core: Core, typed: str) -> None:
    wrong = await start(client, {**EVERYTHING, "seen": typed, "where": typed[:200], "you_name": ""})
    page = await (await post(client, wrong)).text()
    drawn = Drawn(page)
    expected = typed.replace("\u0000", " ")
    assert drawn.fields["seen"] == (expected,) and drawn.fields["where"] == (expected[:200],)
    assert page.count("<script") == 1 and "<img" not in page and "<b>" not in page
    receipt = receipt_in(await (await post(client, drawn.filled | {"you_name": ("Jo Marsh",)})).text())
    assert stored(core, receipt, "head").report.seen == expected.strip()


async def test_nothing_typed_is_logged_or_put_into_an_address_or_a_title(
    client: Client, caplog: pytest.LogCaptureFixture, school: School, break_store: Callable[[bool], None]
) -> None:
    caplog.set_level(logging.DEBUG)
    form = form_for(school)
    texts = [each.id for screen in (form.report, form.reporter) for each in screen.fields if each.limit]
    marked = {**EVERYTHING, **{name: f"Marker{name} Typed" for name in texts}, "you_email": "markeremail@example.org"}
    shown: list[tuple[ClientResponse, str]] = []

    async def keep(response: ClientResponse) -> Drawn:
        shown.append((response, await response.text()))
        return Drawn(shown[-1][1])

    await keep(await post(client, await start(client, {**marked, "date": "Markerdate"})))
    fields = await start(client, marked)
    break_store(True)
    await keep(await post(client, fields))
    break_store(False)
    await keep(await post(client, fields))
    receipt = receipt_in(shown[-1][1])
    await keep(await look(client, receipt, action="add", text="Markeradded"))
    await keep(await look(client, "Marker-receipt"))
    await keep(await look(client, receipt, action="add", text="Markertoolong" * 500))
    for response, page in shown:
        drawn = Drawn(page)
        for secret in ("Marker", "marker", receipt):
            assert secret not in str(response.url)
            assert not any(secret in link for link in drawn.links)
            assert secret not in drawn.title
    assert "marker" not in caplog.text.lower() and receipt not in caplog.text
    assert "POST /concern" in caplog.text or "could not" in caplog.text or "cannot" in caplog.text


async def test_a_problem_page_repeats_what_was_typed_only_in_its_own_field(client: Client) -> None:
    page = await (await post(client, await start(client, {**EVERYTHING, "where": "Marker", "you_name": ""}))).text()
    assert page.count("Marker") == 1


async def test_the_pages_hold_nothing_inline(client: Client) -> None:
    fields = await start(client, PUPIL)
    pages = [await (await post(client, fields | {"seen": ("",)})).text(), await (await post(client, fields)).text()]
    pages.append(await (await look(client, receipt_in(pages[1]))).text())
    for page in pages:
        assert "<style" not in page and " style=" not in page and " onclick" not in page
        assert page.count("<script") == page.count('<script src="/static/concern.js"') == 1


# --- the receipt


async def test_a_receipt_is_found_in_any_spelling(client: Client) -> None:
    receipt = await log(client)
    number, secret = receipt.split("-")
    spellings = (receipt, receipt.lower(), f"  {number} {secret} ", number + secret, receipt.replace("0", "o"))
    for typed in (*spellings, receipt.replace("1", "l"), " ".join(receipt)):
        response = await look(client, typed)
        page = await response.text()
        assert response.status == 200, typed
        assert "Nobody has acknowledged it yet." in page
        assert "Monday 23 November 2026 at 10:00" in page and "You logged it." in page


async def test_the_steps_say_what_became_of_it_and_never_what_was_written(client: Client, core: Core) -> None:
    receipt = await log(client, EVERYTHING)
    reader = core.casework.reader("head")
    assert reader is not None
    core.casework.acknowledge(reader, receipt.split("-")[0], NOW + dt.timedelta(minutes=5))
    page = await (await look(client, receipt)).text()
    assert "Somebody has acknowledged it" in page and "Mrs Ruth Calder acknowledged it." in page and "at 10:05" in page
    core.casework.close(reader, receipt.split("-")[0], "Outcomemarker", "Reason", None, NOW)
    page = await (await look(client, receipt)).text()
    assert "It was followed up and closed." in page
    for secret in ("Robin", "bruise", "Ashdown", "Outcomemarker", "grabbed"):
        assert secret not in page


async def test_where_nobody_answers_the_steps_say_whom_to_ring(client: Client, school: School) -> None:
    page = await (await look(client, await log(client, NOBODY_LEFT))).text()
    assert page.index("Nobody has answered yet: ring") < page.index(f'href="{tel(school.holders("lado")[0].phone)}"')


async def test_more_can_be_added_and_becomes_a_line_of_its_own(client: Client, core: Core) -> None:
    receipt = await log(client)
    for _ in range(2):  # pressed twice, added once
        page = await (await look(client, receipt.lower(), action="add", text="He said it again.")).text()
        assert "It was added." in page and "You added more." in page
        assert "He said it again." not in page
    lines = [event.detail.text for event in stored(core, receipt).events if event.kind == "added"]
    assert lines == ["He said it again."]


@pytest.mark.parametrize(("text", "says"), [("", "Write a few words."), ("x" * 20_001, "up to 20,000 characters")])
async def test_what_cannot_be_added_stays_in_its_box(client: Client, core: Core, text: str, says: str) -> None:
    receipt = await log(client)
    response = await look(client, receipt, action="add", text=text)
    drawn = Drawn(await response.text())
    assert response.status == 400
    assert says in drawn.texts["e-text"] and drawn.fields["text"] == (text,)
    assert not any(event.kind == "added" for event in stored(core, receipt).events)


async def test_without_a_store_the_page_says_not_added_and_keeps_the_text(
    client: Client, break_store: Callable[[bool], None], core: Core
) -> None:
    receipt = await log(client)
    break_store(True)
    response = await look(client, receipt, action="add", text="He said it again.")
    page = await response.text()
    assert response.status == 503
    assert "<p>This was NOT added: AskFirst could not save it." in page and "tel:02079460101" in page
    fields = Drawn(page).filled
    assert fields["text"] == ("He said it again.",) and fields["receipt"] == (receipt,)
    assert "could not be looked up" in await (await look(client, receipt)).text()
    break_store(False)
    assert "It was added." in await (await post(client, fields, "/concern/receipt")).text()
    assert sum(event.kind == "added" for event in stored(core, receipt).events) == 1


async def test_a_store_that_is_too_slow_counts_as_not_added(hasty: Client, file: Path, core: Core) -> None:
    receipt = await log(hasty)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        response = await look(hasty, receipt, action="add", text="He said it again.")
        other.commit()
    page = await response.text()
    assert response.status == 503
    assert "<p>We cannot say that it was added, so treat it as NOT added." in page
    assert Drawn(page).filled["text"] == ("He said it again.",)


@pytest.mark.parametrize("typed", ["", "x", "00000-00000", "7K3QD", "<script>", "👩", "9" * 5000])
async def test_every_wrong_receipt_gets_the_same_friendly_message(client: Client, typed: str) -> None:
    await log(client)
    response = await look(client, typed)
    drawn = Drawn(await response.text())
    assert response.status == 400
    assert drawn.texts["e-receipt"].startswith("Error: No concern has this number.")
    assert drawn.fields["receipt"] == (typed,)


async def test_the_number_alone_is_no_receipt(client: Client) -> None:
    receipt = await log(client)
    assert (await look(client, receipt.split("-")[0])).status == 400


async def test_more_for_a_wrong_receipt_is_kept_too(client: Client) -> None:
    drawn = Drawn(await (await look(client, "00000-00000", action="add", text="He said it again.")).text())
    assert drawn.filled["text"] == ("He said it again.",)
    assert "e-receipt" in drawn.texts


async def test_guessing_receipts_is_slowed_down(client: Client) -> None:
    assert {(await look(client, f"{number:010}")).status for number in range(10)} == {400}
    response = await look(client, "0000000011")
    assert response.status == 429 and int(response.headers["Retry-After"]) <= 10
    assert "Too many numbers" in await response.text()
    adding = await look(client, "0000000012", action="add", text="He said it again.")
    drawn = Drawn(await adding.text())
    assert adding.status == 429 and "NOT added" in drawn.texts["trouble"]
    assert drawn.filled["text"] == ("He said it again.",)


async def test_a_receipt_form_with_a_forged_token_is_refused_and_kept(client: Client, core: Core) -> None:
    receipt = await log(client)
    fields = {"token": "0" * 64, "action": "add", "receipt": receipt, "text": "He said it again."}
    response = await post(client, fields, "/concern/receipt")
    page = await response.text()
    assert response.status == 403 and "You logged it." not in page
    assert Drawn(page).filled["text"] == ("He said it again.",)
    assert not any(event.kind == "added" for event in stored(core, receipt).events)


# --- the way there, and the pure parts


async def test_the_chat_leads_to_the_form(client: Client) -> None:
    page = await (await client.get("/")).text()
    assert 'href="/concern"' in page and 'href="/concern/receipt"' in page
    token = Drawn(page).fields["token"][0]
    sent = {"token": token, "action": "ask", "text": "She told me her uncle hits her"}
    reply = await (await client.post("/", data=sent, headers={"X-Requested-With": "fetch"})).text()
    assert reply.index("Write it up") < reply.index('href="/concern">Log this concern')


def test_only_fields_that_are_asked_are_taken(school: School) -> None:
    fields = {"seen": ("x",), "token": ("t",), "where": ("  ",), "more": ("y",)}
    assert answers_of(form_for(school), fields) == {"seen": ("x",)}


def test_every_field_of_the_form_is_drawn_once(school: School) -> None:
    form = form_for(school)
    page = FormPage(school, form, "t", "s", (), dt.date(2026, 11, 23))
    drawn = [each.field.id for group in (*page.report, *page.reporter) for each in group.fields]
    assert drawn == [each.id for screen in (form.report, form.reporter) for each in screen.fields]
    assert all(group.heading for group in page.report[1:])


def test_while_little_is_known_the_first_answers_decide_whom_to_ring(school: School) -> None:
    def people(**answers: str) -> list[str]:
        return [person.id for person in to_tell(school, {name: (value,) for name, value in answers.items()}, NOW)]

    assert people() == ["dsl", "deputy-1", "deputy-2", "head"]
    assert people(about="head") == ["chair", "lado"]
    assert people(about="adult", adult_name="Amara Bello") == ["head", "lado"]
    assert people(about="pupil", you="dsl") == ["deputy-1", "deputy-2", "head"]


def test_moments_are_on_the_schools_clock(school: School) -> None:
    at = dt.datetime(2026, 7, 3, 13, 5, tzinfo=dt.UTC)
    assert moment(at, school.opening.zone) == "Friday 3 July at 14:05"
    assert moment(at, school.opening.zone, year=True) == "Friday 3 July 2026 at 14:05"
