"""A document of the school's own in lines for the terminal: what was read, its clauses, what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from adapters.console.text import printable, wrapped
from bot.concerns.naming.private import WORDS as PRIVATE
from bot.concerns.naming.private import PrivateFinding
from bot.knowledge.policies.difference import WordRun
from bot.knowledge.policies.editions import Compared, Kind
from bot.knowledge.policies.importing.clauses import ImportedClause
from bot.knowledge.policies.own import OwnClause, OwnDocument
from bot.service.policy_reading.adding import NewEdition, ReadPolicy

_SHOWN = 8  # lines that were left out
_SHORT = 70  # characters of them
_AROUND = 6  # words of what stayed the same that stand beside a change
WORDS: dict[Kind, str] = {
    "changed": "Changed", "new": "New", "gone": "Gone", "moved": "Moved", "renumbered": "Another number",
    "same": "The same",
}  # fmt: skip


def read_lines(policy: ReadPolicy) -> Iterator[str]:
    """What was read of a document, for a person to look at."""
    yield printable(f"{policy.file}: {policy.title}")
    yield f"  Edition: {policy.edition or 'none found (--edition)'}. Date: {policy.date or 'none found (--date)'}."
    clauses = policy.imported.clauses
    pages = {each.page for each in clauses if each.page}
    on = f", the last on page {max(pages)}" if pages else ""
    yield f"  {len(clauses)} clauses{on}."
    yield from (f"  Mind: {printable(each)}." for each in policy.remarks)
    if left := policy.imported.left_out:
        yield f"  Left out as no rules ({len(left)} lines):"
        yield from (f"    {_cut(each)}" for each in left[:_SHOWN])
        if len(left) > _SHOWN:
            yield f"    and {len(left) - _SHOWN} more, see --show"


def finding_lines(found: Sequence[PrivateFinding]) -> Iterator[str]:
    """What a person is to look at before the document may be used."""
    if found:
        yield "  It may tell of private persons:"
    for each in found:
        where = f" ({each.where})" if each.where else ""
        yield printable(f"    {PRIVATE[each.kind]}: {each.words}{where}")


def clause_lines(name: str, clause: ImportedClause | OwnClause) -> Iterator[str]:
    """One clause: its id, where it stands, its words."""
    own = isinstance(clause, OwnClause)
    number = " ".join(filter(None, (clause.number, " > ".join(clause.heading))))
    page = f"page {clause.page}" if clause.page else ""
    marks = _marks(clause) if isinstance(clause, OwnClause) else ""
    yield printable("  ".join(filter(None, (name, number, page, marks))))
    text = clause.text if own else f"{clause.lead} {clause.text}".strip()
    yield from (f"    {line}" for line in wrapped(text).splitlines())


def _marks(clause: OwnClause) -> str:
    if clause.gone:
        return "[not in this edition any more]"
    if clause.left_out:
        return "[left out]"
    changed = f", changed on {clause.changed}" if clause.changed else ""
    return f"[{clause.force or 'not marked yet'}{changed}]"


def document_lines(document: OwnDocument) -> Iterator[str]:
    """A document with each of its clauses."""
    yield from about_lines(document)
    for each in document.clauses:
        yield from clause_lines(each.id, each)
    left = [each.id for each in document.clauses if not each.force and not each.left_out and not each.gone]
    if left:
        how = f"askfirst policy mark {left[0]} --force must"
        yield f"Not marked yet: {len(left)}. Say how strongly each puts its rule: {how}"


def about_lines(document: OwnDocument) -> Iterator[str]:
    """What a document is, in a line or two."""
    edition = f", edition {document.edition}" if document.edition else ""
    dated = f", {document.date}" if document.date else ""
    marked = sum(each.counts and not each.gone for each in document.clauses)
    yield printable(f"{document.id}: {document.title}{edition}{dated} ({document.file}, taken in on {document.added})")
    yield f"  {len(document.clauses)} clauses, {marked} marked."
    if let_in := document.let_in:
        yield printable(f"  It names people. {let_in.by} ({let_in.role}) on {let_in.on}: {let_in.because}")


def edition_lines(edition: NewEdition) -> Iterator[str]:
    """What a new edition changed, word by word, and what is to be read again."""
    counts = Counter(each.kind for each in edition.compared)
    said = ", ".join(f"{counts[kind]} {words.lower()}" for kind, words in WORDS.items() if counts[kind])
    yield f"The new edition of '{edition.document.id}' is kept: {said}."
    for each in edition.compared:
        if each.kind != "same":
            yield from _compared(each)
    yield from _again(edition)


def _compared(each: Compared) -> Iterator[str]:
    clause = each.new or each.old
    if clause is None:
        return
    yield printable(f"{WORDS[each.kind]}: {clause.id}  {clause.where}")
    if each.kind == "renumbered" and each.old:
        yield f"    was {each.old.number or 'without a number'}"
    elif each.kind == "moved" and each.old:
        yield printable(f"    stood under {' > '.join(each.old.heading) or 'no heading'}")
    elif each.kind == "changed":
        yield from (f"    {line}" for line in wrapped(difference_text(each.words)).splitlines())
    else:
        yield from (f"    {line}" for line in wrapped(clause.text).splitlines())


def difference_text(runs: Iterable[WordRun]) -> str:
    """The difference of two texts in one: [-gone-] {+new+}, and a little of what stayed the same."""
    parts = []
    for run in runs:
        if run.kind == "same":
            words = run.words.split()
            long = len(words) > 2 * _AROUND
            parts.append(" ".join((*words[:_AROUND], "...", *words[-_AROUND:])) if long else run.words)
        else:
            parts.append(f"[-{run.words}-]" if run.kind == "gone" else f"{{+{run.words}+}}")
    return " ".join(parts)


def _again(edition: NewEdition) -> Iterator[str]:
    if not edition.to_read_again:
        yield "No answer rests on what changed."
        return
    yield "The policy has changed. These answers are to be read again, and are marked as due for review until then:"
    yield from (printable(f"  {each.id}: {each.title}") for each in edition.to_read_again)
    first = edition.to_read_again[0].id
    yield f"Read one: askfirst approve {first} --by NAME --role ROLE"
    yield f"Take one back at once: askfirst approve --withdraw {first}"


def _cut(text: str) -> str:
    shown = printable(" ".join(text.split()))
    return shown if len(shown) <= _SHORT else f"{shown[:_SHORT]}..."
