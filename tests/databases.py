"""Real databases for the tests: SQLite in a file, and PostgreSQL from the system's own binaries, started for the run by
a user without rights."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

_ROOM = 4_000_000_000  # bytes that several clusters of a whole run fit into
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",  # the tests kill AskFirst, not the database; the benchmarks keep it on
    "max_connections": "100",
}


def missing(what: str) -> None:
    """Skip loudly on somebody's own machine; in CI a missing part is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


def binaries() -> Path | None:
    """Where initdb and pg_ctl of the newest PostgreSQL lie."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    known = shutil.which("initdb")
    return Path(known).resolve().parent if known else None


class Cluster:
    """A running PostgreSQL; `stop` and `start` are for tests of a database that goes away."""

    def __init__(self, folder: Path, port: int, user: str | None) -> None:
        self.folder, self.port, self._user = folder, port, user
        self._made = 0

    @property
    def url(self) -> str:
        """The database that is always there."""
        return f"postgresql+psycopg://tester@127.0.0.1:{self.port}/postgres"

    def new_database(self, like: str = "template1") -> str:
        """The URL of a fresh, empty database, or of one like the one of this name, to which nobody is connected."""
        self._made += 1
        name = f"test_{self._made}"
        plain = self.url.replace("+psycopg", "")
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"'.encode())
        return self.url.replace("/postgres", f"/{name}")

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._run("pg_ctl", "-D", str(self.folder), "-w", "-l", str(self.folder / "log"), "start")

    def stop(self) -> None:
        """Stop it at once, as a power cut would."""
        self._run("pg_ctl", "-D", str(self.folder), "-m", "immediate", "stop")

    def _run(self, command: str, *arguments: str) -> None:
        places = binaries()
        assert places
        subprocess.run(
            [str(places / command), *arguments], check=True, stdout=subprocess.DEVNULL, user=self._user, cwd="/"
        )


@contextmanager
def running_postgres(**settings: str) -> Iterator[Cluster]:
    """A PostgreSQL of one's own on a free loopback port, removed at the end."""
    places = binaries()
    if places is None:
        missing("NO POSTGRESQL: install it (apt-get install postgresql); the tests of the store ran on SQLite alone")
    assert places
    user = _without_rights() if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="askfirst-postgres-", dir=_in_memory()))
    if user:
        shutil.chown(folder, user)
    port = free_port()
    cluster = Cluster(folder, port, user)
    cluster._run("initdb", "-D", str(folder), "-U", "tester", "--auth=trust", "--encoding=UTF8", "--no-sync")
    lines = [f"{name} = '{value}'" for name, value in {**_SETTINGS, **settings, "port": str(port)}.items()]
    with (folder / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _in_memory() -> Path | None:
    """Where files are kept in memory, if there is room: a database for each test is some seven megabytes to write and
    to remove. None for the usual place."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM else None


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: object, seconds: float = 10.0) -> None:
    """Wait for something that another process or thread does; fails after `seconds`."""
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def _without_rights() -> str:
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    return pytest.fail("there is no user without rights to run PostgreSQL")
