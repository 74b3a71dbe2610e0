"""`askfirst ask` and `askfirst serve` as whole processes: seconds to the first answer, and memory."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.report import CACHE, ROOT, resident
from benchmarks.server import COMMAND, PATIENCE, ProcessError, clean_environment, free_port, listens, wait_for

QUESTION = "can I friend an ex-pupil?"
_MEMORY = "import atexit, sys; atexit.register(lambda: sys.stderr.write(open('/proc/self/status').read())); "
_TOKEN = re.compile(r'name="token" value="(\w+)"')
_HELD_BACK_AFTER = 10  # questions from one address, well below what the page allows a visitor in one go


def starts(semantic: bool, times: int) -> list[float]:
    """Seconds from starting `askfirst ask QUESTION` to its end, so many times, after one start that does not count."""
    taken = []
    for _ in range(times + 1):
        start = time.perf_counter()
        _ask(COMMAND, semantic)
        taken.append(time.perf_counter() - start)
    return taken[1:]


def peak_of_ask(semantic: bool) -> float:
    """The most memory that `askfirst ask QUESTION` takes, in MB."""
    found = re.search(r"VmHWM:\s+(\d+)", _ask(_MEMORY + COMMAND, semantic).stderr)
    if not found:
        raise ProcessError("askfirst ask did not say how much memory it took")
    return int(found[1]) / 1024


def memory_of_serve(semantic: bool, questions: Sequence[str]) -> float:
    """The memory of `askfirst serve` once it has answered these questions on its page, in MB."""
    with tempfile.TemporaryDirectory() as folder, _serving(semantic, Path(folder)) as (process, port):
        for start in range(0, len(questions), _HELD_BACK_AFTER):
            visitor = f"127.0.0.{2 + start // _HELD_BACK_AFTER}"
            _visit(visitor, port, questions[start : start + _HELD_BACK_AFTER])
        return resident(process=process.pid)


def _ask(command: str, semantic: bool) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-c", command, "ask", QUESTION]
    done = subprocess.run(
        arguments, env=_environment(semantic), cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    if done.returncode or not done.stdout.strip():
        raise ProcessError(f"askfirst ask ended with {done.returncode}: {done.stderr.strip()[:300]}")
    return done


@contextmanager
def _serving(semantic: bool, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    environment = _environment(semantic) | {
        "ASKFIRST_PORT": str(port),
        "ASKFIRST_HOST": "127.0.0.1",
        "ASKFIRST_DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, "serve"], env=environment, cwd=ROOT, stdout=log, stderr=log
        )
    try:
        _wait_for(process, port, folder / "log")
        yield process, port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    def ready() -> bool:
        if process.poll() is not None:
            said = log.read_text(encoding="utf-8", errors="replace")[:300]
            raise ProcessError(f"askfirst serve did not start: {said}")
        return listens(port)

    wait_for(ready, "askfirst serve to start", PATIENCE)


def _visit(address: str, port: int, questions: Sequence[str]) -> None:
    """One visitor: open the page, then send its form with each question."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(address, 0))
    connection.request("GET", "/")
    response = connection.getresponse()
    token = _TOKEN.search(response.read().decode())
    cookies = SimpleCookie(response.headers.get("Set-Cookie", ""))
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": "; ".join(f"{cookie.key}={cookie.value}" for cookie in cookies.values()),
    }
    for question in questions:
        fields = {"token": token[1] if token else "", "action": "ask", "text": question}
        connection.request("POST", "/", urlencode(fields), headers)
        answered = connection.getresponse()
        answered.read()
        if answered.status != 200:
            raise ProcessError(f"the page answered a question with status {answered.status}")
    connection.close()


def _environment(semantic: bool) -> dict[str, str]:
    chosen = {} if semantic else {"ASKFIRST_MODEL": "none"}
    return {**clean_environment("ASKFIRST_KNOWLEDGE"), "ASKFIRST_DATA": str(CACHE), **chosen}
