"""What stands in a message of Teams' beside the typed words: quotations, messages passed on, files and pictures. Pure.

A reply that quotes comes as HTML in an attachment, with what is quoted in a <blockquote>; its text is the reply alone.
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_HTML, _REFERENCES = "text/html", ("messageReference", "forwardedMessageReference")
_NO_FILES = (_HTML, *_REFERENCES, "application/vnd.microsoft.card.", "meetingReference")
_QUOTATION = re.compile(r"(?is)<blockquote\b[^<>]{0,2000}>(.*?)</blockquote>")
_WHO = re.compile(r'(?is)<(strong|span)\b[^<>]{0,500}itemprop="(?:mri|time)"[^<>]{0,500}>.*?</\1>')
_PASSED_ON = ("messagePreview", "originalMessageContent")


def quoted_in(attachments: tuple[Mapping[str, Any], ...]) -> Iterator[str]:
    """What others wrote that stands in a message, as markup."""
    for each in attachments:
        content = each.get("content")
        if each.get("contentType") == _HTML and isinstance(content, str):
            yield from (_WHO.sub(" ", found[1]) for found in _QUOTATION.finditer(content))
        elif each.get("contentType") in _REFERENCES:
            yield from _referred_to(content)


def files_in(attachments: tuple[Mapping[str, Any], ...]) -> tuple[tuple[str, ...], bool]:
    """The names of files and pictures, and whether there are any at all."""
    files = [each for each in attachments if not str(each.get("contentType") or "").startswith(_NO_FILES)]
    names = (each.get("name") for each in files)
    shows = any(re.search(r"(?i)<(?:img|video|audio)\b", str(each.get("content") or "")) for each in attachments)
    return tuple(name for name in names if isinstance(name, str) and name), bool(files) or shows


def _referred_to(content: object) -> Iterator[str]:
    try:
        found = json.loads(content) if isinstance(content, str) else content
    except ValueError:
        return
    if isinstance(found, Mapping):
        yield from (text for name in _PASSED_ON if isinstance(text := found.get(name), str))
