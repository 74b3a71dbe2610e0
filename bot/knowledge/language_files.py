"""Reading lexicon.yaml, triage.yaml and outside.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import cast

from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.language_model import (
    Example,
    FactKind,
    LetGo,
    Lexicon,
    Rule,
    Sense,
    Subjectless,
    TriageData,
    TriageTurn,
)
from bot.knowledge.model import OutsideMessage, SmallTalk
from bot.knowledge.schools.model import ASKED_ELSEWHERE, ROLES
from bot.messages import HANDOVER_KINDS, HandoverKind

_FIRST_WRITER = "z"  # of triage.yaml
TRIAGE_KINDS = (*HANDOVER_KINDS, "none")


def read_lexicon(fields: YamlFields) -> Lexicon:
    fields.only({"spellings", "groups", "ordinary", "facts", "senses", "added", "subjectless"})
    groups = {name: _words(fields, f"groups > {name}", words) for name, words in fields.mapping("groups").items()}
    return Lexicon(
        spellings={typed: str(meant) for typed, meant in fields.mapping("spellings").items()},
        groups=groups,
        ordinary=frozenset(fields.text("ordinary", required=False).split()),
        facts={name: _fact(fields, name, data) for name, data in fields.mapping("facts").items()},
        senses=tuple(_sense(fields, item) for item in fields.items("senses", required=False)),
        added=frozenset(fields.text("added", required=False).split()),
        subjectless=_subjectless(fields),
    )


def _subjectless(whole: YamlFields) -> Subjectless:
    if not whole.has("subjectless"):
        return Subjectless()
    fields = whole.inner("subjectless", whole.raw("subjectless"))
    fields.only({"pointing", "empty", "deeds"})
    pointing, empty, deeds = (frozenset(fields.text(key).split()) for key in ("pointing", "empty", "deeds"))
    for word in sorted(deeds & (pointing | empty)):
        fields.fault("deeds", f"'{word}' is an empty word as well", "Leave it in one of the two lists")
    return Subjectless(pointing, pointing | empty, deeds)


def _sense(whole: YamlFields, item: object) -> Sense:
    name = str(item.get("id", "a sense without id")) if isinstance(item, dict) else "a sense without id"
    fields = whole.inner(f"senses > {name}", item)
    fields.only({"id", "of", "pattern", "unless", "to", "ask"})
    sense = Sense(
        id=fields.text("id"),
        of=fields.texts("of"),
        pattern=fields.text("pattern"),
        unless=fields.text("unless", required=False) or None,
        to=fields.text("to", required=False) or None,
        ask=fields.choice("ask", (*ROLES, *ASKED_ELSEWHERE)) if fields.has("ask") else None,
    )
    if (sense.to is None) == (sense.ask is None):
        fields.fault("to", "must stand alone or be left out for 'ask'", "Write the id of an entry, or whom to ask")
    for key, pattern in (("pattern", sense.pattern), ("unless", sense.unless or "")):
        _compiles(fields, key, pattern)
    return sense


def _words(fields: YamlFields, place: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return tuple(value)
    fields.fault(place, "is not a list of words", "Write [word, word, …]")
    return ()


def _fact(fields: YamlFields, name: str, data: object) -> FactKind:
    values = data if isinstance(data, dict) else {}
    labels: dict[str, str] = {}
    cues: dict[str, tuple[str, ...]] = {}
    ages: dict[str, tuple[int, int]] = {}
    for value, item in values.items():
        place = f"facts > {name} > {value}"
        if not isinstance(item, dict) or not isinstance(item.get("label"), str):
            fields.fault(place, "has no label", "Add 'label: the words on the button'")
            continue
        labels[str(value)] = item["label"]
        cues[str(value)] = _words(fields, f"{place} > cues", item.get("cues", []))
        if "ages" in item:
            ages[str(value)] = _span(fields, f"{place} > ages", item["ages"])
        for cue in cues[str(value)]:
            _compiles(fields, place, cue)
    if len(labels) < 2:
        fields.fault(f"facts > {name}", "has fewer than two values", "Give it at least two, each with a label")
    return FactKind(name, labels, cues, ages)


def _span(fields: YamlFields, place: str, value: object) -> tuple[int, int]:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(age, str) and age.isdecimal() for age in value):
        return int(value[0]), int(value[1])
    fields.fault(place, "is not a pair of ages", "Write the lowest and the highest, as in [0, 18]")
    return 0, 0


def read_triage(fields: YamlFields, writers: Sequence[YamlFields], faults: Faults) -> TriageData:
    """triage.yaml, and the files of triage/, each by one writer, who gives the file its name."""
    fields.only({"examples", "asides", "watch", "rules", "turns", "let_go"})
    watch = fields.texts("watch")
    for pattern in watch:
        _compiles(fields, "watch", pattern)
    for each in writers:
        each.only({"examples"})
    written = [(_FIRST_WRITER, fields), *((Path(each.file).stem, each) for each in writers)]
    return TriageData(
        examples=tuple(example for writer, each in written for example in _examples(writer, each, faults)),
        asides=fields.texts("asides"),
        watch=watch,
        rules=tuple(_rule(faults, item) for item in fields.items("rules")),
        turns=tuple(_turn(faults, item) for item in fields.items("turns")),
        let_go=tuple(_let_go(faults, item) for item in fields.items("let_go", required=False)),
    )


def _examples(writer: str, fields: YamlFields, faults: Faults) -> Iterator[Example]:
    kinds = YamlFields(faults, fields.file, "examples", fields.raw("examples"))
    kinds.only(TRIAGE_KINDS)
    for kind in TRIAGE_KINDS:
        if kinds.raw(kind) is not None:
            yield from (Example(text, kind, writer) for text in kinds.texts(kind))


def _rule(faults: Faults, item: object) -> Rule:
    name = str(item.get("id", "a rule without id")) if isinstance(item, dict) else "a rule without id"
    fields = YamlFields(faults, "triage.yaml", f"rules > {name}", item)
    fields.only({"id", "pattern", "kind", "unless"})
    rule = Rule(
        id=fields.text("id"),
        pattern=fields.text("pattern"),
        kind=cast(HandoverKind, fields.choice("kind", HANDOVER_KINDS)),
        unless=fields.text("unless", required=False) or None,
    )
    for key, pattern in (("pattern", rule.pattern), ("unless", rule.unless or "")):
        _compiles(fields, key, pattern)
    return rule


def _let_go(faults: Faults, item: object) -> LetGo:
    name = str(item.get("id", "one without id")) if isinstance(item, dict) else "one without id"
    fields = YamlFields(faults, "triage.yaml", f"let_go > {name}", item)
    fields.only({"id", "of", "pattern", "unless", "note"})
    found = LetGo(
        id=fields.text("id"),
        of=cast(tuple[HandoverKind, ...], fields.texts("of")),
        pattern=fields.text("pattern"),
        unless=fields.text("unless"),
        note=fields.flag("note", missing=True),
    )
    for kind in set(found.of) - set(HANDOVER_KINDS):
        fields.fault("of", f"there is no kind '{kind}'", f"Use some of: {', '.join(HANDOVER_KINDS)}")
    for key, pattern in (("pattern", found.pattern), ("unless", found.unless)):
        _compiles(fields, key, pattern)
    return found


def _turn(faults: Faults, item: object) -> TriageTurn:
    name = str(item.get("to", "a turn to nowhere")) if isinstance(item, dict) else "a turn to nowhere"
    fields = YamlFields(faults, "triage.yaml", f"turns > {name}", item)
    fields.only({"of", "to", "pattern", "unless"})
    of = fields.texts("of")
    for kind in set(of) - set(HANDOVER_KINDS):
        fields.fault("of", f"there is no kind '{kind}'", f"Use some of: {', '.join(HANDOVER_KINDS)}")
    turn = TriageTurn(
        of=cast(tuple[HandoverKind, ...], of),
        to=cast(HandoverKind, fields.choice("to", HANDOVER_KINDS)),
        pattern=fields.text("pattern", required=False),
        unless=fields.text("unless", required=False) or None,
    )
    for key, pattern in (("pattern", turn.pattern), ("unless", turn.unless or "")):
        _compiles(fields, key, pattern)
    return turn


def _compiles(fields: YamlFields, place: str, pattern: str) -> None:
    if wrong := _wrong_with(pattern):
        fields.fault(place, f"is not a valid pattern ({wrong})", "Mend the brackets or take the pattern out")


@lru_cache(maxsize=1024)  # a base has some hundred, which take longer to compile than all else takes to read again
def _wrong_with(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return str(error)
    return ""


def read_outside(fields: YamlFields) -> tuple[OutsideMessage, ...]:
    """What no entry answers: by the role of whom to ask, and of each a list, or lists by writer. A plain list is asked
    of the office."""
    value = fields.raw("outside")
    if not isinstance(value, Mapping):
        return tuple(OutsideMessage(text, "office", None) for text in fields.texts("outside"))
    roles = fields.inner("outside", value)
    roles.only((*ROLES, *ASKED_ELSEWHERE))
    return tuple(each for role in value for each in _asked_of(roles, role))


def _asked_of(roles: YamlFields, role: str) -> Iterator[OutsideMessage]:
    value = roles.raw(role)
    if not isinstance(value, Mapping):
        yield from (OutsideMessage(text, role, None) for text in roles.texts(role))
        return
    inner = roles.inner(role, value)
    for writer in value:
        yield from (OutsideMessage(text, role, writer) for text in inner.texts(writer))


def read_smalltalk(fields: YamlFields, faults: Faults) -> dict[str, SmallTalk]:
    fields.only({"outside", "smalltalk"})
    kinds = {}
    for name, item in fields.mapping("smalltalk").items():
        kind = YamlFields(faults, "outside.yaml", f"smalltalk > {name}", item)
        kind.only({"reply", "examples"})
        kinds[name] = SmallTalk(name, kind.text("reply"), kind.texts("examples"))
    return kinds
