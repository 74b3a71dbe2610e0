"""The worlds that the tests of the ladder take: one database of either kind, and a school of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.knowledge import School
from bot.store import Store, open_store
from tests.conftest import KEY
from tests.databases import Cluster
from tests.ladder.world import SCHOOLS, World, at


@pytest.fixture(scope="package", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Store]]:
    """One database of either kind for all these worlds: opening one takes longer than most of the tests."""
    folder = tmp_path_factory.mktemp("ladder")
    url = f"sqlite:///{folder / 'ladder.db'}"
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres")
        url = cluster.new_database()
    opened = open_store(url, (KEY,), folder / "no.key")
    yield url, opened
    opened.close()


@pytest.fixture
def world(shared: tuple[str, Store], school: School) -> Iterator[World]:
    """Monday morning at ten, at a school of its own that wants no daily summary. Whatever becomes of its concerns, the
    proof finds no fault."""
    made = World(shared[1], replace(school, id=f"school-{next(SCHOOLS)}", summaries=False), at("2026-11-23 10:00"))
    yield made
    if not made.tampered:
        assert made.store.audit(made.school.id).verify(made.now) == ()


@pytest.fixture
def database(shared: tuple[str, Store]) -> str:
    """The URL of the world's database."""
    return shared[0]
