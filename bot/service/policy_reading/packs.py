"""The national documents as they lie in a base, and what the AskFirst that is installed brings of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.knowledge import Knowledge
from bot.knowledge.files.syntax import UnreadableError, decoded
from bot.knowledge.files.whole import UnwrittenError, write_whole
from bot.knowledge.policies.own import short_digest
from bot.knowledge.policies.packs import NationalPack, compare_pack, read_pack, taken_over
from bot.service.policy_reading.model import NoDocumentError, PolicyDeskError

_FOLDER = "policies"


class NationalShelf:
    """The policies/ of a base's `folder`, beside those of `shipped`, the folder that comes with AskFirst."""

    def __init__(self, folder: Path, shipped: Path | None, knowledge: Knowledge) -> None:
        self._folder, self._shipped, self._knowledge = folder, shipped, knowledge

    def packs(self) -> tuple[NationalPack, ...]:
        """The documents of which there are other clauses, by title."""
        return tuple(sorted((pack for pack, *_ in self._found()), key=lambda each: each.new.title.casefold()))

    def state(self, document: str) -> str:
        """What changes with the file of a document here or there: what was looked at must be what is taken over."""
        return next((short_digest(new + old) for pack, _, new, old in self._found() if pack.new.id == document), "")

    def take_over(
        self, document: str, seen: str, today: dt.date, told: Callable[[], object] = lambda: None
    ) -> NationalPack:
        """Write the newer clauses into the base. `told` is called when nothing is wrong with them, before they are
        written. Raises PolicyDeskError, and whatever `told` raises."""
        for pack, name, new, old in self._found():
            if pack.new.id != document:
                continue
            if short_digest(new + old) != seen:
                raise PolicyDeskError("The document was changed since you looked at it. Look at the differences anew")
            self._write(name, old, taken_over(pack, new, old, today), pack, told)
            return pack
        raise NoDocumentError("There is nothing newer of this document any more: somebody may have taken it over")

    def _write(self, name: str, old: str, text: str, pack: NationalPack, told: Callable[[], object]) -> None:
        made = read_pack(f"{_FOLDER}/{name}", text)
        wanted = {each.clause.id for each in pack.clauses}
        if made is None or not wanted <= set(made[1]):
            raise PolicyDeskError(f"{_FOLDER}/{name} is not written as AskFirst writes it: take the newer file by hand")

        def unchanged() -> str:
            if _text(self._folder / _FOLDER / name) != old:
                raise PolicyDeskError("Somebody changed this file at this moment. Look at the differences anew")
            told()
            return text

        try:
            write_whole((self._folder / _FOLDER / name).resolve(), unchanged)
        except UnwrittenError as fault:
            raise PolicyDeskError(str(fault)) from None

    def _found(self) -> Iterator[tuple[NationalPack, str, str, str]]:
        if self._shipped is None or self._shipped.resolve() == self._folder.resolve():
            return
        for path in sorted((self._shipped / _FOLDER).glob("*.yaml")):
            new, old = _text(path), _text(self._folder / _FOLDER / path.name)
            found = read_pack(f"{_FOLDER}/{path.name}", new) if new and new != old else None
            if found is None:
                continue
            document, clauses = found
            here = {name: each for name, each in self._knowledge.clauses.items() if each.document.id == document.id}
            pack = compare_pack(here, document, clauses, self._knowledge.entries.values())
            if any(each.kind != "same" for each in pack.clauses):
                yield pack, path.name, new, old


def _text(path: Path) -> str:
    try:
        return decoded(path.read_bytes())
    except (OSError, UnreadableError):
        return ""
