"""Reading the clauses of source documents, and what follows for the entries that rest on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.knowledge.files.faults import Fault
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.model import Clause, Document, Entry

FORCES = ("must", "must-not", "advised", "advised-against", "may", "informs")
_SURE = ("high", "medium", "low")
_FIELDS = {"id", "force", "where", "text", "sure", "nation", "asked", "hold", "same_as", "look_up", "changed", "gone"}
NOT_ANY_MORE = "(not in this edition any more)"  # behind the place of a clause that is gone
LOW = "low"  # known from general knowledge alone


def read_policy(
    name: str, fields: YamlFields, documents: dict[str, Document], clauses: dict[str, Clause], faults: Faults
) -> None:
    """Add the document of one file, and its clauses; whatever is wrong is noted in `faults`."""
    fields.only({"document", "clauses"})
    head = YamlFields(faults, name, "document", fields.raw("document"))
    head.only({"id", "title", "publisher", "date", "nation", "note", "file"})
    document = Document(
        head.text("id"), head.text("title"), head.text("publisher"), head.text("date", required=False) or None,
        head.text("nation"),
    )  # fmt: skip
    documents[document.id] = document
    for item in fields.items("clauses"):
        where = str(item.get("id", "an item without id")) if isinstance(item, dict) else "an item without id"
        clause = _read_clause(YamlFields(faults, name, where, item), document)
        if clause.id in clauses:
            faults.add(name, clause.id, "id", "is used twice", "Give each clause an id of its own")
        clauses[clause.id] = clause


def _read_clause(fields: YamlFields, document: Document) -> Clause:
    fields.only(_FIELDS)
    gone = fields.flag("gone", missing=False)
    where = fields.text("where", required=False)
    return Clause(
        id=fields.text("id"),
        document=document,
        force=fields.choice("force", FORCES),
        where=f"{where} {NOT_ANY_MORE}".strip() if gone else where,
        text=fields.text("text"),
        asked=fields.flag("asked", missing=True) and not gone,
        sure=fields.choice("sure", _SURE) if fields.has("sure") else "",
        hold=fields.flag("hold", missing=False),
        same_as=fields.texts("same_as", required=False),
        look_up=fields.text("look_up", required=False),
        nation=fields.text("nation", required=False) or document.nation,
        changed=fields.date("changed") if fields.has("changed") else None,
        gone=gone,
    )


def check_clauses(clauses: Mapping[str, Clause], faults: Faults) -> None:
    """A clause that is said to be the same as one that is not there is a fault."""
    for clause in clauses.values():
        for other in clause.same_as:
            if other not in clauses or other == clause.id:
                problem = f"there is no other clause '{other}'"
                faults.add(
                    _file(clause), clause.id, "same_as", problem, "Name a clause from policies/ that says the same"
                )


def held(entry: Entry, clauses: Mapping[str, Clause]) -> Entry:
    """The entry; on hold where everything that it rests on is."""
    rests_on = [clauses[each] for each in entry.cites if each in clauses]
    return replace(entry, hold=True) if rests_on and all(each.hold for each in rests_on) else entry


def clause_notices(clauses: Mapping[str, Clause], entries: Mapping[str, Entry]) -> Iterator[Fault]:
    """What a person has still to look up, what is on hold, and which clauses no entry rests on among its first three,
    itself or by one that says the same."""
    first = {each for entry in entries.values() for each in entry.first_cites}
    cited = {each for entry in entries.values() for each in entry.cites}
    for clause in clauses.values():
        if clause.look_up:
            yield Fault(_file(clause), clause.id, "look_up", clause.look_up, "Look it up, then take 'look_up' away")
        if clause.sure == LOW and clause.id in cited:
            problem = "answers rest on this clause, and it was found in no document"
            yield Fault(
                _file(clause), clause.id, "sure", problem, "Look it up, and write under 'sure' how sure it is then"
            )
        if clause.hold:
            problem = "nobody is given an answer that rests on this clause alone"
            remedy = "Once a named person has read it against the document, take 'hold: true' away"
            yield Fault(_file(clause), clause.id, "hold", problem, remedy)
        if clause.asked and not first & {clause.id, *clause.same_as}:
            problem = "no answer has this clause among the first three that it cites"
            yield Fault(_file(clause), clause.id, "cites", problem, "Move it up where an answer rests on it")


def _file(clause: Clause) -> str:
    return f"policies/{clause.document.id}.yaml"
