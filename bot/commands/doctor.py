"""`askfirst doctor`: what is configured, and whether every person who must be told can be reached."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from bot.encoder import WHEEL_SHA256, find_model, load_encoder
from bot.errors import AskFirstError
from bot.knowledge import Knowledge, load
from bot.knowledge.school import NEEDED
from bot.settings import Settings
from bot.store import open_for


def examine(settings: Settings, today: dt.date) -> tuple[bool, list[str]]:
    """(whether all is well, a line for each thing looked at). A line with a fault begins with 'FAULT'."""
    looks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("knowledge", lambda: _knowledge(settings, today)),
        ("sentence model", lambda: _model(settings)),
        ("database", lambda: _database(settings)),
    )
    lines = []
    well = True
    for name, look in looks:
        try:
            lines.append(f"ok     {name}: {look()}")
        except AskFirstError as fault:
            well = False
            lines.append(f"FAULT  {name}: {fault}")
    lines += [
        f"{'ok    ' if not missing else 'off   '} {name}: {missing or 'set up'}"
        for name, missing in settings.channels.items()
    ]
    people = list(_people(settings))
    return well and not any(line.startswith("FAULT") for line in people), lines + people


def _knowledge(settings: Settings, today: dt.date) -> str:
    knowledge = load(settings.knowledge)
    due = sum(entry.review_by < today for entry in knowledge.entries.values())
    overdue = f", {due} due for review" if due else ""
    return f"{len(knowledge.entries)} entries in {settings.knowledge}{overdue}"


def _model(settings: Settings) -> str:
    if not settings.semantic:
        return "switched off (ASKFIRST_MODEL=none): matching uses words and letters only"
    folder = find_model(settings.model)
    if folder is None:
        return "not installed: matching uses words and letters only (see the README to add it)"
    load_encoder(folder, sha256=None if settings.model else WHEEL_SHA256)
    return f"in use, from {folder}"


def _database(settings: Settings) -> str:
    open_for(settings).close()
    return settings.database.split("@")[-1].split(":///")[-1]


def _people(settings: Settings) -> Iterator[str]:
    try:
        knowledge: Knowledge = load(settings.knowledge)
    except AskFirstError:
        return
    school = knowledge.school
    for role in NEEDED:
        holders = school.holders(role)
        if not holders:
            yield f"FAULT  {role}: nobody holds this part. Name somebody under roles in school.yaml"
        for person in holders:
            reach = ", ".join(filter(None, (person.phone, person.email)))
            yield f"ok     {role}: {person.name} ({reach})"
