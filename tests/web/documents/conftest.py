"""The documents, served for one test on files of its own: those of the workbench."""

from __future__ import annotations

from tests.web.answers.conftest import core, files, world

__all__ = ["core", "files", "world"]
