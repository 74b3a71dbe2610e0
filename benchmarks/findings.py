"""What must hold after everything that was done to a server: looked up in the store, at the mail server, in the raw
files. Each function counts what is wrong; nought is what every one of them should give."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa

from benchmarks.receiver import Letter
from benchmarks.reporter import Told
from benchmarks.school import MAIL_MARK, MARK, MAY_HEAR, kind_of, person_at
from benchmarks.server import Installation, ProcessError
from bot.store import Store
from tests.databases import Cluster, binaries

_RECEIPT = re.compile(rb"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b")
_CONTROL = b"benchmark"  # the school's id stands in every row in the open: a search that misses it has read nothing


class Raw:
    """The database without the store: plain SQL."""

    def __init__(self, installation: Installation) -> None:
        self._engine = sa.create_engine(installation.database)

    def count(self, query: str, **values: object) -> int:
        """One number."""
        with self._engine.connect() as connection:
            return int(connection.execute(sa.text(query), values).scalar_one())

    def rows(self, query: str, **values: object) -> Sequence[sa.Row[tuple[object, ...]]]:
        """Every row."""
        with self._engine.connect() as connection:
            return connection.execute(sa.text(query), values).all()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def lost(installation: Installation, store: Store, told: Iterable[Told]) -> int:
    """Forms of which somebody holds a receipt, and which are not in the store under it, whole."""
    inbox = store.inbox(installation.school.id)
    count = 0
    for each in told:
        number, events = (inbox.followed(each.receipt) if each.receipt else None) or ("", ())
        report = events[0].detail.report if events else None
        count += report is None or report.seen != each.answers["seen"][0] or not each.receipt.startswith(f"{number}-")
    return count


def doubled(raw: Raw, told: Sequence[Told]) -> int:
    """Concerns more than forms that were sent, forms with more than one receipt, and concerns logged twice over."""
    stored = raw.count("SELECT count(*) FROM concerns")
    logged = raw.count("SELECT count(*) FROM events WHERE kind = 'logged'")
    receipts = Counter(each.receipt for each in told)
    shared = sum(count - 1 for count in receipts.values())
    several = sum(len(set(each.receipts)) > 1 for each in told)
    return max(stored - len(told), 0) + abs(logged - stored) + shared + several


def never_alerted(told: Iterable[Told], letters: Iterable[Letter]) -> int:
    """Forms of which somebody holds a receipt, and of which nobody was sent an alert."""
    known = {letter.number for letter in letters if letter.alert}
    return sum(each.receipt.partition("-")[0] not in known for each in told)


def misdirected(told: Iterable[Told], letters: Iterable[Letter]) -> int:
    """Alerts to somebody who may not hear of a concern of this kind."""
    kinds = {each.receipt.partition("-")[0]: kind_of(each.number) for each in told}
    return sum(
        letter.alert and person_at(letter.to) not in MAY_HEAR.get(kinds.get(letter.number, ""), ())
        for letter in letters
    )


def unsent(raw: Raw, letters: Iterable[Letter]) -> int:
    """Steps that the store holds for sent, and that never arrived."""
    arrived = {letter.notice for letter in letters}
    own = ("ran-out", "idle")
    return sum(
        row.id not in arrived for row in raw.rows("SELECT id, kind FROM notices WHERE state = 'sent'")
        if row.kind not in own
    )  # fmt: skip


def repeats(letters: Iterable[Letter]) -> tuple[int, int]:
    """Notices that arrived again: those that say so, and those that do not."""
    seen: set[str] = set()
    said = unsaid = 0
    for letter in letters:
        if letter.notice in seen:
            said, unsaid = said + letter.repeat, unsaid + (not letter.repeat)
        seen.add(letter.notice)
    return said, unsaid


def leaks(installation: Installation, letters: Sequence[Letter], told: Iterable[Told], cluster: Cluster | None) -> int:
    """Places in which something stands that somebody typed, or a whole receipt: letters, the log, the raw database."""
    receipts = {each.receipt.encode() for each in told if each.receipt}
    count = 0
    for name, content in _places(installation, letters, cluster):
        marks = (MARK,) if name == "letter" else (MARK, MAIL_MARK)
        typed = any(form in content for mark in marks for form in (mark.encode(), mark.encode().hex().encode()))
        count += typed or bool(receipts & set(_RECEIPT.findall(content)))
    return count


def _places(
    installation: Installation, letters: Sequence[Letter], cluster: Cluster | None
) -> Iterator[tuple[str, bytes]]:
    for letter in letters:
        yield "letter", f"{letter.message['Subject']} {letter.text} {letter.raw}".encode()
    yield "log", installation.log.read_bytes()
    for path in installation.data.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes()
    for content in [*map(Path.read_bytes, _files(installation, cluster)), *([_dump(installation)] if cluster else [])]:
        yield "database", content


def _files(installation: Installation, cluster: Cluster | None) -> list[Path]:
    """Every file of the database. Raises ProcessError where it cannot be the right ones."""
    place = Path(installation.database.removeprefix("sqlite:///"))
    found = cluster.folder.rglob("*") if cluster else place.parent.glob(f"{place.name}*")
    files = [path for path in found if path.is_file()]
    if not any(_CONTROL in path.read_bytes() for path in files):
        raise ProcessError("the raw database was not read: the school's own name is not in it")
    return files


def _dump(installation: Installation) -> bytes:
    places = binaries()
    if places is None:
        raise ProcessError("pg_dump is not here")
    command = [str(places / "pg_dump"), "--data-only", installation.database.replace("+psycopg", "")]
    dumped = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    if _CONTROL not in dumped:
        raise ProcessError("the dump of the database is empty")
    return dumped
