"""Reading one YAML mapping field by field, gathering every fault instead of stopping at the first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from bot.knowledge.faults import Fault

BARE_WORD = "YAML reads a bare yes, no, on or off as true or false"


class Faults:
    """The faults found so far."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, file: str, entry: str, field: str, problem: str, remedy: str) -> None:
        self.found.append(Fault(file, entry, field, problem, remedy))


class YamlFields:
    """One mapping of a file. Each reading takes a key and gives a value of the promised type, or notes a fault
    and gives an empty one, so that reading goes on and every fault is reported at once."""

    def __init__(self, faults: Faults, file: str, entry: str, data: object) -> None:
        self._faults, self._file, self._entry = faults, file, entry
        self._data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        if not isinstance(data, Mapping):
            self.fault("", "is not a list of fields", "Write it as 'field: value' lines")

    def fault(self, field: str, problem: str, remedy: str) -> None:
        self._faults.add(self._file, self._entry, field, problem, remedy)

    def only(self, known: Iterable[str]) -> None:
        """Every key must be one of these: a misspelt field would otherwise be lost in silence."""
        names = sorted(known)
        for key in self._data:
            if key not in names:
                self.fault(str(key), "is not a field that AskFirst knows", f"Use one of: {', '.join(names)}")

    def has(self, key: str) -> bool:
        return self._data.get(key) is not None

    def raw(self, key: str) -> Any:
        return self._data.get(key)

    def text(self, key: str, *, required: bool = True) -> str:
        value = self._data.get(key)
        if isinstance(value, bool):
            self.fault(key, BARE_WORD, f'Put it in quotes: {key}: "{"yes" if value else "no"}"')
        elif isinstance(value, str) and value.strip():
            return " ".join(value.split())
        elif isinstance(value, int | float | dt.date):
            return str(value)
        elif required and value is None:
            self.fault(key, "is missing", f"Add '{key}: …'")
        elif required:
            self.fault(key, "is empty or not text", "Write it as text, in quotes if it holds a colon")
        return ""

    def choice(self, key: str, allowed: Iterable[str]) -> str:
        value = self.text(key)
        if value and value not in allowed:
            self.fault(key, f"'{value}' is not known", f"Use one of: {', '.join(allowed)}")
            return ""
        return value

    def texts(self, key: str, *, required: bool = True) -> tuple[str, ...]:
        value = self._data.get(key)
        if value is None and not required:
            return ()
        if not isinstance(value, list) or (required and not value):
            self.fault(key, "is not a list", "Write one item a line, each after '- '")
            return ()
        for item in value:
            if isinstance(item, bool):
                self.fault(key, BARE_WORD, 'Put the item in quotes: - "no"')
            elif not isinstance(item, str | int | float):
                self.fault(key, f"holds something that is not text ({item})", "Put the whole line in quotes")
        return tuple(str(item).strip() for item in value if isinstance(item, str | int | float))

    def date(self, key: str) -> dt.date:
        value = self._data.get(key)
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value
        self.fault(key, f"'{value}' is not a date" if value is not None else "is missing", "Write it as 2027-09-01")
        return dt.date.max

    def mapping(self, key: str, *, required: bool = True) -> Mapping[str, Any]:
        value = self._data.get(key)
        if isinstance(value, Mapping):
            return {str(name): item for name, item in value.items()}
        if required or value is not None:
            self.fault(key, "is missing or not a list of names with values", "Write 'name: value' lines below it")
        return {}

    def inner(self, key: str, data: object) -> YamlFields:
        """A mapping inside this one."""
        return YamlFields(self._faults, self._file, " > ".join(part for part in (self._entry, key) if part), data)

    def items(self, key: str) -> list[Any]:
        value = self._data.get(key)
        if isinstance(value, list):
            return value
        self.fault(key, "is missing or not a list", "Write one item a line, each after '- '")
        return []
