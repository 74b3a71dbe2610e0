"""The page that says what is kept: where it is found, that it is true to the others, and that everybody can read it."""

from __future__ import annotations

import pytest

from adapters.teams.manifest import PRIVACY, manifest
from bot.service.core import Core
from tests.browsing import DESK, EVERY_LOOK, PHONE, Opener, barriers, overflow, shoot
from tests.drawn import Drawn
from tests.web.page import Client


async def test_it_says_what_stays_in_the_chats_and_whom_to_ask(client: Client, core: Core) -> None:
    answer = await client.get(PRIVACY)
    assert answer.status == 200
    text = " ".join((await answer.text()).split())
    assert "What you type in a chat with AskFirst stays in Slack or Teams" in text
    (asked, *_) = core.school().holders("office") or core.school().holders("head")
    assert asked.name in text and "999" in text


@pytest.mark.parametrize("page", ["/", "/concern"])
async def test_every_page_leads_to_it(client: Client, page: str) -> None:
    assert PRIVACY in Drawn(await (await client.get(page)).text()).links


async def test_the_teams_app_leads_to_it(client: Client) -> None:
    described = manifest("8e0f5c3a-1b2c-4d5e-8f90-a1b2c3d4e5f6", "https://ask.school.example", "1.0.0")
    for name in ("privacyUrl", "termsOfUseUrl"):
        path = str(described["developer"][name]).removeprefix("https://ask.school.example")
        assert (await client.get(path)).status == 200


@pytest.mark.browser
@EVERY_LOOK
def test_nothing_on_it_is_a_barrier(open_page: Opener, name: str, viewport: dict[str, int], scheme: str) -> None:
    page = open_page(viewport, "privacy", color_scheme=scheme)
    assert barriers(page) == []
    assert overflow(page) <= 0


@pytest.mark.browser
@pytest.mark.parametrize(("name", "viewport"), [("desk", DESK), ("phone", PHONE)])
def test_it_is_looked_at(open_page: Opener, name: str, viewport: dict[str, int]) -> None:
    page = open_page(viewport, "privacy")
    shoot(page, f"privacy-{name}", whole=True)
    assert page.get_by_role("heading", name="What AskFirst keeps").is_visible()
