"""A school whose answers are worked on: its files, a store, and a server's base that is read anew when told to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.answering.turns import Base
from bot.knowledge import NotThis
from bot.knowledge.authoring import EntryText, digest_of_text
from bot.messages import Message, Reply
from bot.service.authoring.shelf import Workshop
from bot.service.authoring.workbench import Workbench
from bot.service.core import Core
from bot.settings import Settings, read_settings
from bot.store import Draft, Store
from bot.understanding.fitting import Understanding
from tests.approvals.giving import Folder
from tests.conftest import NOW, SCHOOL
from tests.make_base import small_cache

AUTHOR, APPROVER, DSL, HEAD, NOBODY = "deputy-2", "online", "dsl", "head", "office"
EX_PUPIL, PHONE = "friend-ex-pupil", "trip-phone"
WORDS = "Ring the trip phone, and never your own."


class KilledError(Exception):
    """The process ends here, as by kill -9: nothing of it runs any more."""


@dataclass
class World:
    """`die_at` names the step of publishing before which the process ends."""

    folder: Folder
    store: Store
    understanding: Understanding
    die_at: str = ""
    looked: int = 0
    tries: int = 0
    now: dt.datetime = NOW
    core: Core = field(init=False)
    base: Base = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """A process starts a little later, and reads what is there."""
        self.die_at = ""
        self.now += dt.timedelta(minutes=1)
        self.refresh()
        workshop = Workshop(self.folder.path, self.refresh, between=self._between)
        self.core = Core(lambda: self.base, self.store, workshop=workshop)

    def refresh(self) -> None:
        """The server looks at its files."""
        self.looked += 1
        self.base = Base(self.folder.load(), self.understanding)

    def _between(self, step: str) -> None:
        self.tries += step == "file"
        if step == self.die_at:
            raise KilledError(step)

    @property
    def bench(self) -> Workbench:
        return self.core.workbench

    def draft(self, entry: str = PHONE, who: str = AUTHOR, **changes: object) -> Draft:
        """A draft of an entry with these fields changed, saved."""
        begun = self.bench.begin(SCHOOL, who, entry, self.now)
        text = replace(begun.text, **(changes or {"answer": WORDS}))  # type: ignore[arg-type]
        return self.bench.save(SCHOOL, who, begun.id, begun.version, text, self.now)

    def sent(self, entry: str = PHONE, who: str = AUTHOR, **changes: object) -> Draft:
        """The same, sent for approval."""
        draft = self.draft(entry, who, **changes)
        return self.bench.send(SCHOOL, who, draft.id, draft.version, self.now)

    def approve(self, draft: Draft, who: str = DSL) -> Draft | None:
        """Somebody approves what they were shown."""
        ticks = draft.text.confirm
        return self.bench.approve(SCHOOL, who, draft.id, digest_of_text(draft.text), self.now, confirmed=ticks)

    def asks(self, text: str) -> Reply:
        """What a member of staff is answered."""
        return self.core.assistant.handle(Message(text, "visitor"), self.now)

    def letters(self) -> list[tuple[str, str]]:
        """Who is written to and what the letter begins with, of those that wait."""
        found = self.store.outbox((SCHOOL,)).claim(self.now + dt.timedelta(minutes=1), 100)
        return sorted((each.recipient.person, each.text.split("\n\n")[0]) for each in found if each.kind == "answer")


def own(title: str = "Hamsters in class") -> EntryText:
    """A new answer of the school's own that keeps every rule."""
    return EntryText(
        title=title,
        ruling="ask-first",
        badge="Ask the office before you bring a pet",
        answer="Ask the office before you bring an animal to school.",
        cites=("edugeek-08",),
        ask="office",
        phrasings=tuple(f"can i bring my {pet} to class" for pet in _PETS),
        opposites=("surely nobody minds a goldfish in the classroom",),
        not_this=(NotThis("a pupil was bitten by a dog", "outside"), NotThis("who feeds the school rabbit", "outside")),
    )


_PETS = ("hamster", "gerbil", "guinea pig", "rabbit", "stick insect", "tortoise", "budgie", "snail")


def settings_of(folder: Folder, place: Path) -> Settings:
    """A server's settings on this folder. What was learned of the small base is lent to it; of what it learns itself
    no other test knows."""
    data = place / "data"
    (data / "cache").mkdir(parents=True)
    for kept in small_cache().iterdir():
        if "-near-" not in kept.name:
            (data / "cache" / kept.name).symlink_to(kept)
    given = {"ASKFIRST_DATA": str(data), "ASKFIRST_KNOWLEDGE": str(folder.path), "ASKFIRST_MODEL": "none"}
    return read_settings(given)
