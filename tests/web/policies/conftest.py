"""The policies, served on files of their own."""

from __future__ import annotations

import pytest

from adapters.documents.reading.formats import read_content
from adapters.documents.reading.kinds import kind_of
from adapters.web.policies import putting_in
from tests.web.answers.conftest import core, files, world

__all__ = ["core", "files", "world"]  # fixtures


@pytest.fixture(autouse=True)
def read_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are read in this process, which is quicker; where a test is slow, in one of their own as ever."""
    if not request.node.get_closest_marker("slow"):
        monkeypatch.setattr(
            putting_in, "read_bytes", lambda name, content, pages: read_content(kind_of(name, content), content, pages)
        )
