"""Reading one YAML mapping field by field, gathering every fault instead of stopping at the first."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.knowledge.files.faults import Fault
from bot.knowledge.files.plain_yaml import Marked

_YES_NO = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_NOTHING = (
    "null",
    "~",
)  # how YAML writes that a field is empty; of a field that must be filled it is text like any other
_QUOTES = {"\u201c": "\u201d", "\u2018": "\u2019"}  # the curly ones, that do not quote
# Dates and times as people type them, to be told how to write them.
_TURNED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d\d)")
_QUOTE_LINE = "Put the whole line in double quotes"
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


class Faults:
    """The faults found so far."""

    def __init__(self) -> None:
        self.found: list[Fault] = []
        self.unreadable: list[Fault] = []  # files that could not be read at all: others may only follow from these

    def add(self, file: str, entry: str, field: str, problem: str, remedy: str, line: int = 0) -> None:
        self.found.append(Fault(file, entry, field, problem, remedy, line))


class YamlFields:
    """One mapping of a file. Each reading takes a key and gives a value of the promised type, or notes a fault
    and gives an empty one, so that reading goes on and every fault is reported at once."""

    def __init__(self, faults: Faults, file: str, entry: str, data: object) -> None:
        self._faults, self._file, self._entry = faults, file, entry
        self._data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        if not isinstance(data, Mapping):
            self.fault("", "is not a list of fields", "Write it as 'field: value' lines")

    def fault(self, field: str, problem: str, remedy: str) -> None:
        self._faults.add(self._file, self._entry, field, problem, remedy, self._line(field))

    def _line(self, field: str) -> int:
        """On which line this field stands, or what it is in; 0 where nobody knows."""
        data: object = self._data
        line = 0
        for part in field.split(" > "):
            if not isinstance(data, Marked):
                break
            line = data.lines.get(part, data.line)
            data = data.get(part)
        return line

    @property
    def file(self) -> str:
        """The file's path in the folder of the base."""
        return self._file

    def only(self, known: Iterable[str]) -> None:
        """Every key must be one of these: a misspelt field would otherwise be lost in silence."""
        names = sorted(known)
        for key in self._data:
            if key not in names:
                self.fault(str(key), "is not a field that AskFirst knows", f"Use one of: {', '.join(names)}")

    def has(self, key: str) -> bool:
        value = self._data.get(key)
        return value is not None and value not in _NOTHING

    def raw(self, key: str) -> Any:
        return self._data.get(key)

    def text(self, key: str, *, required: bool = True) -> str:
        value = self._data.get(key)
        if isinstance(value, str) and value.strip() and (required or value not in _NOTHING):
            return self._unquoted(key, " ".join(value.split()))
        if required and value is None and key not in self._data:
            self.fault(key, "is missing", f"Add '{key}: …'")
        elif required or value not in (None, "", *_NOTHING):
            self.fault(key, "is empty or not text", "Write it as text, in quotes if it holds a colon")
        return ""

    def _unquoted(self, key: str, value: str) -> str:
        if _QUOTES.get(value[0]) == value[-1]:
            self.fault(key, "is in curly quotes, which would be shown", 'Take them away, or type straight ones: "')
        return value

    def flag(self, key: str, *, missing: bool) -> bool:
        """Yes or no, true or false, on or off, whichever somebody writes."""
        if not self.has(key):
            return missing
        value = self.text(key)
        if value.lower() not in _YES_NO:
            self.fault(key, f"'{value}' is neither true nor false", "Write true or false")
        return _YES_NO.get(value.lower(), missing)

    def choice(self, key: str, allowed: Iterable[str]) -> str:
        value = self.text(key)
        if value and value not in allowed:
            self.fault(key, f"'{value}' is not known", f"Use one of: {', '.join(allowed)}")
            return ""
        return value

    def texts(self, key: str, *, required: bool = True) -> tuple[str, ...]:
        value = self._data.get(key)
        if not self.has(key) and not required:
            return ()
        if not isinstance(value, list) or (required and not value):
            self.fault(key, "is not a list", "Write one item a line, each after '- '")
            return ()
        for item in value:
            if isinstance(item, Marked) and len(item) == 1:
                self.fault(key, f"an unquoted colon cuts '{next(iter(item))}' off from what follows", _QUOTE_LINE)
            elif not isinstance(item, str):
                self.fault(key, f"holds something that is not text ({_kind(item)})", _QUOTE_LINE)
        return tuple(item.strip() for item in value if isinstance(item, str))

    def date(self, key: str) -> dt.date:
        """A day; date.max where it is none, with a fault."""
        if not self.has(key):
            self.fault(key, "is missing", "Write it as 2027-09-01")
            return dt.date.max
        return self.as_date(key, self._data.get(key)) or dt.date.max

    def dates(self, key: str) -> frozenset[dt.date]:
        """A list of days, which may be left out."""
        days = (self.as_date(key, item) for item in (self.items(key) if self.has(key) else []))
        return frozenset(day for day in days if day)

    def as_date(self, key: str, value: object) -> dt.date | None:
        """2027-09-01 -> the day; None and a fault for anything else."""
        found = _ISO.fullmatch(value.strip()) if isinstance(value, str) else None
        try:
            if found:
                return dt.date(*map(int, found.groups()))
        except ValueError:
            pass  # the 30 February
        self.fault(key, f"'{_shown(value)}' is not a date", _write_date(value))
        return None

    def mapping(self, key: str, *, required: bool = True) -> Mapping[str, Any]:
        value = self._data.get(key)
        if isinstance(value, Mapping):
            return value
        if required or self.has(key):
            self.fault(key, "is missing or not a list of names with values", "Write 'name: value' lines below it")
        return {}

    def inner(self, key: str, data: object) -> YamlFields:
        """A mapping inside this one."""
        return YamlFields(self._faults, self._file, " > ".join(part for part in (self._entry, key) if part), data)

    def items(self, key: str, *, required: bool = True) -> list[Any]:
        value = self._data.get(key)
        if value is None and not required:
            return []
        if isinstance(value, list):
            return value
        self.fault(key, "is missing or not a list", "Write one item a line, each after '- '")
        return []


def _kind(value: object) -> str:
    return "it is empty" if value is None else "fields below it" if isinstance(value, Mapping) else "a list"


def _shown(value: object) -> str:
    return value.strip()[:60] if isinstance(value, str) else "something else"


def _write_date(value: object) -> str:
    """What to do about a date: the very words where it is a day, month and year."""
    found = _TURNED.fullmatch(value.strip()) if isinstance(value, str) else None
    if found and int(found[2]) <= 12:
        year = found[3] if len(found[3]) > 2 else f"20{found[3]}"
        return f"Write the year first: {year}-{found[2]:0>2}-{found[1]:0>2}"
    return "Write it as 2027-09-01"
