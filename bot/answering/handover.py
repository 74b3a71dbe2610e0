"""The reply that replaces an answer where a real child or adult may be at risk. Pure.

Order and content rest on the practice clauses: 999 first (practice-01), who hears (practice-02, -03, -12, -13), the
child's own words, no leading questions, no secrecy, no images (practice-06, -08, -09, -10), how to log (practice-05).
"""

from __future__ import annotations

from bot.knowledge import Person, Role, School
from bot.messages import About, Contact, Handover, Urgency

_FIRST: dict[tuple[Urgency, About], str] = {
    (
        "immediate",
        "pupil",
    ): "If anyone is in danger now, call 999. Do not wait for permission. Then tell the people below.",
    (
        "concern",
        "pupil",
    ): "This may be about a child at risk, so please do not wait for a policy answer. Tell the Designated "
    "Safeguarding Lead (DSL) now, in person or by phone. If it becomes an emergency, call 999.",
    (
        "concern",
        "staff",
    ): "A concern about an adult at school goes to the headteacher, today, in confidence, however small it "
    "seems. That includes a slip of your own. If a child is in danger now, call 999.",
    (
        "concern",
        "head",
    ): "A concern about the headteacher goes to the chair of governors, not to the head. The local authority "
    "designated officer (LADO) can be rung as well. If a child is in danger now, call 999.",
}
_STEPS_CHILD = (
    "Listen and stay calm. Let the child know that they are taken seriously.",
    "Write down the child's own words exactly, with the date, time and place.",
    "If you cannot reach the DSL or a deputy, tell a senior leader or ring children's social care. Do not wait.",
)
_AVOID_CHILD = (
    "Do not promise to keep it secret.",
    "Do not ask leading questions or look into it yourself.",
    "Never look at, copy, save or send on a nude image. Leave the device as it is.",
)
_STEPS_ADULT = (
    "Write down what you saw or heard, with the date, time and place. Keep fact apart from opinion.",
    "If you are not sure that it matters, report it all the same. That is what low-level concerns are for.",
)
_AVOID_ADULT = (
    "Do not speak to the person it is about, and do not look into it yourself.",
    "Do not discuss it with others, and do not promise anyone to keep it secret.",
)
_NO_RECORD = "This chat itself is not a record, and nobody watches it."
_LOG: dict[About, str] = {
    "pupil": f"Then log it today with the concern form. The DSL reads it. {_NO_RECORD}",
    "staff": "Then log it today with the concern form. The headteacher reads it, and the person it is about cannot. "
    f"{_NO_RECORD}",
    "head": "Then log it today with the concern form. The chair of governors reads it, and the headteacher cannot. "
    f"{_NO_RECORD}",
}
_ROLES: dict[About, tuple[Role, ...]] = {
    "pupil": ("dsl", "deputy-dsl", "head"),
    "staff": ("head", "lado"),
    "head": ("chair", "lado"),
}


def hand_over(school: School, urgency: Urgency, about: About) -> Handover:
    """The way to the people who must hear about this, in reading order."""
    child = about == "pupil"
    return Handover(
        urgency=urgency,
        about=about,
        first=_FIRST["immediate", "pupil"] if urgency == "immediate" else _FIRST["concern", about],
        people=tuple(contact(person) for role in _ROLES[about] for person in school.holders(role)),
        steps=_STEPS_CHILD if child else _STEPS_ADULT,
        avoid=_AVOID_CHILD if child else _AVOID_ADULT,
        log=_LOG[about],
    )


def note(school: School) -> str:
    """The one line that stands beside an answer where a real child might be behind the question."""
    dsl = contact(school.holders("dsl")[0])
    return (
        f"If this is about a real child or a worry about an adult, do not wait: tell {dsl.name}, {dsl.role}, on "
        f"{dsl.phone}. If anyone is in danger now, call 999."
    )


def contact(person: Person) -> Contact:
    """What a member of staff is shown of a person of the school."""
    return Contact(person.name, person.role, person.phone)
