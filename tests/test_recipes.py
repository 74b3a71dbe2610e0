"""The recipes of docs/extending.md work as they are written: each is followed in a copy of the repository, and used."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from textwrap import dedent

import pytest

from bot.answering.dialogue import Base
from tests.conftest import ROOT
from tests.databases import free_port
from tests.make_base import small_base, small_cache

pytestmark = pytest.mark.slow
_BLOCK = re.compile(r"^( *)```(python|diff) (\S+)\n(.*?)^ *```", re.M | re.S)

_SHOWN = ("adapters/folder", "adapters/command/roles.py", "bot/service/casework/action_table.py")


@dataclass(frozen=True)
class Copy:
    """A copy of the code in which every recipe was followed."""

    root: Path
    home: Path

    def run(self, *command: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command], cwd=self.root, env={**os.environ, **self._settings()}, input=typed,
            capture_output=True, text=True, encoding="utf-8", timeout=300,
        )  # fmt: skip

    @contextlib.contextmanager
    def serving(self, **settings: str) -> Iterator[str]:
        """While it is served; what it said until it listened."""
        given = {**os.environ, **self._settings(), **settings}
        command = [sys.executable, "-c", "from adapters.command.main import main; main()", "serve", "--demo"]
        with subprocess.Popen(command, cwd=self.root, env=given, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            try:
                yield "".join(takewhile(lambda line: not line.startswith("No e-mail"), process.stdout))
            finally:
                process.terminate()
                process.stdout.read()

    def _settings(self) -> dict[str, str]:
        own = {"ASKFIRST_DATA": str(self.home), "ASKFIRST_MODEL": "none", "ASKFIRST_KNOWLEDGE": str(small_base())}
        return {"PYTHONPATH": str(self.root), **own}

    def askfirst(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("-c", "from adapters.command.main import main; main()", *arguments)


def follow(text: str, root: Path) -> None:
    """Make every file that is shown whole; put every changed line into its place, which must be there once."""
    for indent, kind, name, block in _BLOCK.findall(text):
        shown = dedent("\n".join(line.removeprefix(indent) for line in block.split("\n")))
        path = root / name
        if kind == "python":
            path.parent.mkdir(exist_ok=True)
            path.write_text(shown, encoding="utf-8")
        else:
            _change(path, [line or " " for line in shown.rstrip("\n").split("\n")])


def _change(path: Path, lines: list[str]) -> None:
    before = "\n".join(line[1:] for line in lines if line[0] in " -") + "\n"
    after = "\n".join(line[1:] for line in lines if line[0] in " +") + "\n"
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{path}: these lines are not there once:\n{before}"
    path.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory, base: Base) -> Iterator[Copy]:
    root, home = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("home")
    for folder in ("bot", "adapters"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    (home / "cache").symlink_to(small_cache())
    follow((ROOT / "docs" / "extending.md").read_text(encoding="utf-8"), root)
    yield Copy(root, home)


def test_imports_still_run_one_way(followed: Copy) -> None:
    done = followed.run("-c", "from importlinter.cli import lint_imports_command as main; main()", "--no-cache")
    assert done.returncode == 0, done.stdout


def test_what_is_shown_is_in_style(followed: Copy) -> None:
    for command in (("ruff", "check"), ("ruff", "format", "--check")):
        done = followed.run("-m", *command, *_SHOWN)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


@pytest.mark.wide  # half a minute: nothing of the types is kept from an earlier run
def test_what_is_shown_is_typed(followed: Copy) -> None:
    done = followed.run("-m", "mypy", "--cache-dir", str(followed.home / "types"), *_SHOWN)
    assert done.returncode == 0, done.stdout


def test_a_verb_is_listed_and_does_what_it_says(followed: Copy) -> None:
    assert "say who holds which role" in followed.askfirst("--help").stdout
    assert followed.askfirst("roles", "dsl").stdout == "dsl: Ms Amara Bello\n"
    wrong = followed.askfirst("roles", "king")
    assert wrong.returncode == 1
    assert wrong.stderr.startswith("askfirst: there is no role 'king'. The roles are: ")


# What somebody at the folder does, one file after the other; {number} is that of the concern.
_FILES = (
    ("coach/a", "ask\ncan I friend an ex-pupil?", "How old is the ex-pupil now?"),
    ("coach/b", "press fact friend-ex-pupil leaver-age under-19", "Do not add, follow or accept"),
    ("coach/c", "ask\na girl in my form says her dad hits her", "Ms Amara Bello"),
    ("online/d", "form", "# Is anyone in danger now? (needed)"),
    ("online/e", "form\ndanger: yes\ntold: no", "SOMEONE IS IN DANGER: CALL 999 NOW"),
    ("online/f", "log\ndanger: no\ntold: no\nabout: pupil", "seen: Write a few words."),
    (
        "online/g",
        "log\ndanger: no\ntold: no\nabout: pupil\npupils: Sam Example\nseen: A bruise.",
        "Logged. Your receipt",
    ),
    ("coach/h", "log\ndanger: no", "Tell a member of staff of the school now."),
    ("coach/i", "read {number}", "it is not yours to read"),
    ("dsl/j", "read {number}", "form {number} call    Note a call"),
    ("dsl/k", "form {number} call", "# Whom did you ring? (needed)"),
    ("dsl/l", "do {number} call\nwhom: her mother", "text: Write a few words."),
    ("dsl/m", "do {number} call\nwhom: her mother\ntext: She comes at four.", "The call was added."),
    ("dsl/n", "read {number}", "Rang her mother. She comes at four."),
    ("dsl/o", "do {number} export", "in the inbox on the page"),
)
_PROGRAM = """
import asyncio, datetime as dt, os, re, sys
from pathlib import Path
from adapters.folder import FolderChannel
from bot.service.core import Core
from bot.service.live.base import LiveBase
from bot.settings import read_settings
from bot.store import open_for

settings = read_settings({**os.environ, "ASKFIRST_FOLDER": str(Path(os.environ["ASKFIRST_DATA"]) / "folder")})
assert settings.folder and settings.channels["Folder"] is None
core = Core(LiveBase(settings).current, open_for(settings))
channel = FolderChannel(core, settings.folder, lambda: dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC))
number = ""
for each in sys.stdin.read().split("\\0"):
    name, _, text = each.partition("\\n")
    path = settings.folder / f"{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace("{number}", number))
    asyncio.run(channel.look())
    shown = path.with_suffix(".out").read_text()
    if found := re.search(r"receipt: (\\w{5})-", shown):
        number = found[1]
    print(shown.replace(number or "\\0", "{number}"), end="\\0")
"""


def test_a_channel_answers_takes_a_concern_and_works_on_it(followed: Copy) -> None:
    done = followed.run("-c", _PROGRAM, typed="\0".join(f"{name}\n{text}" for name, text, _ in _FILES))
    assert done.returncode == 0, done.stderr
    shown = done.stdout.split("\0")
    for (name, text, expected), out in zip(_FILES, shown, strict=False):
        assert expected in out, f"{name}: {text!r} gave\n{out}"


def test_a_channel_is_started_with_the_rest_and_watched_over(followed: Copy, tmp_path: Path) -> None:
    place, port = tmp_path / "dropped" / "coach", free_port()
    place.mkdir(parents=True)
    (tmp_path / "cache").symlink_to(small_cache())
    (place / "q.txt").write_text("ask\nhello", encoding="utf-8")
    given = {
        "ASKFIRST_PROXIES": "1",
        "ASKFIRST_DATA": str(tmp_path),
        "ASKFIRST_FOLDER": str(place.parent),
        "ASKFIRST_PORT": str(port),
        "ASKFIRST_HEALTH_TOKEN": "t" * 32,
    }
    with followed.serving(**given) as said:
        assert "Folder: on" in said
        until = time.monotonic() + 60
        while not (place / "q.done").exists() and time.monotonic() < until:
            time.sleep(0.05)
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}/healthz", headers={"Authorization": f"Bearer {'t' * 32}"}
        )
        with urllib.request.urlopen(asked) as answer:
            assert json.load(answer)["loops"]["folder"]["status"] == "running"
    assert (place / "q.out").read_text(encoding="utf-8").startswith("Hello")
