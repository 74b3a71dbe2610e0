"""The shape of a question that staff are asked about an answer."""

from __future__ import annotations

from dataclasses import dataclass

CHECKS = "checks.yaml"
CHECKS_APPROVED = "checks-approved.yaml"


@dataclass(frozen=True)
class CheckQuestion:
    """A question about what the entry says: `right` is the one right option, `wrong` are two or three that somebody
    might well take. `approved` is whether somebody here approved these words beside the entry's words of today."""

    id: str
    entry: str
    question: str
    right: str
    wrong: tuple[str, ...]
    approved: bool = False
