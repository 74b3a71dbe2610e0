"""What a page saves into the files is what the very next page shows, on a server that looks at its files by itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.command.workshop import workshop_of
from bot.service.core import Core
from bot.service.live.base import LiveBase
from bot.settings import read_settings
from bot.store import Store
from tests.inboxing import World
from tests.make_base import small_cache
from tests.policies import making
from tests.web.answers.conftest import Files
from tests.web.answers.test_pages import words
from tests.web.policies.putting import read, take_in
from tests.web.policies.test_pages import HOME, NEXT

CITED = "friend-ex-pupil"


@pytest.fixture
def live(files: Files, tmp_path: Path) -> LiveBase:
    """A server's base, at which no loop looks."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "cache").symlink_to(small_cache())
    given = {"ASKFIRST_DATA": str(data), "ASKFIRST_KNOWLEDGE": str(files.folder), "ASKFIRST_MODEL": "none"}
    return LiveBase(read_settings(given))


@pytest.fixture
def core(files: Files, live: LiveBase, store: Store, tmp_path: Path) -> Core:
    given = {"ASKFIRST_DATA": str(tmp_path / "data"), "ASKFIRST_KNOWLEDGE": str(files.folder), "ASKFIRST_MODEL": "none"}
    return Core(live.current, store, workshop=workshop_of(read_settings(given), live, lambda: None))


async def test_whatever_is_saved_stands_on_the_page_that_follows(
    world: World, live: LiveBase, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    visitor = await world.signed_in("dsl")
    done = await take_in(visitor, await read(visitor, "social-media.md", making.MARKDOWN.encode()))
    page = await visitor.get(done.to)
    assert page.status == 200 and "Nobody has looked it over yet" in words(page)
    edition = live.current().knowledge.own["social-media"].digest
    marks = {f"force-social-media-0{number}": "" for number in range(1, 8)}
    done = await visitor.post(HOME, edition=edition, show="", all="must", **{"from": "0"}, **marks)
    assert "Looked over" in words(await visitor.get(done.to))
    one = live.current().knowledge.own["social-media"].clause("social-media-02")
    assert one
    done = await visitor.post(
        f"{HOME}/clauses/social-media-02", action="tick", entry=CITED, agrees="yes", words=one.words
    )
    assert "Ms Amara Bello said so on" in words(await visitor.get(done.to))
    done = await take_in(visitor, await read(visitor, "next.md", NEXT.encode(), of="social-media"))
    assert "Answers to be read again (1)" in words(await visitor.get(done.to))
    waiting = await visitor.get(f"/inbox/answers/waiting/file:{CITED}")
    [digest] = re.findall(r'name="digest" value="([^"]+)"', waiting.text)
    ticks = dict.fromkeys(re.findall(r'name="(tick-\d+)"', waiting.text), "yes")
    done = await visitor.post(
        f"/inbox/answers/waiting/file:{CITED}", action="approve", digest=digest, review_by="", **ticks
    )
    listed = words(await visitor.get(done.to))
    assert "Approved." in listed and "Nothing waits for you." in listed
    monkeypatch.setattr(live, "catch_up", lambda _: False)
    for path in (done.to, f"{HOME}?done=marked"):
        page = await visitor.get(path)
        assert page.status == 503 and "It is kept, and not taken up yet" in words(page)


def test_nobody_waits_longer_than_told_for_files_that_take_long(live: LiveBase) -> None:
    with live._reloading:
        assert not live.catch_up(0.01)
    assert live.catch_up(60)
