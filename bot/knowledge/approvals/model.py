"""The frozen shapes of approvals.yaml."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FILE = "approvals.yaml"


@dataclass(frozen=True)
class Approval:
    """Somebody (`by`, a name, in the `role` of school.yaml that they hold) approved these `words` of an entry `on` a
    day, to be read again by another. `digest` is that of the words; `confirmed` is what they found true of their
    school; `against` are short digests of the changed clauses that it was read against: an edition of the same day that
    changes them afterwards is another one. What is not among the words is bound by a seal:
    `bot.knowledge.approvals.words.seal_of`."""

    entry: str
    digest: str
    words: Mapping[str, Any] = field(hash=False)
    by: str
    role: str
    on: dt.date
    review_by: dt.date
    confirmed: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


@dataclass(frozen=True)
class Approvals:
    """Every approval by the entry it is for. `made_up` is said of those of the demo school, wherever one is shown.
    `unsealed` are entries whose approval has no seal, so that nobody can say who gave it: it does not count. `missing`
    is the whole file, and with it every approval."""

    given: Mapping[str, Approval] = field(default_factory=dict)
    made_up: bool = False
    unsealed: tuple[str, ...] = ()
    missing: bool = False
