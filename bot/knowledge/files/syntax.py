"""What is most likely wrong with a file that YAML cannot read, in words for whoever typed it.

The parser names the place where it gave up; the slip is often on the line above. Each look below knows one kind of
slip and says nothing where it is another; the first that speaks is believed.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

import yaml

_BEGINNING = 50  # characters of a line that are shown
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_KEYS = re.compile(r"\s*(?:- )?[\w-]+:(?:\s|$)")
_VALUE = re.compile(r"\s*(?:- +)?(?:[\w-]+: +)?(?P<value>.*)")
_CURLY = re.compile("[\u201c\u201d\u2018\u2019]")
_CURLY_OPENS = re.compile("[\u201c\u2018]")


class UnreadableError(Exception):
    """A file that is no YAML or no text: on which line (0: nobody knows), what is wrong, what to do."""

    def __init__(self, line: int, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.line, self.problem, self.remedy = line, problem, remedy


@dataclass(frozen=True)
class _Place:
    """Where the parser gave up, lines counted from 0; `begun` and `begun_at` (a column): where what it read began."""

    lines: list[str]
    line: int
    column: int
    begun: int
    begun_at: int
    problem: str
    context: str

    def text(self, number: int) -> str:
        return self.lines[number] if 0 <= number < len(self.lines) else ""

    @property
    def above(self) -> int:
        """The last line before that holds anything."""
        return next((each for each in range(self.line - 1, -1, -1) if self.text(each).strip()), self.line)


_Said = tuple[int, str, str] | None  # (line from 0, what is wrong, what to do)


def decoded(content: bytes) -> str:
    """The bytes of a file -> its text: UTF-8, or UTF-16 as Windows writes it. Raises UnreadableError for others."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as fault:
        number = 0 if wide else content[: fault.start].count(b"\n") + 1
        raise UnreadableError(number, *_not_utf8(content, number)) from None
    if found := _CONTROL.search(text):
        problem = f"holds a character that no text has (code {ord(found[0])}): it may be another kind of file"
        raise UnreadableError(
            text[: found.start()].count("\n") + 1, problem, "Take it out, or put the right file there"
        )
    return text


def _not_utf8(content: bytes, number: int) -> tuple[str, str]:
    lines = content.splitlines() if number else []
    begins = _quoted(lines[number - 1].decode("cp1252", "replace")) if 0 < number <= len(lines) else ""
    problem = f"cannot be read as text: it holds a letter that is not saved as UTF-8{begins}"
    return problem, "Save the file again with the encoding UTF-8 (Windows offers it beside the name, not ANSI)"


def explained(text: str, error: Exception) -> UnreadableError:
    """What a YAMLError or RecursionError about this text most likely means."""
    mark = getattr(error, "problem_mark", None)
    if not isinstance(error, yaml.YAMLError) or mark is None:
        cause = "it is nested too deeply" if isinstance(error, RecursionError) else "it cannot be read"
        return UnreadableError(0, f"is not valid YAML: {cause}", "Look at the brackets and the spaces at line starts")
    begun = getattr(error, "context_mark", None) or mark
    place = _Place(
        # Of YAML's own line ends alone: others would shift every number behind them.
        re.split(r"\r\n|[\n\r\x85\u2028\u2029]", text),
        mark.line,
        mark.column,
        begun.line,
        begun.column,
        getattr(error, "problem", "") or "",
        getattr(error, "context", "") or "",
    )
    number, problem, remedy = next(said for look in _LOOKS if (said := look(place)))
    return UnreadableError(number + 1, f"is not valid YAML: {problem}{_quoted(place.text(number))}", remedy)


def _quoted(line: str) -> str:
    shown = line.strip()
    cut = shown[:_BEGINNING] + ("…" if len(shown) > _BEGINNING else "")
    return f". The line begins: {cut}" if cut else ""


def _tab(place: _Place) -> _Said:
    for number in (place.line, place.above, place.begun):
        line = place.text(number)
        if "\t" in line[: len(line) - len(line.lstrip())]:
            return number, "the line starts with a tab", "Put spaces there instead, as many as its neighbours have"
    return None


def _curly(place: _Place) -> _Said:
    """A curly quote where a straight one is meant to open or close."""
    for number in (place.line, place.begun, place.above):
        found = _VALUE.match(place.text(number))
        value = found["value"].rstrip(",]} ") if found else ""
        straight = value[:1] in "\"'" if value else False
        if _CURLY_OPENS.match(value) or (straight and value[-1] != value[0] and _CURLY.match(value[-1])):
            return number, "a curly quote does not quote", 'Type straight quotes in its place: "'
    return None


def _never_closed(place: _Place) -> _Said:
    """A quote that opens and does not close: the parser goes on to the next quote in the file, or to its end."""
    if place.context == "while scanning a quoted scalar":
        return place.begun, "a quote is opened and never closed", "Add the missing quote at the end of the text"
    behind = place.text(place.line)[: place.column].strip()
    if "did not find expected" not in place.problem or not behind or _in_brackets(place):
        return None
    for number in range(place.line, max(place.begun, place.line - 30) - 1, -1):
        if place.text(number).replace('\\"', "").count('"') % 2:
            return number, "a quote is missing", 'Put one double quote before the text and one after it: "'
    return None


def _inner_quote(place: _Place) -> _Said:
    found = _VALUE.match(place.text(place.line))
    value = found["value"] if found else ""
    if "did not find expected" not in place.problem or value[:1] not in ('"', "'") or _in_brackets(place):
        return None
    if value[0] == "'":
        return place.line, "an apostrophe ends the text too early", 'Put the text in double quotes: "'
    return place.line, "a quote inside the text ends it too early", "Inside double quotes, use single ones: '"


def _colon(place: _Place) -> _Said:
    if not place.problem.startswith("mapping values are not allowed"):
        return None
    line = place.text(place.line)
    if (key := _KEYS.match(line)) and place.column >= key.end():
        return place.line, "a colon in a sentence that is not in quotes", 'Put the sentence in double quotes: "'
    if re.match(r"\s*(- )?[\w-]+:\S", place.text(place.above)):
        return place.above, "there is no space after the colon", "Write 'field: value', with a space between"
    return place.line, "the line stands further to the right than its neighbours", _LINE_UP


def _brackets(place: _Place) -> _Said:
    if not _in_brackets(place):
        return None
    if place.line > place.begun:
        return place.begun, "a bracket is opened and never closed", "Add the missing ] or }"
    remedy = "Part the items by commas, and put a text with a colon in double quotes"
    return place.line, "between brackets a comma is missing, or a colon is in the way", remedy


def _in_brackets(place: _Place) -> bool:
    return place.context.startswith("while parsing a flow")


def _mark(place: _Place) -> _Said:
    """A text that starts with a mark that means something to YAML."""
    mark = place.text(place.line)[place.column : place.column + 1]
    if (
        place.problem in ("found undefined alias", "found a tag")
        or place.context in ("while scanning an anchor", "while scanning a block scalar")
        or ("cannot start any token" in place.problem and mark in "@`%")
    ):
        mark = place.text(place.line)[place.begun_at : place.begun_at + 1]
        return place.line, f"a text must not start with {mark}", 'Put it in double quotes: "'
    if place.problem.startswith("block sequence entries"):
        return place.line, "a dash stands behind a colon", "Write each item on a line of its own, after '- '"
    if place.problem == "could not find expected ':'":
        return (
            place.begun,
            "a line that is no 'field: value'",
            "Add the colon, or indent it to go on from the line above",
        )
    if "another document" in place.problem:
        return place.line, "a line of dashes starts a second document", "Take the --- away"
    return None


def _indent(place: _Place) -> _Said:
    if not place.text(place.line)[: place.column].strip() and "did not find expected" in place.problem:
        return place.line, "the spaces at the start of the line do not fit those above it", _LINE_UP
    return None


def _anything(place: _Place) -> tuple[int, str, str]:
    return place.line, place.problem or "it cannot be read", "Mend the spaces or quotes on that line or the one before"


_LINE_UP = "Line it up with the fields that it belongs to"
_LOOKS: tuple[Callable[[_Place], _Said], ...] = (
    _tab, _curly, _never_closed, _inner_quote, _colon, _brackets, _mark, _indent, _anything,
)  # fmt: skip
