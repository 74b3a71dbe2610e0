"""An approved draft becomes what staff are answered with: the file, the approval, the row, in this order.

Each step may be taken again. After the first the file has words that nobody is served, since they are not approved;
after the second they are. A process that dies in between leaves the row "publishing", and the next one goes on from
there, if the log says that somebody approved these very words.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Mapping
from dataclasses import replace

from bot.concerns import ASKFIRST, Actor
from bot.concerns.words import day
from bot.errors import AskFirstError
from bot.knowledge import Entry, KnowledgeError
from bot.knowledge.authoring import EntryText, difference, digest_of_text
from bot.knowledge.authoring.writing import NotWrittenError, with_entry, with_new_entry
from bot.knowledge.loading import read_kept_approvals
from bot.knowledge.policies.own import short_digest
from bot.service.approving.files import NotApprovedError
from bot.service.approving.signing import Signature, approval_of, keep, read_against
from bot.service.authoring.drafting import detail_of, in_state
from bot.service.authoring.model import AuthoringError, ChangedMeanwhileError, NotOutYetError
from bot.service.authoring.shelf import Shelf, text_in, there
from bot.service.authoring.telling import it_came_back, it_is_out
from bot.store import Draft, DraftStep
from bot.store.desks.drafts import PUBLISHING

log = logging.getLogger("askfirst.answers")
_ITS_OWN = dt.timedelta(seconds=15)  # in which whoever took the approval is publishing it
_AT_ONCE = dt.timedelta(days=1)  # in which an approval is carried out, or given again
_AGAIN = dt.timedelta(seconds=30)  # after which it is tried again to publish what has to wait for something
_CHANGED = (
    "The answer was changed by somebody else just before it was to be published. Look at both, and send it again."
)
_NOT_WRITTEN = "It was approved, and could not be written into its file. {fault}. Then send it again."
_TOO_OLD = (
    "It was approved on {day}, and was not published within a day: AskFirst was not running, or a backup was put back. "
    "See whether it is still right, and send it again."
)
_NOT_IN_LOG = "The log does not say that anybody approved these words. Look at them, and send them again."
_GIVEN_BACK = "It could not be written into its file, and is back with its author. {fault}"
_WAITS = "It is approved, and is published as soon as this is mended: {fault}"


def publish(shelf: Shelf, draft: Draft, now: dt.datetime) -> Draft:
    """Carry out what was approved. Raises ChangedMeanwhileError where the file was changed since, and the draft is back
    with its author; NotOutYetError where it has to wait for something to be mended."""
    try:
        shelf.workshop.between("file")
        entry = _written(shelf, draft)
        shelf.workshop.between("approval")
        if (now_there := there(shelf.drafts.find(draft.id))).state == "published":
            return now_there  # another process was quicker; who has taken it out of use since must not be undone
        sign(shelf, entry, signature_of(shelf, draft, now), draft.confirmed)
        shelf.workshop.between("row")
    except ChangedMeanwhileError as fault:
        _give_back(shelf, draft, _CHANGED, now)
        raise ChangedMeanwhileError(draft, fault.difference) from None
    except NotWrittenError as fault:
        _give_back(shelf, draft, _NOT_WRITTEN.format(fault=fault), now)
        raise AuthoringError(_GIVEN_BACK.format(fault=fault)) from None
    except (NotApprovedError, KnowledgeError, AuthoringError) as fault:
        raise NotOutYetError(_WAITS.format(fault=getattr(fault, "reason", fault))) from None
    done = shelf.drafts.change(draft.id, lambda found: _published(shelf, there(found), now), now)
    shelf.workshop.refresh()
    return done


def finish(shelf: Shelf, now: dt.datetime, tried: dict[str, dt.datetime]) -> int:
    """Go on with what was being published when a process ended; how many are out now. What the log does not say was
    approved is not, nor what was approved long ago: a database that was put back must not undo what happened since.
    `tried` remembers when what has to wait was last tried: it is looked at every second, and its file is not."""
    done = 0
    waiting = [draft for draft in shelf.drafts.all(PUBLISHING) if _may_go_on(draft, now, tried)]
    said = shelf.drafts.history() if waiting else ()
    approved = {(event.detail.notice, event.detail.text) for event in said if event.kind == "answer-approved"}
    for draft in waiting:
        try:
            if why := _not_to_publish(shelf, draft, approved, now):
                _give_back(shelf, draft, why, now)
                continue
            publish(shelf, draft, now)
            done += 1
        except AskFirstError as fault:
            if draft.id not in tried:
                log.warning("an approved answer waits to be published: %s", type(fault).__name__)
            tried[draft.id] = now
    return done


def _may_go_on(draft: Draft, now: dt.datetime, tried: Mapping[str, dt.datetime]) -> bool:
    """Whether nobody else is publishing it at this moment, and it was not tried just now."""
    last = tried.get(draft.id)
    theirs = draft.decided_at is not None and now - draft.decided_at < _ITS_OWN
    return not theirs and (last is None or now - last >= _AGAIN)


def _not_to_publish(shelf: Shelf, draft: Draft, approved: Collection[tuple[str, str]], now: dt.datetime) -> str:
    """Why its author gets it back instead; empty where it goes out."""
    if (draft.id, digest_of_text(draft.text)) not in approved or draft.decided_at is None:
        return _NOT_IN_LOG
    return _TOO_OLD.format(day=day(shelf.day(draft.decided_at))) if now - draft.decided_at > _AT_ONCE else ""


def write_dry(shelf: Shelf, draft: Draft) -> str:
    """The text of the file as it would be. Raises NotWrittenError and AuthoringError."""
    text = shelf.text_of(draft.file)
    return (with_new_entry if draft.new else with_entry)(text, draft.entry, draft.text, draft.file, shelf.fill)


def sign(shelf: Shelf, entry: Entry, signature: Signature, confirmed: tuple[str, ...]) -> None:
    """Approve an entry as it stands. Raises NotApprovedError and KnowledgeError."""
    keep(
        shelf.folder,
        [approval_of(entry, signature, confirmed, read_against(shelf.knowledge, entry))],
        signature.made_up,
    )


def signature_of(shelf: Shelf, draft: Draft, now: dt.datetime) -> Signature:
    """Whoever decided, in their part, on the day on which they did."""
    on = shelf.day(draft.decided_at or now)
    return Signature(shelf.person(draft.decided_by).name, draft.role, on, draft.review_by, made_up(shelf))


def digest_shown(shelf: Shelf, entry: Entry, text: EntryText) -> str:
    """What goes back with an approval: it changes with any word of the text, and of a changed clause under it."""
    against = read_against(shelf.knowledge, entry)
    return short_digest(" ".join((digest_of_text(text), *against))) if against else digest_of_text(text)


def made_up(shelf: Shelf) -> bool:
    """Whether it is the demo school, all of whose approvals are made up. Raises KnowledgeError."""
    kept = read_kept_approvals(shelf.folder, lambda _: False)
    return bool(kept and kept.made_up)


def _written(shelf: Shelf, draft: Draft) -> Entry:
    """The entry as its file has it now, which is as it was approved. Raises ChangedMeanwhileError."""
    found = shelf.now_in_file(draft.file, draft.entry)
    current = text_in(found)
    if current != draft.text:
        if current != draft.base:
            raise ChangedMeanwhileError(draft, difference(draft.base, current or EntryText()))
        old = shelf.text_of(draft.file)
        shelf.replace(draft.file, old, write_dry(shelf, draft))
        found = shelf.now_in_file(draft.file, draft.entry)
    if found is None or EntryText.of_entry(found) != draft.text:
        raise ChangedMeanwhileError(draft, ())
    return found


def _published(shelf: Shelf, draft: Draft, now: dt.datetime) -> DraftStep:
    if draft.state == "published":
        return DraftStep(draft)
    in_state(draft, ("publishing",))
    by = _decider(shelf, draft)
    made = replace(draft, state="published", version=draft.version + 1)
    return DraftStep(made, "answer-published", by, detail_of(draft), it_is_out(draft, by.name, now))


def _give_back(shelf: Shelf, draft: Draft, why: str, now: dt.datetime) -> None:
    def decide(found: Draft | None) -> DraftStep:
        kept = in_state(there(found), PUBLISHING)
        made = replace(kept, state="returned", remark=why, decided_by="", version=kept.version + 1)
        return DraftStep(made, "draft-returned", ASKFIRST, detail_of(kept), it_came_back(kept, ASKFIRST.name, now))

    shelf.drafts.change(draft.id, decide, now)


def _decider(shelf: Shelf, draft: Draft) -> Actor:
    person = shelf.knowledge.school.people.get(draft.decided_by)
    return Actor(draft.decided_by, person.name if person else draft.decided_by)
