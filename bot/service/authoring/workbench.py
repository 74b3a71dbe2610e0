"""The workbench as channels see it: one call for each thing that somebody does.

Every call takes the school (its id), `who` (an id of people in school.yaml whom a channel has signed in) and, where
time matters, `now`. Each is one transaction of the store, or a file written whole. Raises AuthoringError with a
sentence for what cannot be, StoreError where the database cannot be used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from bot.answering.topics import topic_of
from bot.answering.turns import Base
from bot.knowledge.authoring import EntryText, FieldDifference
from bot.service.authoring import (
    checking,
    deciding,
    drafting,
    health,
    listing,
    questions,
    telling,
    trying,
    waiting,
    withholding,
)
from bot.service.authoring.model import (
    AnswerLine,
    AnswerState,
    AnswerView,
    BaseHealth,
    DraftProblem,
    Nearest,
    OpenQuestion,
    Pointed,
    Remarked,
    SameNumber,
    Taken,
    TriedDraft,
    Waiting,
)
from bot.service.authoring.names import Vocabulary, pointed_in, vocabulary, without
from bot.service.authoring.publishing import finish
from bot.service.authoring.shelf import Shelf, Workshop
from bot.store import Draft, Store
from bot.store.desks.drafts import PUBLISHED

_LATELY = dt.timedelta(days=14)


class Workbench:
    """The answers of the schools of one process: `Core.workbench`. `bases` gives the live base of each, `workshops`
    what is needed beside it."""

    def __init__(
        self, bases: Callable[[], Mapping[str, Base]], store: Store, workshops: Callable[[str], Workshop]
    ) -> None:
        self._bases, self._store, self._workshops = bases, store, workshops
        self._tried: dict[str, dt.datetime] = {}  # what has to wait for its publishing; another process tries anew

    def _shelf(self, school: str) -> Shelf:
        return Shelf(school, self._bases()[school], self._store, self._workshops(school))

    def catch_up(self, school: str) -> bool:
        """Take up what was written into the files, by this process or another; False where that takes longer than
        whoever waits for a page is kept."""
        return self._workshops(school).refresh() is not False

    # --- who may

    def sees(self, school: str, who: str) -> bool:
        """Whether they see the workbench at all: authors, approvers, and whoever may approve something."""
        return self._shelf(school).edits(who)

    def may_edit(self, school: str, who: str) -> bool:
        """Whether they may begin drafts: authors, approvers, DSL, deputies, head and the other approving roles."""
        return self._shelf(school).edits(who)

    def may_approve(self, school: str, who: str, entry: str) -> bool:
        """Whether one of their roles may approve this entry: of safeguarding and conduct DSL and head alone."""
        shelf = self._shelf(school)
        return shelf.role_for(who, shelf.written(entry)) is not None

    # --- finding

    def list_answers(
        self, school: str, who: str, now: dt.datetime, *, words: str = "", asking: str = "",
        states: Sequence[AnswerState] = (), file: str = "",
    ) -> tuple[AnswerLine, ...]:  # fmt: skip
        """The answers by topic and title; those alone that hold all `words` somewhere in title, badge or wording, are
        in one of these `states`, stand in this `file`. With `asking`, a question: the likeliest first, each with its
        `chance`, the ten likeliest alone."""
        shelf = self._shelf(school)
        shelf.check_editor(who)
        return listing.lines(shelf, now, words, asking, states, file)

    def view(self, school: str, who: str, entry: str, now: dt.datetime) -> AnswerView:
        """Everything about one entry, which may be named by an old id. Raises NotThereError."""
        shelf = self._shelf(school)
        shelf.check_editor(who)
        return listing.view(shelf, who, entry, now)

    def similar(self, school: str, text: str) -> tuple[Nearest, ...]:
        """The five entries that are likeliest to answer a text already, the likeliest first."""
        return listing.similar(self._shelf(school), text)

    def files(self, school: str) -> tuple[tuple[str, str], ...]:
        """The files in which an entry may stand, each with the title of its topic: a new entry names one."""
        shelf = self._shelf(school)
        topics = {entry.file: topic_of(entry).title for entry in shelf.knowledge.entries.values()}
        return tuple(sorted(topics.items(), key=lambda each: each[1]))

    # --- drafts

    def begin(self, school: str, who: str, entry: str, now: dt.datetime) -> Draft:
        """A draft of an entry as its file stands. Where this author has an open draft of it, that one. Others' drafts
        of the same entry stand in `AnswerLine.open_drafts`: the author is told. Raises NotThereError or
        NotAllowedError."""
        return drafting.begin(self._shelf(school), who, entry, now)

    def begin_new(
        self, school: str, who: str, file: str, text: EntryText, now: dt.datetime, *, no_names: Sequence[str] = ()
    ) -> Draft:
        """A draft of a new entry in this file; its id is made from the title when it is first sent. `no_names` look
        like names, and its author says that they are none. Raises NotAllowedError, NotThereError for a file that is not
        there."""
        return drafting.begin_new(self._shelf(school), who, file, text, no_names, now)

    def draft(self, school: str, who: str, draft: str) -> Draft:
        """One draft as it stands. Raises NotThereError."""
        shelf = self._shelf(school)
        shelf.check_editor(who)
        return shelf.find(draft)

    def drafts(self, school: str, who: str) -> tuple[Draft, ...]:
        """The open drafts of this person, the last saved first."""
        return tuple(each for each in self._shelf(school).drafts.all() if each.author == who)

    def save(
        self, school: str, who: str, draft: str, version: int, text: EntryText, now: dt.datetime, *,
        no_names: Sequence[str] | None = None,
    ) -> Draft:  # fmt: skip
        """Keep what they wrote, right or wrong; what was sent or returned becomes a draft again. `version` is that of
        the draft that they had open; `no_names` as in `begin_new`, None for those that there are. The very same words
        change nothing. Raises SavedMeanwhileError, NotThereError, NotAllowedError (only its author saves it)."""
        return drafting.save(self._shelf(school), who, draft, version, text, no_names, now)

    def drop(self, school: str, who: str, draft: str, now: dt.datetime) -> Draft:
        """Give a draft up: its author, or who may approve the entry. The row stays."""
        return drafting.drop(self._shelf(school), who, draft, now)

    def changed_meanwhile(self, school: str, who: str, draft: str) -> tuple[FieldDifference, ...]:
        """What changed in the entry's file since the draft was begun; nothing where nothing did."""
        shelf = self._shelf(school)
        shelf.check_editor(who)
        return drafting.changed_meanwhile(shelf, shelf.find(draft))

    def carry_over(self, school: str, who: str, draft: str, now: dt.datetime) -> Draft:
        """The draft begun anew on the entry as it is now: fields that only the others changed are taken over, those
        that the author changed stay the author's."""
        return drafting.carry_over(self._shelf(school), who, draft, now)

    # --- trying

    def check(self, school: str, draft: Draft) -> tuple[DraftProblem, ...]:
        """What the rules of the base say of a draft, those that stop it first. It need not be saved: a channel may hand
        in `dataclasses.replace(draft, text=...)` as one types. Under a second."""
        return checking.problems_of(self._shelf(school), draft)

    def try_it(self, school: str, draft: Draft, sentence: str, now: dt.datetime) -> TriedDraft:
        """What the live base says to a sentence, and what it would say with the draft."""
        return trying.try_it(self._shelf(school), draft, sentence, now)

    def taken(self, school: str, draft: Draft) -> tuple[Taken, ...]:
        """The phrasings of other entries that the draft would answer. The draft is learned first, in a process of its
        own: that takes from ten seconds to minutes. Blocks; call it in a thread."""
        return trying.taken(self._shelf(school), draft)

    def decided(self, school: str, who: str, entry: str) -> str:
        """That some of an answer follows what the school decided in its policy, and who changes that; empty where
        nothing does."""
        return checking.decided(self._shelf(school), who, entry)

    def same_numbers(self, school: str, draft: Draft) -> tuple[SameNumber, ...]:
        """Numbers that a draft takes out of an answer and that other answers name."""
        return checking.named_elsewhere(self._shelf(school), draft)

    # --- sending and deciding

    def send(self, school: str, who: str, draft: str, version: int, now: dt.datetime) -> Draft:
        """Send it to whoever may approve it; they hear of it. Raises RefusedDraftError, ChangedMeanwhileError, and
        NotThereError where it was saved elsewhere since."""
        return deciding.send(self._shelf(school), who, draft, version, now)

    def waiting(self, school: str, who: str, now: dt.datetime) -> tuple[Waiting, ...]:
        """What waits for approval: drafts that were sent, the longest waiting first, then words in files that nobody
        approved."""
        shelf = self._shelf(school)
        shelf.check_editor(who)
        return tuple(waiting.waiting(shelf, who, now))

    def waits_for(self, school: str, who: str) -> int:
        """How many things wait that this person may approve. Asked for with every page: nothing of them is checked."""
        shelf = self._shelf(school)
        return waiting.waits_for(shelf, who) if shelf.edits(who) else 0

    def lately_out(self, school: str, who: str, now: dt.datetime) -> tuple[Draft, ...]:
        """What this person wrote and somebody has approved in the last two weeks, the last first."""
        out = self._shelf(school).drafts.all(PUBLISHED)
        found = [each for each in out if each.author == who and each.decided_at and now - each.decided_at < _LATELY]
        return tuple(sorted(found, key=lambda each: each.decided_at or now, reverse=True))

    def approve(
        self, school: str, who: str, key: str, digest: str, now: dt.datetime, *, confirmed: Sequence[str] = (),
        review_by: dt.date | None = None,
    ) -> Draft | None:  # fmt: skip
        """Approve and publish these very words: the file, then the approval, then the draft's row; the draft as it is
        then, None for words of a file. Its author hears of it. Raises NotAllowedError (also for one's own draft, where
        the school has two people for it), ChangedMeanwhileError, RefusedDraftError, NotThereError for another digest or
        where somebody was quicker."""
        return deciding.approve(self._shelf(school), who, key, digest, confirmed, review_by, now)

    def send_back(self, school: str, who: str, draft: str, remark: str, now: dt.datetime) -> Draft:
        """Back to its author, with what is to be done; they hear of it."""
        return deciding.send_back(self._shelf(school), who, draft, remark, now)

    def doubt(self, school: str, who: str, entry: str, why: str, now: dt.datetime) -> None:
        """Say that an answer should stay as it was, whose new words follow what the school decided in its policy:
        whoever decided it is written to. Raises NotAllowedError, NotThereError, RefusedDraftError for no reason."""
        deciding.doubt(self._shelf(school), who, entry, why, now)

    def written_to(self, school: str, draft: str) -> tuple[str, ...]:
        """The names of those who were written to when this draft was sent."""
        shelf = self._shelf(school)
        found = shelf.find(draft)
        return tuple(each.name for each in telling.written_to(shelf, shelf.entry_of(found), found.author))

    def may_be_approved_by(self, school: str, draft: str) -> tuple[str, ...]:
        """The names of those who may approve it, other than its author."""
        shelf = self._shelf(school)
        found = shelf.find(draft)
        held = (p for role in shelf.approvers_of(shelf.entry_of(found)) for p in shelf.knowledge.school.holders(role))
        return tuple(dict.fromkeys(each.name for each in held if each.id != found.author))

    def withdraw(self, school: str, who: str, draft: str, now: dt.datetime) -> Draft:
        """Its author takes back what they sent; it is a draft again."""
        return drafting.withdraw(self._shelf(school), who, draft, now)

    def take_out(self, school: str, who: str, entry: str, reason: str, now: dt.datetime) -> None:
        """Take an answer out of use at once: its approval is taken back, and staff are sent to a person. Who may
        approve it may do that, and says why. Somebody else approves it again, from the waiting list. Raises
        NotAllowedError, NotThereError, and RefusedDraftError for no reason."""
        withholding.withhold(self._shelf(school), who, entry, reason, now)

    def finish(self, school: str, now: dt.datetime) -> int:
        """Finish what was being published when a process ended; how many drafts. At the start, and now and
        then."""
        return finish(self._shelf(school), now, self._tried)

    # --- the base as a whole

    def health(self, school: str, who: str, now: dt.datetime) -> BaseHealth:
        """What needs care."""
        shelf = self._shelf(school)
        shelf.check_editor(who)
        return health.health_of(shelf, now)

    def remarked(self, school: str, who: str, now: dt.datetime) -> tuple[Remarked, ...]:
        """The answers of this person, written or approved by them, with which staff find fault since they were
        approved."""
        shelf = self._shelf(school)
        return health.remarked_of(shelf, who, now) if shelf.edits(who) else ()

    def unanswered(self, school: str, who: str, now: dt.datetime) -> tuple[OpenQuestion, ...]:
        """Questions that may become an entry or a phrasing, the most asked first. What may be a concern is not among
        them."""
        shelf = self._shelf(school)
        shelf.check_editor(who)
        return questions.unanswered(shelf)

    def pointed(self, text: str, no_names: Sequence[str] = ()) -> tuple[Pointed, ...]:
        """What looks like a name, number or address in a text that is taken over; it must go before it is sent.
        `no_names` are words of which its author says that they are nobody's name."""
        known = Vocabulary()
        for base in self._bases().values():
            known |= vocabulary(base.knowledge)
        return pointed_in(text, without(known, no_names))
