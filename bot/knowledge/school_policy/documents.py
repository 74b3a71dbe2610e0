"""Reading paragraphs.yaml, approved.yaml and editions.yaml."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from typing import cast

from bot.knowledge.approvals.rules import GRAVE_BY, by_new_year
from bot.knowledge.approvals.words import digest_of
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.school_policy.editions import CHANGE_KINDS, ChangeKind, ClauseChange, Edition, EditionClause
from bot.knowledge.school_policy.model import (
    APPROVED,
    EDITIONS,
    PARAGRAPHS,
    PARTS,
    Outline,
    ParagraphApproval,
    PolicyParagraph,
    PolicyQuestion,
    SchoolPolicy,
    Section,
    SectionPart,
)
from bot.knowledge.schools.model import NATIONS, ROLES

SCHOOL = "school"  # the place for its name
_PLACE = re.compile(r"\{([^{}]*)\}")
_Questions = Mapping[str, PolicyQuestion]


def read_paragraphs(fields: YamlFields, questions: _Questions, faults: Faults) -> dict[str, PolicyParagraph]:
    """`paragraphs` by id. A place that stands for nothing is a fault."""
    fields.only({"paragraphs", "documents"})
    return {
        name: _paragraph(name, YamlFields(faults, PARAGRAPHS, name, item), questions)
        for name, item in fields.mapping("paragraphs").items()
    }


def _paragraph(name: str, fields: YamlFields, questions: _Questions) -> PolicyParagraph:
    fields.only({"text", "cites", "when", "nations", "points", "elsewhere", "instead_of"})
    text = fields.text("text")
    check_places(fields, "text", text, questions)
    points = fields.text("points", required=False)
    if points and (points not in questions or questions[points].kind != "several"):
        fields.fault("points", f"'{points}' is no question of which several options are chosen", "Name one that is")
    nations = fields.texts("nations", required=False)
    for nation in set(nations) - set(NATIONS):
        fields.fault("nations", f"'{nation}' is not known", f"Use: {', '.join(NATIONS)}")
    cites = fields.texts("cites", required=False)
    instead = fields.text("instead_of", required=False)
    return PolicyParagraph(name, text, cites, _when(fields, questions), nations, points, _elsewhere(fields), instead)


def _elsewhere(fields: YamlFields) -> dict[str, tuple[str, ...]]:
    elsewhere = fields.mapping("elsewhere", required=False)
    inner = fields.inner("elsewhere", elsewhere)
    inner.only(NATIONS)
    return {nation: inner.texts(nation) for nation in elsewhere if nation in NATIONS}


def _when(fields: YamlFields, questions: _Questions) -> dict[str, tuple[str, ...]]:
    when = fields.mapping("when", required=False)
    inner = fields.inner("when", when)
    found = {name: inner.texts(name) for name in when}
    for name, values in found.items():
        if name not in questions:
            inner.fault(name, "is no question", "Name one of questions.yaml")
            continue
        for value in values:
            if value not in questions[name].options:
                inner.fault(name, f"'{value}' is no option", f"Use one of: {', '.join(questions[name].options)}")
    return found


def check_places(fields: YamlFields, key: str, text: str, questions: _Questions) -> None:
    """What stands in braces is a question, a role of school.yaml, or the school."""
    for name in _PLACE.findall(text):
        if name not in (*questions, *ROLES, SCHOOL):
            fields.fault(key, f"'{{{name}}}' stands for nothing", "Use a question of questions.yaml, a role, or school")


def check_paragraphs(policy: SchoolPolicy, clauses: Container[str], faults: Faults) -> None:
    """Clauses and paragraphs that are nowhere."""
    for paragraph in policy.paragraphs.values():
        for clause in (*paragraph.cites, *(each for its in paragraph.elsewhere.values() for each in its)):
            if clause not in clauses:
                problem = f"there is no clause '{clause}'"
                faults.add(PARAGRAPHS, paragraph.id, "cites", problem, "Cite an id from policies/")
        if paragraph.instead_of and paragraph.instead_of not in policy.paragraphs:
            problem = f"there is no paragraph '{paragraph.instead_of}'"
            faults.add(PARAGRAPHS, paragraph.id, "instead_of", problem, "Name one that stands under paragraphs")


def read_outlines(
    fields: YamlFields, paragraphs: Mapping[str, PolicyParagraph], questions: _Questions, faults: Faults
) -> tuple[Outline, ...]:
    """`documents`, in order. A paragraph that is nowhere, or stands twice in one, is a fault."""
    found = []
    for item in fields.items("documents"):
        name = str(item.get("id", "")) if isinstance(item, Mapping) else ""
        document = YamlFields(faults, PARAGRAPHS, name or "a document", item)
        document.only({"id", "title", "subtitle", "pages", "letter", "sections"})
        read = Outline(
            document.text("id"),
            document.text("title"),
            document.text("subtitle"),
            tuple(_section(document.inner("sections", each), questions) for each in document.items("sections")),
            int(pages) if (pages := document.text("pages", required=False)).isdecimal() else 0,
            document.flag("letter", missing=False),
        )
        used = [each for section in read.sections for each in section.paragraphs]
        for each in used:
            if each not in paragraphs:
                document.fault("sections", f"there is no paragraph '{each}'", "Name one that stands under paragraphs")
            elif used.count(each) > 1:
                document.fault("sections", f"'{each}' stands twice", "Keep it in one section")
        found.append(read)
    return tuple(found)


def _section(fields: YamlFields, questions: _Questions) -> Section:
    fields.only({"heading", "paragraphs", "part", "lead", "roles"})
    lead = fields.text("lead", required=False)
    check_places(fields, "lead", lead, questions)
    part = cast(SectionPart, fields.choice("part", PARTS) or "clauses") if fields.has("part") else "clauses"
    roles = fields.texts("roles", required=False)
    for role in set(roles) - set(ROLES):
        fields.fault("roles", f"'{role}' is no role", f"Use some of: {', '.join(ROLES)}")
    known = tuple(role for name in roles for role in ROLES if role == name)
    return Section(fields.text("heading"), fields.texts("paragraphs", required=False), part, lead, known)


def read_approved(fields: YamlFields, faults: Faults, file: str = APPROVED) -> dict[str, ParagraphApproval]:
    """Who approved which paragraph, by its id; of another `file`, whatever is approved there. What was edited since
    does not count, and is no fault: the clause says that nobody has approved it, and somebody approves it anew."""
    fields.only({"made_up", "approved"})
    made_up = fields.flag("made_up", missing=False)
    found = {}
    for name, item in fields.mapping("approved", required=False).items():
        each = YamlFields(faults, file, name, item)
        each.only({"digest", "by", "role", "on", "review_by", "seal"})
        on = each.date("on")
        by = each.date("review_by") if each.has("review_by") else by_new_year(on)
        read = ParagraphApproval(
            name, each.text("digest"), each.text("by"), each.choice("role", GRAVE_BY), on, by, made_up
        )
        if each.text("seal") == seal_of_paragraph(read, dated=each.has("review_by")):
            found[name] = read
    return found


def seal_of_paragraph(approval: ParagraphApproval, *, dated: bool = True) -> str:
    """What changes with anything of the approval of a paragraph. It shows an edit by hand, and no forgery. An earlier
    one says no day by which it is read again (`dated`): the latest counts."""
    said = {**vars(approval), "on": approval.on.isoformat(), "review_by": approval.review_by.isoformat()}
    if not dated:
        del said["review_by"]
    return digest_of(said)


def read_editions(fields: YamlFields, faults: Faults) -> dict[str, Edition]:
    """What each document said when it was last built."""
    fields.only({"editions"})
    return {
        name: _edition(YamlFields(faults, EDITIONS, name, item))
        for name, item in fields.mapping("editions", required=False).items()
    }


def _edition(fields: YamlFields) -> Edition:
    fields.only({"edition", "on", "by", "changes", "clauses", "printed"})
    clauses = {}
    for name, item in fields.mapping("clauses").items():
        each = fields.inner(name, item)
        each.only({"number", "text", "edition", "on"})
        clauses[name] = EditionClause(each.text("number"), each.text("text"), _whole(each, "edition"), each.date("on"))
    by, printed = (fields.text(key, required=False) for key in ("by", "printed"))
    changes = tuple(_change(fields.inner("changes", each)) for each in fields.items("changes", required=False))
    return Edition(_whole(fields, "edition"), fields.date("on"), clauses, by, changes, printed)


def _change(fields: YamlFields) -> ClauseChange:
    fields.only({"kind", "number", "before", "now"})
    before, now = (fields.text(key, required=False) for key in ("before", "now"))
    kind = cast(ChangeKind, fields.choice("kind", CHANGE_KINDS))
    return ClauseChange(kind, fields.text("number"), before, now)


def _whole(fields: YamlFields, key: str) -> int:
    value = fields.text(key)
    if not value.isdecimal():
        fields.fault(key, f"'{value}' is not a whole number", "Put the file back from a backup, or delete it")
        return 0
    return int(value)
