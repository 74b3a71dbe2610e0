"""The far end of the alerts: a real mail server (aiosmtpd) in a process of its own, and what arrived there.

    python -m benchmarks.receiver PORT FILE LOSE_EVERY SLOW

Every letter is a line of FILE, written before the server says that it has it, so that nothing is counted that the
sender was not told of, and everything that it was told of is counted.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from typing import Any, TextIO

from benchmarks.report import child_environment
from benchmarks.server import free_port, listens, wait_for
from bot.service.letters import REPEAT

_NUMBER = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{5}\b")


@dataclass(frozen=True)
class Letter:
    """One letter as it arrived: when (seconds since 1970), to whom, and every byte of it."""

    at: float
    to: str
    raw: str

    @cached_property
    def message(self) -> EmailMessage:
        parsed: Any = email.message_from_string(self.raw, policy=email.policy.default)
        return parsed  # type: ignore[no-any-return]

    @cached_property
    def text(self) -> str:
        """What its reader sees below the subject."""
        return str(self.message.get_content())

    @cached_property
    def notice(self) -> str:
        """The notice that it carries: its Message-ID without what is the same for all."""
        return str(self.message["Message-ID"]).strip("<> ").partition("@")[0]

    @cached_property
    def number(self) -> str:
        """The concern's number, from the subject; empty where there is none."""
        found = _NUMBER.search(str(self.message["Subject"]))
        return found[0] if found else ""

    @property
    def alert(self) -> bool:
        return "safeguarding concern" in str(self.message["Subject"]).lower() and "Number:" in self.text

    @property
    def repeat(self) -> bool:
        return REPEAT in " ".join(self.text.split())


class Mailbox:
    """What has arrived so far, read on from where the last look ended."""

    def __init__(self, path: Path, port: int) -> None:
        self._path, self.port = path, port
        self._read, self._letters = 0, list[Letter]()
        self._reading = threading.Lock()

    def letters(self) -> list[Letter]:
        """Everything that has arrived, in this order."""
        with self._reading, self._path.open(encoding="ascii") as file:
            file.seek(self._read)
            while (line := file.readline()).endswith("\n"):
                self._letters.append(Letter(**json.loads(line)))
                self._read += len(line)
            return list(self._letters)


@contextmanager
def receiving(folder: Path, lose_every: int = 0, slow: float = 0.0, port: int = 0) -> Iterator[Mailbox]:
    """A mail server for as long as this lasts, on a port of its own or on this one. Of every so many letters it takes
    one and breaks the connection before it has said so, as a lost network would (of none where that is 0); it thinks
    about each for so many seconds."""
    path, port = folder / "letters", port or free_port()
    path.touch()
    command = [sys.executable, "-m", "benchmarks.receiver", str(port), str(path), str(lose_every), str(slow)]
    server = subprocess.Popen(command, env=child_environment())
    try:
        wait_for(lambda: listens(port), "the mail server", 90)  # a busy machine takes its time to start Python
        yield Mailbox(path, port)
    finally:
        server.terminate()
        server.wait(timeout=30)


class _Desk:
    """Where the mail server puts what comes in."""

    def __init__(self, file: TextIO, lose_every: int, slow: float) -> None:
        self._file, self._lose_every, self._slow, self._count = file, lose_every, slow, 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the server's name
        await asyncio.sleep(self._slow)
        raw = envelope.content.decode("latin-1")
        for to in envelope.rcpt_tos:
            self._file.write(json.dumps({"at": time.time(), "to": to, "raw": raw}) + "\n")
        self._file.flush()
        self._count += 1
        if self._lose_every and self._count % self._lose_every == 0:
            server.transport.abort()
        return "250 OK"


def main() -> int:
    """Serve until told to stop."""
    from aiosmtpd.smtp import SMTP

    port, path, lose_every, slow = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])

    async def serve() -> None:
        with path.open("a", encoding="ascii") as file:
            desk = _Desk(file, lose_every, slow)
            loop = asyncio.get_running_loop()
            listener = await loop.create_server(lambda: SMTP(desk, loop=loop), "127.0.0.1", port, backlog=1024)
            await listener.serve_forever()

    asyncio.run(serve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
