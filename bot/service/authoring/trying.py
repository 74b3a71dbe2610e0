"""What the base would say with a draft in it, beside what it says now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from bot.answering.dialogue import ask_once
from bot.answering.turns import Base
from bot.knowledge import Entry, Knowledge, KnowledgeError, load
from bot.knowledge.authoring.draft import EntryText, learned_from
from bot.knowledge.authoring.writing import NotWrittenError
from bot.service.authoring.apart import taken_by
from bot.service.authoring.listing import shown
from bot.service.authoring.model import AuthoringError, Taken, TriedDraft
from bot.service.authoring.publishing import write_dry
from bot.service.authoring.shelf import Shelf
from bot.store import Draft
from bot.understanding.fitting import learned_key, understand
from bot.understanding.kept.fitted_files import is_kept

_BESIDE = 12  # entries whose ways of asking are tried: others are too far away
NEW = "new-answer"  # the id of an entry that has none yet


def try_it(shelf: Shelf, draft: Draft, sentence: str, now: dt.datetime) -> TriedDraft:
    """A sentence asked of both."""
    draft = _named(draft)
    before = ask_once(shelf.base, sentence, now).reply
    entry = _servable(shelf, draft)
    base = Base(_with(shelf.knowledge, entry), shelf.base.understanding)
    learned = _learned(shelf, base, draft)
    after = ask_once(learned, sentence, now).reply if learned else None
    where = after.entry if after else None
    return TriedDraft(before, after, shown(base, entry, now), before.entry, where, where == draft.entry)


def taken(shelf: Shelf, draft: Draft) -> tuple[Taken, ...]:
    """The ways of asking of other entries that the draft would answer, once it was learned apart."""
    draft = _named(draft)
    try:
        edited = shelf.files_with(draft.file, write_dry(shelf, draft))
        load(edited, approved=False)
    except (NotWrittenError, KnowledgeError) as fault:
        raise AuthoringError(f"It cannot be learned like this. {fault}") from None
    near = _near(shelf, draft)
    titles = {entry.id: entry.title for entry in shelf.knowledge.entries.values()}
    found = taken_by(shelf.workshop, edited, draft.entry, near)
    return tuple(Taken(name, titles.get(name, name), phrasing) for name, phrasing in found)


def _near(shelf: Shelf, draft: Draft) -> tuple[str, ...]:
    """The entries that the draft's own words lead to now, the likeliest first."""
    chances: dict[str, float] = {}
    for text in (draft.text.title, *draft.text.phrasings, *draft.text.opposites):
        for name, chance in shelf.likeliest(text):
            chances[name] = max(chance, chances.get(name, 0.0))
    chances.pop(draft.entry, None)
    return tuple(sorted(chances, key=lambda name: -chances[name])[:_BESIDE])


def _named(draft: Draft) -> Draft:
    return replace(draft, entry=draft.entry or NEW, text=draft.text.tidied())


def _servable(shelf: Shelf, draft: Draft) -> Entry:
    """The draft's entry as if it were approved; policies that are not there are left out."""
    entry = shelf.entry_of(draft)
    cites = tuple(each for each in entry.cites if each in shelf.knowledge.clauses)
    return replace(entry, cites=cites, hold=False, withheld=False, approved_by="", reviewed=None, review_by=None)


def _with(knowledge: Knowledge, entry: Entry) -> Knowledge:
    return replace(knowledge, entries={**knowledge.entries, entry.id: entry}, waiting={})


def _in_its_place(entries: Mapping[str, Entry], entry: Entry) -> Mapping[str, Entry]:
    """The entries with this one; where it is new, behind the last of its file, as it will be read from there: entries
    in another order are learned as something else."""
    if entry.id in entries:
        return {**entries, entry.id: entry}
    names = list(entries)
    of_file = [place for place, name in enumerate(names) if entries[name].file == entry.file]
    after = of_file[-1] + 1 if of_file else len(names)
    there = list(entries.items())
    return dict([*there[:after], (entry.id, entry), *there[after:]])


def _learned(shelf: Shelf, base: Base, draft: Draft) -> Base | None:
    """The base with what is understood with the draft in it; None where that was not learned yet."""
    entry = shelf.knowledge.find(draft.entry)
    as_written = shelf.knowledge.waiting.get(entry.id, entry) if entry else None
    if as_written and learned_from(EntryText.of_entry(as_written)) == learned_from(draft.text):
        return base
    workshop = shelf.workshop
    if workshop.cache is None:
        return None
    entries = _in_its_place(shelf.knowledge.as_written().entries, base.knowledge.entries[draft.entry])
    knowledge = replace(base.knowledge, entries=entries)
    if not is_kept(workshop.cache, learned_key(knowledge, workshop.encoder)):
        return None
    return Base(base.knowledge, understand(knowledge, workshop.encoder, workshop.cache, workshop.learned))
