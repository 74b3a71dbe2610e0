"""Which format a file has, by its name and by what is in it; every other file is refused by name, with what to do."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import PurePath

from adapters.documents.reading.limits import UnreadableContentError

KINDS = {
    ".docx": "docx", ".pdf": "pdf", ".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".odt": "odt",
    ".txt": "txt",
}  # fmt: skip
_SAVE = "Open it in the program that made it, and save it as .docx or .pdf"
_OTHERS = {
    ".doc": "it is in Word's format from before 2007", ".dot": "it is in Word's format from before 2007",
    ".docm": "it may hold macros", ".dotm": "it may hold macros", ".rtf": "it is rich text",
    ".pages": "it is in the format of Apple Pages", ".odm": "it is a master document",
}  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PASSWORD = "Save a copy without a password, and give that"  # noqa: S105


def kind_of(name: str, content: bytes) -> str:
    """The name of a file and its bytes -> docx, pdf, md, html, odt or txt. Raises UnreadableContentError."""
    if not content:
        raise UnreadableContentError("the file is empty", "Look whether it was saved or copied whole")
    ending = PurePath(name).suffix.lower()
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise UnreadableContentError("it has a password", _PASSWORD)
        raise UnreadableContentError("it is in Word's format from before 2007 (.doc), whatever its name says", _SAVE)
    if ending in _OTHERS:
        raise UnreadableContentError(f"{_OTHERS[ending]} ({ending}), which is not taken in", _SAVE)
    if ending not in KINDS:
        known = ", ".join(sorted({".docx", ".pdf", ".md", ".html", ".odt", ".txt"}))
        raise UnreadableContentError(
            f"a file of this kind ({ending or 'no ending'}) is not read", f"Give one of {known}"
        )
    return _checked(KINDS[ending], content)


def _checked(kind: str, content: bytes) -> str:
    """The kind that the name says, where the content is of that kind."""
    found = _inside(content)
    if found == kind or (not found and kind in ("md", "html", "txt")):
        return kind
    said = {"zip": "another kind of zip file", "": "something else"}.get(found, f"a .{found} file")
    raise UnreadableContentError(
        f"its name says .{kind}, and it is {said}", "Give it the ending that it should have, or save it anew"
    )


def _inside(content: bytes) -> str:
    """By how it begins: pdf, docx, odt, zip; empty for anything else."""
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if not content.startswith(b"PK\x03\x04"):
        return ""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as fault:
        raise UnreadableContentError("it is damaged or was cut off", "Save or copy it once more") from fault
    return "docx" if "word/document.xml" in names else "odt" if "content.xml" in names else "zip"
