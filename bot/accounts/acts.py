"""What can be done to an account in the register: by whom, in which state, with what to fill in. Data alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from bot.accounts.model import AGREED, RUNNING, WAITING, Holder, Registered, RegisterState
from bot.accounts.parts import Part, parts_of, who_decides
from bot.concerns.actions import ActionField
from bot.concerns.form import FieldOption, staff
from bot.knowledge import School

ActId = Literal["decide", "live", "review", "leaving", "hand-over", "close"]


@dataclass(frozen=True)
class RegisterAct:
    """One thing that can be done: `title` stands on its button, `send` on the one that does it, `said` afterwards."""

    id: ActId
    title: str
    send: str
    said: str
    parts: frozenset[Part]
    states: tuple[RegisterState, ...]
    fields: tuple[ActionField, ...]


_DECISION = ActionField(
    "decision",
    "choice",
    "What do you decide?",
    options=(
        FieldOption("yes", "Agreed"),
        FieldOption("no", "Refused"),
    ),
)
_REASON = ActionField("reason", "text", "Why?", "The asker reads it. It is kept with the decision.")
ACTS: tuple[RegisterAct, ...] = (
    RegisterAct(
        "decide",
        "Decide",
        "Keep the decision",
        "Your decision is kept. The asker hears of it, if they can be written to from here.",
        frozenset({"manager"}),
        ("asked", "manager"),
        (_DECISION, _REASON),
    ),
    RegisterAct(
        "decide",
        "Decide",
        "Keep the decision",
        "Your decision is kept. The asker hears of it, if they can be written to from here.",
        frozenset({"leader"}),
        ("leaders",),
        (_DECISION, _REASON),
    ),
    RegisterAct(
        "live",
        "It is in use now",
        "Put it into the register",
        "It stands in the register as in use.",
        frozenset({"asker", "holder", "manager", "leader"}),
        ("approved",),
        (ActionField("address", "line", "Where is it found?", "Its address, or its name on the site."),),
    ),
    RegisterAct(
        "review",
        "It was reviewed",
        "Keep the review",
        "The review is kept, with the day of the next.",
        frozenset({"manager", "leader"}),
        RUNNING,
        (
            ActionField("reason", "text", "What did you look at, and what is to change?"),
            ActionField("day", "day", "When is it looked at again?", "Within a year."),
        ),
    ),
    RegisterAct(
        "leaving",
        "Somebody with a login leaves",
        "Tell the senior leaders",
        "The senior leaders are told until it is handed over.",
        frozenset({"holder", "manager", "leader"}),
        AGREED,
        (ActionField("who", "choice", "Who leaves?"),),
    ),
    RegisterAct(
        "hand-over",
        "Hand it over",
        "It is handed over",
        "It is handed over.",
        frozenset({"holder", "manager", "leader"}),
        AGREED,
        (
            ActionField("who", "choice", "Who gives up their login?"),
            ActionField(
                "to",
                "person",
                "Who takes it over?",
                "Or write their name below.",
                required=False,
                empty="Not in the list",
            ),
            ActionField(
                "to_name", "line", "Not in the list: full name and role", "With a comma between them.", required=False
            ),
            ActionField(
                "changed",
                "choice",
                "Are password, recovery email and phone changed?",
                options=(
                    FieldOption("yes", "Yes, all of them"),
                    FieldOption("no", "Not yet"),
                ),
            ),
        ),
    ),
    RegisterAct(
        "close",
        "Take it back",
        "Take it back",
        "It is taken back.",
        frozenset({"asker"}),
        WAITING,
        (ActionField("reason", "text", "Why?"),),
    ),
    RegisterAct(
        "close",
        "Close it",
        "Close it for good",
        "It is closed.",
        frozenset({"asker", "holder", "leader"}),
        AGREED,
        (ActionField("reason", "text", "Why, and what became of posts and followers?"),),
    ),
)


def offered(school: School, found: Registered, person: str) -> tuple[RegisterAct, ...]:
    """What somebody of school.yaml can do to it now."""
    return tuple(act for act in ACTS if found.state in act.states and _may(school, found, act, person))


def fields_of(school: School, found: Registered, act: RegisterAct) -> tuple[ActionField, ...]:
    """The fields of an act, with what can be picked in them."""
    return tuple(_filled(school, found, field) for field in act.fields)


def _may(school: School, found: Registered, act: RegisterAct, person: str) -> bool:
    if not act.parts & parts_of(school, found, person):
        return False
    if act.id == "decide" and found.state == "leaders":
        return person in {each.id for each in who_decides(school, found)}
    return act.id != "decide" or person != found.asked_by.person


def _filled(school: School, found: Registered, field: ActionField) -> ActionField:
    if field.id == "who":
        return replace(field, options=tuple(FieldOption(_key(each), each.words) for each in found.holders))
    if field.id == "to":
        held = {each.person for each in found.holders}
        people = (each for each in staff(school) if each.id not in held)
        return replace(field, options=tuple(FieldOption(each.id, f"{each.name}, {each.role}") for each in people))
    return field


def _key(holder: Holder) -> str:
    return holder.person or holder.name


def holder_of(found: Registered, key: str) -> Holder | None:
    """The holder whom a field "who" names."""
    return next((each for each in found.holders if _key(each) == key), None)
