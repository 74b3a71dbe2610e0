"""What stays of questions, of what was deleted and of an older copy, and what a message may hide: stages of
benchmarks.faults. What is left of them is looked for in every table of the schema, so that a new one is looked at too.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import datetime as dt
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping

import sqlalchemy as sa

from adapters.web.health import RESTORED
from benchmarks.place import opened
from benchmarks.report import ROOT
from benchmarks.reporter import Browser, Page
from benchmarks.school import MAIL_MARK, MARK
from benchmarks.server import COMMAND, Installation
from benchmarks.staging import ORDINARY, Seen, Stage, staged
from bot.concerns import Reader
from bot.knowledge import load
from bot.messages import HandoverKind
from bot.service.casework import Casework
from bot.store import Store, schema
from tests.store.full import values_of
from tests.store.made import rows

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
_HARMLESS = "gdzie jest klucz do sali gimnastycznej na drugim piętrze obok stołówki"
_REASONS = ("Past its day in our schedule.", "I have looked, and agree.")
_RUNG = 65.0  # seconds after which the second rung of a waiting ladder is due
_CLOSE = 3_600 * 24  # seconds around a question within which a moment in what is kept would tell of it
_SETTLED = 25.0  # seconds within which SQLite's log is emptied: it is every ten
_WHERE_IT_STANDS = {  # what a concern that was worked on leaves, before two people delete it
    "conversations.state", "events.by", "events.detail", "files.name", "gaps.question",
    "notices.recipient", "received.payload",
}  # fmt: skip


def questions_lie_apart(_: float) -> Seen:
    """Whoever has the files and no key looks for who asked what when."""
    with staged() as stage, stage.mail():
        browsers = [Browser(stage.installation.port, _VISITOR + each) for each in range(len(_NOBODY_KNOWS))]
        for browser, text in zip(browsers, _NOBODY_KNOWS, strict=True):
            _ask(browser, text)
        kept = _rows(stage, "SELECT * FROM gaps")
        stage.seen.check(len(kept) >= _ENOUGH, f"{len(kept)} questions kept", f"only {len(kept)} questions kept")
        asked = all(browser.cookies for browser in browsers)
        stage.seen.check(asked, "every visitor has a cookie", "a visitor without a cookie shows nothing")
        known = [each for each in browsers if any(cookie.encode() in _whole(stage) for cookie in each.cookies)]
        stage.seen.check(not known, "no visitor's cookie in any byte", f"{len(known)} cookies are in the files")
        timed = [row for row in kept if any(_moment_in(value) for value in row)]
        stage.seen.check(not timed, "no moment in any column of them", f"{len(timed)} carry the moment of the question")
        stage.seen.check(not _in_order(stage), "they do not lie in the order of asking", "they lie as they were asked")
        _turns_are_overwritten(stage, browsers[0])
        return stage.seen


def _turns_are_overwritten(stage: Stage, browser: Browser) -> None:
    """Whoever has the key as well finds the last turn of a conversation, and none before it in SQLite's log."""
    before = {state for (state,) in _rows(stage, "SELECT state FROM conversations") if isinstance(state, bytes)}
    _ask(browser, _NOBODY_KNOWS[-1])
    after = {state for (state,) in _rows(stage, "SELECT state FROM conversations")}
    gone = before - after
    stage.seen.check(bool(gone), "a new turn takes the place of the last", "no turn was replaced: this shows nothing")
    nowhere = stage.wait(lambda: not any(state in _whole(stage) for state in gone), _SETTLED)
    stage.seen.check(nowhere, "which is in no byte then", "the turn before is still in the files")


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
        stage.seen.check(_verb(stage, "restored", "--run-now")[0] == 0, "somebody has looked", "restored failed")
        on = stage.wait(lambda: "deputy" in stage.told(), 30)
        stage.seen.check(on, "then the ladder goes on", "the ladder never goes on: that nobody was told shows nothing")
        return stage.seen


def deleted_by_two(_: float) -> Seen:
    """Two people delete a concern that was worked on, was in a child's file, and was asked about in the chat."""
    with staged() as stage, stage.mail(), opened(stage.installation) as store:
        receipt = stage.log(ORDINARY)
        stage.hears(["dsl"], 15, "at once")
        work, now = stage.installation.casework(store), stage.installation.now
        dsl, head = _reader(work, "dsl"), _reader(work, "head")
        [number] = [str(row[0]) for row in _rows(stage, "SELECT number FROM concerns")]
        _said_elsewhere(stage, store, now())
        _work_on(work, dsl, number, receipt, now)
        before = _marked(stage, store)
        missing = _WHERE_IT_STANDS - set(before)
        stage.seen.check(not missing, f"it stood in {len(before)} columns", f"it never stood in {sorted(missing)}")
        reporter = _rows(stage, "SELECT reporter FROM concerns")
        work.ask_deletion(dsl, number, _REASONS[0], now())
        work.answer_deletion(head, number, True, _REASONS[1], now())
        said = _verb(stage, "audit")[1]
        reasons = all(f"reason: {reason}" in said for reason in _REASONS)
        stage.seen.check(reasons, "both reasons stand in the audit", "a reason is not in the audit")
        after = _marked(stage, store)
        stage.seen.check(not after, "it stands in no column of any table", f"it still stands in {sorted(after)}")
        left = _rows_left(stage, number)
        stage.seen.check(not left, "no row of it but its own and its log", f"rows of it in {left}")
        sealed = [value for values in before.values() for value in values]
        gone = stage.wait(lambda: not any(value in _whole(stage) for value in sealed), _SETTLED)
        stage.seen.check(gone, "nor in any byte, sealed", "what was sealed of it is still in the files")
        unknown = reporter != _rows(stage, "SELECT reporter FROM concerns")
        stage.seen.check(unknown, "nobody can try who logged it", "the token of who logged it stays")
        by = [line.by.name for line in store.audit(stage.installation.school.id).lines() if line.kind == "logged"]
        stage.seen.check(by == [""], "whoever logged it is not named", f"who logged it: {by}")
        proved = _verb(stage, "audit", "verify")
        stage.seen.check(proved[0] == 0, "the log is still proved", f"verify: {proved[1][-200:]}")
        return stage.seen


def _reader(work: Casework, person: str) -> Reader:
    found = work.reader(person)
    if found is None:
        raise LookupError(f"the school has no {person}")
    return found


def _work_on(work: Casework, dsl: Reader, number: str, receipt: str, now: Callable[[], dt.datetime]) -> None:
    """Everything is done to a concern that can be done to one, with the mark in every text; it is closed then."""
    logged = work.read(dsl, number, now()).events[0].number
    work.acknowledge(dsl, number, now())
    work.note(dsl, number, f"Note {MARK}", now())
    work.decide(dsl, number, f"Decision {MARK}", f"Why {MARK}", now())
    work.refer(dsl, number, f"To {MARK}", f"Reference {MARK}", f"Told {MARK}", now())
    work.correct(dsl, number, logged, f"Correction {MARK}", now())
    work.file_under(dsl, number, "", f"Zelda {MARK}", now())
    work.add(receipt, f"Added {MARK}", now())
    work.acknowledge(dsl, number, now())
    work.reassign(dsl, number, "deputy", f"Passed on {MARK}", now())
    work.export(dsl, (number,), "pdf", now())
    work.close(dsl, number, f"Outcome {MARK}", f"Closed {MARK}", None, now())


def _said_elsewhere(stage: Stage, store: Store, now: dt.datetime) -> None:
    """What tells of it without belonging to it: a question, its conversation, and what a chat sent."""
    _ask(Browser(stage.installation.port, _VISITOR), f"who mends the kiln of Zelda {MARK}")
    store.received(stage.installation.school.id, "slack").take("one", f"Zelda {MARK} {ORDINARY:06}", now)


def _marked(stage: Stage, store: Store) -> Mapping[str, list[bytes]]:
    """Column -> what is sealed there and holds the mark; a column that is not sealed must never hold it."""
    found = dict[str, list[bytes]]()
    for value in values_of(stage.installation.database):
        if _has_mark(value.read(store, value.stored)):
            found.setdefault(str(value.column), []).append(value.stored)
    for table in schema.metadata.sorted_tables:
        if _has_mark(repr(rows(stage.installation.database, table))):
            found.setdefault(f"{table.name}, unsealed", [])
    return found


def _has_mark(text: str) -> bool:
    return MARK.lower() in text.lower() or MAIL_MARK in text.lower()


def _rows_left(stage: Stage, number: str) -> list[str]:
    """In which tables a row is of this concern, but for its log; and the files, of which it had the only one."""
    tables = [each for each in schema.metadata.sorted_tables if "concern" in each.columns and each.name != "events"]
    chosen = {each.name: sa.select(each).where(each.c.concern == number) for each in tables}
    chosen["files"] = sa.select(schema.files)
    engine = sa.create_engine(stage.installation.database)
    with engine.connect() as connection:
        left = [name for name, query in chosen.items() if connection.execute(query).first()]
    engine.dispose()
    return left


def in_another_language(_: float) -> Seen:
    """What a child said is told in a language that AskFirst does not read."""
    with staged() as stage, stage.mail():
        browser = Browser(stage.installation.port, _VISITOR)
        headings = {kind: each.heading for kind, each in load(stage.installation.base).handovers.kinds.items()}
        for text in _FOREIGN:
            heading = _handed_over(_ask(browser, text), headings)
            stage.seen.check(bool(heading), f"{text.split()[0]}: {heading}", f"{text.split()[0]}: not handed over")
        unread = _handed_over(_ask(browser, _HARMLESS), headings) == headings["not-english"]
        stage.seen.check(unread, "what has no word of harm in it, too", "a harmless one was read, or not handed over")
        kept = len(_rows(stage, "SELECT 1 FROM gaps"))
        stage.seen.check(kept == 0, "none is kept as a question", f"{kept} kept as questions")
        english = _handed_over(_ask(browser, _NOBODY_KNOWS[0]), headings)
        kept = len(_rows(stage, "SELECT 1 FROM gaps"))
        read = not english and kept == 1
        stage.seen.check(read, "one in English is, and is not handed over", f"English: {english!r}, {kept} kept")
        return stage.seen


def _handed_over(page: Page, headings: Mapping[HandoverKind, str]) -> str:
    """The heading of the handover that a page shows, with its numbers to ring; empty where it shows none."""
    rings = 'class="ring' in page.body
    return next((each for each in headings.values() if rings and f">{each}</h2>" in page.body), "")


def _ask(browser: Browser, text: str) -> Page:
    token = browser.get("/").hidden["token"]
    return browser.post({"token": token, "action": "ask", "text": text}, "/")


def _whole(stage: Stage) -> bytes:
    """Every byte of the database: its file with the free pages, and SQLite's log."""
    return b"".join(each.read_bytes() for each in stage.installation.data.glob("askfirst.db*"))


def _rows(stage: Stage, query: str) -> list[tuple[object, ...]]:
    engine = sa.create_engine(stage.installation.database)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(sa.text(query))]
    engine.dispose()
    return found


def _moment_in(value: object) -> bool:
    """Whether a time of today stands in it: as a number, or as at the beginning of a Fernet token."""
    if isinstance(value, int):
        return any(abs(number - time.time()) < _CLOSE for number in (value, value / 1000))
    found = value if isinstance(value, bytes) else str(value).encode()
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
        "/healthz red; nobody further up is told until somebody has said so, and then they are", older_copy,
    ),
    (
        "deleted by two", "two people delete a concern that was worked on, filed, and asked about in the chat",
        "both reasons stay; nothing of it is in any column of any table, or in any byte", deleted_by_two,
    ),
    (
        "another language", "a disclosure is typed in Polish, in French and in Arabic",
        "each is handed over, and none is kept as a question; one in English is kept", in_another_language,
    ),
)  # fmt: skip
