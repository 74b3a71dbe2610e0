"""Microsoft's sign-in on the net of this machine: a proxy that leads to the stand-in and nowhere else, over TLS with a
certificate of its own. A command in a process of its own finds it by the variables that every network has for that."""

from __future__ import annotations

import contextlib
import datetime as dt
import http.server
import ssl
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qsl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from tests.teams.entra import HOST, Answered, Entra
from tests.teams.tokens import private_key

_NAME = HOST.removeprefix("https://")
NOBODY = "http://127.0.0.1:9"  # where nothing listens


@contextlib.contextmanager
def on_the_net(entra: Entra, folder: Path) -> Iterator[Mapping[str, str]]:
    """The variables with which a process reaches this one as Microsoft's."""
    pem = folder / "microsoft.pem"
    pem.write_bytes(_pair())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(entra, context))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield through(f"http://127.0.0.1:{server.server_port}") | {"REQUESTS_CA_BUNDLE": str(pem)}
    finally:
        server.shutdown()
        server.server_close()


def through(proxy: str) -> dict[str, str]:
    """The variables with which everything goes by this proxy."""
    return dict.fromkeys(("HTTPS_PROXY", "https_proxy"), proxy) | {"NO_PROXY": "", "no_proxy": ""}


class _Quiet(http.server.BaseHTTPRequestHandler):
    """Says nothing of what it does."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""


def _handler(entra: Entra, context: ssl.SSLContext) -> type[_Quiet]:
    class Microsoft(_Quiet):
        def do_GET(self) -> None:
            self._answer(entra.get(HOST + self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(entra.post(HOST + self.path, dict(parse_qsl(body.decode()))))

        def _answer(self, answered: Answered) -> None:
            body = answered.text.encode()
            self.send_response(answered.status_code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    class Proxy(_Quiet):
        def do_CONNECT(self) -> None:
            if self.path != f"{_NAME}:443":
                self.send_error(502)
                return
            self.send_response(200)
            self.end_headers()
            with context.wrap_socket(self.connection, server_side=True) as inside:
                Microsoft(inside, self.client_address, self.server)
            self.close_connection = True

    return Proxy


def _pair() -> bytes:
    """A key and a certificate for Microsoft's name, of their own making."""
    now, key = dt.datetime.now(dt.UTC), private_key("microsoft on the net")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
    building = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    building = building.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
    building = building.add_extension(x509.SubjectAlternativeName([x509.DNSName(_NAME)]), critical=False)
    shape = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    made = building.sign(key, hashes.SHA256())
    return key.private_bytes(*shape) + made.public_bytes(serialization.Encoding.PEM)
