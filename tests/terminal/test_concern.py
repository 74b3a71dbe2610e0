"""Logging a concern in the terminal: asked question by question, stored whole or not at all."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot.knowledge import School
from bot.service.live.last_good import LAST_GOOD
from bot.settings import read_settings
from tests.databases import Cluster
from tests.make_base import ROOT, small_base
from tests.terminal.conftest import Given
from tests.terminal.driving import CTRL_C, CTRL_D, Desk, Done, filled_in, receipt_in, with_learned_state

ABOUT = {
    "a pupil": {"about": "pupil", "pupils": "Zed Test, 7B"},
    "an adult": {"about": "2", "adult": "deputy-1"},  # by its number, as it stands on the screen
    "the head": {"about": "head"},
}
MAIL = {"ASKFIRST_SMTP": "smtp://mail.fernbank.example", "ASKFIRST_MAIL_FROM": "askfirst@fernbank.example"}
WHAT = {"danger": "no", "told": "yes", "seen": "A bruise on the arm.", "you": "online"}


def logs(desk: Desk, school: School, whom: str = "a pupil", **changes: str) -> Done:
    return desk.run("concern", typed=filled_in(school, {**WHAT, **ABOUT[whom], **changes}))


@pytest.mark.parametrize(
    ("whom", "told", "silent"),
    [
        ("a pupil", "Ms Amara Bello", "Mr Owen Pryce"),
        ("an adult", "Mrs Ruth Calder", "Mr Owen Pryce"),
        ("the head", "Mr Tomasz Zielinski", "Mrs Ruth Calder"),
    ],
)
def test_a_concern_is_logged_and_the_right_person_told(
    desk: Desk, school: School, whom: str, told: str, silent: str
) -> None:
    done = logs(replace(desk, more=MAIL), school, whom)
    assert (done.status, done.complained) == (0, "")
    _, _, after = done.shown.partition(f"Your receipt: {receipt_in(done.shown)}")
    now = " ".join(after.partition("Who is told now")[2].split("\n\n")[0].split())
    assert told in now and silent not in now
    assert desk.log()[0][1:] == ("logged", "Mr Ben Ferreira")


def test_without_a_way_to_people_the_terminal_says_that_nobody_has_been_told(desk: Desk, school: School) -> None:
    done = logs(desk, school)
    said = " ".join(done.shown.partition("! Tell somebody yourself, now")[2].split())
    assert "Ring one of these people now:" in said and "Ms Amara Bello" in said and "020 7946 0101" in said
    assert "Who is told now" not in done.shown


def test_a_wrong_setting_of_the_server_keeps_nobody_from_logging_and_nobody_is_said_to_be_told(
    desk: Desk, school: School
) -> None:
    done = logs(replace(desk, more={**MAIL, "SLACK_BOT_TOKEN": "wrong", "ASKFIRST_PROXIES": "many"}), school)
    assert (done.status, done.complained) == (0, "")
    assert "! Tell somebody yourself, now" in done.shown and "Who is told now" not in done.shown
    assert desk.log()[0][1:] == ("logged", "Mr Ben Ferreira")


def test_what_is_wrong_is_asked_again_and_what_was_typed_is_kept(desk: Desk, school: School) -> None:
    wrong = filled_in(school, {**WHAT, **ABOUT["a pupil"], "danger": "perhaps", "date": "last Friday"})
    done = desk.run("concern", typed=wrong + "no\n2026-11-20\n")
    assert done.status == 0
    for asked_again in ("! Is anyone in danger now?", "! On which day did it happen?: This is not a day"):
        assert asked_again in done.shown
    assert done.shown.count("What did you see or hear?") == 1
    shown = desk.run("inbox", "dsl", desk.log()[0][0]).shown
    assert "A bruise on the arm." in shown and "20 November 2026" in shown


def test_where_the_input_ends_half_way_nothing_is_logged_and_somebody_can_be_rung(desk: Desk, school: School) -> None:
    half = filled_in(school, {**WHAT, **ABOUT["a pupil"]}).splitlines(keepends=True)[:5]
    done = desk.run("concern", typed="".join(half))
    assert done.status == 1
    assert "This was NOT logged: you stopped." in done.complained and "020 7946" in done.complained
    assert "Traceback" not in done.complained
    assert desk.log() == []


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
def test_a_person_at_a_terminal_may_stop_half_way(desk: Desk, key: bytes) -> None:
    with desk.at_a_terminal("concern") as screen:
        screen.answer("Is anyone in danger now?", "no")
        screen.answer("Have you told someone in person?", "no")
        screen.wait_for("Whom is it about?")
        screen.wait_for("The headteacher")
        screen.press(key)
        assert screen.status() == 1
        assert "This was NOT logged: you stopped." in screen.shown and "020 7946" in screen.shown
        assert "Traceback" not in screen.shown
    assert desk.log() == []


def test_in_danger_the_telephone_comes_before_the_form(desk: Desk) -> None:
    with desk.at_a_terminal("concern") as screen:
        screen.answer("Is anyone in danger now?", "1")
        screen.answer("Have you told someone in person?", "2")
        screen.wait_for("Whom is it about?")
        before = screen.shown.partition("Whom is it about?")[0]
    assert "999" in before and "020 7946 0101" in before


def test_bytes_of_another_encoding_cost_one_letter_and_not_the_concern(desk: Desk, school: School) -> None:
    typed = filled_in(school, {**WHAT, **ABOUT["a pupil"], "where": "The café"}).encode("latin-1")
    done = desk.run("concern", typed=typed)
    assert (done.status, done.complained) == (0, "")


@pytest.mark.parametrize("url", ["postgresql://askfirst:sesame@127.0.0.1:9/askfirst", "sqlite:////proc/none/a.db"])
def test_where_the_store_cannot_be_opened_somebody_can_be_rung_at_once(desk: Desk, url: str) -> None:
    desk.more["ASKFIRST_DATABASE_URL"] = url
    done = desk.run("concern")
    assert done.status == 1
    assert "This was NOT logged" in done.complained and "020 7946" in done.complained and "999" in done.complained
    assert "Traceback" not in done.complained and "sesame" not in done.complained
    assert done.shown == "", "nobody fills in a form that cannot be stored"


def test_a_slip_in_a_file_keeps_nobody_from_the_form(desk: Desk, tmp_path: Path) -> None:
    broken = tmp_path / "knowledge"
    shutil.copytree(small_base(), broken)
    shutil.copytree(small_base(), desk.folder / LAST_GOOD)  # as a server leaves it
    (broken / "school.yaml").write_text("id: fernbank\npeople: [", encoding="utf-8")
    desk.more["ASKFIRST_KNOWLEDGE"] = str(broken)
    done = desk.run("concern")
    assert "the last good copy is used instead" in done.complained
    assert "Is anyone in danger" in done.shown


def test_a_bare_command_in_a_checkout_means_the_same_folder_as_make() -> None:
    assert read_settings({}).data == ROOT / "data"


def test_a_receipt_tells_what_has_become_of_it_and_takes_more(desk: Desk, school: School) -> None:
    receipt = receipt_in(logs(desk, school).shown)
    shown = desk.run("receipt", receipt).shown
    assert "You logged it." in shown and "acknowledged" not in shown
    [number] = [line.split()[-1] for line in shown.splitlines() if line.startswith("Concern")]
    assert desk.run("inbox", "dsl", number, "acknowledge").status == 0
    added = desk.run("receipt", receipt, "--add", typed="He was limping today.\n")
    assert added.status == 0
    assert "Ms Amara Bello acknowledged it." in added.shown and "You added more." in added.shown
    assert "He was limping today." in desk.run("inbox", "dsl", number).shown


def test_an_unknown_receipt_is_said_before_anything_is_typed(desk: Desk) -> None:
    done = desk.run("receipt", "AAAAA-AAAAA", "--add", typed="He was limping today.\n")
    assert done.status == 1
    assert "there is no such receipt" in done.complained
    assert "What is to be added" not in done.shown


def test_adding_nothing_or_stopping_changes_nothing(desk: Desk, concern: Given) -> None:
    receipt = concern.receipt
    stopped = desk.run("receipt", receipt, "--add")
    assert (stopped.status, "nothing was saved" in stopped.complained) == (1, True)
    empty = desk.run("receipt", receipt, "--add", typed="\n")
    assert (empty.status, "Traceback" in empty.complained) == (1, False)
    assert [kind for _, kind, _ in desk.log()] == ["logged"]


@pytest.mark.wide
def test_the_same_on_postgresql(desk: Desk, school: School, postgres: Cluster) -> None:
    desk.more["ASKFIRST_DATABASE_URL"] = postgres.new_database().replace("+psycopg", "")
    receipt = receipt_in(logs(desk, school).shown)
    assert "You logged it." in desk.run("receipt", receipt).shown
    assert "about: pupil" in desk.run("inbox", "dsl").shown
    assert desk.run("audit", "verify").status == 0


def test_in_the_chat_a_concern_that_was_stopped_does_not_end_the_conversation(
    desk: Desk, school: School, lexical: object
) -> None:
    with_learned_state(desk.folder)
    done = desk.run("chat", typed="/concern\nno\nyes\n")
    assert (done.status, done.complained) == (0, "")
    assert "This was NOT logged: you stopped." in done.shown
