"""AskFirst as it is served, and a Teams client that nobody here wrote: from a question to its answer, from a concern to
its alert, to the acknowledgement that its reporter hears of. Three people at their desks, in real browsers."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from adapters.teams import MESSAGES
from adapters.teams.trial import identity
from bot.answering.dialogue import Base
from tests.browsing import browser
from tests.conftest import KEY, ROOT
from tests.databases import free_port
from tests.make_base import small_base, small_cache
from tests.teams.playground import Person, Playground, School
from tests.teams.playground_page import Client, at_the_desk_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.wide]
__all__ = ["browser"]  # a fixture, found by its name

TEACHER = Person("Priya Shah", "p.shah@fernbank.example", identity("teacher-1"))
DSL = Person("Ms Amara Bello", "a.bello@fernbank.example", identity("dsl"))
DEPUTY = Person("Mr Owen Pryce", "o.pryce@fernbank.example", identity("deputy-1"))
SCHOOL = School(colleagues=(TEACHER, DSL, DEPUTY))
LOG = "logConcern"
CONCERN = "a girl in my class has bruises and says her dad did it"
SEEN = "Tired, and a bruise on the left arm."
START = "from adapters.command.main import main; main()"
LONG = 60.0  # seconds for a process to start on a slow machine


@pytest.fixture
def endpoint(lexical: Base, tmp_path: Path) -> Iterator[str]:
    """`askfirst serve` on this machine, with Teams to be tried out."""
    (tmp_path / "cache").symlink_to(small_cache())  # where the fixture `lexical` has kept what was learned
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ASKFIRST_", "SLACK_", "TEAMS_"))}
    given = {
        "ASKFIRST_DATA": str(tmp_path), "ASKFIRST_KNOWLEDGE": str(small_base()), "ASKFIRST_KEYS": KEY,
        "ASKFIRST_PORT": str(port), "ASKFIRST_MODEL": "none", "ASKFIRST_TEAMS_TRY": "1", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", START, "serve"], cwd=tmp_path, env=kept | given, stdout=log, stderr=log
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/health", server, tmp_path / "log")
            written = (tmp_path / "log").read_text(encoding="utf-8")
            yield re.findall(rf"Teams, for this start alone: (http\S+{MESSAGES}/\S+)", written)[-1]
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
    written = (tmp_path / "log").read_text(encoding="utf-8")
    assert "NOBODY'S SIGN-IN IS CHECKED" in written
    assert "Traceback" not in written and "bruise" not in written and "Zelda" not in written


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + LONG
    while time.monotonic() < give_up:
        assert server.poll() is None, log.read_text(encoding="utf-8")
        with suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8"))


@pytest.fixture
def desks(browser: Browser, endpoint: str, tmp_path: Path) -> Iterator[dict[Person, Client]]:
    """A Playground for each of the three."""
    with ExitStack() as stack:
        found = {}
        for person in (TEACHER, DSL, DEPUTY):
            playground = Playground(endpoint, person, tmp_path / person.entra_id, SCHOOL)
            stack.enter_context(playground)
            found[person] = stack.enter_context(at_the_desk_of(browser, playground))
            found[person].says("ask")
            found[person].reads("Type a question.")
        yield found


def test_from_a_question_to_an_acknowledgement(desks: dict[Person, Client]) -> None:
    teacher, dsl, deputy = desks[TEACHER], desks[DSL], desks[DEPUTY]

    teacher.says("can I friend an ex-pupil?")
    teacher.reads("How old is the ex-pupil now?")
    teacher.presses("19 or over")
    teacher.reads("Not advised")
    teacher.presses("Where this comes from")
    teacher.reads("made up for the demo school")
    teacher.shoot("playground-answer")

    teacher.goes_to("Year 7 team")
    teacher.mentions(CONCERN)
    teacher.goes_to()
    teacher.reads("This needs a person, not a policy")
    teacher.shoot("playground-handover")

    teacher.says(CONCERN)
    teacher.reads("This needs a person, not a policy", times=2)
    teacher.opens_message_action(LOG, on=CONCERN)
    teacher.reads("Is anyone in danger now?")
    teacher.shoot("playground-first")
    for question in ("Is anyone in danger now?", "Have you told someone in person?"):
        teacher.fills(f"{question} *", "No")
    teacher.submits("Continue")
    teacher.reads("Whom is it about?")
    teacher.finds("What did you see or hear? *", CONCERN)
    teacher.submits("Log this concern")
    teacher.shoot("playground-report")
    teacher.ticks("A pupil or pupils")
    teacher.submits("Log this concern")
    teacher.reads("Nothing is logged yet")
    teacher.fills("Pupil or pupils", "Zelda Quill, 7B")
    teacher.fills("What did you see or hear? *", SEEN)
    teacher.submits("Log this concern")
    teacher.reads("Your receipt:")
    teacher.shoot("playground-logged")
    teacher.closes_the_dialog()
    teacher.reads("You logged concern")
    number = re.search(r"You logged concern (\w+)", teacher.seen())
    assert number

    for each in (dsl, deputy):
        assert "Zelda" not in each.seen() and "bruise" not in each.seen()
    dsl.reads(f"Safeguarding concern {number[1]}")
    dsl.shoot("playground-alert")
    dsl.presses("Acknowledge")
    dsl.reads("Ms Amara Bello acknowledged it")
    dsl.shoot("playground-acknowledged")
    teacher.reads(f"About the concern that you logged, number {number[1]}:")
    teacher.shoot("playground-told")


def test_in_a_channel_of_no_known_kind_the_answer_comes_in_a_chat_of_ones_own(desks: dict[Person, Client]) -> None:
    teacher = desks[TEACHER]
    teacher.goes_to("Staff room")
    teacher.mentions("can parents have my mobile number?")
    teacher.reads("I have answered in a chat of your own.")
    assert "Rests on:" not in teacher.seen()
    teacher.shoot("playground-channel")
    teacher.goes_to()
    teacher.reads("Rests on:")
