"""Somebody approves paragraphs of the school's policy in the words of today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.knowledge import Knowledge, load
from bot.knowledge.approvals.rules import GRAVE_BY, by_new_year
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.files.plain_yaml import parse
from bot.knowledge.school_policy.documents import read_approved, seal_of_paragraph
from bot.knowledge.school_policy.model import APPROVED, ParagraphApproval, PolicyParagraph
from bot.service.approving.signing import SOON, Signature
from bot.service.policy_writing.files import PolicyError, write_yaml
from bot.service.policy_writing.filling_in import digest_of_paragraph, is_in, paragraphs_of
from bot.service.policy_writing.outstanding import is_approved

_HEAD = """\
# Who approved which paragraph of the policy, written by `askfirst policy approve`. Change nothing by hand: an
# approval with a name, a role or a day that does not fit its seal does not count.
"""


def to_approve(knowledge: Knowledge, today: dt.date = dt.date.min) -> Iterator[PolicyParagraph]:
    """The paragraphs of this school's documents that nobody has approved as they stand, or that are to be read again
    within a month of this day, in the order of those."""
    for name in dict.fromkeys(
        each.id for outline in knowledge.policy.outlines for each in paragraphs_of(knowledge, outline)
    ):
        if not is_approved(knowledge, name) or knowledge.policy.approved[name].review_by - SOON <= today:
            yield knowledge.policy.paragraphs[name]


def check_signature(knowledge: Knowledge, signature: Signature, today: dt.date) -> None:
    """Whether they may approve the policy, as on this day. Raises PolicyError."""
    latest = by_new_year(signature.on)
    if signature.review_by is not None and not signature.on < signature.review_by <= latest:
        raise PolicyError(f"It is to be read again after {signature.on} and by {latest}, not by {signature.review_by}")
    if signature.role not in GRAVE_BY:
        raise PolicyError(f"The policy is approved by one of: {', '.join(GRAVE_BY)}")
    if signature.on > today and not signature.made_up:
        raise PolicyError(f"{signature.on} is still to come. Leave --on away for today")
    holders = [each.name for each in knowledge.school.holders(signature.role)]
    if signature.by not in holders:
        there = f"It is held by {' and '.join(holders)}" if holders else "Nobody holds it: name somebody under roles"
        raise PolicyError(f"{signature.by} does not hold the role '{signature.role}' in school.yaml. {there}")


def approve_paragraphs(
    folder: Path, shown: Sequence[tuple[str, str]], signature: Signature, told: Callable[[], object] = lambda: None
) -> int:
    """Write down that these paragraphs were approved, in the very words that were shown: (id, digest). How many are
    approved as they stand now. `told` is called when nothing is wrong, before it is written. Raises PolicyError, where
    a word has changed since too."""

    def approved() -> Mapping[str, Any]:
        knowledge = load(folder)
        kept = kept_approvals(folder, APPROVED, signature.made_up)
        for name, digest in shown:
            if digest_of_paragraph(knowledge, knowledge.policy.paragraphs[name]) != digest:
                raise PolicyError(f"'{name}' was changed while you read it. Read it again")
            kept[name] = approval_of(name, digest, signature)
        told()
        items = {name: item_of(kept[name]) for name in knowledge.policy.paragraphs if name in kept}
        return {**({"made_up": True} if signature.made_up else {}), "approved": items}

    write_yaml(folder / APPROVED, _HEAD, approved)
    knowledge = load(folder)
    left = {each.id for each in to_approve(knowledge)}
    return sum(name not in left and is_in(knowledge, each) for name, each in knowledge.policy.paragraphs.items())


def kept_approvals(folder: Path, file: str, made_up: bool) -> dict[str, ParagraphApproval]:
    """The approvals in a file of the base that still fit their seals. Raises PolicyError where they are of another
    kind: made-up ones and real ones do not go together."""
    path, faults = folder / file, Faults()
    found = parse(path.read_text(encoding="utf-8"))[0] if path.exists() else {}
    kept = read_approved(YamlFields(faults, file, "", found or {}), faults, file)
    if any(each.made_up != made_up for each in kept.values()):
        raise PolicyError(f"{file} holds approvals of another kind: made-up ones and real ones do not go together")
    return kept


def approval_of(name: str, digest: str, signature: Signature) -> ParagraphApproval:
    """What a signature says of words with this digest; read again by the day it names, else before the new year."""
    until = signature.review_by or by_new_year(signature.on)
    return ParagraphApproval(name, digest, signature.by, signature.role, signature.on, until, signature.made_up)


def item_of(approval: ParagraphApproval) -> dict[str, str]:
    """An approval as it stands in its file."""
    return {
        "by": approval.by,
        "role": approval.role,
        "on": approval.on.isoformat(),
        "review_by": approval.review_by.isoformat(),
        "digest": approval.digest,
        "seal": seal_of_paragraph(approval),
    }
