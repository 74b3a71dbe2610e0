"""readiness.yaml: the statements by which a school reviews whether it is ready to use social media."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.schools.model import NATIONS

READINESS = "readiness.yaml"
KnownKind = Literal[
    "dsl-named", "test-alert", "policy-in-force", "answers-approved", "tips-on", "accounts-reviewed", "training-read"
]
KNOWN: tuple[KnownKind, ...] = get_args(KnownKind)
MOST = 12  # statements of a part: the page sends all of them in one form, which has room for no more
LONGEST = {"says": 25, "evidence": 40, "not_yet": 45}  # words
_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
_PLACE = re.compile(r"\{([^{}]*)\}")
_FIELDS = {"id", "says", "evidence", "not_yet", "cites", "cites_in", "nations", "known"}


@dataclass(frozen=True)
class Statement:
    """One sentence that a school judges: what counts as evidence, what to do where it does not hold, the clauses it
    rests on (`cites`, and by nation `cites_in`), the `nations` in which it is asked (none: all), and what AskFirst may
    know of it by itself."""

    id: str
    says: str
    evidence: str
    not_yet: str
    cites: tuple[str, ...] = ()
    cites_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    nations: tuple[str, ...] = ()
    known: KnownKind | None = None

    def clauses_in(self, nation: str) -> tuple[str, ...]:
        """The clauses on which it rests in a nation, its own first."""
        return tuple(dict.fromkeys((*self.cites_in.get(nation, ()), *self.cites)))

    def asked_in(self, nation: str) -> bool:
        """Whether schools of this nation are asked it."""
        return not self.nations or nation in self.nations


@dataclass(frozen=True)
class ReadinessPart:
    """Statements under one heading."""

    id: str
    title: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Readiness:
    """The whole; empty where a base has no such file."""

    parts: tuple[ReadinessPart, ...] = ()

    def statements(self) -> Iterator[Statement]:
        """Every one, in order."""
        for part in self.parts:
            yield from part.statements


def read_readiness(fields: YamlFields | None, faults: Faults) -> Readiness:
    """The file; whatever is wrong is noted in `faults`."""
    if fields is None:
        return Readiness()
    fields.only({"parts"})
    parts = tuple(_part(YamlFields(faults, READINESS, _name(item), item), faults) for item in fields.items("parts"))
    found = Readiness(parts)
    for kind, names in (("part", [each.id for each in parts]), ("statement", [each.id for each in found.statements()])):
        for name in sorted({each for each in names if names.count(each) > 1}):
            faults.add(READINESS, name, "id", f"is the id of more than one {kind}", "Give each an id of its own")
    return found


def check_readiness(readiness: Readiness, nations: Mapping[str, str], terms: Iterable[str], faults: Faults) -> None:
    """Clauses and words in braces that are nowhere. `nations` says by clause where it holds."""
    known = sorted(terms)
    for each in readiness.statements():
        for nation in NATIONS:
            if each.asked_in(nation) and not each.clauses_in(nation):
                faults.add(
                    READINESS, each.id, "cites", f"rests on no clause in {nation}", "Cite one under cites or cites_in"
                )
        for clause in dict.fromkeys((*each.cites, *(one for its in each.cites_in.values() for one in its))):
            if clause not in nations:
                faults.add(READINESS, each.id, "cites", f"there is no clause '{clause}'", "Cite an id from policies/")
        for nation, its in each.cites_in.items():
            for clause in its:
                if nations.get(clause, "UK") != "UK" and nation not in nations[clause]:
                    faults.add(
                        READINESS, each.id, "cites_in", f"'{clause}' is no rule of {nation}", "Cite one of its own"
                    )
        for name in _PLACE.findall(" ".join((each.says, each.evidence, each.not_yet))):
            if name not in known:
                faults.add(READINESS, each.id, "says", f"'{{{name}}}' stands for nothing", f"Use: {', '.join(known)}")


def _part(fields: YamlFields, faults: Faults) -> ReadinessPart:
    fields.only({"id", "title", "statements"})
    statements = [_statement(YamlFields(faults, READINESS, _name(item), item)) for item in fields.items("statements")]
    if len(statements) > MOST:
        fields.fault("statements", f"has {len(statements)} of them", f"Keep it to {MOST}, and begin another part")
    return ReadinessPart(_id(fields), fields.text("title"), tuple(statements))


def _statement(fields: YamlFields) -> Statement:
    fields.only(_FIELDS)
    cites_in = fields.mapping("cites_in", required=False)
    inner = fields.inner("cites_in", cites_in)
    inner.only(NATIONS)
    nations = fields.texts("nations", required=False)
    for nation in sorted({*nations} - {*NATIONS}):
        fields.fault("nations", f"'{nation}' is not known", f"Use one of: {', '.join(NATIONS)}")
    known = fields.choice("known", KNOWN) if fields.has("known") else ""
    return Statement(
        id=_id(fields),
        **{name: _worded(fields, name) for name in LONGEST},
        cites=fields.texts("cites", required=False),
        cites_in={nation: inner.texts(nation) for nation in NATIONS if nation in cites_in},
        nations=nations,
        known=next((each for each in KNOWN if each == known), None),
    )


def _worded(fields: YamlFields, key: str) -> str:
    """Words that can be read aloud; what is judged is one sentence."""
    text = fields.text(key)
    if (count := len(text.split())) > LONGEST[key]:
        fields.fault(key, f"has {count} words", f"Keep it to {LONGEST[key]} words")
    if text and text[-1] not in ".!?":
        fields.fault(key, "is no whole sentence", "End it with a full stop")
    if key == "says" and re.search(r"[.!?] ", text):
        fields.fault(key, "is more than one sentence, so that nobody can judge it as one", "Keep one of them")
    return text


def _id(fields: YamlFields) -> str:
    value = fields.text("id")
    if value and not _ID.fullmatch(value):
        fields.fault("id", f"'{value}' cannot be used", "Use small letters, digits and hyphens")
    return value


def _name(item: object) -> str:
    return str(item.get("id", "an item without id")) if isinstance(item, dict) else "an item without id"
