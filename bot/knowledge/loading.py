"""From the folder of YAML files to a Knowledge, or to every fault that the files alone show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.approvals.model import FILE as APPROVALS
from bot.knowledge.approvals.model import Approvals
from bot.knowledge.approvals.reading import name_of, read_approvals
from bot.knowledge.approvals.serving import approved_entries
from bot.knowledge.checks.model import CHECKS, CHECKS_APPROVED, CheckQuestion
from bot.knowledge.checks.reading import read_checks
from bot.knowledge.entries import is_first_edition, read_entry
from bot.knowledge.entries.references import check_cites, check_entries, check_tips, followed, merged_ids
from bot.knowledge.files.faults import Fault, KnowledgeError
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.files.folder import READABLE, BaseFiles, read_files
from bot.knowledge.files.plain_yaml import Marked, parse
from bot.knowledge.files.syntax import UnreadableError, decoded, explained
from bot.knowledge.handover_files import read_handovers
from bot.knowledge.language_files import read_lexicon, read_outside, read_smalltalk, read_triage
from bot.knowledge.language_model import Lexicon
from bot.knowledge.model import Clause, Document, Entry, Knowledge
from bot.knowledge.policies.clauses import check_clauses, held, read_policy
from bot.knowledge.policies.own import FOLDER as OWN
from bot.knowledge.policies.own import OwnDocument
from bot.knowledge.policies.own_reading import read_own
from bot.knowledge.policies.resting import clauses_on_which, document_of, read_again
from bot.knowledge.readiness import READINESS, check_readiness, read_readiness
from bot.knowledge.school_policy.documents import check_paragraphs
from bot.knowledge.school_policy.filling import filled, what_is_wrong, with_line
from bot.knowledge.school_policy.model import SchoolPolicy
from bot.knowledge.school_policy.reading import read_school_policy
from bot.knowledge.schools.reading import read_school
from bot.knowledge.tip_files import read_tips


def fingerprint(folder: Path) -> str:
    """A digest of every file of the base as it lies there now, see `BaseFiles.fingerprint`."""
    return read_files(folder).fingerprint


def load(folder: Path | BaseFiles, *, approved: bool = True) -> Knowledge:
    """A folder, or what was read of it -> Knowledge. Raises KnowledgeError with every fault found; one that cannot be
    read stands there alone. Without approvals.yaml nothing is approved, and every entry is withheld. With `approved`
    False every entry is as its file stands, whatever was approved."""
    return _loaded(folder if isinstance(folder, BaseFiles) else read_files(folder), approved)


def _loaded(files: BaseFiles, approved: bool) -> Knowledge:
    faults = Faults()
    if not files.contents and not files.folder.is_dir():
        remedy = "Name the knowledge folder, here or in ASKFIRST_KNOWLEDGE"
        raise KnowledgeError((Fault(str(files.folder), "", "", "there is no such folder", remedy),))
    files.check()
    documents: dict[str, Document] = {}
    clauses: dict[str, Clause] = {}
    _each(files, "policies", faults, lambda name, fields: read_policy(name, fields, documents, clauses, faults))
    own = _read_own(files, faults, documents, clauses)
    check_clauses(clauses, faults)
    lexicon = read_lexicon(_document(files, "lexicon.yaml", faults))
    policy = read_school_policy(lambda name, into: _if_there(files, name, into), faults)
    entries, policy = _read_entries(files, faults, policy, lexicon)
    outside = _document(files, "outside.yaml", faults)
    tips, themes = read_tips(_filled_items(files, "tips.yaml", "tips", faults, policy, lexicon), faults)
    merged = merged_ids(entries, faults)
    lexicon = _with_lines(lexicon, entries.values())
    knowledge = Knowledge(
        fingerprint=files.fingerprint,
        documents=documents,
        clauses=clauses,
        entries={entry.id: held(followed(entry, merged), clauses) for entry in entries.values()},
        merged=merged,
        lexicon=lexicon,
        triage=read_triage(_document(files, "triage.yaml", faults), _writers(files, faults), faults),
        outside=read_outside(outside),
        smalltalk=read_smalltalk(outside, faults),
        tips=tuple(replace(tip, entry=merged.get(tip.entry, tip.entry)) for tip in tips),
        themes=themes,
        school=read_school(_document(files, "school.yaml", faults), faults, files),
        handovers=read_handovers(_document(files, "handovers.yaml", faults), faults),
        policy=policy,
        own=own,
        readiness=read_readiness(_if_there(files, READINESS, faults), faults),
    )
    check_entries(knowledge.entries, clauses, lexicon, faults)
    check_tips(knowledge.tips, knowledge.entries, faults)
    check_paragraphs(policy, clauses, faults)
    nations = {each.id: each.nation for each in clauses.values()}
    check_readiness(knowledge.readiness, nations, knowledge.handovers.terms, faults)
    if approved:
        knowledge = _with_approvals(knowledge, _approvals(files, faults), faults)
    knowledge = replace(knowledge, checks=_checks(files, knowledge, faults, approved))
    if faults.unreadable:  # alone: much of the rest would only follow from what is not there
        raise KnowledgeError(tuple(sorted(faults.unreadable)))
    if faults.found:
        raise KnowledgeError(tuple(sorted(set(faults.found))))
    return knowledge


def _approvals(files: BaseFiles, faults: Faults) -> Approvals:
    if not files.has(APPROVALS):
        return Approvals(missing=True)
    return read_approvals(_document(files, APPROVALS, faults), faults)


def approvals_as_they_stand(folder: Path) -> Mapping[str, Any]:
    """What is in approvals.yaml, whatever is wrong with it; nothing where there is none. Raises KnowledgeError where it
    cannot be read as a whole, or where the folder holds no file at all: then nobody took anything back, it is away."""
    files, faults = read_files(folder), Faults()
    if not files.contents:
        raise KnowledgeError((Fault(str(folder), "", "", "holds no files", "See that the folder is there"),))
    if not files.has(APPROVALS):
        return {}
    data = _parse(files, APPROVALS, faults)
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
    files = read_files(folder)
    if not files.has(APPROVALS):
        return None
    faults = Faults()
    found = read_approvals(_document(files, APPROVALS, faults), faults, replaced)
    if wrong := (faults.unreadable or faults.found):
        raise KnowledgeError(tuple(sorted(set(wrong))))
    return found


def _with_approvals(knowledge: Knowledge, approvals: Approvals, faults: Faults) -> Knowledge:
    served, waiting = approved_entries(knowledge.entries, approvals, faults)
    in_approved_words = [replace(served[name], file=APPROVALS) for name in waiting]
    knowledge = replace(knowledge, lexicon=_with_lines(knowledge.lexicon, in_approved_words))
    check_cites(in_approved_words, knowledge.clauses, knowledge.lexicon, faults)
    # The approved words may rest on other clauses than the file does now.
    served |= {name: held(served[name], knowledge.clauses) for name in waiting}
    served = read_again(served, knowledge.own.values(), knowledge.clauses.values(), approvals.given)
    return replace(knowledge, entries=served, waiting=waiting, approvals=approvals)


def _checks(files: BaseFiles, knowledge: Knowledge, faults: Faults, approved: bool) -> tuple[CheckQuestion, ...]:
    """The questions about the entries as these are served; a school that has approved none keeps no file of that."""
    given = _if_there(files, CHECKS_APPROVED, faults) or YamlFields(faults, CHECKS_APPROVED, "", {})
    if not files.has(CHECKS):
        return ()
    questions = _filled_items(files, CHECKS, "questions", faults, knowledge.policy, knowledge.lexicon)
    return read_checks(questions, given if approved else None, knowledge.entries, knowledge.merged, faults)


def _read_own(
    files: BaseFiles, faults: Faults, documents: dict[str, Document], clauses: dict[str, Clause]
) -> dict[str, OwnDocument]:
    """The documents that the school put in; what is marked in them is added to the clauses."""
    found: dict[str, OwnDocument] = {}
    for name in files.under(OWN):
        own = read_own(name, _document(files, name, faults), faults)
        if own.id in documents:
            faults.add(name, own.id, "id", "another document has this id", "Give it another one, and its clauses too")
        found[own.id] = own
        documents[own.id] = document_of(own)
        for each in clauses_on_which(own).values():
            if each.id in clauses:
                faults.add(name, each.id, "id", "is used twice", "Give each clause an id of its own")
            clauses[each.id] = each
    return found


def _writers(files: BaseFiles, faults: Faults) -> list[YamlFields]:
    """The files of triage/, which need not be there: a file of made-up messages by each writer."""
    return [_document(files, name, faults) for name in files.under("triage")]


def _with_lines(lexicon: Lexicon, entries: Iterable[Entry]) -> Lexicon:
    """With every fact whose line an entry has at an age of its own."""
    facts = lexicon.facts
    for entry in entries:
        facts = with_line(facts, entry.facts.fact) if entry.facts else facts
    return lexicon if facts is lexicon.facts else replace(lexicon, facts=facts)


def _filled_items(
    files: BaseFiles, name: str, key: str, faults: Faults, policy: SchoolPolicy, lexicon: Lexicon
) -> YamlFields:
    """A file with what the school answered in each item of one of its lists."""
    data = _parse(files, name, faults)
    if isinstance(data, Marked) and isinstance(data.get(key), list):
        whole = Marked(data.line)
        whole.update({**data, key: [filled(item, policy, lexicon.facts)[0] for item in data[key]]})
        whole.lines = data.lines
        data = whole
    return YamlFields(faults, name, "", data)


def _if_there(files: BaseFiles, name: str, faults: Faults) -> YamlFields | None:
    return _document(files, name, faults) if files.has(name) else None


def _document(files: BaseFiles, name: str, faults: Faults) -> YamlFields:
    return YamlFields(faults, name, "", _parse(files, name, faults))


def _parse(files: BaseFiles, name: str, faults: Faults) -> object:
    try:
        return _understood(decoded(files.read(name)), name, faults)
    except FileNotFoundError:
        faults.unreadable.append(
            Fault(name, "", "", "the file is missing", "Put it back, or take it from the demo school")
        )
    except OSError as error:
        problem = f"cannot be read ({(error.strerror or '').lower()})"
        faults.unreadable.append(Fault(name, "", "", problem, READABLE))
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
        where = (
            f"on line {each.first} and on line {each.again}" if each.first != each.again else f"on line {each.first}"
        )
        problem = f"stands twice, {where}, and only one can count"
        faults.add(name, "", " > ".join(each.path), problem, "Keep the right one, and take the other away", each.again)
    return {} if data is None else data


def _each(files: BaseFiles, kind: str, faults: Faults, read: Callable[[str, YamlFields], None]) -> None:
    names = files.under(kind)
    if not names:
        remedy = f"Put at least one .yaml file into {kind}/"
        faults.unreadable.append(Fault(f"{kind}/", "", "", "holds no files", remedy))
    for name in names:
        read(name, YamlFields(faults, name, "", _parse(files, name, faults)))


def _read_entries(
    files: BaseFiles, faults: Faults, policy: SchoolPolicy, lexicon: Lexicon
) -> tuple[dict[str, Entry], SchoolPolicy]:
    """The entries, filled with what the school answered; and the policy with the entries that follow it."""
    entries: dict[str, Entry] = {}
    followed: dict[str, frozenset[str]] = {}
    former: list[tuple[str, str]] = []

    def read(name: str, fields: YamlFields) -> None:
        fields.only({"entries"})
        for item in fields.items("entries"):
            if is_first_edition(item):
                former.append((name, _name(item)))
                continue
            if wrong := what_is_wrong(item, policy):
                faults.add(name, _name(item), "policy", wrong, "Name a question, and its options under 'when'")
            item, followed[_name(item)] = filled(item, policy, lexicon.facts)
            entry = read_entry(YamlFields(faults, name, _name(item), item), faults, name)
            if entry.id in entries:
                faults.add(
                    name, entry.id, "id", f"is used twice (also in {entries[entry.id].file})", "Rename one of them"
                )
            entries[entry.id] = entry

    _each(files, "entries", faults, read)
    _refuse_first_edition(files.folder, former)
    if not entries:
        problem, remedy = "0 entries: there is nothing to answer with", "Add entries, see knowledge/README.md"
        faults.unreadable.append(Fault("entries/", "", "", problem, remedy))
    return entries, replace(policy, followed=followed)


def _refuse_first_edition(folder: Path, found: list[tuple[str, str]]) -> None:
    """Raise KnowledgeError where entries have a verdict: the folder is to be carried over first, and whatever else is
    wrong with it may only follow from that."""
    if found:
        problem = f"written as in AskFirst 0.1, with verdicts, as {len(found)} of the entries are"
        remedy = f"Carry the folder over once: askfirst migrate-base {folder}"
        raise KnowledgeError((Fault(*found[0], "verdict", problem, remedy),))


def _name(item: object) -> str:
    return str(item.get("id", "an item without id")) if isinstance(item, dict) else "an item without id"
