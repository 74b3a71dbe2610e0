"""The tables that answer are made before the first answer, in a process of their own.

Making them takes more than a gigabyte, and Python would keep a quarter of one for good: a process takes all of it along
when it ends. It uses the second processor meanwhile, and what it wrote is only mapped into memory.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path

from bot.knowledge import BaseFiles, Knowledge
from bot.service.live.learning import Learner
from bot.understanding.encoder import Encoder
from bot.understanding.fitting import learned_by, learned_key
from bot.understanding.kept.fitted_files import has_tables, is_kept

log = logging.getLogger("askfirst.base")
_STARTED_WITH = "started-with"  # names the base whose tables were there at the last start


class FirstTables:
    """Of one start. Without a learner nothing is made here, and whoever asks for the tables makes them; nor where no
    process begins, or it ends with a fault."""

    def __init__(self, learner: Learner | None, cache: Path) -> None:
        self._learner, self._cache = learner, cache
        self._begun = ""  # the fingerprint of the files whose tables are made

    @contextlib.contextmanager
    def begun(self, files: BaseFiles) -> Iterator[None]:
        """In here the tables are made already, where there are none of any base. Whatever ends the start early ends
        that too."""
        if not has_tables(self._cache):
            self._begin(files)
        try:
            yield
        except BaseException:
            if self._learner:
                self._learner.stop()
            raise

    def wait(self, files: BaseFiles, knowledge: Knowledge, encoder: Encoder | None) -> None:
        """Until the tables of this base are there, or cannot be made apart. To know whether they are takes a fifth of
        a second; of what was there at the last start, none."""
        if self._learner is None:
            return
        named = f"{learned_by(knowledge, encoder)} {files.fingerprint}"
        if self._begun != files.fingerprint:
            if has_tables(self._cache) and self._started_with() == named:
                return
            if not is_kept(self._cache, learned_key(knowledge, encoder)):
                self._begin(files)
        self._learner.wait()
        if not self._learner.has_failed(files.fingerprint):
            with contextlib.suppress(OSError):
                (self._cache / _STARTED_WITH).write_text(named, encoding="utf-8")

    def _begin(self, files: BaseFiles) -> None:
        if self._learner is None:
            return
        try:
            self._learner.begin_first(files, files.fingerprint)
        except OSError as fault:
            log.warning("the tables are made without a process of their own, for none began: %s", fault.strerror)
        else:
            self._begun = files.fingerprint

    def _started_with(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            return (self._cache / _STARTED_WITH).read_text(encoding="utf-8")
        return ""
