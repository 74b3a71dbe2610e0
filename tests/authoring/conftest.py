"""A world of answers for each test."""

from __future__ import annotations

import pytest

from bot.answering.turns import Base
from bot.store import Store
from tests.approvals.conftest import approved, begun, folder
from tests.approvals.giving import Folder
from tests.authoring.world import World

__all__ = ["approved", "begun", "folder"]  # fixtures


@pytest.fixture
def world(folder: Folder, store: Store, base: Base) -> World:
    """On SQLite."""
    return World(folder, store, base.understanding)


@pytest.fixture
def on_either(folder: Folder, either: Store, base: Base) -> World:
    """On either database."""
    return World(folder, either, base.understanding)
