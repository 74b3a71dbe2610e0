"""What the terminal says of times is by the school's clocks, also while those are an hour ahead of UTC."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.command.doctor import examine
from adapters.command.restore import said
from bot.settings import read_settings
from bot.store.backup.manifest import Manifest
from bot.store.backup.putting import PutBack
from tests.conftest import KEY
from tests.make_base import small_base

SATURDAY = dt.datetime(2027, 6, 12, 9, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (SATURDAY, "the school opens next on Monday 14 June 2027 at 08:00"),
        (SATURDAY - dt.timedelta(days=196), "the school opens next on Monday 30 November 2026 at 08:00"),
        (SATURDAY - dt.timedelta(days=1), "the school is open now"),
    ],
)
def test_doctor_says_when_the_school_opens(tmp_path: Path, now: dt.datetime, expected: str) -> None:
    settings = read_settings(
        {"ASKFIRST_DATA": str(tmp_path), "ASKFIRST_KNOWLEDGE": str(small_base()), "ASKFIRST_KEYS": KEY,
         "ASKFIRST_MODEL": "none"}
    )  # fmt: skip
    _, lines = examine(settings, lambda _: {}, now, True)
    assert next(line for line in lines if "calendar: " in line) == f"ok     calendar: {expected}"
    assert not [line for line in lines if "UTC" in line]


def test_of_when_a_backup_was_is_said_when_it_is_put_back() -> None:
    manifest = Manifest(1, "0.2.0", SATURDAY.isoformat(), ("fernbank",), "0012", {}, 0, "")
    assert "as it was at 2027-06-12 10:00:00 BST." in said(PutBack(manifest, ""), ZoneInfo("Europe/London"))[0]
    assert "as it was at 2027-06-12 09:00:00 UTC." in said(PutBack(manifest, ""), ZoneInfo("UTC"))[0]
