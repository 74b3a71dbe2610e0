"""`askfirst audit`: the log of concerns without its content, and the proof that nothing in it was changed."""

from __future__ import annotations

from bot.knowledge import load
from bot.settings import Settings
from bot.store import open_for


def audit(settings: Settings) -> list[str]:
    """A line for each event, oldest first: number, time, concern, what, who."""
    school = load(settings.knowledge).school
    lines = open_for(settings).audit(school.id).lines()
    shown = [
        f"{line.number:6}  {line.at.astimezone(school.opening.zone):%Y-%m-%d %H:%M:%S}  {line.concern or '-':7}"
        f"{line.kind:17}{line.by.person or ('AskFirst' if line.by.name == 'AskFirst' else 'reporter')}"
        f"{'' if line.kept else '  (content deleted)'}"
        for line in lines
    ]
    return shown or ["Nothing has been logged yet."]


def verify(settings: Settings) -> tuple[bool, list[str]]:
    """(whether the log is whole, what was found)."""
    chain = open_for(settings).audit(load(settings.knowledge).school.id)
    faults = chain.verify()
    if faults:
        return False, [
            *faults,
            "The log was changed by somebody else, or is damaged. Keep the database as it is.",
        ]
    return True, [f"{len(chain.lines())} lines, each follows from the one before it. Nothing was changed or removed."]
