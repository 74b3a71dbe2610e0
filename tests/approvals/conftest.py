"""A knowledge folder of the test's own, with everything approved."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answering.dialogue import Base
from bot.service.live.base import LiveBase
from bot.settings import read_settings
from tests.approvals.giving import Folder, copied
from tests.make_base import small_cache


@pytest.fixture
def begun(tmp_path: Path) -> Folder:
    """In which nobody has approved anything yet, and there is no file of approvals."""
    return copied(tmp_path)


@pytest.fixture(scope="session")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of approvals in which everything is approved: copying it is quicker than giving each of them again."""
    made = copied(tmp_path_factory.mktemp("approved"))
    made.approve()
    return made.approvals


@pytest.fixture
def folder(begun: Folder, approved: Path) -> Folder:
    """In which everything is approved."""
    shutil.copy(approved, begun.approvals)
    return begun


@pytest.fixture
def live(folder: Folder, tmp_path: Path, base: Base) -> Callable[[], LiveBase]:
    """A server's base on the folder, as often as it is started."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "cache").symlink_to(small_cache())
    given = {"ASKFIRST_DATA": str(data), "ASKFIRST_KNOWLEDGE": str(folder.path), "ASKFIRST_MODEL": "none"}
    return lambda: LiveBase(read_settings(given))
