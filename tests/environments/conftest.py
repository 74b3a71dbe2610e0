"""Fixtures: the environments, each made once and in a place of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.environments.making import Environment, from_lock, from_wheel, newest_python, workshop
from tests.environments.using import Workplace, workplace
from tests.test_sender import mailbox

__all__ = ["mailbox"]

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Making an environment takes a minute: everything in this folder has the marker."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.environments)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def shop() -> Iterator[Path]:
    with workshop() as folder:
        yield folder


@pytest.fixture(scope="session", params=["run", "wheel", "newest"])
def environment(request: pytest.FixtureRequest, shop: Path) -> Environment:
    """What `make run` installs, what the wheel installs with every extra, and the first again on the newest Python."""
    if request.param == "run":
        return from_lock(shop, "run", sys.executable)
    if request.param == "wheel":
        return from_wheel(shop, "wheel", sys.executable, "[all]")
    newest = newest_python()
    if newest is None:
        pytest.skip("there is no other Python here that AskFirst supports")
    return from_lock(shop, "newest", newest)


@pytest.fixture(scope="session")
def plain(shop: Path) -> Environment:
    """What `pip install .` installs, without any extra."""
    return from_wheel(shop, "plain", sys.executable)


@pytest.fixture
def here(environment: Environment, tmp_path: Path) -> Workplace:
    """Somewhere to work, with nothing stored yet."""
    return workplace(environment, tmp_path)


@pytest.fixture
def bare(plain: Environment, tmp_path: Path) -> Workplace:
    """Somewhere to work where no extra is installed, with nothing stored yet."""
    return workplace(plain, tmp_path)
