"""The page from the school's network alone, as nginx.conf and Caddyfile have it ready: the real programs, in front of a
server that says what came through."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from adapters.delivering.gateway import ACKNOWLEDGE
from adapters.slack.installing import INSTALL, INSTALLED
from adapters.slack.start import EVENTS
from adapters.teams.start import MESSAGES
from tests.operations.proxies import Proxy, running

pytestmark = pytest.mark.slow
KINDS = pytest.mark.parametrize("kind", ["nginx", "caddy"])
AT_SCHOOL, AT_HOME = "127.0.0.1", "127.0.0.2"
ONLY = {"#only ": "", "203.0.113.0/24": "127.0.0.1/32"}
PAGES = (
    "/", "/concern", "/concern/receipt", "/privacy", "/inbox", "/inbox/sign-in", "/inbox/test-alert?token=x",
    "/inbox/concerns/7QX2M", "/static/style.css", "/livez", f"{MESSAGES}/a-secret-for-trying-it",
)  # fmt: skip
CHATS = (EVENTS, INSTALL, INSTALLED + "?code=x&state=y", MESSAGES, ACKNOWLEDGE + "?token=x", "/healthz")
ROUND_ABOUT = (
    "/slack/../inbox", "/slack/%2e%2e/inbox", "/slack/events/../../inbox", "/inbox/..%2fslack/events",
    "/inbox/concerns/..%2f..%2f..%2fslack%2fevents", "//slack/events", "/slack/events%2f..%2f..%2finbox",
    "/SLACK/events", "/concern?x=/slack/events", "/concern#/slack/events",
)  # fmt: skip


class _Says(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        said = f"came through: {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Says nothing else."""


@contextmanager
def closed(kind: str, folder: Path, more: dict[str, str] | None = None) -> Iterator[Proxy]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Says)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with running(kind, server.server_port, folder, {**ONLY, **(more or {})}) as proxy:
            yield proxy
    finally:
        server.shutdown()
        server.server_close()


@KINDS
def test_from_elsewhere_only_what_is_signed_comes_through(kind: str, tmp_path: Path) -> None:
    with closed(kind, tmp_path) as proxy:
        for path in (*PAGES, *CHATS):
            assert proxy.ask(path, address=AT_SCHOOL).text == f"came through: {path}"
        for path in ROUND_ABOUT:
            assert proxy.ask(path, address=AT_HOME).status in (400, 403), path
        for path in PAGES:
            refused = proxy.ask(path, address=AT_HOME, X_Forwarded_For=AT_SCHOOL)
            assert (refused.status, "came through" in refused.text) == (403, False), path
        assert "ring 999" in refused.text and refused.all("cache-control") == ["no-store"]
        assert refused.all("content-type")[0].startswith("text/plain")
        for path in CHATS:
            for method in ("GET", "POST"):
                assert proxy.ask(path, method, b"{}", AT_HOME).text == f"came through: {path}"


@KINDS
def test_where_the_school_wants_it_the_inbox_opens_from_home_and_nothing_else_does(kind: str, tmp_path: Path) -> None:
    with closed(kind, tmp_path, {"#home ": ""}) as proxy:
        for path in (
            "/inbox",
            "/inbox/enter?token=x",
            "/inbox/concerns/7QX2M",
            "/inbox/test-alert",
            "/static/style.css",
        ):
            assert proxy.ask(path, address=AT_HOME).text == f"came through: {path}"
        for path in ("/", "/concern", "/inboxes", "/inbox/../concern", "/inbox/%2e%2e/concern", "/static/..%2fconcern"):
            assert proxy.ask(path, address=AT_HOME).status in (400, 403), path


@KINDS
def test_as_it_is_shipped_nobody_is_kept_out(kind: str, tmp_path: Path) -> None:
    with closed(kind, tmp_path, {"#only ": "#only "}) as proxy:
        assert proxy.ask("/concern", address=AT_HOME).text == "came through: /concern"
