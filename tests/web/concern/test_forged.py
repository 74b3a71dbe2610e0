"""Forged forms, and that what is typed is only ever text that nobody else sees."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import ClientResponse

from adapters.web.security import token_for
from bot.concerns import form_for
from bot.knowledge import School
from bot.service.core import Core
from tests.drawn import Drawn
from tests.web.concern.form import EVERYTHING, KEY, PUPIL, Client, count, kept, look, post, receipt_in, start, stored

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
    assert drawn.filled | {"token": ()} == kept(fields) | {"token": ()}
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
    page = await (await post(client, drawn.filled | {"you_name": ("Jo Marsh",)})).text()
    assert page.count("<script") == 1 and "<img" not in page and "<b>" not in page
    receipt = receipt_in(await (await post(client, Drawn(page).filled)).text())
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
