"""Reading `pilot` of school.yaml: who tries AskFirst out, and until when."""

from __future__ import annotations

from bot.knowledge.files.fields import YamlFields
from bot.knowledge.schools.model import Pilot


def read_pilot(fields: YamlFields) -> Pilot | None:
    """The part `pilot`; None where there is none. A pilot of nobody is a fault."""
    if not fields.has("until") and not fields.has("people"):
        return None
    fields.only({"until", "people"})
    return Pilot(fields.date("until"), frozenset(each.casefold() for each in fields.texts("people")))
