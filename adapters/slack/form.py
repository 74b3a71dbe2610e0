"""The concern form as Slack views, and what was filled in as Answers. Pure; the core describes the form itself."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from adapters.slack.blocks import Block, cut, heading, modal, paragraphs, words
from bot.concerns import Adult, Answers, Field, Form, Receipt, Report, Reporter, route
from bot.concerns.form import IN_DANGER, NO_PICTURES, TELL_FIRST
from bot.concerns.reading import person_named
from bot.concerns.receipt import to_ring
from bot.hours import is_open
from bot.knowledge import Person, School

FIRST, REPORT, DONE = "concern-first", "concern-report", "concern-done"
NOT_FOR_OUTSIDERS = (
    "Guests and people of other organisations cannot log a concern here. Tell a member of staff of the school now. "
    "If anyone is in danger, call 999."
)
_SHORTEST = 3000  # what a field of Slack's takes at most


@dataclass(frozen=True)
class Opened:
    """What a view carries from one screen to the next: ids only. `submission` is made when the form is opened."""

    submission: str
    danger: str = ""
    told: str = ""

    def to_metadata(self) -> str:
        """The view's private metadata."""
        return json.dumps(asdict(self))


def opened_from(metadata: str) -> Opened:
    """A view's private metadata -> Opened. Raises ValueError for what is none of ours."""
    data = json.loads(metadata)
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise ValueError("not ours")
    return Opened(**{name: data[name] for name in ("submission", "danger", "told")})


def first_view(form: Form, opened: Opened) -> Block:
    """The first screen, alone."""
    blocks = [block for field in form.first.fields for block in _input(field, "")]
    return modal("Log a concern", blocks, FIRST, "Continue", opened.to_metadata())


def report_view(school: School, form: Form, opened: Opened, given: Mapping[str, str] | None = None) -> Block:
    """The form itself, with what to do first above it; `given` is what is filled in already, by field id."""
    blocks = list(_first(school, opened))
    for field in form.report.fields:
        blocks += _input(field, (given or {}).get(field.id, ""))
    blocks += paragraphs(NO_PICTURES)
    return modal("Log a concern", blocks, REPORT, "Log this concern", opened.to_metadata())


def answers_of(opened: Opened, state: Mapping[str, Mapping[str, Any]]) -> Answers:
    """The state of the report view -> Answers, with those of the first screen. A picked person is a Slack user id."""
    found: dict[str, tuple[str, ...]] = {"danger": (opened.danger,), "told": (opened.told,)}
    for block, elements in state.items():
        for element in elements.values():
            found[block] = _values(element)
    return found


def done_view(receipt: Receipt) -> Block:
    """What is shown once it is stored."""
    blocks = [heading(f"Logged. Your receipt: {receipt.receipt}")]
    if receipt.danger:
        blocks += [heading("Somebody is in danger: call 999 now"), *_people(receipt.ring)]
    elif receipt.nobody_left:
        blocks += [heading("Nobody else at school is left to be told. Ring now:"), *_people(receipt.ring)]
    if receipt.told:
        told = ", ".join(f"{person.name} ({person.role})" for person in receipt.told)
        blocks += paragraphs(f"Being told now: {told}.")
    if receipt.closed_until:
        blocks += [heading("The school is closed now. If it cannot wait, ring:")]
        blocks += _people(receipt.out_of_hours or receipt.ring)
    blocks += paragraphs(
        "Keep the number. I have sent it to you in a direct message, and you hear there who has answered. "
        "The person it is about is not told and cannot read it."
    )
    return modal("Logged", blocks, DONE)


def whom_to_ring(school: School, answers: Answers, now: dt.datetime) -> str:
    """Whom to ring instead: never the person it is about, as far as the answers say by now."""
    people = to_ring(school, route(school, _so_far(school, answers)))
    cover = () if is_open(school, now) else school.holders("out-of-hours")
    return " or ".join(
        f"{person.name} on {person.phone}" for person in dict.fromkeys((*people, *cover)) if person.phone
    )


def not_logged(school: School, answers: Answers, now: dt.datetime) -> str:
    """What stands beside the first field where it could not be stored; what was typed stays in the form."""
    return (
        f"This was NOT logged. Ring {whom_to_ring(school, answers, now)}; in danger, call 999. "
        "Everything you wrote is still here: press the button again in a minute."
    )


def refused_view() -> Block:
    """What somebody from outside sees instead of the form."""
    return modal("Log a concern", paragraphs(NOT_FOR_OUTSIDERS), "refused")


def _so_far(school: School, answers: Answers) -> Report:
    """As much of a report as says who may hear of it."""
    about, picked = answers.get("about", ()), answers.get("adult", ("",))
    named = person_named(school, answers.get("adult_name", ("",))[0] if answers.get("adult_name") else "")
    person = picked[0] if picked and picked[0] in school.people else (named.id if named else None)
    adult = Adult("", "", person) if "adult" in about else None
    nobody = Reporter("", "", None)
    return Report(False, False, (), adult, "head" in about, "", "", None, "", "", "", "", (), "", nobody)


def _first(school: School, opened: Opened) -> Iterator[Block]:
    people = (*school.holders("dsl"), *school.holders("deputy-dsl"), *school.holders("head"))
    if opened.danger == "yes":
        yield heading("Call 999 now")
        yield from (*paragraphs(IN_DANGER), *_people(people))
    elif opened.told == "no":
        yield from (*paragraphs(TELL_FIRST), *_people(people))


def _people(people: Sequence[Person]) -> list[Block]:
    return paragraphs("\n".join(f"{person.name}, {person.role}: {person.phone}" for person in people))


def _input(field: Field, given: str) -> list[Block]:
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
