"""Policies in and out: how long 100 pages take, how many clauses come out right, is a new edition told apart, and how
long the school's own documents take to build?

    python -m benchmarks.policies [--quick]

The document is made here: 20 parts under headings, each with its numbered rules, put together by chance from the words
of school policies, so that many rules are like each other; once as .docx with real headings and numbers that Word works
out, once as PDF with a header, a footer and page numbers. Each is read as `askfirst policy add` reads it, in a process
of its own; "memory" is the most that a process took so far. A clause is right with the same words, number and heading.

The new edition has 40 changes: rules that say something else (one word to a third of their words), that are gone, new,
or moved to another part; other rules get other numbers by that, which is no change of these 40. "precision" is the
share of what was said to be a change of this kind that is one, for the right rule; "recall" the share of the changes
that was said. "renumbered" is counted apart.

Then the school's own documents are built: those of the demo school, each as .docx and as PDF, as `askfirst policy
build` and the page do it, five times; the median is given. "What an answer changes" is the look that the page takes
before an answer is kept: the base read once more with it, and every document and answer compared.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # so that it can be run as a file too

import docx
import pypdfium2
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.text.paragraph import Paragraph
from fpdf import FPDF

from adapters.documents.policy.docx import policy_docx
from adapters.documents.policy.pdf import policy_pdf
from adapters.documents.reading.bounded import read_document
from benchmarks.report import ROOT, against, say, share, table
from bot.knowledge import load, read_files
from bot.knowledge.policies.editions import Compared, compare, first_edition
from bot.knowledge.policies.importing.clauses import ImportedClause, clauses_of
from bot.knowledge.policies.own import OwnDocument
from bot.knowledge.school_policy.model import Given
from bot.service.policy_writing.answering import with_answer
from bot.service.policy_writing.building import documents
from bot.service.policy_writing.foreseen import foreseen

_PAGES, _PARTS = 100, 20
_A_PAGE = 8  # rules
_TARGET = 60.0  # seconds
_TARGET_BUILT, _TARGET_LOOK = 10.0, 5.0  # seconds: somebody waits for it before the page
_CHANGES = {"changed": 14, "gone": 10, "new": 10, "moved": 6}
_DEMO = ROOT / "knowledge"
_NO_RULE = -1_000_000  # of a clause that came out wrong
_DAY = dt.date(2026, 11, 23)
_WHO = ("Staff", "Teachers", "Teaching assistants", "Visitors", "Governors", "Volunteers", "Supply teachers", "Coaches",
        "The head", "The site team", "Office staff", "Whoever leads a trip")  # fmt: skip
_MUST = ("must", "must not", "should", "may", "are expected to", "should never", "will always", "need not")
_DO = ("take pictures of pupils", "give out a telephone number", "reply to a parent", "post on the school's page",
       "use a device of their own", "share a class list", "keep a key to the store", "lock the side gate",
       "write to a pupil at home", "open an account on a site", "carry a first-aid bag", "sign the visitors' book",
       "leave a room unattended", "lend out a tablet", "record a lesson", "meet a family alone")  # fmt: skip
_WHEN = ("during lessons", "after the end of the school day", "on a residential trip", "in the holidays",
         "while on duty in the yard", "at a parents' evening", "before the head has agreed to it", "at a sports day",
         "when nobody else is in the building", "in the first week of a term", "at an exam")  # fmt: skip
_UNLESS = ("unless the DSL has said so in writing", "and note it in the log of that day", "with a second adult present",
           "however short the time is", "and tell the office on the same day", "as the handbook describes it",
           "if the family has agreed to it", "and keep a copy for one year")  # fmt: skip


@dataclass(frozen=True)
class MadeRule:
    """A rule: which it is, in which part it stands, its words."""

    key: int
    part: int
    text: str


def made(rules: int, chance: random.Random) -> list[MadeRule]:
    """So many rules, no two of them the same."""
    texts: dict[str, None] = {}
    while len(texts) < rules:
        texts[_rule(chance)] = None
    return [MadeRule(key, key * _PARTS // rules, text) for key, text in enumerate(texts)]


def _rule(chance: random.Random) -> str:
    one, two = (" ".join(chance.choice(words) for words in (_WHO, _MUST, _DO, _WHEN, _UNLESS)) for _ in range(2))
    return f"{one}. {two}." if chance.random() < 0.4 else f"{one}."


def as_clauses(rules: Sequence[MadeRule]) -> list[ImportedClause]:
    """What ought to come out of a document of these rules."""
    counts = dict.fromkeys(range(_PARTS), 0)
    found = []
    for each in rules:
        counts[each.part] += 1
        number = f"{each.part + 1}.{counts[each.part]}"
        found.append(ImportedClause(each.text, (f"{each.part + 1} {_heading(each.part)}",), number))
    return found


def _heading(part: int) -> str:
    return f"{_WHO[part % len(_WHO)]} and {_DO[part % len(_DO)].split()[-1]}".capitalize()


def as_docx(rules: Sequence[MadeRule], file: Path) -> None:
    """Write them as .docx; Word works out the numbers."""
    document = docx.Document()
    inside = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, text in enumerate(("%1", "%1.%2"))
    )
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{inside}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for part in range(_PARTS):
        _numbered(document.add_heading(_heading(part), 1), 0)
        for each in (rule for rule in rules if rule.part == part):
            _numbered(document.add_paragraph(each.text), 1)
    document.save(str(file))


def _numbered(paragraph: Paragraph, depth: int) -> None:
    look = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="77"/></w:numPr>'
    paragraph._p.get_or_add_pPr().append(parse_xml(look))


class _Printed(FPDF):
    def header(self) -> None:
        self.set_font("helvetica", size=9)
        self.cell(0, 6, "Oak Hill School: staff handbook", new_x="LMARGIN", new_y="NEXT")
        self.ln(6)

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("helvetica", size=9)
        self.cell(0, 6, f"Page {self.page_no()}")


def as_pdf(rules: Sequence[MadeRule], file: Path) -> int:
    """Write them as PDF, a page for so many of them; how many pages it has."""
    pdf = _Printed()
    pdf.set_auto_page_break(True, 18)
    part, on_page = -1, _A_PAGE
    for each, clause in zip(rules, as_clauses(rules), strict=True):
        if on_page >= _A_PAGE:
            pdf.add_page()
            on_page = 0
        if each.part != part:
            part = each.part
            pdf.set_font("helvetica", "B", 14)
            pdf.cell(0, 10, clause.heading[0], new_x="LMARGIN", new_y="NEXT")
            pdf.ln(2)
        pdf.set_font("helvetica", size=11)
        pdf.multi_cell(0, 6, f"{clause.number} {each.text}", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(5)
        on_page += 1
    pdf.output(str(file))
    return len(pdf.pages)


def edition(rules: Sequence[MadeRule], chance: random.Random) -> tuple[list[MadeRule], dict[int, str]]:
    """(the rules of the next edition, what became of each rule that is one of the 40, by its key)."""
    chosen = chance.sample(range(len(rules)), sum(_CHANGES.values()) - _CHANGES["new"])
    kinds = [kind for kind, number in _CHANGES.items() for _ in range(number) if kind != "new"]
    became: dict[int, str] = dict(zip(chosen, kinds, strict=True))
    new: list[MadeRule] = []
    moved: list[MadeRule] = []
    for each in rules:
        kind = became.get(each.key)
        if kind == "moved":
            moved.append(replace(each, part=(each.part + chance.randint(3, 15)) % _PARTS))
        elif kind == "changed":
            new.append(replace(each, text=_changed(each.text, chance)))
        elif kind != "gone":
            new.append(each)
    for number in range(_CHANGES["new"]):
        key = len(rules) + number
        became[key] = "new"
        moved.append(MadeRule(key, chance.randrange(_PARTS), _rule(chance)))
    for each in moved:
        places = [place for place, other in enumerate(new) if other.part == each.part]
        new.insert(chance.choice(places) if places else len(new), each)
    return new, became


def _changed(text: str, chance: random.Random) -> str:
    """From one word to a third of them in the place of others."""
    words = text.split()
    start, length = chance.randrange(1, len(words) - 1), chance.randint(1, max(1, len(words) // 3))
    others = chance.sample(_rule(chance).rstrip(".").split(), k=min(length, 6))
    found = " ".join((*words[:start], *others, *words[start + length :]))
    return found if found.endswith(".") else f"{found}."


def figures(
    rules: Sequence[MadeRule], new: Sequence[MadeRule], became: dict[int, str], compared: Sequence[Compared]
) -> list[tuple[str, ...]]:
    """Precision and recall by kind."""
    key_of = {rule.text: rule.key for rule in rules}
    text_of = {rule.key: rule.text for rule in new}
    said: dict[str, set[int]] = {kind: set() for kind in (*_CHANGES, "renumbered")}
    for each in compared:
        if each.kind == "new" and each.new:
            said["new"] |= {key for key, text in text_of.items() if text == each.new.text and key >= len(rules)} or {-1}
        elif each.kind in said and each.old:
            key = key_of.get(each.old.text, _NO_RULE)
            right = each.kind == "gone" or (each.new is not None and each.new.text == text_of.get(key))
            said[each.kind].add(key if right else -key - 2)  # the right kind, and another rule in its place
    truth = {kind: {key for key, its in became.items() if its == kind} for kind in _CHANGES}
    before = {rule.key: clause.number for rule, clause in zip(rules, as_clauses(rules), strict=True)}
    after = {rule.key: clause.number for rule, clause in zip(new, as_clauses(new), strict=True)}
    stayed = (before.keys() & after.keys()) - set(became)
    truth["renumbered"] = {key for key in stayed if before[key] != after[key]}
    every = {kind: (said[kind], truth[kind]) for kind in truth}
    whole = ({(k, key) for k in _CHANGES for key in said[k]}, {(k, key) for k in _CHANGES for key in truth[k]})
    rows = [_row(kind, len(its[1]), len(its[0]), len(its[0] & its[1])) for kind, its in every.items()]
    return [*rows, _row("**the 40**", len(whole[1]), len(whole[0]), len(whole[0] & whole[1]))]


def _row(kind: str, there: int, said: int, right: int) -> tuple[str, ...]:
    return kind, str(there), str(said), share(right / said if said else None), share(right / there if there else None)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the pages")
    quick = parser.parse_args().quick
    chance = random.Random(18)
    rules = made((_PAGES // 10 if quick else _PAGES) * _A_PAGE, chance)
    new, became = edition(rules, chance)
    rows, changes = [], []
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("docx", "pdf"):
            old_file, new_file = Path(folder) / f"old.{kind}", Path(folder) / f"new.{kind}"
            write = as_docx if kind == "docx" else as_pdf
            write(rules, old_file)
            write(new, new_file)
            say(f"reading the .{kind}")
            began = time.perf_counter()
            document, _ = read_document(old_file)
            found = clauses_of(document).clauses
            took = time.perf_counter() - began
            memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            rows.append(_import_row(kind, rules, found, document.pages, took, memory))
            own = OwnDocument("handbook", "", "", "", "", "", "", _DAY, first_edition("handbook", found))
            began = time.perf_counter()
            compared, _ = compare(own, clauses_of(read_document(new_file)[0]).clauses, _DAY)
            changes.append((kind, time.perf_counter() - began, figures(rules, new, became, compared)))
    imported = ("", "pages", "rules", "clauses", "right", "missed or wrong", "time", "memory")
    print(table("Putting it in", imported, rows))
    for kind, took, its in changes:
        columns, note = ("", "changes", "said", "precision", "recall"), f"Read and compared in {took:.1f} s."
        print(table(f"A new edition, .{kind}", columns, its, note))
    print(table("Building the documents", ("", "pages", ".docx", "PDF"), *_built(1 if quick else 5)))
    return 0


def _built(times: int) -> tuple[list[tuple[str, ...]], str, str]:
    """A row for each document, how long all took together, and what a look at an answer costs."""
    knowledge = load(_DEMO)
    rows: list[tuple[str, ...]] = []
    whole = 0.0
    for document in documents(knowledge, _DAY):
        say(f"building {document.id}")
        word, paper = (_timed(partial(make, document), times) for make in (policy_docx, policy_pdf))
        pages = len(pypdfium2.PdfDocument(policy_pdf(document)))
        rows.append((document.id, str(pages), f"{word * 1000:.0f} ms", f"{paper * 1000:.0f} ms"))
        whole += word + paper
    files = read_files(_DEMO)
    base = load(files)
    age = "ex-pupil-age"
    look = _timed(lambda: foreseen(with_answer(_DEMO, age, Given("21"), base), age, _DAY), times)
    return (
        rows,
        f"All of them: {against(whole, _TARGET_BUILT, 's')}.",
        f"What an answer changes (the age up to which ex-pupils are left alone): {against(look, _TARGET_LOOK, 's')}.",
    )


def _timed(work: Callable[[], object], times: int) -> float:
    """The median of some runs, in seconds."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def _import_row(
    kind: str, rules: Sequence[MadeRule], found: Sequence[ImportedClause], pages: int | None, took: float, memory: float
) -> tuple[str, ...]:
    wanted = [(each.text, each.number, each.heading[-1:]) for each in as_clauses(rules)]
    came = {(each.text, each.number, each.heading[-1:]) for each in found}
    right = sum(each in came for each in wanted)
    shown = str(pages) if pages else "-"
    return (
        f".{kind}", shown, f"{len(rules):,}", f"{len(found):,}", f"{right:,}", str(len(rules) - right),
        against(took, _TARGET, "s"), f"{memory:.0f} MB",
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
