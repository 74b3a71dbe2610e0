"""The base that is live: loaded at the start, replaced when its files change, kept when they have a fault.

A copy of the last good files lies in the data folder, so that not even a restart after a bad edit takes the bot down.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from bot.answering.dialogue import Base
from bot.errors import AskFirstError
from bot.knowledge import BaseFiles, Knowledge, KnowledgeError, School, fingerprint, load, read_files
from bot.knowledge.approvals.serving import without_withdrawn
from bot.knowledge.approvals.standing import nothing_approved
from bot.knowledge.loading import listed
from bot.service.approving.signing import withdraw
from bot.settings import Settings
from bot.understanding.encoder import WHEEL_SHA256, Encoder, ModelError, find_model, load_encoder
from bot.understanding.fitting import understand

log = logging.getLogger("askfirst.base")
LAST_GOOD = "last-good-base"  # beside the database
T = TypeVar("T")


class LiveBase:
    """Shared by all threads of a process; `current()` never blocks on a reload."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._encoder = find_encoder(settings)
        self._refused: str | None = None
        self._reloading = threading.Lock()
        self._base = self._start()

    def current(self) -> Base:
        """The last good base."""
        return self._base

    def refresh(self) -> bool:
        """Load the files anew if they have changed; True if a new base went live. A base with faults is refused: the
        last good one stays, without what was taken back, and the log says why (once for each state of the files)."""
        with self._reloading:
            files = read_files(self._settings.knowledge)
            seen = files.fingerprint
            if seen in (self._base.knowledge.fingerprint, self._refused):
                return False
            try:
                self._base = self._make(files, self._base.knowledge)
            except KnowledgeError as error:
                self._refused = seen
                log.error("the changed knowledge base was refused, the last good one stays live. %s", error)
                self._base = self._still_approved(self._base)
                return False
            self._keep_copy(files)
            _say_if_nothing_is_approved(self._base.knowledge)
            log.info("the knowledge base was replaced: %d entries", len(self._base.knowledge.entries))
            return True

    def _start(self) -> Base:
        files = read_files(self._settings.knowledge)
        try:
            base = self._make(files)
        except KnowledgeError as error:
            if not self._copy.is_dir():
                raise
            log.error("the knowledge base has faults; the last good copy is used instead. %s", error)
            self._refused = files.fingerprint
            return self._still_approved(_or_raise(error, lambda: self._make(self._copy)))
        _say_if_nothing_is_approved(base.knowledge)
        self._base = base
        self._keep_copy(files)
        return base

    def _make(self, files: Path | BaseFiles, before: Knowledge | None = None) -> Base:
        knowledge = _with_calendar(load(files), before)
        return Base(knowledge, understand(knowledge, self._encoder, self._settings.cache))

    def _still_approved(self, base: Base) -> Base:
        """The base without what was taken back. The copy forgets it too: by the next start the list of approvals may
        have a fault of its own."""
        left = _without_withdrawn(self._settings.knowledge, base.knowledge)
        if gone := _approved(base.knowledge) - _approved(left):
            with contextlib.suppress(AskFirstError):
                withdraw(self._copy, sorted(gone & listed(self._copy)))
        return replace(base, knowledge=left)

    @property
    def _copy(self) -> Path:
        return self._settings.data / LAST_GOOD

    def _keep_copy(self, files: BaseFiles) -> None:
        """As it was read: what lies in the folder by now may have a fault."""
        if self._copy.is_dir() and fingerprint(self._copy) == self._base.knowledge.fingerprint:
            return
        try:
            aside = Path(tempfile.mkdtemp(dir=self._settings.data, prefix=".base-"))
            files.copy_to(aside / "base")
            shutil.rmtree(self._copy, ignore_errors=True)
            (aside / "base").rename(self._copy)
            shutil.rmtree(aside, ignore_errors=True)
        except OSError as fault:
            log.warning("no copy of the good knowledge base could be kept: %s", fault.strerror)


def _or_raise(error: KnowledgeError, from_copy: Callable[[], T]) -> T:
    """What the copy gives. One from before an upgrade may not be read any more: then it is the files that are to be
    mended, never the copy."""
    try:
        return from_copy()
    except KnowledgeError:
        raise error from None


def _without_withdrawn(folder: Path, knowledge: Knowledge) -> Knowledge:
    """The last good base without what somebody has taken back since: that waits for no other file to be mended."""
    try:
        left = without_withdrawn(knowledge, listed(folder))
    except KnowledgeError:
        return knowledge
    if left is knowledge:
        return knowledge
    # No fingerprint of any files: when they are back as they were, they are read again.
    return replace(left, fingerprint=f"{knowledge.fingerprint} without what was taken back")


def _approved(knowledge: Knowledge) -> set[str]:
    return set(knowledge.approvals.given) if knowledge.approvals else set()


def _say_if_nothing_is_approved(knowledge: Knowledge) -> None:
    if said := nothing_approved(knowledge):
        log.warning("%s", said)


def _with_calendar(knowledge: Knowledge, before: Knowledge | None) -> Knowledge:
    """The base with the dates of the calendar file that was there before, where the new file cannot be read."""
    tips = knowledge.school.tips
    if before is None or not tips.trouble:
        return knowledge
    return replace(knowledge, school=replace(knowledge.school, tips=replace(tips, dates=before.school.tips.dates)))


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
        return _without_withdrawn(settings.knowledge, _or_raise(error, lambda: load(copy)))


class LiveSchool:
    """The school with its tips, for processes that answer no questions: the last good state of its files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        files = read_files(folder)
        self._knowledge = load(files)
        self._seen = files.fingerprint

    def current(self) -> School:
        """The last good school."""
        return self._knowledge.school

    def knowledge(self) -> Knowledge:
        """The last good files as a whole."""
        return self._knowledge

    def refresh(self) -> bool:
        """Load the files anew if they have changed; True if that gave a new school."""
        files = read_files(self._folder)
        if files.fingerprint == self._seen:
            return False
        self._seen = files.fingerprint
        try:
            self._knowledge = _with_calendar(load(files), self._knowledge)
        except KnowledgeError as error:
            log.error("the changed knowledge base was refused, the last good one stays live. %s", error)
            self._knowledge = _without_withdrawn(self._folder, self._knowledge)
            return False
        return True


def find_encoder(settings: Settings) -> Encoder | None:
    """The sentence model that the settings ask for, or None: everything then works on words and letters alone.

    A configured model that cannot be read raises ModelError; a broken installed one is logged and left out.
    """
    if not settings.semantic:
        return None
    folder = find_model(settings.model)
    if folder is None:
        return None
    try:
        return load_encoder(folder, sha256=None if settings.model else WHEEL_SHA256)
    except ModelError as fault:
        if settings.model:
            raise
        log.warning("the sentence model is left out: %s", fault)
        return None
