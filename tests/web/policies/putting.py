"""What the tests of the policies on the page share: a document put in as a browser does it."""

from __future__ import annotations

import io
import re
from html import unescape

import aiohttp

from tests.inboxing import Seen, Visitor

ROOT = "/inbox/policies"
PUT_IN = f"{ROOT}/put-in"
_HIDDEN = re.compile(r'name="carried" value="([^"]*)"')


async def send(visitor: Visitor, path: str, fields: dict[str, str], file: tuple[str, bytes] | None = None) -> Seen:
    """A form with or without a file; the token of the last page comes first."""
    data = aiohttp.FormData(default_to_multipart=True)
    for name, text in {"token": visitor.token, **fields}.items():
        data.add_field(name, text)
    if file:
        data.add_field("file", io.BytesIO(file[1]), filename=file[0], content_type="application/octet-stream")
    return await visitor._ask("POST", path, data=data)


async def read(visitor: Visitor, name: str, content: bytes, of: str = "", leave_out: str = "") -> Seen:
    """Pick a file and press “Read it”."""
    await visitor.get(PUT_IN)
    return await send(visitor, PUT_IN, {"action": "read", "of": of, "leave_out": leave_out}, (name, content))


async def take_in(visitor: Visitor, looked: Seen, **more: str) -> Seen:
    """Press the button of the page that shows what was read."""
    [carried] = _HIDDEN.findall(looked.text)
    given = {name: unescape(re.findall(rf'id="{name}" name="{name}" type="text" value="([^"]*)"', looked.text)[0])
             for name in ("title", "edition", "date")}  # fmt: skip
    return await send(visitor, PUT_IN, {"action": "take-in", "carried": carried, **given, **more})
