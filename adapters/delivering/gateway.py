"""What is signed between AskFirst and a gateway for text messages or calls: each request, and the right to acknowledge.

Both sides hold ASKFIRST_WEBHOOK_SECRET. A request carries when it was made and a keyed hash (HMAC-SHA256) of that and
its body. The address for acknowledging carries a token for one alert, which AskFirst alone can make; who acknowledges
signs that token too, so that an alert that somebody saw cannot be sent back as its own acknowledgement.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Mapping

TIMESTAMP, SIGNATURE = "X-AskFirst-Timestamp", "X-AskFirst-Signature"
ACKNOWLEDGE = "/alerts/acknowledge"
LASTS = dt.timedelta(hours=24)  # how long an alert can be acknowledged by its token
_OLDEST = dt.timedelta(minutes=5)  # a signed request that is older, or as far ahead, is refused
_TOKEN = re.compile(r"([0-9a-f]{32})\.([0-9]{1,12})\.([0-9a-f]{64})", re.ASCII)


def signed(secret: str, body: bytes, now: dt.datetime, token: str = "") -> Mapping[str, str]:
    """The headers with which a body is sent; with the token by which something is acknowledged."""
    timestamp = str(int(now.timestamp()))
    return {TIMESTAMP: timestamp, SIGNATURE: _signature(secret, timestamp, token, body)}


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: dt.datetime, token: str = "") -> bool:
    """Whether these headers sign this body, and this token, just now."""
    timestamp, signature = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return False
    if abs(now.timestamp() - int(timestamp)) > _OLDEST.total_seconds():
        return False
    wanted = _signature(secret, timestamp, token, body)
    return hmac.compare_digest(signature.encode(errors="replace"), wanted.encode())


def token_for(secret: str, school: str, notice: str, now: dt.datetime) -> str:
    """What lets one alert be acknowledged, for a day."""
    until = str(int((now + LASTS).timestamp()))
    return f"{notice}.{until}.{_mac(secret, f'acknowledge.{school}.{notice}.{until}'.encode())}"


def notice_in(secret: str, school: str, token: str, now: dt.datetime) -> str:
    """The alert that a token is for; empty where it was not made here, for another school, or is too old."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        return ""
    notice, until, mac = found.groups()
    wanted = _mac(secret, f"acknowledge.{school}.{notice}.{until}".encode())
    return notice if hmac.compare_digest(mac, wanted) and now.timestamp() < int(until) else ""


def _signature(secret: str, timestamp: str, token: str, body: bytes) -> str:
    parts = [timestamp, token] if token else [timestamp]
    return f"v1={_mac(secret, b'.'.join([*(part.encode(errors='replace') for part in parts), body]))}"


def _mac(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
