"""The proxies of docs/operations.md as they are shipped, with a certificate of their own and on other ports."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browsing import missing
from tests.conftest import ROOT
from tests.databases import free_port, wait_until

NAME = "ask.school.example"
_PLACES = "/usr/sbin:/usr/local/sbin:/sbin:" + os.environ.get("PATH", "")


@dataclass(frozen=True)
class Heard:
    """One answer: its status, its headers in the order in which they came, its text."""

    status: int
    headers: tuple[tuple[str, str], ...]
    text: str

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for each, value in self.headers if each == name.lower()]


@dataclass(frozen=True)
class Proxy:
    """A running proxy: where it listens, what certificate it has, and everything that it has written down."""

    http: int
    https: int
    folder: Path

    @property
    def logged(self) -> str:
        return "".join(path.read_text(errors="replace") for path in self.folder.glob("*.log"))

    def ask(
        self, path: str, method: str = "GET", body: bytes = b"", address: str = "127.0.0.1", host: str = NAME,
        **headers: str,
    ) -> Heard:  # fmt: skip
        """One request over https, from this address of this computer."""
        given = {"Host": host, "Content-Length": str(len(body)), "Connection": "close"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        return heard(self.said(self._request(method, path, given) + body, address))

    def said(self, sent: bytes, address: str = "127.0.0.1") -> bytes:
        """All that comes back until the proxy closes."""
        trusting = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        with (
            socket.create_connection(("127.0.0.1", self.https), 60, (address, 0)) as plain,
            trusting.wrap_socket(plain, server_hostname=NAME) as connection,
        ):
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it has heard enough, and says so
                connection.sendall(sent)
            return _all_of(connection)

    def plain(self, path: str) -> Heard:
        """One request over http."""
        with socket.create_connection(("127.0.0.1", self.http), 60) as connection:
            connection.sendall(self._request("GET", path, {"Host": NAME, "Connection": "close"}))
            return heard(_all_of(connection))

    def _request(self, method: str, path: str, headers: Mapping[str, str]) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode()


def heard(raw: bytes) -> Heard:
    """What came over the wire -> an answer."""
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = tuple((name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
    return Heard(int(first.split()[1]) if first else 0, headers, body.decode(errors="replace"))


@contextmanager
def running(kind: str, upstream: int, folder: Path, changed: Mapping[str, str]) -> Iterator[Proxy]:
    """nginx or Caddy with the file from docs/, in front of `upstream`. `changed` are further lines that stand in the
    file and what is to stand there instead."""
    found = shutil.which(kind, path=_PLACES)
    if found is None:
        missing(f"NO {kind.upper()}: install it (apt-get install nginx-light caddy); the file in docs/ was not tried")
    assert found
    proxy = Proxy(free_port(), free_port(), folder)
    _certificate(folder)
    shutil.copy(ROOT / "docs" / "away.html", folder)
    command = (_nginx if kind == "nginx" else _caddy)(found, proxy, upstream, changed)
    with (folder / "output.log").open("wb") as output:
        home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output, env={**os.environ, **home})
    try:
        wait_until(lambda: _listens(proxy.https) or process.poll() is not None, 30)
        assert process.poll() is None, proxy.logged
        yield proxy
    finally:
        process.terminate()
        process.wait(30)


def _nginx(program: str, proxy: Proxy, upstream: int, changed: Mapping[str, str]) -> list[str]:
    folder = proxy.folder
    (folder / "site.conf").write_text(
        _written("nginx.conf", {
            "    listen 80;\n    listen [::]:80;": f"    listen 127.0.0.1:{proxy.http};",
            "    listen 443 ssl http2;": f"    listen 127.0.0.1:{proxy.https} ssl http2;",
            "    listen [::]:443 ssl http2;\n": "",
            "/etc/letsencrypt/live/ask.school.example": str(folder),
            "/var/log/nginx/askfirst.log": str(folder / "site.log"),
            "/var/www/askfirst": str(folder),
            "127.0.0.1:8080": f"127.0.0.1:{upstream}",
            **changed,
        }), encoding="utf-8",
    )  # fmt: skip
    kept = "".join(
        f"{each}_temp_path {folder}/{each};\n" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    own = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "main.conf").write_text(
        f"{own}worker_processes 1;\npid {folder}/pid;\nerror_log {folder}/main.log;\nevents {{}}\n"
        f"http {{\n{kept}include /etc/nginx/mime.types;\ninclude {folder}/site.conf;\n}}\n",
        encoding="utf-8",
    )
    return [
        program,
        "-p",
        str(folder),
        "-e",
        str(folder / "main.log"),
        "-c",
        str(folder / "main.conf"),
        "-g",
        "daemon off;",
    ]


def _caddy(program: str, proxy: Proxy, upstream: int, changed: Mapping[str, str]) -> list[str]:
    folder = proxy.folder
    ports = f"{{\n\tadmin off\n\thttp_port {proxy.http}\n\thttps_port {proxy.https}\n\tskip_install_trust\n\tservers {{"
    (folder / "Caddyfile").write_text(
        _written("Caddyfile", {
            "{\n\tservers {": ports,
            "ask.school.example {\n": f"ask.school.example {{\n\ttls {folder}/fullchain.pem {folder}/privkey.pem\n",
            "/var/www/askfirst": str(folder),
            "127.0.0.1:8080": f"127.0.0.1:{upstream}",
            **changed,
        }), encoding="utf-8",
    )  # fmt: skip
    return [program, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def _written(name: str, changed: Mapping[str, str]) -> str:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    for before, after in changed.items():
        assert before in text, f"{name} has no {before!r}"
        text = text.replace(before, after)
    return text


def _certificate(folder: Path) -> None:
    """One of its own, for the name that stands in docs/."""
    if shutil.which("openssl") is None:
        missing("NO OPENSSL: install it; the proxies were not tried")
    command = (
        f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN={NAME} "
        f"-addext subjectAltName=DNS:{NAME} -keyout privkey.pem -out fullchain.pem"
    )
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _all_of(connection: socket.socket) -> bytes:
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while more := connection.recv(65536):
            found += more
    return found
