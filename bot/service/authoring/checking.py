"""What the rules of the base say of a draft, as sentences. The rules are those that a file is read by; nothing is
written, and no other file is read anew."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, replace
from functools import lru_cache
from itertools import chain
from typing import Any

from bot.answering.checking.files import bare
from bot.knowledge import Entry
from bot.knowledge.approvals.rules import APPROVERS
from bot.knowledge.approvals.words import words_of
from bot.knowledge.authoring.draft import EntryText
from bot.knowledge.entries import notices_of, read_entry
from bot.knowledge.entries.references import check_entries
from bot.knowledge.files.fields import Faults, YamlFields
from bot.service.authoring.model import AuthoringError, DraftProblem, SameNumber
from bot.service.authoring.names import pointed_in, vocabulary, without
from bot.service.authoring.shelf import Shelf, text_in
from bot.store import Draft

FEWEST_OWN = 8  # phrasings of an entry that a school writes itself
FEWEST_ALIKE = 2  # look-alikes of one: without any it takes the questions of other answers, and is sure of them
_NOUNS: Mapping[str, str] = {
    "title": "The title", "ruling": "What it says about the act", "badge": "The short line", "answer": "The answer",
    "why": "The reason", "instead": "What to do instead", "note": "The note", "ask": "Whom to ask",
    "cites": "The policy it rests on", "nations": "The nations", "confirm": "What must be true of the school",
    "fact_ask": "The question asked back", "phrasings": "The ways of asking", "not_this": "What only looks like it",
    "opposites": "The ways of asking from the other side",
}  # fmt: skip
_VERBS = frozenset({"has", "is", "are", "begins", "holds", "names", "leads", "stands"})
_OF_POLICY = (
    "{noun} follows what your school decided in its own policy ({asked}). Leave it as it was here. {who} Then this "
    "answer, others that say the same and the policy that staff sign change together, and come here to be approved."
)
_OF_POLICY_TOO = "{noun} follows that decision too. Leave it as it was here."
_DECIDED = (
    "Some of this answer follows what your school decided in its own policy ({asked}). That cannot be changed here. "
    "{who} This answer and others that say the same change with it."
)
_THEMSELVES = "You can change what was decided under “Documents” in the menu."
_OTHERS = "What was decided is changed under “Documents” in the menu by {who}."
_NO_RULE = (
    "Pick the rule that the answer rests on: search for a word of it where it says “Look for another rule”. If your "
    "school has no rule about it, pick the nearest one of the national guidance. Or put your own policy in first, "
    "under “Policies” in the menu: whoever writes or approves answers may do that, and so may you."
)
_OR_TICK = ", or tick that it is nobody’s name"
_NUMBER = re.compile(r"(?<![\w.:/-])\d+(?:[.:]\d+)*(?![\w:/-])")
_READ = ("title", "badge", "answer", "why", "instead", "note", "fact_ask", "confirm")  # ways of asking say nothing
_WRITTEN_ANEW = "Nothing is changed yet: this is what the file says already"


def problems_of(shelf: Shelf, draft: Draft) -> tuple[DraftProblem, ...]:
    """Those that stop it first."""
    text = draft.text.tidied()
    draft = replace(draft, text=text)
    entry = shelf.entry_of(draft)
    ways = (
        _of_policy(shelf, draft),
        _of_rules(shelf, draft, entry),
        _of_texts(shelf, draft, entry),
        _of_lists(draft, entry),
        _of_look_alikes(shelf, draft),
    )
    found = dict.fromkeys(chain.from_iterable(ways))
    return tuple(sorted(found, key=lambda each: not each.stops))


def _of_policy(shelf: Shelf, draft: Draft) -> Iterator[DraftProblem]:
    """Words that follow what the school decided in its policy. Written over here, the answer and the policy that staff
    sign would say two things, and other answers with the same place would still say the old one."""
    base, said_too = draft.base, _OF_POLICY
    asked = _asked_of_policy(shelf, draft.entry)
    changed = [
        each.name for each in fields(EntryText) if base and getattr(base, each.name) != getattr(draft.text, each.name)
    ]
    if not asked or not changed or base is None:
        return
    try:
        written = shelf.places_in_file(draft.file, draft.entry) if changed else None
    except AuthoringError:  # a file with a fault is said where it is written
        return
    for name in changed:
        if written is not None and getattr(written, name) != getattr(base, name):
            noun = _NOUNS.get(name, "What it says for each case")
            said = said_too.format(noun=noun, asked=" ".join(asked), who=_who_decides(shelf, draft.author))
            yield DraftProblem(name, said, stops=True, of_policy=True)
            said_too = _OF_POLICY_TOO


def decided(shelf: Shelf, who: str, entry: str) -> str:
    """What somebody is told of an answer that follows the school's policy; empty of any other."""
    asked = _asked_of_policy(shelf, entry)
    return _DECIDED.format(asked=" ".join(asked), who=_who_decides(shelf, who)) if asked else ""


def _who_decides(shelf: Shelf, who: str) -> str:
    """Who answers the questionnaire: whoever may approve answers does."""
    return _OTHERS.format(who=shelf.named(APPROVERS)) if shelf.roles(who).isdisjoint(APPROVERS) else _THEMSELVES


def _asked_of_policy(shelf: Shelf, entry: str) -> list[str]:
    policy = shelf.knowledge.policy
    return [policy.questions[each].ask for each in sorted(policy.followed.get(entry, ()))]


def _of_rules(shelf: Shelf, draft: Draft, entry: Entry) -> Iterator[DraftProblem]:
    """What a file with it would be refused for."""
    faults, id_ = Faults(), entry.id or "new"
    entry = replace(entry, id=id_)
    read = read_entry(YamlFields(faults, entry.file, id_, _as_data(entry)), faults, entry.file)
    knowledge = shelf.knowledge
    check_entries({**knowledge.entries, id_: read}, knowledge.clauses, knowledge.lexicon, faults)
    for fault in faults.found:
        if fault.entry.split(" > ")[0] == id_ and fault.file == entry.file:
            field = _field_of(fault.entry, fault.field)
            yield DraftProblem(field, _sentence(field, fault.problem, fault.remedy), stops=True)
    if not draft.new and draft.text == text_in(shelf.knowledge.waiting.get(id_, shelf.knowledge.entries.get(id_))):
        yield DraftProblem("", _WRITTEN_ANEW, stops=False)


def _field_of(place: str, field: str) -> str:
    """Where a fault of a file belongs among the fields of a draft."""
    parts = place.split(" > ")[1:]
    name = field.split(" > ")[0]
    if parts[:1] == ["facts"]:
        return f"cases > {parts[1]} > {name}" if len(parts) > 1 else "fact_ask" if name == "ask" else "cases"
    return "cases" if name == "facts" else name


def _sentence(field: str, problem: str, remedy: str) -> str:
    if field == "cites" and problem == "is not a list":
        return _NO_RULE
    noun = _NOUNS.get(field.split(" > ")[-1], "It")
    begun = f"{noun} {problem}" if problem.split(" ")[0] in _VERBS else f"{noun}: {problem}"
    return f"{begun}. {'Write it' if remedy.startswith(('Add', 'Write it as text')) else remedy}."


def _as_data(entry: Entry) -> dict[str, Any]:
    """An entry as a file would give it, every value as text."""
    found: dict[str, Any] = {**words_of(entry), "id": entry.id}
    for name in ("phrasings", "opposites"):
        by_writer: dict[str, list[str]] = {}
        for each in getattr(entry, name):
            by_writer.setdefault(each.writer, []).append(each.text)
        if by_writer:
            found[name] = by_writer
    if entry.not_this:
        found["not_this"] = {each.text: each.target for each in entry.not_this}
    return found


def _of_texts(shelf: Shelf, draft: Draft, entry: Entry) -> Iterator[DraftProblem]:
    """Ways of asking that stand elsewhere, or that name somebody."""
    base, text = draft.base or EntryText(), draft.text
    new = {name: [each for each in getattr(text, name) if each not in getattr(base, name)] for name in _OF_ASKING}
    if not any(new.values()):
        return
    known, allowed = _places(shelf, entry.id), without(vocabulary(shelf.knowledge), draft.no_names)
    for name, texts in new.items():
        for each in texts:
            if (other := known.get(bare(each))) is not None:
                where = f"under “{other}”" if other else "among the questions that no answer fits"
                yield DraftProblem(name, f"“{each}” stands {where} already. Write another one.", stops=True)
            for found in pointed_in(each, allowed):
                piece = each[found.start : found.end]
                said = f"“{piece}” looks like {found.what}. Take it out of “{each}”{_OR_TICK if found.word else ''}."
                yield DraftProblem(name, said, stops=True, word=piece if found.word else "")


_OF_ASKING = ("phrasings", "opposites")


def _places(shelf: Shelf, without: str) -> Mapping[str, str]:
    """The words of every way of asking -> the title of its entry; empty for the outside."""
    entries = shelf.knowledge.as_written().entries.values()
    asked = tuple((entry.title, entry.texts) for entry in entries if entry.id != without)
    return _bared((("", tuple(each.text for each in shelf.knowledge.outside)), *asked))


@lru_cache(maxsize=8)
def _bared(asked: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[str, str]:
    """Asked for at each stroke of a key, and the same as long as the base is."""
    return {bare(text): title for title, texts in asked for text in texts}


def _of_lists(draft: Draft, entry: Entry) -> Iterator[DraftProblem]:
    """How many ways of asking there should be: a school's own entry may have fewer than those that are shipped."""
    if draft.new and len(draft.text.phrasings) < FEWEST_OWN:
        number = len(draft.text.phrasings)
        said = (
            f"Write at least {FEWEST_OWN} ways in which staff would ask, as they would type them: there are {number}."
        )
        yield DraftProblem("phrasings", said, stops=True)
    for notice in notices_of(entry):
        if notice.field == "hold":
            yield DraftProblem("", f"It is on hold: {notice.problem}.", stops=True)
        elif notice.field in _advised(draft) and "writer" not in notice.problem:
            said = f"{notice.problem[0].upper()}{notice.problem[1:]}. {notice.remedy}."
            yield DraftProblem(notice.field, f"{said} It is found more surely then.", stops=False)


def _advised(draft: Draft) -> Collection[str]:
    """The lists of which more would be better; not of one that is to be made longer anyhow."""
    few = draft.new and len(draft.text.not_this) < FEWEST_ALIKE
    return ("phrasings", "opposites") if few else ("phrasings", "opposites", "not_this")


def _of_look_alikes(shelf: Shelf, draft: Draft) -> Iterator[DraftProblem]:
    """Nothing but these keeps a new answer from questions that only share a word with it."""
    number, text = len(draft.text.not_this), draft.text
    if not draft.new or number >= FEWEST_ALIKE:
        return
    near = (shelf.knowledge.entries[name] for name, _ in shelf.likeliest(" ".join((text.title, *text.phrasings[:2]))))
    found = next((each for each in near if each.phrasings and each.id != draft.entry), None)
    example = f" For this one it may be “{found.phrasings[0].text}”, which belongs to “{found.title}”." if found else ""
    said = (
        f"Write at least {FEWEST_ALIKE} questions that sound like it and are not meant: there "
        f"{'is 1' if number == 1 else f'are {number}'}. They keep it from taking the questions of other answers."
        f"{example}"
    )
    yield DraftProblem("not_this", said, stops=True)


def named_elsewhere(shelf: Shelf, draft: Draft) -> tuple[SameNumber, ...]:
    """Each number that stood in the answer and does not any more, with the other answers that name it."""
    if draft.base is None:
        return ()
    gone = [each for each in _numbers(draft.base) if each not in _numbers(draft.text)]
    if not gone:
        return ()
    entries = [each for each in shelf.knowledge.as_written().entries.values() if each.id != draft.entry]
    named = [(each.id, each.title, _numbers(EntryText.of_entry(each))) for each in entries]
    found = [SameNumber(number, tuple((id_, title) for id_, title, its in named if number in its)) for number in gone]
    return tuple(each for each in found if each.entries)


def _numbers(text: EntryText) -> dict[str, None]:
    """In the order in which they stand."""
    read = [getattr(text, each.name) for each in fields(EntryText) if each.name in _READ]
    read += [getattr(case, name) for case in text.cases for name in ("badge", "answer", "why", "instead")]
    words = " ".join(part if isinstance(part, str) else " ".join(part) for part in read)
    return dict.fromkeys(_NUMBER.findall(words))
