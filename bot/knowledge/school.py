"""Reading school.yaml: who is who, with the parts that must be filled before anybody can be told anything."""

from __future__ import annotations

from bot.knowledge.fields import Faults, Fields
from bot.knowledge.model import Person, School

ROLES = ("dsl", "deputy-dsl", "head", "chair", "lado", "online-safety-lead", "office")
NEEDED = ("dsl", "head", "chair", "lado", "office")
NATIONS = ("England", "Wales", "Scotland", "Northern Ireland")
_SETTINGS = {"hours", "terms", "time_zone", "channels", "inset_days", "categories"}


def read_school(fields: Fields, faults: Faults) -> School:
    """fields -> School. A part that nobody holds, or a person without a telephone number, is a fault."""
    fields.only({"name", "nation", "people", "roles", *_SETTINGS})
    people = {}
    for name, item in fields.mapping("people").items():
        person = Fields(faults, "school.yaml", f"people > {name}", item)
        person.only({"name", "role", "phone", "email"})
        people[name] = Person(
            name, person.text("name"), person.text("role"), person.text("phone"), person.text("email", required=False)
        )
    roles = _read_roles(Fields(faults, "school.yaml", "roles", fields.raw("roles")), people)
    return School(
        name=fields.text("name"),
        nation=fields.choice("nation", NATIONS),
        people=people,
        roles=roles,
        settings={key: fields.raw(key) for key in sorted(_SETTINGS) if fields.has(key)},
    )


def _read_roles(fields: Fields, people: dict[str, Person]) -> dict[str, tuple[str, ...]]:
    fields.only(ROLES)
    roles = {role: fields.texts(role, required=role in NEEDED) for role in ROLES}
    for role, holders in roles.items():
        for person in holders:
            if person not in people:
                fields.fault(role, f"there is no person '{person}'", "Name somebody who is listed under people")
    return {role: tuple(person for person in holders if person in people) for role, holders in roles.items()}
