"""From the folder of YAML files to a Knowledge, or to every fault that the files alone show."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.entries import read_entry
from bot.knowledge.faults import Fault, KnowledgeError
from bot.knowledge.fields import Faults, YamlFields
from bot.knowledge.language_files import read_lexicon, read_smalltalk, read_triage
from bot.knowledge.model import Clause, Document, Entry, Knowledge
from bot.knowledge.school import read_school
from bot.knowledge.tip_files import read_tips

# Twice as quick as the pure one on a base of this size; the pure one where PyYAML came without its C part.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_READABLE = "See that it is a file, and that AskFirst may read it"
_NOT_LEARNED = ("school.yaml", "tips.yaml", "policies/*", "*.ics")


def fingerprint(folder: Path) -> str:
    """A digest of every file of the base: the same files give the same digest, any edit another. Raises KnowledgeError
    for a file that cannot be read."""
    return _digest(folder, _files(folder))


def _learned_from(folder: Path) -> str:
    learned = [path for path in _files(folder) if not any(path.match(pattern) for pattern in _NOT_LEARNED)]
    return _digest(folder, learned)


def _digest(folder: Path, paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        name = str(path.relative_to(folder))
        try:
            content = path.read_bytes()
        except OSError as error:
            fault = Fault(name, "", "", f"cannot be read ({(error.strerror or '').lower()})", _READABLE)
            raise KnowledgeError((fault,)) from error
        digest.update(name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()


def load(folder: Path) -> Knowledge:
    """folder -> Knowledge. Raises KnowledgeError with every fault found."""
    faults = Faults()
    if not folder.is_dir():
        faults.add(
            str(folder), "", "", "there is no such folder", "Name the knowledge folder, here or in ASKFIRST_KNOWLEDGE"
        )
        raise KnowledgeError(tuple(faults.found))
    documents, clauses = _read_policies(folder, faults)
    entries = _read_entries(folder, faults)
    outside = _document(folder, "outside.yaml", faults)
    tips, themes = read_tips(_document(folder, "tips.yaml", faults), faults)
    lexicon = read_lexicon(_document(folder, "lexicon.yaml", faults))
    knowledge = Knowledge(
        fingerprint=fingerprint(folder),
        learned_from=_learned_from(folder),
        documents=documents,
        clauses=clauses,
        entries=entries,
        lexicon=lexicon,
        triage=read_triage(_document(folder, "triage.yaml", faults), faults),
        outside=outside.texts("outside"),
        smalltalk=read_smalltalk(outside, faults),
        tips=tips,
        themes=themes,
        school=read_school(_document(folder, "school.yaml", faults), faults, folder),
    )
    _check_references(knowledge, faults)
    if faults.found:
        raise KnowledgeError(tuple(sorted(set(faults.found))))
    return knowledge


def _files(folder: Path) -> list[Path]:
    return sorted(path for kind in ("*.yaml", "*.ics") for path in folder.rglob(kind) if path.is_file())


def _document(folder: Path, name: str, faults: Faults) -> YamlFields:
    return YamlFields(faults, name, "", _parse(folder / name, name, faults))


def _parse(path: Path, name: str, faults: Faults) -> object:
    try:
        data: object = yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506 - a safe loader, see above
        return {} if data is None else data
    except FileNotFoundError:
        faults.add(name, "", "", "the file is missing", "Put it back, or take it from the demo school")
    except OSError as error:
        faults.add(name, "", "", f"cannot be read ({(error.strerror or '').lower()})", _READABLE)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # PyYAML raises ValueError for the 30 February
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else ""
        cause = getattr(error, "problem", None) or _causes(error)
        problem = f"is not valid YAML ({cause})"
        faults.add(name, "", line, problem, "Mend the spaces or quotes on that line or the one before")
    return {}


def _causes(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error) if type(error) is ValueError else "it cannot be read as text"


def _each(folder: Path, kind: str, faults: Faults, read: Callable[[str, YamlFields], None]) -> None:
    paths = sorted((folder / kind).glob("*.yaml"))
    if not paths:
        faults.add(f"{kind}/", "", "", "holds no files", f"Put at least one .yaml file into {kind}/")
    for path in paths:
        name = f"{kind}/{path.name}"
        read(name, YamlFields(faults, name, "", _parse(path, name, faults)))


def _read_policies(folder: Path, faults: Faults) -> tuple[dict[str, Document], dict[str, Clause]]:
    documents: dict[str, Document] = {}
    clauses: dict[str, Clause] = {}

    def read(name: str, fields: YamlFields) -> None:
        fields.only({"document", "clauses"})
        head = YamlFields(faults, name, "document", fields.raw("document"))
        head.only({"id", "title", "publisher", "date", "nation", "note", "file"})
        document = Document(
            head.text("id"), head.text("title"), head.text("publisher"), head.text("date", required=False) or None,
            head.text("nation"),
        )  # fmt: skip
        documents[document.id] = document
        for item in fields.items("clauses"):
            clause = _read_clause(YamlFields(faults, name, _name(item), item), document)
            if clause.id in clauses:
                faults.add(name, clause.id, "id", "is used twice", "Give each clause an id of its own")
            clauses[clause.id] = clause

    _each(folder, "policies", faults, read)
    return documents, clauses


def _read_clause(fields: YamlFields, document: Document) -> Clause:
    fields.only({"id", "force", "where", "text", "sure", "nation", "asked"})
    return Clause(
        id=fields.text("id"),
        document=document,
        force=fields.choice("force", ("must", "must-not", "advised", "advised-against", "may", "informs")),
        where=fields.text("where", required=False),
        text=fields.text("text"),
        asked=fields.raw("asked") is not False,
    )


def _read_entries(folder: Path, faults: Faults) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}

    def read(name: str, fields: YamlFields) -> None:
        fields.only({"entries"})
        for item in fields.items("entries"):
            entry = read_entry(YamlFields(faults, name, _name(item), item), faults, name)
            if entry.id in entries:
                faults.add(
                    name, entry.id, "id", f"is used twice (also in {entries[entry.id].file})", "Rename one of them"
                )
            entries[entry.id] = entry

    _each(folder, "entries", faults, read)
    if not entries:
        faults.add(
            "entries/", "", "", "0 entries: there is nothing to answer with", "Add entries, see knowledge/README.md"
        )
    return entries


def _name(item: object) -> str:
    return str(item.get("id", "an item without id")) if isinstance(item, dict) else "an item without id"


def _check_references(knowledge: Knowledge, faults: Faults) -> None:
    """Ids that point nowhere: cites, related entries, facts, tips."""
    for entry in knowledge.entries.values():
        for clause in entry.cites:
            if clause not in knowledge.clauses:
                faults.add(entry.file, entry.id, "cites", f"there is no clause '{clause}'", "Cite an id from policies/")
        for other in entry.related:
            if other not in knowledge.entries:
                faults.add(entry.file, entry.id, "related", f"there is no entry '{other}'", "Name an entry that exists")
        _check_facts(entry, knowledge, faults)
    seen: set[str] = set()
    for tip in knowledge.tips:
        if tip.entry not in knowledge.entries:
            faults.add("tips.yaml", tip.id, "entry", f"there is no entry '{tip.entry}'", "Name an entry that exists")
        if tip.id in seen:
            faults.add("tips.yaml", tip.id, "id", "is used twice", "Give each tip an id of its own")
        seen.add(tip.id)


def _check_facts(entry: Entry, knowledge: Knowledge, faults: Faults) -> None:
    if entry.facts is None:
        return
    kind = knowledge.lexicon.facts.get(entry.facts.fact)
    if kind is None:
        known = ", ".join(sorted(knowledge.lexicon.facts))
        faults.add(entry.file, entry.id, "facts", f"there is no fact '{entry.facts.fact}'", f"Use one of: {known}")
        return
    given = {case.value for case in entry.facts.cases}
    for value in sorted(set(kind.labels) ^ given):
        problem = (
            f"has no case for '{value}'" if value in kind.labels else f"has a case for the unknown value '{value}'"
        )
        faults.add(entry.file, entry.id, "facts", problem, f"Give one case for each of: {', '.join(kind.labels)}")
