"""`askfirst doctor` warns of a file with a key that others on the computer can read."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.command.key_files import key_file_lines
from bot.settings import read_settings
from tests.conftest import KEY
from tests.teams.entra_net import NOBODY, through
from tests.teams.world import APP_ID, TENANT
from tests.terminal.driving import Desk


def warned(folder: Path, given: dict[str, str]) -> list[str]:
    """What `doctor` says of files with keys."""
    done = Desk(folder, {**given, **through(NOBODY)}).run_here("doctor", "--demo")
    return [line for line in done.shown.splitlines() if "chmod" in line]


def test_a_certificate_that_others_can_read_is_a_warning_with_the_command(tmp_path: Path) -> None:
    file = tmp_path / "of teams.pem"
    file.write_bytes(b"")
    file.chmod(0o640)
    given = {"TEAMS_APP_ID": APP_ID, "TEAMS_TENANT_ID": TENANT, "TEAMS_APP_CERTIFICATE": str(file)}
    (line,) = warned(tmp_path, given)
    assert line == f"WARN   Teams certificate: others on this computer can read {file}. Run: chmod 600 '{file}'"
    file.chmod(0o600)
    assert list(key_file_lines(read_settings({**given, "ASKFIRST_DATA": str(tmp_path), "ASKFIRST_KEYS": KEY}))) == []


@pytest.mark.parametrize(
    ("mode", "is_open"), [(0o640, True), (0o604, True), (0o620, True), (0o600, False), (0o400, False)]
)
def test_its_owner_alone_may_have_rights(tmp_path: Path, mode: int, is_open: bool) -> None:
    file = tmp_path / "web.key"
    file.write_bytes(b"")
    file.chmod(mode)
    found = list(key_file_lines(read_settings({"ASKFIRST_DATA": str(tmp_path), "ASKFIRST_KEYS": KEY})))
    assert bool(found) is is_open


def test_the_keys_that_askfirst_makes_are_looked_at_too(tmp_path: Path) -> None:
    assert warned(tmp_path, {"ASKFIRST_KEYS": ""}) == [], "as they are made they are their owner's alone"
    (tmp_path / "web.key").write_bytes(b"k" * 32)
    for name in ("web.key", "demo.key"):
        (tmp_path / name).chmod(0o644)
    found = warned(tmp_path, {"ASKFIRST_KEYS": ""})
    assert [line.split(": ")[0] for line in found] == ["WARN   key of the database", "WARN   key of the page"]
