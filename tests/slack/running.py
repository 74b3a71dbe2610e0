"""The local Slack for tests, wherever they stand: a plugin of pytest."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.slack.server import Slack


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """A fresh Slack. Whatever the app sent that Slack would not have taken fails the test."""
    local = Slack()
    await local.start()
    yield local
    await local.stop()
    assert not local.violations, "\n".join(str(violation) for violation in local.violations)
