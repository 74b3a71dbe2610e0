"""What was written is shown once more, with how urgent it is and for whom, before anything is logged."""

from __future__ import annotations

import asyncio
import html
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.web.concern.pages import ConcernPages, SignedIn
from adapters.web.pages import tel
from adapters.web.site import Site
from bot.concerns.form import IN_DANGER
from bot.knowledge import School
from bot.service.core import Core
from tests.conftest import NOW
from tests.drawn import Drawn
from tests.web.concern.form import (
    EVERYTHING,
    FIRST,
    KEY,
    PUPIL,
    SUNDAY,
    YOU,
    Client,
    Fields,
    count,
    kept,
    post,
    receipt_in,
    served,
    start,
    stored,
)


async def written(client: Client, fields: Fields = PUPIL) -> dict[str, tuple[str, ...]]:
    """A report as it is sent from the form, with the button that leads on to the check."""
    return await start(client, fields) | {"step": ("report",)}


async def test_what_was_written_is_shown_and_nothing_is_logged(client: Client, file: Path) -> None:
    fields = await written(client, EVERYTHING)
    response = await post(client, fields)
    page = await response.text()
    drawn = Drawn(page)
    assert response.status == 200 and count(file) == 0
    assert "Check before you send" in drawn.title and "Nothing is logged yet." in page
    assert "receipt" not in drawn.texts
    shown = page[page.index("<dl>") : page.index("</dl>")]
    for words in (
        "A pupil or pupils\nAn adult at the school", "Robin Vale, 8B\nSam Poole, 8C", "The adult’s full name",
        "Lee Ashdown", "It was not there on Friday.", "“He grabbed me.”", "20 November 2026", "after lunch",
        "Physical harm\nConduct of an adult", "Jo Marsh", "j.marsh@fernbank.example",
    ):  # fmt: skip
        assert words in shown
    assert "Links and pictures" not in shown


async def test_it_is_sent_from_there_as_it_stands_there_and_only_once(client: Client, core: Core, file: Path) -> None:
    checked = Drawn(await (await post(client, await written(client, EVERYTHING))).text()).filled
    receipts = {receipt_in(await (await post(client, checked)).text()) for _ in range(3)}
    assert len(receipts) == 1 and count(file) == 1
    report = stored(core, receipts.pop(), "head").report
    assert (report.seen, report.words) == (EVERYTHING["seen"], EVERYTHING["words"])
    assert report.categories == EVERYTHING["categories"] and len(report.pupils) == 2


async def test_a_check_that_is_loaded_again_or_left_logs_nothing(client: Client, file: Path) -> None:
    fields = await written(client)
    assert [(await post(client, fields)).status for _ in range(3)] == [200] * 3
    assert count(file) == 0


async def test_change_something_leads_back_to_the_whole_form_with_everything_in_it(client: Client, file: Path) -> None:
    fields = await written(client, EVERYTHING)
    checked = Drawn(await (await post(client, fields)).text()).filled
    response = await post(client, checked | {"change": ("yes",)})
    page = await response.text()
    drawn = Drawn(page)
    assert response.status == 200 and count(file) == 0
    assert drawn.filled == kept(fields)
    # Also what was answered on the first screen, which decides how urgent it is.
    assert "Is anyone in danger now?" in page and drawn.controls["danger"]["type"] == "radio"
    assert "summary" not in drawn.texts and "trouble" not in drawn.texts
    again = Drawn(await (await post(client, drawn.filled | {"danger": ("yes",)})).text())
    assert "Marked as immediate" in again.texts["goes-to"]


async def test_in_danger_999_and_whom_to_ring_come_before_the_check_and_it_is_sent_at_once(
    client: Client, school: School
) -> None:
    page = html.unescape(await (await post(client, await written(client, {**PUPIL, "danger": "yes"}))).text())
    dsl = school.holders("dsl")[0]
    order = ['href="tel:999"', IN_DANGER, f'href="{tel(dsl.phone)}"', "Check before you send", "Nothing is logged yet."]
    order += ['data-wait="Sending', "Marked as immediate", dsl.name + "</strong>", "What you wrote"]
    where = [page.index(order[0])]
    for part in order[1:]:
        where.append(page.index(part, where[-1]))
    assert page.index(dsl.phone) < page.index("Check before you send</h2>")
    assert page.count('data-wait="Sending') == 2


async def test_without_danger_the_check_has_999_and_whoever_told_nobody_sees_whom_to_ring(
    client: Client, school: School
) -> None:
    told = await (await post(client, await written(client))).text()
    untold = await (await post(client, await written(client, {**PUPIL, "told": "no"}))).text()
    for page in (told, untold):
        assert "Not marked as immediate" in page and 'href="tel:999"' in page
    ring = f'href="{tel(school.holders("dsl")[0].phone)}"'
    assert "Then fill this in." not in untold
    assert ring in untold and ring not in told.split('<template id="unreachable"')[0]


_FOR_WHOM: tuple[tuple[dict[str, str], str, str], ...] = (
    ({"about": "pupil", "pupils": "Robin Vale"}, "dsl", "head"),
    ({"about": "adult", "adult_name": "Lee Ashdown"}, "head", "dsl"),
    ({"about": "adult", "adult": "dsl"}, "head", "dsl"),
    ({"about": "adult", "adult_name": "Ruth Calder"}, "chair", "head"),
    ({"about": "head"}, "chair", "head"),
)


@pytest.mark.parametrize(("about", "told", "silent"), _FOR_WHOM)
async def test_it_says_for_whom_it_is_and_the_receipt_then_names_the_same(
    client: Client, school: School, about: dict[str, str], told: str, silent: str
) -> None:
    page = await (await post(client, await written(client, {**FIRST, **about, "seen": "x", **YOU}))).text()
    section = page[page.index("goes-to") : page.index("What you wrote")]
    assert school.people[told].name in section and school.people[silent].name not in section
    assert ("is not alerted and has no access here." in section) == (about["about"] != "pupil")
    assert school.people[told].name in await (await post(client, Drawn(page).filled)).text()


async def test_what_is_wrong_is_said_before_the_check_and_once_more_where_the_school_has_changed(
    client: Client, file: Path
) -> None:
    for step in ("report", "send"):
        response = await post(client, await written(client, {**PUPIL, "seen": ""}) | {"step": (step,)})
        drawn = Drawn(await response.text())
        assert response.status == 400 and "e-seen" in drawn.texts and drawn.filled["step"] == ("report",)
    assert count(file) == 0


@pytest.mark.parametrize("change", [{}, {"step": ("send",), "change": ("yes",)}], ids=["check", "change"])
async def test_where_nothing_was_to_be_stored_an_old_page_leads_on(
    client: Client, file: Path, change: dict[str, tuple[str, ...]]
) -> None:
    fields = await written(client) | {"token": ("",)} | change
    response = await post(client, fields)
    drawn = Drawn(await response.text())
    assert response.status == 403 and "trouble" not in drawn.texts
    assert drawn.filled["seen"] == (PUPIL["seen"],) and drawn.filled["token"] != ("",)
    assert (await post(client, drawn.filled | {"step": ("send",)})).status == 200
    assert count(file) == 1


@asynccontextmanager
async def with_somebody(core: Core, signed_in: SignedIn) -> AsyncIterator[Client]:
    """The form where `signed_in` says who is signed in to the inbox."""
    site = Site(core.school, lambda: NOW, KEY)
    app = web.Application(middlewares=[site.boundary()])
    app.add_routes(ConcernPages(site, core.casework, signed_in=signed_in).routes())
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_the_check_asks_no_store_and_waits_for_nobody_who_may_be_signed_in(core: Core) -> None:
    async def never(_: web.Request) -> str:
        await asyncio.Event().wait()
        return ""

    async with with_somebody(core, never) as client:
        core.store.close()
        response = await post(client, await written(client))
        assert response.status == 200 and "Nothing is logged yet." in await response.text()


async def test_whoever_is_signed_in_is_not_said_to_be_alerted(core: Core, school: School) -> None:
    async def dsl(_: web.Request) -> str:
        return "dsl"

    fields = {**PUPIL, "you_name": "", "you_role": "", "you": "dsl"}
    async with with_somebody(core, dsl) as client:
        page = await (await post(client, await written(client, fields))).text()
    section = page[page.index("goes-to") : page.index("What you wrote")]
    assert school.people["deputy-1"].name in section and school.people["dsl"].name not in section


async def test_while_the_school_is_closed_the_check_says_until_when(core: Core) -> None:
    async with served(core, SUNDAY) as client:
        page = await (await post(client, await written(client))).text()
    section = page[page.index("goes-to") : page.index("What you wrote")]
    assert "closed now, until Monday 30 November at 08:00. It may not be read before it opens." in section
