"""A fresh installation on either kind of database, with its mail server, for as long as a benchmark needs it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.receiver import Mailbox, receiving
from benchmarks.school import CLIMBING, write_base
from benchmarks.server import Installation, ProcessError
from bot.store import Store
from tests.databases import Cluster, binaries, running_postgres


@dataclass(frozen=True)
class Place:
    """Where something is measured; `cluster` is None on SQLite."""

    name: str
    installation: Installation
    mailbox: Mailbox
    cluster: Cluster | None


@contextmanager
def place(name: str, ladders: Mapping[str, Any] = CLIMBING, lose_every: int = 0, slow: float = 0.0) -> Iterator[Place]:
    """An installation on "SQLite" or "PostgreSQL"; for its mail server see `receiving`."""
    if name == "PostgreSQL" and binaries() is None:
        raise ProcessError("there is no PostgreSQL: install it (apt-get install postgresql)")
    with tempfile.TemporaryDirectory(prefix="askfirst-") as made:
        folder = Path(made)
        base = write_base(folder / "base", ladders)
        with receiving(folder, lose_every, slow) as mailbox:
            if name == "SQLite":
                yield Place(name, Installation(folder, base, mailbox.port), mailbox, None)
                return
            with running_postgres(fsync="on") as cluster:
                yield Place(name, Installation(folder, base, mailbox.port, cluster.url), mailbox, cluster)


@contextmanager
def opened(installation: Installation) -> Iterator[Store]:
    """Its database, opened by the benchmark itself."""
    store = installation.open_store()
    try:
        yield store
    finally:
        store.close()
