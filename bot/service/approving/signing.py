"""Somebody approves answers, or takes an approval back."""

from __future__ import annotations

import datetime as dt
import difflib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from bot.knowledge import Approval, Approvals, Entry, Knowledge, Role
from bot.knowledge.approvals import FILE, digest_of, words_of
from bot.knowledge.approvals.reading import name_of
from bot.knowledge.approvals.rules import latest_review, may_approve
from bot.knowledge.approvals.text import as_it_stands
from bot.knowledge.loading import approvals_as_they_stand, read_kept_approvals
from bot.knowledge.policies.resting import changed_under, clause_digest
from bot.service.approving.files import NotApprovedError, write_approvals, write_text

UNSEALED = f"{FILE}.unsealed"  # the file as it was before approvals without a seal were dropped
SOON = dt.timedelta(days=30)  # from then on an answer is to be read again


@dataclass(frozen=True)
class Signature:
    """Who approves, in which role of school.yaml, on which day, and until when: at the latest where it is None."""

    by: str
    role: str
    on: dt.date
    review_by: dt.date | None = None
    made_up: bool = False


def chosen(knowledge: Knowledge, names: Sequence[str], every: bool, made_up: bool) -> tuple[Entry, ...]:
    """The entries that are to be approved, as their files stand. `every` are those that the school could be answered
    with; of the demo school those for other nations too, so that it can be tried in each. Raises NotApprovedError."""
    if every:
        nation = knowledge.school.nation
        return tuple(
            entry for entry in knowledge.entries.values() if not entry.hold and (made_up or entry.holds_in(nation))
        )
    return tuple(_known(knowledge, name) for name in dict.fromkeys(names))


def check_held(entries: Sequence[Entry]) -> None:
    """Whether none of these is on hold, so that whoever it may be approves nothing of it. Raises NotApprovedError."""
    for entry in entries:
        if entry.hold:
            raise NotApprovedError(
                f"{entry.id} is on hold: a named person is to check its words first. Once they have, take 'hold' out "
                f"of {entry.file}, and approve it"
            )


def check_signature(knowledge: Knowledge, signature: Signature, entries: Sequence[Entry], today: dt.date) -> None:
    """Whether they may approve these, as on this day. Raises NotApprovedError."""
    if signature.on > today and not signature.made_up:
        raise NotApprovedError(f"{signature.on} is still to come. Leave --on away for today")
    holders = [each.name for each in knowledge.school.holders(cast(Role, signature.role))]
    if signature.by not in holders:
        there = f"It is held by {' and '.join(holders)}" if holders else "Nobody holds it: name somebody under roles"
        raise NotApprovedError(f"{signature.by} does not hold the role '{signature.role}' in school.yaml. {there}")
    for entry in entries:
        if signature.role not in (roles := may_approve(entry)):
            raise NotApprovedError(f"{entry.id} is approved by one of: {', '.join(roles)}")
        _check_review(signature, entry)


def still_to_approve(folder: Path, entries: Sequence[Entry], on: dt.date) -> tuple[Entry, ...]:
    """Those that nobody has approved as they stand, or that are to be read again within a month. Raises KnowledgeError
    for faults of the approvals."""
    kept = read_kept_approvals(folder, lambda _: False) or Approvals()
    return tuple(each for each in entries if not _is_settled(each, kept.given.get(each.id), on))


def _is_settled(entry: Entry, approval: Approval | None, on: dt.date) -> bool:
    return approval is not None and approval.digest == digest_of(words_of(entry)) and approval.review_by - SOON > on


def read_against(knowledge: Knowledge, entry: Entry) -> tuple[str, ...]:
    """The changed clauses on which an entry rests, as they stand here: what an approval of it says that it knew."""
    changed = changed_under(entry, knowledge.own.values(), knowledge.clauses.values())
    return tuple(sorted({clause_digest(each) for each in changed}))


def approval_of(entry: Entry, signature: Signature, confirmed: Sequence[str], against: Sequence[str] = ()) -> Approval:
    """The approval of an entry as it stands here, read `against` these changed clauses. Raises NotApprovedError where
    something was not ticked, or the entry is on hold."""
    check_held((entry,))
    if missing := [item for item in entry.confirm if item not in confirmed]:
        raise NotApprovedError(f"{entry.id}: it was not confirmed that this is so at your school: {missing[0]}")
    words = words_of(entry)
    return Approval(
        entry=entry.id,
        digest=digest_of(words),
        words=words,
        by=signature.by,
        role=signature.role,
        on=signature.on,
        review_by=signature.review_by or latest_review(entry, signature.on),
        confirmed=tuple(words.get("confirm", ())),
        against=tuple(against),
    )


def keep(folder: Path, given: Sequence[Approval], made_up: bool, only: bool = False) -> Approvals:
    """Add these approvals to the file, in the place of earlier ones of the same entries; with `only` made-up ones take
    the place of all that are made up, and real ones that of the demo school's. Others that have no seal cannot stay:
    the file is copied to UNSEALED first, and `unsealed` of what is given back names them. Raises NotApprovedError, and
    KnowledgeError for faults of the approvals that stay."""
    new = {each.entry: each for each in given}
    unsealed: list[str] = []

    def changed() -> Approvals:
        kept = read_kept_approvals(folder, lambda name: (only and made_up) or name in new)
        before = kept.given if kept else {}
        unsealed.extend(kept.unsealed if kept else ())
        if kept and kept.made_up and only:
            before = {}
        elif kept and kept.made_up != made_up and (before or only):
            raise NotApprovedError(_MIXED.format(file=FILE, had="made-up" if kept.made_up else "real"))
        if unsealed:
            shutil.copyfile(folder / FILE, (folder / FILE).resolve().with_name(UNSEALED))
        return Approvals({**before, **new}, made_up)

    return replace(write_approvals(folder, changed), unsealed=tuple(unsealed))


def withdraw(folder: Path, names: Sequence[str]) -> int:
    """Take the approvals of these entries back, whatever is wrong with them, with others or with other files; how many
    stay. Others stay as they are, right or wrong. Raises NotApprovedError where one has none, and KnowledgeError where
    the file cannot be read as a whole."""
    staying: list[Any] = []

    def left() -> str:
        data = approvals_as_they_stand(folder)
        items = data.get("approvals")
        there = [(name_of(item), item) for item in items] if isinstance(items, list) else []
        _all_there(names, [name for name, _ in there])
        staying.extend(item for name, item in there if name not in names)
        return as_it_stands({**data, "approvals": staying})

    write_text(folder, left)
    return len(staying)


def _all_there(names: Sequence[str], there: Sequence[str]) -> None:
    for name in names:
        if name not in there:
            raise NotApprovedError(f"Nobody has approved '{name}'.{_near(name, there)}")


def _known(knowledge: Knowledge, name: str) -> Entry:
    entry = knowledge.find(name)
    if entry is None:
        raise NotApprovedError(f"There is no entry '{name}'.{_near(name, [*knowledge.entries])}")
    return entry


def _near(name: str, there: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, there, n=3, cutoff=0.5)
    return f" Did you mean: {', '.join(near)}?" if near else ""


def _check_review(signature: Signature, entry: Entry) -> None:
    day, latest = signature.review_by, latest_review(entry, signature.on)
    if day is not None and not signature.on < day <= latest:
        raise NotApprovedError(f"{entry.id} is to be read again after {signature.on} and by {latest}, not by {day}")


_MIXED = (
    "{file} holds {had} approvals, and made-up ones and real ones do not go together. For a school of your own begin "
    "with askfirst adopt, which leaves the demo's behind; the demo school's are given with --made-up"
)
