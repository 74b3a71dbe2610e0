"""What the pages of a request show. Pure: one screen at a time, with everything that was answered before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from adapters.web.concern.view import Shown
from adapters.web.pages import Pages, now
from bot.accounts import AccountForm, Registered
from bot.concerns import Answers, Screen
from bot.knowledge import School


@dataclass(frozen=True)
class FormStep:
    """One screen with what was typed. `screens` are all that this visitor is asked, `number` the place of this one;
    `problems` is what is wrong beside its fields, `trouble` why nothing was sent; `who` is who is signed in, empty for
    nobody."""

    school: School
    screens: tuple[Screen, ...]
    number: int
    token: str
    submission: str
    answers: Answers = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""
    who: str = ""

    @property
    def screen(self) -> Screen:
        return self.screens[self.number]

    @property
    def fields(self) -> tuple[Shown, ...]:
        return tuple(
            Shown(each, self.answers.get(each.id, ()), self.problems.get(each.id, "")) for each in self.screen.fields
        )

    @property
    def wrong(self) -> tuple[Shown, ...]:
        """Every field with a problem."""
        return tuple(each for each in self.fields if each.problem)

    @property
    def others(self) -> Iterator[tuple[str, str]]:
        """What was answered on the other screens, to be sent along."""
        here = {each.id for each in self.screen.fields}
        return ((name, value) for name, values in self.answers.items() if name not in here for value in values)

    @property
    def is_last(self) -> bool:
        return self.number == len(self.screens) - 1


class RequestDrawing(Pages):
    """The templates of these pages."""

    drawn = ("account_",)

    def __init__(self, clock: Callable[[], dt.datetime] = now) -> None:
        super().__init__(clock)

    def step(self, step: FormStep) -> str:
        """One screen."""
        return self._render("account_step.html", school=step.school, step=step)

    def sent(self, school: School, found: Registered) -> str:
        """It was sent."""
        manager = school.people.get(found.asking.manager)
        return self._render("account_sent.html", school=school, found=found, manager=manager)


def answers_of(form: AccountForm, fields: Answers) -> dict[str, tuple[str, ...]]:
    """A posted form -> what was typed or ticked in the fields that are asked; blanks and other fields left out."""
    asked = [*form.fields, *form.you.fields]
    given = {each.id: tuple(value for value in fields.get(each.id, ()) if value.strip()) for each in asked}
    return {name: values for name, values in given.items() if values}
