"""`pip install .` without any extra: a whole product on the page and in the terminal, and a sentence for the rest."""

from __future__ import annotations

import pytest

from tests.environments.test_installed import QUESTION, TEAMS, modules, starts
from tests.environments.using import Workplace

LEFT_OUT = {
    "slack": {"SLACK_BOT_TOKEN": "xoxb-school", "SLACK_SIGNING_SECRET": "secret"},
    "teams": TEAMS,
    "postgres": {"ASKFIRST_DATABASE_URL": "postgresql://askfirst@127.0.0.1/askfirst"},
}


def test_only_the_packages_of_the_chats_miss_anything(bare: Workplace) -> None:
    program = f"""
import importlib
from bot.extras import NotInstalledError
for name in {modules()!r}:
    try:
        importlib.import_module(name)
    except (NotInstalledError, ModuleNotFoundError) as fault:
        print(name, "|", fault)
"""
    done = bare.python(program)
    assert done.returncode == 0, done.stderr
    missed = dict(line.split(" | ") for line in done.stdout.splitlines())
    # What reads a document that a school puts in: only its one door asks for these, and says what to install.
    readers = ("'defusedxml", "'markdown_it", "'pypdfium2")
    inner = {name for name, fault in missed.items() if any(each in fault for each in readers)}
    assert inner and all(name.startswith("adapters.documents.reading.") for name in inner)
    assert "adapters.documents.reading.formats" not in missed
    missed = {name: fault for name, fault in missed.items() if name not in inner}
    for extra in ("slack", "teams"):
        named = {name for name, fault in missed.items() if fault.endswith(f"Run: pip install 'askfirst[{extra}]'")}
        assert named >= {f"adapters.{extra}", f"adapters.{extra}.start", f"adapters.command.{extra}"}
        assert all(name.startswith((f"adapters.{extra}", f"adapters.command.{extra}")) for name in named)
        missed = {name: fault for name, fault in missed.items() if name not in named}
    assert not missed


def test_questions_are_answered(bare: Workplace) -> None:
    assert "ex-pupil" in bare.run("ask", QUESTION).stdout


def test_the_page_is_served_and_the_chats_are_off(bare: Workplace) -> None:
    starts(bare, "Web page: on", "Slack: off", "Teams: off")


@pytest.mark.parametrize("verb", ["serve", "work"])
@pytest.mark.parametrize("extra", LEFT_OUT)
def test_what_is_set_up_and_not_installed_is_said_in_a_sentence(bare: Workplace, extra: str, verb: str) -> None:
    done = bare.run(verb, **LEFT_OUT[extra])
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("askfirst: ")
    assert done.stderr.endswith(f"needs a part that is not installed. Run: pip install 'askfirst[{extra}]'\n")


@pytest.mark.parametrize("extra", LEFT_OUT)
def test_doctor_says_it_beside_the_rest(bare: Workplace, extra: str) -> None:
    done = bare.run("doctor", **LEFT_OUT[extra])
    assert done.returncode == 1
    assert f"needs a part that is not installed. Run: pip install 'askfirst[{extra}]'" in done.stdout


@pytest.mark.parametrize(("verb", "extra"), [("slack manifest", "slack"), ("teams package", "teams")])
def test_the_verbs_of_a_chat_say_which_part_they_need(bare: Workplace, verb: str, extra: str) -> None:
    done = bare.run(*verb.split())
    assert done.returncode == 1
    assert done.stderr.startswith("askfirst: ")
    assert done.stderr.endswith(f"Run: pip install 'askfirst[{extra}]'\n")
