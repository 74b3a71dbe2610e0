"""Drafts: begun, saved, given up, and carried over to an entry that was changed meanwhile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from bot.concerns import Detail
from bot.knowledge.authoring import EntryText, FieldDifference, difference, digest_of_text
from bot.service.authoring.model import NotAllowedError, NotThereError, SavedMeanwhileError
from bot.service.authoring.shelf import Shelf, text_in, there
from bot.store import Draft, DraftStep
from bot.store.desks.drafts import DraftState

_WRITABLE: tuple[DraftState, ...] = ("draft", "returned", "sent")
_STANDS = {
    "publishing": "It is approved and being published",
    "published": "It was published. Begin a new draft",
    "dropped": "It was given up. Begin a new draft",
    "draft": "It was not sent yet, or its author took it back",
    "returned": "It was sent back to its author",
    "sent": "It was sent and waits for approval. Take it back first",
}


def begin(shelf: Shelf, who: str, name: str, now: dt.datetime) -> Draft:
    """A draft of an entry; the one that this author has already, where there is one."""
    shelf.check_editor(who)
    entry = shelf.written(name)
    mine = (each for each in shelf.drafts.all(_WRITABLE) if (each.author, each.entry) == (who, entry.id))
    if found := next(mine, None):
        return found
    there_now = shelf.now_in_file(entry.file, entry.id)
    if there_now is None:
        raise NotThereError(f"“{entry.title}” is not in its file any more")
    text = EntryText.of_entry(there_now)
    return shelf.drafts.add(
        Draft("", entry.id, entry.file, False, text, text, "draft", 1, who, begun_at=now, saved_at=now)
    )


def begin_new(shelf: Shelf, who: str, file: str, text: EntryText, no_names: Sequence[str], now: dt.datetime) -> Draft:
    """A draft of a new entry in this file."""
    shelf.check_editor(who)
    if file not in shelf.files():
        raise NotThereError("Pick the topic that it belongs to")
    new = Draft("", "", file, True, None, text.tidied(), "draft", 1, who, begun_at=now, saved_at=now)
    return shelf.drafts.add(replace(new, no_names=tuple(no_names)))


def save(
    shelf: Shelf, who: str, id_: str, version: int, text: EntryText, no_names: Sequence[str] | None, now: dt.datetime
) -> Draft:
    """Keep what they wrote. What was sent is taken back by it: nobody approves what its author still changes. The very
    same words change nothing, as of a button that was pressed twice."""
    text = text.tidied()

    def decide(found: Draft | None) -> DraftStep:
        draft = in_state(there(found), _WRITABLE)
        _check_author(shelf, draft, who)
        check_version(draft, version, text)
        names = draft.no_names if no_names is None else tuple(dict.fromkeys(no_names))
        if (text, names) == (draft.text, draft.no_names) and draft.state in ("draft", "sent"):
            return DraftStep(draft)
        made = replace(draft, text=text, no_names=names, state="draft", version=draft.version + 1, saved_at=now)
        if draft.state != "sent":
            return DraftStep(made)
        return DraftStep(made, "draft-withdrawn", shelf.actor(who), detail_of(draft))

    return shelf.drafts.change(id_, decide, now)


def drop(shelf: Shelf, who: str, id_: str, now: dt.datetime) -> Draft:
    """Give it up: its author, or who may approve the entry."""

    def decide(found: Draft | None) -> DraftStep:
        draft = in_state(there(found), _WRITABLE)
        if draft.author != who and shelf.role_for(who, shelf.entry_of(draft)) is None:
            raise NotAllowedError("Only its author gives a draft up, or somebody who may approve it")
        made = replace(draft, state="dropped", version=draft.version + 1, decided_by=who, decided_at=now)
        return DraftStep(made, "draft-dropped", shelf.actor(who), detail_of(draft))

    return shelf.drafts.change(id_, decide, now)


def withdraw(shelf: Shelf, who: str, id_: str, now: dt.datetime) -> Draft:
    """Its author takes back what they sent."""

    def decide(found: Draft | None) -> DraftStep:
        draft = in_state(there(found), ("sent",))
        _check_author(shelf, draft, who)
        made = replace(draft, state="draft", version=draft.version + 1)
        return DraftStep(made, "draft-withdrawn", shelf.actor(who), detail_of(draft))

    return shelf.drafts.change(id_, decide, now)


def changed_meanwhile(shelf: Shelf, draft: Draft) -> tuple[FieldDifference, ...]:
    """What changed in the file since the draft was begun. Nothing where the file says what the draft does."""
    if draft.base is None or draft.state in ("published", "dropped"):
        return ()
    current = text_in(shelf.now_in_file(draft.file, draft.entry))
    if current is None:
        raise NotThereError(f"“{draft.text.title}” is not in its file any more. Copy what you wrote into a new answer")
    return () if current == draft.text else difference(draft.base, current)


def carry_over(shelf: Shelf, who: str, id_: str, now: dt.datetime) -> Draft:
    """Put what others changed into the draft, and begin it anew there."""
    draft = shelf.find(id_)
    current = text_in(shelf.now_in_file(draft.file, draft.entry)) if draft.base else None

    def decide(found: Draft | None) -> DraftStep:
        kept = in_state(there(found), _WRITABLE)
        _check_author(shelf, kept, who)
        if kept.base is None or current is None or current == kept.base:
            return DraftStep(kept)
        text = merged(kept.base, kept.text, current)
        made = replace(kept, base=current, text=text, state="draft", version=kept.version + 1, saved_at=now)
        return DraftStep(made, *_taken_back(shelf, kept, who))

    return shelf.drafts.change(id_, decide, now)


def _taken_back(shelf: Shelf, draft: Draft, who: str) -> tuple[Any, ...]:
    return ("draft-withdrawn", shelf.actor(who), detail_of(draft)) if draft.state == "sent" else ()


def merged(base: EntryText, mine: EntryText, theirs: EntryText) -> EntryText:
    """Fields that only one of them changed are as they made them; of what both changed mine stays, and lists hold what
    either added without what either took away."""
    found: dict[str, Any] = {}
    for each in fields(EntryText):
        was, my, their = (getattr(text, each.name) for text in (base, mine, theirs))
        found[each.name] = _merged(was, my, their) if each.name != "cases" else _merged_cases(was, my, their)
    return EntryText(**found).tidied()


def _merged(was: Any, my: Any, their: Any) -> Any:
    if my == was:
        return their
    if their == was or not isinstance(was, tuple):
        return my
    return tuple([each for each in their if each in my or each not in was] + [each for each in my if each not in was])


def _merged_cases(was: Any, my: Any, their: Any) -> Any:
    """Each case by itself. Which there are says the file."""
    before, mine = ({case.value: case for case in cases} for cases in (was, my))
    return tuple(
        mine[case.value] if case.value in mine and mine[case.value] != before.get(case.value) else case
        for case in their
    )


def in_state(draft: Draft, states: tuple[DraftState, ...]) -> Draft:
    """The draft, where it is in one of these. Raises NotThereError."""
    if draft.state not in states:
        raise NotThereError(_STANDS[draft.state])
    return draft


def check_version(draft: Draft, version: int, mine: EntryText) -> None:
    """Whether it is still the draft that they had open. Raises SavedMeanwhileError."""
    if draft.version != version and draft.text != mine:
        raise SavedMeanwhileError(draft, mine, difference(draft.text, mine))


def detail_of(draft: Draft) -> Detail:
    """What the log says of a draft: never its words."""
    return Detail(reference=draft.entry, notice=draft.id, who=draft.author, text=digest_of_text(draft.text))


def _check_author(shelf: Shelf, draft: Draft, who: str) -> None:
    shelf.check_editor(who)
    if draft.author != who:
        raise NotAllowedError(f"{shelf.person(draft.author).name} is writing this one. Begin a draft of your own")
