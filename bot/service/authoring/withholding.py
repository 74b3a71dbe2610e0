"""An answer is taken out of use at once: by whom, why, and who puts it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from bot.concerns import Detail, EventKind
from bot.concerns.words import day
from bot.knowledge import KnowledgeError
from bot.knowledge.authoring import EntryText, digest_of_text
from bot.service.approving.files import NotApprovedError
from bot.service.approving.signing import withdraw as take_back
from bot.service.authoring.model import (
    AuthoringError,
    DraftProblem,
    NotAllowedError,
    NotThereError,
    RefusedDraftError,
)
from bot.service.authoring.shelf import Shelf
from bot.service.authoring.telling import it_is_withheld

OUT: EventKind = "answer-withheld"
_IN: EventKind = "answer-approved"
_WHY = "Say why in a sentence: it is kept, and everybody who is told of it reads it."


@dataclass(frozen=True)
class TakenOut:
    """Who took an answer out of use (id and name), on which day, and why; `digest` is that of the words that staff got
    until then."""

    who: str
    name: str
    on: dt.date
    reason: str
    digest: str = ""

    @property
    def sentence(self) -> str:
        """What everybody is told of it."""
        why = f" Why: {self.reason}{'' if self.reason[-1:] in '.!?' else '.'}" if self.reason else ""
        return f"{self.name} took it out of use on {day(self.on)}.{why}"

    def has_words(self, text: EntryText) -> bool:
        """Whether these are the words that were taken out of use."""
        return self.digest == digest_of_text(text)


def withhold(shelf: Shelf, who: str, name: str, reason: str, now: dt.datetime) -> None:
    """Take an answer out of use at once."""
    entry, reason = shelf.written(name), " ".join(reason.split())
    live, before = shelf.knowledge.entries[entry.id], shelf.approved_before(entry.id)
    if shelf.role_for(who, entry) is None:
        raise NotAllowedError(f"It is taken out of use by {shelf.named(shelf.approvers_of(entry))}. Tell them")
    if not reason:
        raise RefusedDraftError((DraftProblem("reason", _WHY, stops=True),))
    try:
        take_back(shelf.folder, [entry.id])
    except NotApprovedError:
        raise NotThereError(f"“{entry.title}” is not in use: nobody has approved it") from None
    except KnowledgeError as fault:
        raise AuthoringError(str(fault)) from None
    shelf.workshop.withhold(entry.id)
    letters = it_is_withheld(shelf, entry, who, reason, now)
    detail = Detail(reference=entry.id, reason=reason, text=digest_of_text(EntryText.of_entry(live)), way=before)
    shelf.drafts.note(OUT, shelf.actor(who), detail, now, letters)
    shelf.workshop.refresh()


def taken_out(shelf: Shelf) -> Mapping[str, TakenOut]:
    """Who took an answer out of use, by entry; only where nobody has approved it since."""
    last = {each.detail.reference: each for each in shelf.drafts.history() if each.kind in (_IN, OUT)}
    return {
        entry: TakenOut(each.by.person, each.by.name, shelf.day(each.at), each.detail.reason, each.detail.text)
        for entry, each in last.items()
        if each.kind == OUT and (found := shelf.knowledge.find(entry)) and found.withheld
    }
