"""Reading policies/own/*.yaml: the school's own documents, as `askfirst policy` wrote them."""

from __future__ import annotations

import datetime as dt
import re

from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.policies.clauses import FORCES
from bot.knowledge.policies.own import LetIn, OwnClause, OwnDocument, Tick

_DOCUMENT = ("id", "title", "edition", "date", "nation", "file", "digest", "added", "let_in", "former")
_CLAUSE = (
    "id",
    "number",
    "heading",
    "page",
    "lead",
    "text",
    "force",
    "part_of",
    "left_out",
    "gone",
    "changed",
    "ticks",
)
_TICK = ("entry", "agrees", "by", "role", "on", "clause_words", "entry_words", "unrelated")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_AS_WRITTEN = "Put it back as `askfirst policy` wrote it"


def is_id(name: str) -> bool:
    """Whether a document may have this id."""
    return bool(_ID.fullmatch(name))


def read_own(name: str, fields: YamlFields, faults: Faults) -> OwnDocument:
    """One file -> OwnDocument; whatever is wrong is noted in `faults`."""
    fields.only({"document", "clauses"})
    head = YamlFields(faults, name, "document", fields.raw("document"))
    head.only(_DOCUMENT)
    document = head.text("id")
    _check(head, "id", is_id(document), f"'{document}' is no id: small letters, figures and dashes")
    return OwnDocument(
        id=document,
        title=head.text("title"),
        edition=head.text("edition", required=False),
        date=head.text("date", required=False),
        nation=head.text("nation"),
        file=head.text("file"),
        digest=head.text("digest"),
        added=head.date("added"),
        let_in=_let_in(head) if head.has("let_in") else None,
        former=head.texts("former", required=False),
        clauses=_clauses(name, fields, faults, document),
    )


def _let_in(head: YamlFields) -> LetIn:
    fields = head.inner("let_in", head.raw("let_in"))
    fields.only(("by", "role", "because", "on"))
    return LetIn(fields.text("by"), fields.text("role"), fields.text("because"), fields.date("on"))


def _clauses(name: str, fields: YamlFields, faults: Faults, document: str) -> tuple[OwnClause, ...]:
    found: list[OwnClause] = []
    for item in fields.items("clauses"):
        where = str(item.get("id", "an item without id")) if isinstance(item, dict) else "an item without id"
        clause = _clause(YamlFields(faults, name, where, item), document)
        if any(each.id == clause.id for each in found):
            faults.add(name, clause.id, "id", "is used twice", _AS_WRITTEN)
        found.append(clause)
    return tuple(found)


def _clause(fields: YamlFields, document: str) -> OwnClause:
    fields.only(_CLAUSE)
    name, page = fields.text("id"), fields.text("page", required=False)
    number = name.removeprefix(f"{document}-")
    _check(fields, "id", number.isdecimal() and number != name, f"'{name}' does not begin with the id of its document")
    _check(fields, "page", not page or (page.isdecimal() and len(page) < 6), f"'{page}' is no page")
    raw = fields.raw("text")
    return OwnClause(
        id=name if number.isdecimal() else f"{document}-0",
        pieces=fields.texts("text") if isinstance(raw, list) else (fields.text("text"),),
        heading=fields.texts("heading", required=False),
        number=fields.text("number", required=False),
        page=int(page) if page.isdecimal() and len(page) < 6 else None,
        lead=fields.text("lead", required=False),
        force=fields.choice("force", FORCES) if fields.has("force") else "",
        part_of=fields.text("part_of", required=False),
        left_out=fields.flag("left_out", missing=False),
        gone=fields.flag("gone", missing=False),
        changed=_day(fields, "changed"),
        ticks=tuple(_tick(fields.inner("ticks", each)) for each in fields.items("ticks"))
        if fields.has("ticks")
        else (),
    )


def _tick(fields: YamlFields) -> Tick:
    fields.only(_TICK)
    return Tick(
        fields.text("entry"), fields.flag("agrees", missing=False), fields.text("by"), fields.text("role"),
        fields.date("on"), fields.text("clause_words"), fields.text("entry_words"),
        fields.flag("unrelated", missing=False),
    )  # fmt: skip


def _day(fields: YamlFields, key: str) -> dt.date | None:
    return fields.date(key) if fields.has(key) else None


def _check(fields: YamlFields, key: str, right: bool, problem: str) -> None:
    if not right:
        fields.fault(key, problem, _AS_WRITTEN)
