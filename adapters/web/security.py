"""What keeps the page safe: headers, the conversation's cookie, the token against forged forms, and the limits."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.errors import AskFirstError

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "askfirst",  # instead of the names and versions of what it runs on
}
_HTTPS_ONLY = "max-age=31536000"  # seconds: a year, for this name alone
_CONVERSATION = re.compile(r"[0-9a-f]{32}")
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^\s:,@/\[\]]+))(?::[0-9]{1,5})?", re.ASCII)
KEY_FILE = "web.key"
_KEY_BYTES = 32


class KeyFileError(AskFirstError):
    """The key that signs the page's forms cannot be read or made."""


@dataclass(frozen=True)
class Limits:
    """How much one visitor may send: bytes and seconds of a request, questions a minute; how long a question may be is
    the core's. An address may send `wider` times as much: a whole school can have one. Of all that an address asks for,
    also pages and what belongs to them, so many `pages_` are answered: 375 people of a school open the page at once.

    `proxies` is how many of the school's own proxies stand in front: that many addresses of X-Forwarded-For are true.
    """

    body: int = 256 * 1024
    seconds: float = 15.0
    a_minute: float = 30.0
    burst: int = 15
    wider: int = 10
    pages_a_minute: float = 1500.0
    pages_burst: int = 1500
    proxies: int = 0


def headers_for(secure: bool) -> Mapping[str, str]:
    """What every response carries; where the page is reached over https, that it is reached by nothing else."""
    return {**HEADERS, "Strict-Transport-Security": _HTTPS_ONLY} if secure else HEADERS


def cookie_name(secure: bool) -> str:
    """The cookie's name; with the prefix, browsers refuse one that another host or plain http tries to plant."""
    return "__Host-askfirst" if secure else "askfirst"


def new_conversation() -> str:
    """An id of 128 random bits."""
    return secrets.token_hex(16)


def is_conversation(cookie: str | None) -> bool:
    """Whether a cookie's value is an id that this page could have given out."""
    return cookie is not None and _CONVERSATION.fullmatch(cookie) is not None


def token_for(key: bytes, conversation: str) -> str:
    """The token that a form of this conversation must carry: nobody can make it without the key."""
    return hmac.new(key, f"form:{conversation}".encode(), hashlib.sha256).hexdigest()


def is_token(key: bytes, conversation: str, token: str) -> bool:
    """Whether `token` belongs to this conversation."""
    return hmac.compare_digest(token_for(key, conversation).encode(), token.encode())


def comes_from_here(headers: Mapping[str, str], host: str) -> bool:
    """Whether the browser says that the request was made by this page, or says nothing.

    "Origin: null" says nothing: browsers send it with a form because of the page's own no-referrer policy.
    """
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("Origin", "null")
    try:
        return origin == "null" or urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:  # a bracket that is not closed, and the like
        return False


def visitor(peer: str | None, forwarded: str, proxies: int) -> str:
    """The address that a request came from; what a visitor wrote into X-Forwarded-For by hand is not believed."""
    addresses = [address.strip() for address in forwarded.split(",") if address.strip()]
    return addresses[-proxies] if 0 < proxies <= len(addresses) else peer or ""


def read_key(folder: Path) -> bytes:
    """The signing key in `folder`, made at the first start, so that forms outlive a restart. Raises KeyFileError."""
    path = folder / KEY_FILE
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_bytes()
    except OSError as fault:
        raise KeyFileError(f"{path}: {fault.strerror}. Check ASKFIRST_DATA and who may write there") from fault
    if len(key) != _KEY_BYTES:
        raise KeyFileError(f"{path}: is damaged. Delete the file and start again; a new one is made")
    return key


def _make_key(path: Path) -> None:
    """Written aside, then linked into place: of two processes that start at once, both read the first one's key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".web-key-")  # made with mode 0600
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(_KEY_BYTES))
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        Path(aside).unlink()


def host_of(header: str) -> str:
    """The Host of a request without its port, in small letters; empty where it is no host with a port."""
    found = _HOST.fullmatch(header.strip().lower())
    return (found[1] or found[2]) if found else ""


class RateLimiter:
    """A token bucket for each visitor's address.

    It lives in memory, alone of all that the page knows: it holds nothing that anybody would miss after a restart, and
    an address should not be written down.
    """

    _MOST = 10_000  # buckets kept before the full ones are dropped

    def __init__(self, a_minute: float, burst: int) -> None:
        self._a_second = a_minute / 60
        self._burst = float(burst)
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait_for(self, address: str, now: float) -> float:
        """Take one turn at `now` (seconds of a steady clock): 0.0 if there was one, else the seconds until there is."""
        name = network_of(address)
        left = self._left(name, now)
        if left < 1:
            return (1 - left) / self._a_second
        if len(self._buckets) >= self._MOST:
            self._forget(now)
        self._buckets[name] = (left - 1, now)
        return 0.0

    def _left(self, name: str, now: float) -> float:
        left, since = self._buckets.get(name, (self._burst, now))
        return min(self._burst, left + (now - since) * self._a_second)

    def _forget(self, now: float) -> None:
        """Drop the buckets that are full again; if all are in use, the whole lot, so that memory stays bounded."""
        used = {name: bucket for name, bucket in self._buckets.items() if self._left(name, now) < self._burst}
        self._buckets = used if len(used) < self._MOST else {}


def network_of(address: str) -> str:
    """One visitor's address; of IPv6 the network, because a single device has a whole network of addresses."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))
