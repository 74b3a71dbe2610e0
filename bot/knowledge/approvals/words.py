"""What is approved of an entry: everything of it that staff can see, and its digest; and the seal, which binds who
approved it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bot.knowledge.approvals.model import Approval
from bot.knowledge.model import Entry, FactCase, FactCases

# The fields that staff can see something of. What an entry is found by (phrasings and the rest) is not approved.
SEEN = (
    "title", "ruling", "badge", "answer", "why", "instead", "facts", "note", "ask", "cites", "nations", "confirm",
)  # fmt: skip


def words_of(entry: Entry) -> dict[str, Any]:
    """An entry -> its words as they stand in approvals.yaml; what is empty is left out."""
    found: dict[str, Any] = {name: getattr(entry, name) for name in SEEN}
    found["facts"] = _facts(entry.facts, entry) if entry.facts else None
    return {name: plain(value) for name, value in found.items() if value}


def plain(value: Any) -> Any:
    """Words as plain data, with the breaks of a long text as the spaces that they are read as."""
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return " ".join(value.split()) if isinstance(value, str) else value


def digest_of(words: Mapping[str, Any]) -> str:
    """The same words give the same digest, in whatever order their fields stand; any other word another."""
    return _sha256(words)


def seal_of(approval: Approval, made_up: bool) -> str:
    """What changes with anything of an approval: its entry, its words, who gave it in which role, the days, what was
    ticked, and whether it was made up. Without a key, so that it shows an edit by hand and no forgery."""
    bound = {
        "entry": approval.entry,
        "digest": approval.digest,
        "by": approval.by,
        "role": approval.role,
        "on": approval.on.isoformat(),
        "review_by": approval.review_by.isoformat(),
        "confirmed": list(approval.confirmed),
        "made_up": made_up,
    }
    if approval.against:  # without it the seals of before stay as they are
        bound["against"] = list(approval.against)
    return _sha256(bound)


def _sha256(bound: Mapping[str, Any]) -> str:
    canonical = json.dumps(bound, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _facts(facts: FactCases, entry: Entry) -> dict[str, Any]:
    found = {"fact": facts.fact, "ask": facts.ask, "cases": [_case(case, entry) for case in facts.cases]}
    return {name: value for name, value in found.items() if value}


def _case(case: FactCase, entry: Entry) -> dict[str, str]:
    """A case; `why` and `instead` only where they are not the entry's own."""
    found = {"when": case.value, "ruling": case.ruling, "badge": case.badge, "answer": case.answer}
    own = {"why": case.why, "instead": case.instead}
    return {**found, **{name: text for name, text in own.items() if text and text != getattr(entry, name)}}
