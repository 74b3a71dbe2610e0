"""The review, served for one test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.answering.dialogue import Base
from bot.store import Store
from tests.conftest import SCHOOL
from tests.inboxing import World, opened


@pytest.fixture
async def world(base: Base, store: Store) -> AsyncIterator[World]:
    async with opened(base, store) as served:
        yield served
        assert not store.audit(SCHOOL).verify(served.now)
