"""The page, served for one test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from adapters.web.security import Limits
from bot.service.core import Core
from tests.web.page import Client, page_of


@pytest.fixture
async def client(core: Core) -> AsyncIterator[Client]:
    async with TestClient(TestServer(page_of(core, limits=Limits(burst=100)))) as opened:
        yield opened
