"""The policies, served on files of their own."""

from __future__ import annotations

from tests.web.answers.conftest import core, files, world

__all__ = ["core", "files", "world"]  # fixtures
