"""Reading lexicon.yaml, triage.yaml and the small talk of outside.yaml."""

from __future__ import annotations

import re
from typing import cast

from bot.knowledge.fields import Faults, YamlFields
from bot.knowledge.model import FactKind, Lexicon, Rule, SmallTalk, TriageData
from bot.messages import About, Urgency

TRIAGE_CLASSES = ("concern", "immediate", "staff", "head", "none")


def read_lexicon(fields: YamlFields) -> Lexicon:
    fields.only({"spellings", "groups", "ordinary", "facts"})
    groups = {name: _words(fields, f"groups > {name}", words) for name, words in fields.mapping("groups").items()}
    return Lexicon(
        spellings={typed: str(meant) for typed, meant in fields.mapping("spellings").items()},
        groups=groups,
        ordinary=frozenset(fields.text("ordinary", required=False).split()),
        facts={name: _fact(fields, name, data) for name, data in fields.mapping("facts").items()},
    )


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


def read_triage(fields: YamlFields, faults: Faults) -> TriageData:
    fields.only({"examples", "watch", "rules"})
    examples = YamlFields(faults, "triage.yaml", "examples", fields.raw("examples"))
    examples.only(TRIAGE_CLASSES)
    watch = fields.texts("watch")
    for pattern in watch:
        _compiles(fields, "watch", pattern)
    return TriageData(
        examples={name: examples.texts(name) for name in TRIAGE_CLASSES},
        watch=watch,
        rules=tuple(_rule(faults, item) for item in fields.items("rules")),
    )


def _rule(faults: Faults, item: object) -> Rule:
    name = str(item.get("id", "a rule without id")) if isinstance(item, dict) else "a rule without id"
    fields = YamlFields(faults, "triage.yaml", f"rules > {name}", item)
    fields.only({"id", "pattern", "urgency", "about", "unless"})
    rule = Rule(
        id=fields.text("id"),
        pattern=fields.text("pattern"),
        urgency=cast(Urgency, fields.choice("urgency", ("immediate", "concern"))),
        about=cast(About, fields.choice("about", ("pupil", "staff", "head"))),
        unless=fields.text("unless", required=False) or None,
    )
    for key, pattern in (("pattern", rule.pattern), ("unless", rule.unless or "")):
        _compiles(fields, key, pattern)
    return rule


def _compiles(fields: YamlFields, place: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        fields.fault(place, f"is not a valid pattern ({error})", "Mend the brackets or take the pattern out")


def read_smalltalk(fields: YamlFields, faults: Faults) -> dict[str, SmallTalk]:
    fields.only({"outside", "smalltalk"})
    kinds = {}
    for name, item in fields.mapping("smalltalk").items():
        kind = YamlFields(faults, "outside.yaml", f"smalltalk > {name}", item)
        kind.only({"reply", "examples"})
        kinds[name] = SmallTalk(name, kind.text("reply"), kind.texts("examples"))
    return kinds
