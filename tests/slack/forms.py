"""What people enter: the controls in blocks, the values that Slack sends for them, and what it checks by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.slack.limits import TYPED
from tests.slack.workspace import Json

# A control -> under which key Slack sends what was chosen, and under which key an app says what is chosen at first.
HELD: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
LISTS = ("selected_options", "selected_users")
REQUIRED = "Please complete this required field."
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Control:
    """Something that a person can press, choose or fill: where it stands and what is written beside it."""

    label: str
    element: Json
    block: Json
    option: Json | None = None

    @property
    def kind(self) -> str:
        return str(self.element["type"])

    @property
    def names(self) -> tuple[str, ...]:
        """What a test may call it."""
        return (
            self.label,
            self.element["action_id"],
            self.block["block_id"],
            self.element.get("accessibility_label", ""),
        )


def elements(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Every control of some blocks, with the block that it stands in."""
    for block in blocks:
        for key in ("element", "accessory"):
            if isinstance(block.get(key), dict) and block[key]["type"] != "image":
                yield block[key], block
        if block["type"] in ("actions", "context_actions"):
            yield from ((element, block) for element in block["elements"])


def pressable(blocks: Sequence[Json]) -> Iterator[Control]:
    """Buttons, and every option that one press chooses."""
    for element, block in elements(blocks):
        if block["type"] != "input":
            yield from _pressable(element, block)


def _pressable(element: Json, block: Json) -> Iterator[Control]:
    if element["type"] in ("button", "icon_button", "workflow_button"):
        yield Control(element["text"]["text"], element, block)
    for key in ("positive_button", "negative_button"):
        if key in element:
            yield Control(element[key]["text"]["text"], element, block, element[key])
    for option in options(element):
        yield Control(option["text"]["text"], element, block, option)


def fillable(blocks: Sequence[Json]) -> Iterator[Control]:
    """Fields, each with its label; a control beside a section bears the section's words."""
    for element, block in elements(blocks):
        if element["type"] in HELD:
            label = block.get("label") or block.get("text") or element.get("placeholder") or {}
            yield Control(label.get("text", ""), element, block)


def options(element: Json) -> list[Json]:
    groups = [group["options"] for group in element.get("option_groups", ())]
    return [option for group in [element.get("options", []), *groups] for option in group]


def initial_values(blocks: Sequence[Json]) -> dict[str, dict[str, Json]]:
    """state.values before anybody has touched anything."""
    values: dict[str, dict[str, Json]] = {}
    for element, block in elements(blocks):
        if element["type"] in HELD:
            key, initially = HELD[element["type"]]
            held = {"type": element["type"], key: element.get(initially, [] if key in LISTS else None)}
            values.setdefault(block["block_id"], {})[element["action_id"]] = held
    return values


def entered(control: Control, value: Any, offered: Sequence[Json]) -> Json:
    """What Slack holds once a person has put `value` there; options go by what is written on them."""
    key, _ = HELD[control.kind]
    if key == "selected_option":
        return {"type": control.kind, key: None if value is None else _option(control, value, offered)}
    if key == "selected_options":
        return {"type": control.kind, key: [_option(control, each, offered) for each in value]}
    if key == "selected_users":
        return {"type": control.kind, key: [getattr(each, "id", each) for each in value]}
    return {"type": control.kind, key: getattr(value, "id", value)}


def _option(control: Control, text: str, offered: Sequence[Json]) -> Json:
    for option in offered:
        if text in (option["text"]["text"], option["value"]):
            return option
    raise AssertionError(f"'{text}' is not offered at '{control.label}': {[each['text']['text'] for each in offered]}")


def action(control: Control, held: Json | None) -> Json:
    """The entry in `actions` for a control that was pressed or changed."""
    about = {"type": control.kind, "block_id": control.block["block_id"], "action_id": control.element["action_id"]}
    if held is not None:
        return {**about, **held}
    if control.kind == "overflow":
        return {**about, "selected_option": control.option}
    source = control.option or control.element
    return {**about, **{key: source[key] for key in ("text", "value", "url") if key in source}}


def own_errors(blocks: Sequence[Json], values: dict[str, dict[str, Json]]) -> dict[str, str]:
    """What Slack itself says beside the fields, before it sends anything: block_id -> message."""
    found = {}
    for control in fillable(blocks):
        if control.block["type"] == "input":
            key, _ = HELD[control.kind]
            value = values[control.block["block_id"]][control.element["action_id"]][key]
            fault = _own_error(control, value)
            if fault:
                found[control.block["block_id"]] = fault
    return found


def _own_error(control: Control, value: Any) -> str | None:
    if value in (None, "", []):
        return None if control.block.get("optional") else REQUIRED
    check = _TYPED.get(control.kind)
    return check(control.element, str(value)) if check else None


def _text_error(element: Json, text: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", TYPED)
    if len(text) < least:
        return f"Please enter at least {least} characters."
    return f"Please enter no more than {most} characters." if len(text) > most else None


def _number_error(element: Json, text: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(pattern, text):
        return "Please enter a valid number."
    least, most = float(element.get("min_value", "-inf")), float(element.get("max_value", "inf"))
    return None if least <= float(text) <= most else "Please enter a number in the range."


_TYPED: dict[str, Callable[[Json, str], str | None]] = {
    "plain_text_input": _text_error,
    "number_input": _number_error,
    "email_text_input": lambda _, text: None if _EMAIL.fullmatch(text) else "Please enter a valid email address.",
    "url_text_input": lambda _, text: None if "://" in text else "Please enter a valid URL.",
}
