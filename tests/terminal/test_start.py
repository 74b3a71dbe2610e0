"""The command starts quickly: a verb loads what it needs and nothing of another's."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import adapters.command
from adapters.command.main import VERBS, load_verb
from tests.conftest import ROOT
from tests.terminal.driving import installed

HELPERS = {
    "main",
    "arguments",
    "bounded_log",
    "gap_lines",
    "key_files",
    "running",
    "set_up",
    "approval_lines",
    "notice_lines",
    "chat_lines",
    "reading_once",
    "answer_fields",
    "required_approve",
    "policy_add",
    "policy_approve",
    "policy_ask",
    "policy_build",
    "policy_changes",
    "policy_editing",
    "policy_join",
    "policy_leave_out",
    "policy_lines",
    "policy_look",
    "policy_mark",
    "policy_near",
    "policy_split",
    "policy_tick",
    "policy_updates",
    "score_lines",
    "table_lines",
    "why_figures",
    "why_lines",
    "warming",
    "ways",
    "workshop",
}  # modules that are no verbs
HEAVY = ("aiohttp", "alembic", "botbuilder", "fpdf", "jinja2", "slack_bolt", "slack_sdk", "uharfbuzz")


def test_every_verb_is_a_module_with_its_own_arguments_and_run() -> None:
    modules = {path.stem for path in Path(adapters.command.__path__[0]).glob("[!_]*.py")} - HELPERS
    assert modules == {name.replace("-", "_") for name in VERBS}
    for name in VERBS:
        verb = load_verb(name)
        assert list(inspect.signature(verb.add_arguments).parameters) == ["parser"]
        assert list(inspect.signature(verb.run).parameters) == ["parsed", "settings"]


@pytest.mark.parametrize(
    ("arguments", "not_loaded"),
    [
        (["--help"], (*HEAVY, "numpy", "sqlalchemy", "yaml", "cryptography")),
        (["ask", "--help"], (*HEAVY, "sqlalchemy", "cryptography")),
        (["check", "--help"], (*HEAVY, "sqlalchemy")),
        (["concern", "--help"], HEAVY),
        (["inbox", "--help"], HEAVY),
        (["audit", "--help"], HEAVY),
        (["slack", "--help"], ("botbuilder", "fpdf")),
        (["teams", "--help"], ("slack_bolt", "fpdf")),
    ],
)
def test_libraries_of_other_verbs_are_not_loaded(arguments: list[str], not_loaded: tuple[str, ...]) -> None:
    script = (
        "import sys; from adapters.command.main import run_verb\n"
        f"try: run_verb({arguments!r})\n"
        "except SystemExit: pass\n"
        f"print('loaded:', [name for name in {not_loaded!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "loaded: []", done.stdout[-500:] + done.stderr


def test_the_installed_command_lists_every_verb() -> None:
    done = subprocess.run([str(installed()), "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert [name for name in VERBS if f"    {name}" not in done.stdout] == []
