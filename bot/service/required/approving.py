"""Somebody reads the questions that staff are asked about answers, and approves these very words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.knowledge import Knowledge, load
from bot.knowledge.checks.model import CHECKS_APPROVED, CheckQuestion
from bot.knowledge.checks.words import digest_of_check
from bot.service.approving.signing import Signature
from bot.service.policy_writing.approving import approval_of, item_of, kept_approvals
from bot.service.policy_writing.files import PolicyError, write_yaml

_HEAD = """\
# Who approved which question of checks.yaml, written by `askfirst required approve`. Change nothing by hand: an
# approval with a name, a role or a day that does not fit its seal does not count.
"""


def questions_to_approve(knowledge: Knowledge) -> Iterator[CheckQuestion]:
    """Those that nobody has approved as they stand beside an answer that is served."""
    for each in knowledge.checks:
        if not each.approved and knowledge.entries[each.entry].served_in(knowledge.school.nation):
            yield each


def approve_questions(folder: Path, shown: Sequence[tuple[str, str]], signature: Signature) -> int:
    """Write down that these questions were approved, in the very words that were shown: (id, digest). How many are
    approved as they stand now. Raises PolicyError, where a word has changed since too."""

    def approved() -> Mapping[str, Any]:
        knowledge = load(folder)
        kept = kept_approvals(folder, CHECKS_APPROVED, signature.made_up)
        checks = {each.id: each for each in knowledge.checks}
        for name, digest in shown:
            if digest_of_check(checks[name], knowledge.entries[checks[name].entry]) != digest:
                raise PolicyError(f"'{name}' was changed while you read it. Read it again")
            kept[name] = approval_of(name, digest, signature)
        items = {name: item_of(kept[name]) for name in checks if name in kept}
        return {**({"made_up": True} if signature.made_up else {}), "approved": items}

    write_yaml(folder / CHECKS_APPROVED, _HEAD, approved)
    return sum(each.approved for each in load(folder).checks)
