"""The form, described once: every channel draws these screens, and bot.concerns.reading checks what comes back.

Danger comes first (practice-01, practice-05); then what a record needs (practice-09). There is no place for a file or
a picture, and the form says why (practice-10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.knowledge import SERVICES, Person, School

FieldKind = Literal["choice", "choices", "line", "text", "date", "person"]

LINE = 200  # characters; every channel takes as many in one field
TEXT = 3000

NO_PICTURES = (
    "You cannot attach anything here. Never look at, copy, save or send on a nude image of a child. Leave the device "
    "as it is and go to the Designated Safeguarding Lead (DSL)."
)
IN_DANGER = "Call 999 now. Do not wait for anyone's permission. Then tell one of these people, in person or by phone:"
TELL_FIRST = "If it is urgent, tell one of these people first, in person or by phone. Then fill this in."
_NOT_STAFF = SERVICES | {"office", "first-aid", "emergency-contact"}


@dataclass(frozen=True)
class FieldOption:
    """One answer that can be ticked: what is sent, and what it says."""

    value: str
    label: str


@dataclass(frozen=True)
class Field:
    """One thing that is asked. `limit` is in characters (0 where nothing is typed); `options` are the answers of a
    choice, of choices, or the people of a person picker; `only_with` is (field, value): ask it only then."""

    id: str
    kind: FieldKind
    label: str
    hint: str = ""
    required: bool = False
    limit: int = 0
    options: tuple[FieldOption, ...] = ()
    only_with: tuple[str, str] | None = None


@dataclass(frozen=True)
class Screen:
    """Fields that are shown together."""

    id: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Form:
    """The screens in order: `first` alone, then `report`; `reporter` only where the channel does not know who it is."""

    first: Screen
    report: Screen
    reporter: Screen


def form_for(school: School) -> Form:
    """The form with this school's people and categories in it."""
    return Form(_FIRST, _report(school), _reporter(school))


def staff(school: School) -> tuple[Person, ...]:
    """The people of school.yaml who are persons, not an office or a service outside."""
    return tuple(
        person
        for person in school.people.values()
        if not (roles := school.roles_of(person.id)) or not roles <= _NOT_STAFF
    )


_YES_NO = (FieldOption("yes", "Yes"), FieldOption("no", "No"))
_FIRST = Screen(
    "first",
    "Before anything else",
    (
        Field("danger", "choice", "Is anyone in danger now?", required=True, options=_YES_NO),
        Field(
            "told",
            "choice",
            "Have you told someone in person?",
            "Someone who deals with safeguarding: the DSL, a deputy, the headteacher.",
            required=True,
            options=_YES_NO,
        ),
    ),
)


def _people(school: School) -> tuple[FieldOption, ...]:
    return tuple(FieldOption(person.id, f"{person.name}, {person.role}") for person in staff(school))


_ABOUT = (
    FieldOption("pupil", "A pupil or pupils"),
    FieldOption("adult", "An adult at the school"),
    FieldOption("head", "The headteacher"),
)


def _report(school: School) -> Screen:
    return Screen("report", "Log a concern", (*_whom(school), *_WHAT, *_more(school)))


def _whom(school: School) -> tuple[Field, ...]:
    return (
        Field(
            "about",
            "choices",
            "Whom is it about?",
            "Tick all that fit. It decides who reads this.",
            required=True,
            options=_ABOUT,
        ),
        Field(
            "pupils",
            "text",
            "Pupil or pupils",
            "Needed if it is about a pupil. Full name, then a comma, then year or class. One pupil a line.",
            limit=500,
            only_with=("about", "pupil"),
        ),
        Field(
            "adult",
            "person",
            "The adult",
            "If they are in this list, pick them. They are not alerted and have no access here.",
            options=_people(school),
            only_with=("about", "adult"),
        ),
        Field(
            "adult_name",
            "line",
            "Not in the list: full name",
            "Needed if they are not in the list.",
            limit=LINE,
            only_with=("about", "adult"),
        ),
        Field(
            "adult_role",
            "line",
            "Not in the list: their role",
            "Such as teacher, coach, volunteer, agency staff.",
            limit=LINE,
            only_with=("about", "adult"),
        ),
    )


_WHAT = (
    Field(
        "seen",
        "text",
        "What did you see or hear?",
        "Facts first. Say so where something is your opinion. A few sentences will do.",
        required=True,
        limit=TEXT,
    ),
    Field(
        "words",
        "text",
        "The child’s own words",
        "Exactly as they were said, if a child told you something.",
        limit=TEXT,
    ),
    Field("date", "date", "On which day did it happen?", "Leave it empty if you don’t know."),
    Field("time", "line", "At what time?", "Such as 10:40, or: after lunch.", limit=60),
    Field("where", "line", "Where?", limit=LINE),
    Field("present", "line", "Who else was there?", limit=500),
    Field("done", "text", "What have you done already?", "Whom you told, what you said.", limit=TEXT),
)


def _more(school: School) -> tuple[Field, ...]:
    return (
        Field(
            "categories",
            "choices",
            "What is it about?",
            "Tick all that fit, or none.",
            options=tuple(FieldOption(category, category) for category in school.categories),
        ),
        Field("link", "line", "Link to a message or a post", "The link only, never the picture.", limit=500),
    )


def _reporter(school: School) -> Screen:
    return Screen(
        "reporter",
        "About you",
        (
            Field(
                "you",
                "person",
                "Who are you?",
                "If you are in this list, pick yourself.",
                options=_people(school),
            ),
            Field("you_name", "line", "Your full name", "Needed if you are not in the list.", limit=LINE),
            Field("you_role", "line", "Your role", "If you are not in the list.", limit=LINE),
            Field(
                "you_email",
                "line",
                "Your work e-mail address",
                "So that you hear when somebody has read it. You can leave it empty and look it up with your receipt.",
                limit=LINE,
            ),
        ),
    )
