"""What can be done to a concern, as the forms of its page, and what comes back from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.web.forms import FormError
from bot.concerns.actions import ActionField, belongs_to
from bot.concerns.typed import IncompleteError, number_in
from bot.service.casework import Ability, ConcernAction

PAGE: frozenset[Ability] = frozenset({"files", "sign-in"})
WITHOUT_A_FILE = PAGE - {"files"}  # a form after which the page is shown again; files have an address of their own
# Forms that stand where they belong, and not among what can be done besides: above everything, or beside a request.
_ELSEWHERE = frozenset({"acknowledge", "agree", "keep"})


@dataclass(frozen=True)
class DrawnAction:
    """One form: the action, and its fields as they are drawn. The number of a line is a field that nobody sees: its
    form stands beside the line."""

    action: ConcernAction
    fields: tuple[ActionField, ...]

    @property
    def shown(self) -> tuple[ActionField, ...]:
        """The fields that somebody fills in."""
        return tuple(field for field in self.fields if field.kind != "number")

    @property
    def beside_a_line(self) -> bool:
        """Whether it is about one line of the chronology."""
        return self.shown != self.fields


def below(drawn: Sequence[DrawnAction]) -> tuple[DrawnAction, ...]:
    """The forms that stand one below the other, under what has happened."""
    return tuple(each for each in drawn if each.action.id not in _ELSEWHERE and not each.beside_a_line)


def given_in(action: ConcernAction, fields: Mapping[str, str]) -> Mapping[str, str]:
    """A posted form -> what was filled in, by field id. Raises FormError where it is not this action's form."""
    given = {name: typed for name, typed in fields.items() if name != "action"}
    fixed = {field.id for field in action.fields if not field.each}
    if not fixed <= set(given) or not all(belongs_to(action.fields, name) for name in given):
        raise FormError("not the fields of this page")
    try:
        for field in action.fields:
            if field.kind == "number":  # nobody types it here
                number_in(field.id, given[field.id])
    except IncompleteError:
        raise FormError("not the number of a line") from None
    return given
