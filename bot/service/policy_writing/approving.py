"""Somebody approves paragraphs of the school's policy in the words of today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.knowledge import Knowledge, load
from bot.knowledge.approvals.rules import GRAVE_BY
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.files.plain_yaml import parse
from bot.knowledge.school_policy.documents import read_approved, seal_of_paragraph
from bot.knowledge.school_policy.model import APPROVED, ParagraphApproval, PolicyParagraph
from bot.service.approving.signing import Signature
from bot.service.policy_writing.files import PolicyError, write_yaml
from bot.service.policy_writing.filling_in import digest_of_paragraph, is_in, paragraphs_of

_HEAD = """\
# Who approved which paragraph of the policy, written by `askfirst policy approve`. Change nothing by hand: an
# approval with a name, a role or a day that does not fit its seal does not count.
"""


def to_approve(knowledge: Knowledge) -> Iterator[PolicyParagraph]:
    """The paragraphs of this school's documents that nobody has approved as they stand, in the order of those."""
    for name in dict.fromkeys(
        each.id for outline in knowledge.policy.outlines for each in paragraphs_of(knowledge, outline)
    ):
        paragraph = knowledge.policy.paragraphs[name]
        approval = knowledge.policy.approved.get(name)
        if approval is None or approval.digest != digest_of_paragraph(knowledge, paragraph):
            yield paragraph


def check_signature(knowledge: Knowledge, signature: Signature, today: dt.date) -> None:
    """Whether they may approve the policy, as on this day. Raises PolicyError."""
    if signature.role not in GRAVE_BY:
        raise PolicyError(f"The policy is approved by one of: {', '.join(GRAVE_BY)}")
    if signature.on > today and not signature.made_up:
        raise PolicyError(f"{signature.on} is still to come. Leave --on away for today")
    holders = [each.name for each in knowledge.school.holders(signature.role)]
    if signature.by not in holders:
        there = f"It is held by {' and '.join(holders)}" if holders else "Nobody holds it: name somebody under roles"
        raise PolicyError(f"{signature.by} does not hold the role '{signature.role}' in school.yaml. {there}")


def approve_paragraphs(folder: Path, shown: Sequence[tuple[str, str]], signature: Signature) -> int:
    """Write down that these paragraphs were approved, in the very words that were shown: (id, digest). How many are
    approved as they stand now. Raises PolicyError, where a word has changed since too."""

    def approved() -> Mapping[str, Any]:
        knowledge = load(folder)
        kept = kept_approvals(folder, APPROVED, signature.made_up)
        for name, digest in shown:
            if digest_of_paragraph(knowledge, knowledge.policy.paragraphs[name]) != digest:
                raise PolicyError(f"'{name}' was changed while you read it. Read it again")
            kept[name] = ParagraphApproval(name, digest, signature.by, signature.role, signature.on, signature.made_up)
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


def item_of(approval: ParagraphApproval) -> dict[str, str]:
    """An approval as it stands in its file."""
    return {
        "by": approval.by,
        "role": approval.role,
        "on": approval.on.isoformat(),
        "digest": approval.digest,
        "seal": seal_of_paragraph(approval),
    }
