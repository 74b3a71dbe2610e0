"""Ways in which what a server hangs on goes away while it runs, each for as long as a `with` lasts."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.server import Process, ProcessError
from tests.databases import Cluster

_TMPFS = "16m"
_LITTLE = 4096  # bytes: no page of a database fits


class NoDiskError(ProcessError):
    """No disk can be mounted here."""


@contextmanager
def stopped(cluster: Cluster) -> Iterator[None]:
    """PostgreSQL is gone, as after a power cut, and comes back."""
    cluster.stop()
    try:
        yield
    finally:
        cluster.start()


@contextmanager
def frozen(cluster: Cluster) -> Iterator[None]:
    """PostgreSQL takes connections and answers nothing: every process of it stands still."""
    first = int((cluster.folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    processes = [first, *_children(first)]
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Not one byte more fits on the disk that `folder` is the top of; the ballast is cleared away at the end."""
    ballast = folder / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file:
            for block in (65_536, 512, 1):
                try:
                    while True:
                        file.write(b"\0" * block)
                except OSError:
                    continue
        yield
    finally:
        ballast.unlink()


@contextmanager
def refused(server: Process) -> Iterator[None]:
    """The system refuses every write of the server beyond the first few bytes of a file (RLIMIT_FSIZE)."""
    before = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (_LITTLE, before[1]))
    try:
        yield
    finally:
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of its own of a few megabytes; only root may mount one. Raises NoDiskError."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_TMPFS}", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        raise NoDiskError("no disk can be mounted here: only root may")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def silent_mail_server() -> Iterator[int]:
    """The port of a mail server that takes every connection and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        yield int(listener.getsockname()[1])


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # ended meanwhile
            continue
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found
