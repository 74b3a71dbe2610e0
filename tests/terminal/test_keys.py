"""docs/keys.md, step by step: a key that is changed, lost, or in the wrong hands."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from bot.store import new_key
from tests.conftest import KEY, ROOT
from tests.databases import Cluster, wait_until
from tests.store.aged import OLD_KEY, RECEIPT, old_database
from tests.store.made import change
from tests.terminal.conftest import Given
from tests.terminal.driving import LONG, Desk

LOST_FILES = ("askfirst.db", "askfirst.db-wal", "askfirst.db-shm")


def _fresh(desk: Desk) -> str:
    made = desk.run("keys", "new")
    assert made.status == 0
    return made.shown.strip()


def _moved_aside(desk: Desk) -> Path:
    aside = desk.folder / "aside"
    aside.mkdir()
    for name in LOST_FILES:
        if (desk.folder / name).exists():
            shutil.move(desk.folder / name, aside / name)
    return aside / "askfirst.db"


def _aged(desk: Desk) -> None:
    """Give the desk a database of the edition before, with its key as the demo's."""
    (desk.folder / "askfirst.db").unlink()
    old_database(f"sqlite:///{desk.folder / 'askfirst.db'}", desk.folder)
    (desk.folder / "demo.key").write_text(OLD_KEY + "\n", encoding="ascii")


def test_a_lost_key_that_turns_up_opens_what_was_kept(desk: Desk, concern: Given) -> None:
    desk.more["ASKFIRST_KEYS"] = new_key()
    refused = desk.run("inbox", "dsl")
    assert (refused.status, "askfirst keys lost" in refused.complained) == (1, True)
    told = desk.run("keys", "lost")
    assert told.status == 1
    assert f"  {concern.number}  logged " in told.shown and "nobody has acknowledged it" in told.shown
    assert "Zed" not in told.shown and "bruise" not in told.shown
    aside = _moved_aside(desk)
    desk.more["ASKFIRST_KEYS"] = _fresh(desk)
    assert "Nothing has been logged yet." in desk.run("audit").shown
    assert desk.run("receipt", concern.receipt).status == 1
    desk.more |= {"ASKFIRST_KEYS": KEY, "ASKFIRST_DATABASE_URL": f"sqlite:///{aside}"}
    assert "A bruise." in desk.run("inbox", "dsl", concern.number).shown
    assert desk.run("audit", "verify").status == 0


def test_keys_that_fit_after_all_are_said_to(desk: Desk, concern: Given) -> None:
    told = desk.run("keys", "lost")
    assert (told.status, "nothing is lost" in told.shown) == (0, True)


@pytest.mark.parametrize(
    ("keys", "fit"),
    [(OLD_KEY, True), (f"{KEY},{OLD_KEY}", True), ("", True), (KEY, False)],
    ids=["the key", "a new one first", "of the demo", "another"],
)
def test_keys_fit_a_database_that_was_not_updated_yet_too(desk: Desk, keys: str, fit: bool) -> None:
    _aged(desk)
    desk.more["ASKFIRST_KEYS"] = keys
    told = desk.run("keys", "lost")
    assert (told.status, "nothing is lost" in told.shown) == (0 if fit else 1, fit)
    assert (RECEIPT.split("-")[0] in told.shown) is not fit, "where they do not fit, what can be said is said"


def test_the_demos_key_can_be_lost_too(desk: Desk, tmp_path: Path) -> None:
    for name in LOST_FILES:
        (desk.folder / name).unlink(missing_ok=True)
    desk.more["ASKFIRST_KEYS"] = ""
    assert desk.run("audit").status == 0
    assert "nothing is lost" in desk.run("keys", "lost").shown
    (desk.folder / "demo.key").unlink()
    told = desk.run("keys", "lost")
    assert (told.status, "No concern is in it." in told.shown) == (1, True)


def test_nothing_is_looked_for_where_there_is_no_database(desk: Desk) -> None:
    (desk.folder / "askfirst.db").unlink()
    told = desk.run("keys", "lost")
    assert (told.status, "there is no database at" in told.complained) == (1, True)
    assert not (desk.folder / "askfirst.db").exists()


def test_looking_changes_nothing(desk: Desk, concern: Given) -> None:
    before = (desk.folder / "askfirst.db").read_bytes()
    desk.more["ASKFIRST_KEYS"] = new_key()
    desk.run("keys", "lost")
    assert (desk.folder / "askfirst.db").read_bytes() == before


@pytest.mark.slow
def test_a_process_that_runs_still_has_the_key(desk: Desk, concern: Given) -> None:
    with desk.running("work") as log:
        wait_until(lambda: log.read_text(encoding="utf-8"), LONG)
        looked = ["pgrep", "-P", str(os.getpid()), "-f", "askfirst work"]
        found = subprocess.run(looked, capture_output=True, text=True, check=True)
        environments = (Path(f"/proc/{number}/environ") for number in found.stdout.split())
        kept = [each.read_text(errors="replace").split("\0") for each in environments if each.exists()]
    assert any(f"ASKFIRST_KEYS={KEY}" in each for each in kept)


def test_a_leaked_key_is_of_no_use_any_more(desk: Desk, concern: Given) -> None:
    copied = desk.folder / "copied.db"
    with sqlite3.connect(desk.folder / "askfirst.db") as source, sqlite3.connect(copied) as target:
        source.backup(target)
    for each in (source, target):
        each.close()
    proved = desk.run("audit", "verify")
    fresh = _fresh(desk)
    desk.more["ASKFIRST_KEYS"] = f"{fresh},{KEY}"
    renewed = desk.run("keys", "leaked")
    assert (renewed.status, "everybody is signed out" in renewed.shown) == (0, True)
    desk.more["ASKFIRST_KEYS"] = KEY
    assert "do not fit" in desk.run("audit").complained
    desk.more["ASKFIRST_KEYS"] = fresh
    again = desk.run("audit", "verify")
    kept = "Keep this line elsewhere"  # the lines have other hashes now, and the rest is as it was
    assert (again.status, again.shown.split(kept)[0]) == (0, proved.shown.split(kept)[0])
    assert concern.number in desk.run("receipt", concern.receipt).shown
    assert "A bruise." in desk.run("inbox", "dsl", concern.number).shown
    desk.more |= {"ASKFIRST_KEYS": KEY, "ASKFIRST_DATABASE_URL": f"sqlite:///{copied}"}
    assert "A bruise." in desk.run("inbox", "dsl", concern.number).shown, "copies from before stay readable, as it says"


def test_a_leaked_key_can_be_changed_though_a_value_cannot_be_opened(desk: Desk, concern: Given) -> None:
    change(f"sqlite:///{desk.folder / 'askfirst.db'}", "UPDATE events SET detail = x'00' WHERE number = 1")
    fresh = _fresh(desk)
    desk.more["ASKFIRST_KEYS"] = f"{fresh},{KEY}"
    refused = desk.run("keys", "leaked")
    place = f"  events.detail: school fernbank, number 1, concern {concern.number}"
    assert (refused.status, place in refused.complained.splitlines()) == (1, True)
    assert "Nothing was changed" in refused.complained and "Traceback" not in refused.complained
    done = desk.run("keys", "leaked", "--leave-unreadable")
    assert (done.status, place in done.shown.splitlines()) == (0, True)
    desk.more["ASKFIRST_KEYS"] = fresh
    line = desk.run("audit").shown.splitlines()[-1]
    assert "left-sealed      the terminal" in line and place.strip() in line
    assert desk.run("keys", "lost", "--leave-unreadable").status == 1, "it goes with a change of keys alone"


@pytest.mark.parametrize("keys", ["", KEY, f"{KEY},{KEY}"], ids=["none", "one", "the same twice"])
def test_a_leaked_key_is_not_taken_for_a_new_one(desk: Desk, concern: Given, keys: str) -> None:
    desk.more["ASKFIRST_KEYS"] = keys
    told = desk.run("keys", "leaked")
    assert (told.status, "must begin with a new key" in told.complained) == (1, True)


def test_a_key_that_is_in_use_already_is_not_taken_for_a_new_one(desk: Desk, concern: Given) -> None:
    before = (desk.folder / "askfirst.db").read_bytes()
    desk.more["ASKFIRST_KEYS"] = f"{KEY},{new_key()}"
    told = desk.run("keys", "leaked")
    assert (told.status, "in use already" in told.complained) == (1, True)
    assert "Nothing was changed" in told.complained
    assert (desk.folder / "askfirst.db").read_bytes() == before


@pytest.mark.slow
def test_a_process_that_was_not_stopped_says_so_and_stores_nothing(desk: Desk, concern: Given) -> None:
    fresh = _fresh(desk)
    desk.more["ASKFIRST_KEYS"] = f"{fresh},{KEY}"
    with desk.running("work") as log:
        wait_until(lambda: "Sending alerts" in log.read_text(encoding="utf-8"), LONG)
        assert desk.run("keys", "leaked").status == 0
        wait_until(lambda: "Restart it" in log.read_text(encoding="utf-8"), LONG)


@pytest.mark.slow
def test_all_of_it_works_on_postgresql_too(desk: Desk, postgres: Cluster) -> None:
    desk.more["ASKFIRST_DATABASE_URL"] = postgres.new_database()
    assert desk.run("audit").status == 0
    fresh = _fresh(desk)
    desk.more["ASKFIRST_KEYS"] = f"{fresh},{KEY}"
    assert desk.run("keys", "rotate").status == 0
    assert "in use already" in desk.run("keys", "leaked").complained
    newest = _fresh(desk)
    desk.more["ASKFIRST_KEYS"] = f"{newest},{fresh}"
    assert desk.run("keys", "leaked").status == 0
    desk.more["ASKFIRST_KEYS"] = KEY
    assert desk.run("keys", "lost").status == 1
    desk.more["ASKFIRST_KEYS"] = newest
    assert desk.run("audit", "verify").status == 0


@pytest.mark.parametrize("keys", [OLD_KEY, ""], ids=["of the settings", "of the demo"])
def test_a_database_of_the_edition_before_is_taken_over_and_its_key_can_be_changed(desk: Desk, keys: str) -> None:
    _aged(desk)
    change(f"sqlite:///{desk.folder / 'askfirst.db'}", "DELETE FROM filed")  # its log knows nothing of these
    desk.more["ASKFIRST_KEYS"] = keys
    assert desk.run("audit", "verify").status == 0
    assert RECEIPT.split("-")[0] in desk.run("receipt", RECEIPT).shown
    fresh = _fresh(desk)
    desk.more["ASKFIRST_KEYS"] = f"{fresh},{OLD_KEY}"
    assert desk.run("keys", "rotate").status == 0
    desk.more["ASKFIRST_KEYS"] = fresh
    assert "Seenmarker" in desk.run("inbox", "dsl", RECEIPT.split("-")[0]).shown


def test_the_page_about_keys_names_what_the_command_can_do() -> None:
    page = (ROOT / "docs" / "keys.md").read_text(encoding="utf-8")
    for action in ("new", "rotate", "lost", "leaked"):
        assert f"askfirst keys {action}" in page
