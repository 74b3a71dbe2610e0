"""What was read of a document, on its way through the browser and back: nothing is kept here before somebody has looked
at it. The page's key and the session seal it, so that what comes back is what was read, and read for this person."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import zlib
from dataclasses import dataclass

import cattrs

from adapters.web.forms import FormError
from bot.service.policy_reading.adding import ReadPolicy

_MARK = 64  # characters of the seal


@dataclass(frozen=True)
class CarriedPolicy:
    """A document that was read; whose next edition it is (`of`, empty for none), as that was `seen` then."""

    policy: ReadPolicy
    of: str
    seen: str


def carry(key: bytes, session: str, carried: CarriedPolicy) -> str:
    """The text of the hidden field."""
    plain = json.dumps(cattrs.unstructure(carried), ensure_ascii=False, separators=(",", ":"))
    packed = base64.b64encode(zlib.compress(plain.encode(), 9)).decode()
    return _seal(key, session, packed) + packed


def carried_back(key: bytes, session: str, text: str) -> CarriedPolicy:
    """What stands in the field. Raises FormError for anything that was not carried for this session."""
    mark, packed = text[:_MARK], text[_MARK:]
    if not hmac.compare_digest(mark.encode(), _seal(key, session, packed).encode()):
        raise FormError("not what was read")
    try:
        return cattrs.structure(json.loads(zlib.decompress(base64.b64decode(packed))), CarriedPolicy)
    except (ValueError, zlib.error, binascii.Error) as fault:
        raise FormError("not what was read") from fault


def _seal(key: bytes, session: str, packed: str) -> str:
    return hmac.new(key, f"policy:{session}:{packed}".encode(), hashlib.sha256).hexdigest()
