"""Use an installed AskFirst as a person does: its command, in a folder of their own, and nothing of the repository."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.databases import free_port
from tests.environments.making import Environment
from tests.make_base import small_base, small_cache

LONG = 1800.0  # seconds; the first start learns the base, and other tests run beside it
_NOWHERE = "http://127.0.0.1:9"  # a proxy that is not there: whoever leaves this machine fails


@dataclass(frozen=True)
class Workplace:
    """Where somebody works with an installed AskFirst; `folder` holds what it keeps."""

    environment: Environment
    folder: Path
    given: Mapping[str, str]

    def run(self, *arguments: str, typed: str = "", **given: str) -> subprocess.CompletedProcess[str]:
        """The command once, from its start to its end."""
        return subprocess.run(
            [str(self.environment.askfirst), *arguments],
            input=typed, capture_output=True, text=True, encoding="utf-8", timeout=LONG, cwd=self.folder,
            env=self._settings(given),
        )  # fmt: skip

    def python(self, program: str) -> subprocess.CompletedProcess[str]:
        """A program in the environment's own Python."""
        return subprocess.run(
            [str(self.environment.python), "-c", program],
            capture_output=True, text=True, encoding="utf-8", timeout=LONG, cwd=self.folder, env=self._settings({}),
        )  # fmt: skip

    def in_talk(self, *arguments: str, replies: Mapping[str, str], **given: str) -> str:
        """The command, answered as a person does who reads: the reply to the last of the questions in `replies` that
        was shown since the last prompt, else an empty line. Everything that was shown."""
        with subprocess.Popen(
            [str(self.environment.askfirst), *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.folder,
            env=self._settings(given), bufsize=0,
        ) as process:  # fmt: skip
            assert process.stdin and process.stdout
            shown = b""
            asked = prompts = 0
            while got := process.stdout.read(1):
                shown += got
                if shown.endswith(b"> "):  # what is typed does not show, nor does its end of line
                    since, asked, prompts = shown[asked:].decode(), len(shown), prompts + 1
                    assert prompts < 100, f"it asks without end\n{shown.decode()[-2000:]}"
                    label = max(replies, key=since.rfind)  # the question itself comes last
                    process.stdin.write((replies[label] if label in since else "").encode() + b"\n")
            status = process.wait(60)
        text = shown.decode()
        assert status == 0, text
        assert "Traceback" not in text, text
        return text

    @contextlib.contextmanager
    def started(self, verb: str, **given: str) -> Iterator[Running]:
        """`serve` or `work`; ended as a supervisor ends it."""
        port, lines, faults = free_port(), self.folder / f"{verb}.out", self.folder / f"{verb}.err"
        with lines.open("wb") as out, faults.open("wb") as err:
            process = subprocess.Popen(
                [str(self.environment.askfirst), verb],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=self.folder,
                env=self._settings({"ASKFIRST_PORT": str(port), **given}),
            )  # fmt: skip
        running = Running(process, f"http://127.0.0.1:{port}", lines, faults)
        try:
            yield running
        finally:
            if process.poll() is None:
                process.kill()
                process.wait(30)

    def _settings(self, given: Mapping[str, str]) -> dict[str, str]:
        """What a person's machine has; nothing that is set for these tests, and no way to the network."""
        machine = {name: os.environ[name] for name in ("HOME", "PATH", "LANG", "TZ") if name in os.environ}
        proxies = {"HTTP_PROXY": _NOWHERE, "HTTPS_PROXY": _NOWHERE, "NO_PROXY": "127.0.0.1"}
        return {**machine, **proxies, "PYTHONUTF8": "1", "TMPDIR": tempfile.gettempdir(), **self.given, **given}


@dataclass(frozen=True)
class Running:
    """A process of AskFirst's that goes on until it is told to stop."""

    process: subprocess.Popen[bytes]
    address: str
    lines: Path
    faults: Path

    @property
    def said(self) -> str:
        """What it printed so far."""
        return self.lines.read_text(encoding="utf-8")

    @property
    def complained(self) -> str:
        """What it logged so far."""
        return self.faults.read_text(encoding="utf-8")

    def says(self, text: str) -> None:
        """Wait until it has printed that."""
        self.waits_for(lambda: text in self.said)

    def answers(self, path: str) -> None:
        """Wait until that page answers with 200."""
        self.waits_for(lambda: self._status(path) == 200)

    def stop(self) -> None:
        """SIGTERM; it must end by itself, without a fault."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0, self.complained
        assert "Traceback" not in self.complained, self.complained

    def _status(self, path: str) -> int:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(self.address + path, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as answer:
            return answer.code
        except OSError:
            return 0

    def waits_for(self, true: Callable[[], object]) -> None:
        """Wait until something is so; fails where the process ends before, or it takes too long."""
        end = time.monotonic() + LONG
        while not true():
            assert self.process.poll() is None, f"it ended with {self.process.returncode}\n{self.complained}"
            assert time.monotonic() < end, self.complained
            time.sleep(0.05)


def workplace(environment: Environment, folder: Path, **given: str) -> Workplace:
    """A place to work, with the small base, what the tests learned of it already, and no sentence model."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "cache").symlink_to(small_cache())
    settings = {
        "ASKFIRST_DATA": str(folder / "data"), "ASKFIRST_KNOWLEDGE": str(small_base()), "ASKFIRST_MODEL": "none",
    }  # fmt: skip
    return Workplace(environment, folder, {**settings, **given})
