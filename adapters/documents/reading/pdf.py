"""PDF -> blocks, by PDFium. Where a page is a picture without text the document is unreadable: nothing is half read."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pypdfium2

from adapters.documents.reading.furniture import without_furniture
from adapters.documents.reading.limits import MOST_PAGES, UnreadableContentError
from adapters.documents.reading.lines import Line, blocks_of
from adapters.documents.reading.pdf_pages import PageText, page_text
from bot.knowledge.policies.importing.blocks import ReadDocument

_FEW = 15  # letters: a page with fewer has no text that counts
_MOST_STRANGE = 0.05  # of the letters of a document


def read_pdf(content: bytes, leave_out: Collection[int] = ()) -> ReadDocument:
    """The bytes of a PDF -> what it holds; `leave_out` are pages that somebody said hold no rules. Raises
    UnreadableContentError."""
    document = _opened(content)
    try:
        if len(document) > MOST_PAGES:
            problem = f"it has {len(document)} pages, and at most {MOST_PAGES} are read"
            raise UnreadableContentError(problem, "Cut it into parts, and give them one by one")
        pages = _pages(document, leave_out)
        title = document.get_metadata_dict().get("Title", "").strip()
    except pypdfium2.PdfiumError as fault:
        raise UnreadableContentError("it is damaged: a page of it cannot be read", _AGAIN) from fault
    finally:
        document.close()
    _check(pages)
    lines: list[Line] = [line for each in pages.values() for line in each.lines]
    kept, dropped = without_furniture(lines)
    remarks = [f"page {number} was left out, as you said" for number in sorted(leave_out)]
    properties = {"title": title} if title and not title.lower().startswith(("microsoft word", "untitled")) else {}
    return ReadDocument(tuple(blocks_of(kept)), properties, tuple(dropped), tuple(remarks), len(pages) + len(leave_out))


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as fault:
        if getattr(fault, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD or "password" in str(fault).lower():
            raise UnreadableContentError(
                "it has a password", "Save a copy without a password, and give that"
            ) from fault
        raise UnreadableContentError("it is damaged or was cut off", "Save or copy it once more") from fault


def _pages(document: pypdfium2.PdfDocument, leave_out: Collection[int]) -> dict[int, PageText]:
    found: dict[int, PageText] = {}
    tables = 0
    for number in range(1, len(document) + 1):
        if number in leave_out:
            continue
        page = document[number - 1]
        try:
            found[number] = page_text(page, number, tables)
        finally:
            page.close()
        tables = max([tables, *(line.table for line in found[number].lines)])
    return found


def _check(pages: dict[int, PageText]) -> None:
    """Raises UnreadableContentError where something on the pages cannot be read as text."""
    letters = sum(each.letters for each in pages.values())
    if letters < _FEW:
        raise UnreadableContentError("unreadable: it holds no text, as a scan does", _SCANNED)
    if strange := [number for number, each in pages.items() if each.strange > _MOST_STRANGE * max(each.letters, 1)]:
        shown = ", ".join(map(str, strange[:12]))
        problem = f"unreadable: the letters on page {shown} stand for nothing that can be read"
        raise UnreadableContentError(problem, _AGAIN)
    if pictures := [number for number, each in pages.items() if each.pictured and each.letters < _FEW]:
        remedy = f"{_SCANNED}. If no rule stands there: --without-pages {','.join(map(str, pictures))}"
        raise UnreadableContentError(f"unreadable: {_named(pictures)} a picture without text", remedy)


def _named(pages: Sequence[int]) -> str:
    shown = ", ".join(map(str, pages[:12])) + ("..." if len(pages) > 12 else "")
    return f"page {shown} is" if len(pages) == 1 else f"each of the pages {shown} is"


_AGAIN = "Ask for the file that it was made from (.docx), or print it anew to a PDF"
_SCANNED = "Ask for the file that it was made from (.docx), or have text recognised in it"
