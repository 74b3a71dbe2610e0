"""The command line as other programs and technicians use it: real processes, exit statuses, plain messages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from adapters import console
from adapters.command.ask import answer_lines
from adapters.command.score import score
from bot.answering.dialogue import Base
from bot.answering.scoring import MEANINGS
from tests.conftest import NOW, ROOT
from tests.make_base import small_base, small_cache
from tests.terminal.driving import Desk, Done, with_learned_state

FIELDS = [
    "id", "kind", "entry", "title", "ruling", "badge", "answer", "cites", "choices", "urgency", "about", "ask",
    "confidence", "safeguarding_note",
]  # fmt: skip


def run(*arguments: str, cwd: Path, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """askfirst in a process of its own, on the small base by words and letters alone, with what the tests learned."""
    data = cwd / "data"
    data.mkdir(exist_ok=True)
    if not (data / "cache").exists():
        (data / "cache").symlink_to(small_cache())
    own = {"ASKFIRST_DATA": str(data), "ASKFIRST_MODEL": "none", "ASKFIRST_KNOWLEDGE": str(small_base())}
    settings = {**own, **environment}
    command = [sys.executable, "-c", "from adapters.command.main import main; main()", *arguments]
    path = {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=cwd, input=stdin, capture_output=True, env={**os.environ, **path, **settings}, timeout=300
    )


def run_here(*arguments: str, cwd: Path, **environment: str) -> Done:
    """The same in this process, which is quicker: for what does not turn on how one starts, reads and ends."""
    if not (cwd / "cache").exists():
        with_learned_state(cwd)
    return Desk(cwd, environment).run_here(*arguments)


def test_json_lines_are_answered_in_order_and_a_broken_one_costs_only_itself(lexical: Base) -> None:
    lines = [
        '{"id": "a", "text": "can I friend an ex-pupil?"}',
        "{broken",
        '{"id": 2}',
        "[1]",
        "",
        '{"id": "b", "text": "hello"}',
    ]
    answers = list(answer_lines(lexical, lines, NOW))
    assert [answer["id"] for answer in answers] == ["a", None, 2, None, "b"]
    assert [list(answer) == FIELDS for answer in answers] == [True, False, False, False, True]
    assert all(answer["error"] for answer in answers[1:4])
    assert answers[0]["entry"] == "friend-ex-pupil"
    assert "edugeek-08" in str(answers[0]["cites"])


def test_bytes_that_are_no_text_do_not_stop_the_rest(tmp_path: Path, lexical: Base) -> None:
    done = run("ask", "--json", "-", cwd=tmp_path, stdin=b'\xff\xfe\n{"id": 1, "text": "hello"}\n')
    assert done.returncode == 1, "the broken line is told at the end"
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [None, 1]
    assert b"Traceback" not in done.stderr


def test_length_emoji_and_language_refuse_no_line(lexical: Base) -> None:
    texts = (
        "x" * 50_000,
        "word " * 5_000,
        "😀" * 900,
        "",
        "Uczeń powiedział mi, że tata go bije",
        "子供が泣いています",
    )
    lines = (json.dumps({"id": number, "text": text}) for number, text in enumerate(texts))
    answers = list(answer_lines(lexical, lines, NOW))
    assert [list(answer) for answer in answers] == [FIELDS] * len(texts)
    assert [answer["kind"] for answer in answers[-2:]] == ["handover", "handover"]


def test_a_file_that_is_not_there_is_one_plain_sentence(tmp_path: Path) -> None:
    done = run_here("ask", "--json", "none.jsonl", cwd=tmp_path)
    assert (done.status, done.shown, done.complained.count("\n")) == (1, "", 1)
    assert "none.jsonl" in done.complained


def test_ask_prints_what_a_person_would_see_from_any_directory(tmp_path: Path, lexical: Base) -> None:
    done = run("ask", "can I friend an ex-pupil?", cwd=tmp_path)
    shown = done.stdout.decode()
    assert "Under 19: don't" in shown
    assert "Forum thread" in shown and "edugeek-08" not in shown


def test_why_says_it_in_words_with_the_figures_at_the_end_of_the_lines(tmp_path: Path, lexical: Base) -> None:
    shown = run_here("ask", "--why", "can i freind an ex pupil", cwd=tmp_path).shown
    assert '"freind" is read as "friend"' in shown
    assert re.search(r"1\. Connecting with ex-pupils online \(friend-ex-pupil, sure to [01]\.\d\d\)", shown)
    assert re.search(r"It is answered: the first is sure enough to be right\. \([01]\.\d\d; it answers from", shown)


@pytest.mark.parametrize("arguments", [("--figures", "why"), ("--json", "-", "--why"), ("--json", "-", "why")])
def test_options_of_ask_that_do_not_go_together_are_a_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run_here("ask", *arguments, cwd=tmp_path)
    assert (done.status, done.shown, done.complained.count("\n")) == (1, "", 1)
    assert "askfirst: --" in done.complained


def test_why_shows_the_figures_where_asked_for(tmp_path: Path, lexical: Base) -> None:
    shown = run_here("ask", "--why", "--figures", "can i freind an ex pupil", cwd=tmp_path).shown
    for part in ("read as:", "triage:", "best entries", "evidence", "answers from", "decision:"):
        assert part in shown


def test_a_fault_in_the_base_is_one_plain_message_and_exit_1(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run("check", "empty", cwd=tmp_path)
    assert done.returncode == 1
    assert b"0 entries" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.wide
@pytest.mark.slow
def test_check_says_in_one_object_how_often_a_text_that_is_left_out_finds_its_entry(tmp_path: Path) -> None:
    done = run("check", "--json", cwd=tmp_path)
    found = json.loads(done.stdout)
    assert list(found) == [
        "entries", "phrasings", "faults", "notices", "own_entry", "own_rule", "outside_answered", "stranger_entry",
        "stranger_rule",
    ]  # fmt: skip
    assert done.returncode == bool(found["faults"])
    assert found["entries"] > 25 and found["phrasings"] > 500
    assert 0.5 < found["own_entry"] <= found["own_rule"] <= 1
    assert 0.4 < found["stranger_entry"] <= found["stranger_rule"] <= found["own_rule"] + 0.02
    assert 0 <= found["outside_answered"] < 0.1


def test_check_of_a_base_that_does_not_load_is_an_object_too(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run_here("check", "--json", "empty", cwd=tmp_path)
    assert done.status == 1
    assert any("0 entries" in each for each in json.loads(done.shown)["faults"])


def test_an_unusable_setting_is_named(tmp_path: Path) -> None:
    done = run_here("doctor", cwd=tmp_path, ASKFIRST_PORT="eighty")
    assert (done.status, "ASKFIRST_PORT" in done.shown) == (1, True)


def test_doctor_says_in_capitals_that_teams_is_tried_out(tmp_path: Path) -> None:
    done = run_here("doctor", "--demo", cwd=tmp_path, ASKFIRST_TEAMS_TRY="1")
    assert "WARN   TEAMS: NOBODY'S SIGN-IN IS CHECKED" in done.shown


def test_doctor_says_who_can_be_reached_and_which_channels_are_off(tmp_path: Path) -> None:
    done = run("doctor", "--demo", cwd=tmp_path)
    shown = done.stdout.decode()
    assert done.returncode == 0, shown
    for part in (
        "dsl: Ms Amara Bello",
        "020 7946 0101",
        "Slack: SLACK_BOT_TOKEN is not set",
        "Teams: TEAMS_APP_ID is not set",
        "WARN   keys: The demo's key",
        "sentence model: switched off",
    ):
        assert part in shown


def test_score_prints_every_figure(tmp_path: Path, lexical: Base) -> None:
    questions = tmp_path / "questions.yaml"
    questions.write_text(
        "- {id: 1, text: 'can I friend an ex-pupil?', kind: guidance, clauses: [edugeek-08], stance: yes}\n"
        "- {id: 2, text: 'a boy in my class says his dad hits him', kind: concern}\n"
        "- {id: 3, text: 'who orders the glue sticks', kind: out-of-scope}\n",
        encoding="utf-8",
    )
    shown = score(lexical, [questions], NOW)
    for figure in (
        "right",
        "shown",
        "wrong",
        "caught",
        "noted",
        "routed",
        "urgent",
        "false alarms",
        "false notes",
        "abstained",
    ):
        assert f"  {figure} " in shown
    assert "right         1.000   1 of 1   policy questions answered with the right rule" in shown
    assert all(f"   {meaning}" in shown for meaning in MEANINGS.values())
    assert "urgent          -     0 of 0" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("none.yaml",), "none.yaml: no such file or directory. Check the name"),
        (("none.yaml", "--by", "colour"), "invalid choice: 'colour' (choose from"),
        (("none.yaml", "--near", "none"), "'none' is not a number from 1 on. Write it as 10"),
    ],
)
def test_what_score_cannot_use_is_a_sentence(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run_here("score", *arguments, cwd=tmp_path)
    assert done.status in (1, 2) and said in done.complained


def test_the_terminal_chat_ends_on_an_empty_line(assistant: object, capsys: pytest.CaptureFixture[str]) -> None:
    typed = iter(["can I friend an ex-pupil?", "2", ""])
    console.chat(assistant, lambda _: next(typed), print, lambda: NOW, {})  # type: ignore[arg-type]
    shown = capsys.readouterr().out
    assert "Under 19: don't" in shown
    assert "Not advised" in shown


@pytest.mark.parametrize(("verb", "left"), [("ask", "1"), ("score", "1"), ("serve", "1"), ("learn", "None")])
def test_a_question_takes_one_processor_and_only_learning_takes_them_all(verb: str, left: str) -> None:
    """numpy's threads turn round and round where another process works, and a question takes ten times as long."""
    told = "atexit.register(lambda: print('threads:', os.environ.get('OPENBLAS_NUM_THREADS')))"
    start = f"import atexit, os; {told}; from adapters.command.main import run_verb; run_verb(['{verb}', '--help'])"
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    shown = subprocess.run(
        [sys.executable, "-c", start], cwd=ROOT, env=kept, capture_output=True, text=True, timeout=60, check=False
    ).stdout
    assert shown.rstrip().endswith(f"threads: {left}")
