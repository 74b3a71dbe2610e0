"""Reading handovers.yaml. A line that could be read as its opposite is a fault."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.handover_model import (
    Handovers,
    HandoverWording,
    NoteKind,
    NoteWording,
    RingWording,
    Translation,
)
from bot.knowledge.schools.model import NATIONS, ROLES, Role
from bot.messages import HANDOVER_KINDS, HandoverKind

FILE = "handovers.yaml"
_NEGATIVE = re.compile(r"(do not|don.t|never)\b", re.I)
_PLACE = re.compile(r"\{([^{}]*)\}")


def read_handovers(fields: YamlFields, faults: Faults) -> Handovers:
    """fields -> Handovers. Every kind must be there, with words that can be read aloud."""
    fields.only({"terms", "closed", "elsewhere", "picture", "handovers", "notes", "translations"})
    terms = _terms(fields)
    kinds = fields.mapping("handovers")
    notes = fields.mapping("notes")
    _complete(fields, "handovers", kinds, HANDOVER_KINDS)
    _complete(fields, "notes", notes, get_args(NoteKind))
    return Handovers(
        kinds={kind: _handover(faults, kind, kinds[kind], terms) for kind in HANDOVER_KINDS if kind in kinds},
        notes={kind: _note(faults, kind, notes[kind], terms) for kind in get_args(NoteKind) if kind in notes},
        terms=terms,
        closed=fields.text("closed"),
        elsewhere=_worded(fields, "elsewhere", {*terms, "elsewhere"}),
        translations=tuple(_translations(fields)),
        picture=_worded(fields, "picture", terms) if fields.has("picture") else "",
    )


def _complete(fields: YamlFields, place: str, found: Iterable[str], wanted: tuple[str, ...]) -> None:
    for name in sorted(set(found) ^ set(wanted)):
        problem = "is missing" if name in wanted else "is not known"
        fields.fault(f"{place} > {name}", problem, f"Give one for each of: {', '.join(wanted)}")


def _terms(fields: YamlFields) -> dict[str, Mapping[str, str]]:
    terms: dict[str, Mapping[str, str]] = {}
    for name, item in fields.mapping("terms").items():
        words = fields.inner(f"terms > {name}", item)
        terms[name] = {nation: words.text(nation) for nation in NATIONS}
    return terms


def _handover(faults: Faults, kind: HandoverKind, item: object, terms: Iterable[str]) -> HandoverWording:
    fields = YamlFields(faults, FILE, f"handovers > {kind}", item)
    fields.only({"heading", "first", "ring", "do", "dont", "log", "form"})
    wording = HandoverWording(
        kind,
        _worded(fields, "heading", terms),
        _worded(fields, "first", terms),
        tuple(_ring(fields, each, terms) for each in fields.items("ring")),
        fields.texts("do"),
        fields.texts("dont"),
        _worded(fields, "log", terms),
        fields.flag("form", missing=True),
    )
    _check_lists(fields, wording, terms)
    return wording


def _ring(fields: YamlFields, item: object, terms: Iterable[str]) -> RingWording:
    ring = fields.inner("ring", item)
    ring.only({"when", "whom", "closed"})
    return RingWording(_worded(ring, "when", terms), _roles(ring, "whom"), _roles(ring, "closed", required=False))


def _roles(fields: YamlFields, key: str, *, required: bool = True) -> tuple[Role, ...]:
    roles = fields.texts(key, required=required)
    for role in set(roles) - set(ROLES):
        fields.fault(key, f"there is no role '{role}'", f"Use: {', '.join(ROLES)}")
    return tuple(role for role in roles if role in ROLES)


def _note(faults: Faults, kind: NoteKind, item: object, terms: Iterable[str]) -> NoteWording:
    fields = YamlFields(faults, FILE, f"notes > {kind}", item)
    fields.only({"text", "whom", "closed"})
    return NoteWording(_worded(fields, "text", terms), _roles(fields, "whom"), _roles(fields, "closed", required=False))


def _translations(fields: YamlFields) -> Iterator[Translation]:
    for item in fields.items("translations") if fields.has("translations") else []:
        each = fields.inner("translations", item)
        each.only({"code", "language", "text", "approved_by"})
        approved_by = each.text("approved_by", required=False) if each.raw("approved_by") != "" else ""
        yield Translation(each.text("code"), each.text("language"), each.text("text"), approved_by)


def _worded(fields: YamlFields, key: str, terms: Iterable[str]) -> str:
    text = fields.text(key)
    _check(fields, key, text, terms)
    return text


def _check(fields: YamlFields, key: str, text: str, terms: Iterable[str]) -> None:
    for name in _PLACE.findall(text):
        if name not in terms:
            fields.fault(key, f"'{{{name}}}' stands for nothing", f"Use: {', '.join(sorted(terms))}")
    if re.match(r"(yes|no)\b", text, re.I):
        fields.fault(key, "begins with Yes or No", "Say what to do first")


def _check_lists(fields: YamlFields, wording: HandoverWording, terms: Iterable[str]) -> None:
    """Each line is read alone and in haste: what to do never stands among what not to do."""
    for line in (*wording.do, *wording.dont):
        _check(fields, "do" if line in wording.do else "dont", line, terms)
    for line in wording.do:
        if _NEGATIVE.match(line):
            fields.fault("do", f"'{line}' says what not to do", "Put it under dont")
    for line in wording.dont:
        if not _NEGATIVE.match(line) or ". " in line:
            fields.fault("dont", f"'{line}' can be misread", "One sentence that begins with: Do not, or: Never")
