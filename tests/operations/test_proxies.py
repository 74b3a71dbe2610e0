"""nginx and Caddy as docs/operations.md sets them up, for real, in front of a real server."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.databases import free_port, wait_until
from tests.operations.proxies import NAME, Proxy, heard, running
from tests.terminal.conftest import desk
from tests.terminal.driving import LONG, Desk, with_learned_state

__all__ = ["desk"]  # a fixture
pytestmark = [pytest.mark.slow, pytest.mark.wide]
KINDS = pytest.mark.parametrize("kind", ["nginx", "caddy"])
AWAY = "AskFirst cannot be reached"
# Where a test would wait for it: a second.
SHORT = {
    "nginx": {
        "client_header_timeout 15s": "client_header_timeout 1s",
        "proxy_read_timeout 60s": "proxy_read_timeout 1s",
    },
    "caddy": {"read_header 15s": "read_header 1s", "response_header_timeout 60s": "response_header_timeout 1s"},
}


@contextmanager
def served(desk: Desk, kind: str) -> Iterator[Proxy]:
    """A server with the settings that docs/operations.md names, and the proxy in front of it."""
    with_learned_state(desk.folder)
    port = free_port()
    desk.more |= {"ASKFIRST_PORT": str(port), "ASKFIRST_URL": f"https://{NAME}", "ASKFIRST_PROXIES": "1"}
    folder = desk.folder / "proxy"
    folder.mkdir()
    with desk.running("serve", "--demo"), running(kind, port, folder, {}) as proxy:
        wait_until(lambda: proxy.ask("/livez").status == 200, LONG)
        yield proxy


@KINDS
def test_in_front_of_a_real_server(desk: Desk, kind: str) -> None:
    with served(desk, kind) as proxy:
        _headers(proxy)
        _own_pages(proxy)
        _uploads(proxy)
        _limits(proxy)
        _what_is_written_down(proxy)


def _headers(proxy: Proxy) -> None:
    """Strict headers once each, cookies for https alone, and http leads to https."""
    page = proxy.ask("/")
    assert (page.status, "Fernbank Academy" in page.text) == (200, True)
    assert page.all("strict-transport-security") == ["max-age=31536000"]
    assert len(page.all("content-security-policy")) == 1
    assert not any(mark in " ".join(page.all("server")) for mark in ("Python", "aiohttp", "/"))
    assert re.match(r"__Host-askfirst=\w+; .*Secure", page.all("set-cookie")[0])
    led = proxy.plain("/concern")
    assert (led.status in (301, 308), led.all("location")) == (True, [f"https://{NAME}/concern"])


def _own_pages(proxy: Proxy) -> None:
    """What AskFirst says of a fault is passed on as it is."""
    gone = proxy.ask("/no-such-page")
    assert (gone.status, "There is no such page." in gone.text) == (404, True)
    assert proxy.ask("/healthz").text in ('{"status": "ok"}', '{"status": "not ok"}')


def _uploads(proxy: Proxy) -> None:
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    much = proxy.ask("/ask", "POST", b"text=" + b"x" * 300_000, **form)
    assert AWAY not in much.text, "AskFirst says so itself"
    far_too_much = proxy.ask("/concern", "POST", b"text=" + b"x" * 3_000_000, **form)
    assert far_too_much.status in (0, 413, 503), "it may be cut off before it has been sent"


def _limits(proxy: Proxy) -> None:
    """Each visitor's own address counts, whatever they say that it is."""
    statuses = [
        proxy.ask("/inbox/test-alert", "POST", b"alert=x", X_Forwarded_For=f"203.0.113.{number}").status
        for number in range(40)
    ]
    assert 429 in statuses and statuses[0] != 429
    assert proxy.ask("/inbox/test-alert", "POST", b"alert=x", "127.0.0.2").status != 429


def _what_is_written_down(proxy: Proxy) -> None:
    proxy.ask("/inbox/enter?token=a-secret-that-signs-somebody-in")
    assert "a-secret" not in proxy.logged and "127.0.0.2" not in proxy.logged


@KINDS
def test_while_the_server_is_away(kind: str, tmp_path: Path) -> None:
    with running(kind, free_port(), tmp_path, {}) as proxy:
        away = proxy.ask("/concern?token=a-secret")
        assert (away.status, AWAY in away.text, "NOT logged" in away.text) == (503, True, True)
        assert away.all("retry-after") == ["30"] and away.all("cache-control") == ["no-store"]
        assert away.all("strict-transport-security") == ["max-age=31536000"]
        assert away.all("content-type")[0].startswith("text/html")
        assert proxy.ask("/away.html").status != 200 or kind == "caddy"
        assert "a-secret" not in proxy.logged


@KINDS
def test_nobody_holds_a_connection_and_nobody_waits_for_ever(kind: str, tmp_path: Path) -> None:
    short = {line: f"{line.split()[0]} 1s" for line in SHORT[kind]}
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,  # it takes connections, and never answers
        running(kind, silent.getsockname()[1], tmp_path, short) as proxy,
    ):
        hanging = proxy.ask("/")
        assert (hanging.status, AWAY in hanging.text) == (503, True)
        half = proxy.said(b"GET / HTTP/1.1\r\nHost: ask")
        assert half == b"" or heard(half).status in (400, 408)


def test_another_name_is_not_answered(desk: Desk) -> None:
    with served(desk, "nginx") as proxy:
        other = proxy.ask("/", host="evil.example")
        assert (other.status, "not meant to be here" in other.text) == (421, True)
