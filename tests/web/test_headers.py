"""Headers, cookie and key of the page."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from adapters.web.security import is_conversation, is_token, read_key, token_for
from bot.errors import AskFirstError
from bot.service.core import Core
from tests.web.page import EX_PUPIL, KEY, Client, ask, page_of


@pytest.mark.parametrize("path", ["/", "/static/style.css", "/static/chat.js", "/nowhere", "/health"])
async def test_every_response_carries_the_headers(client: Client, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self';")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Server"] == "askfirst"
    assert headers["Cache-Control"] == ("no-cache" if "static" in path else "no-store")


async def test_the_page_holds_nothing_inline(client: Client) -> None:
    page = await ask(client, EX_PUPIL)
    assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=", page)


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Client) -> None:
    cookie = (await client.get("/")).headers["Set-Cookie"]
    assert re.match(r"askfirst=[0-9a-f]{32}; HttpOnly; Path=/; SameSite=Strict$", cookie)
    assert "Set-Cookie" not in (await client.get("/")).headers


async def test_the_cookie_is_kept_to_https_where_asked(core: Core) -> None:
    async with TestClient(TestServer(page_of(core, secure_cookies=True))) as client:
        cookie = (await client.get("/")).headers["Set-Cookie"]
    assert cookie.startswith("__Host-askfirst=")
    assert "Secure" in cookie


async def test_a_made_up_cookie_is_replaced(client: Client) -> None:
    response = await client.get("/", headers={"Cookie": "askfirst=<script>"})
    assert "Set-Cookie" in response.headers


def test_ids_and_tokens_are_checked_whole() -> None:
    assert is_conversation("0" * 32)
    assert not is_conversation("0" * 32 + "\n")
    assert is_token(KEY, "0" * 32, token_for(KEY, "0" * 32))
    assert not is_token(KEY, "0" * 32, "é")


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    key = read_key(tmp_path / "new")
    assert read_key(tmp_path / "new") == key
    assert stat.S_IMODE((tmp_path / "new" / "web.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["web.key"]


def test_a_damaged_key_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "web.key").write_bytes(b"short")
    with pytest.raises(AskFirstError, match="Delete the file"):
        read_key(tmp_path)
