"""The pages of a PDF: A4, a running head and foot, and the few shapes that a record is set in.

Whatever is drawn goes through `printable` first: nothing that somebody typed can break a page, and fpdf2 never has a
missing character to name in the log.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos
from fpdf.fonts import TTFFont
from fpdf.util import Padding

from adapters.documents.printable import BOX, needs_shaping, printable, starts_right

_FONTS = Path(__file__).parent / "fonts"
_FAMILY = "DejaVu"
_PAGES = "\x00" * 6  # stands for the number of pages; `printable` lets no such character through
_CAN_SHAPE = find_spec("uharfbuzz") is not None  # joins Arabic letters; without it they stand apart
_SIDE, _TOP, _BOTTOM = 18.0, 25.0, 22.0  # margins, all in millimetres
_LABEL = 38.0
_NUMBER, _WHEN = 16.0, 37.0
_NAMED, _FULL = 46.0, 44.0  # of a bar: its label, and a hundred per cent
_LINE = 5.0
_BODY, _SMALL = 9.5, 8.0  # points
_INK, _QUIET, _RULE, _SHADE = 0, 70, 150, 226  # greys that a black and white printer keeps apart

# They list the letters of a document at INFO, and nothing that a person typed goes into a log.
logging.getLogger("fontTools").setLevel(logging.WARNING)
logging.getLogger("fpdf").setLevel(logging.WARNING)


class Sheet(FPDF):
    """A document that is being drawn from top to bottom; `output` finishes it, `close` throws it away. `running` is the
    middle of the running head, and `begins` the page on which each part begins that `part` has begun; `mark` says at
    the head of each page for whom it is."""

    def __init__(self, school: str, exported: str, now: dt.datetime, mark: str = "Confidential: safeguarding") -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self.running = ""
        self.begins: dict[str, int] = {}
        self.boxes = False  # whether a BOX was drawn since this was last set
        self._school, self._exported, self._mark = school, exported, mark
        self.add_font(_FAMILY, "", _FONTS / "DejaVuSans.ttf")
        self.add_font(_FAMILY, "B", _FONTS / "DejaVuSans-Bold.ttf")
        self.alias_nb_pages(_PAGES)
        self.set_lang("en-GB")
        self.set_creation_date(now)
        self.set_margins(_SIDE, _TOP, _SIDE)
        self.set_auto_page_break(True, _BOTTOM)
        self._font()

    # --- what is on every page

    def header(self) -> None:
        """The school, what the page belongs to, and for whom it is."""
        with self._apart(_SMALL):
            self._strip(self._school, 11, Align.L, 74, bold=True)
            self._strip(self.running, 11, Align.C, 44)
            self._strip(self._mark, 11, Align.R, 56, bold=True)
            self._rule(18)

    def footer(self) -> None:
        """Who took it out and when, and which page this is."""
        with self._apart(_SMALL):
            self._rule(self.h - 16)
            ending = f". Page {self.page_no()} of {_PAGES}"
            self._font(_SMALL)
            whole = self._fitting(self._exported, self.epw - self.get_string_width(ending + " "))
            self.set_xy(_SIDE, self.h - 14)
            self.cell(self.epw, _LINE, whole + ending)

    def close(self) -> None:
        """Let go of the files of the fonts."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()

    # --- what is drawn at the place that the page has come to

    def part(self, running: str, *, bookmark: bool = True) -> None:
        """Begin a new page under this running head."""
        self.running = running
        self.add_page()
        if bookmark:
            self.begins[running] = self.page_no()
            self.start_section(running.encode(errors="replace").decode())

    def headline(self, text: str) -> None:
        """The words at the top."""
        self._font(17, bold=True)
        self._paragraphs(text, 8)
        self.ln(2)

    def heading(self, text: str) -> None:
        """A heading, never alone at the foot of a page."""
        self._room(24)
        self.ln(3)
        self._font(11.5, bold=True)
        self._paragraphs(text, 6.5)
        self.ln(0.5)

    def pair(self, label: str, value: str, *, strong: bool = False) -> None:
        """A label with its value beside it."""
        self._room(2 * _LINE)
        self._font(bold=True)
        self.cell(_LABEL, _LINE, label)
        with self._from(_SIDE + _LABEL):
            self._font(bold=strong)
            self._paragraphs(value)
        self.ln(1)

    def question(self, asked: str, answer: str) -> None:
        """What was asked, with the answer beneath it."""
        self._room(3 * _LINE)
        self._font(bold=True)
        self._paragraphs(asked)
        self.passage(answer)
        self.ln(1)

    def passage(self, text: str) -> None:
        """Somebody's words over the whole width."""
        self._font()
        self._paragraphs(text)

    def aside(self, text: str) -> None:
        """A small remark."""
        self._room(2 * _LINE)
        self._font(_SMALL)
        self.set_text_color(_QUIET)
        self._paragraphs(text, 4.2)
        self.set_text_color(_INK)

    def boxed(self, caption: str, text: str) -> None:
        """Words in a frame under a caption; a frame that goes on over the page stays open there."""
        self._room(24)
        self.aside(caption)
        self.ln(1)
        self._font(10.5)
        self.set_draw_color(_INK)
        self._paragraphs(text, 5.6, frame=True)
        self.ln(1)

    def entry(self, number: str, when: str, who: str, what: str, remarks: Sequence[tuple[str, bool]]) -> None:
        """One line of a chronology, and under it remarks of any length: (text, whether it stands out)."""
        self._room(3 * _LINE)
        self._rule(self.y)
        self.ln(1.4)
        self._font()
        self.cell(_NUMBER, _LINE, number)
        self.cell(_WHEN, _LINE, when)
        with self._from(_SIDE + _NUMBER + _WHEN):
            self._font(bold=True)
            self._run(who)
            self._font()
            self._run(f": {what}")
            self.ln(_LINE)
            for text, strong in remarks:
                self._font(bold=strong)
                self._paragraphs(text)
        self.ln(1.4)

    def row(self, cells: Sequence[str], widths: Sequence[float], *, bold: bool = False) -> None:
        """One line of a list; what is too long for its cell is cut."""
        self._room(_LINE + 3)
        self._font(bold=bold)
        for text, width in zip(cells, widths, strict=True):
            self._shaped(fitted := self._fitting(text, width - 2))
            self.cell(width, _LINE + 2, fitted)
        self.ln(_LINE + 2)
        self._rule(self.y)

    def bar(self, label: str, percent: int, beside: str) -> None:
        """A share of a hundred as a bar: the label left of it, the number and a remark right of it."""
        self._room(_LINE + 3)
        self._font()
        self.cell(_NAMED, _LINE + 1, self._fitting(label, _NAMED - 2))
        self.set_fill_color(_SHADE)
        self.rect(self.x, self.y + 1, _FULL, _LINE - 1, "F")
        self.set_fill_color(_QUIET)
        if percent > 0:
            self.rect(self.x, self.y + 1, _FULL * min(percent, 100) / 100, _LINE - 1, "F")
        self.set_x(self.x + _FULL + 3)
        self._font(bold=True)
        self.cell(14, _LINE + 1, f"{percent}%")
        self._font()
        self.cell(0, _LINE + 1, self._fitting(beside, self.w - _SIDE - self.x), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)

    # --- within

    def _font(self, size: float = _BODY, *, bold: bool = False) -> None:
        self.set_font(_FAMILY, "B" if bold else "", size)

    def _clean(self, text: str) -> str:
        font = self.current_font
        clean = printable(text, font.cmap if isinstance(font, TTFFont) else ())
        self.boxes = self.boxes or BOX in clean
        return clean

    def _paragraphs(self, text: str, line: float = _LINE, *, frame: bool = False) -> None:
        """Each paragraph by itself, since each has its own reading direction."""
        paragraphs = self._clean(text).split("\n")
        for index, paragraph in enumerate(paragraphs):
            self._shaped(paragraph)
            first, last = index == 0, index == len(paragraphs) - 1
            self.multi_cell(
                0, line, paragraph, align=Align.R if starts_right(paragraph) else Align.L,
                border="LR" + "T" * first + "B" * last if frame else 0,
                padding=Padding(2.0 * first, 3, 2.0 * last, 3) if frame else 0,
                new_x=XPos.LMARGIN, new_y=YPos.NEXT,
            )  # fmt: skip

    def _run(self, text: str) -> None:
        clean = " ".join(self._clean(text).split("\n"))
        self._shaped(clean)
        self.write(_LINE, clean)

    def _strip(self, text: str, y: float, align: Align, width: float, *, bold: bool = False) -> None:
        """One line of the running head, over the whole width, cut to `width`."""
        self._font(_SMALL, bold=bold)
        self._shaped(fitted := self._fitting(text, width))
        self.set_xy(_SIDE, y)
        self.cell(self.epw, _LINE, fitted, align=align)

    def _fitting(self, text: str, width: float) -> str:
        """The text on one line, its end cut off if it is wider than `width`."""
        clean = " ".join(self._clean(text[:300]).split())
        if self.get_string_width(clean) <= width:
            return clean
        while clean and self.get_string_width(clean + "…") > width:
            clean = clean[:-1]
        return clean.rstrip() + "…"

    def _shaped(self, text: str) -> None:
        self.set_text_shaping(_CAN_SHAPE and needs_shaping(text))

    def _rule(self, y: float) -> None:
        self.set_draw_color(_RULE)
        self.line(_SIDE, y, self.w - _SIDE, y)

    def _room(self, height: float) -> None:
        if self.will_page_break(height):
            self.add_page()

    @contextmanager
    def _from(self, x: float) -> Iterator[None]:
        """What is drawn within begins at `x`, on the pages that follow too."""
        self.set_left_margin(x)
        self.set_x(x)
        yield
        self.set_left_margin(_SIDE)
        self.set_x(_SIDE)

    @contextmanager
    def _apart(self, size: float) -> Iterator[None]:
        """Draw outside the run of the page and leave its state as it was."""
        shaping, margin, boxes = self.text_shaping, self.l_margin, self.boxes
        self.set_left_margin(_SIDE)
        yield
        self.set_left_margin(margin)
        self.set_xy(margin, _TOP)
        self.text_shaping, self.boxes = shaping, boxes
