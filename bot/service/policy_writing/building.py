"""The documents of the policy are built, and each new edition is written down beside the base."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.knowledge import Knowledge, load
from bot.knowledge.school_policy.editions import Edition
from bot.knowledge.school_policy.model import EDITIONS
from bot.service.policy_writing.composing import compose
from bot.service.policy_writing.files import PolicyError, write_yaml
from bot.service.policy_writing.issued import as_issued
from bot.service.policy_writing.model import PolicyDocument

_HEAD = """\
# What each document of the policy said when it was last built, written by `askfirst policy build`: by this it says what
# has changed. Without this file the next build is a first edition.
"""


def documents(knowledge: Knowledge, on: dt.date, only: Sequence[str] = ()) -> tuple[PolicyDocument, ...]:
    """The documents as they are on this day, all or some. Raises PolicyError where there is none of these, or where
    what was last built cannot be read: their editions would begin anew."""
    if knowledge.policy.damaged:
        raise PolicyError(
            f"{EDITIONS} is damaged: put it back from a backup, or delete it to begin with first editions"
        )
    found = {each.id: each for each in compose(knowledge, on)}
    if not found:
        raise PolicyError("This base has no policy/questions.yaml: take the folder policy/ from what AskFirst brings")
    if strange := [each for each in only if each not in found]:
        raise PolicyError(f"There is no document '{strange[0]}'. They are: {', '.join(found)}")
    return tuple(each for name, each in found.items() if not only or name in only)


def is_kept(knowledge: Knowledge, document: PolicyDocument) -> bool:
    """Whether a document says what its last edition says."""
    return knowledge.policy.editions.get(document.id) == document.edition


def keep_editions(
    folder: Path, knowledge: Knowledge, built: Sequence[PolicyDocument], told: Callable[[], object] = lambda: None,
    by: str = "",
) -> None:  # fmt: skip
    """Write down the editions that are in force; a draft is none. Nothing is written where none is new. `told` is
    called before it is written; `by` is who puts them into force. Raises PolicyError."""
    new = {each.id: each for each in built if not each.is_draft and not is_kept(knowledge, each)}

    def kept() -> Mapping[str, Any]:  # with those that others have kept at this moment
        there = load(folder).policy.editions
        if any(there.get(name) != knowledge.policy.editions.get(name) for name in new):
            raise PolicyError("Somebody else has put an edition into force at this moment. Look at it once more")
        told()
        every = {**there, **{name: as_issued(each, by) for name, each in new.items()}}
        return {"editions": {name: _item(each) for name, each in every.items()}}

    if new:
        write_yaml(folder / EDITIONS, _HEAD, kept)


def _item(edition: Edition) -> Mapping[str, Any]:
    clauses = {
        name: {
            "number": each.number,
            "edition": str(each.edition),
            "on": each.on.isoformat(),
            "text": each.text,
        }
        for name, each in edition.clauses.items()
    }
    changes = [vars(each) for each in edition.changes]
    said = {"by": edition.by, "changes": changes, "clauses": clauses, "printed": edition.printed}
    return {
        "edition": str(edition.number),
        "on": edition.on.isoformat(),
        **{key: value for key, value in said.items() if value or key == "clauses"},
    }
