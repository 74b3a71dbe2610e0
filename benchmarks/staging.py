"""The stage on which faults are put before a real `askfirst serve`: an installation, its mail, and who looks at it."""

from __future__ import annotations

import http.client
import json
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.moved_clock import command
from benchmarks.place import opened
from benchmarks.receiver import Letter, Mailbox, receiving
from benchmarks.school import CLIMBING, answers_for, person_at, write_base
from benchmarks.server import HEALTH_TOKEN, Installation, Process, free_port, running, wait_for
from tests.databases import running_postgres

_database: ContextVar[Callable[[], str]] = ContextVar("_database", default=lambda: "")  # a new one; "": SQLite
ORDINARY, IMMEDIATE = 1, 31  # numbers of made-up forms about a pupil


@dataclass
class Seen:
    """What was seen: the notes of whoever looked, and what was not as expected."""

    notes: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def check(self, true: bool, what: str, otherwise: str) -> None:
        """Note what was seen; where it is not true it is wrong."""
        (self.notes if true else self.wrong).append(what if true else otherwise)


class Stage:
    """A running server, with nothing on its mail port until `mail` is asked for."""

    def __init__(self, folder: Path, ladders: Mapping[str, Any]) -> None:
        database = _database.get()()
        self.installation = Installation(folder, write_base(folder / "base", ladders), free_port(), database)
        self.clock = folder / "clock"
        self.server = Process(self.installation, "serve", command(self.clock))
        self.seen = Seen()
        self._folder, self._mailbox = folder, Mailbox(folder / "letters", self.installation.mail)
        (folder / "letters").touch()
        self.begun = time.time()

    @contextmanager
    def mail(self) -> Iterator[None]:
        """A mail server that takes everything, for as long as this lasts."""
        with receiving(self._folder, port=self.installation.mail):
            yield

    @contextmanager
    def silent_mail(self) -> Iterator[None]:
        """One that takes every connection and never says a word."""
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", self.installation.mail))
            listener.listen(1024)
            yield

    def log(self, number: int) -> str:
        """Somebody logs a concern; the receipt."""
        with opened(self.installation) as store:
            work, now = self.installation.casework(store), self.installation.now()
            logged = work.log(f"fault {number}", answers_for(number), now)
        self.begun = time.time()
        return logged.receipt

    def alerts(self) -> list[Letter]:
        """Every alert that has arrived, in this order."""
        return [letter for letter in self._mailbox.letters() if letter.alert]

    def told(self) -> list[str]:
        """Who they went to."""
        return [person_at(letter.to) for letter in self.alerts()]

    def story(self) -> str:
        """Who was told after how many seconds."""
        return ", ".join(f"{person_at(each.to)} after {each.at - self.begun:.0f} s" for each in self.alerts()) or "-"

    def health(self) -> tuple[int, str]:
        """What /healthz says: the status, and in a word why."""
        connection = http.client.HTTPConnection("127.0.0.1", self.installation.port, timeout=20)
        try:
            connection.request("GET", "/healthz", headers={"Authorization": f"Bearer {HEALTH_TOKEN}"})
            answer = connection.getresponse()
            return answer.status, str(json.loads(answer.read())["status"])
        finally:
            connection.close()

    def is_red(self, within: float, why: str) -> None:
        """/healthz must turn red, and say why: whatever else is wrong meanwhile must not stand for it."""
        self._turns(f"/healthz red, {why}", lambda status, said: status == 503 and why in said, within)

    def is_green(self, within: float) -> None:
        """/healthz must be well again."""
        self._turns("/healthz ok again", lambda status, _: status == 200, within)

    def wait(self, until: Callable[[], bool], seconds: float) -> bool:
        """Whether it came true in time."""
        end = time.monotonic() + seconds
        while not until():
            if time.monotonic() > end:
                return False
            threading.Event().wait(0.2)
        return True

    def pause(self, seconds: float) -> None:
        """Real time passes."""
        threading.Event().wait(seconds)

    def hears(self, people: list[str], within: float, when: str) -> None:
        """Exactly these must be told by then, in order and once each."""
        self.wait(lambda: len(self.told()) >= len(people), within)
        self.seen.check(self.told() == people, f"{when}: {self.story()}", f"{when}: {self.story()}, not {people}")

    def _turns(self, what: str, right: Callable[[int, str], bool], within: float) -> None:
        found = (0, "")

        def asked() -> bool:
            nonlocal found
            try:
                found = self.health()
            except OSError as fault:
                found = (0, type(fault).__name__)
            return right(*found)

        self.seen.check(self.wait(asked, within), f"{what} ({found[1]})", f"NOT {what}: {found[0]} {found[1]}")


@contextmanager
def on_postgresql() -> Iterator[None]:
    """Every stage gets a database of its own there, in place of SQLite, for as long as this lasts."""
    with running_postgres(fsync="on") as cluster:
        making = threading.Lock()

        def new() -> str:
            with making:
                return cluster.new_database()

        before = _database.set(new)
        try:
            yield
        finally:
            _database.reset(before)


@contextmanager
def staged(ladders: Mapping[str, Any] = CLIMBING) -> Iterator[Stage]:
    """A stage with its server running."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="askfirst-fault-")))
        stage = Stage(folder, ladders)
        with stage.mail():  # without any, it says from the start that nobody can be reached
            stack.enter_context(running(stage.server))
            wait_for(lambda: stage.health()[0] == 200, "a server that is well", 120, every=0.2)
        yield stage
