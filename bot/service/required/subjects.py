"""What can be set to be read, as it stands now: its words, and the questions that belong to it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from bot.answering.answers import answer_with, source_of
from bot.answering.topics import served, topic_of, topics_of
from bot.answering.wordings import in_words
from bot.knowledge import OF_SCHOOL, Entry, Knowledge
from bot.knowledge.checks.model import CheckQuestion
from bot.knowledge.policies.own import OwnDocument
from bot.knowledge.policies.resting import resting_on
from bot.required.model import Subject
from bot.required.views import ViewPart
from bot.service.policy_writing.composing import compose
from bot.service.policy_writing.model import PolicyDocument, PrintedSection

_IN_SHORT = "in short"


@dataclass(frozen=True)
class SubjectText:
    """What is to be read: its title, which edition it is, its words. `first` are the questions that belong to it most,
    `others` those that lie near. `why_not` is why nobody may be asked to read it now, empty where they may."""

    subject: Subject
    title: str
    standing: str
    parts: tuple[ViewPart, ...]
    first: tuple[CheckQuestion, ...] = ()
    others: tuple[CheckQuestion, ...] = ()
    why_not: str = ""

    def question(self, id_: str) -> CheckQuestion | None:
        """The question of this id, where it may be asked about this."""
        return next((each for each in (*self.first, *self.others) if each.id == id_), None)


def text_of(knowledge: Knowledge, subject: Subject, now: dt.datetime) -> SubjectText | None:
    """What stands behind a subject; None where there is nothing of this kind and id."""
    match subject.kind:
        case "entry":
            return _entry(knowledge, subject, now)
        case "own":
            own = knowledge.own.get(subject.id)
            return _own(knowledge, subject, own) if own else None
        case "document":
            document = _composed(knowledge, subject.id, now)
            return _document(knowledge, subject, document) if document else None
        case _:
            return _summary(knowledge, subject, now)


def subjects_of(knowledge: Knowledge, now: dt.datetime) -> Iterator[tuple[Subject, str]]:
    """Everything that may be set now, with its title: documents and policies, each in short too; topics in short; and
    answers."""
    documents = [each for each in compose(knowledge, _day(knowledge, now)) if not each.is_draft]
    named = [("document", each.id, each.title) for each in documents]
    named += [("own", each.id, each.title) for each in knowledge.own.values()]
    for kind, id_, title in named:
        yield Subject(kind, id_), title  # type: ignore[arg-type]
    topics = [(topic.id, topic.title) for topic in topics_of(knowledge)]
    for id_, title in (*((id_, title) for _, id_, title in named), *topics):
        yield Subject("summary", id_), f"{title}: {_IN_SHORT}"
    for entry in sorted(served(knowledge, knowledge.entries.values()), key=lambda each: each.title):
        yield Subject("entry", entry.id), entry.title


def said_of(knowledge: Knowledge, check: CheckQuestion, now: dt.datetime) -> tuple[ViewPart, ...]:
    """The answer that a question is about: its approved words, with the clause that it rests on."""
    entry = knowledge.find(check.entry)
    if entry is None:
        return ()
    answer = answer_with(knowledge, entry, {}, now)
    source = answer.sources[0]
    place = ", ".join(filter(None, (source.document, source.where)))
    return (
        ViewPart(answer.badge, "heading"),
        *(ViewPart(part) for part in (answer.answer, answer.why, answer.instead) if part),
        ViewPart(f"The rule: {source.text} ({place})", "small"),
    )


# --- each kind


def _entry(knowledge: Knowledge, subject: Subject, now: dt.datetime) -> SubjectText | None:
    entry = knowledge.find(subject.id)
    if entry is None or not entry.served_in(knowledge.school.nation):
        return None
    answer = answer_with(knowledge, entry, {}, now)
    parts = [ViewPart(answer.badge, "heading")]
    parts += [ViewPart(part) for part in (answer.answer, answer.why, answer.instead, answer.note) if part]
    parts += _cases(knowledge, entry)
    source = source_of(knowledge.clauses[entry.cites[0]], knowledge.school.nation)
    parts.append(ViewPart(f"It rests on: {', '.join(filter(None, (source.document, source.where)))}", "small"))
    near = [each for each in _others(knowledge, entry.first_cites) if each.id != entry.id]
    near += [each for each in served(knowledge, knowledge.entries.values()) if topic_of(each) == topic_of(entry)]
    first = _checks(knowledge, {entry.id})
    standing = f"approved on {entry.reviewed.isoformat()}" if entry.reviewed else ""
    # Without a question of its own all would be about other answers, which nobody was given to read.
    others = _checks(knowledge, {each.id for each in near} - {entry.id}) if first else ()
    return SubjectText(subject, entry.title, standing, tuple(parts), first, others)


def _cases(knowledge: Knowledge, entry: Entry) -> Iterator[ViewPart]:
    """What holds in each case, where the answer turns on something that is not settled by which school it is."""
    if entry.facts is None or entry.facts.fact == OF_SCHOOL:
        return
    labels = knowledge.lexicon.facts[entry.facts.fact].labels
    for case in entry.facts.cases:
        yield ViewPart(f"{labels.get(case.value, case.value)}: {case.badge}", "heading")
        yield ViewPart(in_words(knowledge, case.answer))


def _document(knowledge: Knowledge, subject: Subject, document: PolicyDocument) -> SubjectText:
    cites = _cites_of(knowledge, document)
    parts = tuple(part for section in document.sections for part in _printed(section))
    why_not = "it is a draft, and askfirst policy build says what is still to be done" if document.is_draft else ""
    return _with_questions(knowledge, subject, document.title, document.standing, parts, cites, why_not)


def _printed(section: PrintedSection) -> Iterator[ViewPart]:
    if section.signing:
        return
    yield ViewPart(f"{section.number}. {section.heading}", "heading")
    if section.lead:
        yield ViewPart(section.lead)
    for clause in section.clauses:
        yield ViewPart(f"{clause.number} {clause.text}")
        yield from (ViewPart(f"• {point}") for point in clause.points)
    if section.table:
        yield from (ViewPart(": ".join(filter(None, (row[0], ", ".join(row[1:]))))) for row in section.table.rows)
    if section.steps:
        yield from (ViewPart(f"{head} {text}") for head, text in section.steps.steps)


def _own(knowledge: Knowledge, subject: Subject, own: OwnDocument) -> SubjectText:
    parts, heading = list[ViewPart](), ""
    for clause in own.clauses:
        if clause.left_out or clause.gone:
            continue
        if clause.heading and clause.heading[-1] != heading:
            heading = clause.heading[-1]
            parts.append(ViewPart(heading, "heading"))
        parts.append(ViewPart(f"{clause.number} {clause.text}".strip()))
    standing = f"edition {own.edition}" if own.edition else ""
    return _with_questions(
        knowledge, subject, own.title, standing, tuple(parts), frozenset(each.id for each in own.clauses)
    )


def _summary(knowledge: Knowledge, subject: Subject, now: dt.datetime) -> SubjectText | None:
    """What the answers say that belong to a document or a topic: the title and the badge of each."""
    whole = text_of(knowledge, Subject("own" if subject.id in knowledge.own else "document", subject.id), now)
    topic = next((each for each in topics_of(knowledge) if each.id == subject.id), None)
    if whole is None and topic is None:
        return None
    title = whole.title if whole else topic.title if topic else ""
    entries = _belonging(knowledge, subject, now)
    parts = tuple(ViewPart(f"{each.title}: {each.badge}.") for each in entries)
    why_not = whole.why_not if whole else ""
    first = _checks(knowledge, {each.id for each in entries})
    return SubjectText(
        subject, f"{title}: {_IN_SHORT}", whole.standing if whole else "", parts, first,
        why_not=why_not or ("" if parts else "no approved answer belongs to it yet"),
    )  # fmt: skip


def _belonging(knowledge: Knowledge, subject: Subject, now: dt.datetime) -> list[Entry]:
    here = served(knowledge, knowledge.entries.values())
    if own := knowledge.own.get(subject.id):
        return [each for each in resting_on(here, (own,), {clause.id for clause in own.clauses}) if each in here]
    if document := _composed(knowledge, subject.id, now):
        cites = _cites_of(knowledge, document)
        return sorted((each for each in here if each.cites[0] in cites), key=lambda each: each.title)
    return sorted((each for each in here if topic_of(each).id == subject.id), key=lambda each: each.title)


# --- questions


def _with_questions(
    knowledge: Knowledge,
    subject: Subject,
    title: str,
    standing: str,
    parts: tuple[ViewPart, ...],
    cites: frozenset[str],
    why_not: str = "",
) -> SubjectText:
    here = served(knowledge, knowledge.entries.values())
    most = {each.id for each in here if each.cites[0] in cites}
    first, others = _checks(knowledge, most), _checks(knowledge, {e.id for e in _others(knowledge, cites)} - most)
    return SubjectText(subject, title, standing, parts, first, others, why_not)


def _others(knowledge: Knowledge, cites: frozenset[str]) -> list[Entry]:
    here = served(knowledge, knowledge.entries.values())
    return [each for each in here if not cites.isdisjoint(each.first_cites)]


def _checks(knowledge: Knowledge, entries: set[str]) -> tuple[CheckQuestion, ...]:
    """The approved questions about these entries, of which each is served."""
    nation = knowledge.school.nation
    return tuple(
        each
        for each in knowledge.checks
        if each.approved and each.entry in entries and knowledge.entries[each.entry].served_in(nation)
    )


def _composed(knowledge: Knowledge, id_: str, now: dt.datetime) -> PolicyDocument | None:
    if all(outline.id != id_ for outline in knowledge.policy.outlines):
        return None
    return next(each for each in compose(knowledge, _day(knowledge, now)) if each.id == id_)


def _cites_of(knowledge: Knowledge, document: PolicyDocument) -> frozenset[str]:
    paragraphs = (knowledge.policy.paragraphs[clause.id] for clause in document.clauses())
    return frozenset(cite for paragraph in paragraphs for cite in paragraph.cites)


def _day(knowledge: Knowledge, now: dt.datetime) -> dt.date:
    return now.astimezone(knowledge.school.opening.zone).date()
