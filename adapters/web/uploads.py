"""A posted form that brings a file: its fields and the file, read piece by piece, and never more than may be."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from adapters.web.forms import FormError, plain

_MOST_PARTS = 40
_MOST_FIELDS = 4 * 1024 * 1024  # bytes of all fields together: what was read of a document travels in one
_LONGEST_NAME = 120  # characters of a file's name
_DRAINED = 4  # so many times of what may be is thrown away, so that whoever sent too much is told so
_SECONDS = 180.0  # for the whole of it: a school's line is slow


# What aiohttp raises for a body that is no form, or that stops half way.
_UNREADABLE = (
    ValueError, RuntimeError, RuntimeWarning, LookupError, AssertionError, EOFError, ConnectionError,
    web.RequestPayloadError, HttpProcessingError,
)  # fmt: skip


class UploadTooLargeError(Exception):
    """The file is larger than it may be. Nothing of it was kept."""


@dataclass(frozen=True)
class UploadedForm:
    """What was posted: the fields with one value each, the name of the file without its folders, and what is in it;
    both empty where none was picked."""

    fields: dict[str, str] = field(default_factory=dict)
    name: str = ""
    content: bytes = b""


async def read_upload(request: web.Request, most: int) -> UploadedForm:
    """The form that this request posts, with a file of at most `most` bytes. Raises UploadTooLargeError, FormError
    where it is no such form, and an HTTP error where it did not arrive."""
    if request.content_type != "multipart/form-data":
        raise FormError("not a form with a file")
    try:
        async with asyncio.timeout(_SECONDS):
            return await _read(await request.multipart(), most)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except _UNREADABLE as fault:
        raise FormError("not a form") from fault


async def _read(reader: MultipartReader, most: int) -> UploadedForm:
    fields: dict[str, str] = {}
    name, content, left, left_for_fields = "", b"", most * _DRAINED, _MOST_FIELDS
    for _ in range(_MOST_PARTS):
        part = await reader.next()
        if part is None:
            return UploadedForm(fields, name, content)
        if not isinstance(part, BodyPartReader) or not part.name or part.name in fields or (part.filename and name):
            raise FormError("not the parts of a form")
        if part.filename is None:
            typed = await _bytes(part, left_for_fields, left_for_fields)
            fields[part.name], left_for_fields = plain(typed.decode("utf-8")), left_for_fields - len(typed)
        else:
            name, content = _name(part.filename), await _bytes(part, most, left)
    raise FormError("too many parts")


async def _bytes(part: BodyPartReader, most: int, left: int) -> bytes:
    found, size = bytearray(), 0
    while chunk := await part.read_chunk():
        size += len(chunk)
        if size > left:
            break
        if size <= most:
            found += chunk
    if size > most:
        raise UploadTooLargeError
    return bytes(found)


def _name(given: str) -> str:
    """The name that the file has, whatever the browser says of folders."""
    shown = "".join(char if char.isprintable() else " " for char in given)
    last = PurePosixPath(shown.replace("\\", "/")).name.strip()
    return last if len(last) <= _LONGEST_NAME else last[-_LONGEST_NAME:]
