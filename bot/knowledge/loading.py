"""From the folder of YAML files to a Knowledge, or to every fault that the files alone show."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.approvals.model import FILE as APPROVALS
from bot.knowledge.approvals.model import Approvals
from bot.knowledge.approvals.reading import name_of, read_approvals
from bot.knowledge.approvals.serving import approved_entries
from bot.knowledge.entries import is_first_edition, read_entry
from bot.knowledge.entries.references import check_cites, check_entries, check_tips, followed, merged_ids
from bot.knowledge.files.faults import Fault, KnowledgeError
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.files.plain_yaml import parse
from bot.knowledge.files.syntax import UnreadableError, decoded, explained
from bot.knowledge.handover_files import read_handovers
from bot.knowledge.language_files import read_lexicon, read_smalltalk, read_triage
from bot.knowledge.model import Clause, Document, Entry, Knowledge
from bot.knowledge.policies import check_clauses, held, read_policy
from bot.knowledge.schools.reading import read_school
from bot.knowledge.tip_files import read_tips

_READABLE = "See that it is a file, and that AskFirst may read it"
_NOT_LEARNED = ("school.yaml", APPROVALS, "tips.yaml", "handovers.yaml", "policies/*", "*.ics")


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


def load(folder: Path, *, approved: bool = True) -> Knowledge:
    """folder -> Knowledge. Raises KnowledgeError with every fault found; one that cannot be read stands there alone.
    Without approvals.yaml nothing is approved, and every entry is withheld. With `approved` False every entry is as its
    file stands, whatever was approved."""
    faults = Faults()
    if not folder.is_dir():
        faults.add(
            str(folder), "", "", "there is no such folder", "Name the knowledge folder, here or in ASKFIRST_KNOWLEDGE"
        )
        raise KnowledgeError(tuple(faults.found))
    documents: dict[str, Document] = {}
    clauses: dict[str, Clause] = {}
    _each(folder, "policies", faults, lambda name, fields: read_policy(name, fields, documents, clauses, faults))
    check_clauses(clauses, faults)
    entries = _read_entries(folder, faults)
    outside = _document(folder, "outside.yaml", faults)
    tips, themes = read_tips(_document(folder, "tips.yaml", faults), faults)
    merged = merged_ids(entries, faults)
    lexicon = read_lexicon(_document(folder, "lexicon.yaml", faults))
    knowledge = Knowledge(
        fingerprint=fingerprint(folder),
        learned_from=_learned_from(folder),
        documents=documents,
        clauses=clauses,
        entries={entry.id: held(followed(entry, merged), clauses) for entry in entries.values()},
        merged=merged,
        lexicon=lexicon,
        triage=read_triage(_document(folder, "triage.yaml", faults), _writers(folder, faults), faults),
        outside=outside.texts("outside"),
        smalltalk=read_smalltalk(outside, faults),
        tips=tuple(replace(tip, entry=merged.get(tip.entry, tip.entry)) for tip in tips),
        themes=themes,
        school=read_school(_document(folder, "school.yaml", faults), faults, folder),
        handovers=read_handovers(_document(folder, "handovers.yaml", faults), faults),
    )
    check_entries(knowledge.entries, clauses, lexicon, faults)
    check_tips(knowledge.tips, knowledge.entries, faults)
    if approved:
        knowledge = _with_approvals(knowledge, _approvals(folder, faults), faults)
    if faults.unreadable:  # alone: much of the rest would only follow from what is not there
        raise KnowledgeError(tuple(sorted(faults.unreadable)))
    if faults.found:
        raise KnowledgeError(tuple(sorted(set(faults.found))))
    return knowledge


def _approvals(folder: Path, faults: Faults) -> Approvals:
    if not (folder / APPROVALS).exists():
        return Approvals(missing=True)
    return read_approvals(_document(folder, APPROVALS, faults), faults)


def approvals_as_they_stand(folder: Path) -> Mapping[str, Any]:
    """What is in approvals.yaml, whatever is wrong with it; nothing where there is none. Raises KnowledgeError where it
    cannot be read as a whole."""
    if not (folder / APPROVALS).exists():
        return {}
    faults = Faults()
    data = _parse(folder / APPROVALS, APPROVALS, faults)
    whole = [fault for fault in faults.found if fault.field in ("approvals", "made_up")]  # which stand twice
    if wrong := (faults.unreadable or whole):
        raise KnowledgeError(tuple(sorted(set(wrong))))
    return data if isinstance(data, Mapping) else {}


def listed(folder: Path) -> frozenset[str]:
    """The entries for which there is an approval, right or wrong. Raises KnowledgeError where nobody can say."""
    items = approvals_as_they_stand(folder).get("approvals")
    return frozenset(map(name_of, items if isinstance(items, list) else ()))


def read_kept_approvals(folder: Path, replaced: Callable[[str], bool]) -> Approvals | None:
    """The approvals of a folder without those that are `replaced`, by entry, whatever is wrong with them; None where it
    keeps none. Raises KnowledgeError for faults of the others."""
    if not (folder / APPROVALS).exists():
        return None
    faults = Faults()
    found = read_approvals(_document(folder, APPROVALS, faults), faults, replaced)
    if wrong := (faults.unreadable or faults.found):
        raise KnowledgeError(tuple(sorted(set(wrong))))
    return found


def _with_approvals(knowledge: Knowledge, approvals: Approvals, faults: Faults) -> Knowledge:
    served, waiting = approved_entries(knowledge.entries, approvals, faults)
    in_approved_words = [replace(served[name], file=APPROVALS) for name in waiting]
    check_cites(in_approved_words, knowledge.clauses, knowledge.lexicon, faults)
    # The approved words may rest on other clauses than the file does now.
    served |= {name: held(served[name], knowledge.clauses) for name in waiting}
    return replace(knowledge, entries=served, waiting=waiting, approvals=approvals)


def _files(folder: Path) -> list[Path]:
    return sorted(path for kind in ("*.yaml", "*.ics") for path in folder.rglob(kind) if path.is_file())


def _writers(folder: Path, faults: Faults) -> list[YamlFields]:
    """The files of triage/, which need not be there: a file of made-up messages by each writer."""
    paths = sorted((folder / "triage").glob("*.yaml"))
    return [_document(folder, f"triage/{path.name}", faults) for path in paths]


def _document(folder: Path, name: str, faults: Faults) -> YamlFields:
    return YamlFields(faults, name, "", _parse(folder / name, name, faults))


def _parse(path: Path, name: str, faults: Faults) -> object:
    try:
        return _understood(decoded(path.read_bytes()), name, faults)
    except FileNotFoundError:
        faults.unreadable.append(
            Fault(name, "", "", "the file is missing", "Put it back, or take it from the demo school")
        )
    except OSError as error:
        problem = f"cannot be read ({(error.strerror or '').lower()})"
        faults.unreadable.append(Fault(name, "", "", problem, _READABLE))
    except UnreadableError as error:
        place = f"line {error.line}" if error.line else ""
        faults.unreadable.append(Fault(name, "", place, error.problem, error.remedy, error.line))
    return {}


def _understood(text: str, name: str, faults: Faults) -> object:
    """text -> what stands in it; a key that stands twice is a fault. Raises UnreadableError."""
    try:
        data, twice = parse(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise explained(text, error) from None
    for each in twice:
        problem = f"stands twice, on line {each.first} and on line {each.again}, and only one can count"
        faults.add(name, "", " > ".join(each.path), problem, "Keep the right one, and take the other away", each.again)
    return {} if data is None else data


def _each(folder: Path, kind: str, faults: Faults, read: Callable[[str, YamlFields], None]) -> None:
    paths = sorted((folder / kind).glob("*.yaml"))
    if not paths:
        remedy = f"Put at least one .yaml file into {kind}/"
        faults.unreadable.append(Fault(f"{kind}/", "", "", "holds no files", remedy))
    for path in paths:
        name = f"{kind}/{path.name}"
        read(name, YamlFields(faults, name, "", _parse(path, name, faults)))


def _read_entries(folder: Path, faults: Faults) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    former: list[tuple[str, str]] = []

    def read(name: str, fields: YamlFields) -> None:
        fields.only({"entries"})
        for item in fields.items("entries"):
            if is_first_edition(item):
                former.append((name, _name(item)))
                continue
            entry = read_entry(YamlFields(faults, name, _name(item), item), faults, name)
            if entry.id in entries:
                faults.add(
                    name, entry.id, "id", f"is used twice (also in {entries[entry.id].file})", "Rename one of them"
                )
            entries[entry.id] = entry

    _each(folder, "entries", faults, read)
    _refuse_first_edition(folder, former)
    if not entries:
        problem, remedy = "0 entries: there is nothing to answer with", "Add entries, see knowledge/README.md"
        faults.unreadable.append(Fault("entries/", "", "", problem, remedy))
    return entries


def _refuse_first_edition(folder: Path, found: list[tuple[str, str]]) -> None:
    """Raise KnowledgeError where entries have a verdict: the folder is to be carried over first, and whatever else is
    wrong with it may only follow from that."""
    if found:
        problem = f"written as in AskFirst 0.1, with verdicts, as {len(found)} of the entries are"
        remedy = f"Carry the folder over once: askfirst migrate-base {folder}"
        raise KnowledgeError((Fault(*found[0], "verdict", problem, remedy),))


def _name(item: object) -> str:
    return str(item.get("id", "an item without id")) if isinstance(item, dict) else "an item without id"
