"""One made-up policy in every format, and the parts that the tests put into files that are not as they should be."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from fpdf import FPDF

TITLE = "Social media policy"
PARAGRAPH = "This policy is for everybody who works at the school, paid or not."
LEAD = "Staff must:"
ITEMS = (
    "keep pupils off their own accounts;",
    "ask before they post a picture of a pupil;",
    "tell the DSL of any contact.",
)
LAST = "A breach of this policy may lead to disciplinary action."
ROWS = (("Site", "Who may use it"), ("School page", "The office and the head may post there."),
        ("Class blog", "Teachers may post there once the head has read it."))  # fmt: skip
# The clauses that every format must give: (text, lead-in).
CLAUSES = [
    (PARAGRAPH, ""), *((item, LEAD) for item in ITEMS), *((" | ".join(row), "") for row in ROWS[1:]), (LAST, ""),
]  # fmt: skip
MARKDOWN = f"""# {TITLE}

## Who it is for

{PARAGRAPH}

## What staff do

{LEAD}

* {ITEMS[0]}
* {ITEMS[1]}
* {ITEMS[2]}

| {ROWS[0][0]} | {ROWS[0][1]} |
| --- | --- |
| {ROWS[1][0]} | {ROWS[1][1]} |
| {ROWS[2][0]} | {ROWS[2][1]} |

## Breaches

{LAST}
"""
_ROW = "<tr><{0}>{1}</{0}><{0}>{2}</{0}></tr>"
HTML = f"""<!doctype html><html><head><title>{TITLE}</title><style>p {{ color: red }}</style></head><body>
<nav><ul><li><a href="/">Home</a><li>Parents</ul></nav><h1>{TITLE}</h1><h2>Who it is for</h2><p>{PARAGRAPH}
<h2>What staff do</h2><p>{LEAD}</p><ul><li>{ITEMS[0]}<li>{ITEMS[1]}<li>{ITEMS[2]}</ul>
<table>{_ROW.format("th", *ROWS[0])}{_ROW.format("td", *ROWS[1])}{_ROW.format("td", *ROWS[2])}</table>
<h2>Breaches</h2><p>{LAST}</p><footer>Call the office</footer><script>alert("no")</script></body></html>"""
TEXT = f"""{TITLE}

Who it is for

{PARAGRAPH}

What staff do

{LEAD}

  - {ITEMS[0]}
  - {ITEMS[1]}
  - {ITEMS[2]}

Breaches

{LAST}
"""


def word() -> Document:
    """An empty document of python-docx."""
    return docx.Document()


def saved(document: Document) -> bytes:
    """Its bytes."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def docx_policy() -> bytes:
    document = word()
    document.add_paragraph(TITLE, style="Title")
    document.sections[0].header.paragraphs[0].text = "Oak Hill School"
    document.add_heading("Who it is for", 1)
    document.add_paragraph(PARAGRAPH)
    document.add_heading("What staff do", 1)
    document.add_paragraph(LEAD)
    for item in ITEMS:
        document.add_paragraph(item, style="List Bullet")
    table = document.add_table(0, 2)
    for row in ROWS:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].bold = True
    document.add_heading("Breaches", 1)
    document.add_paragraph(LAST)
    return saved(document)


def odt_policy(body: str = "") -> bytes:
    cells = "".join(
        f"<table:table-row>{''.join(f'<table:table-cell><text:p>{cell}</text:p></table:table-cell>' for cell in row)}"
        "</table:table-row>"
        for row in ROWS
    )
    rows = cells.replace("<table:table-row>", "<table:table-header-rows><table:table-row>", 1).replace(
        "</table:table-row>", "</table:table-row></table:table-header-rows>", 1
    )
    items = "".join(f"<text:list-item><text:p>{item}</text:p></text:list-item>" for item in ITEMS)
    written = body or (
        f'<text:h text:outline-level="1">Who it is for</text:h><text:p>{PARAGRAPH}</text:p>'
        f'<text:h text:outline-level="1">What staff do</text:h><text:p>{LEAD}</text:p><text:list>{items}</text:list>'
        f"<table:table>{rows}</table:table>"
        f'<text:h text:outline-level="1">Breaches</text:h><text:p>{LAST}</text:p>'
    )
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": odt_content(written)})


def odt_content(body: str) -> str:
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table", "style")
    )
    inside = f"<office:body><office:text>{body}</office:text></office:body>"
    return f"<office:document-content {names}>{inside}</office:document-content>"


def pdf_policy(pages: int = 1) -> bytes:
    """The policy with a header and page numbers, once a page."""
    pdf = _Framed()
    for number in range(pages):
        pdf.add_page()
        _heading(pdf, "Who it is for")
        _paragraph(pdf, PARAGRAPH)
        _heading(pdf, "What staff do")
        _paragraph(pdf, LEAD)
        for item in ITEMS:
            pdf.set_x(22)
            pdf.multi_cell(0, 6, f"- {item}", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(6)
        with pdf.table() as table:
            for row in ROWS:
                table.row(row)
        pdf.ln(6)
        _heading(pdf, "Breaches")
        _paragraph(pdf, LAST if not number else f"{LAST} {_ORDER[number - 1]} of the others.")
    return bytes(pdf.output())


_ORDER = ("First", "Second", "Third")


class _Framed(FPDF):
    def header(self) -> None:
        self.set_font("helvetica", size=9)
        self.cell(0, 6, "Oak Hill School: policies", new_x="LMARGIN", new_y="NEXT")
        self.ln(8)

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("helvetica", size=9)
        self.cell(0, 6, f"Page {self.page_no()}")


def _heading(pdf: FPDF, text: str) -> None:
    pdf.set_font("helvetica", "B", 14)
    pdf.cell(0, 9, text, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(2)
    pdf.set_font("helvetica", size=11)


def _paragraph(pdf: FPDF, text: str) -> None:
    pdf.multi_cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(5)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return file.getvalue()


def with_parts(content: bytes, parts: Mapping[str, str | bytes]) -> bytes:
    """A zip with these parts in the place of its own, or beside them."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        kept = {name: packed.read(name) for name in packed.namelist()}
    return zipped({**kept, **parts})


def part_of(content: bytes, name: str) -> str:
    """One part of a zip, as text."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return packed.read(name).decode()


def numbered(document: Document, levels: tuple[tuple[str, str], ...]) -> None:
    """Give a document the list 77, with these levels: (how it counts, how it is written)."""
    numbering = document.part.numbering_part.element
    inside = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (kind, text) in enumerate(levels)
    )
    kind = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{inside}</w:abstractNum>')
    numbering.insert(0, kind)
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))


def in_list(document: Document, text: str, depth: int, number: int = 77) -> None:
    """A paragraph of that list."""
    look = document.add_paragraph(text)._p.get_or_add_pPr()
    look.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'))


POLICIES: Mapping[str, bytes] = {
    "docx": docx_policy(), "odt": odt_policy(), "pdf": pdf_policy(), "md": MARKDOWN.encode(), "html": HTML.encode(),
    "txt": TEXT.encode(),
}  # fmt: skip
