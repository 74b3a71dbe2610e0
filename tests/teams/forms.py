"""Filling in a card as Teams lets people do it, and what Teams finds wrong before it sends anything."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

from tests.teams import sheets
from tests.teams.sheets import Sheet
from tests.teams.world import Json

NO_MESSAGE = "(marked as wrong, without a word)"


def fill(sheet: Sheet, name: str, value: Any) -> None:
    """Enter something into the input of this id or label. AssertionError where Teams would not let it be entered."""
    element = find(sheet, name)
    assert element, f"no input is called '{name}'; there is: {[each['id'] for each in _open_inputs(sheet)]}"
    sheet.values[element["id"]] = _entered(element, value)
    sheet.errors.pop(element["id"], None)


def find(sheet: Sheet, name: str) -> Json | None:
    """The input of this id or label, if there is one to be seen."""
    return next((each for each in _open_inputs(sheet) if name in (each["id"], each.get("label"))), None)


def own_errors(sheet: Sheet, action: Json, card: Json) -> dict[str, str]:
    """What Teams itself says beside the inputs that go with this button, by input id."""
    if action.get("associatedInputs") == "none":
        return {}
    wrong = [each for each in _with(sheet, card) if not _valid(each, sheet.values[each["id"]])]
    return {each["id"]: each.get("errorMessage") or NO_MESSAGE for each in wrong}


def data(sheet: Sheet, action: Json, card: Json) -> Json:
    """What is sent: the button's data, with what was entered. An input that was left empty is not sent at all."""
    given = action.get("data")
    sent: Json = dict(given) if isinstance(given, dict) else {}
    if action.get("associatedInputs") == "none":
        return sent
    entered = {each["id"]: sheet.values[each["id"]] for each in _with(sheet, card)}
    return sent | {name: value for name, value in entered.items() if value}


def _open_inputs(sheet: Sheet) -> list[Json]:
    return [each for each in sheet.elements() if str(each.get("type", "")).startswith("Input.")]


def _with(sheet: Sheet, card: Json) -> list[Json]:
    """The inputs of the button's own card, and of the whole card around it."""
    own = sheets.inputs(card, into_cards=False)
    return own if card is sheet.card else [*sheets.inputs(sheet.card, into_cards=False), *own]


def _entered(element: Json, value: Any) -> str:
    kind = element["type"]
    if value is None:
        return sheets.first_value(element)
    if kind == "Input.ChoiceSet":
        return _chosen(element, value)
    if kind == "Input.Toggle":
        return str(element.get("valueOn", "true") if value in (True, "true") else element.get("valueOff", "false"))
    if kind == "Input.Date":
        return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()
    if kind == "Input.Time":
        return (value if isinstance(value, time) else time.fromisoformat(value)).strftime("%H:%M")
    if kind == "Input.Number":
        return f"{float(value):g}"
    return _typed(element, str(value))


def _typed(element: Json, value: str) -> str:
    longest = element.get("maxLength")
    assert not longest or len(value) <= longest, f"'{element['id']}' takes {longest} characters, not {len(value)}"
    assert element.get("isMultiline") or "\n" not in value, f"'{element['id']}' takes a single line"
    return value


def _chosen(element: Json, value: Any) -> str:
    """Choices go by title or value; a people picker takes people, or any Entra object id."""
    several: list[Any] = list(value) if isinstance(value, (list, tuple)) else [value]
    assert len(several) < 2 or element.get("isMultiSelect"), f"'{element['id']}' takes one choice only"
    return ",".join(_choice(element, str(getattr(each, "aad", each))) for each in several)


def _choice(element: Json, value: str) -> str:
    offered = element.get("choices") or []
    for choice in offered:
        if value in (choice["title"], choice["value"]):
            return str(choice["value"])
    searched = (element.get("choices.data") or {}).get("type") == "Data.Query"
    assert searched, f"'{element['id']}' has no choice '{value}': {[each['title'] for each in offered]}"
    return value


def _valid(element: Json, value: str) -> bool:
    kind = element["type"]
    if not value or (kind == "Input.Toggle" and value != str(element.get("valueOn", "true"))):
        return not element.get("isRequired")
    if kind == "Input.Text" and element.get("regex"):
        return re.fullmatch(element["regex"], value) is not None
    if kind == "Input.Number":
        return bool(element.get("min", float("-inf")) <= float(value) <= element.get("max", float("inf")))
    if kind in ("Input.Date", "Input.Time"):
        return bool(str(element.get("min", "")) <= value <= str(element.get("max", "9999")))
    return True
