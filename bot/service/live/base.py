"""The base that is live: loaded at the start, replaced when its files change, kept when they have a fault.

A copy of the last good files lies in the data folder, so that not even a restart after a bad edit takes the bot down.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

from bot.answering.dialogue import Base
from bot.errors import AskFirstError
from bot.knowledge import BaseFiles, Knowledge, KnowledgeError, fingerprint, load, read_files
from bot.knowledge.approvals.standing import nothing_approved
from bot.knowledge.loading import listed
from bot.service.approving.signing import withdraw
from bot.service.live.last_good import LAST_GOOD, or_raise, still_listed, with_calendar
from bot.settings import Settings
from bot.understanding.encoder import WHEEL_SHA256, Encoder, ModelError, find_model, load_encoder
from bot.understanding.fitting import understand

log = logging.getLogger("askfirst.base")


class LiveBase:
    """Shared by all threads of a process; `current()` never blocks on a reload."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._encoder = find_encoder(settings)
        self._refused: str | None = None
        self._reloading = threading.Lock()
        self._base = self._start()

    @property
    def encoder(self) -> Encoder | None:
        """The sentence model that is in use."""
        return self._encoder

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
                self._base = self._make(files, self._base)
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
            return self._still_approved(or_raise(error, lambda: self._make(self._copy)))
        _say_if_nothing_is_approved(base.knowledge)
        self._base = base
        self._keep_copy(files)
        return base

    def _make(self, files: Path | BaseFiles, before: Base | None = None) -> Base:
        knowledge = with_calendar(load(files), before.knowledge if before else None)
        # Wording, dates and approvals are not learned from: to find that out from the files takes seconds.
        if before and _taught_by(knowledge) == _taught_by(before.knowledge):
            return Base(knowledge, before.understanding)
        return Base(knowledge, understand(knowledge, self._encoder, self._settings.cache, self._settings.learned))

    def _still_approved(self, base: Base) -> Base:
        """The base without what was taken back. The copy forgets it too: by the next start the list of approvals may
        have a fault of its own."""
        left = still_listed(self._settings.knowledge, base.knowledge)
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


def _taught_by(knowledge: Knowledge) -> tuple[object, ...]:
    """Everything of a base that something is learned from, or that what was learned is used with."""
    entries = tuple(
        (each.id, each.file, each.title, each.phrasings, each.opposites, each.not_this, each.first_cites)
        for each in knowledge.as_written().entries.values()
    )
    return entries, knowledge.outside, knowledge.smalltalk, knowledge.triage, knowledge.lexicon


def _approved(knowledge: Knowledge) -> set[str]:
    return set(knowledge.approvals.given) if knowledge.approvals else set()


def _say_if_nothing_is_approved(knowledge: Knowledge) -> None:
    if said := nothing_approved(knowledge):
        log.warning("%s", said)


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
