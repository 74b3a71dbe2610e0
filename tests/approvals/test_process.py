"""A real server, a file that somebody edits by hand, kill -9, and a restart: approved words and no others."""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answering.dialogue import Base
from tests.approvals.giving import CHANGED, PHONE, Folder
from tests.conftest import KEY, ROOT
from tests.databases import free_port, wait_until
from tests.make_base import small_cache

START = "from adapters.command.main import main; main()"
LONG = 60.0  # seconds for a process to start on a slow machine
pytestmark = [pytest.mark.slow, pytest.mark.not_quick]


class Server:
    """`askfirst serve --demo` on a knowledge folder, as often as one likes."""

    def __init__(self, folder: Folder, data: Path) -> None:
        self._folder, self._data, self._port = folder, data, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        return (self._data / "log").read_text(encoding="utf-8")

    def start(self) -> None:
        """Start it, and wait until it listens."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ASKFIRST_", "SLACK_"))}
        given = {
            "ASKFIRST_DATA": str(self._data), "ASKFIRST_KNOWLEDGE": str(self._folder.path), "ASKFIRST_KEYS": KEY,
            "ASKFIRST_PORT": str(self._port), "ASKFIRST_MODEL": "none", "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        with (self._data / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", START, "serve", "--demo"], env=kept | given, stdout=log, stderr=log
            )
        wait_until(self._listens, LONG)

    def end(self, number: int = signal.SIGKILL) -> None:
        """kill -9, or another signal."""
        if self._process:
            self._process.send_signal(number)
            self._process.wait(LONG)
            self._process = None

    def asked(self, text: str) -> str:
        """The page with the reply."""
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        with browser.open(f"http://127.0.0.1:{self._port}/") as page:
            token = re.search(r'name="token" value="([^"]+)"', page.read().decode())
        assert token
        filled = urllib.parse.urlencode({"token": token[1], "action": "ask", "text": text}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self._port}/", filled)
        request.add_header("Origin", f"http://127.0.0.1:{self._port}")
        with browser.open(request) as page:
            return str(page.read().decode())

    def _listens(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/health", timeout=5) as found:
                return bool(found.status == 200)
        except (OSError, urllib.error.URLError):
            time.sleep(0.05)
            return False


@pytest.fixture
def server(folder: Folder, tmp_path: Path, base: Base) -> Iterator[Server]:
    data = tmp_path / "data"
    data.mkdir()
    (data / "cache").symlink_to(small_cache())
    made = Server(folder, data)
    yield made
    made.end()


def test_after_kill_and_restart_only_approved_words_are_served(folder: Folder, server: Server) -> None:
    server.start()
    before = server.asked(PHONE)
    assert "Approved by Ms Amara Bello, Designated Safeguarding Lead, on 1 September 2026." in before
    folder.change_words()
    server.end()
    server.start()
    after = server.asked(PHONE)
    assert CHANGED not in after
    assert "Approved by Ms Amara Bello" in after
    folder.approve(["trip-phone"])
    server.end()
    server.start()
    assert CHANGED in server.asked(PHONE)


def test_after_kill_and_restart_with_forged_words_the_last_good_ones_are_served(folder: Folder, server: Server) -> None:
    server.start()
    folder.edit("approvals.yaml", f"title: {folder.load().entries['trip-phone'].title}", "title: Forged")
    server.end()
    server.start()
    page = server.asked(PHONE)
    assert "Forged" not in page and "Approved by Ms Amara Bello" in page
    assert "trip-phone > words: are not those that were approved" in server.log


def test_what_nobody_has_approved_is_not_served_by_a_server_either(folder: Folder, server: Server) -> None:
    folder.approvals.write_text("approvals: []\n", encoding="utf-8")
    server.start()
    page = server.asked(PHONE)
    assert "it is not approved for use at this school now" in page
    assert "020 7946" in page  # whom to ask
