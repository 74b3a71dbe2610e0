"""What tests in a real browser share: the browser, the served page, screenshots, and the look for barriers."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import queue
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiohttp import web
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from adapters.web.app import make_app
from adapters.web.security import Limits
from bot.service.core import Core

ROOT = Path(__file__).resolve().parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = Path(os.environ["ASKFIRST_SHOTS"]) if os.environ.get("ASKFIRST_SHOTS") else None
NOW = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)
ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PLACES = ("/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser")
DESK, PHONE, SMALL = {"width": 1280, "height": 900}, {"width": 390, "height": 844}, {"width": 320, "height": 568}
_WIDE = pytest.mark.wide
# The sizes and schemes in which a page is looked at for barriers: the wide layout and the narrow one in both schemes,
# the narrow one at two sizes. Those between the two ends are left to `make everything`.
EVERY_LOOK = pytest.mark.parametrize(
    ("name", "viewport", "scheme"),
    [
        pytest.param("desk", DESK, "light", id="desk-light"),
        pytest.param("desk", DESK, "dark", id="desk-dark", marks=_WIDE),
        pytest.param("phone", PHONE, "light", id="phone-light", marks=_WIDE),
        pytest.param("small", SMALL, "dark", id="small-dark"),
    ],
)

Opener = Callable[..., Page]


def missing(what: str) -> None:
    """Skip loudly on somebody's own machine; in CI a missing part is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    given = os.environ.get("CHROMIUM")
    found = given or next((place for place in PLACES if Path(place).is_file()), None) or shutil.which("chromium")
    if not found:
        missing("NO BROWSER: install chromium (apt-get install chromium) or set CHROMIUM to one; nothing was tested")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def address(core: Core) -> Iterator[str]:
    """The page, served for one test on a free loopback port by a thread: the browser has the main one's event loop."""
    app = make_app(core, lambda: NOW, key=b"k" * 32, limits=Limits(burst=500))
    started: queue.Queue[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = queue.Queue()

    async def run() -> None:
        runner, stop = web.AppRunner(app, shutdown_timeout=1), asyncio.Event()
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        started.put((asyncio.get_running_loop(), stop, runner.addresses[0][1]))
        await stop.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    loop, stop, port = started.get(timeout=10)
    yield f"http://127.0.0.1:{port}/"
    loop.call_soon_threadsafe(stop.set)
    thread.join(timeout=10)


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Opener]:
    """open_page(viewport, path, ...) -> the page, in a context that fails the test on any error of a script."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def opener(viewport: dict[str, int] = DESK, path: str = "", **options: object) -> Page:
        context = browser.new_context(viewport=viewport, reduced_motion="reduce", **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address + path)
        return page

    yield opener
    for context in contexts:
        context.close()
    assert errors == []


def shoot(page: Page, name: str, *, whole: bool = False) -> None:
    """A picture of the page, kept for whoever names a folder by ASKFIRST_SHOTS. It is always taken: to draw a page
    is to wait until it is there."""
    picture = page.screenshot(full_page=whole)
    if SHOTS:
        SHOTS.mkdir(parents=True, exist_ok=True)
        (SHOTS / f"{name}.png").write_bytes(picture)


def barriers(page: Page) -> list[str]:
    """What axe-core finds in the page as it is now."""
    if not AXE.is_file():
        missing("NO AXE-CORE: run `npm ci`; the page was not checked for barriers")
    page.wait_for_load_state("load")  # with its colours
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    # Every rule is tried; what passes is not written down element by element.
    found = page.evaluate("async () => (await axe.run({ resultTypes: ['violations'] })).violations")
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
