"""The school that is live, for processes that answer no questions: nothing is learned for it."""

from __future__ import annotations

import logging
from pathlib import Path

from bot.knowledge import Knowledge, KnowledgeError, School, load, read_files
from bot.service.live.last_good import still_listed, with_calendar

log = logging.getLogger("askfirst.base")


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
            self._knowledge = with_calendar(load(files), self._knowledge)
        except KnowledgeError as error:
            log.error("the changed knowledge base was refused, the last good one stays live. %s", error)
            self._knowledge = still_listed(self._folder, self._knowledge)
            return False
        return True
