"""Drafts of answers, and what staff remarked about answers: rows of one school."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from bot.knowledge.authoring import EntryText

DraftState = Literal["draft", "sent", "returned", "publishing", "published", "dropped"]
RemarkKind = Literal["wrong", "out-of-date", "unclear", "not-here"]
OPEN: tuple[DraftState, ...] = ("draft", "sent", "returned", "publishing")


@dataclass(frozen=True)
class Draft:
    """A draft of an entry: the entry's id and file (`new` where there is none yet), what it says (`text`) and what the
    file said when it was begun (`base`, None for a new one).

    `author` and `decided_by` are ids of school.yaml. `version` grows with every save: who saves says which one they
    had open. `remark` is what whoever sent it back, or withdrew it, wrote. `state`: draft -> sent -> publishing ->
    published; sent -> returned, which is edited and sent again; dropped at any time before publishing."""

    id: str
    entry: str
    file: str
    new: bool
    base: EntryText | None
    text: EntryText
    state: DraftState
    version: int
    author: str
    remark: str = ""
    decided_by: str = ""
    begun_at: dt.datetime | None = None
    saved_at: dt.datetime | None = None
    sent_at: dt.datetime | None = None
    decided_at: dt.datetime | None = None
