"""Approvals -> the text of approvals.yaml. Pure; reading it gives the same approvals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from bot.knowledge.approvals.model import Approval, Approvals
from bot.knowledge.approvals.words import plain, seal_of

_HEAD = """\
# Who approved which words, written by `askfirst approve`. What stands here is what staff are served: an entry whose
# file has other words now waits for approval, and one that is not listed here is not served. Change nothing by hand:
# words that do not fit their digest are refused, and so are names, roles, days and ticks that do not fit their seal.
# Without this file nothing is approved.
"""
_WIDTH = 116


def as_text(approvals: Approvals) -> str:
    """The whole file, by entry."""
    listed = [_item(approvals.given[name], approvals.made_up) for name in sorted(approvals.given)]
    made_up = "made_up: true\n" if approvals.made_up else ""
    return _HEAD + made_up + _dumped({"approvals": listed})


def as_it_stands(data: Mapping[str, Any]) -> str:
    """The whole file out of what was read from it, right or wrong: nothing is sealed anew."""
    return _HEAD + _dumped(plain(data))


def _item(approval: Approval, made_up: bool) -> dict[str, Any]:
    found = {
        "entry": approval.entry,
        "by": approval.by,
        "role": approval.role,
        "on": approval.on.isoformat(),
        "review_by": approval.review_by.isoformat(),
        "confirmed": list(approval.confirmed),
        "against": list(approval.against),
        "seal": seal_of(approval, made_up),
        "digest": approval.digest,
        "words": dict(approval.words),
    }
    return {name: value for name, value in found.items() if value}


def _dumped(data: object) -> str:
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)


# Several times as quick as the pure one; the pure one where PyYAML came without its C part. Without anchors: two
# entries that share a list are still read each by itself.
_Dumper: Any = type(
    "_Dumper", (getattr(yaml, "CSafeDumper", yaml.SafeDumper),), {"ignore_aliases": lambda _, data: True}
)
