"""The concern form as Teams dialogs, and what was filled in as Answers. Pure; the core describes the form itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from adapters.chat.reporting import Paragraph, above_form, below_form, once_logged, title_of
from adapters.teams.activities import ActivityBody
from adapters.teams.cards import Part, beside, dialog, heading, link, paragraphs, problem, rows, sender, small
from bot.concerns import Advice, Answers, Field, Form, Receipt
from bot.knowledge import School

FIRST, REPORT = "first", "report"
_LONGEST_ID, _SHOWN_AT_ONCE = 80, 10
_PEOPLE = "graph.microsoft.com/users"


@dataclass(frozen=True)
class OpenDialog:
    """What goes from one screen to the next: ids only. `submission` is made when the form is opened."""

    submission: str
    danger: str = ""
    told: str = ""


def opened_from(data: ActivityBody) -> OpenDialog:
    """What came with the button that sent a screen. Raises ValueError for what is none of ours."""
    parts = {name: data.get(name, "") for name in ("submission", "danger", "told")}
    if not parts["submission"] or not all(
        isinstance(part, str) and len(part) <= _LONGEST_ID for part in parts.values()
    ):
        raise ValueError("not ours")
    return OpenDialog(**parts)


def first_dialog(form: Form, opened: OpenDialog, given: Answers, problems: Mapping[str, str]) -> Part:
    """The first screen, alone."""
    fields = [part for field in form.first.fields for part in input_of(field, given, problems)]
    return dialog("Log a concern", [*fields, *rows([sender("Continue", {"do": FIRST, **asdict(opened)})])], whole=True)


def report_dialog(
    form: Form, opened: OpenDialog, advice: Sequence[Advice], given: Answers, problems: Mapping[str, str]
) -> Part:
    """The form itself, with what to do first above it. `given` is what is filled in already."""
    parts = drawn(above_form(advice))
    known = {field.id for field in form.report.fields}
    parts += [problem(text) for name, text in problems.items() if name not in known]
    if known & problems.keys():
        parts.append(problem("Nothing is logged yet. Look at the lines below that begin with ✗."))
    for field in form.report.fields:
        parts += input_of(field, given, problems, _only_with(form, field))
    parts += drawn(below_form(advice))
    send = sender("Log this concern", {"do": REPORT, **asdict(opened)})
    return dialog("Log a concern", [*parts, *rows([send])], whole=True)


def done_dialog(school: School, receipt: Receipt) -> Part:
    """What is shown once it is stored."""
    return dialog(title_of(receipt), drawn(once_logged(school, receipt)), "medium")


def elsewhere_dialog(advice: Sequence[Advice]) -> Part:
    """What is shown instead of the form where the school logs its concerns elsewhere."""
    links = [link(each.heading, each.link) for each in advice if each.link]
    return dialog("Log a concern", [*drawn(above_form(advice)), *rows(links)], "medium")


def refused_dialog(words: str) -> Part:
    """One text in the place of a form."""
    return dialog("AskFirst", paragraphs(words), "medium")


def answers_of(form: Form, opened: OpenDialog, data: ActivityBody) -> Answers:
    """What was filled in on the report -> Answers, with those of the first screen. A person who was picked from the
    directory is their object id in Entra."""
    found: dict[str, tuple[str, ...]] = {"danger": (opened.danger,), "told": (opened.told,)}
    for field in (*form.first.fields, *form.report.fields):
        value = data.get(field.id)
        if not isinstance(value, str) or not value:
            continue
        found[field.id] = chosen(field, value) if field.kind == "choices" else (value,)
    return found


def chosen(field: Field, value: str) -> tuple[str, ...]:
    """The values of several ticks: they come as their numbers, because a label may hold a comma."""
    numbers = [part.strip() for part in value.split(",")]
    return tuple(option.value for number, option in enumerate(field.options) if str(number) in numbers)


def drawn(lines: Iterable[Paragraph]) -> list[Part]:
    """Paragraphs as parts of a card."""
    return [part for line in lines for part in ([heading(line.text)] if line.heading else paragraphs(line.text))]


def _only_with(form: Form, field: Field) -> str:
    """When a field is to be filled in at all: a dialog cannot hide it until then."""
    if field.only_with is None:
        return ""
    owner, value = field.only_with
    labels = [
        option.label
        for each in form.report.fields
        if each.id == owner
        for option in each.options
        if option.value == value
    ]
    return f"Only if you ticked “{labels[0]}”."


def input_of(field: Field, given: Answers, problems: Mapping[str, str], only: str = "") -> Iterator[Part]:
    """One field of a form, with what is filled in already, what is wrong with it, and when it is to be filled in."""
    hint = f"{only} {field.hint}".strip()
    if wrong := problems.get(field.id):
        yield beside(field.label, wrong)
    element = _element(field, given.get(field.id, ()))
    needed = {"isRequired": True, "errorMessage": "This is needed."} if field.required else {}
    yield {**element, "id": field.id, "label": field.label, **needed}
    if hint:
        yield {**small(hint), "spacing": "None"}


def _element(field: Field, given: tuple[str, ...]) -> Part:
    value = given[0] if given else ""
    match field.kind:
        case "choice":
            choices = [{"title": option.label, "value": option.value} for option in field.options]
            style = "expanded" if len(choices) <= _SHOWN_AT_ONCE else "compact"
            return _with_value({"type": "Input.ChoiceSet", "style": style, "choices": choices}, value)
        case "choices":
            choices = [{"title": option.label, "value": str(number)} for number, option in enumerate(field.options)]
            ticked = [str(number) for number, option in enumerate(field.options) if option.value in given]
            made = {"type": "Input.ChoiceSet", "style": "expanded", "isMultiSelect": True, "choices": choices}
            return _with_value({**made, "wrap": True}, ",".join(ticked))
        case "person":
            return _with_value(_people(field), value)
        case "date":
            return _with_value({"type": "Input.Date"}, value)
    made = {"type": "Input.Text", "isMultiline": field.kind == "text", "maxLength": field.limit}
    return _with_value(made, value)


def _people(field: Field) -> Part:
    """The school's own people first; behind them everybody in the school's directory, whom Teams finds as one types."""
    return {
        "type": "Input.ChoiceSet",
        "style": "filtered",
        "choices": [{"title": option.label, "value": option.value} for option in field.options],
        "choices.data": {"type": "Data.Query", "dataset": _PEOPLE},
    }


def _with_value(element: Part, value: str) -> Part:
    return {**element, "value": value} if value else element
