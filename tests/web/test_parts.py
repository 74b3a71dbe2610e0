"""The pure parts of the page, and its server."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from adapters.chat.replies import day
from adapters.command.serve import announcement
from adapters.web.forms import FormError, read_fields, single, to_message
from adapters.web.pages import Pages, ShownTurn, tel
from bot.answering.dialogue import Base
from bot.knowledge import School
from bot.messages import Answer, Message, Reply
from bot.presses import AskPolicy, DoAction, GiveFact, GiveFeedback, GiveRemark, PickEntry, PickTopic, TellAuthor
from bot.settings import on_loopback, read_settings
from tests.conftest import ROOT
from tests.make_base import small_base, small_cache


def test_fields_become_messages() -> None:
    assert to_message({"action": "ask", "text": " a\r\nb "}, "c") == Message("a\nb", "c")
    assert to_message({"action": "pick", "entry": "e"}, "c") == Message("", "c", PickEntry("e"))
    fact = {"action": "fact", "entry": "e", "fact": "f", "value": "v"}
    assert to_message(fact, "c").action == GiveFact("e", "f", "v")
    feedback = {"action": "feedback", "entry": "", "helped": "no"}
    assert to_message(feedback, "c").action == GiveFeedback(None, helped=False)
    assert to_message({"action": "tell", "entry": "e"}, "c").action == TellAuthor("e")
    remark = {"action": "remark", "entry": "e", "kind": "unclear"}
    assert to_message(remark, "c").action == GiveRemark("e", "unclear")
    assert to_message({"action": "policy", "entries": "e f"}, "c").action == AskPolicy(("e", "f"))
    assert to_message({"action": "topic", "topic": "t"}, "c").action == PickTopic("t")
    assert to_message({"action": "do", "name": "topics"}, "c").action == DoAction("topics")
    with pytest.raises(FormError):
        to_message({"action": "do", "name": "delete-all"}, "c")
    with pytest.raises(FormError):
        to_message({**remark, "kind": "Mr Smith wrote it"}, "c")
    with pytest.raises(FormError):
        single(read_fields(b"a=1&a=2"))


def test_numbers_and_dates_are_written_as_people_write_them() -> None:
    assert tel("+44 (0)20 7946 0101") == "tel:+442079460101"
    assert tel("020 7946 0101") == "tel:02079460101"
    assert day("2026-09-01") == "1 September 2026"
    assert day("undated") == "undated"


def test_an_answer_due_for_review_says_so() -> None:
    answer = Answer(
        "e", "T", "may-if", "You may, if asked", "A", "W", "", None, (), "Head", "2024-01-01", "2025-01-01", True
    )
    assert "Due for review since" in Pages().reply(Reply("answer", answer=answer), "t")


def test_a_turn_is_drawn_in_the_page(school: School) -> None:
    page = Pages().chat(school, "t", ShownTurn("hello?", Reply("smalltalk", text="Hi")))
    assert page.index("hello?") < page.index("Hi")


def test_the_announcement_says_what_is_on(base: Base, tmp_path: Path) -> None:
    settings = read_settings({"ASKFIRST_DATA": str(tmp_path)})
    lines = list(announcement(settings, base, ()))
    assert "Address: http://127.0.0.1:8080" in lines
    assert f"Entries: {len(base.knowledge.entries)}" in lines
    assert "Web page: on" in lines
    assert "Slack: off (SLACK_BOT_TOKEN is not set)" in lines
    assert "Teams: off (TEAMS_APP_ID is not set)" in lines
    assert any(line.startswith("Sentence model: ") for line in lines)
    assert read_settings({"ASKFIRST_HOST": "::1"}).address == "http://[::1]:8080"
    assert on_loopback("127.0.0.1") and on_loopback("localhost") and not on_loopback("0.0.0.0")


@pytest.mark.slow
def test_the_server_says_what_is_on_and_stops_when_told(base: Base, tmp_path: Path) -> None:
    (tmp_path / "cache").symlink_to(small_cache())  # where the fixture `base` has kept what was learned
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    given = {"ASKFIRST_DATA": str(tmp_path), "ASKFIRST_KNOWLEDGE": str(small_base()), "ASKFIRST_PORT": str(port)}
    model = {"ASKFIRST_MODEL": "none"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ASKFIRST_")}
    start = "import os; from adapters.command.serve import serve; from bot.settings import read_settings; "
    command = [sys.executable, "-c", start + "serve(read_settings(os.environ))"]
    pipe = subprocess.PIPE
    with (
        subprocess.Popen(command, cwd=ROOT, env=kept | given | model, stdout=pipe, text=True) as process,
        contextlib.ExitStack() as last,
    ):
        last.callback(process.kill)  # or what fails here would wait for it for ever
        assert process.stdout is not None
        said = [process.stdout.readline().strip() for _ in range(6)]
        assert said[2] == f"Address: http://127.0.0.1:{port}"
        assert said[5] == "Web page: on"
        assert answers(f"http://127.0.0.1:{port}/health") == "ok"
        process.send_signal(signal.SIGHUP)
        assert answers(f"http://127.0.0.1:{port}/health") == "ok"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def answers(url: str) -> str:
    """What the server says, once it listens."""
    give_up = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return str(response.read().decode())
        except urllib.error.URLError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)
