"""What the page says after a restore: to whoever is signed in, to monitoring, and to whoever holds a receipt."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bot.answering.dialogue import Base
from bot.service.core import Core
from bot.store import Store, open_store
from bot.store.backup.restores import mark_restored
from tests.backup.places import backup, restore
from tests.browsing import EVERY_LOOK, NOW, Opener, barriers, overflow, shoot
from tests.conftest import KEY, SCHOOL
from tests.inboxing import World, answers, opened
from tests.web.inbox.test_browser import base_of, enter

HOLD, GO_ON = "Hold these alerts for 24 hours", "I have looked: alerts go on now"


class Restored:
    """A served page whose database was put back; a concern from before the backup, and the receipt of one since."""

    def __init__(self, world: World, number: str, gone: str) -> None:
        self.world, self.number, self.gone = world, number, gone


@pytest.fixture
async def page(base: Base, store: Store, tmp_path: Path) -> AsyncIterator[Restored]:
    before, url = World(base, store), f"sqlite:///{tmp_path / 'askfirst.db'}"
    number = before.log()
    backup(url, tmp_path / "backup", NOW)
    gone = before.core.casework.log("since", answers(), NOW).receipt
    store.close()
    restore(url, tmp_path / "backup", NOW, replace=True)
    again = open_store(url, (KEY,), tmp_path / "no.key")
    async with opened(base, again) as world:
        yield Restored(world, number, gone)
    again.close()


async def test_whoever_has_a_part_reads_it_and_who_leads_decides(page: Restored) -> None:
    for person, decides in (("dsl", True), ("deputy-1", True), ("head", True), ("chair", False)):
        shown = (await (await page.world.signed_in(person)).get("/inbox")).text
        assert "Restored from a backup" in shown, person
        assert (HOLD in shown, GO_ON in shown) == (decides, decides), person


@pytest.mark.parametrize(("action", "said"), [("run", "Alerts go on now."), ("hold", "held for 24 hours")])
async def test_a_button_decides_and_the_log_says_who_pressed_it(page: Restored, action: str, said: str) -> None:
    visitor = await page.world.signed_in("dsl")
    posted = await visitor.post("/inbox/restored", action=action)
    after = (await visitor.get(posted.to)).text
    assert said in after
    assert ("Restored from a backup" in after) == (action == "hold"), "it stays while alerts are held"
    lines = page.world.store.audit(SCHOOL).lines()
    assert ("restored", "dsl") in [(each.kind, each.by.person) for each in lines]


async def test_nobody_else_presses_it(page: Restored) -> None:
    chair = await page.world.signed_in("chair")
    assert (await chair.post("/inbox/restored", action="run")).status == 404
    dsl = await page.world.signed_in("dsl")
    assert (await dsl.post("/inbox/restored", action="nonsense")).status == 400
    assert (await (await page.world.visitor()).post("/inbox/restored", action="run")).to == "/inbox/sign-in"
    last = page.world.store.restores(SCHOOL).last()
    assert last and last.looked_at is None


async def test_monitoring_is_red_until_a_person_has_looked(page: Restored) -> None:
    stranger, dsl = await page.world.visitor(), await page.world.signed_in("dsl")
    before = await stranger.get("/healthz")
    assert (before.status, before.text) == (503, '{"status": "not ok"}')
    assert "restored from a backup" in (await dsl.get("/healthz")).text
    page.world.later(minutes=31)
    assert (await stranger.get("/healthz")).status == 503, "that alerts go on by themselves is no look"
    await (await page.world.signed_in("dsl")).post("/inbox/restored", action="run")
    page.world.core.delivery().claim(page.world.now)
    assert "restored" not in (await (await page.world.signed_in("dsl")).get("/healthz")).text


async def test_a_receipt_that_is_gone_says_whom_to_ring(page: Restored) -> None:
    visitor = await page.world.visitor()
    for more in ({}, {"action": "add", "text": "And more."}):
        await visitor.get("/concern/receipt")
        seen = await visitor.post("/concern/receipt", receipt=page.gone, **more)
        assert seen.status == 404
        assert "It is not here" in seen.text and "020 7946 0101" in seen.text
        assert "No concern has this number" not in seen.text


@pytest.mark.browser
@EVERY_LOOK
def test_no_barriers(
    open_page: Opener, core: Core, store: Store, name: str, viewport: dict[str, int], scheme: str
) -> None:
    core.casework.log("one", answers(), NOW)
    with store._database.transaction() as connection:
        mark_restored(connection, [SCHOOL], NOW, NOW)
    page = open_page(viewport, "inbox/sign-in", color_scheme=scheme)
    enter(page, store, "dsl", base_of(page))
    expect(page.get_by_role("button", name=GO_ON)).to_be_visible()
    assert barriers(page) == []
    assert overflow(page) <= 0
    shoot(page, f"restored-{name}-{scheme}", whole=True)
    page.get_by_role("button", name=GO_ON).click()
    expect(page.get_by_text("Alerts go on now.")).to_be_visible()
