"""`askfirst backup`, `restore` and `restored`, as a technician types them, beside a real server."""

from __future__ import annotations

import datetime as dt
import json
import stat
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.knowledge import School
from bot.store import new_key
from tests.conftest import KEY
from tests.databases import Cluster, free_port, wait_until
from tests.store.made import change
from tests.terminal.conftest import Given, concern, desk
from tests.terminal.driving import LONG, Desk, with_learned_state
from tests.test_sender import Served, mailbox

__all__ = ["concern", "desk", "mailbox"]  # fixtures
TOKEN = "the-token-of-monitoring-is-long-enough"


def status_of(desk: Desk) -> tuple[int, str]:
    """What monitoring is told: the status, and what is wrong."""
    request = urllib.request.Request(f"http://127.0.0.1:{desk.more['ASKFIRST_PORT']}/healthz")
    request.add_header("Authorization", f"Bearer {TOKEN}")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status, json.load(answer)["status"]
    except urllib.error.HTTPError as answer:
        return answer.code, json.load(answer)["status"]
    except OSError:
        return 0, ""


@contextmanager
def serving(desk: Desk) -> Iterator[None]:
    """A server on this desk's database, once it has looked at everything."""
    with desk.running("serve", "--demo") as log:
        wait_until(lambda: status_of(desk)[0] and "Address:" in log.read_text(encoding="utf-8"), LONG)
        yield


def long_ago(desk: Desk) -> None:
    """Half a minute passes after the server was stopped."""
    change(desk.settings.database, "UPDATE beats SET at = at - 60000")
    for table in ("notices", "posts"):  # what was being sent when it stopped
        change(desk.settings.database, f"UPDATE {table} SET lease_until = lease_until - 60000")


@pytest.fixture
def served(desk: Desk) -> Desk:
    with_learned_state(desk.folder)
    desk.more |= {"ASKFIRST_PORT": str(free_port()), "ASKFIRST_HEALTH_TOKEN": TOKEN}
    return desk


@pytest.mark.slow
def test_from_a_backup_under_a_running_server_to_alerts_that_go_on(
    served: Desk, concern: Given, mailbox: Served, school: School
) -> None:
    box, mail = mailbox
    served.more |= {"ASKFIRST_SMTP": f"smtp+plain://{mail.host}:{mail.port}", "ASKFIRST_MAIL_FROM": mail.sender}
    assert served.run("backup", "morning.backup").status == 0  # before anybody has been told
    with serving(served):
        done = served.run("backup", "night.backup")
        assert (done.status, done.complained) == (0, "")
        assert "1 concern," in done.shown and "The keys are not in it" in done.shown
        refused = served.run("restore", "night.backup", "--replace")
        assert (refused.status, "AskFirst is running on this database" in refused.complained) == (1, True)
        wait_until(lambda: box.to("a.bello@fernbank.example"), LONG)
    refused = served.run("restore", "night.backup", "--replace")
    assert "wait half a minute" in refused.complained, "it was running a moment ago"
    long_ago(served)
    refused = served.run("restore", "night.backup")
    assert (refused.status, "say --replace" in refused.complained) == (1, True)
    assert served.run("restore", "night.backup", "--replace").status == 0
    done = served.run("restore", "morning.backup", "--replace")
    assert (done.status, done.complained) == (0, "")
    assert "is kept: " in done.shown and "askfirst restored --run-now" in done.shown
    assert served.run("receipt", concern.receipt).status == 0
    assert "FAULT  backup: The log was restored" in served.run("doctor").shown
    box.letters.clear()
    with serving(served):
        wait_until(lambda: {to for to, _ in box.letters} >= set(_firsts(school)), LONG)
        assert {letter["Subject"] for _, letter in box.letters} == {"AskFirst was restored from a backup"}
        assert status_of(served) == (503, "restored from a backup, and somebody is to look (askfirst restored)")
        assert served.run("restored").status == 1
        done = served.run("restored", "--run-now")
        assert (done.status, done.shown) == (0, "Alerts go on now.\n")
        wait_until(lambda: any(concern.number in str(letter["Subject"]) for _, letter in box.letters), LONG)
        wait_until(lambda: status_of(served) == (200, "ok"), LONG)
    assert served.run("restored").status == 0
    assert "ok     backup: The log was restored" in served.run("doctor").shown


def _firsts(school: School) -> list[str]:
    return [school.people[person].email for person in ("dsl", "head", "chair")]


def test_they_can_be_held(desk: Desk, concern: Given) -> None:
    desk.run("backup", "one")
    long_ago(desk)
    assert desk.run("restore", "one", "--replace").status == 0
    held = desk.run("restored", "--hold")
    assert held.status == 0 and held.shown.startswith("Alerts are held until")
    assert desk.run("restored").status == 1, "monitoring stays red while somebody waits"
    with desk.store() as store:
        due = store.outbox(("fernbank",)).next_due()
    assert due and due > dt.datetime.now(dt.UTC) + dt.timedelta(hours=23)


def test_where_nothing_was_restored_there_is_nothing_to_decide(desk: Desk, concern: Given) -> None:
    assert desk.run("restored").shown == "this database was never restored from a backup\n"
    for choice in ("--run-now", "--hold"):
        done = desk.run("restored", choice)
        assert (done.status, "there is nothing to decide" in done.complained) == (1, True)
    assert desk.run("restored", "--run-now", "--hold").status == 2


def test_a_receipt_that_is_gone_leads_to_people(desk: Desk, concern: Given) -> None:
    assert "there is no such receipt" in desk.run("receipt", "ZZZZZ-ZZZZZ").complained
    desk.run("backup", "one")
    desk.run("restore", "one", "--replace")
    for more in ((), ("--add",)):
        done = desk.run("receipt", "ZZZZZ-ZZZZZ", *more, typed="More.\n\n")
        assert done.status == 1
        assert "it is lost here" in done.complained and "020 7946 0101" in done.complained


def test_the_keys_are_written_apart_for_their_owner_alone(desk: Desk, concern: Given) -> None:
    here = desk.run("backup", "one", "--keys", "keys")
    assert (here.status, "Keep the keys in another place" in here.complained) == (1, True)
    (desk.folder / "safe").mkdir()
    for _ in range(2):
        done = desk.run("backup", "one", "--keys", "safe/keys")
        assert (done.status, done.complained) == (0, "")
    keys = desk.folder / "safe" / "keys"
    assert keys.read_text(encoding="ascii") == f"ASKFIRST_KEYS={KEY}\n"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert KEY not in done.shown
    keys.write_text("something else", encoding="utf-8")
    assert "another file already" in desk.run("backup", "one", "--keys", "safe/keys").complained
    assert keys.read_text(encoding="utf-8") == "something else"


def test_with_foreign_keys_the_backup_is_made_and_called_a_fault(desk: Desk, concern: Given) -> None:
    desk.more["ASKFIRST_KEYS"] = new_key()
    done = desk.run("backup", "one")
    assert (done.status, "the keys at hand do not open it" in done.complained) == (1, True)
    desk.more["ASKFIRST_KEYS"] = KEY
    assert desk.run("restore", "one", "--replace").status == 0


def test_without_the_keys_nothing_is_put_back(desk: Desk, concern: Given) -> None:
    desk.run("backup", "one")
    for keys in (new_key(), ""):
        desk.more["ASKFIRST_KEYS"] = keys
        done = desk.run("restore", "one", "--replace")
        assert done.status == 1 and "key" in done.complained and "Traceback" not in done.complained
    desk.more["ASKFIRST_KEYS"] = KEY
    assert desk.run("receipt", concern.receipt).status == 0
    assert not list(desk.folder.glob("*before-restore*"))


def test_onto_a_new_computer(desk: Desk, concern: Given, tmp_path: Path) -> None:
    desk.run("backup", "one")
    there = Desk(tmp_path / "there", {"ASKFIRST_DATA": str(tmp_path / "there" / "data")})
    there.folder.mkdir()
    done = there.run("restore", str(desk.folder / "one"))
    assert (done.status, "is kept" in done.shown) == (0, False)
    assert there.run("receipt", concern.receipt).status == 0


@pytest.mark.slow
def test_on_postgresql(desk: Desk, postgres: Cluster) -> None:
    desk.more["ASKFIRST_DATABASE_URL"] = postgres.new_database().replace("+psycopg", "")
    assert "no database of AskFirst yet" in desk.run("backup", "one").complained
    assert desk.run("audit").status == 0
    assert desk.run("backup", "one").status == 0
    done = desk.run("restore", "one")
    assert (done.status, done.complained) == (0, "")


@pytest.mark.parametrize("name", ["nowhere/one", "."])
def test_a_name_that_cannot_be_written_is_said_plainly(desk: Desk, concern: Given, name: str) -> None:
    for done in (desk.run("backup", name), desk.run("restore", name)):
        assert done.status == 1
        assert done.complained.startswith("askfirst: ") and "Traceback" not in done.complained
