"""A document of the policy as PDF for print: the same words in the same order as the .docx."""

from __future__ import annotations

import datetime as dt
import io
import logging
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, WrapMode, XPos, YPos
from fpdf.fonts import FontFace, TTFFont

from adapters.documents.policy import words
from adapters.documents.policy.picture import steps_png
from adapters.documents.printable import printable
from bot.service.policy_writing.model import PolicyDocument, PrintedClause, PrintedSection, PrintedTable

_FONTS = Path(__file__).parent.parent / "fonts"
_FAMILY = "DejaVu"
_PAGES = "\x00" * 6  # stands for the number of pages; `printable` lets no such character through
_SIDE, _TOP, _BOTTOM = 20.0, 16.0, 18.0  # margins, all in millimetres
_NUMBER = 11.0
_INK, _QUIET, _RULE, _SHADE = 0, 80, 150, 232  # greys that a black and white printer keeps apart

# It lists the letters of a document at INFO, and people's names do not go into a log.
logging.getLogger("fontTools").setLevel(logging.WARNING)


def policy_pdf(document: PolicyDocument) -> bytes:
    """The file; the same document gives the same bytes. One that may have so many pages is set smaller, as far as can
    still be read, until it fits."""
    sizes = (9.5, 9.0, 8.5, 8.0) if document.pages else (9.5,)
    for size in sizes:
        with closing(_Paper(document, size)) as paper:
            paper.draw()
            if not document.pages or paper.page_no() <= document.pages or size == sizes[-1]:
                return bytes(paper.output())
    raise AssertionError("there is always a last size")


class _Paper(FPDF):
    """One document, drawn from top to bottom."""

    def __init__(self, document: PolicyDocument, size: float) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self._document, self._size = document, size
        self._line = size * 0.5
        self.add_font(_FAMILY, "", _FONTS / "DejaVuSans.ttf")
        self.add_font(_FAMILY, "B", _FONTS / "DejaVuSans-Bold.ttf")
        self.alias_nb_pages(_PAGES)
        self.set_lang("en-GB")
        self.set_title(document.title)
        self.set_author(document.school)
        self.set_creation_date(dt.datetime.combine(document.edition.on, dt.time(), dt.UTC))
        self.set_margins(_SIDE, _TOP, _SIDE)
        self.set_auto_page_break(True, _BOTTOM)

    def close(self) -> None:
        """Let go of the files of the fonts."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()

    def footer(self) -> None:
        """What this is a page of, and which."""
        said = self._document
        self._face(7.5)
        self.set_draw_color(_RULE)
        self.line(_SIDE, self.h - 14, self.w - _SIDE, self.h - 14)
        self.set_xy(_SIDE, self.h - 12.5)
        whole = f"{said.school}. {said.title}. {said.standing}. "
        self.cell(self.epw, 4, f"{self._shown(whole)}Page {self.page_no()} of {_PAGES}")

    def draw(self) -> None:
        """All of it."""
        self.add_page()
        self._head()
        for section in self._document.sections:
            self._section(section)
        if self._document.letter:
            self._room(30)
            self.ln(3)
            self._text("Yours faithfully,")
            self.ln(14)
            self._text(self._document.letter[1])
        if table := words.changes_table(self._document):
            self._heading(words.CHANGED)
            self._table(table)

    def _head(self) -> None:
        said = self._document
        self._face(self._size + 7, bold=True)
        self._paragraph(said.title, self._line + 3)
        self._face(self._size + 1)
        self._paragraph(said.subtitle, self._line + 1)
        self.ln(1)
        self._text(" ".join(filter(None, (f"{said.standing}.", *said.about, words.due_line(said)))))
        for note in words.notes_of(said):
            self._text(note)
        if said.is_draft:
            self.ln(1)
            self._text(words.DRAFT, bold=True)
            for each in words.to_do_of(said):
                self._marked("•", f"{each}.")
        if said.letter:
            self.ln(2)
            self._text(said.letter[0])

    def _section(self, section: PrintedSection) -> None:
        self._heading(f"{section.number}  {section.heading}", 50 if section.steps else 24)
        for clause in section.clauses:
            self._clause(clause)
        if section.lead:
            self.ln(self._line * 0.4)
            self._text(section.lead)
        if section.table:
            self.ln(0.8)
            self._table(section.table)
        if section.steps:
            self.ln(0.8)
            picture = io.BytesIO(steps_png(section.steps))
            self.image(picture, w=self.epw, alt_text=section.steps.about)
            self.ln(1)
        for each in section.signing:
            self._signing(each)

    def _heading(self, text: str, room: float = 24) -> None:
        self._room(room)
        self.ln(self._line * 0.55)
        self._face(self._size + 2, bold=True)
        self.start_section(self._shown(text))
        self._paragraph(text, self._line + 1.2)

    def _clause(self, clause: PrintedClause) -> None:
        self._room((3 + len(clause.points)) * self._line)
        self._marked(clause.number, clause.text)
        for point in clause.points:
            self._marked("•", point, _NUMBER)
        if words.is_marked(clause, self._document):
            self._standing(clause)
        self.ln(self._line * 0.22)

    def _standing(self, clause: PrintedClause) -> None:
        self.set_left_margin(_SIDE + _NUMBER)
        self._face(6.5, bold=not clause.approved)
        self.set_text_color(_QUIET if clause.approved else _INK)
        self._paragraph(words.standing_of(clause), 3)
        self.set_text_color(_INK)
        self.set_left_margin(_SIDE)
        self.set_x(_SIDE)

    def _marked(self, mark: str, text: str, indent: float = 0) -> None:
        """A number or a dot, and the words beside it."""
        self._face(self._size)
        self.set_x(_SIDE + indent)
        self.cell(_NUMBER, self._line, mark)
        self.set_left_margin(_SIDE + indent + _NUMBER)
        self._paragraph(text, self._line)
        self.set_left_margin(_SIDE)
        self.set_x(_SIDE)

    def _table(self, printed: PrintedTable) -> None:
        self._face(self._size - 0.5)
        self.set_draw_color(_RULE)
        with self.table(
            borders_layout=TableBordersLayout.ALL,
            col_widths=printed.widths or None,
            headings_style=FontFace(emphasis="BOLD", fill_color=_SHADE),
            line_height=self._line * 0.95,
            padding=0.8,
            text_align=Align.L,
            wrapmode=WrapMode.WORD,
        ) as table:
            for texts in (printed.headings, *printed.rows):
                self._row(table.row(), texts)
        self.ln(1)

    def _row(self, row: object, texts: Sequence[str]) -> None:
        for text in texts:
            row.cell(self._shown(text))  # type: ignore[attr-defined]

    def _signing(self, label: str) -> None:
        self._room(14)
        self.ln(6)
        self._face(self._size)
        self.cell(50, self._line, label)
        self.set_draw_color(_INK)
        self.line(_SIDE + 50, self.y + self._line, self.w - _SIDE, self.y + self._line)
        self.ln(self._line + 1)

    def _text(self, text: str, *, bold: bool = False) -> None:
        self._face(self._size, bold=bold)
        self._paragraph(text, self._line)
        self.ln(self._line * 0.2)

    def _paragraph(self, text: str, height: float) -> None:
        self.multi_cell(0, height, self._shown(text), align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _shown(self, text: str) -> str:
        font = self.fonts[_FAMILY.lower()]
        return printable(text, font.cmap if isinstance(font, TTFFont) else ())

    def _face(self, size: float, *, bold: bool = False) -> None:
        self.set_font(_FAMILY, "B" if bold else "", size)

    def _room(self, height: float) -> None:
        if self.y + height > self.page_break_trigger:
            self.add_page()
