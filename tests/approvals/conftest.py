"""A knowledge folder of the test's own, with everything approved."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.approvals.giving import Folder, copied


@pytest.fixture
def begun(tmp_path: Path) -> Folder:
    """In which nobody has approved anything yet, and no approvals are kept."""
    return copied(tmp_path)


@pytest.fixture
def folder(begun: Folder) -> Folder:
    """In which everything is approved."""
    begun.approve()
    return begun
