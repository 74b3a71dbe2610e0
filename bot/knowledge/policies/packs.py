"""The clauses of a national document as a base has them, against those that a newer AskFirst brings: the yearly pack.
Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.files.plain_yaml import parse
from bot.knowledge.model import Clause, Document, Entry
from bot.knowledge.policies.clauses import read_policy
from bot.knowledge.policies.difference import WordRun, difference
from bot.knowledge.policies.editions import Kind

_CLAUSE = re.compile(r"^  - \{id: (?P<id>[a-z0-9-]+)(?=[,}])")
_GONE = ", gone: true"
_SINCE = re.compile(r", (?:changed: \d{4}-\d\d-\d\d|gone: true)")


@dataclass(frozen=True)
class PackClause:
    """What becomes of a clause: as it is and as it would be, None where it is not or would not be any more. One that
    says the same and stands elsewhere was moved."""

    kind: Kind
    old: Clause | None
    new: Clause | None

    @property
    def clause(self) -> Clause:
        """As it would be, or as it is where it goes."""
        return self.new or self.old  # type: ignore[return-value]

    @property
    def words(self) -> tuple[WordRun, ...]:
        """The difference word by word."""
        return difference(_said(self.old), _said(self.new))


@dataclass(frozen=True)
class NationalPack:
    """A document of which a newer AskFirst brings other clauses: as the base has it (None: not at all), as it would
    be, what becomes of each clause, and the entries that rest on what changes or goes."""

    old: Document | None
    new: Document
    clauses: tuple[PackClause, ...]
    again: tuple[Entry, ...] = ()

    @property
    def touched(self) -> frozenset[str]:
        """The clauses that change or go."""
        return frozenset(each.clause.id for each in self.clauses if each.kind in ("changed", "gone"))


def read_pack(name: str, text: str) -> tuple[Document, dict[str, Clause]] | None:
    """The text of a file of policies/ -> its document and clauses; None for one with a fault."""
    documents: dict[str, Document] = {}
    clauses: dict[str, Clause] = {}
    faults = Faults()
    data, twice = parse(text)
    read_policy(name, YamlFields(faults, name, "", data), documents, clauses, faults)
    return None if faults.found or twice or not documents else (next(iter(documents.values())), clauses)


def compare_pack(
    old: Mapping[str, Clause], new: Document, clauses: Mapping[str, Clause], entries: Iterable[Entry]
) -> NationalPack:
    """The clauses that a base has of a document, and those that it would have."""
    here = {name: each for name, each in old.items() if not each.gone}
    found = tuple(_each(here, clauses))
    pack = NationalPack(next((each.document for each in old.values()), None), new, found)
    again = tuple(each for each in entries if not pack.touched.isdisjoint(each.cites))
    return NationalPack(pack.old, new, found, again)


def _each(old: Mapping[str, Clause], new: Mapping[str, Clause]) -> Iterator[PackClause]:
    for name, clause in new.items():
        before = old.get(name)
        yield PackClause(_kind(before, clause), before, clause)
    yield from (PackClause("gone", clause, None) for name, clause in old.items() if name not in new)


def _kind(old: Clause | None, new: Clause) -> Kind:
    if old is None:
        return "new"
    if (old.text, old.force, old.nation) != (new.text, new.force, new.nation):
        return "changed"
    return "same" if old.where == new.where else "moved"


def _said(clause: Clause | None) -> str:
    return clause.text if clause else ""


def taken_over(pack: NationalPack, new_text: str, old_text: str, today: dt.date) -> str:
    """The text of the file with the pack in it: that of the newer AskFirst, in which each clause that changed says
    since when; what went stays at its end, and says so, because entries may cite it."""
    since = {name: _since(line) for name, line in _lines(old_text)}
    kept: list[str] = []
    for line in new_text.rstrip("\n").split("\n"):
        found = _CLAUSE.match(line)
        mark = ""
        if found:
            name = found["id"]
            mark = f", changed: {today.isoformat()}" if name in pack.touched else since.get(name, "").replace(_GONE, "")
        kept.append(f"{line[: found.end()]}{mark}{line[found.end() :]}" if found else line)
    ids = {each.clause.id for each in pack.clauses if each.kind == "gone"}
    named = {name for name, _ in _lines(new_text)}
    for name, line in _lines(old_text):
        if name in ids:
            end = _CLAUSE.match(line).end()  # type: ignore[union-attr]
            kept.append(f"{line[:end]}, changed: {today.isoformat()}{_GONE}{_SINCE.sub('', line[end:])}")
        elif _GONE in _since(line) and name not in named:
            kept.append(line)
    return "\n".join(kept) + "\n"


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        if found := _CLAUSE.match(line):
            yield found["id"], line


def _since(line: str) -> str:
    return "".join(_SINCE.findall(line.partition('text: "')[0]))
