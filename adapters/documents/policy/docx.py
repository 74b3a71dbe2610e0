"""A document of the policy as .docx: real headings, numbering, header rows and alternative texts."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from adapters.documents.policy import words
from adapters.documents.policy.numbering import number_headings
from adapters.documents.policy.picture import steps_png
from bot.service.policy_writing.model import PolicyDocument, PrintedClause, PrintedSection, PrintedSteps, PrintedTable

CLAUSE = "Clause"  # the style of a numbered paragraph
_FONT = "Arial"
_QUIET = RGBColor(0x50, 0x50, 0x50)
_TEXT = 17.0  # centimetres: the width between the margins
_FIXED = (1980, 1, 1, 0, 0, 0)  # what a zip says of its parts, so that the same document is the same file


def policy_docx(document: PolicyDocument) -> bytes:
    """The file; the same document gives the same bytes."""
    made = docx.Document()
    _page(made)
    _styles(made)
    number_headings(made, "Heading 1", CLAUSE)
    _properties(made, document)
    _top(made, document)
    for section in document.sections:
        _section(made, section, document)
    if document.letter:
        made.add_paragraph(f"Yours faithfully,\n\n\n{document.letter[1]}")
    if table := words.changes_table(document):
        made.add_heading(words.CHANGED, 1)
        _table(made, table)
    _foot(made, document)
    return _packed(made)


def _page(made: Any) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin, section.bottom_margin = Cm(2), Cm(1.8)


def _styles(made: Any) -> None:
    """One plain face throughout, dark on white, in British English."""
    styles = made.styles
    for name, size, bold in (
        ("Normal", 11, False),
        ("Title", 20, True),
        ("Subtitle", 12, False),
        ("Heading 1", 13, True),
    ):
        _face(styles[name], size, bold)
    styles["Normal"].paragraph_format.space_after = Pt(4)
    styles["Heading 1"].paragraph_format.space_before = Pt(12)
    styles["Heading 1"].paragraph_format.space_after = Pt(4)
    clause = styles.add_style(CLAUSE, WD_STYLE_TYPE.PARAGRAPH)
    clause.base_style = styles["Normal"]
    clause.paragraph_format.keep_together = True
    quiet = styles.add_style("Standing", WD_STYLE_TYPE.CHARACTER)
    quiet.font.size, quiet.font.color.rgb = Pt(8), _QUIET
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")


def _face(style: Any, size: int, bold: bool) -> None:
    style.font.name, style.font.size, style.font.bold = _FONT, Pt(size), bold
    style.font.italic = False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):  # which would win over the name
            del fonts.attrib[name]
    for name in ("w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), _FONT)


def _properties(made: Any, document: PolicyDocument) -> None:
    said = made.core_properties
    said.title, said.author, said.subject = document.title, document.school, document.subtitle
    said.comments, said.keywords, said.language = document.standing, "", "en-GB"
    said.last_modified_by = document.school
    said.created = said.modified = dt.datetime.combine(document.edition.on, dt.time())


def _top(made: Any, document: PolicyDocument) -> None:
    made.add_paragraph(document.title, style="Title")
    made.add_paragraph(document.subtitle, style="Subtitle")
    made.add_paragraph(" ".join(filter(None, (f"{document.standing}.", *document.about, words.due_line(document)))))
    for note in words.notes_of(document):
        made.add_paragraph(note)
    if document.is_draft:
        made.add_paragraph().add_run(words.DRAFT).bold = True
        for each in words.to_do_of(document):
            made.add_paragraph(f"{each}.", style="List Bullet")
    if document.letter:
        made.add_paragraph(document.letter[0])


def _section(made: Any, section: PrintedSection, document: PolicyDocument) -> None:
    made.add_heading(section.heading, 1)
    for clause in section.clauses:
        _clause(made, clause, marked=words.is_marked(clause, document))
    if section.lead:
        made.add_paragraph(section.lead)
    if section.table:
        _table(made, section.table)
    if section.steps:
        _picture(made, section.steps)
    for each in section.signing:
        line = made.add_paragraph(f"{each}\t")
        line.paragraph_format.space_before = Pt(14)
        line.paragraph_format.tab_stops.add_tab_stop(Cm(_TEXT), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.LINES)


def _clause(made: Any, clause: PrintedClause, *, marked: bool) -> None:
    paragraph = made.add_paragraph(f"{clause.text} ", style=CLAUSE)
    points = [made.add_paragraph(each, style="List Bullet 2") for each in clause.points]
    paragraph.paragraph_format.keep_with_next = bool(points)
    if marked:
        standing = (points[-1] if points else paragraph).add_run(
            f" {words.standing_of(clause)}" if points else words.standing_of(clause)
        )
        standing.style = made.styles["Standing"]
        standing.bold = not clause.approved


def _table(made: Any, printed: PrintedTable) -> None:
    table = made.add_table(rows=1, cols=len(printed.headings), style="Table Grid")
    table.autofit = False
    _described(table, printed.about)
    _row(table.rows[0], printed, printed.headings, bold=True)
    heads = table.rows[0]._tr.get_or_add_trPr()
    heads.append(OxmlElement("w:tblHeader"))  # read out as headings, and said again on the next page
    for cells in printed.rows:
        _row(table.add_row(), printed, cells)
    made.add_paragraph().paragraph_format.space_after = Pt(0)


def _row(row: Any, printed: PrintedTable, texts: Sequence[str], *, bold: bool = False) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    widths = printed.widths or (1,) * len(printed.headings)
    for cell, text, share in zip(row.cells, texts, widths, strict=True):
        cell.width = Cm(_TEXT * share / sum(widths))
        paragraph: Paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(1)
        run = paragraph.add_run(text)
        run.bold, run.font.size = bold, Pt(10)


def _described(table: Any, about: str) -> None:
    for name in ("w:tblCaption", "w:tblDescription"):
        said = OxmlElement(name)
        said.set(qn("w:val"), about)
        table._tbl.tblPr.append(said)


def _picture(made: Any, steps: PrintedSteps) -> None:
    shape = made.add_picture(io.BytesIO(steps_png(steps)), width=Cm(_TEXT))
    said = shape._inline.docPr
    said.set("descr", steps.about)
    said.set("title", "What to do with a worry about a child")


def _foot(made: Any, document: PolicyDocument) -> None:
    paragraph = made.sections[0].footer.paragraphs[0]
    paragraph.add_run(f"{document.school}. {document.title}. {document.standing}. Page ")
    _field(paragraph, "PAGE")
    paragraph.add_run(" of ")
    _field(paragraph, "NUMPAGES")
    for run in paragraph.runs:
        run.font.size = Pt(8)


def _field(paragraph: Any, code: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _packed(made: Any) -> bytes:
    drawn, out = io.BytesIO(), io.BytesIO()
    made.save(drawn)
    with zipfile.ZipFile(drawn) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(zipfile.ZipInfo(name, _FIXED), before.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
