"""The installed command as somebody at a terminal uses it: what is typed, what is shown, how it ends."""

from __future__ import annotations

import fcntl
import io
import os
import re
import signal
import subprocess
import sysconfig
import termios
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from adapters.command.main import run_verb
from bot.concerns import Field, Form, form_for
from bot.knowledge import School
from bot.settings import Settings, read_settings
from bot.store import Store, open_for
from tests.conftest import KEY, ROOT, SCHOOL
from tests.databases import missing, wait_until
from tests.make_base import small_base, small_cache

LONG = 60.0  # seconds for a process on a slow machine
CTRL_C, CTRL_D = b"\x03", b"\x04"
_OURS = ("ASKFIRST_", "SLACK_", "TEAMS_")


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    shown: str
    complained: str


@dataclass
class Desk:
    """A folder with a database, and the command that works on it. `more` are settings of this desk's own."""

    folder: Path
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The settings with which every command runs."""
        given = {
            "ASKFIRST_DATA": str(self.folder), "ASKFIRST_KNOWLEDGE": str(small_base()), "ASKFIRST_KEYS": KEY,
            "ASKFIRST_MODEL": "none", "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)} | given | self.more

    @property
    def settings(self) -> Settings:
        """What the command reads out of them."""
        return read_settings(self.environment)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The database, opened by the test."""
        opened = open_for(self.settings)
        yield opened
        opened.close()

    def log(self) -> list[tuple[str, str, str]]:
        """What stands in the log: concern, what, who."""
        with self.store() as store:
            return [(line.concern, line.kind, line.by.name) for line in store.audit(SCHOOL).lines()]

    def run(self, *arguments: str, typed: str | bytes = "") -> Done:
        """A command, with what is typed; after that comes the end of the input, as with Ctrl-D."""
        typed = typed.encode() if isinstance(typed, str) else typed
        command = [str(installed()), *arguments]
        done = subprocess.run(
            command, input=typed, capture_output=True, cwd=self.folder, env=self.environment, timeout=LONG
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def run_here(self, *arguments: str, typed: str = "") -> Done:
        """The same in this process, which is quicker: for what does not turn on how a process starts and ends."""
        shown, complained = io.StringIO(), io.StringIO()
        with (
            patch.dict(os.environ, self.environment, clear=True), patch("sys.stdin", io.StringIO(typed)),
            chdir(self.folder), redirect_stdout(shown), redirect_stderr(complained),
        ):  # fmt: skip
            status = _ended(arguments)
        return Done(status, shown.getvalue(), complained.getvalue())

    @contextmanager
    def at_a_terminal(self, *arguments: str) -> Iterator[Screen]:
        """A command on a pseudo-terminal, as a person sees it."""
        ours, theirs = os.openpty()
        process = subprocess.Popen(
            [str(installed()), *arguments], stdin=theirs, stdout=theirs, stderr=theirs, cwd=self.folder,
            env=self.environment, start_new_session=True, preexec_fn=_take_the_terminal,
        )  # fmt: skip
        os.close(theirs)
        os.set_blocking(ours, False)
        try:
            yield Screen(process, ours)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(LONG)
            os.close(ours)

    @contextmanager
    def running(self, *arguments: str) -> Iterator[Path]:
        """A command that runs until it is told to stop; the file with what it has printed. It must end well."""
        log = self.folder / "log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [str(installed()), *arguments], cwd=self.folder, env=self.environment, stdout=output, stderr=output
            )
        try:
            yield log
            process.send_signal(signal.SIGTERM)
            assert process.wait(LONG) == 0, log.read_text(encoding="utf-8")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(LONG)


class Screen:
    """A pseudo-terminal with a command at the other end."""

    def __init__(self, process: subprocess.Popen[bytes], handle: int) -> None:
        self._process, self._handle = process, handle
        self._seen = b""

    @property
    def shown(self) -> str:
        """Everything on the screen so far."""
        try:
            while more := os.read(self._handle, 65536):
                self._seen += more
        except OSError:  # nothing new, or the command has ended
            pass
        return self._seen.decode(errors="replace").replace("\r\n", "\n")

    def press(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._handle, keys)

    def answer(self, asked: str, typed: str) -> None:
        """Wait for a question, and type a line."""
        self.wait_for(asked)
        self.press(typed.encode() + b"\n")

    def wait_for(self, text: str) -> None:
        """Wait until this stands on the screen."""
        wait_until(lambda: text in self.shown, LONG)

    def status(self) -> int:
        """How the command ended."""
        wait_until(lambda: self.shown is not None and self._process.poll() is not None, LONG)
        return self._process.wait(LONG)


def _ended(arguments: Sequence[str]) -> int:
    try:
        return run_verb(arguments)
    except SystemExit as end:  # arguments that cannot be used
        assert isinstance(end.code, int)
        return end.code


def installed() -> Path:
    """The command as it was installed."""
    command = Path(sysconfig.get_path("scripts")) / "askfirst"
    if not command.exists():
        missing("THE COMMAND IS NOT INSTALLED: run make, or pip install --editable .")
    return command


def filled_in(school: School, given: Mapping[str, str]) -> str:
    """What is typed into the form, field by field: `given` by field id, and nothing for the rest."""
    form = form_for(school)
    ticked: dict[str, str] = {}
    typed = ""
    for asked in _fields(form):
        if asked.only_with and asked.only_with[1] not in ticked.get(asked.only_with[0], "").split():
            continue
        answer = given.get(asked.id, "")
        ticked[asked.id] = asked.options[int(answer) - 1].value if asked.options and answer.isdigit() else answer
        typed += answer + "\n" + ("\n" if asked.kind == "text" and answer else "")
    return typed


def receipt_in(shown: str) -> str:
    """The receipt that was shown."""
    found = re.search(r"Your receipt: (\S+)", shown)
    assert found, shown
    return found.group(1)


def _fields(form: Form) -> tuple[Field, ...]:
    return (*form.first.fields, *form.report.fields, *form.reporter.fields)


def _take_the_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def with_learned_state(folder: Path) -> None:
    """Let commands find what the tests have learned."""
    (folder / "cache").symlink_to(small_cache())
