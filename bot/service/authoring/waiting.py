"""What waits for approval: drafts that were sent, words that stand in files, answers out of use; and who may decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.concerns import Event
from bot.concerns.words import day
from bot.knowledge import Entry, Knowledge
from bot.knowledge.approvals.rules import latest_review
from bot.knowledge.authoring import difference
from bot.knowledge.authoring.draft import EntryText
from bot.service.authoring.checking import problems_of
from bot.service.authoring.model import Waiting
from bot.service.authoring.publishing import digest_shown
from bot.service.authoring.shelf import Shelf
from bot.service.authoring.withholding import TakenOut, taken_out
from bot.service.policy_writing.decisions import DecidedAnswer, decisions
from bot.store import Draft
from bot.store.desks.drafts import SENT

OF_FILE = "file:"  # how the key of words begins that stand in a file and were never a draft
_NOT_YOURS = "Somebody else approves what you wrote. Your school can allow it: ask whoever looks after AskFirst"
_NOT_BACK = (
    "You took it out of use, and somebody else puts it back. Your school can allow that you do: ask whoever looks "
    "after AskFirst"
)


def waiting(shelf: Shelf, who: str, now: dt.datetime) -> Iterator[Waiting]:
    """What waits, the longest waiting first; then words of files, and answers whose policy has changed."""
    sent = sorted(shelf.drafts.all(SENT), key=lambda each: each.sent_at or now)
    for draft in sent:
        yield _waiting(shelf, who, draft.id, shelf.entry_of(draft), draft, now)
    out, events = taken_out(shelf), shelf.drafts.history()
    for entry in _in_files(shelf.knowledge):
        found = _waiting(shelf, who, f"{OF_FILE}{entry.id}", entry, None, now)
        gone = out.get(entry.id)
        if gone and gone.has_words(found.after):
            found = replace(found, before=found.after, difference=())
        by_them = found.refused or puts_back_another(shelf, who, gone)
        found = replace(found, withheld=_out_of_use(gone, who), refused=by_them, policy=_policy_changed(entry))
        yield _with_decisions(shelf, found, open_decisions(shelf, entry.id, events), events)


def waits_for(shelf: Shelf, who: str) -> int:
    """How many of these they may approve."""
    sent = [draft for draft in shelf.drafts.all(SENT) if not refused(shelf, who, shelf.entry_of(draft), draft)]
    in_files = [entry for entry in _in_files(shelf.knowledge) if not refused(shelf, who, entry, None)]
    out = taken_out(shelf) if in_files else {}
    return len(sent) + sum(not puts_back_another(shelf, who, out.get(entry.id)) for entry in in_files)


def open_decisions(shelf: Shelf, name: str, events: Sequence[Event]) -> tuple[DecidedAnswer, ...]:
    """What the school decided since somebody last approved this entry, where its words follow that and wait."""
    live = shelf.knowledge.entries.get(name)
    if live is None or name not in shelf.knowledge.waiting:
        return ()
    approved = [each.at for each in events if each.kind == "answer-approved" and each.detail.reference == name]
    found = decisions(shelf.knowledge, events, name)
    if approved:
        return tuple(each for each in found if each.at > approved[-1])
    return tuple(each for each in found if live.reviewed is None or shelf.day(each.at) >= live.reviewed)


def _with_decisions(
    shelf: Shelf, found: Waiting, decided: Sequence[DecidedAnswer], events: Sequence[Event]
) -> Waiting:  # fmt: skip
    if not decided:
        return found
    doubts = [
        f"{each.by.name} said on {day(shelf.day(each.at))} that it should stay as it was: “{each.detail.reason}”"
        for each in events
        if each.kind == "answer-doubted" and each.detail.reference == found.entry and each.at >= decided[-1].at
    ]
    said = tuple(each.sentence(shelf.day(each.at)) for each in decided)
    return replace(found, decided=said, decided_by=decided[-1].name, doubts=tuple(doubts))


def _out_of_use(out: TakenOut | None, who: str) -> str:
    """What whoever may put it back is told first."""
    if out is None:
        return ""
    return out.sentence if out.who == who else f"{out.sentence} Ask {out.name} before you put it back."


def _in_files(knowledge: Knowledge) -> Iterator[Entry]:
    """What stands in the files, and nobody has approved."""
    for name, entry in knowledge.entries.items():
        unapproved = name in knowledge.waiting or (entry.withheld and entry.holds_in(knowledge.school.nation))
        if (unapproved or entry.policy_changed) and not entry.hold:
            yield knowledge.waiting.get(name, entry)


def _policy_changed(entry: Entry) -> str:
    if entry.policy_changed is None:
        return ""
    return f"The policy that it rests on changed on {day(entry.policy_changed)}. Read it against the new words."


def refused(shelf: Shelf, who: str, entry: Entry, draft: Draft | None) -> str:
    """Why they may not approve it, in a sentence; empty where they may."""
    if shelf.role_for(who, entry) is None:
        return f"It is approved by {shelf.who_approve(entry)}"
    own = draft is not None and draft.author == who and not shelf.knowledge.school.approve_alone
    return _NOT_YOURS if own else ""


def puts_back_another(shelf: Shelf, who: str, out: TakenOut | None) -> str:
    """Why whoever took an answer out of use does not put it back; empty where they may."""
    mine = out is not None and out.who == who and not shelf.knowledge.school.approve_alone
    return _NOT_BACK if mine else ""


def _waiting(shelf: Shelf, who: str, key: str, entry: Entry, draft: Draft | None, now: dt.datetime) -> Waiting:
    live = shelf.knowledge.entries.get(entry.id)
    served = EntryText.of_entry(live) if live and not live.withheld else None
    after = draft.text if draft else EntryText.of_entry(entry)
    return Waiting(
        key=key,
        entry=entry.id,
        title=after.title,
        draft=draft,
        before=served,
        after=after,
        difference=difference(served, after),
        digest=digest_shown(shelf, entry, after),
        confirm=after.confirm,
        review_by=latest_review(entry, shelf.day(now)),
        refused=refused(shelf, who, entry, draft),
        problems=problems_of(shelf, draft) if draft else (),
        roles=shelf.approvers_of(entry),
    )
