"""Whether a PDF has the structure that a screen reader needs. Pure."""

from __future__ import annotations

import re

# What a document with headings, clauses, tables and a picture must have. A picture alone makes no tagged file.
_NEEDED = (b"H1", b"P", b"Table", b"TH", b"TD", b"Figure")


def is_tagged(pdf: bytes) -> bool:
    """Whether its structure tree marks headings, paragraphs, cells and pictures, and it says that it is tagged. Nothing
    is unpacked: what stands in a packed object counts as missing."""
    says_so = re.search(rb"/MarkInfo\s*<<[^>]*/Marked\s+true", pdf) is not None
    kinds = set(re.findall(rb"/S\s*/(\w+)\b", pdf))
    return says_so and b"/StructTreeRoot" in pdf and all(kind in kinds for kind in _NEEDED)
