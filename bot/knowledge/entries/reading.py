"""Reading one entry, field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from bot.knowledge.entries.rules import FIRST_WRITER, check_badge, check_entry, check_wording
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.model import Entry, FactCase, FactCases, NotThis, Phrasing
from bot.knowledge.schools.model import NATIONS
from bot.messages import RULINGS, Ruling

_FIELDS = {
    "id", "title", "ruling", "badge", "answer", "why", "instead", "facts", "ask", "note", "cites", "related", "nations",
    "confirm", "was", "rare", "hold", "phrasings", "opposites", "not_this", "policy",
}  # fmt: skip
_OF_POLICY = {"when", "ruling", "badge", "answer", "why", "instead"}
_SIGNED = ("approved_by", "reviewed", "review_by")
_WRITER = re.compile(r"[a-z][a-z0-9-]{0,19}")


def is_first_edition(item: object) -> bool:
    """Whether an entry is written as in AskFirst 0.1 and 0.2: with a verdict in the place of ruling and badge."""
    return isinstance(item, Mapping) and "verdict" in item and "ruling" not in item


def read_entry(fields: YamlFields, faults: Faults, file: str) -> Entry:
    """fields -> Entry; whatever is wrong with it is noted in `faults`."""
    fields.only({*_FIELDS, *_SIGNED})
    _refuse_signed(fields)
    entry = Entry(
        id=fields.text("id"),
        file=file,
        title=fields.text("title"),
        ruling=_ruling(fields),
        badge=fields.text("badge"),
        answer=fields.text("answer"),
        why=fields.text("why", required=False),
        instead=fields.text("instead", required=False),
        note=fields.text("note", required=False) or None,
        cites=fields.texts("cites"),
        related=fields.texts("related", required=False),
        ask=fields.text("ask", required=False) or None,
        nations=_nations(fields),
        confirm=fields.texts("confirm", required=False),
        was=fields.texts("was", required=False),
        rare=fields.flag("rare", missing=False),
        hold=fields.flag("hold", missing=False),
        phrasings=_voices(fields, "phrasings", required=True),
        opposites=_voices(fields, "opposites", required=False),
        not_this=_not_this(fields),
    )
    if fields.has("facts"):
        cases = _read_facts(YamlFields(faults, file, f"{entry.id} > facts", fields.raw("facts")), faults, entry)
        entry = replace(entry, facts=cases)
    check_entry(fields, entry)
    _check_policy(fields)
    return entry


def _check_policy(fields: YamlFields) -> None:
    """Faults of the words that wait for another answer of the school's: they are those of any answer."""
    if not fields.has("policy"):
        return
    policy = fields.inner("policy", fields.raw("policy"))
    policy.only({"question", "cases"})
    for item in policy.items("cases"):
        case = policy.inner("cases", item)
        case.only(_OF_POLICY)
        if case.has("ruling"):
            case.choice("ruling", RULINGS)
        check_badge(case, case.text("badge"))
        why, instead = (
            case.text(key, required=False) or fields.text(key, required=False) for key in ("why", "instead")
        )
        check_wording(case, case.text("answer"), why, instead)


def _refuse_signed(fields: YamlFields) -> None:
    """An entry's own file is no evidence that somebody approved it."""
    for name in _SIGNED:
        if fields.raw(name) is not None:
            remedy = "Take it away, read the entry, and approve it: askfirst approve"
            fields.fault(name, "approves nothing here: approvals.yaml says who approved an entry", remedy)


def _ruling(fields: YamlFields) -> Ruling:
    return cast(Ruling, fields.choice("ruling", RULINGS) or "info")


def _nations(fields: YamlFields) -> tuple[str, ...]:
    nations = fields.texts("nations", required=False)
    for nation in nations:
        if nation not in NATIONS:
            fields.fault(
                "nations", f"'{nation}' is not known", f"Leave it out for the UK, or use: {', '.join(NATIONS)}"
            )
    return nations


def _voices(fields: YamlFields, key: str, *, required: bool) -> tuple[Phrasing, ...]:
    """Texts by writer. A plain list is by the first edition's writer."""
    value = fields.raw(key)
    if not isinstance(value, Mapping):
        return tuple(Phrasing(text, FIRST_WRITER) for text in fields.texts(key, required=required))
    inner = fields.inner(key, value)
    for writer in value:
        if not _WRITER.fullmatch(writer):
            fields.fault(key, f"'{writer}' is no name of a writer", "Name each by a letter: a, b, c")
    return tuple(Phrasing(text, writer) for writer in value for text in inner.texts(writer))


def _not_this(fields: YamlFields) -> tuple[NotThis, ...]:
    value = fields.mapping("not_this", required=False)
    inner = fields.inner("not_this", value)
    return tuple(NotThis(text, inner.text(text)) for text in value)


def _read_facts(fields: YamlFields, faults: Faults, entry: Entry) -> FactCases:
    fields.only({"fact", "ask", "cases"})
    cases = []
    for item in fields.items("cases"):
        value = str(item.get("when", "?")) if isinstance(item, dict) else "?"
        case = YamlFields(faults, entry.file, f"{entry.id} > facts > {value}", item)
        case.only({"when", "ruling", "badge", "answer", "why", "instead"})
        read = FactCase(
            value=case.text("when"),
            ruling=_ruling(case),
            badge=case.text("badge"),
            answer=case.text("answer"),
            why=case.text("why", required=False) or entry.why,
            instead=case.text("instead", required=False) or entry.instead,
        )
        check_badge(case, read.badge)
        check_wording(case, read.answer, read.why, read.instead)
        cases.append(read)
    return FactCases(fields.text("fact"), fields.text("ask", required=False) or None, tuple(cases))
