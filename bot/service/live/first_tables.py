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
_STARTED_WITH = "started-with"  # names the base of the last start, and its tables


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
        with contextlib.ExitStack() as ended_early:
            if self._learner:
                ended_early.callback(self._learner.stop)
            if not has_tables(self._cache):
                self._begin(files)
            yield
            ended_early.pop_all()

    def wait(self, files: BaseFiles, knowledge: Knowledge, encoder: Encoder | None) -> None:
        """Until the tables of this base are there, or cannot be made apart. To know what they are called takes a fifth
        of a second; of the base of the last start it is written down."""
        if self._learner is None:
            return
        begun = self._begun == files.fingerprint
        named = f"{learned_by(knowledge, encoder)} {files.fingerprint}"
        last, _, key = self._started_with().rpartition(" ")
        if not begun and last == named and is_kept(self._cache, key):
            return
        key = learned_key(knowledge, encoder)
        if not begun and not is_kept(self._cache, key):
            self._begin(files)
        self._learner.wait()
        if is_kept(self._cache, key):
            with contextlib.suppress(OSError):
                (self._cache / _STARTED_WITH).write_text(f"{named} {key}", encoding="utf-8")

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
