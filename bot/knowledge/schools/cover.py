"""Reading `cover` of school.yaml: who is on leave, from when to when, and who stands in."""

from __future__ import annotations

from collections.abc import Collection

from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.schools.model import Cover

_NAMED = "Name somebody who is listed under people"


def read_cover(fields: YamlFields, faults: Faults, people: Collection[str]) -> tuple[Cover, ...]:
    """The lines under `cover`. Somebody unknown, or a last day before the first, is a fault."""
    items = fields.items("cover") if fields.has("cover") else []
    found = (_read(YamlFields(faults, "school.yaml", "cover", item), people) for item in items)
    return tuple(cover for cover in found if cover.person in people and cover.by in people)


def _read(fields: YamlFields, people: Collection[str]) -> Cover:
    fields.only({"person", "by", "from", "to"})
    cover = Cover(fields.text("person"), fields.text("by"), fields.date("from"), fields.date("to"))
    for key, person in (("person", cover.person), ("by", cover.by)):
        if person and person not in people:
            fields.fault(key, f"there is no person '{person}'", _NAMED)
    if cover.person and cover.person == cover.by:
        fields.fault("by", f"'{cover.by}' cannot stand in for themselves", "Name somebody else")
    if cover.last < cover.first:
        fields.fault("to", "is before the first day", "Put the earlier day under from")
    return cover
