"""Logging a concern on the page, over real HTTP with a real store, and when it cannot be stored."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.web.pages import tel
from bot.knowledge import Role, School
from bot.service.casework import Casework
from bot.service.core import Core
from bot.store import Concerns, Store
from tests.drawn import Drawn
from tests.web.concern.form import (
    EVERYTHING,
    FIRST,
    NOBODY_LEFT,
    PUPIL,
    SUNDAY,
    YOU,
    Client,
    count,
    kept,
    log,
    post,
    receipt_in,
    served,
    start,
    stored,
)

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
    # A pupil, or a parent, may be told and may ask for the record.
    assert ("is not alerted and has no access here." in page) == (about["about"] != "pupil")
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
    assert drawn.filled == kept(fields)
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
    rung: tuple[Role, ...],
    silent: tuple[Role, ...],
) -> None:
    fields = await start(client, {**FIRST, **about, "seen": "Something.", **YOU})
    break_store(True)
    page = await (await post(client, fields)).text()
    panel = page[page.index('class="panel alarm"') : page.index("</section>")]
    assert all(school.holders(role)[0].phone in panel for role in rung)
    assert all(school.holders(role)[0].phone not in panel for role in silent)


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
    assert Drawn(page).filled == kept(fields)
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
    assert "This was NOT logged" in drawn.texts["trouble"] and drawn.filled == kept(fields)
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
    assert drawn.filled == kept(fields)
    assert (await client.get("/concern")).status == 200
    assert count(file) == 1


async def test_far_too_much_text_is_not_logged_and_says_so(client: Client) -> None:
    response = await post(client, await start(client, {**PUPIL, "seen": "x" * 300_000}))
    page = await response.text()
    assert response.status == 413
    assert "This was NOT logged: it did not arrive whole" in page and "tel:999" in page
