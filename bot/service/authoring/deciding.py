"""Sent, approved, sent back, taken out of use: who decides, on which words, and what is done then."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.concerns import Detail
from bot.knowledge import Entry, KnowledgeError
from bot.knowledge.authoring import digest_of_text
from bot.knowledge.authoring.draft import EntryText, learned_from
from bot.knowledge.authoring.writing import NotWrittenError
from bot.service.approving.files import NotApprovedError
from bot.service.approving.signing import Signature, check_held, check_signature
from bot.service.authoring.checking import problems_of
from bot.service.authoring.drafting import changed_meanwhile, detail_of, in_state
from bot.service.authoring.model import (
    AuthoringError,
    ChangedMeanwhileError,
    DraftProblem,
    NotAllowedError,
    NotThereError,
    RefusedDraftError,
)
from bot.service.authoring.publishing import digest_shown, made_up, publish, sign, write_dry
from bot.service.authoring.shelf import Shelf, there
from bot.service.authoring.telling import it_came_back, it_is_back, it_is_doubted, it_waits
from bot.service.authoring.waiting import OF_FILE, open_decisions, puts_back_another, refused
from bot.service.authoring.withholding import taken_out
from bot.store import Draft, DraftStep

_OTHER_WORDS = "These words were changed since they were shown to you. Look at them once more"
_LONGEST_ID = 60
_SAY_WHY = "Say why it should stay as it was. Whoever decided it reads that."


def send(shelf: Shelf, who: str, id_: str, version: int, now: dt.datetime) -> Draft:
    """To whoever may approve it."""
    shelf.check_editor(who)
    draft = shelf.find(id_)
    if draft.author != who:
        raise NotAllowedError(f"{shelf.person(draft.author).name} is writing this one, and sends it")
    if is_sent(draft, version):
        return draft
    in_state(draft, ("draft", "returned"))
    if draft.version != version:
        raise NotThereError(
            "This draft was saved elsewhere since you opened it. Look at it once more, and send it then"
        )
    check_whole(shelf, replace(draft, entry=draft.entry or _new_id(shelf, draft.text.title, ())))

    def decide(found: Draft | None, taken: Collection[str]) -> DraftStep:
        kept = there(found)
        if is_sent(kept, version):
            return DraftStep(kept)
        in_state(kept, ("draft", "returned"))
        if kept.version != version:
            raise NotThereError("This draft was saved elsewhere at this moment. Look at it once more")
        entry = _new_id(shelf, kept.text.title, taken) if kept.new and kept.entry in ("", *taken) else kept.entry
        made = replace(kept, entry=entry, state="sent", remark="", version=version + 1, sent_at=now)
        letters = it_waits(shelf, made, shelf.entry_of(made), now)
        return DraftStep(made, "draft-sent", shelf.actor(who), detail_of(made), letters)

    made = shelf.drafts.change_among(id_, decide, now)
    _learn_ahead(shelf, made)
    return made


def _learn_ahead(shelf: Shelf, draft: Draft) -> None:
    """What is to be learned of it is learned while it waits, so that it is live as soon as it is approved."""
    if draft.base is None or learned_from(draft.base) != learned_from(draft.text):
        with contextlib.suppress(NotWrittenError, AuthoringError):
            shelf.workshop.learn_ahead(shelf.files_with(draft.file, write_dry(shelf, draft)))


def is_sent(draft: Draft, version: int) -> bool:
    """Whether this very state was sent already, as by a button that was pressed twice."""
    return draft.state == "sent" and version in (draft.version - 1, draft.version)


def check_whole(shelf: Shelf, draft: Draft) -> None:
    """Whether it could be published as it is. Raises ChangedMeanwhileError, RefusedDraftError."""
    if changed := changed_meanwhile(shelf, draft):
        raise ChangedMeanwhileError(draft, changed)
    stops = tuple(each for each in problems_of(shelf, draft) if each.stops)
    if stops:
        raise RefusedDraftError(stops)
    try:
        text = write_dry(shelf, draft) if _is_new_words(shelf, draft) else None
    except NotWrittenError as fault:
        raise RefusedDraftError((DraftProblem("", f"{fault}.", stops=True),)) from None
    if text is not None and (faults := shelf.tried(draft.file, text)):
        raise RefusedDraftError(tuple(DraftProblem("", str(each), stops=True) for each in faults))


def approve(
    shelf: Shelf, who: str, key: str, digest: str, confirmed: Sequence[str], review_by: dt.date | None,
    now: dt.datetime,
) -> Draft | None:  # fmt: skip
    """Approve these very words, and publish them."""
    if key.startswith(OF_FILE):
        _approve_file(shelf, who, key.removeprefix(OF_FILE), digest, confirmed, review_by, now)
        return None
    draft = in_state(shelf.find(key), ("sent",))
    entry = shelf.entry_of(draft)
    signature = _signature(shelf, who, entry, draft, review_by, now)
    if digest_shown(shelf, entry, draft.text) != digest:
        raise NotThereError(_OTHER_WORDS)
    check_whole(shelf, draft)
    ticked, before = _ticked(entry, confirmed), shelf.approved_before(entry.id)

    def decide(found: Draft | None) -> DraftStep:
        kept = in_state(there(found), ("sent",))
        if kept.version != draft.version:
            raise NotThereError(_OTHER_WORDS)
        made = replace(
            kept, state="publishing", version=kept.version + 1, decided_by=who, decided_at=now, role=signature.role,
            confirmed=ticked, review_by=review_by,
        )  # fmt: skip
        return DraftStep(made, "answer-approved", shelf.actor(who), replace(detail_of(made), way=before))

    return publish(shelf, shelf.drafts.change(draft.id, decide, now), now)


def send_back(shelf: Shelf, who: str, id_: str, remark: str, now: dt.datetime) -> Draft:
    """Back to its author, with what is to be done."""
    remark = " ".join(remark.split())
    if not remark:
        raise RefusedDraftError((DraftProblem("remark", "Say what its author is to do.", stops=True),))

    def decide(found: Draft | None) -> DraftStep:
        draft = in_state(there(found), ("sent",))
        _role(shelf, who, shelf.entry_of(draft))
        made = replace(
            draft, state="returned", remark=remark, decided_by=who, decided_at=now, version=draft.version + 1
        )
        by = shelf.actor(who)
        return DraftStep(made, "draft-returned", by, detail_of(draft), it_came_back(draft, by.name, now))

    return shelf.drafts.change(id_, decide, now)


def doubt(shelf: Shelf, who: str, name: str, why: str, now: dt.datetime) -> None:
    """Tell whoever decided what an answer follows that it should stay as it was. Nothing else changes."""
    entry, why = shelf.written(name), " ".join(why.split())
    _role(shelf, who, entry)
    if not why:
        raise RefusedDraftError((DraftProblem("remark", _SAY_WHY, stops=True),))
    decided = open_decisions(shelf, entry.id, shelf.drafts.history())
    if not decided:
        raise NotThereError("Nobody has decided anything that these words follow, since they were approved")
    by, last = shelf.actor(who), decided[-1]
    if last.who == who:
        raise NotAllowedError("You decided it yourself. Change your answer under Documents")
    if last.who not in shelf.knowledge.school.people:
        raise NotAllowedError(f"{last.name} has left. Change the answer under Documents, or ask the headteacher to")
    detail = Detail(reference=entry.id, reason=why, who=last.who)
    shelf.drafts.note("answer-doubted", by, detail, now, it_is_doubted(entry.title, last.who, by.name, why, now))


def _approve_file(
    shelf: Shelf, who: str, name: str, digest: str, confirmed: Sequence[str], review_by: dt.date | None,
    now: dt.datetime,
) -> None:  # fmt: skip
    """Approve the words of a file as they stand there now."""
    known = shelf.written(name)
    entry = shelf.now_in_file(known.file, known.id)
    if entry is None or digest_shown(shelf, entry, EntryText.of_entry(entry)) != digest:
        raise NotThereError(_OTHER_WORDS)
    out, before = taken_out(shelf).get(known.id), shelf.approved_before(known.id)
    if sentence := puts_back_another(shelf, who, out):
        raise NotAllowedError(sentence)
    signature = _signature(shelf, who, entry, None, review_by, now)
    ticked = _ticked(entry, confirmed)
    try:
        sign(shelf, entry, signature, ticked)
    except (NotApprovedError, KnowledgeError) as fault:
        raise AuthoringError(str(fault)) from None
    words = digest_of_text(EntryText.of_entry(entry))
    # Only now: a line that says so while nothing could be written would stay untrue.
    letters = it_is_back(shelf, entry, who, out.who, now) if out else ()
    detail = Detail(reference=entry.id, text=words)
    shelf.drafts.note("answer-approved", shelf.actor(who), replace(detail, way=before), now, letters)
    shelf.drafts.note("answer-published", shelf.actor(who), detail, now)
    shelf.workshop.refresh()


def _signature(
    shelf: Shelf, who: str, entry: Entry, draft: Draft | None, review_by: dt.date | None, now: dt.datetime
) -> Signature:
    """Raises NotAllowedError, or RefusedDraftError for a day that cannot be."""
    if sentence := refused(shelf, who, entry, draft):
        raise NotAllowedError(sentence)
    today = shelf.day(now)
    try:
        signature = Signature(shelf.person(who).name, _role(shelf, who, entry), today, review_by, made_up(shelf))
        check_held((entry,))
        check_signature(shelf.knowledge, signature, (entry,), today)
    except NotApprovedError as fault:
        raise RefusedDraftError((DraftProblem("review_by", f"{fault}.", stops=True),)) from None
    except KnowledgeError as fault:
        raise AuthoringError(str(fault)) from None
    return signature


def _role(shelf: Shelf, who: str, entry: Entry) -> str:
    role = shelf.role_for(who, entry)
    if role is None:
        raise NotAllowedError(refused(shelf, who, entry, None))
    return role


def _ticked(entry: Entry, confirmed: Sequence[str]) -> tuple[str, ...]:
    """What must be true of the school, all of it found true. Raises RefusedDraftError."""
    if missing := [item for item in entry.confirm if item not in confirmed]:
        sentence = f"Tick that this is so at your school: {missing[0]}."
        raise RefusedDraftError((DraftProblem("confirm", sentence, stops=True),))
    return entry.confirm


def _is_new_words(shelf: Shelf, draft: Draft) -> bool:
    return draft.new or draft.text != draft.base


def _new_id(shelf: Shelf, title: str, drafted: Collection[str]) -> str:
    """An id made of the title, which no entry has or had, nor any other draft (`drafted`)."""
    words = re.findall(r"[a-z0-9]+", title.lower())
    begun = "-".join(words)[:_LONGEST_ID].strip("-") or "answer"
    knowledge = shelf.knowledge
    taken = {*knowledge.entries, *knowledge.merged, *drafted, "outside"}
    return next(name for name in (begun, *(f"{begun}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)
