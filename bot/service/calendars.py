"""The calendars that schools publish at an address: the last good copy of each, kept in the data folder.

A copy that cannot be read is refused, and the one before stays in use. Who fetches them is
adapters/delivering/calendars.py.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from bot.errors import AskFirstError
from bot.knowledge import Dates, School, read_calendar


class KeptCalendars:
    """The copies of all schools. Shared by the threads of a process."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._read: dict[Path, tuple[tuple[int, int], Dates | None]] = {}

    def dates(self, school: School) -> Dates | None:
        """What the school's calendar says: its file, or the last good copy from its address; None where neither is."""
        if not school.tips.address or self._folder is None:
            return school.tips.dates
        path = self._path(school)
        try:
            stat = path.stat()
            seen = (stat.st_mtime_ns, stat.st_size)
            if path not in self._read or self._read[path][0] != seen:
                self._read[path] = (seen, read_calendar(path.read_bytes()))
        except (OSError, AskFirstError):
            return None
        return self._read[path][1]

    def remarks(self, school: School) -> tuple[str, ...]:
        """What whoever keeps the school's calendar should know: that it cannot be read, or what in it was not
        understood."""
        if school.tips.trouble:
            return (f"{school.tips.trouble}. Until then the terms in school.yaml alone say when there are tips",)
        dates = self.dates(school)
        if dates is None and school.tips.address:
            return (f"the calendar at {school.tips.address} could not be read yet",)
        return dates.remarks if dates else ()

    def keep(self, school: School, text: bytes) -> Dates:
        """A fresh copy takes the place of the old one. Raises CalendarError where it is broken: the old one stays."""
        dates = read_calendar(text)
        path = self._path(school)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".calendar-")
        with os.fdopen(handle, "wb") as file:
            file.write(text)
        Path(aside).replace(path)
        return dates

    def _path(self, school: School) -> Path:
        return (self._folder or Path()) / f"calendar-{school.id}.ics"
