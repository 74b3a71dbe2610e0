"""A restore that dies at any of its steps leaves the database that was there, or the new one: never half of either."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.knowledge import School
from bot.store import Store
from tests.backup.places import backup, fill, opened, rows_of
from tests.conftest import KEY, ROOT
from tests.databases import Cluster
from tests.store.made import log

# Steps that are tried one by one from the last one on, where names change; of those before every so many.
_LAST, _EVERY = 12, 9


@pytest.fixture
def file(either: Store, school: School, database: str, tmp_path: Path) -> Path:
    """A backup with one concern, of a database that has got a second one since."""
    fill(either, school)
    backup(database, tmp_path / "backup")
    log(either, school, "since")
    either.close()
    return tmp_path / "backup"


class Restores:
    """Restores of a backup, each of which is killed at some step."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def killed_at(self, step: int, url: str) -> bool:
        """Whether a restore was killed at this step; else it had come to its end before."""
        return self._ended(step, url) == [str(-signal.SIGKILL)]

    def steps(self, url: str) -> int:
        """How many steps there are; this one comes to its end."""
        return int(self._ended(0, url)[0])

    def _ended(self, step: int, url: str) -> list[str]:
        assert self._process.stdin and self._process.stdout
        print(step, url, file=self._process.stdin, flush=True)
        said = self._process.stdout.readline().split()
        assert said == [str(-signal.SIGKILL)] or said[1:] == ["0"], said
        return said


@contextmanager
def restores(file: Path) -> Iterator[Restores]:
    command = [sys.executable, "-m", "tests.backup.crashing", str(file), KEY]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        yield Restores(process)
        process.communicate(timeout=120)
    assert process.returncode == 0


def tried(steps: int) -> list[int]:
    return sorted({*range(max(1, steps - _LAST), steps + 1), *range(1, steps, max(1, steps // _EVERY))})


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_on_sqlite(file: Path, database: str, tmp_path: Path, school: School) -> None:
    live, before = Path(database.removeprefix("sqlite:///")), tmp_path / "before.db"
    shutil.copy(live, before)
    old = rows_of(f"sqlite:///{before}")
    outcomes = set()
    with restores(file) as each:
        steps = each.steps(database)
        assert steps > _LAST
        for step in tried(steps):
            for left in live.parent.glob(f"{live.name}*"):
                left.unlink()
            shutil.copy(before, live)
            assert each.killed_at(step, database)
            outcomes.add(_is_old_or_new(database, old, tmp_path, school))
    assert outcomes == {"old", "new"}


@pytest.mark.slow
@pytest.mark.wide
def test_on_postgresql(postgres: Cluster, tmp_path: Path, school: School) -> None:
    url, file = postgres.new_database(), tmp_path / "backup"
    store = opened(url, tmp_path)
    fill(store, school)
    backup(url, file)
    log(store, school, "since")
    store.close()
    old = rows_of(url)
    outcomes = {"new"}
    with restores(file) as each:
        for step in tried(each.steps(postgres.new_database())):
            each.killed_at(step, url)
            outcomes.add(found := _is_old_or_new(url, old, tmp_path, school))
            if found == "new":
                break
    assert outcomes == {"old", "new"}


def _is_old_or_new(url: str, old: object, folder: Path, school: School) -> str:
    """Which of the two it is; its log must be whole in either case."""
    rows = rows_of(url)
    store = opened(url, folder)
    assert store.audit(school.id).verify() == ()
    store.close()
    if rows == old:
        return "old"
    assert (len(rows["concerns"]), len(rows["restores"])) == (1, 1)
    return "new"
