"""A Teams client that nobody here wrote: Microsoft's 365 Agents Playground, started for a test.

playground_page.py has the hand that works its page.

One Playground is one person at their desk: its chats are its own, and two people in two Playgrounds never see each
other's messages, not even in the group chat. What it cannot do, and a test must do over HTTP instead:

- send a token, so the bot must answer without one (loopback and no app id);
- open a dialog from a button of a card (`msteams: task/fetch`): nothing is sent. Message actions open theirs;
- close a dialog on an empty answer to composeExtension/submitAction, as Teams does: it says "Unable to reach app". A
  `task` of type `message` is shown, and a `composeExtension` of type `result` closes it;
- read a manifest: no menu of commands, and the id of a message action is typed in by hand;
- pick people, search while typing, mention somebody inside a card, draw a card in its full width;
- take a time that is not a full or half hour (Input.Time), or show a date in the British way;
- heed `refresh` of a card. A message that the bot updates does change;
- delete a message (501), or find a member by Entra id (404);
- draw other cards than Adaptive Cards, tabs, and single sign-on.

An answer that comes at once may stand above the message that it answers: the page orders by the clock of each.

It wants five colleagues at least, reads a file in the folder it is started in, and listens on every interface: the
colleagues are made up, the folder is its own, and a hook for node binds it to loopback.
"""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import signal
import socket
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from tests.browsing import ROOT, missing

CLI = ROOT / "node_modules" / "@microsoft" / "m365agentsplayground" / "cli.js"
FEWEST_COLLEAGUES = 5
ENDED = "it has ended"
BOUND_TO_LOOPBACK = """
const {Server} = require('net');
const listen = Server.prototype.listen;
Server.prototype.listen = function (port, ...rest) {
  const placed = typeof port === 'object' || typeof rest[0] === 'string';
  return listen.apply(this, placed ? [port, ...rest] : [port, '127.0.0.1', ...rest]);
};
"""


@dataclass(frozen=True)
class Person:
    """Somebody with an account. Their Teams id is made from their Entra object id."""

    name: str
    email: str
    entra_id: str

    @property
    def id(self) -> str:
        return f"29:{self.entra_id}"

    def as_account(self) -> dict[str, str]:
        given, _, surname = self.name.rpartition(" ")
        names = {"name": self.name, "givenName": given, "surname": surname}
        reached = {"userPrincipleName": self.email, "email": self.email}  # its own spelling
        return {"id": self.id, "aadObjectId": self.entra_id, **names, **reached}


@dataclass(frozen=True)
class School:
    """The organisation that the Playground plays: the app, a group chat, and a team with its channels."""

    tenant: str = "4d1f0c52-7a3e-4b8e-9c64-5f2a1e0b7d33"
    bot_id: str = "28:0b6f3f6e-91a4-4c57-8a0d-3f9d2b7c4e10"
    bot_name: str = "AskFirst"
    group_chat: str = "Year 7 team"
    team: str = "Fernbank School"
    channels: tuple[str, ...] = ("Staff room",)
    colleagues: tuple[Person, ...] = ()

    def as_seen_by(self, me: Person) -> dict[str, Any]:
        """The Playground's configuration file, as JSON, which is YAML too."""
        others = [each for each in self.colleagues if each != me]
        others += [_stranger(number) for number in range(FEWEST_COLLEAGUES - len(others))]
        channels = [{"id": _thread(name), "name": name} for name in self.channels]
        team = {"id": _thread(self.team), "name": self.team, "aadGroupId": _made_up(0xAA), "channels": channels}
        return {
            "version": "0.1.1",
            "tenantId": self.tenant,
            "bot": {"id": self.bot_id, "name": self.bot_name},
            "currentUser": me.as_account(),
            "users": [each.as_account() for each in others],
            "personalChat": {"id": f"a:{me.entra_id}"},
            "groupChat": {"id": _thread(self.group_chat), "name": self.group_chat},
            "team": team,
        }


@dataclass(frozen=True)
class Exchange:
    """A request between the Playground and the bot, in either direction, and the answer to it."""

    to_bot: bool
    name: str
    request: dict[str, Any]
    status: int
    answer: Any


class Playground:
    """The Playground of one person. A context manager: it runs within, with all that it started."""

    def __init__(self, endpoint: str, me: Person, folder: Path, school: School | None = None) -> None:
        if not CLI.is_file() or not shutil.which("node"):
            missing("NO PLAYGROUND: install node and run `npm ci`; the Teams client was not tried")
        self.me, self.school = me, school or School()
        self._endpoint, self._folder = endpoint, folder

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        hook = self._folder / "loopback.cjs"
        hook.write_text(BOUND_TO_LOOPBACK, encoding="utf-8")
        seen = json.dumps(self.school.as_seen_by(self.me))
        (self._folder / ".m365agentsplayground.yml").write_text(seen, encoding="utf-8")
        self._process = self._started(hook)
        try:
            self.port = self._port_it_took()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):  # it may have ended by itself
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=5)
        self._reader.join(timeout=5)
        if self._process.stdout:
            self._process.stdout.close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def exchanges(self) -> list[Exchange]:
        """All that went to and from the bot so far, oldest first."""
        logs = sorted((self._folder / "devTools").glob("events_recording_*.log"))
        written = "".join(each.read_text(encoding="utf-8") for each in logs)
        return [_exchange(json.loads(part)) for part in re.split(r"^---$", written, flags=re.M) if part.strip()]

    def _started(self, hook: Path) -> subprocess.Popen[str]:
        told = f"start -e {self._endpoint} -c msteams -p {_free_port()} --disable-telemetry --er"
        around = {"PATH": os.environ["PATH"], "HOME": str(self._folder), "TEAMSAPPTESTER_BROWSER": "none"}
        return subprocess.Popen(
            ["node", CLI, *told.split()],
            cwd=self._folder,
            env={**around, "NODE_OPTIONS": f"--require {hook}"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def _port_it_took(self) -> int:
        """The port it says it listens on; it takes another one where the first is gone meanwhile."""
        lines: queue.Queue[str] = queue.Queue()
        assert self._process.stdout
        self._reader = threading.Thread(target=_pass_on, args=(self._process.stdout, lines), daemon=True)
        self._reader.start()
        said = []
        while ENDED not in said:
            said.append(lines.get(timeout=30))
            if found := re.search(r"Listening on (\d+)", said[-1]):
                return int(found[1])
        raise AssertionError(f"the Playground did not start: {said}")


def _pass_on(written: IO[str], lines: queue.Queue[str]) -> None:
    for line in written:
        lines.put(line)
    lines.put(ENDED)


def _exchange(noted: dict[str, Any]) -> Exchange:
    request, response = noted["request"], noted.get("response") or {}
    body = request.get("body") or {}
    towards_bot = str(noted["direction"]).endswith("User Application")
    name = body.get("name") or noted["activityName"]
    return Exchange(towards_bot, name, body, response.get("statusCode", 0), response.get("body"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _made_up(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012x}"


def _stranger(number: int) -> Person:
    name = f"{('Abel', 'Bea', 'Cato', 'Dora', 'Edgar')[number]} Example"
    return Person(name, f"colleague{number}@fernbank.example", _made_up(0xC0 + number))


def _thread(name: str) -> str:
    """An id as Teams gives to group chats and channels."""
    return f"19:{re.sub('[^a-z0-9]', '', name.lower())}@thread.tacv2"
