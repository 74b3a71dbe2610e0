"""A desk with an empty database, and one with a concern in it."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.knowledge import School
from bot.service.casework import Casework
from tests.terminal.driving import Desk

FORM = {
    "danger": ("no",), "told": ("yes",), "about": ("pupil",), "pupils": ("Zed Test, 7B",), "seen": ("A bruise.",),
    "you_name": ("Tess Teacher",), "you_role": ("teacher",),
}  # fmt: skip


@dataclass(frozen=True)
class Given:
    """A concern about a pupil that somebody has logged just now."""

    number: str
    receipt: str


@pytest.fixture
def desk(migrated: Path, tmp_path: Path) -> Desk:
    """A desk whose database is empty."""
    shutil.copy(migrated, tmp_path / "askfirst.db")
    return Desk(tmp_path)


@pytest.fixture
def concern(desk: Desk, school: School) -> Given:
    """A concern in the desk's database."""
    with desk.store() as store:
        logged = Casework(lambda: school, store).log("key", FORM, dt.datetime.now(dt.UTC))
    return Given(logged.number, logged.receipt)
