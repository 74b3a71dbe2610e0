"""What a server serves while files of the base may not be read, or are away for a while."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.service.approving.signing import withdraw
from bot.service.live import base as live_base
from bot.service.live.base import LiveBase
from bot.settings import read_settings
from tests.approvals.giving import Folder, copied
from tests.terminal.test_broken_files import without_rights

Start = Callable[[], LiveBase]


@pytest.fixture
def school(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[Folder]:
    """A knowledge folder where every user of this computer may look, with everything approved."""
    monkeypatch.setattr(live_base, "understand", lambda *_: None)  # nothing is asked here
    with tempfile.TemporaryDirectory(prefix="askfirst-rights-") as place, caplog.at_level(logging.CRITICAL):
        Path(place).chmod(0o755)
        made = copied(Path(place))
        made.path.chmod(0o755)
        made.approve()
        (Path(place) / "data").mkdir()
        yield made


@pytest.fixture
def start(school: Folder) -> Start:
    """A server's base on the folder, as often as it is started."""
    data = school.path.parent / "data"
    given = {"ASKFIRST_DATA": str(data), "ASKFIRST_KNOWLEDGE": str(school.path), "ASKFIRST_MODEL": "none"}
    return lambda: LiveBase(read_settings(given))


def withheld(base: LiveBase) -> set[str]:
    return {entry.id for entry in base.current().knowledge.entries.values() if entry.withheld}


def test_what_is_taken_back_is_withheld_while_another_file_may_not_be_read(school: Folder, start: Start) -> None:
    base = start()
    (school.path / "tips.yaml").chmod(0)
    with without_rights():
        assert not base.refresh()
    assert withheld(base) == set()
    withdraw(school.path, ["trip-phone"])
    with without_rights():
        assert not base.refresh()
    assert withheld(base) == {"trip-phone"}


def test_a_server_starts_from_the_last_good_copy_where_a_file_may_not_be_read(school: Folder, start: Start) -> None:
    start()
    (school.path / "tips.yaml").chmod(0)
    with without_rights():
        base = start()
        assert not base.refresh()
    assert withheld(base) == set()


def test_a_folder_that_is_away_for_a_while_takes_nothing_back(school: Folder, start: Start) -> None:
    base = start()
    away = school.path.with_name("away")
    school.path.rename(away)
    assert not base.refresh()
    assert withheld(base) == set()
    school.path.mkdir()  # as where nothing is mounted
    assert not base.refresh()
    assert withheld(base) == set() == withheld(start())
    school.path.rmdir()
    away.rename(school.path)
    assert not base.refresh()
    assert withheld(base) == set()


@pytest.mark.parametrize("before", ["while it runs", "while it is down"])
def test_what_was_taken_back_stays_so_after_a_restart_with_a_list_that_cannot_be_read(
    school: Folder, start: Start, before: str
) -> None:
    base = start()
    (school.path / "tips.yaml").write_text("a: [\n", encoding="utf-8")
    withdraw(school.path, ["trip-phone"])
    base = start() if before == "while it is down" else base
    assert not base.refresh() and withheld(base) == {"trip-phone"}
    school.approvals.write_text("a: [\n", encoding="utf-8")
    again = start()
    assert not again.refresh() and withheld(again) == {"trip-phone"}
