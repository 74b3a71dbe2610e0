"""The units for systemd as they are shipped, looked at by systemd itself."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browsing import missing
from tests.conftest import ROOT

UNITS = sorted(path.name for path in (ROOT / "docs").glob("askfirst*.*") if path.suffix in (".service", ".timer"))


def looked_at(folder: Path, unit: str) -> subprocess.CompletedProcess[str]:
    """What systemd says of a unit that lies there beside the others."""
    program = shutil.which("systemd-analyze")
    if program is None:
        missing("NO SYSTEMD: its units were not looked at")
    assert program
    return subprocess.run([program, "verify", f"./{unit}"], cwd=folder, capture_output=True, text=True, timeout=120)


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, with a command that is on this computer."""
    for name in UNITS:
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("/opt/askfirst/bin/askfirst", sys.executable), encoding="utf-8")
    return tmp_path


def test_all_of_them_are_shipped() -> None:
    assert UNITS == ["askfirst-backup.service", "askfirst-backup.timer", "askfirst.service"]


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_has_nothing_to_say_against_it(units: Path, unit: str) -> None:
    done = looked_at(units, unit)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_slip_is_found_out(units: Path) -> None:
    path = units / "askfirst.service"
    path.write_text(path.read_text(encoding="utf-8").replace("Restart=always", "Restart=allways"), encoding="utf-8")
    assert "allways" in looked_at(units, "askfirst.service").stderr


@pytest.mark.parametrize("name", [*UNITS, "nginx.conf", "Caddyfile"])
def test_what_they_name_is_what_the_page_says(name: str) -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert f"]({name})" in page
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    places = set(re.findall(r"(?:/opt|/etc/askfirst|/var/backups|/var/lib|/var/www)[\w./-]*\w", text))
    assert {
        place for place in places if not any(place.startswith(known) for known in re.findall(r"/[\w./-]+\w", page))
    } == set()
