"""What lies in a .docx or .odt: XML in a zip. No more of it is unpacked than may be, and no entity is followed."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from adapters.documents.reading.limits import (
    MOST_FOLD,
    MOST_PARTS,
    MOST_UNPACKED,
    SMALL,
    UnreadableContentError,
)

_AGAIN = "Open it, save it once more as .docx or .pdf, and give that"
_MACROS = ("vbaproject.bin", "basic/", "scripts/")


class OfficePackage:
    """The parts of one file. Whatever is wrong with it raises UnreadableContentError."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as fault:
            raise UnreadableContentError("it is damaged or was cut off", "Save or copy it once more") from fault
        self._left = MOST_UNPACKED
        self._names = frozenset(self._zip.namelist())
        if len(self._names) > MOST_PARTS:
            raise UnreadableContentError(f"it holds more than {MOST_PARTS} parts, as no document does", _AGAIN)
        if any(macro in name.lower() for name in self._names for macro in _MACROS):
            raise UnreadableContentError(
                "it holds macros", "Save it without them, as .docx, .odt or .pdf, and give that"
            )

    @property
    def names(self) -> frozenset[str]:
        """The names of its parts."""
        return self._names

    def xml(self, name: str) -> Element | None:
        """A part as a tree; None where there is none of this name."""
        if name not in self._names:
            return None
        try:
            root: Element = fromstring(self._unpacked(name), forbid_dtd=True)
        except DefusedXmlException as fault:
            problem = "it calls for something outside itself, or repeats itself without end"
            raise UnreadableContentError(problem, _AGAIN) from fault
        except (ParseError, ValueError, LookupError) as fault:
            raise UnreadableContentError("it is damaged: a part of it cannot be read", _AGAIN) from fault
        return root

    def _unpacked(self, name: str) -> bytes:
        info = self._zip.getinfo(name)
        if info.flag_bits & 1:
            raise UnreadableContentError("it has a password", "Save a copy without a password, and give that")
        try:
            with self._zip.open(info) as part:
                found = part.read(self._left + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            NotImplementedError,
            OSError,
            EOFError,
            RuntimeError,
            ValueError,
        ) as fault:
            raise UnreadableContentError("it is damaged or was cut off", "Save or copy it once more") from fault
        self._left -= len(found)
        folded = len(found) > SMALL and len(found) > MOST_FOLD * max(1, info.compress_size)
        if self._left < 0 or folded:
            raise UnreadableContentError("it unpacks to far more than a document holds", _AGAIN)
        return found


def local(tag: object) -> str:
    """A tag without its namespace."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def named(element: Element, *names: str) -> Iterator[Element]:
    """Its children of these names, whatever their namespace."""
    return (child for child in element if local(child.tag) in names)


def first(element: Element | None, *path: str) -> Element | None:
    """The first child of this name, its first of the next, and so on."""
    for name in path:
        if element is None:
            return None
        element = next(named(element, name), None)
    return element


def value(element: Element | None, name: str = "val") -> str:
    """An attribute, whatever its namespace; empty where there is none."""
    if element is None:
        return ""
    return next((text for key, text in element.attrib.items() if local(key) == name), "")
