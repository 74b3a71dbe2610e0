"""The last good copy of the files, in the data folder: what holds while a file has a fault."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from bot.knowledge import Knowledge, KnowledgeError, load
from bot.knowledge.approvals.serving import without_withdrawn
from bot.knowledge.loading import listed
from bot.settings import Settings

log = logging.getLogger("askfirst.base")
LAST_GOOD = "last-good-base"  # beside the database
T = TypeVar("T")


def files_or_last_good(settings: Settings) -> Knowledge:
    """The base as its files stand, or the last good copy of a server where they have a fault: a slip in a file must
    keep nobody from logging a concern or from reading one. Raises KnowledgeError where there is no copy."""
    try:
        return load(settings.knowledge)
    except KnowledgeError as error:
        copy = settings.data / LAST_GOOD
        if not copy.is_dir():
            raise
        log.error("the knowledge base has faults; the last good copy is used instead. %s", error)
        return still_listed(settings.knowledge, or_raise(error, lambda: load(copy)))


def or_raise(error: KnowledgeError, from_copy: Callable[[], T]) -> T:
    """What the copy gives. One from before an upgrade may not be read any more: then it is the files that are to be
    mended, never the copy."""
    try:
        return from_copy()
    except KnowledgeError:
        raise error from None


def still_listed(folder: Path, knowledge: Knowledge) -> Knowledge:
    """The last good base without what somebody has taken back since: that waits for no other file to be mended."""
    try:
        left = without_withdrawn(knowledge, listed(folder))
    except KnowledgeError:
        return knowledge
    if left is knowledge:
        return knowledge
    # No fingerprint of any files: when they are back as they were, they are read again.
    return replace(left, fingerprint=f"{knowledge.fingerprint} without what was taken back")


def with_calendar(knowledge: Knowledge, before: Knowledge | None) -> Knowledge:
    """The base with the dates of the calendar file that was there before, where the new file cannot be read."""
    tips = knowledge.school.tips
    if before is None or not tips.trouble:
        return knowledge
    return replace(knowledge, school=replace(knowledge.school, tips=replace(tips, dates=before.school.tips.dates)))
