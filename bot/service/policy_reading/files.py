"""policies/own/*.yaml, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.errors import AskFirstError, FileError
from bot.knowledge import KnowledgeError
from bot.knowledge.files.fields import Faults, YamlFields
from bot.knowledge.files.plain_yaml import parse
from bot.knowledge.files.syntax import decoded
from bot.knowledge.files.whole import UnwrittenError, unwritable, write_whole
from bot.knowledge.policies.own import FOLDER, FORMER, OwnDocument
from bot.knowledge.policies.own_reading import read_own
from bot.knowledge.policies.own_text import own_text


class NotKeptError(AskFirstError):
    """Nothing was written; the text says why, and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"nothing was kept. {reason}")


def change_own(
    folder: Path,
    name: str,
    change: Callable[[OwnDocument | None], OwnDocument],
    told: Callable[[OwnDocument], object] = lambda _: None,
) -> OwnDocument:
    """Write what `change` makes of the document of this id as it stands now (None where there is none), and give it
    back. Nobody else writes it meanwhile. `told` is called when nothing is wrong with it, before it is written. Raises
    NotKeptError, and whatever these two raise."""
    path = folder / FOLDER / f"{name}.yaml"
    made: list[OwnDocument] = []

    def text() -> str:
        made.append(change(_there(path)))
        proved = _proved(made[0])
        told(made[0])
        return proved

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
    except UnwrittenError as fault:
        raise NotKeptError(str(fault)) from None
    except OSError as fault:
        raise NotKeptError(str(unwritable(path, fault))) from None
    return made[0]


def keep_former(folder: Path, document: OwnDocument) -> str:
    """Keep the file of an edition that is about to be replaced; its name in the folder of the base. Raises
    NotKeptError."""
    kept = folder / FORMER / f"{document.id}-{document.added.isoformat()}-{document.digest[:8]}.yaml"
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_whole(kept, lambda: own_text(document))
    except UnwrittenError as fault:
        raise NotKeptError(str(fault)) from None
    except OSError as fault:
        raise NotKeptError(str(unwritable(kept, fault))) from None
    return str(kept.relative_to(folder))


def read_kept(folder: Path, name: str) -> OwnDocument:
    """A former edition, by the name of its file in the folder of the base. Raises FileError and KnowledgeError."""
    path = folder / name
    try:
        return _read(path.name, decoded(path.read_bytes()))
    except OSError as fault:
        raise FileError(fault, path) from fault


def _there(path: Path) -> OwnDocument | None:
    try:
        text = decoded(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise FileError(fault, path) from fault
    return _read(path.name, text)


def _read(name: str, text: str) -> OwnDocument:
    faults, (data, _) = Faults(), parse(text)
    document = read_own(f"{FOLDER}/{name}", YamlFields(faults, f"{FOLDER}/{name}", "", data), faults)
    if faults.found:
        raise KnowledgeError(tuple(sorted(set(faults.found))))
    return document


def _proved(document: OwnDocument) -> str:
    """The text, once it was read back as what is to be kept."""
    text = own_text(document)
    try:
        same = _read(f"{document.id}.yaml", text) == document
    except KnowledgeError as fault:
        raise NotKeptError(f"The document holds what its file cannot keep. {fault}") from fault
    if not same:
        raise NotKeptError("The document holds what its file cannot keep. Look for odd characters in it")
    return text
