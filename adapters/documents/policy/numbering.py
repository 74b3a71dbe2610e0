"""Numbering of a .docx that Word itself counts: 1 for a heading, 1.1 for a clause under it."""

from __future__ import annotations

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

_HANGING = 680  # twentieths of a point: where the words of a clause begin


def number_headings(made: Any, heading: str, clause: str) -> None:
    """Let these two styles of a document be numbered, one under the other."""
    numbering = made.part.numbering_part.element
    abstract = 1 + max(
        (int(each.get(qn("w:abstractNumId"))) for each in numbering.iter(qn("w:abstractNum"))), default=0
    )
    listed = _element("w:abstractNum", {"w:abstractNumId": str(abstract)})
    listed.append(_element("w:multiLevelType", {"w:val": "multilevel"}))
    listed.append(_level(0, "%1", made.styles[heading].style_id))
    listed.append(_level(1, "%1.%2", made.styles[clause].style_id))
    first = numbering.find(qn("w:num"))  # every abstractNum stands before the first num
    first.addprevious(listed) if first is not None else numbering.append(listed)
    number = numbering.add_num(abstract).numId
    for name, level in ((heading, 0), (clause, 1)):
        properties = made.styles[name].element.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = level
        properties.get_or_add_numId().val = number


def _level(level: int, text: str, style: str) -> Any:
    found = _element("w:lvl", {"w:ilvl": str(level)})
    for name, value in (("w:start", "1"), ("w:numFmt", "decimal"), ("w:pStyle", style), ("w:lvlText", text)):
        found.append(_element(name, {"w:val": value}))
    found.append(_element("w:lvlJc", {"w:val": "left"}))
    properties = _element("w:pPr", {})
    properties.append(_element("w:ind", {"w:left": str(_HANGING), "w:hanging": str(_HANGING)}))
    found.append(properties)
    return found


def _element(name: str, attributes: dict[str, str]) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(key), value)
    return element
