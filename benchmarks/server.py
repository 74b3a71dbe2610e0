"""AskFirst as its own processes: one installation in a folder, and `askfirst serve` and `askfirst work` on it."""

from __future__ import annotations

import datetime as dt
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.report import ROOT
from bot.knowledge import School, load
from bot.service.casework import Casework
from bot.settings import Settings, read_settings
from bot.store import Store, new_key, open_for

COMMAND = "from adapters.command.main import main; main()"
HEALTH_TOKEN = "a-token-of-benchmarks-that-is-long-enough"
PATIENCE = 600.0  # seconds; the first start on a machine may have to fit the base
# What belongs to an installation: a benchmark must never reach a real channel or data folder.
_NOT_OURS = ("ASKFIRST_", "SLACK_", "TEAMS_", "PORT")
_PORTS = range(20_000, 32_000)  # below those that a machine gives to whoever connects: ours must be free after a kill


class ProcessError(Exception):
    """A process that was to be measured did not do what it should."""


class Installation:
    """Everything that the processes of one installation share: a base, a data folder, keys, a database, a mail server.

    `database` is an SQLAlchemy URL; an empty one is SQLite in the data folder. `mail` is the mail server's port.
    """

    def __init__(self, folder: Path, base: Path, mail: int, database: str = "") -> None:
        self.folder, self.base, self.mail = folder, base, mail
        self.data, self.log = folder / "data", folder / "log"
        self.database = database or f"sqlite:///{self.data / 'askfirst.db'}"
        self.port = free_port()
        self.key = new_key()
        self.data.mkdir(parents=True, exist_ok=True)
        self.school: School = load(base).school

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every process of it."""
        return clean_environment() | {
            "ASKFIRST_MODEL": "none",
            "ASKFIRST_KNOWLEDGE": str(self.base),
            "ASKFIRST_DATA": str(self.data),
            "ASKFIRST_DATABASE_URL": self.database,
            "ASKFIRST_KEYS": self.key,
            "ASKFIRST_HOST": "127.0.0.1",
            "ASKFIRST_PORT": str(self.port),
            "ASKFIRST_SMTP": f"smtp+plain://127.0.0.1:{self.mail}",
            "ASKFIRST_MAIL_FROM": "askfirst@school.example",
            "ASKFIRST_HEALTH_TOKEN": HEALTH_TOKEN,
        }

    @property
    def settings(self) -> Settings:
        """What its processes read out of their environment."""
        return read_settings(self.environment)

    @staticmethod
    def now() -> dt.datetime:
        """The clock of this machine."""
        return dt.datetime.now(dt.UTC)

    def open_store(self) -> Store:
        """Its database, opened by the benchmark itself."""
        return open_for(self.settings)

    def casework(self, store: Store) -> Casework:
        """Its concerns, worked on by the benchmark itself."""
        return Casework(lambda: self.school, store)


class Process:
    """`askfirst serve` or `askfirst work`, started and killed as often as one likes; its output goes to the log."""

    def __init__(self, installation: Installation, verb: str, command: str = COMMAND) -> None:
        self._installation, self.verb, self._command = installation, verb, command
        self._process: subprocess.Popen[bytes] | None = None
        self._said_before = 0

    @property
    def pid(self) -> int:
        """The process that runs now."""
        if self._process is None:
            raise ProcessError(f"askfirst {self.verb} was not started")
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it is there."""
        return self._process is not None and self._process.poll() is None

    def launch(self) -> None:
        """Start it, and do not wait for anything."""
        log = self._installation.log
        self._said_before = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-c", self._command, self.verb],
                env=self._installation.environment,
                cwd=ROOT,
                stdout=output,
                stderr=output,
            )

    def start(self) -> float:
        """Start it and wait until it is ready; how many seconds that took."""
        begun = time.perf_counter()
        self.launch()
        wait_for(self._ready, f"askfirst {self.verb} to start", PATIENCE)
        return time.perf_counter() - begun

    def kill(self) -> None:
        """kill -9: no warning, no goodbye."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, as an administrator would."""
        if self.running:
            self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=60)

    def _ready(self) -> bool:
        if not self.running:
            raise ProcessError(f"askfirst {self.verb} ended: {self._said()[-600:]}")
        if self.verb == "work":
            return "Sending alerts for" in self._said()
        return is_well(self._installation.port)

    def _said(self) -> str:
        with self._installation.log.open("rb") as log:
            log.seek(self._said_before)
            return log.read().decode(errors="replace")


@contextmanager
def running(*processes: Process) -> Iterator[None]:
    """Start these one after the other, and stop them at the end whatever happens."""
    try:
        for process in processes:
            process.start()
        yield
    finally:
        for process in processes:
            process.stop()


def clean_environment(*kept: str) -> dict[str, str]:
    """This environment without what belongs to an installation, but for what is `kept`; this tree first."""
    plain = {name: value for name, value in os.environ.items() if name in kept or not name.startswith(_NOT_OURS)}
    return {**plain, "PYTHONPATH": str(ROOT)}


def is_well(port: int) -> bool:
    """Whether the page on this port answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def listens(port: int) -> bool:
    """Whether anything listens on this port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def free_port() -> int:
    """A port that nobody listens on and that the machine gives to nobody who only connects."""
    for port in _PORTS[os.getpid() % 997 :: 7]:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in _GIVEN:
            _GIVEN.add(port)
            return port
    raise ProcessError("no port is free")


_GIVEN: set[int] = set()


def wait_for(true: Callable[[], bool], what: str, seconds: float, every: float = 0.01) -> None:
    """Wait until it is true, with a look every so many seconds. Raises ProcessError after `seconds`."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise ProcessError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(every)
