"""The workbench, served for one test on files of its own, which are approved."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from adapters.web.app import make_app
from adapters.web.security import Limits
from bot.answering.dialogue import Base
from bot.knowledge import load
from bot.service.authoring.shelf import Workshop
from bot.service.core import Core
from bot.store import Store
from tests.conftest import SCHOOL
from tests.inboxing import KEY, World
from tests.make_base import small_base


@dataclass
class Files:
    """A folder of the small base, and what a server makes of it: wordings and approvals are read anew, and what was
    learned stays."""

    folder: Path
    base: Base

    def refresh(self) -> None:
        """Look at the files now."""
        self.base = replace(self.base, knowledge=load(self.folder))

    @property
    def workshop(self) -> Workshop:
        return Workshop(self.folder, self.refresh)


@pytest.fixture
def files(base: Base, tmp_path: Path) -> Files:
    folder = tmp_path / "knowledge"
    shutil.copytree(small_base(), folder)
    return Files(folder, replace(base, knowledge=load(folder)))


@pytest.fixture
def core(files: Files, store: Store) -> Core:
    return Core(lambda: files.base, store, workshop=files.workshop)


@pytest.fixture
async def world(files: Files, core: Core, store: Store) -> AsyncIterator[World]:
    world = World(files.base, store)
    world.core = core
    world.serve(make_app(core, lambda: world.now, key=KEY, limits=Limits(a_minute=6000, burst=1000)))
    async with world.server:
        yield world
        for client in world.clients:
            await client.close()
        assert not store.audit(SCHOOL).verify(world.now)
