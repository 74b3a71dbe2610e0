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
from bot.errors import AskFirstError, without_content
from bot.knowledge import BaseFiles, Knowledge, KnowledgeError, fingerprint, load, read_files
from bot.knowledge.approvals.serving import without_withdrawn
from bot.knowledge.approvals.standing import nothing_approved
from bot.knowledge.loading import listed
from bot.service.approving.signing import withdraw
from bot.service.live.first_tables import FirstTables
from bot.service.live.last_good import LAST_GOOD, or_raise, still_listed, with_calendar
from bot.service.live.learning import Learner
from bot.settings import Settings
from bot.uncollected import uncollected
from bot.understanding.encoder import WHEEL_SHA256, Encoder, ModelError, find_model, load_encoder
from bot.understanding.fitting import Understanding, learned_key, understand
from bot.understanding.kept.fitted_files import is_kept

log = logging.getLogger("askfirst.base")


class LiveBase:
    """Shared by all threads of a process; `current()` never blocks on a reload. With a `learner`, new ways of asking
    are learned apart while the new words are served already; without one, whoever calls `refresh` learns them. It makes
    the tables of the start too."""

    def __init__(self, settings: Settings, learner: Learner | None = None) -> None:
        self._settings, self._learner = settings, learner
        self._unlearned = ""  # names what is being learned for the words that are served already; empty for nothing
        self._gone: frozenset[str] = frozenset()  # taken out of use since the files were last begun to be read
        self._refused: str | None = None
        self._reloading, self._swapping = threading.Lock(), threading.Lock()
        self._first = FirstTables(learner, settings.cache)
        files = read_files(settings.knowledge)
        with uncollected(), self._first.begun(files):
            self._encoder = find_encoder(settings)
            self._base = self._start(files)

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
            settled = self._gone
            files = read_files(self._settings.knowledge)
            seen = files.fingerprint
            if seen in (self._base.knowledge.fingerprint, self._refused):
                return self._learned_meanwhile()
            try:
                base = self._make(files, self._base)
            except KnowledgeError as error:
                self._refused = seen
                log.error("the changed knowledge base was refused, the last good one stays live. %s", error)
                self._base = self._still_approved(self._base)
                return False
            with self._swapping:
                self._gone -= settled  # these files were read after it
                self._base = self._without(base, self._gone)
            self._keep_copy(files)
            _say_if_nothing_is_approved(self._base.knowledge)
            log.info("the knowledge base was replaced: %d entries", len(self._base.knowledge.entries))
            return True

    def catch_up(self, within: float) -> bool:
        """Look at the files now, and wait for that so many seconds at most; whether it has come to its end. What takes
        longer goes on, and whoever asks is answered as before meanwhile."""
        looking = threading.Thread(target=self._look, name="files", daemon=True)
        looking.start()
        looking.join(within)
        return not looking.is_alive()

    def _look(self) -> None:
        try:
            self.refresh()
        except (AskFirstError, OSError) as fault:
            log.error("the changed knowledge base could not be read: %s", without_content(fault))

    def withhold(self, entry: str) -> None:
        """Serve this entry no more, from now on: its approval was taken back in the files, which may take a moment to
        be read."""
        with self._swapping:
            self._gone |= {entry}
            self._base = self._without(self._base, self._gone)

    def learn_ahead(self, files: BaseFiles) -> None:
        """Learn what these files say before it is approved, where nothing else waits to be learned: then it is live at
        once."""
        if self._learner is None:
            return
        with contextlib.suppress(OSError, KnowledgeError):
            key = learned_key(load(files, approved=False), self._encoder)
            if not is_kept(self._settings.cache, key):
                self._learner.begin_ahead(files, key)

    def _without(self, base: Base, gone: frozenset[str]) -> Base:
        """The base without what was taken out of use. No fingerprint of any files: they are read all the same."""
        left = without_withdrawn(base.knowledge, _approved(base.knowledge) - gone)
        if left is base.knowledge:
            return base
        return replace(
            base, knowledge=replace(left, fingerprint=f"{base.knowledge.fingerprint} without {sorted(gone)}")
        )

    def _learned_meanwhile(self) -> bool:
        """Serve what was being learned, where that has come to its end; True if it did."""
        key = self._unlearned
        if not key or self._learner is None or (self._learner.is_busy() and not is_kept(self._settings.cache, key)):
            return False
        understanding = self._understood(self._base.knowledge)
        with self._swapping:
            self._base = replace(self._base, understanding=understanding)
        log.info("new ways of asking were learned")
        return True

    def _start(self, files: BaseFiles) -> Base:
        try:
            base = self._make(files)
        except KnowledgeError as error:
            if not self._copy.is_dir():
                raise
            log.error("the knowledge base has faults; the last good copy is used instead. %s", error)
            self._refused = files.fingerprint
            return self._still_approved(or_raise(error, lambda: self._make(read_files(self._copy))))
        _say_if_nothing_is_approved(base.knowledge)
        self._base = base
        self._keep_copy(files)
        return base

    def _make(self, files: BaseFiles, before: Base | None = None) -> Base:
        knowledge = with_calendar(load(files), before.knowledge if before else None)
        if before is None:
            self._first.wait(files, knowledge, self._encoder)
        # Wording, dates and approvals are not learned from: to find that out from the files takes seconds.
        elif _taught_by(knowledge) == _taught_by(self._taught):
            self._unlearned = ""
            return Base(knowledge, before.understanding)
        elif self._learn_apart(files, knowledge):
            return Base(knowledge, before.understanding)
        return Base(knowledge, self._understood(knowledge))

    def _understood(self, knowledge: Knowledge) -> Understanding:
        self._taught, self._unlearned = knowledge, ""
        return understand(knowledge, self._encoder, self._settings.cache, self._settings.learned)

    def _learn_apart(self, files: BaseFiles, knowledge: Knowledge) -> bool:
        """Begin to learn it apart, where what is understood now may serve it meanwhile: every entry that is known is
        still there, and whatever else is learned from is as it was. False where it is to be learned here and now, or
        was learned before."""
        learner = self._learner
        if learner is None or not _may_serve(self._taught, knowledge):
            return False
        key = learned_key(knowledge, self._encoder)
        if learner.has_failed(key) or is_kept(self._settings.cache, key):
            return False
        try:
            learner.begin(files, key)
        except OSError as fault:
            log.warning("a base is learned beside the answers, for no process of its own began: %s", fault.strerror)
            return False
        self._unlearned = key
        return True

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
    return entries, *_beside_entries(knowledge)


def _beside_entries(knowledge: Knowledge) -> tuple[object, ...]:
    return knowledge.outside, knowledge.smalltalk, knowledge.triage, knowledge.lexicon


def _may_serve(taught: Knowledge, knowledge: Knowledge) -> bool:
    """Whether what was learned from one base may find the answers of another until that is learned."""
    return taught.entries.keys() <= knowledge.entries.keys() and _beside_entries(taught) == _beside_entries(knowledge)


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
