"""A base is learned in a process of its own, with low priority, so that nobody who asks waits for it.

The process is given the files in a folder of their own. What it learned lies where a server looks for it (`understand`
takes it from there in a moment); nothing else comes back.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.knowledge import BaseFiles, Knowledge, load
from bot.uncollected import uncollected
from bot.understanding.encoder import load_encoder
from bot.understanding.fitting import Understanding, understand

log = logging.getLogger("askfirst.base")
# Large tables come and go: what one has left serves the next, where the system would clear other memory for it. It says
# so to the C library of Linux and to numpy; others take no notice. What is larger than any table here is given back.
_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(2**28), "MALLOC_TRIM_THRESHOLD_": str(2**30), "NUMPY_MADVISE_HUGEPAGE": "0"}
_POLITE = 5  # how nice it is to others: whoever asks comes first, and it still ends in time


class Learner:
    """Learns one base at a time. What comes of it is kept in the folder `cache`; `shipped` is where what takes minutes
    came with the base, `model` the folder of the sentence model."""

    def __init__(self, cache: Path, shipped: Path | None, model: Path | None) -> None:
        self._told = {"cache": str(cache), "learned": str(shipped or ""), "model": str(model or "")}
        self._process: subprocess.Popen[str] | None = None
        self._next: tuple[BaseFiles, str] | None = None
        self._of, self._folder = "", Path()
        self._failed: set[str] = set()
        self._one_at_a_time = threading.RLock()

    def begin(self, files: BaseFiles, key: str) -> None:
        """Learn this one: at once, or after what is being learned; of several that wait, the last. `key` names what is
        learned, which files with other words may have in common. Raises OSError where no process begins."""
        with self._one_at_a_time:
            self._begin(files, key)

    def begin_first(self, files: BaseFiles, key: str) -> None:
        """Learn this one as quickly as can be, for nobody is answered before. Raises OSError."""
        with self._one_at_a_time:
            self._begin(files, key, polite=0)

    def begin_ahead(self, files: BaseFiles, key: str) -> None:
        """Learn this one too where nothing else waits: what is live goes before what may be. Raises OSError."""
        with self._one_at_a_time:
            if not self._is_busy() or self._next is None:
                self._begin(files, key)

    def wait(self) -> None:
        """Until nothing is being learned."""
        while self.is_busy():
            if process := self._process:
                process.wait()

    def stop(self) -> None:
        """Learn nothing more: nobody will want it."""
        with self._one_at_a_time:
            self._next = None
            if self._process is not None:
                self._process.kill()
                self._process.wait()
                self._process = None
                shutil.rmtree(self._folder, ignore_errors=True)

    def is_busy(self) -> bool:
        """Whether something is being learned: asked for by whoever waits for it, for nobody is told of the end."""
        with self._one_at_a_time:
            return self._is_busy()

    def has_failed(self, key: str) -> bool:
        """Whether this could not be learned."""
        return key in self._failed

    def _begin(self, files: BaseFiles, key: str, polite: int = _POLITE) -> None:
        if self._is_busy():
            self._next = (files, key) if key != self._of else None
            return
        self._of, self._next = key, None
        self._folder = Path(tempfile.mkdtemp(prefix="askfirst-learning-"))
        try:
            files.copy_to(self._folder)
            told = {**self._told, "folder": str(self._folder), "polite": polite}
            self._process = begin_apart("bot.service.live.learning", told)
        except OSError:
            shutil.rmtree(self._folder, ignore_errors=True)  # on a full disk each try would leave a base behind
            raise

    def _is_busy(self) -> bool:
        if self._process is None or self._process.poll() is None:
            return self._process is not None
        if self._process.returncode:
            self._failed.add(self._of)
            log.warning("a base could not be learned in a process of its own, which ended with %d",
                        self._process.returncode)  # fmt: skip
        self._process = None
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._next is not None:
            self._begin_next(*self._next)
        return self._process is not None

    def _begin_next(self, files: BaseFiles, key: str) -> None:
        """The one that waited. Nobody who asks whether it is learned yet is told that no process could begin."""
        try:
            self._begin(files, key)
        except OSError as fault:
            self._failed.add(key)
            log.warning("no process of its own began to learn a base: %s", fault.strerror)


def begin_apart(module: str, told: Mapping[str, object], out: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    """A process of its own that runs this module and reads JSON. Raises OSError."""
    ours = {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=out,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**_MEMORY, **os.environ, **ours},
    )
    if process.stdin is not None:
        process.stdin.write(json.dumps(told))
        process.stdin.close()
        process.stdin = None  # nothing more is told: whoever waits for the process has it not to close
    return process


def learned_here(told: Mapping[str, Any], polite: int) -> tuple[Knowledge, Understanding]:
    """In such a process: the base that it was told of, and what was learned from it."""
    os.nice(polite)
    with uncollected():
        knowledge = load(Path(told["folder"]), approved=False)
        encoder = load_encoder(Path(told["model"]), sha256=None) if told["model"] else None
        cache, learned = (Path(told[name]) if told[name] else None for name in ("cache", "learned"))
        return knowledge, understand(knowledge, encoder, cache, learned)


def _learn() -> None:
    told = json.loads(sys.stdin.read())
    learned_here(told, told["polite"])
    os._exit(0)  # to take a gigabyte of memory apart, which ends with the process, would take half a second


if __name__ == "__main__":
    _learn()
