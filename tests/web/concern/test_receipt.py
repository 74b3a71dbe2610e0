"""Following a concern by its receipt."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from adapters.web.pages import tel
from bot.knowledge import School
from bot.service.core import Core
from tests.conftest import NOW
from tests.drawn import Drawn
from tests.web.concern.form import EVERYTHING, NOBODY_LEFT, Client, log, look, post, stored


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
