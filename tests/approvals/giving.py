"""A base in which somebody made up has approved answers, and what may be done to its files."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from bot.answering.dialogue import Base, ask_once
from bot.knowledge import Knowledge, load
from bot.knowledge.approvals import FILE
from bot.messages import Reply
from bot.service.approving.signing import Signature, approval_of, chosen, keep
from bot.understanding.fitting import Understanding
from tests.conftest import NOW
from tests.make_base import small_base

DSL = Signature("Ms Amara Bello", "dsl", dt.date(2026, 9, 1))
HEAD = Signature("Mrs Ruth Calder", "head", dt.date(2026, 9, 1))
PHONE = "whose phone should pupils ring on a trip?"  # asks for trip-phone
CHANGED = "changed by hand and read by nobody"


@dataclass(frozen=True)
class Folder:
    """A knowledge folder of a test's own."""

    path: Path

    @property
    def approvals(self) -> Path:
        return self.path / FILE

    def load(self) -> Knowledge:
        return load(self.path)

    def approve(self, names: Sequence[str] = (), signature: Signature = DSL) -> None:
        """Approve these entries, or everything."""
        knowledge = load(self.path, approved=False)
        entries = chosen(knowledge, names, every=not names, made_up=True)
        keep(self.path, [approval_of(each, signature, each.confirm) for each in entries], signature.made_up)

    def edit(self, name: str, before: str, after: str) -> None:
        """Put one text in the place of another, in one file."""
        path = self.path / name
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")

    def write(self, entry: dict[str, Any]) -> None:
        """Write an entry of the test's own, in the place of the one before."""
        text = yaml.safe_dump({"entries": [entry]}, allow_unicode=True, sort_keys=False)
        (self.path / "entries" / "keys.yaml").write_text(text, encoding="utf-8")

    def change_words(self, entry: str = "trip-phone") -> None:
        """Edit the answer of an entry by hand, as somebody with an editor does."""
        knowledge = load(self.path, approved=False)
        found = knowledge.entries[entry]
        lines = (self.path / found.file).read_text(encoding="utf-8").split(f"  - id: {entry}\n")
        head, _, tail = lines[1].partition("\n    answer:")
        _, _, rest = tail.partition("\n    ")
        while not rest.split(":")[0].replace("_", "").isalpha() or rest.startswith(" "):
            _, _, rest = rest.partition("\n    ")
        lines[1] = f"{head}\n    answer: The answer was {CHANGED}.\n    {rest}"
        (self.path / found.file).write_text(f"  - id: {entry}\n".join(lines), encoding="utf-8")
        assert CHANGED in load(self.path, approved=False).entries[entry].answer


def copied(tmp_path: Path) -> Folder:
    """The small base, with nothing approved and no file of approvals."""
    made = tmp_path / "knowledge"
    return Folder(Path(shutil.copytree(small_base(), made, ignore=shutil.ignore_patterns(FILE))))


def asked(understanding: Understanding, knowledge: Knowledge, text: str = PHONE, now: dt.datetime = NOW) -> Reply:
    """What somebody gets who asks this base."""
    return ask_once(Base(knowledge, understanding), text, now).reply


def until(signature: Signature, day: dt.date) -> Signature:
    return replace(signature, review_by=day)
