"""One more tip of the school's own, at the end of those in tips.yaml.

A copy of the whole base with the tip in it is read first; where that finds a fault, nothing is written. The rest of the
file, with its comments, stays as it is.
"""

from __future__ import annotations

import datetime as dt
import difflib
import os
import shutil
import tempfile
import unicodedata
from dataclasses import replace
from pathlib import Path

from bot.errors import AskFirstError
from bot.knowledge import Knowledge, KnowledgeError, Tip, load
from bot.knowledge.tip_yaml import NoPlaceError, with_tip
from bot.tips import Plan, Timetable, local_day

FILE = "tips.yaml"
_READ = (".yaml", ".ics")  # what the base is read from


class NotAddedError(AskFirstError):
    """The tip was not added, and nothing was written; the text says why, and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the tip was not added, and nothing was written. {reason}")


def add_tip(folder: Path, tip: Tip, now: dt.datetime) -> str:
    """Add the tip to the base in this folder; what is printed. Raises KnowledgeError where the base has a fault
    already, and NotAddedError where the tip would bring one or the file cannot be written."""
    before = load(folder)
    tip = replace(tip, entry=before.current(tip.entry))
    _check(before, tip)
    path = folder / FILE
    old = path.read_bytes()
    try:
        new = with_tip(old.decode("utf-8"), tip).encode("utf-8")
    except NoPlaceError as fault:
        raise NotAddedError(str(fault)) from None
    except UnicodeError:
        raise NotAddedError(f"{FILE} is not saved as UTF-8. Save it so, and try again") from None
    after = _tried(folder, new)
    if after.tips != (*before.tips, tip) or after.themes != before.themes:
        raise NotAddedError(f"It would not be read back as it was typed. Write it into {FILE} by hand")
    _replace(path, old, new)
    return _told(after, tip, now)


def _check(knowledge: Knowledge, tip: Tip) -> None:
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in tip.text):
        raise NotAddedError("The text holds a character that cannot be shown. Type it anew")
    if any(each.id == tip.id for each in knowledge.tips):
        raise NotAddedError(f"There is a tip '{tip.id}' already. Give this one an id of its own, or edit {FILE}")
    if tip.entry not in knowledge.entries:
        near = difflib.get_close_matches(tip.entry, knowledge.entries, n=3, cutoff=0.5)
        hint = (
            f"Did you mean: {', '.join(near)}?" if near else "askfirst ask --why shows which entries a question finds"
        )
        raise NotAddedError(f"There is no entry '{tip.entry}'. {hint}")


def _tried(folder: Path, text: bytes) -> Knowledge:
    """The base as it would be with this file in place of its own."""
    with tempfile.TemporaryDirectory(prefix="askfirst-tip-") as aside:
        copy = Path(aside) / "knowledge"
        for path in folder.rglob("*"):
            if path.suffix in _READ and path.is_file():
                (copy / path.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy / path.relative_to(folder))
        (copy / FILE).write_bytes(text)
        try:
            return load(copy)
        except KnowledgeError as error:
            raise NotAddedError("\n".join(map(str, error.faults))) from None


def _replace(path: Path, old: bytes, new: bytes) -> None:
    """Put the new text in place of the old one, whole or not at all."""
    real = path.resolve()
    aside = real.with_name(f".{real.name}.new")
    try:
        with aside.open("xb") as file:
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(real, aside)
        if real.read_bytes() != old:
            raise NotAddedError(f"Somebody changed {FILE} meanwhile. Try again")
        aside.replace(real)
    except FileExistsError:
        raise NotAddedError(f"Somebody else is adding one, or {aside} was left behind: then delete it") from None
    except OSError as fault:
        aside.unlink(missing_ok=True)
        raise NotAddedError(f"{path} cannot be written: {fault.strerror}. Ask whoever looks after the server") from None
    except NotAddedError:
        aside.unlink(missing_ok=True)
        raise


def _told(knowledge: Knowledge, tip: Tip, now: dt.datetime) -> str:
    """That it is there, and when it will be posted."""
    plan = Plan(knowledge, Timetable(knowledge.school, knowledge.themes))
    reason = plan.why_not(tip, local_day(knowledge.school, now))
    when = f"on the days of {tip.theme}" if tip.theme else "among those that are still to come"
    later = f"For now it is left out: {reason}." if reason else f"It is posted {when}."
    return f"{tip.id} was added to {FILE}. {later}"
