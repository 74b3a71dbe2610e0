"""A restore that dies at any of its steps leaves the database that was there, or the new one: never half of either."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
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


def killed_at(step: int, url: str, file: Path) -> bool:
    """Whether a restore was killed at this step; else it had come to its end before."""
    command = [sys.executable, "-m", "tests.backup.crashing", str(step), url, str(file), KEY]
    status = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, text=True)
    assert status.returncode in (0, -signal.SIGKILL), status.stderr
    return status.returncode != 0


def steps_of(url: str, file: Path) -> int:
    """How many steps there are, by halving; each look puts the backup back or dies on the way."""
    low, high = 1, 2
    while killed_at(high, url, file):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if killed_at(middle, url, file) else (low, middle)
    return low


def tried(steps: int) -> list[int]:
    return sorted({*range(max(1, steps - _LAST), steps + 1), *range(1, steps, max(1, steps // _EVERY))})


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_on_sqlite(file: Path, database: str, tmp_path: Path, school: School) -> None:
    live, before = Path(database.removeprefix("sqlite:///")), tmp_path / "before.db"
    shutil.copy(live, before)
    old = rows_of(f"sqlite:///{before}")
    steps = steps_of(database, file)
    assert steps > _LAST
    outcomes = set()
    for step in tried(steps):
        for left in live.parent.glob(f"{live.name}*"):
            left.unlink()
        shutil.copy(before, live)
        assert killed_at(step, database, file)
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
    steps = steps_of(postgres.new_database(), file)
    outcomes = {"new"}
    for step in tried(steps):
        killed_at(step, url, file)
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
