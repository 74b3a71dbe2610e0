"""The sheet for the staff room, as a page for the printer (A4, one side) and as plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.answering.sheet import SheetPart, StaffSheet
from bot.knowledge import Person

_TEMPLATE = "staff_room.html"
_WIDTH = 78
# How many people fit on one side in letters of this size (points): with more of them the letters are smaller.
_SIZES = ((22, "10"), (32, "8.5"), (45, "7.5"))
_SMALLEST = "6.5"


def as_html(sheet: StaffSheet) -> str:
    """A page that needs nothing beside it."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    people = sum(len(part.people) for part in (*sheet.about, *sheet.others))
    size = next((size for most, size in _SIZES if people <= most), _SMALLEST)
    return templates.get_template(_TEMPLATE).render(sheet=sheet, label=label, size=size)


def as_text(sheet: StaffSheet) -> str:
    """The same for a terminal, an e-mail, or a printer without a browser."""
    return "\n".join(_lines(sheet)) + "\n"


def label(person: Person) -> str:
    """Who it is beside their name: what they do, and when a line is open."""
    role = "" if person.role.casefold() == person.name.casefold() else person.role
    return ", ".join(filter(None, (role, person.hours)))


def _lines(sheet: StaffSheet) -> Iterator[str]:
    yield from (f"WHOM TO RING: {sheet.school}", "", *textwrap.wrap(sheet.danger, _WIDTH))
    yield from ("", *textwrap.wrap(sheet.order, _WIDTH))
    for part in (*sheet.about, *sheet.others):
        if part.people or part.text:
            yield from _part(part)
    yield from ("", "HOW TO LOG A CONCERN")
    for paragraph in sheet.log:
        yield from textwrap.wrap(paragraph, _WIDTH, break_long_words=False)
    yield from ("", f"Printed on {sheet.printed}. Print it anew when somebody changes: askfirst sheet")


def _part(part: SheetPart) -> Iterator[str]:
    yield from ("", part.heading.upper(), *textwrap.wrap(part.text, _WIDTH))
    for person in part.people:
        said = label(person)
        yield f"  {person.phone:<16} {person.name}{f' ({said})' if said else ''}"
