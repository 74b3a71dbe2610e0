"""What the pages of a concern show. Pure: a form with what was typed into it, groups of fields, whom to ring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from adapters.web.pages import Pages, now
from bot.concerns import Advice, Answers, Field, Followed, Form, Receipt, Screen
from bot.concerns.form import NO_PICTURES
from bot.concerns.guidance import after_logging
from bot.concerns.receipt import once_stored
from bot.concerns.words import day, day_and_time
from bot.knowledge import School

# The subheading above a field and those that follow it. A field that is not named here joins the group before it.
_HEADINGS: Mapping[str, str] = {
    "pupils": "If it is about a pupil",
    "adult": "If it is about an adult at the school",
    "seen": "What happened",
    "date": "When and where",
    "done": "What has been done",
    "categories": "Kind of concern",
    "link": "Links and pictures",
    "you": "About you",
}
# What a field is called where what was written is read once more, if its own label speaks to whoever fills it in.
_LABELS: Mapping[str, str] = {
    "told": "Someone was told in person",
    "adult_name": "The adult’s full name",
    "adult_role": "The adult’s role",
    "you": "You",
}
_STILL_TO_TELL = "If it is urgent, do not wait until it is read. Tell one of these people, in person or by phone:"
OFFLINE = "the connection is down. Keep this page open"
_STATUS: Mapping[str, str] = {
    "open": "Nobody has acknowledged it yet.",
    "acknowledged": "Somebody has acknowledged it and is dealing with it.",
    "closed": "It was followed up and closed.",
    "deleted": "It is no longer kept.",
}


@dataclass(frozen=True)
class Shown:
    """One field as it is drawn: what was typed or ticked, and what is wrong with it."""

    field: Field
    values: tuple[str, ...] = ()
    problem: str = ""

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def label(self) -> str:
        return _LABELS.get(self.field.id, self.field.label)

    @property
    def words(self) -> str:
        """What was typed, ticked or picked, as somebody reads it."""
        options = {option.value: option.label for option in self.field.options}
        if self.field.kind == "date":
            return day(dt.date.fromisoformat(self.value))
        return "\n".join(options.get(value, value.strip()) for value in self.values)

    @property
    def as_date(self) -> bool:
        """Whether a date box can show the value: what is no date would vanish from it, so it stays a line."""
        try:
            return self.field.kind == "date" and (not self.value or bool(dt.date.fromisoformat(self.value)))
        except ValueError:
            return False


@dataclass(frozen=True)
class FieldGroup:
    """Fields under one subheading. `only_with` is (field, value): they are asked only then."""

    heading: str
    only_with: tuple[str, str] | None
    fields: tuple[Shown, ...]


@dataclass(frozen=True)
class FormPage:
    """One screen with everything that was typed. `before` is what is said before it is written, `offline` what the
    script says where the connection is down, `trouble` why the form was not taken. `today` is the last day that can be
    picked; `token` and `submission` go along with the form. `going` is for whom it is and how urgent, before it is
    sent; `whole` says that the first questions are asked once more, because something is to be changed."""

    school: School
    form: Form
    token: str
    submission: str
    before: tuple[Advice, ...]
    today: dt.date
    answers: Answers = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    trouble: tuple[Advice, ...] = ()
    offline: tuple[Advice, ...] = ()
    going: tuple[Advice, ...] = ()
    whole: bool = False

    @property
    def first(self) -> tuple[Shown, ...]:
        return tuple(self._shown(self.form.first))

    @property
    def report(self) -> tuple[FieldGroup, ...]:
        return tuple(_grouped(self._shown(self.form.report)))

    @property
    def reporter(self) -> tuple[FieldGroup, ...]:
        return tuple(_grouped(self._shown(self.form.reporter)))

    @property
    def wrong(self) -> tuple[Shown, ...]:
        """Every field with a problem, in the order of the page."""
        screens = (self.form.first, self.form.report, self.form.reporter)
        return tuple(each for screen in screens for each in self._shown(screen) if each.problem)

    @property
    def danger(self) -> bool:
        return self.answers.get("danger") == ("yes",)

    @property
    def panels(self) -> tuple[tuple[Advice, tuple[Advice, ...]], ...]:
        """What stands above the report, with what belongs to it: nothing where its reader is told of trouble; whom to
        tell only until they have begun to write."""
        first = [
            each for each in self.before if each.kind == "danger" or (each.kind == "tell-first" and not self.wrong)
        ]
        asides = tuple(each for each in self.before if each.kind == "another")
        return () if self.trouble else tuple((each, asides) for each in first)

    @property
    def panels_of_check(self) -> tuple[tuple[Advice, tuple[Advice, ...]], ...]:
        """The same once it is written: nobody is sent to the form any more."""
        return tuple(
            (replace(first, text=_STILL_TO_TELL) if first.kind == "tell-first" else first, asides)
            for first, asides in self.panels
        )

    @property
    def asks_again(self) -> bool:
        """Whether the first screen stands above the report once more: an answer is missing, or may be changed."""
        return self.whole or any(each.id in self.problems for each in self.form.first.fields)

    @property
    def written(self) -> tuple[Shown, ...]:
        """Every field with something in it, in the order of the form."""
        screens = (self.form.first, self.form.report, self.form.reporter)
        return tuple(each for screen in screens for each in self._shown(screen) if each.values)

    @property
    def unsaved(self) -> bool:
        """Whether something stands in the form that is stored nowhere."""
        return bool(set(self.answers) - {each.id for each in self.form.first.fields})

    def _shown(self, screen: Screen) -> Iterator[Shown]:
        for each in screen.fields:
            yield Shown(each, self.answers.get(each.id, ()), self.problems.get(each.id, ""))


@dataclass(frozen=True)
class LookUp:
    """The page of a receipt: the box alone, or with what has become of the concern. `problem` is beside the receipt,
    `trouble` says that something could not be done, `offline` what the script says where the connection is down;
    `text` is what was typed to be added, `fault` what is wrong there.
    """

    school: School
    token: str
    offline: tuple[Advice, ...]
    receipt: str = ""
    problem: str = ""
    followed: Followed | None = None
    added: bool = False
    text: str = ""
    fault: str = ""
    trouble: tuple[Advice, ...] = ()


class ConcernDrawing(Pages):
    """The templates of these pages."""

    drawn = ("concern_",)

    def __init__(self, clock: Callable[[], dt.datetime] = now) -> None:
        super().__init__(clock)
        self._templates.filters.update(moment=day_and_time)
        self._templates.globals.update(status_words=_STATUS, no_pictures=NO_PICTURES)

    def first(self, page: FormPage) -> str:
        """The first screen alone."""
        return self._render("concern_first.html", school=page.school, page=page)

    def report(self, page: FormPage) -> str:
        """The report, with what comes before it: danger, whom to tell, what is wrong."""
        return self._render("concern_report.html", school=page.school, page=page)

    def check(self, page: FormPage) -> str:
        """What was written, once more before it is sent; or why it was not taken."""
        return self._render("concern_check.html", school=page.school, page=page)

    def elsewhere(self, school: School, advice: tuple[Advice, ...]) -> str:
        """Instead of the form, where the school logs its concerns elsewhere."""
        return self._render("concern_elsewhere.html", school=school, advice=advice)

    def lost(self, school: School, trouble: tuple[Advice, ...]) -> str:
        """A form that did not arrive whole, so that nothing of it can be shown."""
        return self._render("concern_lost.html", school=school, trouble=trouble)

    def receipt(self, school: School, receipt: Receipt) -> str:
        """It was logged."""
        advice = after_logging(school, receipt)
        stored = once_stored(receipt)
        return self._render("concern_receipt.html", school=school, receipt=receipt, advice=advice, stored=stored)

    def look_up(self, page: LookUp) -> str:
        """A receipt's box and, where it is known, the steps."""
        return self._render("concern_look_up.html", school=page.school, page=page)


def not_yet(trouble: tuple[Advice, ...]) -> tuple[Advice, ...]:
    """Trouble though nothing is wrong with the store: it goes well as soon as its reader tries again."""
    return (replace(trouble[0], heading=f"{trouble[0].heading} yet"), *trouble[1:])


def answers_of(form: Form, fields: Answers) -> dict[str, tuple[str, ...]]:
    """A posted form -> what was typed or ticked in the fields that are asked; blanks and other fields left out."""
    asked = [each.id for screen in (form.first, form.report, form.reporter) for each in screen.fields]
    given = {name: tuple(value for value in fields.get(name, ()) if value.strip()) for name in asked}
    return {name: values for name, values in given.items() if values}


def _grouped(fields: Iterator[Shown]) -> Iterator[FieldGroup]:
    """Fields in their order -> groups, of which each begins at a subheading or where `only_with` changes."""
    groups: list[FieldGroup] = []
    for each in fields:
        heading, only_with = _HEADINGS.get(each.field.id, ""), each.field.only_with
        if groups and not heading and groups[-1].only_with == only_with:
            groups[-1] = FieldGroup(groups[-1].heading, only_with, (*groups[-1].fields, each))
        else:
            groups.append(FieldGroup(heading, only_with, (each,)))
    yield from groups
