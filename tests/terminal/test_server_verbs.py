"""What whoever looks after the server types: the log, the keys, links, the sender, tips, gaps, questions."""

from __future__ import annotations

import datetime as dt
import os
import pwd
import re
import socket
import sqlite3

import pytest

from bot.answering.dialogue import Base, Conversation, NoteGap
from bot.knowledge import School
from bot.store import Finished, new_key
from tests.conftest import KEY, NOW
from tests.databases import wait_until
from tests.inboxing import opened
from tests.terminal.conftest import Given
from tests.terminal.driving import LONG, Desk, with_learned_state


def test_the_log_is_printed_without_content_and_proved_whole(desk: Desk, concern: Given) -> None:
    printed = desk.run("audit", "print")
    assert printed.status == 0
    assert concern.number in printed.shown and "Zed" not in printed.shown
    assert "reporter  (name typed on the page, not checked)" in printed.shown
    proved = desk.run("audit", "verify")
    assert (proved.status, "Nothing that the log proves was changed or removed." in proved.shown) == (0, True)


def test_a_line_that_was_kept_on_paper_is_held_against_the_log(desk: Desk, concern: Given) -> None:
    kept = desk.run("audit").shown.split()[0]
    proved = desk.run("audit", "verify", "--since", kept)
    assert (proved.status, f"It goes on from line {kept}." in proved.shown) == (0, True)
    assert f"Later: askfirst audit verify --since {kept}" in proved.shown
    anew = desk.run("audit", "verify", "--since", f"{kept[:-1]}{'0' if kept[-1] != '0' else '1'}")
    assert (anew.status, "line 1 is not the one that was kept" in anew.shown) == (1, True)
    cut_off = desk.run("audit", "--since", f"9{kept}")
    assert (cut_off.status, "it was cut off" in cut_off.shown) == (1, True)
    none = desk.run("audit", "verify", "--since", "yesterday")
    assert (none.status, "Write it as askfirst audit prints it" in none.complained) == (1, True)


def test_a_reader_who_was_added_by_hand_fails_the_proof(desk: Desk, concern: Given) -> None:
    with sqlite3.connect(desk.folder / "askfirst.db") as connection:
        connection.execute("UPDATE readers SET reader = 'x' WHERE rowid = (SELECT min(rowid) FROM readers)")
    connection.close()
    proved = desk.run("audit", "verify")
    assert proved.status == 1
    assert f"concern {concern.number}: readers: 1 that the log has not let in." in proved.shown


def test_a_row_that_somebody_changed_fails_the_proof(desk: Desk, concern: Given) -> None:
    with sqlite3.connect(desk.folder / "askfirst.db") as connection:
        connection.execute("UPDATE events SET at = at + 1 WHERE number = 1")
    connection.close()
    proved = desk.run("audit", "verify")
    assert proved.status == 1
    assert "line 1: was changed" in proved.shown
    assert "Keep the database as it is." in proved.shown


def test_keys_are_made_and_rotated_and_the_old_one_is_needed_no_more(desk: Desk, concern: Given) -> None:
    made = desk.run("keys", "new").shown.strip()
    desk.more["ASKFIRST_KEYS"] = f"{made},{KEY}"
    rotated = desk.run("keys", "rotate")
    assert (rotated.status, "sealed again with the first key" in rotated.shown) == (0, True)
    desk.more["ASKFIRST_KEYS"] = made
    assert "A bruise." in desk.run("inbox", "dsl", concern.number).shown
    desk.more["ASKFIRST_KEYS"] = new_key()
    foreign = desk.run("audit")
    assert (foreign.status, "the keys do not fit this database" in foreign.complained) == (1, True)


def test_without_a_key_there_is_nothing_to_rotate_to(desk: Desk) -> None:
    desk.more["ASKFIRST_KEYS"] = ""
    done = desk.run("keys", "rotate")
    assert (done.status, "Make a key (askfirst keys new)" in done.complained) == (1, True)


async def test_a_link_signs_somebody_in_once_and_stands_in_the_log(desk: Desk, lexical: Base) -> None:
    with desk.store() as store:
        async with opened(lexical, store) as world:
            world.now = dt.datetime.now(dt.UTC)
            desk.more["ASKFIRST_URL"] = str(world.server.make_url("")).rstrip("/")
            printed = desk.run("inbox-link", "dsl").shown.strip()
            assert printed.startswith(desk.more["ASKFIRST_URL"])
            visitor = await world.visitor()
            offered = await visitor.get(printed.removeprefix(desk.more["ASKFIRST_URL"]))
            token = re.search(r'name="token" value="([^"]+)"', offered.text)
            assert token
            assert (await visitor.post("/inbox/enter", token=token.group(1))).to == "/inbox"
            assert "Ms Amara Bello" in (await visitor.get("/inbox")).text
            again = await (await world.visitor()).post("/inbox/enter", token=token.group(1))
            assert again.to != "/inbox"
    assert [kind for _, kind, _ in desk.log()] == ["link-made", "signed-in"]
    account = pwd.getpwuid(os.getuid()).pw_name
    (made,) = [line for line in desk.run("audit").shown.splitlines() if "link-made" in line]
    assert made.endswith(f"the terminal  (for dsl, the terminal (account {account}))")


def test_a_link_to_where_nothing_answers_says_so(desk: Desk, lexical: Base) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        desk.more["ASKFIRST_PORT"] = str(free.getsockname()[1])
    done = desk.run("inbox-link", "dsl")
    assert done.status == 0 and "/inbox/enter?token=" in done.shown
    assert "Nothing answers at http://127.0.0.1:" in done.complained and "ASKFIRST_PORT" in done.complained


def test_a_link_for_nobody_is_refused(desk: Desk) -> None:
    done = desk.run("inbox-link", "office")
    assert (done.status, "The people are: dsl, " in done.complained) == (1, True)


@pytest.mark.slow
def test_a_sender_alone_brings_an_alert_and_stops_when_told(desk: Desk, concern: Given) -> None:
    with desk.running("work") as log:
        wait_until(lambda: "--- To the Designated Safeguarding Lead" in log.read_text(encoding="utf-8"), LONG)
    printed = log.read_text(encoding="utf-8")
    assert "Sending alerts for Fernbank Academy" in printed
    assert concern.number in printed and "Zed" not in printed and "bruise" not in printed


def test_tips_are_shown_held_pinned_and_paused(desk: Desk) -> None:
    assert "web, at 08:10:" in desk.run("tips").shown
    assert "is on hold" in desk.run("tips", "skip", "tip-danger-999", "--until", "2099-01-05").shown
    paused = desk.run("tips", "pause", "--until", "2099-01-05")
    assert paused.shown == "No tips until 2099-01-05, which is included.\n"
    assert "pause all tips" in desk.run("tips", "posted").shown
    assert desk.run("tips", "resume").shown == "Tips may be posted again.\n"
    unknown = desk.run("tips", "pin", "tip-none", "2099-01-05")
    assert (unknown.status, "Traceback" in unknown.complained) == (1, False)


def test_gaps_are_listed_and_forgotten(desk: Desk, school: School, lexical: Base) -> None:
    with_learned_state(desk.folder)
    with desk.store() as store:
        missed = (NoteGap("where do I park on Friday", None, "no-answer"),)
        store.talk(school.id).finish_turn("c", Finished(Conversation(), gaps=missed), NOW)
    assert "where do I park on Friday" in desk.run("gaps").shown
    assert desk.run("gaps", "--forget").shown == "1 gaps forgotten.\n"
    assert desk.run("gaps").shown.startswith("No gaps")


def test_labelled_questions_give_figures(desk: Desk, lexical: Base) -> None:
    with_learned_state(desk.folder)
    (desk.folder / "q.yaml").write_text("- {id: 1, text: hello, kind: smalltalk}\n", encoding="utf-8")
    done = desk.run("score", "q.yaml", "--verbose")
    assert done.status == 0
    assert "q.yaml (1 questions, lexical)" in done.shown
