"""Bytes -> text, whatever encoding somebody saved them in."""

from __future__ import annotations

import codecs
import re

from adapters.documents.reading.limits import UnreadableContentError

_DECLARED = re.compile(
    rb"<meta[^>]{0,200}charset=[\"']?([\w-]{2,20})|<\?xml[^>]{0,200}encoding=[\"']([\w-]{2,20})", re.I
)
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MOST_ODD = 0.002  # of the characters of a text
_SAVE = "See that it is the right file; if it is, save it as text in UTF-8"


def decoded(content: bytes) -> str:
    """The text of a file; UTF-8, UTF-16 with its mark, what a page says of itself, else as Windows saves it. Raises
    UnreadableContentError for what is no text."""
    text = _decoded(content)
    if len(_NO_TEXT.findall(text)) > max(2, _MOST_ODD * len(text)):
        raise UnreadableContentError("it holds characters that no text has: it is another kind of file", _SAVE)
    return _NO_TEXT.sub(" ", text).replace("\r\n", "\n").replace("\r", "\n")


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    declared = _DECLARED.search(content[:2048])
    for name in ("utf-8-sig", (declared[1] or declared[2]).decode() if declared else "cp1252", "cp1252"):
        try:
            return content.decode(name)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return content.decode("latin-1")
