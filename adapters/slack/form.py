"""The concern form as Slack views, and what was filled in as Answers. Pure; the core describes the form itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from adapters.chat.reporting import Paragraph, above_form, below_form, in_one, once_logged, title_of
from adapters.slack.blocks import Block, cut, heading, lines, linked, modal, paragraphs, words
from bot.concerns import Advice, Answers, Field, Form, Receipt
from bot.concerns.guidance import for_outsiders
from bot.knowledge import School

FIRST, REPORT, DONE = "concern-first", "concern-report", "concern-done"
_SHORTEST = 3000  # what a field of Slack's takes at most


@dataclass(frozen=True)
class OpenView:
    """What a view carries from one screen to the next: ids only. `submission` is made when the form is opened."""

    submission: str
    danger: str = ""
    told: str = ""

    def to_metadata(self) -> str:
        """The view's private metadata."""
        return json.dumps(asdict(self))


def opened_from(metadata: str) -> OpenView:
    """A view's private metadata -> Opened. Raises ValueError for what is none of ours."""
    data = json.loads(metadata)
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise ValueError("not ours")
    return OpenView(**{name: data[name] for name in ("submission", "danger", "told")})


def first_view(form: Form, opened: OpenView) -> Block:
    """The first screen, alone."""
    blocks = [block for field in form.first.fields for block in input_of(field, "")]
    return modal("Log a concern", blocks, FIRST, "Continue", opened.to_metadata())


def report_view(
    form: Form, opened: OpenView, advice: Sequence[Advice], given: Mapping[str, str] | None = None
) -> Block:
    """The form itself, with what to do first above it; `given` is what is filled in already, by field id."""
    blocks = _drawn(above_form(advice))
    for field in form.report.fields:
        blocks += input_of(field, (given or {}).get(field.id, ""))
    blocks += _drawn(below_form(advice))
    return modal("Log a concern", blocks, REPORT, "Log this concern", opened.to_metadata())


def answers_of(opened: OpenView, state: Mapping[str, Mapping[str, Any]]) -> Answers:
    """The state of the report view -> Answers, with those of the first screen. A picked person is a Slack user id."""
    found: dict[str, tuple[str, ...]] = {"danger": (opened.danger,), "told": (opened.told,)}
    for block, elements in state.items():
        for element in elements.values():
            found[block] = _values(element)
    return found


def done_view(school: School, receipt: Receipt) -> Block:
    """What is shown once it is stored."""
    return modal(title_of(receipt), _drawn(once_logged(school, receipt)), DONE)


def elsewhere_view(advice: Sequence[Advice]) -> Block:
    """What is shown instead of the form where the school logs its concerns elsewhere."""
    blocks = _drawn(above_form(advice))
    for each in advice:
        blocks += lines([linked(each.heading, each.link)]) if each.link else []
    return modal("Log a concern", blocks, "elsewhere")


def refused_view() -> Block:
    """What somebody from outside sees instead of the form."""
    return modal("Log a concern", paragraphs(in_one(for_outsiders())), "refused")


def _drawn(shown: Iterable[Paragraph]) -> list[Block]:
    return [block for line in shown for block in ([heading(line.text)] if line.heading else paragraphs(line.text))]


def input_of(field: Field, given: str) -> list[Block]:
    """One field of a form; `given` stands in it already."""
    hint = f"{field.hint} Only if it fits what you ticked above.".strip() if field.only_with else field.hint
    block: Block = {
        "type": "input",
        "block_id": field.id,
        "optional": not field.required,
        "label": words(field.label, 2000),
        "element": _element(field, given),
    }
    if hint:
        block["hint"] = words(hint, 2000)
    return [block]


def _element(field: Field, given: str) -> Block:
    options = [{"text": words(option.label, 75), "value": option.value} for option in field.options]
    match field.kind:
        case "choice" if len(options) > 10:
            return {"type": "static_select", "action_id": field.id, "options": options[:100]}
        case "choice":
            return {"type": "radio_buttons", "action_id": field.id, "options": options}
        case "choices" if len(options) <= 10:
            return {"type": "checkboxes", "action_id": field.id, "options": options}
        case "choices":
            return {"type": "multi_static_select", "action_id": field.id, "options": options[:100]}
        case "person":
            return {"type": "users_select", "action_id": field.id}
        case "date":
            return {"type": "datepicker", "action_id": field.id}
    element: Block = {
        "type": "plain_text_input",
        "action_id": field.id,
        "multiline": field.kind == "text",
        "max_length": min(field.limit, _SHORTEST),
    }
    if given:
        element["initial_value"] = cut(given, min(field.limit, _SHORTEST))
    return element


def _values(element: Mapping[str, Any]) -> tuple[str, ...]:
    if chosen := element.get("selected_options"):
        return tuple(option["value"] for option in chosen)
    if option := element.get("selected_option"):
        return (option["value"],)
    for name in ("value", "selected_user", "selected_date"):
        if value := element.get(name):
            return (str(value),)
    return ()
