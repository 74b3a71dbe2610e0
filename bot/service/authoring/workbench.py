"""The workbench as channels see it: one call for each thing that somebody does.

Every call takes the school (its id), `who` (an id of people in school.yaml whom a channel has signed in) and, where
time matters, `now`. Each is one transaction of the store, or a file written whole. Raises AuthoringError with a
sentence for what cannot be, StoreError where the database cannot be used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bot.knowledge.authoring import EntryText, FieldDifference
from bot.service.authoring.model import (
    AnswerLine,
    AnswerState,
    AnswerView,
    Health,
    Nearest,
    Pointed,
    Problem,
    Taken,
    Tried,
    Unanswered,
    Waiting,
)
from bot.store.drafts import Draft, RemarkKind


class Workbench:
    """The answers of the schools of one process: `Core.workbench`."""

    # --- who may

    def sees(self, school: str, who: str) -> bool:
        """Whether they see the workbench at all: authors, approvers, and whoever may approve something."""
        raise NotImplementedError

    def may_edit(self, school: str, who: str) -> bool:
        """Whether they may begin drafts: authors, approvers, DSL, deputies, head and the other approving roles."""
        raise NotImplementedError

    def may_approve(self, school: str, who: str, entry: str) -> bool:
        """Whether one of their roles may approve this entry: of safeguarding and conduct DSL and head alone."""
        raise NotImplementedError

    # --- finding

    def list_answers(
        self, school: str, who: str, now: dt.datetime, *, words: str = "", asking: str = "",
        states: Sequence[AnswerState] = (), file: str = "",
    ) -> tuple[AnswerLine, ...]:  # fmt: skip
        """The answers by topic and title; those alone that hold all `words` somewhere in title, badge or wording, are
        in one of these `states`, stand in this `file`. With `asking`, a question: the likeliest first, each with its
        `chance`, the ten likeliest alone."""
        raise NotImplementedError

    def view(self, school: str, who: str, entry: str, now: dt.datetime) -> AnswerView:
        """Everything about one entry, which may be named by an old id. Raises NotThereError."""
        raise NotImplementedError

    def similar(self, school: str, text: str) -> tuple[Nearest, ...]:
        """The five entries that are likeliest to answer a text already, the likeliest first."""
        raise NotImplementedError

    def files(self, school: str) -> tuple[tuple[str, str], ...]:
        """The files in which an entry may stand, each with the title of its topic: a new entry names one."""
        raise NotImplementedError

    # --- drafts

    def begin(self, school: str, who: str, entry: str, now: dt.datetime) -> Draft:
        """A draft of an entry as its file stands. Where this author has an open draft of it, that one. Others' drafts
        of the same entry stand in `AnswerLine.open_drafts`: the author is told. Raises NotThereError or
        NotAllowedError."""
        raise NotImplementedError

    def begin_new(self, school: str, who: str, file: str, text: EntryText, now: dt.datetime) -> Draft:
        """A draft of a new entry in this file; its id is made from the title when it is first sent. Raises
        NotAllowedError, NotThereError for a file that is not there."""
        raise NotImplementedError

    def draft(self, school: str, who: str, draft: str) -> Draft:
        """One draft as it stands. Raises NotThereError."""
        raise NotImplementedError

    def drafts(self, school: str, who: str) -> tuple[Draft, ...]:
        """The open drafts of this person, the last saved first."""
        raise NotImplementedError

    def save(self, school: str, who: str, draft: str, version: int, text: EntryText, now: dt.datetime) -> Draft:
        """Keep what they wrote, right or wrong; what was sent or returned becomes a draft again. `version` is that of
        the draft that they had open. Raises SavedMeanwhileError, NotThereError, NotAllowedError (only its author saves
        it)."""
        raise NotImplementedError

    def drop(self, school: str, who: str, draft: str, now: dt.datetime) -> Draft:
        """Give a draft up: its author, or who may approve the entry. The row stays."""
        raise NotImplementedError

    def changed_meanwhile(self, school: str, who: str, draft: str) -> tuple[FieldDifference, ...]:
        """What changed in the entry's file since the draft was begun; nothing where nothing did."""
        raise NotImplementedError

    def carry_over(self, school: str, who: str, draft: str, now: dt.datetime) -> Draft:
        """The draft begun anew on the entry as it is now: fields that only the others changed are taken over, those
        that the author changed stay the author's."""
        raise NotImplementedError

    # --- trying

    def check(self, school: str, draft: Draft) -> tuple[Problem, ...]:
        """What the rules of the base say of a draft, those that stop it first. It need not be saved: a channel may hand
        in `dataclasses.replace(draft, text=...)` as one types. Under a second."""
        raise NotImplementedError

    def try_it(self, school: str, draft: Draft, sentence: str, now: dt.datetime) -> Tried:
        """What the live base says to a sentence, and what it would say with the draft."""
        raise NotImplementedError

    def taken(self, school: str, draft: Draft) -> tuple[Taken, ...]:
        """The phrasings of other entries that the draft would answer. The draft is learned first, in a process of its
        own: that takes from ten seconds to minutes. Blocks; call it in a thread."""
        raise NotImplementedError

    # --- sending and deciding

    def send(self, school: str, who: str, draft: str, version: int, now: dt.datetime) -> Draft:
        """Send it to whoever may approve it; they hear of it. Raises RefusedDraftError, ChangedMeanwhileError,
        SavedMeanwhileError."""
        raise NotImplementedError

    def waiting(self, school: str, who: str, now: dt.datetime) -> tuple[Waiting, ...]:
        """What waits for approval: drafts that were sent, the longest waiting first, then words in files that nobody
        approved."""
        raise NotImplementedError

    def approve(
        self, school: str, who: str, key: str, digest: str, now: dt.datetime, *, confirmed: Sequence[str] = (),
        review_by: dt.date | None = None,
    ) -> Draft | None:  # fmt: skip
        """Approve and publish these very words: the file, then the approval, then the draft's row; the draft as it is
        then, None for words of a file. Its author hears of it. Raises NotAllowedError (also for one's own draft, where
        the school has two people for it), ChangedMeanwhileError, RefusedDraftError, NotThereError for another digest or
        where somebody was quicker."""
        raise NotImplementedError

    def send_back(self, school: str, who: str, draft: str, remark: str, now: dt.datetime) -> Draft:
        """Back to its author, with what is to be done; they hear of it."""
        raise NotImplementedError

    def withdraw(self, school: str, who: str, draft: str, now: dt.datetime) -> Draft:
        """Its author takes back what they sent; it is a draft again."""
        raise NotImplementedError

    def withhold(self, school: str, who: str, entry: str, now: dt.datetime) -> None:
        """Take an answer out of use at once: its approval is taken back, and staff are sent to a person. Who may
        approve it may do that. It can be approved again from the waiting list."""
        raise NotImplementedError

    def finish(self, school: str, now: dt.datetime) -> int:
        """Finish what was being published when a process ended; how many drafts. At the start, and now and
        then."""
        raise NotImplementedError

    # --- the base as a whole

    def health(self, school: str, who: str, now: dt.datetime) -> Health:
        """What needs care."""
        raise NotImplementedError

    def unanswered(self, school: str, who: str, now: dt.datetime) -> tuple[Unanswered, ...]:
        """Questions that may become an entry or a phrasing, the most asked first. What may be a concern is not among
        them."""
        raise NotImplementedError

    def pointed(self, text: str) -> tuple[Pointed, ...]:
        """What looks like a name, number or address in a text that is taken over; it must go before it is sent."""
        raise NotImplementedError

    def remark(self, school: str, entry: str, kind: RemarkKind, now: dt.datetime) -> None:
        """Somebody says that an answer is wrong or out of date; counted by day, without a name or a text."""
        raise NotImplementedError
